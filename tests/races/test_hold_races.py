"""Holds and relay texts at the same moment on PostgreSQL. Each control first: without the guard the same race must go wrong."""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable

import pytest
from django.db.models import Sum
from django.utils import timezone

from market.enums import OrganisationKind, Role
from market.models import Event, Lot, Membership, Organisation, User
from market.quantities import Quantity
from orders.actions import holds, placing, relays
from orders.actions.holds import confirm_hold, hold_lot, lapse_holds
from orders.actions.relays import apply_relay
from orders.enums import PledgeState
from orders.models import Allocation, Dock, Pledge, RelayReading
from orders.queries.relays import relay_page
from tests.factories import make_live_listing, make_organisation
from tests.factories.orders import fresh, make_dock, make_hold
from tests.factories.relays import make_reading
from tests.races.test_pledge_races import GRAMS, ROOM_FOR, at_once, unguarded_reserve
from tests.races.test_pledge_races import placing as pledging

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

HOLDERS = 8
CLOCK = "the clock"


@pytest.fixture
def lot(cast, reference) -> Lot:
    """Room for ten holds or pledges of 100 斤."""
    listing = make_live_listing(
        cast.household, reference["loofah"], reference["village"], by=cast.farmer, quantity_per_day_g=GRAMS * ROOM_FOR
    )
    return listing.lots.get(day=timezone.localdate() + dt.timedelta(days=1))


@pytest.fixture
def market(cast) -> Dock:
    return make_dock(cast.association)


def promised(lot: Lot) -> int:
    return Allocation.objects.live().filter(lot=lot).aggregate(sum=Sum("grams"))["sum"] or 0


def kept(lot: Lot) -> int:
    return Lot.objects.get(pk=lot.pk).reserved_g


# --- hold against pledge ---


@pytest.fixture
def associations(cast, reference) -> list[Dock]:
    """Docks of associations with the same clerk: one hold each."""
    docks = []
    for number in range(HOLDERS):
        one: Organisation = make_organisation(f"协会{number}", OrganisationKind.ASSOCIATION, reference["tianyuan"])
        Membership.objects.create(user=cast.association_clerk, organisation=one, role=Role.CLERK)
        docks.append(make_dock(one))
    return docks


def holding(lot: Lot, dock: Dock, clerk: User) -> Callable:
    def piece() -> None:
        hold_lot(
            buyer=dock.organisation,
            lot_id=lot.pk,
            quantity=Quantity.of(GRAMS),
            dock=dock,
            window_from=dt.time(6),
            window_to=dt.time(10),
            key=uuid.uuid4(),
            by=User.objects.get(pk=clerk.pk),
        )

    return piece


def holds_and_pledges(lot: Lot, docks: list[Dock], cast) -> list[Callable]:
    shop = make_dock(cast.supermarket)
    mine = [holding(lot, dock, cast.association_clerk) for dock in docks]
    return mine + [pledging(lot, shop, cast.buyer) for _ in range(HOLDERS)]


def test_control_without_the_guard_holds_and_pledges_oversell(lot, associations, cast, monkeypatch):
    """If this ever fails, the test below proves nothing."""
    monkeypatch.setattr(placing, "reserve", unguarded_reserve)

    at_once(holds_and_pledges(lot, associations, cast))

    assert promised(lot) > GRAMS * ROOM_FOR


def test_holds_and_pledges_at_once_never_oversell(lot, associations, cast):
    found = at_once(holds_and_pledges(lot, associations, cast))

    assert found == {"done": ROOM_FOR, "SoldOut": 2 * HOLDERS - ROOM_FOR}
    assert promised(lot) == kept(lot) == GRAMS * ROOM_FOR


def test_of_two_clerks_who_hold_the_same_lot_for_one_association_one_does(lot, market, cast):
    found = at_once([holding(lot, market, cast.association_clerk) for _ in range(2)])

    assert found == {"done": 1, "OneHoldALot": 1}
    assert promised(lot) == kept(lot) == GRAMS


# --- confirm against lapse ---


class TwoClocks:
    """The hold's time is over for the thread of the clock, and not yet for the clerk: both believe they may."""

    @staticmethod
    def now() -> dt.datetime:
        late = threading.current_thread().name == CLOCK
        return timezone.now() + dt.timedelta(hours=2 if late else 0)


def confirming(hold: Pledge, clerk: User) -> Callable:
    def piece() -> None:
        confirm_hold(hold, quantity=Quantity.of(GRAMS), by=User.objects.get(pk=clerk.pk))

    return piece


