"""Tolls are worth money in a plan: trucks are filled, exchanged and kept free of grain where that pays, never else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from orders.logistics.planner.checker import check, toll_of, totals
from orders.logistics.planner.flat import Day
from orders.logistics.planner.model import Problem, RouteNote, Shipment, Toll, Vehicle
from orders.logistics.planner.repair import draft_from, polish
from orders.logistics.planner.tolls import MIXED_GRAIN, notes_of, save_tolls
from orders.logistics.planner.worker import make_plan
from orders.solving.clock import Deadline
from tests.logistics.planner.planner_days import odd_days, plan, route

TOLL = Toll(yuan_per_km=10.0, motorway_percent=100, motorway_from_m=1000)


def line(loads: list[Shipment], trucks: list[Vehicle]) -> Problem:
    """Places 20 km and 20 minutes apart on a line; place 0 is the yard of all trucks."""
    size = range(4)
    distances = tuple(tuple(20_000 * abs(i - j) for j in size) for i in size)
    durations = tuple(tuple(1_200 * abs(i - j) for j in size) for i in size)
    return Problem(distances, durations, tuple(loads), tuple(trucks))


def truck(name: str, tonnes: int, **more: object) -> Vehicle:
    return Vehicle(name, tonnes * 1_000_000, 0, 0, cost_per_km=1.0, toll=TOLL, **more)  # type: ignore[arg-type]


def saved(day: Problem, *routes: object) -> list:
    draft = draft_from(Day(day), routes)  # type: ignore[arg-type]
    return save_tolls(draft, Deadline(5)).routes()


def test_a_truck_that_fits_takes_over_and_pays_nothing() -> None:
    day = line([Shipment("a", 1, 2, 900_000)], [truck("large", 5), truck("small", 1)])

    assert saved(day, route("large", "+a", "-a")) == [route("small", "+a", "-a")]


def test_loads_that_do_not_pay_alone_fill_a_truck_to_the_threshold() -> None:
    free = [Shipment(name, 1, 2, 150_000, worth_yuan=0.0) for name in ("b", "c")]
    day = line([Shipment("a", 1, 2, 500_000), *free], [truck("t", 1)])

    (made,) = saved(day, route("t", "+a", "-a"))

    assert {step.shipment for step in made.steps} == {"a", "b", "c"}
    assert toll_of(day, route("t", "+a", "-a")) - toll_of(day, made) == pytest.approx(200)


def test_grain_leaves_a_full_truck_of_vegetables_for_another() -> None:
    greens, rice = Shipment("a", 1, 2, 850_000), Shipment("r", 1, 2, 100_000, exempt="never")
    day = line([greens, rice], [truck("t", 1), replace(truck("u", 1), capacity_g=100_000, toll=None)])

    made = saved(day, route("t", "+a", "+r", "-a", "-r"))

    assert made == [route("t", "+a", "-a"), route("u", "+r", "-r")]


def test_a_plan_says_which_truck_mixes_grain_with_vegetables() -> None:
    greens, rice = Shipment("a", 1, 2, 500_000), Shipment("r", 1, 3, 400_000, exempt="never")
    day = line([greens, rice], [truck("t", 1)])

    mixed = route("t", "+a", "+r", "-a", "-r")
    assert notes_of(day, [mixed]) == (RouteNote("t", MIXED_GRAIN, ("r",)),)
    assert notes_of(day, [route("t", "+a", "-a", "+r", "-r")]) == ()
    made = make_plan(replace(day, vehicles=(replace(truck("t", 1), max_distance_m=120_000),)), seconds=0.5)
    assert [note.kind for note in made.notes] == [MIXED_GRAIN]
    assert made.from_json(made.to_json()).notes == made.notes


@given(day=odd_days())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_is_never_worse_than_without(day: Problem) -> None:
    draft = polish(draft_from(Day(day), []))
    required = {i for i in draft.rides if not draft.day.problem.shipments[i].optional}
    net = draft.net()

    save_tolls(draft, Deadline(1))

    assert draft.net() >= net - 1e-6
    assert required <= set(draft.rides)
    routes = tuple(draft.routes())
    found = [v for one in routes for v in check(day, plan(one)) if v.vehicle == one.vehicle]
    assert found == []
    assert totals(day, routes).net >= draft.net() - 1e-6
