"""PyVRP: improves a plan for as long as it is given; strong from a warm start, weak alone on a large day.

What to know of it (measured, see docs/decisions/0002-routing-engines.md):

- It counts in integers, and a cost per unit that rounds to 0 is silently no cost at all: ``Scale`` picks
  the units and refuses such a rounding.
- Penalties are capped at 100,000 per unit, so a missing skill weighs ``SKILL_UNITS`` units and prizes stay
  below ``MOST_PRIZE``; otherwise breaking a rule would be cheaper than losing a prize.
- No open starts or ends: a dummy place at no distance from anywhere. No limit of stops: ``repair``.
- One time window a stop: of several the longest. No rests, no limit of driving: ``repair``.
- Deterministic with a seed and a limit of iterations, not with a clock: both are given.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyvrp

from orders.logistics.planner.model import EngineError, Kind, Problem, Route, Shipment, Step, Vehicle, Window
from orders.logistics.planner.prepare import delivery_windows, pickup_windows
from orders.solving.clock import Deadline

SKILL_UNITS = 1000
AMPLE = 10**8
MOST_PRIZE = 20_000_000
MOST_MONEY = 1000
METRES = (10, 20, 50, 100)
MOST_ERROR = 0.01
"""Largest relative error that rounding may make in a truck's cost per kilometre."""
IDLE_ITERATIONS = 3_000
IDLE_PER_SHIPMENT = 80
"""Iterations without a gain after which it stops: a rule without a clock, so that the plan is repeatable."""


@dataclass(frozen=True)
class Scale:
    """Integer units of one problem: money per yuan, metres per distance unit, grams per load unit."""

    money: float
    metres: int
    grams: int


