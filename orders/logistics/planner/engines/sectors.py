"""Large days in pieces: about two dozen neighbouring trucks at a time, each piece improved by PyVRP.

PyVRP is weak on a whole large day and strong on a small one, so from about 300 loads on a plan is improved
piece by piece. Places have no coordinates here: trucks are neighbours when they collect near each other.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from orders.logistics.planner.checker import totals
from orders.logistics.planner.engines.pyvrp import PyVrp
from orders.logistics.planner.model import EngineError, Problem, Route
from orders.solving.clock import Deadline

TRUCKS = 24
PIECE_SECONDS = 6.0
MOST_ROUNDS = 1000
LEAST_SECONDS = 0.5


class Sectors:
    """Piecewise improvement as an engine; it needs routes to start from."""

    name = "sectors"

    def solve(
        self, problem: Problem, *, seconds: float, seed: int, start: Iterable[Route] | None = None
    ) -> list[Route]:
        """Better routes than ``start`` within ``seconds`` of CPU, or the same."""
        deadline, rng = Deadline(seconds), random.Random(seed)  # noqa: S311 - a search, not a secret
        plan = {route.vehicle: route for route in start or () if route.steps}
        for _ in range(MOST_ROUNDS):
            for trucks in _cut(problem, plan, rng):
                left = deadline.left()
                if left < LEAST_SECONDS:
                    return list(plan.values())
                _improve(problem, plan, trucks, min(PIECE_SECONDS, left), rng)
        return list(plan.values())


def _cut(problem: Problem, plan: dict[str, Route], rng: random.Random) -> list[list[str]]:
    """Groups of neighbouring busy trucks that cover all of them, each with its share of the idle ones."""
    left = sorted(plan)
    idle = [vehicle.id for vehicle in problem.vehicles if vehicle.id not in plan]
    rng.shuffle(idle)
    pieces = max(1, round(len(left) / TRUCKS))
    size = -(-len(left) // pieces)
    groups = []
    for piece in range(pieces):
        if not left:
            break
        seed = rng.choice(left)
        centre = _collecting_places(problem, plan[seed])
        left.sort(key=lambda name: (_apart(problem, centre, _collecting_places(problem, plan[name])), name))
        groups.append(left[:size] + idle[piece::pieces])
        left = left[size:]
    return groups


def _collecting_places(problem: Problem, route: Route) -> list[int]:
    shipments = problem.shipment_by_id
    return [shipments[step.shipment].pickup for step in route.steps if step.kind == "pickup"]


def _apart(problem: Problem, some: list[int], others: list[int]) -> float:
    """Mean metres between two sets of places."""
    return sum(problem.distances_m[a][b] for a in some for b in others) / (len(some) * len(others))


def _improve(problem: Problem, plan: dict[str, Route], trucks: list[str], seconds: float, rng: random.Random) -> None:
    """Let PyVRP improve these trucks with their loads and the free loads nearest to them. In place."""
    routes = [plan[name] for name in trucks if name in plan]
    aboard = {step.shipment for route in routes for step in route.steps}
    wanted = aboard | set(_free_nearby(problem, plan, routes))
    piece = replace(
        problem,
        shipments=tuple(shipment for shipment in problem.shipments if shipment.id in wanted),
        vehicles=tuple(problem.vehicle_by_id[name] for name in trucks),
        initial_routes=(),
    )
    try:
        better = PyVrp().solve(piece, seconds=seconds, seed=rng.randrange(10**6), start=routes)
    except EngineError:
        return
    if totals(piece, better).net > totals(piece, routes).net:
        for route in routes:
            del plan[route.vehicle]
        plan.update((route.vehicle, route) for route in better)


def _free_nearby(problem: Problem, plan: dict[str, Route], routes: list[Route]) -> list[str]:
    """Free loads, nearest to these routes' places first, as many as a third of what they carry."""
    carried = {step.shipment for route in plan.values() for step in route.steps}
    places = sorted({place for route in routes for place in _collecting_places(problem, route)})
    free = [shipment for shipment in problem.shipments if shipment.id not in carried]
    free.sort(key=lambda s: (min((problem.distances_m[p][s.pickup] for p in places), default=0), s.id))
    return [shipment.id for shipment in free[: max(10, sum(len(route.steps) for route in routes) // 6)]]
