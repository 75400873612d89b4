"""Locking what is agreed: nothing of a locked trip is moved, taken off, filled up or added, until it is unlocked."""

import pytest

from market.exceptions import NotAllowed
from market.models import Event
from orders.actions.pledges import cancel_pledge
from orders.logistics.actions.filling import fill_trip
from orders.logistics.actions.locking import lock_trip, unlock_trip
from orders.logistics.actions.trips import add_load, add_trip, cancel_trip, move_load, unplan_load
from orders.logistics.enums import LoadState, TripState
from orders.logistics.exceptions_board import NothingToLock, TripLocked
from orders.logistics.models import Load, Stop, Trip
from orders.logistics.queries.reconcile import breaks
from tests.factories.logistics import load_up
from tests.factories.orders import fresh, kg


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Trip, Stop, Load, Event)]


@pytest.fixture
def desk(day):
    return day.cast.dispatcher


@pytest.fixture
def trip(day, desk) -> Trip:
    """1 t with stretch to 2 t on a truck of 5 t."""
    pledge = day.pledge("1吨", most=kg("2吨"))
    return add_trip(day.day, day.truck(), [(pledge.allocations.get().pk, None)], by=desk)


@pytest.fixture
def other(day, desk) -> Trip:
    pledge = day.pledge("500斤")
    return add_trip(day.day, day.truck(), [(pledge.allocations.get().pk, None)], by=desk)


def test_locking_and_unlocking_are_written_down_once(trip, desk):
    assert lock_trip(trip, by=desk).is_locked
    assert lock_trip(trip, by=desk).is_locked
    assert not unlock_trip(trip, by=desk).is_locked
    assert not unlock_trip(trip, by=desk).is_locked
    verbs = Event.objects.filter(subject="logistics.trip", subject_id=trip.pk, verb__contains="locked")
    assert list(verbs.order_by("pk").values_list("verb", "by")) == [("locked", desk.pk), ("unlocked", desk.pk)]


def test_nothing_of_a_locked_trip_is_planned_differently(day, trip, other, desk):
    waiting = day.pledge("200斤").allocations.get()
    lock_trip(trip, by=desk)
    before = snapshot()
    mine, its = trip.loads.get(), other.loads.get()
    for change in (
        lambda: move_load(mine, other, by=desk),
        lambda: move_load(its, trip, by=desk),
        lambda: unplan_load(mine, reason="改排", by=desk),
        lambda: add_load(trip, waiting.pk, by=desk),
        lambda: fill_trip(trip, expected={mine.pk: 1_000_000}, by=desk),
    ):
        with pytest.raises(TripLocked) as refusal:
            change()
        assert str(refusal.value) == f"{trip.truck.plate} 的这趟车已经谈好并锁定，不能改排；要改请先解锁"
        assert snapshot() == before
    unlock_trip(trip, by=desk)
    move_load(its, trip, by=desk)
    assert not breaks()


def test_a_locked_trip_follows_its_pledges_and_can_be_cancelled(day, trip, other, desk):
    lock_trip(trip, by=desk)
    lock_trip(other, by=desk)
    cancel_pledge(trip.loads.get().allocation.pledge, reason="不要了", by=fresh(day.cast.buyer))
    cancel_trip(other, reason="车坏了", by=desk)
    states = Trip.objects.filter(pk__in=[trip.pk, other.pk]).values_list("state", flat=True)
    assert set(states) == {TripState.CANCELLED}
    assert not breaks()


def test_what_a_locked_truck_left_behind_comes_off(trip, other, desk):
    """The lock is about the plan; a truck that has left does not hold what it did not take."""
    lock_trip(trip, by=desk)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.LOADING)
    unplan_load(trip.loads.get(), reason="没有装", by=desk)
    assert trip.loads.get().state == LoadState.UNPLANNED


@pytest.mark.parametrize("change", [lock_trip, unlock_trip])
def test_only_a_dispatcher_locks(day, trip, change):
    before = snapshot()
    for person in (day.cast.haulier, day.cast.driver, day.cast.buyer):
        with pytest.raises(NotAllowed):
            change(trip, by=person)
    assert snapshot() == before


def test_a_trip_under_way_needs_no_lock(trip, desk):
    load_up(trip)
    with pytest.raises(NothingToLock):
        lock_trip(trip, by=desk)
    assert not unlock_trip(trip, by=desk).is_locked
