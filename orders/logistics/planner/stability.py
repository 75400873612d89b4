"""Re-planning without upsetting drivers: how much a new plan moves, and undoing moves that mean nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from orders.logistics.planner.model import Problem, Route, Vehicle


def count_moved(before: Iterable[Route], after: Iterable[Route]) -> int:
    """Loads of the earlier routes that are on another truck, or on none, in the later ones."""
    now = _trucks_of(after)
    return sum(1 for shipment, truck in _trucks_of(before).items() if now.get(shipment) != truck)


def keep_trucks(problem: Problem, routes: list[Route], before: Iterable[Route]) -> list[Route]:
    """Exchange routes between trucks that are alike, so that loads stay on the truck they had before.

    Engines see two equal trucks as one kind and hand their routes out in any order; where nothing tells
    equal trucks apart, the first of them gets the first shipments.
    """
    had = _trucks_of(before)
    number = {shipment.id: i for i, shipment in enumerate(problem.shipments)}
    routes = sorted(routes, key=lambda route: min((number.get(s.shipment, 0) for s in route.steps), default=0))
    kinds: dict[Vehicle, list[str]] = defaultdict(list)
    for vehicle in problem.vehicles:
        kinds[replace(vehicle, id="")].append(vehicle.id)
    kind_of = {name: names for names in kinds.values() for name in names}
    claims: dict[tuple[int, str], int] = defaultdict(int)
    for position, route in enumerate(routes):
        for step in route.steps:
            truck = had.get(step.shipment)
            if truck in kind_of.get(route.vehicle, ()):
                claims[position, str(truck)] += 1
    return _assign(routes, claims, kind_of)


def _assign(routes: list[Route], claims: dict[tuple[int, str], int], kind_of: dict[str, list[str]]) -> list[Route]:
    """Give each route the truck with the strongest claim on it, the rest what is left of their kind."""
    given: dict[int, str] = {}
    for position, truck in sorted(claims, key=lambda claim: (-claims[claim], claim)):
        if position not in given and truck not in given.values():
            given[position] = truck
    taken = set(given.values())
    for position, route in enumerate(routes):
        if position not in given:
            names = kind_of.get(route.vehicle, [route.vehicle])
            free = [name for name in names if name not in taken]
            given[position] = free[0] if free else route.vehicle
            taken.add(given[position])
    return [replace(route, vehicle=given[position]) for position, route in enumerate(routes)]


def _trucks_of(routes: Iterable[Route]) -> dict[str, str]:
    return {step.shipment: route.vehicle for route in routes for step in route.steps}
