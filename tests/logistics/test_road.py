"""What a driver reports: in order, within what was planned, and never on the road with papers that are not valid."""

import datetime as dt

import pytest
from django.utils import timezone

from market.exceptions import NotAllowed, WrongState
from market.models import Event
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics.actions.passes import revoke_pass
from orders.logistics.actions.road import arrive, depart, record_loaded, record_not_loaded
from orders.logistics.enums import EDITABLE_TRIPS, LoadState, StopKind, TripState
from orders.logistics.exceptions_road import StillBroken
from orders.logistics.models import Load, Rules, Stop, Trip
from orders.logistics.queries.reconcile import breaks
from tests.factories.logistics import at, commit, driver_of, load_up, make_health_check, make_pass, make_rules, stops


@pytest.fixture
def trip(day) -> Trip:
    day.pledge("2000斤")
    day.truck()
    return commit(day)[0]


@pytest.fixture
def driver(trip):
    return driver_of(trip)


def fresh(trip):
    return Trip.objects.get(pk=trip.pk)


def test_a_whole_trip_from_the_drivers_page(day, trip, driver):
    pickup, delivery = stops(trip)
    load = trip.loads.get()
    pledge = load.allocation.pledge

    arrive(pickup, by=driver)
    assert fresh(trip).state == TripState.LOADING
    record_loaded(load, 990_000, by=driver)
    depart(pickup, by=driver)
    pledge.refresh_from_db()
    assert (fresh(trip).state, pledge.state) == (TripState.EN_ROUTE, PledgeState.MOVING)
    arrive(delivery, by=driver)
    depart(delivery, by=driver)

    load.refresh_from_db()
    assert (fresh(trip).state, load.state, load.loaded_g) == (TripState.COMPLETED, LoadState.LOADED, 990_000)
    assert breaks() == []


def test_each_press_twice_changes_nothing_the_second_time(trip, driver):
    pickup, load = stops(trip)[0], trip.loads.get()
    for press in (
        lambda: arrive(pickup, by=driver),
        lambda: record_loaded(load, 1_000_000, by=driver),
        lambda: depart(pickup, by=driver),
    ):
        press()
        before = (list(Stop.objects.values()), list(Load.objects.values()), Event.objects.count())
        press()
        assert (list(Stop.objects.values()), list(Load.objects.values()), Event.objects.count()) == before


def test_stops_are_visited_in_order(trip, driver):
    with pytest.raises(refusals.NotNextStop) as refusal:
        arrive(stops(trip)[1], by=driver)

    assert "第 1 站" in str(refusal.value)
    assert fresh(trip).state == TripState.PLANNED


@pytest.mark.parametrize("grams", [0, -1, 1_000_001, 10**18])
def test_the_loaded_quantity_is_within_what_was_planned(trip, driver, grams):
    arrive(stops(trip)[0], by=driver)
    with pytest.raises(refusals.BadLoadedQuantity) as refusal:
        record_loaded(trip.loads.get(), grams, by=driver)

    assert "2,000 斤" in str(refusal.value)
    assert trip.loads.get().loaded_g is None


def test_nothing_is_loaded_before_arriving_nor_after_leaving(trip, driver):
    pickup, load = stops(trip)[0], trip.loads.get()
    with pytest.raises(refusals.NotArrived):
        record_loaded(load, 1, by=driver)
    with pytest.raises(refusals.NotArrived):
        depart(pickup, by=driver)
    arrive(pickup, by=driver)
    record_loaded(load, 1_000_000, by=driver)
    assert record_loaded(load, 999_000, by=driver).loaded_g == 999_000  # corrected while it stands there
    depart(pickup, by=driver)
    with pytest.raises(refusals.AlreadyDeparted):
        record_loaded(load, 1_000_000, by=driver)
    load.refresh_from_db()
    assert load.loaded_g == 999_000


def test_nobody_leaves_with_loads_that_were_not_settled(trip, driver):
    pickup = stops(trip)[0]
    arrive(pickup, by=driver)
    with pytest.raises(refusals.LoadsOpen):
        depart(pickup, by=driver)
    assert fresh(trip).state == TripState.LOADING


