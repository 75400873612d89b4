"""What is left of a plan at a moment of its day: the same problem from then on, with nothing that was done in it.

A driver finishes the leg being driven and is planned from there: finished loads are gone, what is aboard stays on its truck
and is brought in its order, and the rest of the old plan is where the search starts, so that few drivers hear of a change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from orders.logistics.planner.checker import Visit, schedule
from orders.logistics.planner.model import Plan, Problem, Route, Shipment, Vehicle


def rest_of(problem: Problem, plan: Plan, now_s: int, new: Iterable[Shipment] = ()) -> Problem:
    """The problem from ``now_s`` on, with the loads of the plan that are not delivered, those it left, and ``new`` ones."""
    done: set[str] = set()
    vehicles, routes = [], []
    by_vehicle = {route.vehicle: route for route in plan.routes}
    for vehicle in problem.vehicles:
        route = by_vehicle.get(vehicle.id, Route(vehicle.id, ()))
        visits = schedule(problem, route).visits
        gone = [visit for visit in visits if _has_begun(vehicle, visit, now_s)]
        ahead = next((visit for visit in visits if visit not in gone), None)
        under_way = ahead if ahead is not None and _has_left(problem, vehicle, gone, ahead, now_s) else None
        finished = {visit.step.shipment for visit in gone if visit.step.kind == "delivery"}
        riding = {visit.step.shipment for visit in gone} - finished
        aboard = [step.shipment for step in route.steps if step.kind == "delivery" and step.shipment in riding]
        done |= finished
        vehicles.append(_from_here(vehicle, gone, under_way, aboard, now_s))
        kept = [step for step in route.steps if step.shipment not in finished]
        first = [step for step in kept if step.kind == "pickup" and step.shipment in aboard]
        if kept:
            routes.append(Route(vehicle.id, (*first, *(step for step in kept if step not in first))))
    shipments = (*(load for load in problem.shipments if load.id not in done), *new)
    return replace(problem, shipments=shipments, vehicles=tuple(vehicles), initial_routes=tuple(routes))


def _has_begun(vehicle: Vehicle, visit: Visit, now_s: int) -> bool:
    """Work there began; what was aboard when the plan was made is aboard still."""
    return visit.start_s <= now_s or (visit.step.kind == "pickup" and visit.step.shipment in vehicle.aboard)


def _has_left(problem: Problem, vehicle: Vehicle, gone: list[Visit], ahead: Visit, now_s: int) -> bool:
    """Is the truck on its way to the next place? To the first one it leaves as late as it may."""
    if any(visit.departure_s > visit.start_s or visit.distance_m for visit in gone):
        return gone[-1].departure_s < now_s
    if vehicle.aboard:
        return vehicle.shift[0] < now_s
    leg = 0 if vehicle.start is None else problem.durations_s[vehicle.start][ahead.place]
    return max(ahead.start_s - leg, vehicle.shift[0]) < now_s


def _from_here(vehicle: Vehicle, gone: list[Visit], ahead: Visit | None, aboard: list[str], now_s: int) -> Vehicle:
    """The truck where it gets free next: where it is, or where it is driving to."""
    start, free, metres = vehicle.start, vehicle.shift[0], 0
    if gone:
        start, free, metres = gone[-1].place, gone[-1].departure_s, gone[-1].distance_m
    if ahead is not None:
        start, free, metres = ahead.place, ahead.arrival_s if gone else ahead.start_s, ahead.distance_m
    begins = max(free, now_s)
    return replace(
        vehicle,
        start=start,
        shift=(begins, max(vehicle.shift[1], begins)),
        # A truck that is out already is paid for.
        fixed_cost=0.0 if gone or ahead is not None else vehicle.fixed_cost,
        max_distance_m=_less(vehicle.max_distance_m, metres),
        max_stops=_less(vehicle.max_stops, len(gone) - len(aboard)),
        aboard=tuple(aboard),
        pinned=tuple(name for name in vehicle.pinned if name not in aboard),
    )


def _less(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(limit - used, 0)
