"""The judge of plans: what is wrong with one, and a route's true times, loads, distance and cost.

Written from the problem's meaning alone. It shares no code with the working copy in ``insertion`` or
with any engine, and trusts no total that an engine reports.

How a route runs: the truck leaves ``start`` at the beginning of its shift (an open start: it is at its
first place then), drives, waits where it is early, and serves; service must *begin* inside the window.
It must be back at ``end`` (an open end: have finished its last service) before its shift is over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from orders.logistics.planner.model import REASONS, Plan, Problem, Route, Shipment, Step, Vehicle


@dataclass(frozen=True)
class Violation:
    """One broken rule: a stable ``kind``, a sentence, and whom it is about."""

    kind: str
    message: str
    vehicle: str = ""
    shipment: str = ""


@dataclass(frozen=True)
class Visit:
    """One step as it will happen: seconds from midnight, metres driven so far, grams aboard afterwards."""

    step: Step
    place: int
    arrival_s: int
    start_s: int
    departure_s: int
    distance_m: int
    load_g: int


@dataclass(frozen=True)
class Schedule:
    """A route's visits in order, when the truck is free again, and all the metres it drives."""

    visits: tuple[Visit, ...]
    end_s: int
    distance_m: int


@dataclass(frozen=True)
class Totals:
    """What a set of routes carries and costs; ``net`` = ``worth`` - ``cost``, in yuan."""

    served_g: int
    loads: int
    distance_m: int
    cost: float
    worth: float

    @property
    def net(self) -> float:
        """Worth served minus truck cost: what a plan should make as large as it can."""
        return self.worth - self.cost


def schedule(problem: Problem, route: Route) -> Schedule:
    """Times, metres and loads of a route whose vehicle and shipments exist; lateness is kept, not hidden."""
    vehicle = problem.vehicle_by_id[route.vehicle]
    now, place = vehicle.shift[0], vehicle.start
    metres = load = 0
    visits = []
    for step in route.steps:
        target, window, service, delta = _task(problem.shipment_by_id[step.shipment], step)
        if place is not None:
            now += problem.durations_s[place][target]
            metres += problem.distances_m[place][target]
        begin = max(now, window[0])
        load += delta
        visits.append(Visit(step, target, now, begin, begin + service, metres, load))
        now, place = begin + service, target
    if visits and vehicle.end is not None and place is not None:
        now += problem.durations_s[place][vehicle.end]
        metres += problem.distances_m[place][vehicle.end]
    return Schedule(tuple(visits), now, metres)


