"""Fewer trucks where every load must ride: one route is broken up, its loads put on the others, and PyVRP mends the result.

Trucks that are alike and dear are worth more than kilometres, and neither engine gives one up by small steps. The start may
break windows and capacities: PyVRP's penalties lead it back, or it finds nothing and the old plan stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from orders.logistics.planner.checker import schedule
from orders.logistics.planner.engines.pyvrp import PyVrp
from orders.logistics.planner.model import EngineError, Problem, Route, Step
from orders.solving.clock import Deadline

SHARE = 0.34
LEAST_SECONDS = 0.5
LATE_PRICE = 10


class Fewer:
    """Truck by truck as an engine; it needs routes to start from."""

    name = "fewer"

    def solve(
        self, problem: Problem, *, seconds: float, seed: int, start: Iterable[Route] | None = None
    ) -> list[Route]:
        """Routes of fewer trucks than ``start`` within ``seconds`` of CPU, or the same. Raises: EngineError."""
        deadline = Deadline(seconds)
        routes = [route for route in start or () if route.steps]
        order = sorted(routes, key=lambda route: len(route.steps))[:3]
        while order and len(routes) > 1 and deadline.left() > LEAST_SECONDS:
            victim = order.pop(0)
            rest = [route for route in routes if route.vehicle != victim.vehicle]
            small = replace(
                problem, vehicles=tuple(problem.vehicle_by_id[route.vehicle] for route in rest), initial_routes=()
            )
            try:
                budget = max(LEAST_SECONDS, SHARE * deadline.left())
                found = PyVrp().solve(small, seconds=budget, seed=seed, start=_spread(small, rest, victim))
            except EngineError:
                continue
            routes = [route for route in found if route.steps]
            order = sorted(routes, key=lambda route: len(route.steps))[:3]
        return routes


def _spread(problem: Problem, routes: list[Route], victim: Route) -> list[Route]:
    """The routes with the victim's loads, each where it costs the fewest metres and the least lateness."""
    routes = list(routes)
    for name in dict.fromkeys(step.shipment for step in victim.steps):
        best: tuple[float, int, Route] | None = None
        for number, route in enumerate(routes):
            before = _badness(problem, route)
            for one in _with(route, name):
                cost = _badness(problem, one) - before
                if best is None or cost < best[0]:
                    best = (cost, number, one)
        if best is not None:
            routes[best[1]] = best[2]
    return routes


def _with(route: Route, name: str) -> Iterable[Route]:
    steps = route.steps
    for i in range(len(steps) + 1):
        # The delivery soon after: PyVRP moves it on where that is better.
        for j in range(i, min(i + 4, len(steps)) + 1):
            middle = (Step("pickup", name), *steps[i:j], Step("delivery", name))
            yield replace(route, steps=(*steps[:i], *middle, *steps[j:]))


def _badness(problem: Problem, route: Route) -> float:
    run = schedule(problem, route)
    late = max(0, run.end_s - problem.vehicle_by_id[route.vehicle].shift[1])
    for visit in run.visits:
        shipment = problem.shipment_by_id[visit.step.shipment]
        window = shipment.pickup_window if visit.step.kind == "pickup" else shipment.delivery_window
        late += max(0, visit.start_s - window[1])
    return run.distance_m + LATE_PRICE * late
