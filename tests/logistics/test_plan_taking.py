"""Taking a plan: what holds becomes trips, what changed since is left out and listed with the reason."""

import datetime as dt

import pytest

from market.exceptions import WrongState
from orders.actions.pledges import cancel_pledge
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics.actions.passes import revoke_pass
from orders.logistics.actions.planning import commit_plan
from orders.logistics.actions.trips import add_trip
from orders.logistics.actions.trucks import update_truck
from orders.logistics.enums import LoadState, RunState, StopKind, TripState
from orders.logistics.models import Load, PlanRun, Stop, Trip, Truck
from orders.logistics.queries.reconcile import breaks
from tests.factories.logistics import at, commit, make_pass, make_rules, plan
from tests.factories.orders import make_dock, make_pledge


def allocation_of(pledge):
    return pledge.allocations.get()


def take(day, run=None):
    return commit_plan(run or plan(day), by=day.cast.dispatcher)


def test_a_taken_plan_is_trips_with_stops_in_order_and_planned_pledges(day):
    pledge = day.pledge("6000斤")
    truck = day.truck()
    taken = take(day)

    (trip,) = taken.trips
    (load,) = trip.loads.all()
    pledge.refresh_from_db()
    assert (trip.truck, trip.driver, trip.day, trip.state) == (truck, truck.driver, day.day, TripState.PLANNED)
    assert [(s.position, s.kind) for s in trip.stops.all()] == [(1, StopKind.PICKUP), (2, StopKind.DELIVERY)]
    assert (load.planned_g, load.loaded_g, load.state) == (3_000_000, None, LoadState.PLANNED)
    assert trip.starts_at < trip.stops.all()[0].planned_at < trip.stops.all()[1].planned_at < trip.ends_at
    assert at(day.day, 6) <= trip.stops.all()[1].planned_at <= at(day.day, 10)
    assert (pledge.state, taken.dropped) == (PledgeState.PLANNED, [])
    assert breaks() == []


def test_a_plan_is_taken_once(day):
    day.pledge()
    day.truck()
    run = plan(day)
    take(day, run)

    with pytest.raises(WrongState):
        take(day, run)

    assert (Trip.objects.count(), Load.objects.count()) == (1, 1)


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.FAILED])
def test_a_plan_that_is_not_ready_is_not_taken(day, state):
    day.pledge()
    day.truck()
    run = plan(day)
    PlanRun.objects.filter(pk=run.pk).update(state=state)

    with pytest.raises(WrongState):
        take(day, run)
    assert Trip.objects.count() == 0


def test_what_was_cancelled_meanwhile_is_left_out_and_listed(day):
    kept, gone = day.pledge("1000斤"), day.pledge("2000斤")
    day.truck()
    run = plan(day)
    cancel_pledge(gone, reason="不要了", by=day.cast.buyer)

    taken = take(day, run)

    assert [load.allocation.pledge for load in taken.trips[0].loads.all()] == [kept]
    assert [(lost["allocation"], lost["grams"], lost["reason"]) for lost in taken.dropped] == [
        (gone.allocations.get().pk, 1_000_000, "allocation_gone")
    ]


def test_what_was_reduced_meanwhile_is_left_out(day):
    from market.quantities import Quantity
    from orders.actions.pledges import change_pledge

    day.pledge("1000斤")
    less = day.pledge("2000斤")
    day.truck()
    run = plan(day)
    change_pledge(less, quantity=Quantity.parse("1999斤"), by=day.cast.buyer)

    assert [lost["reason"] for lost in take(day, run).dropped] == ["already_planned"]


def test_of_two_plans_of_a_day_the_second_finds_nothing_left(day):
    day.pledge()
    day.truck(), day.truck()
    first = plan(day)
    second = plan(day)
    take(day, first)

    with pytest.raises(refusals.NothingHolds):
        take(day, second)

    second.refresh_from_db()
    assert (second.state, Trip.objects.count()) == (RunState.READY, 1)
    assert breaks() == []


def test_a_truck_that_lost_its_pass_drops_its_loads_with_the_reason(day):
    make_rules(green_code_needed=False, test_hours=None, temperature_limit=None)
    pledges = [day.pledge("9000斤"), day.pledge("9000斤")]
    trucks = [day.truck(), day.truck()]
    passes = [make_pass(truck, day.day, by=day.cast.dispatcher) for truck in trucks]
    # Both windows are so short that one truck cannot serve both.
    for pledge in pledges:
        type(pledge).objects.filter(pk=pledge.pk).update(window_to=dt.time(7))
    run = plan(day)
    assert run.summary["trucks"] == 2
    revoke_pass(passes[0], reason="伪造", by=day.cast.dispatcher)

    taken = take(day, run)

    assert [trip.truck for trip in taken.trips] == [trucks[1]]
    (lost,) = taken.dropped
    assert (lost["reason"], [reason["code"] for reason in lost["reasons"]]) == ("truck_gone", ["pass_suspended"])


def test_a_truck_made_smaller_drops_what_does_not_fit(day):
    day.pledge("9000斤")
    day.truck()
    run = plan(day)
    Truck.objects.update(rated_g=4_000_000)

    with pytest.raises(refusals.NothingHolds):
        take(day, run)
    assert Trip.objects.count() == 0


def test_a_truck_taken_meanwhile_by_hand_is_not_taken_again(day):
    day.pledge("9000斤")
    by_hand = day.pledge("100斤", window_from=dt.time(10), window_to=dt.time(20))
    truck = day.truck(shift_to=dt.time(11))
    run = plan(day)
    add_trip(day.day, truck, [(allocation_of(by_hand).pk, None)], by=day.cast.dispatcher)

    with pytest.raises(refusals.NothingHolds):
        take(day, run)
    assert Trip.objects.count() == 1


def test_what_is_left_after_a_commit_is_planned_by_the_next_run(day):
    day.pledge("16000斤")
    day.truck(shift_to=dt.time(9))
    first = commit(day)
    planned = sum(load.planned_g for trip in first for load in trip.loads.all())
    day.truck()

    run = plan(day)

    assert 0 < planned < 8_000_000
    assert sum(s["mass_g"] for s in run.problem["shipments"]) == 8_000_000 - planned
    take(day, run)
    assert breaks() == []


def test_two_loads_between_the_same_stops_share_them(day):
    day.pledge("1000斤")
    day.pledge("600斤")
    day.truck()

    (trip,) = commit(day)

    assert (Stop.objects.filter(trip=trip).count(), trip.loads.count()) == (2, 2)


def test_another_dock_is_another_stop(day, reference):
    other = make_dock(day.cast.rival_supermarket, reference["lusong"])
    day.pledge("1000斤")
    make_pledge(day.lot, other, "600斤", by=day.cast.rival_buyer)
    day.truck()

    (trip,) = commit(day)

    assert Stop.objects.filter(trip=trip, kind=StopKind.DELIVERY).count() == 2


def test_update_truck_is_used_for_facts_only(day):
    with pytest.raises(TypeError):
        update_truck(day.truck(), by=day.cast.haulier, plate="湘B99999")
