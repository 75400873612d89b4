"""A truck of a relay breaks down before it has the goods: another takes its part, and no gram is planned twice."""

import pytest

from orders.logistics.actions.rescues import rescue
from orders.logistics.actions.transfers import plan_relay
from orders.logistics.enums import LoadState, TripState
from orders.logistics.models import Load, Trip
from orders.logistics.queries.loads import planned_by_allocation
from orders.logistics.queries.reconcile import breaks
from tests.factories.logistics import commit
from tests.factories.road import break_down, come_to, fetch, leave, make_point, take


@pytest.fixture
def first(day) -> Load:
    day.pledge("2000斤")
    day.truck()
    return commit(day)[0].loads.get()


@pytest.fixture
def onward(day, first, reference) -> Load:
    point = make_point(day.cast.bureau, reference["tianyuan"])
    return plan_relay(first, point, day.truck(), by=day.cast.dispatcher)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def rescued(day, load: Load) -> Load:
    """The whole load, by another truck."""
    breakdown = break_down(fresh(load.trip))
    return rescue(breakdown, day.truck(), {load.pk: load.planned_g}, by=day.cast.dispatcher).loads.get()


def planned(load: Load) -> int:
    return planned_by_allocation([load.allocation_id])[load.allocation_id]


def test_the_truck_that_was_to_take_on_breaks_down_before_it_did(day, first, onward):
    Trip.objects.filter(pk=onward.trip_id).update(state=TripState.LOADING)

    again = rescued(day, onward)

    assert (again.continues_id, again.pickup.transfer_point_id) == (first.pk, onward.pickup.transfer_point_id)
    assert (planned(first), fresh(onward).state) == (1_000_000, LoadState.UNPLANNED)
    assert breaks() == []
    fetch(fresh(first))
    leave(first.pickup)
    come_to(fresh(first).delivery)
    take(again, 1_000_000)
    assert fresh(first).state == LoadState.HANDED_OVER
    assert breaks() == []


def test_the_truck_that_was_to_bring_it_breaks_down_before_it_loaded(day, first, onward):
    come_to(fresh(first).pickup)

    again = rescued(day, fresh(first))

    assert (again.continues_id, again.pickup.is_transfer, again.delivery.is_transfer) == (None, False, False)
    assert (planned(first), fresh(onward).state) == (1_000_000, LoadState.UNPLANNED)
    assert breaks() == []
