"""The checker catches every kind of violation, and its times, metres and loads are right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orders.logistics.planner.checker import check, schedule, totals
from orders.logistics.planner.model import Plan, Problem, Shipment
from tests.logistics.planner.planner_days import plan, route, tiny_day

GOOD = route("v1", "+a", "-a", "+b", "-b")
LEFT_B = {"b": "fleet_full"}


def change_load(name: str, **changes: object) -> Problem:
    day = tiny_day()
    return replace(day, shipments=tuple(replace(s, **changes) if s.id == name else s for s in day.shipments))


def change_truck(**changes: object) -> Problem:
    day = tiny_day()
    return replace(day, vehicles=(replace(day.vehicles[0], **changes), day.vehicles[1]))


BAD = {
    "unknown_vehicle": (tiny_day(), plan(route("v9", "+a", "-a", "+b", "-b"))),
    "vehicle_twice": (tiny_day(), plan(route("v1", "+a", "-a"), route("v1", "+b", "-b"))),
    "unknown_shipment": (tiny_day(), plan(GOOD, route("v2", "+x", "-x"))),
    "pair_broken": (tiny_day(), plan(route("v1", "+a", "-a", "+b"))),
    "delivered_before_pickup": (tiny_day(), plan(route("v1", "-a", "+a", "+b", "-b"))),
    "skill": (tiny_day(), plan(route("v2", "+a", "-a", "+b", "-b"))),
    "window": (change_load("a", delivery_window=(0, 149)), plan(GOOD)),
    "capacity": (tiny_day(), plan(route("v1", "+a", "+b", "-a", "-b"))),
    "shift": (change_truck(shift=(0, 549)), plan(GOOD)),
    "max_distance": (change_truck(max_distance_m=7_999), plan(GOOD)),
    "max_stops": (change_truck(max_stops=3), plan(GOOD)),
    "shipment_twice": (tiny_day(), plan(GOOD, route("v2", "+a", "-a"))),
    "served_and_unserved": (tiny_day(), plan(GOOD, left=LEFT_B)),
    "shipment_lost": (tiny_day(), plan(route("v1", "+a", "-a"))),
    "required_unserved": (change_load("b", optional=False), plan(route("v1", "+a", "-a"), left=LEFT_B)),
    "reason": (tiny_day(), plan(route("v1", "+a", "-a"), left={"b": ""})),
}


@pytest.mark.parametrize("kind", BAD)
def test_check_finds_exactly_the_rule_that_is_broken(kind: str) -> None:
    day, bad = BAD[kind]

    kinds = {violation.kind for violation in check(day, bad)}

    assert kind in kinds
    assert kinds <= {kind, "shipment_lost", "pair_broken", "capacity"}


def test_check_finds_a_load_left_behind_twice() -> None:
    twice = plan(route("v1", "+a", "-a"), left=LEFT_B)
    twice = replace(twice, unserved=twice.unserved * 2)

    assert [violation.kind for violation in check(tiny_day(), twice)] == ["unserved_twice"]


def test_check_finds_pickup_and_delivery_on_different_trucks() -> None:
    split = plan(route("v1", "+a", "+b", "-b"), route("v2", "-a"))

    assert [v.kind for v in check(tiny_day(), split) if v.shipment == "a"] == ["pair_broken", "pair_broken"]


@pytest.mark.parametrize(
    ("day", "good"),
    [
        (tiny_day(), plan(GOOD)),
        (tiny_day(), plan(route("v1", "+b", "-b"), route("v2", "+a", "-a"))),
        (tiny_day(), plan(left={"a": "too_heavy", **LEFT_B})),
        (tiny_day(), plan(route("v1"), route("v2", "+a", "-a"), left=LEFT_B)),
        (change_load("a", delivery_window=(0, 150)), plan(GOOD)),
        (change_truck(shift=(0, 550), max_distance_m=8_000, max_stops=4), plan(GOOD)),
        (change_truck(capacity_g=1_100_000), plan(route("v1", "+a", "+b", "-a", "-b"))),
        (Problem((), (), (), ()), Plan((), (), "test")),
    ],
)
def test_check_accepts_a_valid_plan_to_the_last_gram_metre_and_second(day: Problem, good: Plan) -> None:
    assert check(day, good) == []


def test_schedule_waits_serves_and_counts() -> None:
    day = change_load("a", pickup_window=(500, 900))

    run = schedule(day, GOOD)

    rows = [(v.place, v.arrival_s, v.start_s, v.departure_s, v.distance_m, v.load_g) for v in run.visits]
    assert rows == [
        (1, 60, 500, 530, 1_000, 600_000),
        (2, 590, 590, 630, 2_000, 0),
        (1, 690, 690, 690, 3_000, 500_000),
        (3, 810, 810, 810, 5_000, 0),
    ]
    assert (run.end_s, run.distance_m) == (990, 8_000)


def test_schedule_of_an_open_truck_starts_and_ends_with_its_work() -> None:
    day = tiny_day()
    day = replace(day, vehicles=(replace(day.vehicles[0], start=None, end=None, shift=(100, 900)),))

    run = schedule(day, route("v1", "+a", "-a"))

    assert [visit.arrival_s for visit in run.visits] == [100, 190]
    assert (run.end_s, run.distance_m) == (230, 1_000)


def test_totals_are_ours_and_an_empty_route_is_free() -> None:
    done = totals(tiny_day(), [GOOD, route("v2")])

    assert (done.served_g, done.loads, done.distance_m) == (1_100_000, 2, 8_000)
    assert done.cost == pytest.approx(100 + 2.0 * 8)
    assert done.worth == pytest.approx(2 * 200 + 3 * 1_100)
    assert done.net == pytest.approx(3_700 - 116)


@pytest.mark.parametrize(
    ("priority", "own", "worth"),
    [(0, None, 500), (1, None, 500), (2, None, 560), (3, None, 650), (10, None, 650), (3, 42.5, 42.5)],
)
def test_worth_follows_priority_unless_the_load_has_its_own(priority: int, own: float | None, worth: float) -> None:
    load = Shipment("a", 0, 1, 100_000, priority=priority, worth_yuan=own)

    assert load.worth == pytest.approx(worth)
