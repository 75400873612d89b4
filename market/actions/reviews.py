"""The bureau's decisions on a listing: approve, ask for changes, publish what was reviewed, take down."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import TaskState, WorkflowState

from market.actions.events import record
from market.enums import ListingStage
from market.exceptions import AlreadyDecided, LockedByColleague, ReasonMissing, UnseenRevision, WrongState
from market.models import BureauApprovalTask, Listing, User
from market.permissions import require
from market.queries.listings import LIVE_STAGES, stage_of

TAKE_DOWN_PERMISSION = "market.publish_listing"


@transaction.atomic
def decide(
    task: BureauApprovalTask,
    task_state: TaskState,
    action: str,
    *,
    by: User,
    carry_out: Callable[..., Any],
    comment: str = "",
) -> Any:
    """Approve or reject at one desk, exactly once; the last approval publishes in the same transaction.

    `carry_out` is Wagtail's own way to do it. Locks: task state, then at the last desk listing and lots.
    Raises: AlreadyDecided (also for every repeat), NotAllowed, ReasonMissing, LockedByColleague, OfferBelowReserved,
    UnseenRevision; after each of them nothing has been decided.
    """
    fresh = TaskState.objects.select_for_update().get(pk=task_state.pk)
    if fresh.status != TaskState.STATUS_IN_PROGRESS:
        raise AlreadyDecided
    thing = fresh.workflow_state.content_object
    require(by.is_active and action in {name for name, _label, _modal in task.get_actions(thing, by)})
    comment = comment.strip()
    if action == "reject" and not comment:
        raise ReasonMissing
    _refuse_locked(thing, by)
    before = stage_of(thing) if isinstance(thing, Listing) else None
    result = carry_out(fresh.specific, by, action, comment=comment)
    if before is not None:
        _record_decision(Listing.objects.get(pk=thing.pk), action, before, comment, by)
    return result


@transaction.atomic
def publish_reviewed_revision(workflow_state: WorkflowState, user: Any = None) -> None:
    """Publish what was reviewed. Wagtail's default publishes the latest revision, seen or not.

    Revisions newer than the submitted one count as seen only when the reviewers wrote them. Who may decide is said by the
    task, not by the model's publish permission: the bureau may give the last word to any desk. Locks: listing.
    Raises: UnseenRevision, OfferBelowReserved.
    """
    thing = workflow_state.content_object
    locked = type(thing).objects.select_for_update().get(pk=workflow_state.object_id)
    task_state = workflow_state.current_task_state
    if isinstance(thing, Listing):
        task = task_state.task.specific
        newer = locked.revisions.filter(created_at__gt=task_state.revision.created_at).select_related("user")
        if any(revision.user is None or not task.get_actions(locked, revision.user) for revision in newer):
            raise UnseenRevision
    locked.get_latest_revision().publish(user=user, skip_permission_checks=True)


@transaction.atomic
def take_down_listing(listing: Listing, *, reason: str, by: User) -> Listing:
    """Take a live listing off the board. Its lots close; what is promised stays promised.

    Locks: listing, lots. Raises: NotAllowed, ReasonMissing, WrongState. A repeat is refused with WrongState.
    """
    row = Listing.objects.select_for_update().get(pk=listing.pk)
    require(by.is_active and by.has_perm(TAKE_DOWN_PERMISSION))
    if not reason.strip():
        raise ReasonMissing
    stage = stage_of(row)
    if not row.live:
        raise WrongState(state=stage.label)
    # Wagtail's own view unpublishes behind the model's back, which would leave the lots open.
    row.unpublish(log_action=False)
    log(instance=row, action="wagtail.unpublish", user=by)
    record(
        row,
        "taken_down",
        by=by,
        from_state=stage,
        to_state=stage_of(Listing.objects.get(pk=row.pk)),
        reason=reason.strip(),
    )
    return Listing.objects.get(pk=row.pk)


def _refuse_locked(thing: Any, by: User) -> None:
    """Raises: LockedByColleague."""
    if thing.locked and thing.locked_by_id and thing.locked_by_id != by.pk:
        raise LockedByColleague(name=str(thing.locked_by))


def _record_decision(listing: Listing, action: str, before: ListingStage, comment: str, by: User) -> None:
    after = stage_of(listing)
    if action == "reject":
        verb = "changes_asked"
    else:
        verb = "published" if after in LIVE_STAGES and after != before else "approved"
    record(listing, verb, by=by, from_state=before, to_state=after, reason=comment)
