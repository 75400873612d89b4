"""A seller and the bureau at the same moment on PostgreSQL."""

import threading
import time
import uuid

import pytest
from django.db import connection, transaction

from market.actions.listings import edit_listing, submit_listing
from market.actions.organisations import suspend_organisation
from market.models import Listing, Lot, Organisation
from tests.factories import make_submitted_listing, make_terms
from tests.factories.selling import approve, decide

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WAIT_MS = 2000


def begin_in_another_connection(piece) -> tuple[threading.Thread, list[str]]:
    """It runs beside the open transaction; what it raises, by name. It may not wait for a lock longer than two seconds."""
    raised: list[str] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {WAIT_MS}")
            piece()
        except Exception as error:  # noqa: BLE001 - whatever it is must show
            raised.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def in_another_connection(piece) -> list[str]:
    """Run it beside the open transaction to its end."""
    thread, raised = begin_in_another_connection(piece)
    thread.join()
    return raised


def one_behind_the_other(first, second) -> list[str]:
    """`second` begins while what `first` wrote is not committed yet. What `second` raised, by name."""
    with transaction.atomic():
        first()
        thread, raised = begin_in_another_connection(second)
        time.sleep(0.7)
    thread.join()
    return raised


@pytest.fixture
def half_approved(cast, reference) -> Listing:
    """A listing that only the publishing desk has to look at."""
    listing = make_submitted_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    decide(listing, "approve", cast.agriculture_desk)
    return listing


def open_lots(listing: Listing) -> list[bool]:
    return list(Lot.objects.filter(listing_id=listing.pk).order_by("day").values_list("is_open", flat=True))


def test_a_seller_suspended_while_a_listing_is_being_published_has_nothing_on_sale(cast, half_approved):
    raised = one_behind_the_other(
        lambda: decide(half_approved, "approve", cast.commerce_desk),
        lambda: suspend_organisation(cast.household, reason="电话打不通", by=cast.commerce_desk),
    )

    assert raised == []
    assert open_lots(half_approved) == [False, False, False]


def test_a_listing_published_while_its_seller_is_being_suspended_is_not_on_sale(cast, half_approved):
    raised = one_behind_the_other(
        lambda: suspend_organisation(cast.household, reason="电话打不通", by=cast.commerce_desk),
        lambda: decide(half_approved, "approve", cast.commerce_desk),
    )

    assert raised == []
    assert open_lots(half_approved) == [False, False, False]


def test_a_publication_does_not_wait_for_its_seller_who_is_handing_in_another_listing(cast, reference):
    """Else a seller who holds the organisation and waits for the listing, and a desk the other way round, block each other."""
    goods = (reference["loofah"], reference["village"])
    waiting = make_submitted_listing(cast.household, *goods, by=cast.farmer)
    decide(waiting, "approve", cast.agriculture_desk)

    with transaction.atomic():
        submit_listing(make_terms(*goods), seller=cast.household, key=uuid.uuid4(), by=cast.farmer)
        raised = in_another_connection(lambda: decide(waiting, "approve", cast.commerce_desk))

    assert raised == []
    assert Listing.objects.get(pk=waiting.pk).lots.count() == 3


def test_two_edits_of_one_seller_still_follow_each_other(cast, reference):
    goods = (reference["loofah"], reference["village"])
    live = approve(cast, make_submitted_listing(cast.household, *goods, by=cast.farmer))

    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=cast.household.pk)
        raised = in_another_connection(lambda: edit_listing(live, make_terms(*goods), by=cast.farmer))

    assert len(raised) == 1
    assert "lock timeout" in raised[0]
