"""A seller and the bureau at the same moment on PostgreSQL."""

import datetime as dt
import threading
import time
import uuid

import pytest
from django.db import OperationalError, connection, transaction

from market.actions.listings import edit_listing, submit_listing, withdraw_listing
from market.actions.lots import reserve
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


@pytest.fixture
def listed(cast, reference) -> list[Lot]:
    """The days of a listing on sale, by key, the last day first: as where a listing was lengthened to the front."""
    goods = (reference["loofah"], reference["village"])
    listing = approve(cast, make_submitted_listing(cast.household, *goods, by=cast.farmer))
    lots = list(listing.lots.order_by("pk"))
    days = [lot.day for lot in lots]
    for shift in (dt.timedelta(days=100), dt.timedelta(0)):
        for lot, day in zip(reversed(lots), days, strict=True):
            Lot.objects.filter(pk=lot.pk).update(day=day + shift)
    return list(listing.lots.order_by("pk"))


def taking_two_days_while(listed: list[Lot], closes) -> list[str]:
    """A form for several days holds the first and asks for the last, while all of them are closed. What the closing raised."""
    with transaction.atomic():
        reserve(listed[0].pk, 1)
        thread, raised = begin_in_another_connection(closes)
        time.sleep(0.7)
        reserve(listed[-1].pk, 1)
    thread.join()
    return raised


def test_control_without_the_order_a_form_and_a_closing_block_each_other(listed):
    """If this ever fails, the test below proves nothing."""
    unordered = Lot.objects.filter(listing=listed[0].listing_id)

    try:
        raised = taking_two_days_while(listed, lambda: unordered.update(is_open=False))
    except OperationalError as error:
        raised = [str(error)]

    assert "deadlock detected" in "".join(raised)


@pytest.mark.parametrize("way", ["suspended", "withdrawn"])
def test_a_form_for_several_days_and_a_closing_of_all_days_follow_each_other(cast, listed, way):
    listing = Listing.objects.get(pk=listed[0].listing_id)
    close = {
        "suspended": lambda: suspend_organisation(cast.household, reason="电话打不通", by=cast.commerce_desk),
        "withdrawn": lambda: withdraw_listing(listing, reason="烂了", by=cast.farmer),
    }[way]

    assert taking_two_days_while(listed, close) == []
    assert open_lots(listing) == [False, False, False]
    assert [lot.reserved_g for lot in Lot.objects.order_by("pk")] == [1, 0, 1]
