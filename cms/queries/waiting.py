"""What waits for a decision of the bureau, and for whose."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from wagtail.models import GroupApprovalTask, TaskState, WorkflowState

from market.enums import ListingStage, VerificationState
from market.models import BureauApprovalTask, Listing, Organisation, User


def open_tasks() -> QuerySet[TaskState]:
    """The tasks on listings that nobody has decided yet."""
    return TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
        workflow_state__base_content_type=ContentType.objects.get_for_model(Listing),
    )


def tasks_waiting_for(user: User) -> QuerySet[TaskState]:
    """Those this person may decide: of the desks (groups) the bureau named in the task."""
    if user.is_superuser:
        return open_tasks()
    mine = user.groups.values("pk")
    desks = Q()
    for kind in (BureauApprovalTask, GroupApprovalTask):
        desks |= Q(task__in=kind.objects.filter(groups__in=mine).values("pk"))
    return open_tasks().filter(desks)


def count_waiting(user: User) -> int:
    """One statement, whatever waits."""
    return tasks_waiting_for(user).count()


def listing_ids(tasks: QuerySet[TaskState]) -> QuerySet:
    """For `pk__in`: Wagtail keeps the listing's number as text."""
    return tasks.annotate(listing_id=Cast("workflow_state__object_id", BigIntegerField())).values("listing_id")


def states_by_listing(tasks: QuerySet[TaskState], ids: list[int]) -> dict[int, TaskState]:
    """The open task of each of these listings. One statement."""
    found = tasks.filter(workflow_state__object_id__in=[str(pk) for pk in ids]).select_related("task", "workflow_state")
    return {int(state.workflow_state.object_id): state for state in found}


def listings_for_review() -> QuerySet[Listing]:
    """Listings as the desks list them: `review` (status of the latest review), `waiting_since`, `waiting_at` (task).

    One statement, and two for the photographs of the page.
    """
    key = Cast(OuterRef("pk"), CharField())
    reviews = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Listing), object_id=key
    ).order_by("-pk")
    waiting = open_tasks().filter(workflow_state__object_id=key).order_by("-pk")
    return (
        Listing.objects.select_related("seller", "produce", "place", "latest_revision")
        .prefetch_related("photos__photo")
        .annotate(
            review=Subquery(reviews.values("status")[:1]),
            waiting_since=Subquery(waiting.values("started_at")[:1]),
            waiting_at=Subquery(waiting.values("task__name")[:1]),
        )
    )


def at_stage(stage: str, today: object) -> Q:
    """The rows of `listings_for_review` at this stage: the same cases as `market.queries.listings.stage_by`."""
    in_progress, changes = Q(review="in_progress"), Q(review="needs_changes")
    settled = Q(review=None) | ~Q(review__in=["in_progress", "needs_changes"])
    over = Q(live=True, last_day__lt=today) | Q(live=False, expired=True)
    away = Q(live=False, expired=False)
    handed_in = Q(first_published_at__isnull=False) | Q(review__isnull=False)
    return {
        ListingStage.IN_REVIEW: in_progress & Q(live=False),
        ListingStage.LIVE_EDIT_IN_REVIEW: in_progress & Q(live=True),
        ListingStage.CHANGES_ASKED: changes & Q(live=False),
        ListingStage.LIVE_CHANGES_ASKED: changes & Q(live=True),
        ListingStage.LIVE: settled & Q(live=True, last_day__gte=today),
        ListingStage.ENDED: settled & over,
        ListingStage.WITHDRAWN: settled & away & handed_in,
        ListingStage.DRAFT: settled & away & ~handed_in,
    }[ListingStage(stage)]


def organisations_waiting() -> int:
    """One statement."""
    return Organisation.objects.filter(verification=VerificationState.WAITING).count()