def totals(problem: Problem, routes: tuple[Route, ...] | list[Route]) -> Totals:
    """Grams, loads, metres, yuan of routes that are valid; a truck with no steps costs nothing."""
    grams = loads = metres = 0
    cost = worth = 0.0
    for route in routes:
        if not route.steps:
            continue
        vehicle = problem.vehicle_by_id[route.vehicle]
        driven = schedule(problem, route).distance_m
        metres += driven
        cost += vehicle.fixed_cost + vehicle.cost_per_km * driven / 1000
        for step in route.steps:
            if step.kind == "delivery":
                shipment = problem.shipment_by_id[step.shipment]
                grams += shipment.mass_g
                loads += 1
                worth += shipment.worth
    return Totals(grams, loads, metres, cost, worth)


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every rule the plan breaks; an empty list is the only acceptance there is."""
    found = _check_names(problem, plan)
    for route in plan.routes:
        if _is_known(problem, route):
            found += _check_route(problem, route)
    return found + _check_conservation(problem, plan)


def _task(shipment: Shipment, step: Step) -> tuple[int, tuple[int, int], int, int]:
    """Place, window, service seconds and change of load (grams) of a step."""
    if step.kind == "pickup":
        return shipment.pickup, shipment.pickup_window, shipment.pickup_service_s, shipment.mass_g
    return shipment.delivery, shipment.delivery_window, shipment.delivery_service_s, -shipment.mass_g


def _is_known(problem: Problem, route: Route) -> bool:
    return route.vehicle in problem.vehicle_by_id and all(
        step.shipment in problem.shipment_by_id for step in route.steps
    )


def _check_names(problem: Problem, plan: Plan) -> list[Violation]:
    found = []
    for vehicle, times in Counter(route.vehicle for route in plan.routes).items():
        if vehicle not in problem.vehicle_by_id:
            found.append(Violation("unknown_vehicle", f"There is no vehicle {vehicle}.", vehicle))
        elif times > 1:
            found.append(Violation("vehicle_twice", f"Vehicle {vehicle} has {times} routes.", vehicle))
    named = {step.shipment for route in plan.routes for step in route.steps}
    strangers = (named | {entry.shipment for entry in plan.unserved}) - problem.shipment_by_id.keys()
    found += [Violation("unknown_shipment", f"There is no shipment {name}.", "", name) for name in sorted(strangers)]
    return found


def _check_route(problem: Problem, route: Route) -> list[Violation]:
    vehicle = problem.vehicle_by_id[route.vehicle]
    run = schedule(problem, route)
    found = _check_pairs(route) + _check_skills(problem, vehicle, route)
    for visit in run.visits:
        found += _check_visit(problem, vehicle, visit)
    if route.steps and run.end_s > vehicle.shift[1]:
        text = f"Vehicle {vehicle.id} ends at {run.end_s} s, after its shift ({vehicle.shift[1]} s)."
        found.append(Violation("shift", text, vehicle.id))
    if vehicle.max_distance_m is not None and run.distance_m > vehicle.max_distance_m:
        text = f"Vehicle {vehicle.id} drives {run.distance_m} m, at most {vehicle.max_distance_m} m allowed."
        found.append(Violation("max_distance", text, vehicle.id))
    if vehicle.max_stops is not None and len(route.steps) > vehicle.max_stops:
        text = f"Vehicle {vehicle.id} stops {len(route.steps)} times, at most {vehicle.max_stops} allowed."
        found.append(Violation("max_stops", text, vehicle.id))
    return found


def _check_pairs(route: Route) -> list[Violation]:
    """Each shipment on the route is picked up before it is delivered, on this same route."""
    found = []
    where: dict[tuple[str, str], int] = {}
    for position, step in enumerate(route.steps):
        where.setdefault((step.shipment, step.kind), position)
    for name in dict.fromkeys(step.shipment for step in route.steps):
        pickup, delivery = where.get((name, "pickup")), where.get((name, "delivery"))
        if pickup is None or delivery is None:
            missing = "pickup" if pickup is None else "delivery"
            text = f"Shipment {name} has no {missing} on the route of vehicle {route.vehicle}."
            found.append(Violation("pair_broken", text, route.vehicle, name))
        elif delivery < pickup:
            text = f"Shipment {name} is delivered before it is picked up."
            found.append(Violation("delivered_before_pickup", text, route.vehicle, name))
    return found


def _check_skills(problem: Problem, vehicle: Vehicle, route: Route) -> list[Violation]:
    found = []
    for name in dict.fromkeys(step.shipment for step in route.steps):
        lacking = problem.shipment_by_id[name].skills - vehicle.skills
        if lacking:
            text = f"Vehicle {vehicle.id} lacks {', '.join(sorted(lacking))} for shipment {name}."
            found.append(Violation("skill", text, vehicle.id, name))
    return found


def _check_visit(problem: Problem, vehicle: Vehicle, visit: Visit) -> list[Violation]:
    found = []
    name = visit.step.shipment
    _, window, _, _ = _task(problem.shipment_by_id[name], visit.step)
    if visit.start_s > window[1]:
        kind = visit.step.kind
        text = f"The {kind} of {name} begins at {visit.start_s} s, its window closes at {window[1]} s."
        found.append(Violation("window", text, vehicle.id, name))
    if visit.load_g > vehicle.capacity_g:
        most = vehicle.capacity_g
        text = f"Vehicle {vehicle.id} carries {visit.load_g} g after {name}, it may carry {most} g."
        found.append(Violation("capacity", text, vehicle.id, name))
    return found


def _check_conservation(problem: Problem, plan: Plan) -> list[Violation]:
    """Every shipment is either carried once or listed once as left behind, with a reason."""
    carried = Counter((step.shipment, step.kind) for route in plan.routes for step in route.steps)
    left = Counter(entry.shipment for entry in plan.unserved)
    found = []
    for shipment in problem.shipments:
        name = shipment.id
        times = max(carried[name, "pickup"], carried[name, "delivery"])
        if times > 1:
            found.append(Violation("shipment_twice", f"Shipment {name} is carried {times} times.", "", name))
        if times and left[name]:
            text = f"Shipment {name} is both carried and left behind."
            found.append(Violation("served_and_unserved", text, "", name))
        if not times and not left[name]:
            text = f"Shipment {name} is neither carried nor left behind."
            found.append(Violation("shipment_lost", text, "", name))
        if left[name] > 1:
            text = f"Shipment {name} is listed as left behind {left[name]} times."
            found.append(Violation("unserved_twice", text, "", name))
        if not times and not shipment.optional:
            text = f"Shipment {name} must be carried and is not."
            found.append(Violation("required_unserved", text, "", name))
    for entry in plan.unserved:
        if entry.reason not in REASONS:
            text = f"Shipment {entry.shipment} is left behind without a known reason ({entry.reason!r})."
            found.append(Violation("reason", text, "", entry.shipment))
    return found
