"""Problems and plans survive JSON; what is malformed is refused with the field's name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from orders.logistics.planner.model import Plan, Problem, ProblemError, Route, Unserved
from tests.logistics.planner.planner_days import days, plan, route, tiny_day

# The shapes other programs rely on, letter by letter.
PROBLEM: dict[str, Any] = {
    "distances_m": [[0, 1200], [1200, 0]],
    "durations_s": [[0, 300], [300, 0]],
    "shipments": [
        {
            "id": "s1",
            "pickup": 0,
            "delivery": 1,
            "mass_g": 50000,
            "pickup_window": [0, 86400],
            "delivery_window": [0, 86400],
            "pickup_service_s": 300,
            "delivery_service_s": 300,
            "skills": ["cold"],
            "priority": 10,
            "optional": True,
        }
    ],
    "vehicles": [
        {
            "id": "v1",
            "capacity_g": 1500000,
            "start": 0,
            "end": None,
            "shift": [18000, 50400],
            "skills": ["cold"],
            "fixed_cost": 120,
            "cost_per_km": 2.2,
            "max_distance_m": 420000,
            "max_stops": 40,
        }
    ],
    "initial_routes": [],
}
PLAN: dict[str, Any] = {
    "routes": [
        {
            "vehicle": "v1",
            "steps": [{"kind": "pickup", "shipment": "s1"}, {"kind": "delivery", "shipment": "s1"}],
        }
    ],
    "unserved": [{"shipment": "s2", "reason": "no_vehicle_with_skill"}],
    "engine": "vroom+pyvrp",
    "cpu_s": 4.9,
}


def test_the_agreed_shapes_come_back_unchanged() -> None:
    assert Problem.from_json(json.dumps(PROBLEM)).to_json() == PROBLEM
    assert Plan.from_json(json.dumps(PLAN)).to_json() == PLAN


def test_a_plan_keeps_its_note_and_log() -> None:
    told = Plan((route("v1", "+a", "-a"),), (Unserved("b", "too_heavy"),), "greedy", 0.1, "why", ("one", "two"))

    assert Plan.from_json(json.dumps(told.to_json())) == told


def test_worth_and_initial_routes_survive() -> None:
    day = tiny_day(initial_routes=(route("v1", "+a", "-a"),))
    value = day.to_json()
    value["shipments"][0]["worth"] = 77.5

    assert Problem.from_json(value).shipments[0].worth == 77.5
    assert Problem.from_json(value).initial_routes == (Route("v1", route("v1", "+a", "-a").steps),)


@settings(max_examples=25, deadline=None)
@given(days())
def test_any_problem_survives_json(day: Problem) -> None:
    assert Problem.from_json(json.dumps(day.to_json())) == day


def edit(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """An edit of a nested object; ``...`` as the value removes the field."""

    def apply(target: Any) -> None:
        *parents, last = path.split("/")
        for key in parents:
            target = target[int(key) if key.isdigit() else key]
        if value is ...:
            del target[last]
        else:
            target[int(last) if last.isdigit() else last] = value

    return apply


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("distances_m", ..., "distances_m is missing"),
        ("distances_m", 5, "distances_m must be a list"),
        ("distances_m/1", [1], "distances_m[1] must have 2 entries"),
        ("distances_m/0/1", 1.5, "distances_m[0][1] must be a whole number"),
        ("durations_s/0/1", -1, "durations_s[0][1] must be between"),
        ("durations_s/0/1", True, "durations_s[0][1] must be a whole number"),
        ("durations_s", [[0]], "durations_s has 1 places"),
        ("shipments/0", "x", "shipments[0] must be an object"),
        ("shipments/0/id", "", "shipments[0].id"),
        ("shipments/0/pickup", 2, "shipments[0].pickup is place 2"),
        ("shipments/0/mass_g", ..., "shipments[0].mass_g is missing"),
        ("shipments/0/mass_g", "5", "shipments[0].mass_g must be a whole number"),
        ("shipments/0/pickup_window", [5, 1], "shipments[0].pickup_window ends before"),
        ("shipments/0/pickup_window", [5], "shipments[0].pickup_window must have two"),
        ("shipments/0/delivery_window", None, "shipments[0].delivery_window must be a list"),
        ("shipments/0/skills", "cold", "shipments[0].skills must be a list"),
        ("shipments/0/skills", [1], "shipments[0].skills[0] must be a non-empty text"),
        ("shipments/0/optional", 1, "shipments[0].optional must be true or false"),
        ("shipments/0/worth", "much", "shipments[0].worth must be a number"),
        ("shipments/0/worth", -1, "shipments[0].worth must be between"),
        ("vehicles/0/capacity_g", 1e9, "vehicles[0].capacity_g must be a whole number"),
        ("vehicles/0/start", 7, "vehicles[0].start is place 7"),
        ("vehicles/0/cost_per_km", float("nan"), "vehicles[0].cost_per_km must be a number"),
        ("vehicles/0/max_stops", -1, "vehicles[0].max_stops must be between"),
        ("initial_routes", [{"vehicle": "v9", "steps": []}], "initial_routes[0].vehicle 'v9'"),
        (
            "initial_routes",
            [{"vehicle": "v1", "steps": [{"kind": "lift", "shipment": "s1"}]}],
            "initial_routes[0].steps[0].kind",
        ),
        (
            "initial_routes",
            [{"vehicle": "v1", "steps": [{"kind": "pickup", "shipment": "s9"}]}],
            "initial_routes[0].steps[0].shipment 's9'",
        ),
    ],
)
def test_a_malformed_problem_is_refused_naming_the_field(path: str, value: Any, named: str) -> None:
    broken = copy.deepcopy(PROBLEM)
    edit(path, value)(broken)

    with pytest.raises(ProblemError) as refused:
        Problem.from_json(broken)

    assert named in str(refused.value)


def test_ids_used_twice_are_refused() -> None:
    broken = copy.deepcopy(PROBLEM)
    broken["shipments"] *= 2

    with pytest.raises(ProblemError, match=r"shipments\[1\].id 's1' is used twice"):
        Problem.from_json(broken)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"routes": []}', '{"routes": 1, "unserved": []}'])
def test_garbage_is_refused_as_plan_and_as_problem(text: str) -> None:
    with pytest.raises(ProblemError):
        Plan.from_json(text)
    with pytest.raises(ProblemError):
        Problem.from_json(text)


def test_a_plan_without_log_or_note_does_not_mention_them() -> None:
    assert set(plan().to_json()) == {"routes", "unserved", "engine", "cpu_s"}
