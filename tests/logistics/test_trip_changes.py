"""Trips changed by hand are held to the planner's rules; what is refused leaves everything as it was."""

import datetime as dt

import pytest

from market.exceptions import NotAllowed, WrongState
from market.models import Event
from orders.actions.pledges import cancel_pledge
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics.actions import trips
from orders.logistics.actions.road import arrive, depart, record_loaded
from orders.logistics.actions.trips import add_load, add_trip, cancel_trip, move_load, unplan_load
from orders.logistics.actions.trucks import update_driver, update_truck
from orders.logistics.enums import LOAD_MOVES, TRIP_MOVES, LoadState, StopKind, TripState
from orders.logistics.models import Load, Stop, Trip
from orders.logistics.queries.loads import legs_of, live_loads
from orders.logistics.queries.reconcile import breaks
from orders.models import Allocation
from tests.factories.logistics import at, commit, driver_of, make_rules, stops
from tests.factories.orders import make_dock, make_pledge


def allocation_of(pledge):
    return pledge.allocations.get()


def snapshot():
    """Everything a change by hand may touch."""
    return [list(model.objects.order_by("pk").values()) for model in (Trip, Stop, Load, Event)]


@pytest.fixture
def two_trips(day):
    """Two trucks of 5 t with a load each by hand: 6,000 斤 and 3,000 斤."""
    big, small = day.pledge("6000斤"), day.pledge("3000斤")
    by = day.cast.dispatcher
    one = add_trip(day.day, day.truck(), [(allocation_of(big).pk, None)], by=by)
    two = add_trip(day.day, day.truck(), [(allocation_of(small).pk, None)], by=by)
    return one, two


# --- adding -----------------------------------------------------------------------------------------------------


def test_a_trip_by_hand_carries_all_that_waits_or_the_part_asked_for(day):
    pledge = day.pledge("6000斤")
    allocation = allocation_of(pledge)

    trip = add_trip(day.day, day.truck(), [(allocation.pk, 1_000_000)], by=day.cast.dispatcher)
    rest = add_load(trip, allocation.pk, by=day.cast.dispatcher)

    assert rest.planned_g == 3_000_000  # the same two stops: one load
    assert trip.loads.count() == 1
    pledge.refresh_from_db()
    assert (pledge.state, breaks()) == (PledgeState.PLANNED, [])


@pytest.mark.parametrize("grams", [0, -1, 3_000_001, 10**18])
def test_more_than_waits_is_refused(day, grams):
    allocation = allocation_of(day.pledge("6000斤"))
    truck, before = day.truck(), snapshot()

    with pytest.raises(refusals.NotSoMuchUnplanned):
        add_trip(day.day, truck, [(allocation.pk, grams)], by=day.cast.dispatcher)
    assert snapshot() == before


def test_a_trip_without_goods_is_refused(day):
    with pytest.raises(refusals.NothingChosen):
        add_trip(day.day, day.truck(), [], by=day.cast.dispatcher)


def test_goods_of_another_day_a_cancelled_pledge_and_a_made_up_number_are_refused(day):
    from market.models import Lot

    later = Lot.objects.get(listing=day.listing, day=day.day + dt.timedelta(days=1))
    other_day = allocation_of(make_pledge(later, day.dock, "100斤", by=day.cast.buyer))
    gone = allocation_of(cancel_pledge(day.pledge("100斤"), reason="不要了", by=day.cast.buyer))
    truck, by = day.truck(), day.cast.dispatcher

    for pk, refusal in (
        (other_day.pk, refusals.OtherDay),
        (gone.pk, refusals.AllocationGone),
        (0, refusals.AllocationGone),
    ):
        with pytest.raises(refusal):
            add_trip(day.day, truck, [(pk, None)], by=by)
    assert Trip.objects.count() == 0


def test_more_than_the_truck_carries_is_refused_with_the_reason(day):
    allocation = allocation_of(day.pledge("12000斤"))
    with pytest.raises(refusals.DoesNotFit) as refusal:
        add_trip(day.day, day.truck(), [(allocation.pk, None)], by=day.cast.dispatcher)

    assert "超过核定载质量" in str(refusal.value)
    assert Trip.objects.count() == 0


def test_a_window_that_cannot_be_met_is_refused_with_the_reason(day):
    allocation = allocation_of(day.pledge("100斤", window_from=dt.time(4), window_to=dt.time(5)))
    with pytest.raises(refusals.DoesNotFit) as refusal:
        add_trip(day.day, day.truck(), [(allocation.pk, None)], by=day.cast.dispatcher)

    assert "不能按时到" in str(refusal.value)


def test_a_truck_that_may_not_run_is_refused_with_every_reason(day):
    make_rules()
    allocation = allocation_of(day.pledge("100斤"))
    with pytest.raises(refusals.TruckNotFit) as refusal:
        add_trip(day.day, day.truck(), [(allocation.pk, None)], by=day.cast.dispatcher)

    assert [r.code for r in refusal.value.reasons] == [
        "pass_missing",
        "code_missing",
        "test_missing",
        "temperature_missing",
    ]


