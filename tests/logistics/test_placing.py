"""Putting goods on the board: what the check says is what the drop does, and the check writes nothing."""

import pytest

from market.exceptions import NotAllowed, WrongState
from market.models import Event
from orders.actions.pledges import change_pledge
from orders.enums import PledgeState
from orders.logistics.actions.locking import lock_trip
from orders.logistics.actions.placing import check_place, place
from orders.logistics.actions.road import arrive, record_loaded
from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import LoadState, StopKind, TripState
from orders.logistics.exceptions import DoesNotFit, NotSoMuchUnplanned
from orders.logistics.exceptions_board import AlreadyWaiting, TripLocked
from orders.logistics.models import Load, Stop, Trip
from orders.logistics.queries.reconcile import breaks
from orders.models import Allocation, Pledge
from tests.factories.logistics import driver_of, stops
from tests.factories.orders import fresh, kg


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Pledge, Allocation, Trip, Stop, Load, Event)]


@pytest.fixture
def desk(day):
    return day.cast.dispatcher


@pytest.fixture
def waiting(day) -> Allocation:
    return day.pledge("2吨").allocations.get()


@pytest.fixture
def trip(day, desk) -> Trip:
    """1 t on a truck of 1.5 t."""
    return add_trip(day.day, day.truck(rated_g=1_500_000), [(day.pledge("1吨").allocations.get().pk, None)], by=desk)


@pytest.fixture
def small(day, desk) -> Trip:
    """0.5 t on a truck of 5 t."""
    return add_trip(day.day, day.truck(), [(day.pledge("1000斤").allocations.get().pk, None)], by=desk)


def test_the_check_answers_as_the_drop_and_writes_nothing(trip, small, waiting, desk):
    before = snapshot()
    no, yes = check_place(waiting, trip, by=desk), check_place(waiting, small, by=desk)
    assert snapshot() == before
    assert isinstance(no.refusal, DoesNotFit)
    assert str(no.refusal) == f"{trip.truck.plate} 装不下这批货：超过核定载质量"
    assert yes.fits
    assert (yes.percent, yes.more_m) == (50, 0)

    with pytest.raises(DoesNotFit):
        place(waiting, trip, by=desk)
    load = place(waiting, small, by=desk)

    assert (load.trip, load.planned_g) == (small, 2_000_000)
    assert load.delivery.planned_at == yes.delivered_at
    assert Trip.objects.get(pk=small.pk).ends_at == yes.ends_at
    assert not breaks()


def test_a_load_is_moved_and_moved_back(trip, small, desk):
    load = place(small.loads.get(), trip, by=desk)
    assert Trip.objects.get(pk=small.pk).state == TripState.CANCELLED
    back = place(load, small.truck, by=desk)
    assert back.trip != small
    assert (back.trip.truck, back.planned_g) == (small.truck, 500_000)
    assert back.allocation.pledge.state == PledgeState.PLANNED
    assert trip.loads.live().get().planned_g == 1_000_000
    assert not breaks()


def test_a_load_goes_back_among_what_waits(small, desk):
    load = small.loads.get()
    assert check_place(load, None, by=desk).fits
    assert place(load, None, by=desk) is None
    assert Pledge.objects.get(pk=load.allocation.pledge_id).state == PledgeState.PLACED
    assert Event.objects.filter(subject="logistics.load", subject_id=load.pk).latest("pk").reason == "board"
    assert not breaks()


def test_goods_that_wait_get_a_truck_of_their_own(day, waiting, desk):
    truck = day.truck()
    assert check_place(waiting, truck, by=desk).more_m > 0
    load = place(waiting, truck, by=desk)
    assert (load.trip.truck, load.planned_g) == (truck, 2_000_000)
    with pytest.raises(NotSoMuchUnplanned):
        place(waiting, truck, by=desk)
    assert not breaks()


def test_what_is_on_a_truck_already_is_not_planned_elsewhere(day, trip, small, desk):
    (pickup,) = stops(small, StopKind.PICKUP)
    arrive(pickup, by=driver_of(small))
    load = small.loads.get()
    record_loaded(load, load.planned_g, by=driver_of(small))
    targets = (trip, day.truck(), None)
    before = snapshot()
    for target in targets:
        assert isinstance(check_place(load, target, by=desk).refusal, WrongState)
    assert snapshot() == before
    assert Load.objects.get(pk=load.pk).state == LoadState.LOADED


def test_refusals_leave_everything_as_it_was(trip, small, waiting, desk):
    lock_trip(small, by=desk)
    before = snapshot()
    assert isinstance(check_place(small.loads.get(), trip, by=desk).refusal, TripLocked)
    assert isinstance(check_place(small.loads.get(), small.truck, by=desk).refusal, TripLocked)
    assert isinstance(check_place(waiting, None, by=desk).refusal, AlreadyWaiting)
    for change in (lambda: place(small.loads.get(), None, by=desk), lambda: place(waiting, small, by=desk)):
        with pytest.raises(TripLocked):
            change()
    assert snapshot() == before


@pytest.mark.parametrize("do", [place, check_place])
def test_only_a_dispatcher_places(day, trip, waiting, do):
    for person in (day.cast.haulier, day.cast.driver, fresh(day.cast.buyer)):
        with pytest.raises(NotAllowed):
            do(waiting, trip, by=person)


def test_a_load_that_shrank_since_the_board_was_drawn_is_placed_as_it_is(day, desk):
    pledge = day.pledge("2吨", most=kg("2吨"))
    drawn = add_trip(day.day, day.truck(), [(pledge.allocations.get().pk, None)], by=desk).loads.get()
    change_pledge(pledge, quantity=kg("1吨"), most=kg("1吨"), by=fresh(day.cast.buyer))

    assert place(drawn, day.truck(), by=desk).planned_g == 1_000_000
