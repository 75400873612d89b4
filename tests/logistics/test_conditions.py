"""What the orders of a day mean for its plan: passes by route, closed areas by hour, bans, yards, cold parts, hours and tolls."""

import datetime as dt
from decimal import Decimal

import pytest

from market.models import Lot
from orders.logistics.enums import AreaState, RiskLevel
from orders.logistics.models import Pass, RiskArea, RoadDistance, TollRules, Truck, Yard
from orders.logistics.planner.model import Closure, Toll
from orders.logistics.queries.day import why_left
from orders.logistics.queries.problems import day_problem
from orders.logistics.queries.runs import preview_of
from orders.logistics.wording import left_behind_word
from tests.factories.logistics import at, ban_at_dock, make_pass, make_rules, plan
from tests.factories.market import make_live_listing
from tests.factories.orders import make_dock, make_pledge


def problem_of(day):
    return day_problem(day.day, at(day.day, 0)).problem


def close(day, place, starts, ends, **facts):
    values = {"level": RiskLevel.HIGH, "is_closed": True, "source": "市指挥部令", "state": AreaState.PUBLISHED, **facts}
    return RiskArea.objects.create(place=place, starts_at=starts, ends_at=ends, by=day.cast.dispatcher, **values)


def the_reason(run):
    return [entry["reason"] for entry in run.plan["unserved"]]


# --- passes ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ruled(day):
    """Rules that need a pass; a load from 芦淞 to 天元, and a truck without a pass yet."""
    make_rules(test_hours=None, green_code_needed=False, temperature_limit=None)
    day.pledge("1000斤")
    return day.truck()


def on_route(truck, day, from_place, to_place):
    made = make_pass(truck, day.day, by=day.cast.dispatcher)
    Pass.objects.filter(pk=made.pk).update(from_place=from_place, to_place=to_place)


def test_a_pass_with_places_serves_only_its_route(day, ruled, reference):
    on_route(ruled, day, reference["yanling"], reference["tianyuan"])

    run = plan(day)

    assert the_reason(run) == ["no_vehicle_with_pass"]
    assert left_behind_word("no_vehicle_with_pass") == "没有一辆车有从产地县到收货县的通行证，请先办理"


def test_a_pass_of_the_route_or_of_the_whole_city_serves(day, ruled, reference):
    on_route(ruled, day, reference["lusong"], reference["tianyuan"])
    assert plan(day).summary["served_g"] == 500_000

    Pass.objects.update(from_place=None, to_place=None)
    assert plan(day).summary["served_g"] == 500_000


# --- areas -----------------------------------------------------------------------------------------------------------


def test_a_place_closed_for_some_hours_cuts_the_windows(day, reference):
    day.pledge("1000斤")
    day.truck(base=reference["tianyuan"])
    close(day, reference["baiguan"], at(day.day, 8), at(day.day, 10))

    (load,) = problem_of(day).shipments

    service = load.pickup_service_s
    assert load.pickup_windows[0][1] == 8 * 3600 - service
    assert load.pickup_windows[1][0] == 10 * 3600
    assert plan(day).summary["served_g"] == 500_000


def test_a_load_of_a_place_closed_all_day_says_so(day, reference):
    day.pledge("1000斤")
    day.truck(base=reference["tianyuan"])
    close(day, reference["baiguan"], at(day.day, 0), None)

    run = plan(day)

    assert the_reason(run) == ["place_closed"]
    assert why_left(run)[next(iter(why_left(run)))] == left_behind_word("place_closed")


@pytest.mark.parametrize(
    "facts", [{"state": AreaState.DRAFT}, {"is_closed": False}, {"lat": 20.0, "lon": 100.0, "radius_m": 500}]
)
def test_an_area_that_does_not_close_the_place_changes_nothing(day, reference, facts):
    day.pledge("1000斤")
    day.truck(base=reference["tianyuan"])
    close(day, reference["baiguan"], at(day.day, 0), None, **facts)

    assert plan(day).summary["served_g"] == 500_000


# --- bans, yards, cold parts, hours ----------------------------------------------------------------------------------


def test_large_trucks_keep_out_of_a_place_in_the_hours_of_its_ban(day, reference):
    day.pledge("1000斤")
    large, small = day.truck(), day.truck(rated_g=1_500_000)
    ban_at_dock(day)

    problem = problem_of(day)

    load = problem.shipments[0]
    by_truck = {vehicle.id: vehicle.closed for vehicle in problem.vehicles}
    assert Closure(load.delivery, (0, 23 * 3600)) in by_truck[str(large.pk)]
    assert by_truck[str(small.pk)] == ()
    assert [route["vehicle"] for route in plan(day).plan["routes"]] == [str(small.pk)]


def test_a_load_that_only_a_banned_truck_could_carry_says_so(day):
    day.pledge("1000斤")
    day.truck()
    ban_at_dock(day)

    assert the_reason(plan(day)) == ["too_large_for_the_place"]