def test_a_past_day_has_no_new_trips(day):
    allocation = allocation_of(day.pledge("100斤"))
    with pytest.raises(refusals.PlanInPast):
        add_trip(
            day.day,
            day.truck(),
            [(allocation.pk, None)],
            by=day.cast.dispatcher,
            at=at(day.day, 5) + dt.timedelta(days=1),
        )


# --- moving -----------------------------------------------------------------------------------------------------


def test_a_moved_load_is_on_the_other_trip_and_an_empty_trip_is_cancelled(day, two_trips):
    one, two = two_trips
    (load,) = two.loads.all()

    moved = move_load(load, one, by=day.cast.dispatcher)

    two.refresh_from_db()
    load.refresh_from_db()
    assert (moved.trip, moved.planned_g, moved.state) == (one, 1_500_000, LoadState.PLANNED)
    assert (load.state, two.state) == (LoadState.UNPLANNED, TripState.CANCELLED)
    assert [stop.kind for stop in stops(one)] == [StopKind.PICKUP, StopKind.DELIVERY]
    assert breaks() == []


def test_a_moved_load_gets_its_stop_where_it_costs_least_and_positions_stay_in_order(day, two_trips, reference):
    one, _two = two_trips
    dock = make_dock(day.cast.rival_supermarket, reference["lusong"])
    pledge = make_pledge(day.lot, dock, "1000斤", by=day.cast.rival_buyer)
    third = add_trip(day.day, day.truck(), [(allocation_of(pledge).pk, None)], by=day.cast.dispatcher)

    move_load(third.loads.get(), one, by=day.cast.dispatcher)

    legs = legs_of(one.stops.all(), live_loads(Trip.objects.get(pk=one.pk)))
    assert [leg.stop.position for leg in legs] == [1, 2, 3]
    assert [leg.stop.planned_at for leg in legs] == sorted(leg.stop.planned_at for leg in legs)
    assert [leg.aboard_g for leg in legs] == [3_500_000, 3_000_000, 0]


def test_a_load_that_does_not_fit_stays_where_it_is(day, two_trips):
    one, two = two_trips
    update_truck(one.truck, by=day.cast.haulier, rated_g=4_499_999)
    # Both want to be there in the same narrow window: one after the other is too late.
    for load in (one.loads.get(), two.loads.get()):
        type(load.allocation.pledge).objects.filter(pk=load.allocation.pledge_id).update(window_to=dt.time(7))
    before = snapshot()

    with pytest.raises(refusals.DoesNotFit):
        move_load(two.loads.get(), one, by=day.cast.dispatcher)

    assert snapshot() == before


def test_the_capacity_of_every_leg_is_kept(day, two_trips):
    one, two = two_trips
    update_truck(one.truck, by=day.cast.haulier, rated_g=4_000_000)

    move_load(two.loads.get(), one, by=day.cast.dispatcher)

    legs = legs_of(one.stops.all(), live_loads(Trip.objects.get(pk=one.pk)))
    assert max(leg.aboard_g for leg in legs) <= 4_000_000  # it comes a second time instead
    assert breaks() == []


def test_a_load_does_not_move_to_its_own_trip_nor_to_one_that_has_begun(day, two_trips):
    one, two = two_trips
    load = two.loads.get()
    with pytest.raises(refusals.SameTrip):
        move_load(load, two, by=day.cast.dispatcher)

    arrive(stops(one)[0], by=driver_of(one))
    with pytest.raises(refusals.AlreadyRolling):
        move_load(load, one, by=day.cast.dispatcher)
    load.refresh_from_db()
    assert load.state == LoadState.PLANNED


def test_a_trip_whose_driver_is_out_takes_no_more(day, two_trips):
    one, two = two_trips
    update_driver(one.driver, is_active=False, by=day.cast.haulier)
    with pytest.raises(refusals.TruckNotFit):
        move_load(two.loads.get(), one, by=day.cast.dispatcher)


# --- taking off and cancelling --------------------------------------------------------------------------------------


def test_a_load_taken_off_waits_again(day, two_trips):
    one, _two = two_trips
    load = one.loads.get()

    unplan_load(load, reason="买方改期", by=day.cast.dispatcher)

    one.refresh_from_db()
    pledge = load.allocation.pledge
    pledge.refresh_from_db()
    assert (one.state, pledge.state) == (TripState.CANCELLED, PledgeState.PLACED)
    with pytest.raises(WrongState):
        unplan_load(load, reason="买方改期", by=day.cast.dispatcher)


def test_the_other_stops_come_earlier_when_a_load_is_taken_off(day, reference):
    dock = make_dock(day.cast.rival_supermarket, reference["lusong"])
    near = make_pledge(day.lot, dock, "1000斤", by=day.cast.rival_buyer)
    far = day.pledge("4000斤")
    trip = add_trip(
        day.day, day.truck(), [(allocation_of(near).pk, None), (allocation_of(far).pk, None)], by=day.cast.dispatcher
    )
    before = trip.ends_at

    unplan_load(trip.loads.get(allocation__pledge=far), reason="改期", by=day.cast.dispatcher)

    trip.refresh_from_db()
    assert (trip.state, len(stops(trip)), trip.ends_at < before) == (TripState.PLANNED, 2, True)


