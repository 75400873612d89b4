"""The judge of plans: what is wrong with one, and a route's true times, loads, distance and cost.

Written from the problem's meaning alone. It shares no code with the working copy in ``insertion`` or
with any engine, and trusts no total that an engine reports.

How a route runs: the truck leaves ``start`` at the beginning of its shift (an open start: it is at its
first place then), drives, waits where it is early, and serves; service must *begin* inside a window and be over
before the place is closed to the truck. A driver who would drive longer than allowed without a rest rests first.
It must be back at ``end`` (an open end: have finished its last service) before its shift is over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from orders.logistics.planner.model import REASONS, Plan, Problem, Route, Shipment, Step, Toll, Vehicle, Window


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
    """A route's visits in order, when the truck is free again, all the metres and seconds it drives, its rests."""

    visits: tuple[Visit, ...]
    end_s: int
    distance_m: int
    driving_s: int = 0
    rests: int = 0


@dataclass(frozen=True)
class Totals:
    """What a set of routes carries and costs; ``net`` = ``worth`` - ``cost`` - ``toll``, in yuan."""

    served_g: int
    loads: int
    distance_m: int
    cost: float
    worth: float
    toll: float = 0.0

    @property
    def net(self) -> float:
        """Worth served minus truck cost and tolls: what a plan should make as large as it can."""
        return self.worth - self.cost - self.toll


class Drive:
    """The clock and the meters of one truck on its way."""

    def __init__(self, problem: Problem, vehicle: Vehicle) -> None:
        self.problem, self.vehicle = problem, vehicle
        self.now, self.place = vehicle.shift[0], vehicle.start
        self.metres = self.driving = self.unrested = self.rests = 0

    def to(self, place: int) -> None:
        """Drive on, after a rest where one is due; a leg longer than that has rests on the way."""
        if self.place is None:
            self.place = place
            return
        seconds = self.problem.durations_s[self.place][place]
        gate = self.problem.gates_s[place] if self.problem.gates_s and place != self.place else 0
        driven = max(seconds - gate, 0)
        if self.vehicle.break_s:
            if self.unrested and self.unrested + driven > self.vehicle.break_after_s:
                self._rest(1)
            over = max(driven - 1, 0) // self.vehicle.break_after_s
            self._rest(over)
            self.unrested += driven - over * self.vehicle.break_after_s
        self.now += seconds
        self.driving += driven
        self.metres += self.problem.distances_m[self.place][place]
        self.place = place

    def wait_until(self, begin: int) -> None:
        """A wait as long as a rest is a rest."""
        if begin - self.now >= self.vehicle.break_s:
            self.unrested = 0
        self.now = begin

    def _rest(self, times: int) -> None:
        if times:
            self.now += times * self.vehicle.break_s
            self.rests += times
            self.unrested = 0


def schedule(problem: Problem, route: Route) -> Schedule:
    """Times, metres and loads of a route whose vehicle and shipments exist; lateness is kept, not hidden."""
    vehicle = problem.vehicle_by_id[route.vehicle]
    drive, load, visits = Drive(problem, vehicle), 0, []
    for step in route.steps:
        shipment = problem.shipment_by_id[step.shipment]
        load += shipment.mass_g if step.kind == "pickup" else -shipment.mass_g
        if step.kind == "pickup" and step.shipment in vehicle.aboard and vehicle.start is not None:
            visits.append(Visit(step, vehicle.start, drive.now, drive.now, drive.now, drive.metres, load))
            continue
        place, windows, service = _task(shipment, step)
        drive.to(place)
        arrival = drive.now
        begin = _first_moment(arrival, windows, _shut(vehicle, place, service))
        drive.wait_until(begin)
        drive.now += service
        visits.append(Visit(step, place, arrival, begin, drive.now, drive.metres, load))
    if visits and vehicle.end is not None:
        drive.to(vehicle.end)
    return Schedule(tuple(visits), drive.now, drive.metres, drive.driving, drive.rests)


