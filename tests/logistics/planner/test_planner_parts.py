"""Splitting, matrices, reasons, insertion and repair: the small parts of the planner."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.logistics.planner.checker import check, schedule, totals
from orders.logistics.planner.insertion import Day, Draft, Tour
from orders.logistics.planner.matrix import great_circle_m, make_matrices
from orders.logistics.planner.model import Plan, Problem, Route, Shipment, Vehicle
from orders.logistics.planner.reasons import explain_left, find_hopeless
from orders.logistics.planner.repair import draft_from, polish
from orders.logistics.planner.split import split_mass
from orders.logistics.planner.stability import count_moved, keep_trucks
from tests.logistics.planner.planner_days import days, route, tiny_day


@given(st.integers(1, 10**10), st.integers(1, 10**7))
def test_split_parts_are_equal_and_sum_to_the_gram(grams: int, capacity: int) -> None:
    capacity = max(capacity, grams // 500 + 1)

    parts = split_mass(grams, capacity)

    assert sum(parts) == grams
    assert max(parts) <= capacity
    assert max(parts) - min(parts) <= 1
    assert len(parts) == 1 or (len(parts) - 1) * capacity < grams


@pytest.mark.parametrize(("grams", "capacity"), [(0, 5), (5, 0), (-1, 5)])
def test_split_refuses_nothing_to_split(grams: int, capacity: int) -> None:
    with pytest.raises(ValueError, match="above 0"):
        split_mass(grams, capacity)


def test_matrices_follow_the_great_circle_and_add_the_gate_only_into_another_place() -> None:
    beijing, shanghai = (39.9042, 116.4074), (31.2304, 121.4737)

    distances, durations = make_matrices([beijing, shanghai], speed_kmh=36, gate_s=[100, 600])

    assert great_circle_m(beijing, shanghai) == pytest.approx(1_067_000, rel=0.005)
    assert distances[0][1] == distances[1][0] == round(great_circle_m(beijing, shanghai) * 1.3)
    assert (distances[0][0], durations[0][0]) == (0, 0)
    assert durations[0][1] == round(distances[0][1] / 10) + 600
    assert durations[1][0] == round(distances[0][1] / 10) + 100


@pytest.mark.parametrize("wrong", [{"speed_kmh": 0}, {"road_factor": float("nan")}, {"gate_s": [1]}, {"gate_s": -1}])
def test_matrices_refuse_what_makes_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        make_matrices([(28.0, 113.0), (28.1, 113.0)], **wrong)  # type: ignore[arg-type]


def test_matrices_refuse_degrees_that_are_not() -> None:
    with pytest.raises(ValueError, match="points"):
        make_matrices([(113.0, 28.0)])


def day_of(shipment: Shipment, *others: Shipment) -> Problem:
    return tiny_day(shipments=(shipment, *others))


@pytest.mark.parametrize(
    ("load", "reason"),
    [
        (Shipment("x", 1, 2, 9_000_000, skills=frozenset({"core"})), "no_vehicle_with_skill"),
        (Shipment("x", 1, 2, 1_500_001), "too_heavy"),
        (Shipment("x", 1, 2, 1_000_001, skills=frozenset({"cold"})), "too_heavy"),
        (Shipment("x", 1, 2, 1, pickup_window=(0, 59)), "window_cannot_be_met"),
        (Shipment("x", 1, 2, 1, pickup_window=(10_001, 20_000)), "window_cannot_be_met"),
        (Shipment("x", 1, 4, 1_500_000, worth_yuan=1), "not_worth_the_trip"),
    ],
)
def test_a_load_left_behind_gets_the_first_reason_that_holds(load: Shipment, reason: str) -> None:
    left = explain_left(day_of(load), ())

    assert [(entry.shipment, entry.reason) for entry in left] == [("x", reason)]


def test_a_load_that_fits_alone_but_not_beside_the_others_finds_the_fleet_full() -> None:
    window = (0, 200)
    both = [Shipment(name, 1, 2, 1_000_000, window, window, 60, 60) for name in "xy"]
    day = replace(day_of(*both), vehicles=tiny_day().vehicles[:1])

    assert find_hopeless(day) == {}
    assert [e.reason for e in explain_left(day, [route("v1", "+x", "-x")])] == ["fleet_full"]


@settings(max_examples=60, deadline=None)
@given(days())
def test_the_working_copy_agrees_with_the_checker(day: Problem) -> None:
    draft = Draft(Day(day))
    for i in range(len(day.shipments)):
        before = draft.cost()
        spot = draft.find_spot(i)
        if spot is not None:
            draft.put(i, spot)
            assert draft.cost() == pytest.approx(before + spot.cost)

    routes = tuple(draft.routes())

    assert check(day, Plan(routes, explain_left(day, routes), "test")) == []
    assert draft.net() == pytest.approx(totals(day, routes).net)
    for tour in draft.tours:
        if tour.nodes:
            assert tour.metres == schedule(day, next(r for r in routes if r.vehicle == tour.truck.id)).distance_m


@settings(max_examples=40, deadline=None)
@given(days(most=3), st.data())
def test_find_spot_is_the_cheapest_of_all_places_tried_one_by_one(day: Problem, data: st.DataObject) -> None:
    copy = Day(day)
    draft = Draft(copy)
    for i in range(max(0, len(day.shipments) - 1)):
        spot = draft.find_spot(i)
        if spot is not None:
            draft.put(i, spot)
    if not day.shipments or not day.vehicles:
        return
    last = len(day.shipments) - 1
    costs = []
    for k in copy.able[last]:
        nodes = draft.tours[k].nodes
        for a in range(len(nodes) + 1):
            for b in range(a, len(nodes) + 1):
                trial = Tour(copy, k, [*nodes[:a], 2 * last, *nodes[a:b], 2 * last + 1, *nodes[b:]])
                if trial.ok:
                    costs.append(trial.cost - draft.tours[k].cost)

    found = draft.find_spot(last)

    assert (found.cost if found else None) == (pytest.approx(min(costs)) if costs else None)


def test_repair_keeps_what_is_valid_of_a_bad_proposal() -> None:
    day = tiny_day()
    bad = [
        route("v9", "+a", "-a"),
        route("v2", "+b", "-b"),
        route("v1", "-a", "+a", "+x", "-x"),
        route("v1", "+b", "-b"),
    ]

    draft = polish(draft_from(Day(day), bad))

    routes = tuple(draft.routes())
    assert check(day, Plan(routes, explain_left(day, routes), "test")) == []
    assert set(draft.rides) == {0, 1}


def test_repair_takes_off_the_least_worth_where_a_truck_stops_too_often() -> None:
    day = tiny_day()
    day = replace(day, vehicles=(replace(day.vehicles[0], max_stops=2),))

    draft = draft_from(Day(day), [route("v1", "+a", "-a", "+b", "-b")])

    assert draft.routes() == [route("v1", "+a", "-a")]


def test_repair_drops_what_costs_more_than_it_brings() -> None:
    day = day_of(Shipment("x", 1, 4, 1_000, worth_yuan=50))

    assert polish(draft_from(Day(day), [route("v1", "+x", "-x")])).routes() == []


def test_repair_makes_room_for_what_must_ride() -> None:
    window = (0, 300)
    dear = Shipment("dear", 1, 2, 1_000_000, window, window, 60, 60, worth_yuan=9_999)
    must = Shipment("must", 1, 2, 1_000_000, window, window, 60, 60, optional=False, worth_yuan=1)
    day = replace(day_of(dear, must), vehicles=tiny_day().vehicles[:1])

    assert polish(draft_from(Day(day), [route("v1", "+dear", "-dear")])).routes() == [route("v1", "+must", "-must")]


def test_equal_trucks_keep_the_loads_they_had() -> None:
    twins = tuple(Vehicle(name, 1_000_000, 0, 0) for name in ("v1", "v2", "v3"))
    day = tiny_day(vehicles=twins)
    before = [route("v2", "+a", "-a"), route("v3", "+b", "-b")]
    swapped = [route("v3", "+a", "-a"), route("v1", "+b", "-b")]

    kept = keep_trucks(day, swapped, before)

    assert count_moved(before, swapped) == 2
    assert count_moved(before, kept) == 0
    assert sorted(kept, key=lambda r: r.vehicle) == before


def test_different_trucks_are_never_exchanged() -> None:
    day = tiny_day()
    swapped = [Route("v2", route("v2", "+a", "-a").steps)]

    assert keep_trucks(day, swapped, [route("v1", "+a", "-a")]) == swapped
