"""The end of a review: publishing what was reviewed."""

from typing import Any

from django.db import transaction
from wagtail.models import WorkflowState

from market.exceptions import UnseenRevision
from market.models import Listing


@transaction.atomic
def publish_reviewed_revision(workflow_state: WorkflowState, user: Any = None) -> None:
    """Publish what was reviewed. Wagtail's default publishes the latest revision, seen or not.

    Revisions newer than the submitted one count as seen only when the reviewers wrote them. Locks: listing.
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
    locked.get_latest_revision().publish(user=user)