def totals(problem: Problem, routes: tuple[Route, ...] | list[Route]) -> Totals:
    """Grams, loads, metres, yuan of routes that are valid; a truck with no steps costs nothing."""
    grams = loads = metres = 0
    cost = worth = toll = 0.0
    for route in routes:
        if not route.steps:
            continue
        vehicle = problem.vehicle_by_id[route.vehicle]
        driven = schedule(problem, route).distance_m
        metres += driven
        cost += vehicle.fixed_cost + vehicle.cost_per_km * driven / 1000
        toll += toll_of(problem, route)
        for step in route.steps:
            if step.kind == "delivery":
                shipment = problem.shipment_by_id[step.shipment]
                grams += shipment.mass_g
                loads += 1
                worth += shipment.worth
    return Totals(grams, loads, metres, cost, worth, toll)


def toll_of(problem: Problem, route: Route) -> float:
    """Yuan of motorway toll, leg by leg, from what is aboard on each."""
    vehicle = problem.vehicle_by_id[route.vehicle]
    if vehicle.toll is None or not route.steps:
        return 0.0
    aboard: Counter[str] = Counter()
    place, yuan = vehicle.start, 0.0
    for step in route.steps:
        shipment = problem.shipment_by_id[step.shipment]
        if step.kind == "pickup" and step.shipment in vehicle.aboard:
            aboard[shipment.exempt] += shipment.mass_g
            continue
        target = shipment.pickup if step.kind == "pickup" else shipment.delivery
        yuan += _leg_toll(problem, vehicle, place, target, aboard)
        aboard[shipment.exempt] += shipment.mass_g if step.kind == "pickup" else -shipment.mass_g
        place = target
    return yuan + _leg_toll(problem, vehicle, place, vehicle.end, aboard)


def _leg_toll(problem: Problem, vehicle: Vehicle, place: int | None, target: int | None, aboard: Counter[str]) -> float:
    toll = vehicle.toll
    if toll is None or place is None or target is None:
        return 0.0
    metres = problem.distances_m[place][target]
    if metres <= toll.motorway_from_m or _is_exempt(vehicle, toll, aboard):
        return 0.0
    return toll.yuan_per_km * metres / 1000 * toll.motorway_percent / 100


