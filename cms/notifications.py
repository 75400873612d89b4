"""Mails of the back office: who is told what. Nothing is sent inside a transaction: the tasks send after commit.

Wagtail's own mails go out inside the transaction, one for every listing to every moderator and superuser. `cms.apps` puts
these receivers in their place. Sellers have no address as a rule: they read the verdict on the phone.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import TaskState, WorkflowState
from wagtail.users.models import UserProfile

from market.models import Listing, User

QUIET_SECONDS = 600  # a desk gets one mail in ten minutes, which says how many wait
LANGUAGE = "zh-hans"


def on_task_submitted(instance: TaskState, **_kwargs: Any) -> None:
    from cms.tasks import tell_desk  # noqa: PLC0415 - the tasks import this module

    transaction.on_commit(partial(tell_desk.enqueue, instance.pk))


def on_verdict(instance: WorkflowState, **_kwargs: Any) -> None:
    from cms.tasks import tell_submitter  # noqa: PLC0415 - the tasks import this module

    transaction.on_commit(partial(tell_submitter.enqueue, instance.pk))


def on_workflow_submitted(**_kwargs: Any) -> None:
    """Wagtail tells superusers. Nobody needs it: the desk is told when its task begins."""


def desk_mails(task_state_id: int) -> list[EmailMessage]:
    """To the active people of the desk who have an address and want mails, superusers only where they sit at the desk.

    None where the task has been decided meanwhile, or the desk got a mail a moment ago.
    """
    state = (
        TaskState.objects.filter(pk=task_state_id, status=TaskState.STATUS_IN_PROGRESS).select_related("task").first()
    )
    desk = state and state.task.specific
    if not hasattr(desk, "groups"):
        return []
    people = [person for person in _people_of(desk) if _wants(person, "submitted")]
    if not people or not cache.add(f"desk-mail-{desk.pk}", True, QUIET_SECONDS):
        return []
    facts = {
        "desk": desk.name,
        "count": desk.task_states.filter(status=TaskState.STATUS_IN_PROGRESS).count(),
        "listing": state.revision.object_str,
        "url": settings.SITE_URL + _queue_of(state),
    }
    return [_mail("desk_waiting", {**facts, "person": person}, person) for person in people]


def verdict_mails(workflow_state_id: int) -> list[EmailMessage]:
    """To the person who handed it in, where they have an address."""
    review = (
        WorkflowState.objects.filter(pk=workflow_state_id).select_related("requested_by", "current_task_state").first()
    )
    person = review and review.requested_by
    kind = "approved" if review and review.status == WorkflowState.STATUS_APPROVED else "rejected"
    if not person or not isinstance(review.content_object, Listing) or not person.is_active or not _wants(person, kind):
        return []
    facts = {
        "person": person,
        "listing": review.content_object,
        "approved": kind == "approved",
        "reason": review.current_task_state.comment if review.current_task_state else "",
        "url": settings.SITE_URL,
    }
    return [_mail("verdict", facts, person)]


def _queue_of(state: TaskState) -> str:
    if isinstance(state.workflow_state.content_object, Listing):
        return reverse("wagtailsnippets_market_listing:list") + "?waiting=me"
    return reverse("wagtailadmin_home")


def _people_of(desk: Any) -> list[User]:
    return list(
        User.objects.filter(groups__in=desk.groups.all(), is_active=True).exclude(email="").distinct().order_by("pk")
    )


def _wants(person: User, kind: str) -> bool:
    return bool(person.email) and getattr(UserProfile.get_for_user(person), f"{kind}_notifications")


def _mail(name: str, facts: dict[str, Any], person: User) -> EmailMessage:
    with override(LANGUAGE):
        subject = render_to_string(f"cms/mails/{name}_subject.txt", facts).strip()
        text = render_to_string(f"cms/mails/{name}.txt", facts)
    return EmailMessage(subject, text, to=[person.email], headers={"Auto-Submitted": "auto-generated"})