def test_a_cancelled_trip_gives_everything_back(day, two_trips):
    one, _two = two_trips
    pledge = one.loads.get().allocation.pledge

    cancel_trip(one, reason="车坏了", by=day.cast.dispatcher)

    pledge.refresh_from_db()
    assert pledge.state == PledgeState.PLACED
    assert one.loads.get().state == LoadState.UNPLANNED
    with pytest.raises(WrongState):
        cancel_trip(one, reason="车坏了", by=day.cast.dispatcher)
    assert breaks() == []


def test_a_load_moved_onto_the_trip_while_it_is_cancelled_is_not_stranded(day, two_trips, monkeypatch):
    one, two = two_trips
    lock_all, late = trips.lock_all, [two.loads.get()]

    def lock_and_be_overtaken(model, ids):
        rows = lock_all(model, ids)
        if model is Allocation and late:
            move_load(late.pop(), one, by=day.cast.dispatcher)
        return rows

    monkeypatch.setattr(trips, "lock_all", lock_and_be_overtaken)
    before = snapshot()

    with pytest.raises(refusals.JustChanged):
        cancel_trip(one, reason="车坏了", by=day.cast.dispatcher)

    assert (late, snapshot(), breaks()) == ([], before, [])


def test_a_pledge_on_two_trips_stays_planned_while_one_of_them_runs(day):
    pledge = day.pledge("16000斤")
    trips = [
        add_trip(day.day, day.truck(), [(allocation_of(pledge).pk, 4_000_000)], by=day.cast.dispatcher)
        for _ in range(2)
    ]

    cancel_trip(trips[0], reason="车坏了", by=day.cast.dispatcher)

    pledge.refresh_from_db()
    assert pledge.state == PledgeState.PLANNED


def test_reasons_are_asked_for(day, two_trips):
    one, _two = two_trips
    before = snapshot()
    with pytest.raises(refusals.ReasonNeeded):
        unplan_load(one.loads.get(), reason=" ", by=day.cast.dispatcher)
    with pytest.raises(refusals.ReasonNeeded):
        cancel_trip(one, reason="", by=day.cast.dispatcher)
    assert snapshot() == before


def test_what_has_left_the_yard_is_not_taken_off(day, two_trips):
    one, _two = two_trips
    first = stops(one)[0]
    driver = driver_of(one)
    arrive(first, by=driver)
    record_loaded(one.loads.get(), 3_000_000, by=driver)
    depart(first, by=driver)

    with pytest.raises(refusals.AlreadyDeparted):
        unplan_load(one.loads.get(), reason="改期", by=day.cast.dispatcher)
    with pytest.raises(WrongState):
        cancel_trip(one, reason="改期", by=day.cast.dispatcher)


@pytest.mark.parametrize("person", ["buyer", "farmer", "haulier", "driver", "outsider"])
def test_only_a_dispatcher_changes_trips(day, two_trips, person):
    one, two = two_trips
    by, before = getattr(day.cast, person), snapshot()
    pk = one.loads.get().allocation_id
    doors = [
        lambda: add_trip(day.day, one.truck, [(pk, None)], by=by),
        lambda: add_load(two, pk, by=by),
        lambda: move_load(one.loads.get(), two, by=by),
        lambda: unplan_load(one.loads.get(), reason="x", by=by),
        lambda: cancel_trip(one, reason="x", by=by),
    ]
    for door in doors:
        with pytest.raises(NotAllowed):
            door()
    assert snapshot() == before


# --- tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", list(TripState))
def test_cancelling_follows_the_table_of_trips(day, old):
    day.pledge()
    day.truck()
    (trip,) = commit(day)
    Trip.objects.filter(pk=trip.pk).update(state=old)

    if TripState.CANCELLED in TRIP_MOVES[old]:
        assert cancel_trip(trip, reason="x", by=day.cast.dispatcher).state == TripState.CANCELLED
    else:
        with pytest.raises(WrongState):
            cancel_trip(trip, reason="x", by=day.cast.dispatcher)
        trip.refresh_from_db()
        assert trip.state == old


@pytest.mark.parametrize("old", list(LoadState))
def test_taking_off_follows_the_table_of_loads(day, old):
    day.pledge()
    day.truck()
    (trip,) = commit(day)
    load = trip.loads.get()
    Load.objects.filter(pk=load.pk).update(state=old)

    if LoadState.UNPLANNED in LOAD_MOVES[old]:
        assert unplan_load(load, reason="x", by=day.cast.dispatcher).state == LoadState.UNPLANNED
    else:
        with pytest.raises(WrongState):
            unplan_load(load, reason="x", by=day.cast.dispatcher)
        load.refresh_from_db()
        assert load.state == old