@dataclass(frozen=True)
class _Extra:
    """The load dimensions beside the mass: skills that some trucks lack, and the cold part where trucks have one."""

    skills: list[str]
    has_parts: bool

    def of_vehicle(self, vehicle: Vehicle, scale: Scale) -> list[int]:
        cold = vehicle.capacity_g if vehicle.cold_capacity_g is None else vehicle.cold_capacity_g
        skills = [AMPLE if skill in vehicle.skills else 0 for skill in self.skills]
        return [*skills, *([cold // scale.grams] if self.has_parts else ())]

    def of_shipment(self, shipment: Shipment, scale: Scale) -> list[int]:
        skills = [SKILL_UNITS if skill in shipment.skills else 0 for skill in self.skills]
        chilled = shipment.mass_g // scale.grams if shipment.chilled else 0
        return [*skills, *([chilled] if self.has_parts else ())]


class PyVrp:
    """PyVRP as an engine."""

    name = "pyvrp"

    def solve(
        self, problem: Problem, *, seconds: float, seed: int, start: Iterable[Route] | None = None
    ) -> list[Route]:
        """The best routes found within ``seconds`` of CPU. Raises: EngineError where it finds none at all."""
        if not problem.shipments or not problem.vehicles:
            return []
        deadline = Deadline(seconds)
        data, members = build(problem, choose_scale(problem))
        warm = _warm(problem, data, members, start) if start else None
        idle = IDLE_ITERATIONS + IDLE_PER_SHIPMENT * len(problem.shipments)
        with warnings.catch_warnings():
            # A penalty at its cap is expected on days where not everything can be carried.
            warnings.simplefilter("ignore")
            result = pyvrp.solve(
                data, Stop(deadline, idle), seed=seed, collect_stats=False, display=False, initial_solution=warm
            )
        if not result.best.is_feasible():
            raise EngineError("PyVRP found no feasible plan.")
        return _read(problem, result.best, members)


class Stop:
    """Stops after enough iterations without a gain (repeatable), else when time is up (not repeatable)."""

    def __init__(self, deadline: Deadline, most_idle: int) -> None:
        self.deadline, self.most_idle = deadline, most_idle
        self.idle = 0
        self.best: float | None = None

    def __call__(self, best_cost: float) -> bool:
        """Called by PyVRP once per iteration with the best cost so far."""
        self.idle = self.idle + 1 if best_cost == self.best else 0
        self.best = best_cost
        return self.idle > self.most_idle or self.deadline.is_over()


def choose_scale(problem: Problem) -> Scale:
    """Units that keep prizes under their cap and costs per kilometre exact. Raises: EngineError."""
    dearest = max((shipment.worth for shipment in problem.shipments), default=1.0)
    money = min(float(MOST_MONEY), MOST_PRIZE / max(dearest, 1.0))
    rates = {vehicle.cost_per_km for vehicle in problem.vehicles if vehicle.cost_per_km > 0}
    errors = {}
    for metres in METRES:
        exact = [rate / 1000 * metres * money for rate in rates]
        errors[metres] = max((abs(round(unit) - unit) / unit for unit in exact), default=0.0)
    metres = min(METRES, key=lambda m: (errors[m] > MOST_ERROR, errors[m] if errors[m] > MOST_ERROR else 0))
    if errors[metres] > 0.1:
        raise EngineError("PyVRP would round the cost per kilometre away.")
    masses = [shipment.mass_g for shipment in problem.shipments] + [v.capacity_g for v in problem.vehicles]
    masses += [v.cold_capacity_g for v in problem.vehicles if v.cold_capacity_g is not None]
    grams = next(unit for unit in (1000, 100, 10, 1) if all(mass % unit == 0 for mass in masses))
    return Scale(money, metres, grams)


def build(problem: Problem, scale: Scale) -> tuple[Any, list[list[int]]]:
    """PyVRP's data, and for each of its vehicle types the positions of the vehicles in it."""
    places = len(problem.distances_m)
    # Rounded up, so that a route within the limit of distance here is within it in metres too.
    distances: Any = -(-np.array(problem.distances_m, dtype=np.int64) // scale.metres)
    durations: Any = np.array(problem.durations_s, dtype=np.int64)
    if any(vehicle.start is None or vehicle.end is None for vehicle in problem.vehicles):
        distances, durations = np.pad(distances, (0, 1)), np.pad(durations, (0, 1))
    depots: dict[int, int] = {}
    groups: dict[Vehicle, list[int]] = defaultdict(list)
    for k, vehicle in enumerate(problem.vehicles):
        for place in (vehicle.start, vehicle.end):
            depots.setdefault(places if place is None else place, len(depots))
        groups[replace(vehicle, id="")].append(k)
    needed = sorted({skill for shipment in problem.shipments for skill in shipment.skills})
    scarce = [skill for skill in needed if any(skill not in vehicle.skills for vehicle in problem.vehicles)]
    has_parts = any(vehicle.cold_capacity_g is not None for vehicle in problem.vehicles)
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in range(len(distances))],
        [],
        [pyvrp.Depot(location=place) for place in depots],
        [
            _build_type(vehicle, len(group), scale, _Extra(scarce, has_parts), depots, places)
            for vehicle, group in groups.items()
        ],
        [distances],
        [durations],
        shipments=[_build_shipment(shipment, scale, _Extra(scarce, has_parts)) for shipment in problem.shipments],
    )
    return data, list(groups.values())


def _build_type(vehicle: Vehicle, count: int, scale: Scale, extra: _Extra, depots: dict[int, int], dummy: int) -> Any:
    limits: dict[str, Any] = {}
    if vehicle.max_distance_m is not None:
        limits["max_distance"] = vehicle.max_distance_m // scale.metres
    return pyvrp.VehicleType(
        count,
        [vehicle.capacity_g // scale.grams, *extra.of_vehicle(vehicle, scale)],
        depots[dummy if vehicle.start is None else vehicle.start],
        depots[dummy if vehicle.end is None else vehicle.end],
        fixed_cost=round(vehicle.fixed_cost * scale.money),
        tw_early=vehicle.shift[0],
        tw_late=vehicle.shift[1],
        unit_distance_cost=round(vehicle.cost_per_km / 1000 * scale.metres * scale.money),
        **limits,
    )


def _build_shipment(shipment: Shipment, scale: Scale, extra: _Extra) -> Any:
    pickup, delivery = _widest(shipment)
    return pyvrp.Shipment(
        shipment.pickup,
        shipment.delivery,
        pickup_tw_early=pickup[0],
        pickup_tw_late=pickup[1],
        pickup_service_duration=shipment.pickup_service_s,
        delivery_tw_early=delivery[0],
        delivery_tw_late=delivery[1],
        delivery_service_duration=shipment.delivery_service_s,
        amount=[shipment.mass_g // scale.grams, *extra.of_shipment(shipment, scale)],
        prize=round(shipment.worth * scale.money) if shipment.optional else 0,
        required=not shipment.optional,
    )


def _widest(shipment: Shipment) -> tuple[Window, Window]:
    """PyVRP knows one time each: the widest pair in which the delivery is not over before the pick-up can begin."""
    pairs = [(p, d) for p in pickup_windows(shipment) for d in delivery_windows(shipment) if p[0] <= d[1]]
    return max(pairs, key=lambda pair: sum(until - since for since, until in pair))


def _warm(problem: Problem, data: Any, members: list[list[int]], start: Iterable[Route]) -> Any:
    kind_of = {problem.vehicles[k].id: kind for kind, group in enumerate(members) for k in group}
    numbers = {shipment.id: i for i, shipment in enumerate(problem.shipments)}
    types = {"pickup": pyvrp.ActivityType.PICKUP, "delivery": pyvrp.ActivityType.DELIVERY}
    routes = [
        pyvrp.Route(
            data,
            [pyvrp.Activity(types[step.kind], numbers[step.shipment]) for step in route.steps],
            kind_of[route.vehicle],
        )
        for route in start
        if route.steps
    ]
    return pyvrp.Solution(data, routes)


def _read(problem: Problem, solution: Any, members: list[list[int]]) -> list[Route]:
    free = [list(group) for group in members]
    routes = []
    for found in solution.routes():
        steps = []
        for activity in found.schedule():
            if activity.is_shipment():
                kind: Kind = "pickup" if activity.is_pickup() else "delivery"
                steps.append(Step(kind, problem.shipments[activity.idx].id))
        if steps:
            routes.append(Route(problem.vehicles[free[found.vehicle_type()].pop(0)].id, tuple(steps)))
    return routes
