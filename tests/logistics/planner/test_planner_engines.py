"""Every engine's plan passes the checker, whatever the day; runs repeat; re-plans start from the old plan."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from orders.logistics.planner.checker import check, totals
from orders.logistics.planner.engines import load_engine
from orders.logistics.planner.engines.pyvrp import choose_scale
from orders.logistics.planner.engines.vroom import choose_level
from orders.logistics.planner.greedy import greedy_plan
from orders.logistics.planner.matrix import make_matrices
from orders.logistics.planner.model import EngineError, NoPlanError, Problem, Shipment, Vehicle
from orders.logistics.planner.stability import count_moved
from orders.logistics.planner.worker import MOVE_PRICE, make_plan
from tests.logistics.planner.planner_days import days, route, tiny_day

ENGINES = ("greedy", "vroom", "pyvrp", "auto")


def busy_day(loads: int = 12, trucks: int = 4, *, seed: int = 7) -> Problem:
    """A plausible day with more loads than the trucks can take at ease."""
    rng = random.Random(seed)
    points = [(28 + rng.uniform(-0.3, 0.3), 113 + rng.uniform(-0.3, 0.3)) for _ in range(8)]
    distances, durations = make_matrices(points, gate_s=300)
    shipments = tuple(
        Shipment(
            f"s{n}",
            rng.randrange(1, 5),
            rng.randrange(5, 8),
            rng.randrange(50, 1_500) * 1000,
            (0, 30_000),
            (rng.randrange(0, 20_000), 40_000),
            300,
            300,
            frozenset({"cold"}) if n % 4 == 0 else frozenset(),
            n % 3 + 1,
        )
        for n in range(loads)
    )
    vehicles = tuple(
        Vehicle(
            f"v{n}",
            1_500_000,
            0,
            None if n == 1 else 0,
            (0, 36_000),
            frozenset({"cold"}) if n else frozenset(),
            120,
            2.2,
            200_000,
            10,
        )
        for n in range(trucks)
    )
    return Problem(distances, durations, shipments, vehicles)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(day=days())
def test_any_engine_gives_a_valid_plan_of_any_day(engine: str, day: Problem) -> None:
    plan = make_plan(day, seconds=0.05, engine=engine)

    assert check(day, plan) == []
    assert totals(day, plan.routes).net >= -1e-6


@pytest.mark.parametrize("engine", ENGINES)
def test_any_engine_carries_a_plausible_day(engine: str) -> None:
    day = busy_day()

    plan = make_plan(day, seconds=0.5, engine=engine)

    assert check(day, plan) == []
    assert totals(day, plan.routes).net > 0.9 * totals(day, greedy_plan(day).routes).net
    assert plan.engine in {engine, "vroom", "vroom+pyvrp"}


@pytest.mark.parametrize("engine", ["greedy", "vroom", "pyvrp"])
def test_the_same_seed_gives_the_same_plan_when_no_clock_cuts(engine: str) -> None:
    day = busy_day(6, 3)

    first, second = (make_plan(day, seconds=60, seed=3, engine=engine) for _ in range(2))

    assert not any("stopped by the clock" in line for line in first.log)
    assert (first.routes, first.unserved) == (second.routes, second.unserved)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_must_ride_rides_before_what_is_worth_more(engine: str) -> None:
    window = (0, 300)
    dear = [Shipment(n, 1, 2, 500_000, window, window, 60, 60, worth_yuan=5_000) for n in ("d1", "d2")]
    must = Shipment("must", 3, 4, 900_000, window, window, 60, 60, optional=False, worth_yuan=1)
    day = tiny_day(shipments=(*dear, must), vehicles=tiny_day().vehicles[:1])

    plan = make_plan(day, seconds=0.3, engine=engine)

    assert check(day, plan) == []
    assert "must" in {step.shipment for r in plan.routes for step in r.steps}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_must_ride_and_cannot_is_a_refusal_with_its_name(engine: str) -> None:
    must = Shipment("must", 1, 2, 9_000_000, optional=False)
    day = tiny_day(shipments=(must, *tiny_day().shipments))

    with pytest.raises(NoPlanError, match="Shipment must must be carried"):
        make_plan(day, seconds=0.1, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_replan_starts_from_the_old_plan_and_is_no_worse(engine: str) -> None:
    day = busy_day()
    old = make_plan(replace(day, shipments=day.shipments[:-2]), seconds=0.5, engine="vroom")
    late = replace(day, initial_routes=old.routes)

    plan = make_plan(late, seconds=0.5, engine=engine)

    assert check(late, plan) == []
    assert totals(late, plan.routes).net >= totals(late, old.routes).net - 1e-6
    gained = totals(late, plan.routes).net - totals(late, old.routes).net
    assert count_moved(old.routes, plan.routes) * MOVE_PRICE <= gained + 1e-6


def test_a_replan_survives_initial_routes_that_are_no_longer_possible() -> None:
    day = tiny_day(initial_routes=(route("v2", "+b", "-b"), route("v1", "-a")))

    plan = make_plan(day, seconds=0.2, engine="auto")

    assert check(day, plan) == []
    assert plan.unserved == ()


def test_large_days_are_improved_in_pieces() -> None:
    day = busy_day(20, 6)
    start = load_engine("vroom").solve(day, seconds=1, seed=1)

    better = load_engine("sectors").solve(day, seconds=0.8, seed=1, start=start)

    assert totals(day, better).net >= totals(day, start).net


def test_pyvrp_refuses_units_that_would_round_a_cost_away() -> None:
    day = tiny_day(
        shipments=(Shipment("a", 1, 2, 1_000, worth_yuan=900_000_000),),
        vehicles=(Vehicle("v1", 10_000, cost_per_km=0.4),),
    )

    with pytest.raises(EngineError, match="round"):
        choose_scale(day)


@pytest.mark.parametrize(("rate", "metres"), [(2.2, 10), (2.25, 20), (0.0, 10)])
def test_pyvrp_units_keep_the_cost_per_kilometre(rate: float, metres: int) -> None:
    day = tiny_day(vehicles=(Vehicle("v1", 10_000, cost_per_km=rate),))

    scale = choose_scale(day)

    assert scale.metres == metres
    assert scale.grams == 1000
    assert round(rate / 1000 * metres * scale.money) == pytest.approx(rate / 1000 * metres * scale.money)


def test_vroom_explores_less_when_a_large_day_has_little_time() -> None:
    assert [choose_level(30, 1), choose_level(200, 15), choose_level(500, 10), choose_level(2000, 60)] == [
        5, 5, 2, 0,
    ]  # fmt: skip


def test_an_engine_nobody_knows_is_refused() -> None:
    with pytest.raises(EngineError, match="There is no engine 'magic'"):
        load_engine("magic")


def test_a_route_is_broken_up_where_every_load_must_ride_and_fewer_trucks_can_carry_all() -> None:
    """Four trucks with a load each, all of which one of them can carry: neither engine's small steps are needed."""
    day = tiny_day()
    loads = tuple(Shipment(f"s{n}", 1, 2, 200_000, optional=False) for n in range(4))
    trucks = tuple(replace(day.vehicles[0], id=f"v{n}", fixed_cost=2_000) for n in range(4))
    alike = replace(day, shipments=loads, vehicles=trucks)
    start = [route(f"v{n}", f"+s{n}", f"-s{n}") for n in range(4)]

    made = load_engine("fewer").solve(alike, seconds=4, seed=1, start=start)

    assert len([one for one in made if one.steps]) == 1
    assert totals(alike, tuple(made)).loads == 4
