"""The clock at the same moment as another clock, and as a buyer, on PostgreSQL. The controls first."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from market.models import Lot, Notice
from orders.actions import placing
from orders.actions.standing_days import place_due_standing, place_standing_day
from orders.enums import StandingOutcome
from orders.models import Dock, Pledge, StandingDay, StandingPledge
from tests.factories import make_live_listing
from tests.factories.orders import make_dock
from tests.factories.standing import make_standing
from tests.races.test_pledge_races import at_once, promised, unguarded_reserve
from tests.races.test_pledge_races import placing as buying

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

GRAMS = 50_000


@pytest.fixture
def lot(cast, reference) -> Lot:
    """Tomorrow's lot, with room for ten times 100 斤."""
    listing = make_live_listing(
        cast.household, reference["loofah"], reference["village"], by=cast.farmer, quantity_per_day_g=GRAMS * 10
    )
    return listing.lots.get(day=timezone.localdate() + dt.timedelta(days=1))


@pytest.fixture
def dock(cast) -> Dock:
    return make_dock(cast.supermarket)


def due() -> dt.datetime:
    """Five in the afternoon: tomorrow is due."""
    return timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time(17)))


def clock() -> None:
    place_due_standing(due())


def make_many(lot: Lot, dock: Dock, cast, count: int) -> list[StandingPledge]:
    return [make_standing(lot.listing, dock, "100斤", by=cast.buyer, last_day=lot.day) for _ in range(count)]


def test_control_without_lock_and_row_two_clocks_place_twice(lot, dock, cast, monkeypatch):
    """A clock that asks whether it has placed, and then places under a key of the moment. If this fails, the next proves nothing."""
    (standing,) = make_many(lot, dock, cast, 1)
    asked = threading.Barrier(4)

    def careless() -> None:
        if not Pledge.objects.filter(standing=standing, day=lot.day).exists():
            asked.wait(timeout=30)
            buying(lot, dock, cast.buyer)()
            Pledge.objects.filter(standing=None).update(standing=standing)

    at_once([careless] * 4)

    assert Pledge.objects.count() > 1


def test_clocks_at_once_place_each_day_once(lot, dock, cast):
    many = make_many(lot, dock, cast, 5)

    found = at_once([clock] * 8)

    assert found == {"done": 8}
    assert StandingDay.objects.filter(outcome=StandingOutcome.PLACED).count() == len(many)
    assert Pledge.objects.count() == len(many)
    assert promised(lot) == Lot.objects.get(pk=lot.pk).reserved_g == GRAMS * len(many)


def test_control_without_the_guard_clock_and_buyers_oversell(lot, dock, cast, monkeypatch):
    make_many(lot, dock, cast, 8)
    monkeypatch.setattr(placing, "reserve", unguarded_reserve)

    at_once([clock] * 2 + [buying(lot, dock, cast.buyer) for _ in range(16)])

    assert promised(lot) > GRAMS * 10


def test_clock_and_buyers_on_the_last_grams_never_oversell(lot, dock, cast):
    many = make_many(lot, dock, cast, 8)
    rival = make_dock(cast.rival_supermarket)

    found = at_once([clock] * 2 + [buying(lot, rival, cast.rival_buyer) for _ in range(16)])

    assert set(found) <= {"done", "SoldOut", "NotEnoughLeft"}
    assert promised(lot) == Lot.objects.get(pk=lot.pk).reserved_g == GRAMS * 10
    assert StandingDay.objects.count() == len(many)  # each has its outcome, whoever was faster


def test_of_what_is_left_clock_and_buyer_share_every_gram(lot, dock, cast):
    """The clock takes the rest: whether the buyer came before or after, nothing is left and nothing is promised twice."""
    (standing,) = make_many(lot, dock, cast, 1)
    Lot.objects.filter(pk=lot.pk).update(offered_g=70_000)
    rival = make_dock(cast.rival_supermarket)

    def place() -> None:
        place_standing_day(standing.pk, lot.day, now=due())

    at_once([place, buying(lot, rival, cast.rival_buyer), place])

    row = StandingDay.objects.get()
    assert row.outcome in (StandingOutcome.PLACED, StandingOutcome.SHORT)
    assert row.missing_g in (0, 30_000)
    assert Lot.objects.get(pk=lot.pk).reserved_g == promised(lot) == (70_000 if row.missing_g else 50_000)
    assert Notice.objects.filter(key=f"standing-{standing.pk}-{lot.day}").count() == (2 if row.missing_g else 0)
    assert connection.vendor == "postgresql"
