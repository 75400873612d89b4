"""VROOM (package pyvroom): a good plan in well under a second; the first word on every day.

What to know of it (measured, see docs/decisions/0002-routing-engines.md):

- ``solve`` never lets go of the GIL and its limit does not cover construction: worker process only.
- Priorities (0-100, higher matters more) are *summed*, so two ordinary loads outweigh one that must be
  served: ordinary loads get at most ``MOST_ORDINARY``, and ``repair`` forces in what is still missing.
- A truck needs a start or an end: one with neither starts at a place at no distance from anywhere.
- Costs are integers: yuan are given as fen.
- Its answer is the same with any number of threads, unless the clock cuts it off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import numpy as np
import vroom

from orders.logistics.planner.model import Kind, Matrix, Problem, Route, Shipment, Step, Vehicle
from orders.logistics.planner.prepare import delivery_windows, pickup_windows

FEN = 100
MUST = 100
MOST_ORDINARY = 60
THREADS = 1
PROFILE = "truck"
SECONDS_AT_500 = 25.0
"""CPU seconds of the thorough level on 500 loads; it grows with the square of their number."""


class Vroom:
    """VROOM as an engine. ``seed`` is without effect: VROOM is deterministic."""

    name = "vroom"

    def solve(
        self, problem: Problem, *, seconds: float, seed: int, start: Iterable[Route] | None = None
    ) -> list[Route]:
        """Routes found within about ``seconds``; ``start`` is a hint, not a lock."""
        if not problem.shipments or not problem.vehicles:
            return []
        task = _build(problem, {route.vehicle: route for route in start or ()})
        answer = task.solve(
            exploration_level=choose_level(len(problem.shipments), seconds),
            nb_threads=THREADS,
            timeout=timedelta(seconds=max(seconds, 0.05)),
        )
        return _read(problem, answer.routes)


def choose_level(shipments: int, seconds: float) -> int:
    """The most thorough exploration level (5, 2 or 0) that should end by itself in the time."""
    thorough = SECONDS_AT_500 * (shipments / 500) ** 2
    if thorough <= seconds:
        return 5
    return 2 if thorough <= 4 * seconds else 0


def _build(problem: Problem, start: dict[str, Route]) -> Any:
    task = vroom.Input()
    # One row and column more: the place from nowhere, for trucks with neither start nor end.
    task.set_durations_matrix(PROFILE, _padded(problem.durations_s))
    task.set_distances_matrix(PROFILE, _padded(problem.distances_m))
    held = [shipment.skills for shipment in problem.shipments] + [v.skills for v in problem.vehicles]
    skills = {name: number for number, name in enumerate(sorted(frozenset().union(*held)), 1)}
    dearest = max((s.worth for s in problem.shipments if s.optional), default=0.0) or 1.0
    task.add_job([_build_shipment(i, shipment, skills, dearest) for i, shipment in enumerate(problem.shipments)])
    numbers = {shipment.id: i for i, shipment in enumerate(problem.shipments)}
    nowhere = len(problem.distances_m)
    task.add_vehicle(
        [
            _build_vehicle(k, vehicle, skills, _steps(vehicle, start.get(vehicle.id), numbers), nowhere)
            for k, vehicle in enumerate(problem.vehicles)
        ]
    )
    return task


def _padded(matrix: Matrix) -> Any:
    return np.pad(np.array(matrix, dtype=np.uint32).reshape(len(matrix), len(matrix)), (0, 1))


def _is_open(vehicle: Vehicle) -> bool:
    return vehicle.start is None and vehicle.end is None


def _build_shipment(i: int, shipment: Shipment, skills: dict[str, int], dearest: float) -> Any:
    ordinary = 1 + round((MOST_ORDINARY - 1) * shipment.worth / dearest) if shipment.optional else MUST
    return vroom.Shipment(
        vroom.ShipmentStep(
            2 * i + 1,
            shipment.pickup,
            default_service=shipment.pickup_service_s,
            time_windows=[vroom.TimeWindow(*window) for window in pickup_windows(shipment)],
        ),
        vroom.ShipmentStep(
            2 * i + 2,
            shipment.delivery,
            default_service=shipment.delivery_service_s,
            time_windows=[vroom.TimeWindow(*window) for window in delivery_windows(shipment)],
        ),
        amount=[shipment.mass_g, shipment.mass_g if shipment.chilled else 0],
        skills={skills[name] for name in shipment.skills},
        priority=ordinary,
    )


def _build_vehicle(k: int, vehicle: Vehicle, skills: dict[str, int], steps: list[Any], nowhere: int) -> Any:
    limits: dict[str, Any] = {}
    cold = vehicle.cold_capacity_g
    if vehicle.max_driving_s is not None:
        limits["max_travel_time"] = vehicle.max_driving_s
    if vehicle.max_stops is not None:
        limits["max_tasks"] = vehicle.max_stops
    if vehicle.max_distance_m is not None:
        limits["max_distance"] = vehicle.max_distance_m
    return vroom.Vehicle(
        k + 1,
        start=nowhere if _is_open(vehicle) else vehicle.start,
        end=vehicle.end,
        profile=PROFILE,
        capacity=[vehicle.capacity_g, vehicle.capacity_g if cold is None else cold],
        skills={skills[name] for name in vehicle.skills},
        time_window=vroom.TimeWindow(*vehicle.shift),
        costs=vroom.VehicleCosts(
            fixed=round(vehicle.fixed_cost * FEN), per_hour=0, per_km=round(vehicle.cost_per_km * FEN)
        ),
        steps=steps,
        **limits,
    )


def _steps(vehicle: Vehicle, route: Route | None, numbers: dict[str, int]) -> list[Any]:
    if route is None or not route.steps:
        return []
    steps: list[Any] = [vroom.VehicleStepStart()] if vehicle.start is not None or _is_open(vehicle) else []
    for step in route.steps:
        number = 2 * numbers[step.shipment] + 1
        pickup = step.kind == "pickup"
        steps.append(vroom.VehicleStepPickup(number) if pickup else vroom.VehicleStepDelivery(number + 1))
    if vehicle.end is not None:
        steps.append(vroom.VehicleStepEnd())
    return steps


def _read(problem: Problem, table: Any) -> list[Route]:
    """Routes from VROOM's table of steps, one row per step in order."""
    steps: dict[int, list[Step]] = defaultdict(list)
    if "id" not in table:  # nothing could be served: a table without columns
        return []
    for vehicle, kind, number in zip(table["vehicle_id"], table["type"], table["id"], strict=True):
        if kind in ("pickup", "delivery"):
            shipment = problem.shipments[(int(number) - 1) // 2]
            name: Kind = "pickup" if kind == "pickup" else "delivery"
            steps[int(vehicle) - 1].append(Step(name, shipment.id))
    return [Route(problem.vehicles[k].id, tuple(steps[k])) for k in sorted(steps)]