def _is_exempt(vehicle: Vehicle, toll: Toll, aboard: Counter[str]) -> bool:
    grams = sum(aboard.values())
    if not grams or aboard["never"] or grams * 100 < vehicle.capacity_g * toll.full_percent:
        return False
    return (aboard["no"] + aboard["disputed"]) * 100 <= grams * toll.admixture_percent


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every rule the plan breaks; an empty list is the only acceptance there is."""
    found = _check_names(problem, plan)
    for route in plan.routes:
        if _is_known(problem, route):
            found += _check_route(problem, route)
    return found + _check_conservation(problem, plan)


def _task(shipment: Shipment, step: Step) -> tuple[int, tuple[Window, ...], int]:
    """Place, windows and service seconds of a step."""
    if step.kind == "pickup":
        windows = shipment.pickup_windows
        return shipment.pickup, (shipment.pickup_window,) if windows is None else windows, shipment.pickup_service_s
    windows = shipment.delivery_windows
    return shipment.delivery, (shipment.delivery_window,) if windows is None else windows, shipment.delivery_service_s


def _shut(vehicle: Vehicle, place: int, service: int) -> list[Window]:
    """Between which moments (both still allowed) work that long may not begin there, in order."""
    spans = [closure.span for closure in vehicle.closed if closure.place == place]
    return sorted((start - service, end) for start, end in spans)


def _first_moment(arrival: int, windows: tuple[Window, ...], shut: list[Window]) -> int:
    """The first moment from ``arrival`` on at which work may begin; the arrival itself where there is none."""
    for opens, closes in windows:
        begin = max(arrival, opens)
        for start, end in shut:
            if start < begin < end:
                begin = end
        if begin <= closes:
            return begin
    return arrival if not windows or arrival > windows[-1][1] else windows[-1][1] + 1


def _may_begin(begin: int, windows: tuple[Window, ...], shut: list[Window]) -> bool:
    inside = any(opens <= begin <= closes for opens, closes in windows)
    return inside and not any(start < begin < end for start, end in shut)


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
    found = _check_pairs(route) + _check_skills(problem, vehicle, route) + _check_bound(problem, vehicle, route)
    for visit in run.visits:
        found += _check_visit(problem, vehicle, visit)
    if route.steps and run.end_s > vehicle.shift[1]:
        text = f"Vehicle {vehicle.id} ends at {run.end_s} s, after its shift ({vehicle.shift[1]} s)."
        found.append(Violation("shift", text, vehicle.id))
    if vehicle.max_distance_m is not None and run.distance_m > vehicle.max_distance_m:
        text = f"Vehicle {vehicle.id} drives {run.distance_m} m, at most {vehicle.max_distance_m} m allowed."
        found.append(Violation("max_distance", text, vehicle.id))
    if vehicle.max_driving_s is not None and run.driving_s > vehicle.max_driving_s:
        text = f"Vehicle {vehicle.id} drives {run.driving_s} s, at most {vehicle.max_driving_s} s allowed."
        found.append(Violation("max_driving", text, vehicle.id))
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


def _check_bound(problem: Problem, vehicle: Vehicle, route: Route) -> list[Violation]:
    """What is bound to a truck rides on it, what is aboard comes first and is brought in its order, and the cold part is
    not overfilled."""
    found = _check_aboard_order(problem, vehicle, route)
    for name in dict.fromkeys(step.shipment for step in route.steps):
        if problem.bound_to.get(name, vehicle.id) != vehicle.id:
            text = f"Shipment {name} belongs to vehicle {problem.bound_to[name]}, not to {vehicle.id}."
            found.append(Violation("bound", text, vehicle.id, name))
    moved, cold = False, 0
    for step in route.steps:
        shipment, is_pickup = problem.shipment_by_id[step.shipment], step.kind == "pickup"
        is_aboard = is_pickup and step.shipment in vehicle.aboard
        if is_aboard and moved:
            text = f"Shipment {step.shipment} is aboard vehicle {vehicle.id} from the start and comes later."
            found.append(Violation("aboard_not_first", text, vehicle.id, step.shipment))
        moved = moved or not is_aboard
        cold += (shipment.mass_g if is_pickup else -shipment.mass_g) if shipment.chilled else 0
        if vehicle.cold_capacity_g is not None and is_pickup and shipment.chilled and cold > vehicle.cold_capacity_g:
            text = f"Vehicle {vehicle.id} has {cold} g chilled after {step.shipment}, its cold part holds less."
            found.append(Violation("cold_capacity", text, vehicle.id, step.shipment))
    return found


def _check_aboard_order(problem: Problem, vehicle: Vehicle, route: Route) -> list[Violation]:
    """The places to which the goods aboard are brought come in the order of ``aboard``."""
    brought = [step.shipment for step in route.steps if step.kind == "delivery" and step.shipment in vehicle.aboard]
    wanted = [name for name in vehicle.aboard if name in brought]
    places, order = ([problem.shipment_by_id[name].delivery for name in names] for names in (brought, wanted))
    if places == order:
        return []
    text = f"Vehicle {vehicle.id} brings what is aboard to places {places}, their order is {order}."
    return [Violation("aboard_order", text, vehicle.id)]


def _check_visit(problem: Problem, vehicle: Vehicle, visit: Visit) -> list[Violation]:
    found = []
    name = visit.step.shipment
    _, windows, service = _task(problem.shipment_by_id[name], visit.step)
    is_aboard = visit.step.kind == "pickup" and name in vehicle.aboard
    if not is_aboard and not _may_begin(visit.start_s, windows, _shut(vehicle, visit.place, service)):
        kind, last = visit.step.kind, windows[-1][1] if windows else 0
        text = f"The {kind} of {name} begins at {visit.start_s} s, its window closes at {last} s."
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
    aboard = {name for vehicle in problem.vehicles for name in vehicle.aboard}
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
        if not times and (not shipment.optional or name in aboard):
            text = f"Shipment {name} must be carried and is not."
            found.append(Violation("required_unserved", text, "", name))
    for entry in plan.unserved:
        if entry.reason not in REASONS:
            text = f"Shipment {entry.shipment} is left behind without a known reason ({entry.reason!r})."
            found.append(Violation("reason", text, "", entry.shipment))
    return found