def test_a_yard_loads_in_its_hours_at_its_pace(day):
    day.pledge("1000斤")
    day.truck()
    Yard.objects.create(
        organisation=day.cast.household,
        opens_at=dt.time(9),
        closes_at=dt.time(10),
        gate_minutes=11,
        minutes_a_tonne=60,
    )

    problem = problem_of(day)

    (load,) = problem.shipments
    assert load.pickup_window == (9 * 3600, 10 * 3600)
    assert load.pickup_service_s == 300 + 30 * 60
    assert problem.gates_s[load.pickup] == 11 * 60


def test_a_dock_has_its_own_gate(day):
    day.dock.gate_minutes = 25
    day.dock.save()
    day.pledge("1000斤")
    day.truck()

    problem = problem_of(day)

    load = problem.shipments[0]
    assert problem.gates_s[load.delivery] == 25 * 60
    assert problem.durations_s[load.pickup][load.delivery] >= 25 * 60


def test_a_partitioned_truck_takes_only_what_its_cold_part_holds(day, reference):
    produce = reference["loofah"]
    produce.ambient_hours, produce.cold_hours = 8, 100
    produce.save()
    day.pledge("4000斤")
    Truck.objects.filter(pk=day.truck(is_cold=True).pk).update(cold_g=1_500_000)

    problem = problem_of(day)

    assert [(load.mass_g, load.chilled) for load in problem.shipments] == [(1_000_000, True)] * 2
    assert problem.vehicles[0].cold_capacity_g == 1_500_000


def test_a_driver_has_hours(day, settings):
    day.pledge("1000斤")
    day.truck()

    (vehicle,) = problem_of(day).vehicles
    assert (vehicle.max_driving_s, vehicle.break_s, vehicle.break_after_s) == (8 * 3600, 1200, 4 * 3600)

    settings.DRIVER_MAX_MINUTES = 1
    far = make_dock(day.cast.supermarket, name="远仓", lat=27.0, lon=113.0)
    day.dock = far
    day.pledge("100斤")
    assert "window_cannot_be_met" in the_reason(plan(day))


# --- tolls and distances ----------------------------------------------------------------------------------------------


def test_tolls_in_force_are_part_of_the_problem(day, reference):
    day.pledge("1000斤")
    for rated in (1_500_000, 5_000_000, 8_000_000):
        day.truck(rated_g=rated)
    rules = {
        "yuan_small": Decimal("0.4"),
        "yuan_medium": Decimal("0.8"),
        "yuan_large": Decimal("1.2"),
        "source": "交通厅",
    }
    TollRules.objects.create(since=day.day - dt.timedelta(days=9), until=day.day - dt.timedelta(days=1), **rules)
    assert {vehicle.toll for vehicle in problem_of(day).vehicles} == {None}

    TollRules.objects.create(since=day.day, full_percent=70, **rules)
    tolls = {vehicle.capacity_g: vehicle.toll for vehicle in problem_of(day).vehicles}
    assert tolls[1_500_000] == Toll(0.4, 70, 20, 60, 12_000)
    assert [tolls[rated].yuan_per_km for rated in (5_000_000, 8_000_000)] == [0.8, 1.2]
    assert problem_of(day).shipments[0].exempt == "yes"


def test_a_corrected_distance_stands_over_the_great_circle(day, reference):
    dock = make_dock(day.cast.supermarket, name="二仓", place=reference["tianyuan"])
    day.dock = dock
    day.pledge("1000斤")
    day.truck()
    RoadDistance.objects.create(
        from_place=reference["baiguan"],
        to_place=reference["tianyuan"],
        metres=99_000,
        seconds=7_000,
        by=day.cast.dispatcher,
    )

    problem = problem_of(day)

    load = problem.shipments[0]
    there = problem.distances_m[load.pickup][load.delivery], problem.durations_s[load.pickup][load.delivery]
    assert there == (99_000, 7_000 + 300)
    assert problem.distances_m[load.delivery][load.pickup] < 50_000


def test_the_problem_costs_the_same_statements_with_one_load_and_with_three(day, django_assert_num_queries):
    day.pledge("100斤")
    day.truck()
    with django_assert_num_queries(10):
        problem_of(day)
    day.pledge("200斤")
    day.pledge("300斤")
    day.truck()
    with django_assert_num_queries(10):
        problem_of(day)


def test_a_plan_that_mixes_rice_with_vegetables_says_so(day, reference):
    listing = make_live_listing(day.cast.household, reference["rice"], reference["village"], by=day.cast.farmer)
    rice = Lot.objects.get(listing=listing, day=day.day)
    make_pledge(rice, day.dock, "500斤", by=day.cast.buyer)
    day.pledge("1000斤")
    day.truck()

    run = plan(day)

    assert [note["kind"] for note in run.plan["notes"]] == ["mixed_grain"]
    (route,) = preview_of(run).routes
    assert route.notes == ["粮食和鲜活农产品同车，同车时不免通行费，请确认"]
