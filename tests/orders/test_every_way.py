"""Whatever anybody does, in whatever order and as often as they like: law 2 of DESIGN.md holds after every step.

The live allocations of each lot add up to its reservation, never over its offer; each pledge takes what it says; the pledges of a
demand never exceed it on a day. A step that is refused changes nothing that counts.
"""

import contextlib
import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.exceptions import Refused
from market.models import Lot, User
from market.quantities import Quantity
from orders.actions.holds import confirm_hold, hold_lot, lapse_holds, release_hold
from orders.actions.pledges import cancel_pledge, change_pledge, place_pledge
from orders.actions.progress import mark_planned, mark_unplanned
from orders.actions.shortfalls import cut_pledge
from orders.actions.standing import skip_day, start_standing, unskip_day
from orders.actions.standing_days import place_due_standing
from orders.actions.stretches import grant_stretch
from orders.logistics.queries.reconcile import breaks
from orders.models import Pledge, StandingPledge
from tests.factories.orders import fresh, make_dock

OFFERED = 1_000_000
GRAMS = st.integers(min_value=1, max_value=OFFERED + 10)
NUMBER = st.integers(0, 9)


class Game:
    """Everybody who can do something to the lots of one listing. Each method is one step; refusals are part of it."""

    def __init__(self, cast: Any, lots: list[Lot], clock: Any) -> None:
        self.cast, self.lots, self.clock = cast, lots, clock
        people = {cast.supermarket: cast.buyer, cast.rival_supermarket: cast.rival_buyer}
        people[cast.association] = cast.association_clerk
        self.by: dict[int, User] = {organisation.pk: fresh(person) for organisation, person in people.items()}
        self.docks = [organisation.docks.first() or make_dock(organisation) for organisation in people]
        self.farmer = fresh(cast.farmer)

    # --- buyers ---

    def place(self, number: int, grams: int, more: int) -> None:
        dock = self.docks[number % 3]
        lot = self.lots[number % len(self.lots)]
        most = Quantity.of(grams + more) if more % 2 else None
        place_pledge(**self._delivery(dock), lot_id=lot.pk, quantity=Quantity.of(grams), most=most, key=uuid.uuid4())

    def repeat(self, number: int, grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            place_pledge(
                **self._delivery(pledge.dock), lot_id=pledge.lot_id, quantity=Quantity.of(grams), key=pledge.key
            )

    def change(self, number: int, grams: int, more: int) -> None:
        if pledge := self.nth(number):
            most = Quantity.of(grams + more) if more % 2 else None
            change_pledge(pledge, quantity=Quantity.of(grams), most=most, by=self.by[pledge.buyer_id])

    def cancel(self, number: int, _grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            cancel_pledge(pledge, reason="不要了", by=self.by[pledge.buyer_id])

    def stand(self, number: int, grams: int, more: int) -> None:
        """The same every day of the lots."""
        dock = self.docks[number % 3]
        days = {"first_day": self.lots[0].day, "last_day": self.lots[-1].day}
        most = Quantity.of(grams + more) if more % 2 else None
        wanted = {"quantity": Quantity.of(grams), "most": most, "key": uuid.uuid4()}
        start_standing(**self._delivery(dock), **days, **wanted, listing=self.lots[0].listing)

    def skip(self, number: int, _grams: int, more: int) -> None:
        if standing := StandingPledge.objects.order_by("pk")[number : number + 1].first():
            turn = (skip_day, unskip_day)[more % 2]
            turn(standing, day=self.lots[more % len(self.lots)].day, by=self.by[standing.buyer_id])

    def evening(self, number: int, _grams: int, _more: int) -> None:
        """The clock on the eve of the first day, or of a later one."""
        eve = self.lots[number % len(self.lots)].day - dt.timedelta(days=1)
        place_due_standing(timezone.make_aware(dt.datetime.combine(eve, dt.time(20))))

    # --- holds ---

    def hold(self, number: int, grams: int, _more: int) -> None:
        lot = self.lots[number % len(self.lots)]
        hold_lot(**self._delivery(self.docks[2]), lot_id=lot.pk, quantity=Quantity.of(grams), key=uuid.uuid4())

    def confirm(self, number: int, grams: int, more: int) -> None:
        if pledge := self.nth(number):
            lines = [("1号", Quantity.of(grams)), ("2号", Quantity.of(more + 1))] if more % 3 else []
            total = grams + more + 1 if lines else grams
            confirm_hold(pledge, quantity=Quantity.of(total), by=self.by[pledge.buyer_id], lines=lines)

    def give_up(self, number: int, _grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            release_hold(pledge, by=self.by[pledge.buyer_id])

    def wait(self, number: int, _grams: int, _more: int) -> None:
        self.clock.shift(dt.timedelta(minutes=number * 10))
        lapse_holds()

    # --- the seller and the bureau ---

    def cut(self, number: int, grams: int, more: int) -> None:
        if pledge := self.nth(number):
            cut_pledge(pledge, to=Quantity.of(grams), reason="雨", back_on_sale=bool(more % 2), by=self.farmer)

    def refuse(self, number: int, _grams: int, more: int) -> None:
        if pledge := self.nth(number):
            cancel_pledge(pledge, reason="雨", back_on_sale=bool(more % 2), by=self.farmer)

    def grant(self, number: int, grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            grant_stretch(pledge, grams=grams, why="match", by=None)

    def offer_otherwise(self, number: int, grams: int, _more: int) -> None:
        """The bureau publishes an edit of the listing."""
        listing = self.lots[0].listing
        with transaction.atomic():
            fresh_row = type(listing).objects.get(pk=listing.pk)
            fresh_row.quantity_per_day_g = max(1, grams)
            fresh_row.minimum_g = None
            fresh_row.save_revision(clean=False).publish()

    # --- trucks ---

    def plan(self, number: int, _grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            mark_planned(pledge.pk, by=None)

    def unplan(self, number: int, _grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            mark_unplanned(pledge.pk, by=None)

    # --- what the steps share ---

    def nth(self, number: int) -> Pledge | None:
        pledges = list(Pledge.objects.select_related("dock").order_by("pk"))
        return pledges[number % len(pledges)] if pledges else None

    def _delivery(self, dock: Any) -> dict[str, Any]:
        buyer = dock.organisation
        facts = {"buyer": buyer, "dock": dock, "by": self.by[buyer.pk]}
        return {**facts, "window_from": dt.time(6), "window_to": dt.time(10)}


STEPS = [name for name in vars(Game) if not name.startswith("_") and name != "nth"]
STEP = st.tuples(st.sampled_from(STEPS), NUMBER, GRAMS, st.integers(0, OFFERED // 2))
NOT_PLANNED_BY_A_TRUCK = {"pledge_planned"}  # the game marks pledges planned without a truck


def assert_laws(lots: list[Lot]) -> None:
    assert [found for found in breaks() if found.rule not in NOT_PLANNED_BY_A_TRUCK] == []
    for lot in Lot.objects.filter(pk__in=[lot.pk for lot in lots]):
        assert 0 <= lot.reserved_g <= lot.offered_g
    for row in (
        Pledge.objects.live()
        .filter(demand__isnull=False)
        .values("demand", "day", "demand__most_g")
        .annotate(taken=Sum("allocations__grams"))
        .order_by()
    ):
        assert row["taken"] <= row["demand__most_g"]


@pytest.fixture
def lots(listing) -> list[Lot]:
    """Tomorrow's lot and the next, a tonne each, without a minimum."""
    type(listing).objects.filter(pk=listing.pk).update(minimum_g=None, quantity_per_day_g=OFFERED)
    coming = listing.lots.filter(day__gt=timezone.localdate()).order_by("day")
    coming.update(offered_g=OFFERED)
    return list(coming.select_related("listing")[:2])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=14))
def test_law_2_holds_after_every_step(cast, lots, steps):
    with time_machine.travel(timezone.now(), tick=False) as clock, transaction.atomic():
        game = Game(cast, lots, clock)
        for name, *facts in steps:
            with contextlib.suppress(Refused):
                getattr(game, name)(*facts)
            assert_laws(lots)
        transaction.set_rollback(True)
