"""The optional fields of a problem: every engine keeps to them, and the checker says where a plan does not."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from orders.logistics.planner.checker import check, schedule, toll_of, totals
from orders.logistics.planner.flat import MIX_YUAN, Day
from orders.logistics.planner.greedy import greedy_plan
from orders.logistics.planner.insertion import Tour
from orders.logistics.planner.model import Closure, NoPlanError, Plan, Problem, ProblemError, Route, Toll
from orders.logistics.planner.prepare import cut, for_engines, prepare
from orders.logistics.planner.reasons import find_hopeless
from orders.logistics.planner.worker import make_plan
from tests.logistics.planner.planner_days import odd_days, plan, route, tiny_day

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
A_ALONE = route("v1", "+a", "-a")


def day_with(*, load: dict | None = None, truck: dict | None = None) -> Problem:
    """The tiny day with load a and truck v1 changed."""
    day = tiny_day()
    a, b = day.shipments
    v1, v2 = day.vehicles
    return replace(day, shipments=(replace(a, **(load or {})), b), vehicles=(replace(v1, **(truck or {})), v2))


def kinds(day: Problem, *routes: Route) -> list[str]:
    carried = {step.shipment for one in routes for step in one.steps}
    left = {load.id: "fleet_full" for load in day.shipments if load.id not in carried}
    return [violation.kind for violation in check(day, plan(*routes, left=left))]


# --- every engine on any day ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["greedy", "vroom", "pyvrp", "auto"])
@given(day=odd_days())
@settings(MANY, max_examples=25)
def test_no_engine_breaks_an_optional_rule(engine: str, day: Problem) -> None:
    with contextlib.suppress(NoPlanError):
        assert check(day, make_plan(day, seconds=0.3, engine=engine)) == []


def test_one_load_whose_widest_windows_contradict_each_other_stops_no_engine() -> None:
    """Its longest time of delivery is over before its longest time of pick-up begins; the shorter ones go together."""
    windows = {"pickup_windows": ((0, 100), (9_000, 20_000)), "delivery_windows": ((0, 8_000), (12_000, 13_000))}
    day = day_with(load=windows)

    assert check(day, make_plan(day, seconds=0.3, engine="pyvrp")) == []


@given(day=odd_days())
@MANY
def test_the_working_copy_and_the_judge_agree_on_any_tour(day: Problem) -> None:
    flat = Day(day)
    for number, truck in enumerate(day.vehicles):
        mine = [i for i in range(len(day.shipments)) if number in flat.able[i]]
        aboard = [i for i in mine if day.shipments[i].id in truck.aboard]
        others = [i for i in mine if i not in aboard]
        nodes = [2 * i for i in aboard] + [2 * i + 1 for i in aboard]
        nodes += [node for i in others for node in (2 * i, 2 * i + 1)]
        tour = Tour(flat, number, nodes)
        steps = [("-" if node % 2 else "+") + day.shipments[node // 2].id for node in nodes]
        known = route(truck.id, *steps)
        found = [v.kind for v in check(day, Plan((known,), (), "")) if v.vehicle == truck.id and v.kind != "skill"]
        assert tour.ok == (found == [])
        run = schedule(day, known)
        if tour.ok:
            assert (tour.metres, tour.driving if tour.is_odd else run.driving_s) == (run.distance_m, run.driving_s)
        assert tour.toll - toll_of(day, known) == pytest.approx(0) or tour.toll - toll_of(day, known) == pytest.approx(
            MIX_YUAN
        )


@given(day=odd_days())
@MANY
def test_a_problem_survives_its_json_and_being_prepared_twice(day: Problem) -> None:
    assert Problem.from_json(json.dumps(day.to_json())) == day
    once = prepare(day)
    assert prepare(once) == once
    assert [load.id for load in for_engines(once).shipments] == [load.id for load in day.shipments]


def test_a_plain_problem_has_no_new_fields_in_its_json() -> None:
    written = tiny_day().to_json()

    assert set(written) == {"distances_m", "durations_s", "shipments", "vehicles", "initial_routes"}
    assert set(written["vehicles"][0]) == {
        *("id", "capacity_g", "start", "end", "shift", "skills", "fixed_cost", "cost_per_km"),
        *("max_distance_m", "max_stops"),
    }


# --- the checker, rule by rule ---------------------------------------------------------------------------------------


def test_work_waits_for_the_next_window_and_is_late_after_the_last() -> None:
    day = day_with(load={"delivery_windows": ((0, 100), (500, 600))})
    assert [visit.start_s for visit in schedule(day, A_ALONE).visits] == [60, 500]
    assert kinds(day, A_ALONE) == []

    assert kinds(day_with(load={"delivery_windows": ((0, 100),)}), A_ALONE) == ["window"]
    assert kinds(day_with(load={"delivery_windows": ()}), A_ALONE) == ["window"]


def test_a_large_truck_is_not_at_work_while_it_is_banned() -> None:
    # The delivery takes 40 s and could begin at 150.
    banned = day_with(truck={"closed": (Closure(2, (180, 1000)),)})
    assert schedule(banned, A_ALONE).visits[1].start_s == 1000
    assert schedule(day_with(truck={"closed": (Closure(2, (190, 1000)),)}), A_ALONE).visits[1].start_s == 150
    assert kinds(banned, A_ALONE) == []
    too_late = day_with(load={"delivery_window": (0, 900)}, truck={"closed": (Closure(2, (180, 1000)),)})
    assert kinds(too_late, A_ALONE) == ["window"]


def test_a_driver_rests_before_driving_too_long_and_waiting_is_a_rest() -> None:
    rested = day_with(truck={"break_s": 50, "break_after_s": 100})
    run = schedule(rested, A_ALONE)
    # 60 s out, 30 s at work; 60 more would be 120: a rest of 50 s first; and again before the 120 s home, which
    # alone are more than 100.
    assert (run.visits[1].arrival_s, run.rests, run.driving_s) == (60 + 30 + 50 + 60, 3, 240)
    waited = day_with(load={"pickup_window": (200, 900)}, truck={"break_s": 50, "break_after_s": 200})
    assert schedule(waited, A_ALONE).rests == 0


def test_gates_are_no_driving() -> None:
    day = replace(day_with(truck={"max_driving_s": 200}), gates_s=(0, 20, 20, 20, 20))
    assert schedule(day, A_ALONE).driving_s == 40 + 40 + 120
    assert kinds(day, A_ALONE) == []
    assert kinds(day_with(truck={"max_driving_s": 200}), A_ALONE) == ["max_driving"]


def test_the_cold_part_of_a_truck_is_not_overfilled() -> None:
    load = {"chilled": True}
    assert kinds(day_with(load=load, truck={"cold_capacity_g": 599_999}), A_ALONE) == ["cold_capacity"]
    assert kinds(day_with(load=load, truck={"cold_capacity_g": 600_000}), A_ALONE) == []
    assert kinds(day_with(truck={"cold_capacity_g": 1}), A_ALONE) == []


def test_what_is_aboard_stays_on_its_truck_and_takes_no_time() -> None:
    day = day_with(truck={"aboard": ("a",)})
    run = schedule(day, A_ALONE)
    assert [(visit.place, visit.start_s) for visit in run.visits] == [(0, 0), (2, 120)]
    assert kinds(day, A_ALONE) == []
    assert kinds(day, route("v2", "+a", "-a")) == ["bound"]
    assert "aboard_not_first" in kinds(day, route("v1", "+b", "+a", "-a", "-b"))
    assert "required_unserved" in kinds(day)
    assert kinds(day_with(truck={"pinned": ("a",)})) == []


def test_what_is_aboard_is_brought_in_its_order() -> None:
    day = day_with(load={"mass_g": 400_000}, truck={"aboard": ("b", "a")})
    assert day.shipments[0].delivery != day.shipments[1].delivery
    assert kinds(day, route("v1", "+a", "+b", "-b", "-a")) == []
    assert kinds(day, route("v1", "+a", "+b", "-a", "-b")) == ["aboard_order"]
    one_dock = replace(day, shipments=(day.shipments[0], replace(day.shipments[1], delivery=day.shipments[0].delivery)))
    assert kinds(one_dock, route("v1", "+a", "+b", "-a", "-b")) == []


@pytest.mark.parametrize("engine", ["greedy", "vroom", "pyvrp", "auto"])
@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_every_engine_keeps_the_order_of_what_is_aboard(engine: str, order: tuple[str, str]) -> None:
    day = day_with(load={"mass_g": 400_000}, truck={"aboard": order})
    made = make_plan(day, seconds=0.5, engine=engine)
    assert check(day, made) == []
    steps = next(one.steps for one in made.routes if one.vehicle == "v1")
    assert tuple(step.shipment for step in steps if step.kind == "delivery") == order


def test_only_a_truck_that_may_brings_what_is_aboard() -> None:
    day = day_with(load={"mass_g": 900_000}, truck={"aboard": ("a",), "start": 3})

    made = make_plan(day, seconds=0.5, engine="auto")

    assert [one.vehicle for one in made.routes if any(step.shipment == "a" for step in one.steps)] == ["v1"]


# --- tolls ------------------------------------------------------------------------------------------------------------

TOLL = Toll(yuan_per_km=1.0, motorway_percent=100, motorway_from_m=0)


@pytest.mark.parametrize(
    ("load", "yuan"),
    [
        ({"mass_g": 800_000}, 1 + 2),  # out and home empty; full between
        ({"mass_g": 799_999}, 1 + 1 + 2),
        ({"mass_g": 800_000, "exempt": "never"}, 1 + 1 + 2),
        ({"mass_g": 800_000, "exempt": "no"}, 1 + 1 + 2),
        ({"mass_g": 800_000, "exempt": "disputed"}, 1 + 1 + 2),
    ],
)
def test_a_leg_is_free_when_full_of_listed_produce(load: dict, yuan: float) -> None:
    day = day_with(load=load, truck={"toll": TOLL})
    assert toll_of(day, A_ALONE) == pytest.approx(yuan)
    assert totals(day, (A_ALONE,)).net == pytest.approx(day.shipments[0].worth - 100 - 2 * 4 - yuan)


def test_short_legs_do_not_take_the_motorway() -> None:
    short = replace(TOLL, motorway_from_m=1000)
    assert toll_of(day_with(truck={"toll": short}), A_ALONE) == pytest.approx(2)


# --- why a load stays ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "truck", "reason"),
    [
        ({"delivery_windows": ()}, {}, "place_closed"),
        ({"skills": frozenset({"pass:430221>430202"})}, {}, "no_vehicle_with_pass"),
        ({"skills": frozenset({"frozen"})}, {}, "no_vehicle_with_skill"),
        ({"skills": frozenset({"cold"}), "chilled": True}, {"skills": frozenset()}, "no_cold_vehicle"),
        ({"skills": frozenset({"cold"}), "chilled": True}, {"cold_capacity_g": 5}, "no_cold_vehicle"),
        (
            {"skills": frozenset({"cold"}), "delivery_window": (0, 500)},
            {"closed": (Closure(2, (0, 900)),)},
            "too_large_for_the_place",
        ),
    ],
)
def test_each_hopeless_load_has_its_reason(load: dict, truck: dict, reason: str) -> None:
    assert find_hopeless(day_with(load=load, truck=truck))["a"] == reason


# --- JSON ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "value", "sentence"),
    [
        (("shipments", 0, "delivery_windows"), [[5, 9], [9, 12]], "shipments[0].delivery_windows must be in order"),
        (("shipments", 0, "exempt"), "perhaps", "shipments[0].exempt must be one of yes, disputed, no, never"),
        (("shipments", 0, "chilled"), 1, "shipments[0].chilled must be true or false"),
        (("vehicles", 0, "closed"), [{"place": 1}], "vehicles[0].closed[0].span is missing"),
        (("vehicles", 0, "closed"), [{"place": 9, "span": [0, 1]}], "vehicles[0].closed[0].place is place 9"),
        (("vehicles", 0, "toll"), {}, "vehicles[0].toll.yuan_per_km is missing"),
        (("vehicles", 0, "toll"), 3, "vehicles[0].toll must be an object"),
        (("vehicles", 0, "aboard"), ["x"], "vehicles[0].aboard: 'x' is not a shipment"),
        (("vehicles", 0, "pinned"), ["a", "a"], "vehicles[0].pinned: 'a' is bound twice"),
        (("gates_s",), [1], "gates_s must have 5 entries"),
    ],
)
def test_a_malformed_optional_field_is_named(where: tuple, value: object, sentence: str) -> None:
    written = tiny_day().to_json()
    target: object = written
    for key in where[:-1]:
        target = target[key]  # type: ignore[index]
    target[where[-1]] = value  # type: ignore[index]

    with pytest.raises(ProblemError) as refused:
        Problem.from_json(written)
    assert sentence in str(refused.value)


def test_a_truck_with_loads_aboard_must_be_somewhere() -> None:
    written = day_with(truck={"aboard": ("a",)}).to_json()
    written["vehicles"][0]["start"] = None
    with pytest.raises(ProblemError, match="start is missing"):
        Problem.from_json(written)


# --- several trips a day -------------------------------------------------------------------------------------------------


def test_a_truck_comes_back_for_more_when_one_trip_does_not_take_all() -> None:
    day = day_with(load={"mass_g": 900_000, "skills": frozenset({"cold"})})

    made = greedy_plan(day)

    assert [one.vehicle for one in made.routes] == ["v1"]
    assert [(step.kind, step.shipment) for step in made.routes[0].steps] in (
        [("pickup", "a"), ("delivery", "a"), ("pickup", "b"), ("delivery", "b")],
        [("pickup", "b"), ("delivery", "b"), ("pickup", "a"), ("delivery", "a")],
    )
    assert check(day, made) == []


@pytest.mark.parametrize(
    ("windows", "shut", "left"),
    [
        (((0, 100),), [(40, 60)], ((0, 30), (60, 100))),
        (((0, 100),), [(0, 100)], ((100, 100),)),
        (((0, 100),), [(0, 101)], ()),
        (((0, 20), (50, 100)), [(10, 60)], ((0, 0), (60, 100))),
        (((0, 100),), [], ((0, 100),)),
        (((50, 100),), [(0, 10)], ((50, 100),)),
    ],
)
def test_cutting_windows(windows: tuple, shut: list, left: tuple) -> None:
    assert cut(windows, shut, 10) == left
