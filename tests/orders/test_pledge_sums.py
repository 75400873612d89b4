"""Whatever buyers do, in whatever order: the live allocations of a lot add up to its reservation, and never over its offer."""

import contextlib
import datetime as dt
import uuid

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.exceptions import Refused
from market.models import Lot
from market.quantities import Quantity
from orders.actions.pledges import cancel_pledge, change_pledge, place_pledge
from orders.actions.progress import mark_planned, mark_unplanned
from orders.models import Allocation, Pledge, PledgeLine
from tests.factories.orders import fresh, make_dock

OFFERED = 1_000_000
GRAMS = st.integers(min_value=1, max_value=OFFERED + 10)
STEP = st.one_of(
    st.tuples(st.just("place"), st.integers(0, 2), GRAMS),
    st.tuples(st.just("repeat"), st.integers(0, 9), GRAMS),
    st.tuples(st.just("change"), st.integers(0, 9), GRAMS),
    st.tuples(st.just("cancel"), st.integers(0, 9), st.none()),
    st.tuples(st.just("plan"), st.integers(0, 9), st.none()),
    st.tuples(st.just("unplan"), st.integers(0, 9), st.none()),
    st.tuples(st.just("sheet"), st.lists(GRAMS, min_size=1, max_size=4), st.integers(-1, 1)),
)


class Market:
    """Three buyers of one lot, and what they can do to it. Refusals are part of the game."""

    def __init__(self, cast, lot: Lot) -> None:
        self.lot, self.by = lot, {}
        people = {cast.supermarket: cast.buyer, cast.rival_supermarket: cast.rival_buyer}
        people[cast.association] = cast.association_clerk
        for organisation, person in people.items():
            self.by[organisation.pk] = fresh(person)
        self.docks = [organisation.docks.first() or make_dock(organisation) for organisation in people]

    def place(self, number: int, grams: int, key: uuid.UUID | None = None, lines=()) -> None:
        dock = self.docks[number]
        place_pledge(
            buyer=dock.organisation,
            lot_id=self.lot.pk,
            quantity=Quantity.of(grams),
            dock=dock,
            window_from=dt.time(6),
            window_to=dt.time(10),
            key=key or uuid.uuid4(),
            by=self.by[dock.organisation_id],
            lines=lines,
        )

    def sheet(self, weights: list[int], wrong: int) -> None:
        lines = [(f"{n}号", Quantity.of(grams)) for n, grams in enumerate(weights)]
        self.place(2, max(1, sum(weights) + wrong), lines=lines)

    def repeat(self, number: int, grams: int) -> None:
        if pledge := self.nth(number):
            self.place([dock.organisation_id for dock in self.docks].index(pledge.buyer_id), grams, pledge.key)

    def change(self, number: int, grams: int) -> None:
        if pledge := self.nth(number):
            change_pledge(pledge, quantity=Quantity.of(grams), by=self.by[pledge.buyer_id])

    def cancel(self, number: int, _nothing: None) -> None:
        if pledge := self.nth(number):
            cancel_pledge(pledge, reason="不要了", by=self.by[pledge.buyer_id])

    def plan(self, number: int, _nothing: None) -> None:
        if pledge := self.nth(number):
            mark_planned(pledge.pk, by=None)

    def unplan(self, number: int, _nothing: None) -> None:
        if pledge := self.nth(number):
            mark_unplanned(pledge.pk, by=None)

    def nth(self, number: int) -> Pledge | None:
        pledges = list(Pledge.objects.order_by("pk"))
        return pledges[number % len(pledges)] if pledges else None


def assert_sums(lot: Lot) -> None:
    now = Lot.objects.get(pk=lot.pk)
    live = Allocation.objects.live().filter(lot=lot)
    promised = Pledge.objects.live().filter(lot=lot)
    assert (live.aggregate(sum=Sum("grams"))["sum"] or 0) == now.reserved_g
    assert (promised.aggregate(sum=Sum("firm_g"))["sum"] or 0) == now.reserved_g
    assert 0 <= now.reserved_g <= OFFERED
    assert {a.pledge_id: a.grams for a in live} == {p.pk: p.firm_g for p in promised}
    for pledge in Pledge.objects.filter(lines__isnull=False).distinct():
        assert PledgeLine.objects.filter(pledge=pledge).aggregate(sum=Sum("quantity_g"))["sum"] == pledge.firm_g


@pytest.fixture
def small_lot(cast, listing, lot) -> Lot:
    type(listing).objects.filter(pk=listing.pk).update(minimum_g=None)
    Lot.objects.filter(pk=lot.pk).update(offered_g=OFFERED)
    return lot


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_the_sums_hold_after_every_step(cast, small_lot, steps):
    from django.db import transaction

    with transaction.atomic():
        market = Market(cast, small_lot)
        for name, *facts in steps:
            with contextlib.suppress(Refused):
                getattr(market, name)(*facts)
            assert_sums(small_lot)
        transaction.set_rollback(True)
