"""A truck with passes of several county pairs is planned, and changed by hand, with the one its goods need."""

import datetime as dt

import pytest

from orders.enums import PledgeState
from orders.logistics.actions.planning import commit_plan
from orders.logistics.actions.replanning import commit_replan, request_replan
from orders.logistics.actions.solving import run_plan
from orders.logistics.actions.trips import add_load, add_trip
from orders.logistics.exceptions import DoesNotFit
from orders.logistics.models import Pass, Trip, Truck
from orders.logistics.queries.fleet import fleet_for
from orders.logistics.queries.next_trucks import next_trucks, waiting_of
from orders.logistics.queries.pass_choice import options_for
from orders.models import Pledge
from tests.factories.logistics import at, make_pass, make_rules, plan
from tests.factories.orders import make_dock, make_pledge


@pytest.fixture
def near(day, reference):
    """A dock in the county of the yard; that of the day is in the next one."""
    make_rules(test_hours=None, green_code_needed=False, temperature_limit=None)
    return make_dock(day.cast.supermarket, reference["baiguan"])


@pytest.fixture
def passes(day, reference):
    """Makes passes of a truck, the one made last is the one taken where nothing else says which."""
    ends = {"far": ("lusong", "tianyuan"), "near": ("lusong", "lusong"), "any": (None, None)}

    def make(truck: Truck, *names: str) -> dict[str, Pass]:
        made = {name: make_pass(truck, day.day, by=day.cast.dispatcher) for name in names}
        for name, one in made.items():
            start, end = (reference[key] if key else None for key in ends[name])
            Pass.objects.filter(pk=one.pk).update(from_place=start, to_place=end)
        return made

    return make


def ask(day, dock, text):
    return make_pledge(day.lot, dock, text, by=day.cast.buyer).allocations.get().pk


def test_a_truck_is_planned_with_the_pass_of_the_goods_and_runs_with_it(day, near, passes):
    far = passes(day.truck(), "far", "near")["far"]
    day.pledge("2吨")
    run = plan(day)
    assert run.summary["served_g"] == 2_000_000
    (trip,) = commit_plan(run, by=day.cast.dispatcher).trips
    assert trip.green_pass == far


@pytest.mark.parametrize(("far_t", "near_t"), [(3, 1), (1, 3)])
def test_the_pass_that_serves_most_is_taken(day, near, passes, far_t, near_t):
    passes(day.truck(), "far", "near")
    day.pledge(f"{far_t}吨")
    ask(day, near, f"{near_t}吨")
    assert plan(day).summary["served_g"] == 3_000_000


def test_what_one_truck_takes_is_not_counted_for_the_next(day, near, passes):
    for _n in range(2):
        passes(day.truck(), "far", "near")
    day.pledge("4吨")
    ask(day, near, "3吨")
    assert plan(day).summary["served_g"] == 7_000_000


def test_a_truck_without_a_choice_is_counted_first(day, near, passes):
    passes(day.truck(), "far", "near")
    passes(day.truck(), "far")
    day.pledge("4吨")
    ask(day, near, "3吨")
    assert plan(day).summary["served_g"] == 7_000_000


def test_a_pass_that_ends_before_the_dock_opens_serves_nothing(day, near, passes):
    """It covers more of the shift, and leads to the same county."""
    made = passes(day.truck(), "far", "any")
    Pass.objects.filter(pk=made["any"].pk).update(valid_to=at(day.day, 14))
    Pass.objects.filter(pk=made["far"].pk).update(valid_from=at(day.day, 12))
    day.pledge("2吨", window_from=dt.time(15), window_to=dt.time(18))
    run = plan(day)
    assert run.summary["served_g"] == 2_000_000
    (trip,) = commit_plan(run, by=day.cast.dispatcher).trips
    assert trip.green_pass == made["far"]


def test_where_no_pass_is_needed_there_is_nothing_to_choose(day, passes):
    passes(day.truck(), "far", "near")
    (one,) = fleet_for(day.day, at(day.day, 0)).candidates
    assert one.others == ()
    assert options_for(one, [], pass_needed=False) == [one]


def test_a_trip_by_hand_takes_the_pass_that_allows_all_its_goods(day, near, passes):
    truck, desk = day.truck(), day.cast.dispatcher
    made = passes(truck, "any", "far", "near")
    trip = add_trip(day.day, truck, [(ask(day, day.dock, "1吨"), None)], by=desk)
    assert trip.green_pass in (made["any"], made["far"])
    add_load(trip, ask(day, near, "1吨"), by=desk)
    assert Trip.objects.get(pk=trip.pk).green_pass == made["any"]


def test_goods_that_no_one_pass_allows_are_refused(day, near, passes):
    truck, desk = day.truck(), day.cast.dispatcher
    made = passes(truck, "far", "near")
    trip = add_trip(day.day, truck, [(ask(day, day.dock, "1吨"), None)], by=desk)
    with pytest.raises(DoesNotFit):
        add_load(trip, ask(day, near, "1吨"), by=desk)
    assert Trip.objects.get(pk=trip.pk).green_pass == made["far"]


def test_the_trips_that_pass_by_are_asked_with_every_pass(day, near, passes, django_assert_num_queries):
    """As the button does: what is offered can be taken."""
    desk = day.cast.dispatcher
    able, unable = (day.truck() for _n in range(2))
    made = passes(able, "far", "any")
    passes(unable, "far")
    trips = [add_trip(day.day, one, [(ask(day, day.dock, "1吨"), None)], by=desk) for one in (able, unable)]
    Trip.objects.filter(pk=trips[0].pk).update(green_pass=made["far"])
    waiting = waiting_of(ask(day, near, "1吨"))
    with django_assert_num_queries(8):
        found = next_trucks(waiting, at(day.day, 5))
    assert [(one.trip, one.can) for one in found] == [(trips[0], True), (trips[1], False)]
    add_load(found[0].trip, waiting.pk, found[0].grams, by=desk)
    assert Trip.objects.get(pk=trips[0].pk).green_pass == made["any"]


def test_what_rides_already_keeps_its_pass_when_the_rest_is_planned(day, near, passes):
    """More waits for the other county, and its truck is not torn away for that; the second truck goes there."""
    truck, desk = day.truck(), day.cast.dispatcher
    far = passes(truck, "far", "near")["far"]
    trip = add_trip(day.day, truck, [(ask(day, day.dock, "1吨"), None)], by=desk)
    ask(day, near, "3吨")
    other = day.truck()
    its = passes(other, "near", "far")["near"]
    run = run_plan(request_replan(day.day, by=desk).pk)
    assert (run.summary["stuck"], run.summary["gain"]["more_g"]) == ([], 3_000_000)
    (added,) = commit_replan(run, by=desk).added
    assert (added.truck, added.green_pass) == (other, its)
    assert Trip.objects.get(pk=trip.pk).green_pass == far
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.PLANNED}