def lapsing() -> None:
    threading.current_thread().name = CLOCK
    lapse_holds()


def unlocked(pledge_id: int) -> Pledge:
    """What a shop does that reads, decides and writes."""
    pledge = Pledge.objects.select_related("buyer", "seller", "dock", "lot__listing").get(pk=pledge_id)
    time.sleep(0.3 if threading.current_thread().name == CLOCK else 1.2)
    return pledge


def test_control_without_the_lock_a_lapsed_hold_is_confirmed_too(lot, market, cast, monkeypatch):
    """Promised to the association, and on sale again. If this ever fails, the test below proves nothing."""
    hold = make_hold(lot, market, by=fresh(cast.association_clerk))
    monkeypatch.setattr(holds, "timezone", TwoClocks)
    monkeypatch.setattr(holds, "locked_pledge", unlocked)

    found = at_once([confirming(hold, cast.association_clerk), lapsing])

    assert found == {"done": 2}
    assert Pledge.objects.get().state == PledgeState.PLACED
    assert promised(lot) == kept(lot) == 0


@pytest.mark.parametrize("round_", range(5))
def test_of_confirming_and_lapsing_one_wins_and_the_grams_are_counted_once(lot, market, cast, monkeypatch, round_):
    hold = make_hold(lot, market, by=fresh(cast.association_clerk))
    monkeypatch.setattr(holds, "timezone", TwoClocks)

    found = at_once([confirming(hold, cast.association_clerk), lapsing])

    hold.refresh_from_db()
    if hold.state == PledgeState.PLACED:
        assert found == {"done": 2}
        assert promised(lot) == kept(lot) == GRAMS
    else:
        assert (found, hold.state) == ({"done": 1, "HoldLapsed": 1}, PledgeState.LAPSED)
        assert promised(lot) == kept(lot) == 0
    assert len({event.verb for event in _events(hold)} & {"confirmed", "lapsed"}) == 1


def _events(pledge: Pledge) -> list[Event]:
    return list(Event.objects.about(pledge))


# --- two pastes at once ---


def saving(reading: RelayReading, market: Dock, clerk: User, seen: str) -> Callable:
    def piece() -> None:
        apply_relay(
            reading,
            seen=seen,
            by=User.objects.get(pk=clerk.pk),
            dock=market,
            window_from=dt.time(6),
            window_to=dt.time(10),
        )

    return piece


def two_pastes(lot: Lot, market: Dock, cast) -> list[Callable]:
    clerk = fresh(cast.association_clerk)
    texts = ("1. 周满香 100斤\n2. 老李 100斤", "1. 周满香 100斤\n2. 老李 100斤\n3. 王姐 50斤")
    readings = [make_reading(cast.association, lot, text, by=clerk) for text in texts]
    seen = relay_page(RelayReading.objects.select_related("lot__listing__produce").get(pk=readings[0].pk)).digest
    return [saving(reading, market, cast.association_clerk, seen) for reading in readings]


class NoLock:
    """`Organisation.objects.select_for_update(…)` that locks nothing."""

    class objects:  # noqa: N801
        @staticmethod
        def select_for_update(**_facts):
            return Organisation.objects


def test_control_without_the_lock_two_pastes_are_two_pledges(lot, market, cast, monkeypatch):
    """If this ever fails, the test below proves nothing."""
    work = two_pastes(lot, market, cast)
    monkeypatch.setattr(relays, "Organisation", NoLock)
    remember = relays.remember_stalls

    def slowly(association: Organisation, rows: list) -> None:
        time.sleep(0.3)
        remember(association, rows)

    monkeypatch.setattr(relays, "remember_stalls", slowly)

    at_once(work)

    assert Pledge.objects.count() == 2
    assert promised(lot) > 5 * GRAMS // 2


def test_of_two_pastes_at_once_the_second_looks_again(lot, market, cast):
    found = at_once(two_pastes(lot, market, cast))

    assert found == {"done": 1, "RelayOutdated": 1}
    assert Pledge.objects.count() == 1
    assert promised(lot) == kept(lot)


def test_a_double_tap_on_save_saves_once(lot, market, cast):
    work = two_pastes(lot, market, cast)[1]

    found = at_once([work] * 8)

    assert found == {"done": 8}
    assert Pledge.objects.count() == 1
    assert promised(lot) == kept(lot) == 5 * GRAMS // 2