def test_what_was_not_loaded_waits_again_and_an_empty_trip_ends(trip, driver):
    pickup, load = stops(trip)[0], trip.loads.get()
    arrive(pickup, by=driver)
    with pytest.raises(refusals.ReasonNeeded):
        record_not_loaded(load, reason=" ", by=driver)

    record_not_loaded(load, reason="雨太大没有采摘", by=driver)

    load.refresh_from_db()
    pledge = load.allocation.pledge
    pledge.refresh_from_db()
    assert (load.state, fresh(trip).state, pledge.state) == (
        LoadState.UNPLANNED,
        TripState.CANCELLED,
        PledgeState.PLACED,
    )
    with pytest.raises(WrongState):
        record_not_loaded(load, reason="再一次", by=driver)


def test_with_one_of_two_loads_the_truck_leaves(day):
    day.pledge("1000斤"), day.pledge("600斤")
    day.truck()
    (trip,) = commit(day)
    driver, pickup = driver_of(trip), stops(trip)[0]
    first, second = trip.loads.order_by("pk")
    arrive(pickup, by=driver)
    record_not_loaded(first, reason="没货", by=driver)
    record_loaded(second, second.planned_g, by=driver)

    depart(pickup, by=driver)

    assert fresh(trip).state == TripState.EN_ROUTE


@pytest.mark.parametrize("person", ["buyer", "farmer", "haulier", "driver", "outsider"])
def test_only_the_driver_and_the_dispatcher_report(day, trip, person):
    by, pickup = getattr(day.cast, person), stops(trip)[0]
    doors = [
        lambda: arrive(pickup, by=by),
        lambda: record_loaded(trip.loads.get(), 1, by=by),
        lambda: record_not_loaded(trip.loads.get(), reason="x", by=by),
        lambda: depart(pickup, by=by),
    ]
    for door in doors:
        with pytest.raises(NotAllowed):
            door()
    assert Stop.objects.exclude(arrived_at=None).count() == 0


def test_the_dispatcher_reports_for_a_driver_who_calls_in(day, trip):
    assert arrive(stops(trip)[0], by=day.cast.dispatcher).arrived_at is not None


# --- the papers at the first departure --------------------------------------------------------------------------------


@pytest.fixture
def guarded(day):
    """A trip under rules, loaded and about to leave."""
    make_rules()
    day.pledge("2000斤")
    truck = day.truck()
    green_pass = make_pass(truck, day.day, by=day.cast.dispatcher)
    make_health_check(truck.driver, by=day.cast.dispatcher)
    (trip,) = commit(day)
    pickup, driver = stops(trip)[0], driver_of(trip)
    arrive(pickup, by=driver)
    record_loaded(trip.loads.get(), 1_000_000, by=driver)
    return trip, pickup, driver, green_pass


def test_with_valid_papers_it_leaves(day, guarded):
    trip, pickup, driver, _pass = guarded
    depart(pickup, by=driver, at=trip.starts_at + dt.timedelta(hours=1))
    assert fresh(trip).state == TripState.EN_ROUTE


def test_a_pass_revoked_meanwhile_keeps_it_in_the_yard(day, guarded):
    trip, pickup, driver, green_pass = guarded
    revoke_pass(green_pass, reason="伪造", by=day.cast.dispatcher)

    with pytest.raises(refusals.TruckNotFit) as refusal:
        depart(pickup, by=driver, at=trip.starts_at)

    assert [reason.code for reason in refusal.value.reasons] == ["pass_suspended"]
    pickup.refresh_from_db()
    assert (fresh(trip).state, pickup.departed_at) == (TripState.LOADING, None)


def test_a_new_pass_lets_it_leave_and_stands_on_the_trip(day, guarded):
    trip, pickup, driver, green_pass = guarded
    revoke_pass(green_pass, reason="换证", by=day.cast.dispatcher)
    new = make_pass(trip.truck, day.day, by=day.cast.dispatcher)

    depart(pickup, by=driver, at=trip.starts_at)

    assert fresh(trip).green_pass == new


def test_a_driver_who_turned_yellow_does_not_leave(day, guarded):
    trip, pickup, driver, _pass = guarded
    make_health_check(trip.driver, by=day.cast.dispatcher, code="yellow")
    with pytest.raises(refusals.TruckNotFit):
        depart(pickup, by=driver, at=trip.starts_at)
    assert fresh(trip).state == TripState.LOADING


