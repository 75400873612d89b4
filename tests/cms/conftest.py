"""The desks at their screens."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState

from market.actions.listings import submit_listing
from market.models import Listing, User
from tests.factories import make_photo, make_terms


@pytest.fixture(autouse=True)
def _no_quiet_time():
    """A desk gets one mail in ten minutes: every test begins after them."""
    cache.clear()


@pytest.fixture
def submit(cast, reference) -> Callable[..., Listing]:
    """Hand in a listing of the household, as its farmer, with one photograph unless told otherwise."""

    def hand_in(photo: bool = False, **changes: Any) -> Listing:
        photos = [make_photo(cast.farmer)] if photo else []
        terms = make_terms(reference["loofah"], reference["village"], **changes)
        return submit_listing(terms, photos, seller=cast.household, key=uuid4(), by=cast.farmer)

    return hand_in


@pytest.fixture
def agriculture(cast) -> Client:
    return logged_in(cast.agriculture_desk)


@pytest.fixture
def commerce(cast) -> Client:
    return logged_in(cast.commerce_desk)


@pytest.fixture
def admin(cast) -> Client:
    return logged_in(cast.admin)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_market_listing:{name}", args=args)


def open_task(listing: Listing) -> TaskState:
    return TaskState.objects.get(workflow_state__object_id=str(listing.pk), status=TaskState.STATUS_IN_PROGRESS)


def press(client: Client, listing: Listing, action: str, comment: str = "", **changes: Any) -> Any:
    """The button on the review screen, with the form as it stands there."""
    draft = fresh(listing).get_latest_revision_as_object()
    form = {
        "variety": draft.variety,
        "grade": draft.grade,
        "note": draft.note,
        "task_state": str(open_task(listing).pk),
        "action-workflow-action": "true",
        "workflow-action-name": action,
        "workflow-action-extra-data": f'{{"comment": "{comment}"}}' if comment else "{}",
        **changes,
    }
    return client.post(url("edit", listing.pk), form, follow=True)


def said(response: Any) -> list[str]:
    """The messages on top of the page."""
    return [str(message).strip() for message in response.context["messages"]]


def fresh(listing: Listing) -> Listing:
    return Listing.objects.get(pk=listing.pk)
