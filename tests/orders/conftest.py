"""One listing of three days, the lot of tomorrow, a dock, and ways to place a pledge on it."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from market.models import Event, Listing, Lot
from orders.actions.pledges import place_pledge
from orders.models import Allocation, Dock, Pledge, PledgeLine
from tests.factories import make_live_listing
from tests.factories.matching import make_lot
from tests.factories.orders import fresh, kg, make_dock, make_pledge


@pytest.fixture
def listing(cast, reference) -> Listing:
    """10 t a day at 1.20 元/斤, minimum 50 斤, in 筐 of 20 kg."""
    return make_live_listing(
        cast.household,
        reference["loofah"],
        reference["village"],
        by=cast.farmer,
        minimum_g=25_000,
        minimum_typed="50斤",
        pack_word="筐",
        pack_g=20_000,
    )


@pytest.fixture
def lot(listing) -> Lot:
    """Tomorrow's lot: no test depends on the hour it runs at."""
    return listing.lots.get(day=timezone.localdate() + dt.timedelta(days=1))


@pytest.fixture
def dock(cast) -> Dock:
    return make_dock(cast.supermarket)


@pytest.fixture
def place(cast, lot, dock):
    """Place a pledge of 100 斤, with any fact of it changed."""

    def _place(**changes) -> Pledge:
        facts = {
            "buyer": cast.supermarket,
            "lot_id": lot.pk,
            "quantity": kg("100斤"),
            "dock": dock,
            "window_from": dt.time(6),
            "window_to": dt.time(10),
            "key": uuid.uuid4(),
            "by": fresh(cast.buyer),
            **changes,
        }
        return place_pledge(**facts)

    return _place


@pytest.fixture
def nothing_written(lot):
    """Call it after a refusal."""

    def _check() -> None:
        assert Pledge.objects.count() == 0
        assert Allocation.objects.count() == 0
        assert PledgeLine.objects.count() == 0
        assert not Event.objects.filter(subject="orders.pledge").exists()
        assert Lot.objects.get(pk=lot.pk).reserved_g == 0

    return _check


@pytest.fixture
def place_for_stalls(place, cast):
    dock = make_dock(cast.association)

    def _place(**changes) -> Pledge:
        facts = {"buyer": cast.association, "dock": dock, "by": fresh(cast.association_clerk), **changes}
        return place(**facts)

    return _place


@pytest.fixture
def pledge(lot, dock, cast) -> Pledge:
    return make_pledge(lot, dock, "100斤", by=fresh(cast.buyer))


@pytest.fixture
def desk(cast):
    return fresh(cast.commerce_desk)


@pytest.fixture
def near(cast, reference) -> Lot:
    """5,000 斤 of loofah of the cooperative, in the village."""
    return make_lot(cast.cooperative, reference["loofah"], reference["village"], "5000斤", by=cast.cooperative_manager)


@pytest.fixture
def far(cast, reference) -> Lot:
    """3,000 斤 of loofah of a household, far in the south."""
    return make_lot(cast.household, reference["loofah"], reference["yanling"], "3000斤", by=cast.farmer)