def test_being_late_counts_until_the_truck_would_be_back(day, guarded):
    _trip, pickup, driver, _pass = guarded
    with pytest.raises(refusals.TruckNotFit) as refusal:
        depart(pickup, by=driver, at=at(day.day, 23, 30))
    assert refusal.value.reasons[0].code == "pass_too_early"


def test_leaving_before_the_pass_is_valid_is_refused(day, guarded):
    _trip, pickup, driver, _pass = guarded
    with pytest.raises(refusals.TruckNotFit) as refusal:
        depart(pickup, by=driver, at=timezone.now())
    assert [reason.code for reason in refusal.value.reasons] == ["pass_too_late"]


def test_rules_that_have_ended_ask_for_nothing(day, guarded):
    trip, pickup, driver, green_pass = guarded
    revoke_pass(green_pass, reason="结束", by=day.cast.dispatcher)
    Rules.objects.update(until=day.day - dt.timedelta(days=1))
    depart(pickup, by=driver, at=trip.starts_at)
    assert fresh(trip).state == TripState.EN_ROUTE


# --- tables ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", list(TripState))
def test_arriving_follows_the_table_of_trips(trip, driver, old):
    Trip.objects.filter(pk=trip.pk).update(state=old)
    pickup = stops(trip)[0]

    if old in EDITABLE_TRIPS:  # a planned trip that nobody cleared is cleared by it
        arrive(pickup, by=driver)
        assert fresh(trip).state == TripState.LOADING
    elif old == TripState.BROKEN_DOWN:
        with pytest.raises(StillBroken):
            arrive(pickup, by=driver)
        assert (fresh(trip).state, Stop.objects.exclude(arrived_at=None).count()) == (old, 0)
    elif old in (TripState.LOADING, TripState.EN_ROUTE):
        arrive(pickup, by=driver)  # the next stop of a trip under way: the trip stays as it is
        assert fresh(trip).state == old
    else:
        with pytest.raises(WrongState):
            arrive(pickup, by=driver)
        assert (fresh(trip).state, Stop.objects.exclude(arrived_at=None).count()) == (old, 0)


@pytest.mark.parametrize("old", list(LoadState))
def test_loading_follows_the_table_of_loads(trip, driver, old):
    load = trip.loads.get()
    arrive(stops(trip)[0], by=driver)
    Load.objects.filter(pk=load.pk).update(state=old, loaded_g=None if old == LoadState.PLANNED else 500_000)

    if old in (LoadState.PLANNED, LoadState.LOADED):  # a delivered load is loaded again only by reversing its receipt
        assert record_loaded(load, 600_000, by=driver).loaded_g == 600_000
    else:
        with pytest.raises(WrongState):
            record_loaded(load, 600_000, by=driver)
        load.refresh_from_db()
        assert (load.state, load.loaded_g) == (old, 500_000)


@pytest.mark.parametrize("old", list(TripState))
def test_setting_out_follows_the_table_of_trips(trip, driver, old):
    pickup = stops(trip)[0]
    arrive(pickup, by=driver)
    record_loaded(trip.loads.get(), 1_000_000, by=driver)
    Trip.objects.filter(pk=trip.pk).update(state=old)

    if old == TripState.LOADING:
        depart(pickup, by=driver)
        assert fresh(trip).state == TripState.EN_ROUTE
    elif old in (TripState.BROKEN_DOWN, TripState.CANCELLED):
        with pytest.raises(StillBroken if old == TripState.BROKEN_DOWN else WrongState):
            depart(pickup, by=driver)
        assert (fresh(trip).state, Stop.objects.exclude(departed_at=None).count()) == (old, 0)
    else:
        # A later stop of a trip on the road, or the last of one that the buyer's receipt has completed; a planned trip cannot
        # stand at a stop.
        depart(pickup, by=driver)
        assert fresh(trip).state == old


def test_a_truck_that_comes_twice_loads_twice(day):
    day.pledge("16000斤")
    day.truck()
    (trip,) = commit(day)

    load_up(trip)

    assert [stop.kind for stop in stops(trip)] == [StopKind.PICKUP, StopKind.DELIVERY] * 2
    assert sum(load.loaded_g for load in trip.loads.all()) == 8_000_000
    assert breaks() == []
