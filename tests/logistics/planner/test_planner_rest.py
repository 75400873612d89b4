"""Planning the rest of a day: finished work is gone, what is aboard stays, few loads change truck, or the gain is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orders.logistics.planner.checker import check, totals
from orders.logistics.planner.model import NoPlanError, Plan
from orders.logistics.planner.rest import rest_of
from orders.logistics.planner.stability import count_moved
from orders.logistics.planner.worker import MOVE_PRICE, make_plan
from tests.logistics.planner.planner_days import plan, route, tiny_day
from tests.logistics.planner.test_planner_engines import busy_day


def test_finished_loads_are_gone_and_the_leg_being_driven_is_driven() -> None:
    day = tiny_day()
    # Pickup of a at 60 (30 s), delivery at 150 (40 s), then back to 1 for b at 250, delivered at 370.
    old = plan(route("v1", "+a", "-a", "+b", "-b"))

    rest = rest_of(day, old, 200)

    assert [load.id for load in rest.shipments] == ["b"]
    truck = rest.vehicles[0]
    assert (truck.start, truck.shift, truck.fixed_cost, truck.max_distance_m, truck.max_stops) == (
        *(1, (250, 10_000), 0.0, 47_000, 8),
    )
    assert rest.initial_routes == (route("v1", "+b", "-b"),)
    assert rest.vehicles[1] == replace(day.vehicles[1], shift=(200, 10_000))


def test_what_is_aboard_stays_on_its_truck() -> None:
    day = tiny_day()
    old = plan(route("v1", "+a", "-a", "+b", "-b"), left={})

    rest = rest_of(day, old, 100)

    truck = rest.vehicles[0]
    assert (truck.aboard, truck.start, truck.shift[0]) == (("a",), 2, 150)
    assert rest.initial_routes == (route("v1", "+a", "-a", "+b", "-b"),)
    again = rest_of(rest, plan(rest.initial_routes[0]), 110)
    assert again.vehicles[0].aboard == ("a",)
    made = make_plan(rest, seconds=0.5)
    assert check(rest, made) == []
    assert [one.vehicle for one in made.routes for step in one.steps if step.shipment == "a"] == ["v1", "v1"]


@pytest.mark.parametrize("seed", [3, 7])
def test_a_replan_with_late_loads_keeps_the_gate(seed: int) -> None:
    """SOLVERS.md 7: on-board loads on their trucks, nothing finished in it, at most a quarter moves unless it pays."""
    day = busy_day(60, 12, seed=seed)
    late = tuple(replace(load, id=f"late {load.id}") for load in day.shipments[:6])
    old = make_plan(day, seconds=2)
    rest = rest_of(day, old, 9_000, late)
    began = {name for truck in rest.vehicles for name in truck.aboard}
    assert began

    made = make_plan(rest, seconds=4)

    assert check(rest, made) == []
    assert made.cpu_s <= 5
    carrier = {step.shipment: one.vehicle for one in made.routes for step in one.steps}
    assert all(carrier[name] == truck.id for truck in rest.vehicles for name in truck.aboard)
    moved = count_moved(rest.initial_routes, made.routes)
    planned = sum(len(one.steps) for one in rest.initial_routes) // 2 - len(began)
    stay = make_plan(rest, seconds=4, engine="greedy")
    gain = totals(rest, made.routes).net - totals(rest, stay.routes).net
    assert moved <= planned / 4 or gain >= MOVE_PRICE * (moved - count_moved(rest.initial_routes, stay.routes))


def test_what_cannot_be_brought_any_more_is_a_refusal_with_its_reason() -> None:
    day = tiny_day()
    rest = rest_of(day, plan(route("v1", "+a", "-a"), route("v2")), 100)
    late = replace(rest.shipments[0], delivery_window=(0, 149))

    with pytest.raises(NoPlanError) as refused:
        make_plan(replace(rest, shipments=(late, *rest.shipments[1:])), seconds=0.5)
    assert "a must be carried" in str(refused.value)


def test_nothing_begun_is_the_whole_day() -> None:
    day = tiny_day()

    rest = rest_of(day, Plan((), (), "none"), 0)

    assert rest == day
