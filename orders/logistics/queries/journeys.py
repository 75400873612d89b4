"""One truck's way as the planner sees it: points, windows, the order of halts and the times that follow.

Used alike for a whole day, for a route about to become a trip, and for a load moved by hand, so that all of them are
held to the same rules. Reads nothing: what it needs comes with the rows (see `WITH_PLACES`).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from market.models import Place, Produce
from market.models.lots import HARVEST
from orders.logistics.enums import StopKind
from orders.logistics.models import Driver, Load, Pass, Stop, Truck
from orders.logistics.planner.checker import Schedule, check, schedule
from orders.logistics.planner.model import Plan, Problem, Route, Shipment, Step, Vehicle, Window
from orders.logistics.queries.conditions import Conditions, service_s, under_conditions, yard_of
from orders.logistics.queries.roads import Site, travel
from orders.models import Allocation, Dock

# `select_related` of an allocation for everything below.
WITH_PLACES = (
    "lot__listing__place__parent__parent",
    "lot__produce",
    "lot__seller__yard",
    "pledge__buyer",
    "pledge__dock__place__parent__parent",
)
GATE_S = 300  # entering a yard: paid once for all loads of one halt
COLD_BELOW_HOURS = 12  # what keeps no longer than this in the heat needs a cold truck
YUAN_A_TRIP, YUAN_A_KM = 60.0, 1.2
COLD, PASS = "cold", "pass"
DAY_S = 86_400
Point = tuple[float, float]


@dataclass(frozen=True)
class Meeting:
    """Where goods change truck, and between which seconds of the day. `stop` is what a trip's stop there is copied from."""

    stop: Stop
    window: Window
    turn: int = 0  # two loads of one allocation are two halts at one place

    @property
    def key(self) -> tuple[str, Any, Any]:
        return "meeting", (self.stop.lat, self.stop.lon), self.turn

    @property
    def point(self) -> Point:
        return self.stop.lat, self.stop.lon


@dataclass(frozen=True)
class Part:
    """Grams of an allocation that ride together. `id` is the planner's name for them.

    They are taken from the yard and brought to the dock, or from and to where they change truck; `continues` is the load that
    brings them there.
    """

    id: str
    allocation: Allocation
    grams: int
    taken_at: Meeting | None = None
    given_at: Meeting | None = None
    continues: Load | None = None


@dataclass(frozen=True)
class Candidate:
    """A truck that may run, with its driver and pass, within a window of the day."""

    truck: Truck
    driver: Driver
    green_pass: Pass | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    conditions: Conditions | None = None
    others: tuple["Candidate", ...] = ()  # the same truck with each other pass that would do (see `pass_choice`)


@dataclass(frozen=True)
class Halt:
    """All that is loaded or unloaded at one place in a row."""

    kind: StopKind
    part: Part  # the first of them: it says where
    part_ids: tuple[str, ...]
    planned_at: dt.datetime


@dataclass(frozen=True)
class Journey:
    """A truck's route with its halts, when it leaves and is back, and what is wrong with it."""

    route: Route
    halts: tuple[Halt, ...]
    starts_at: dt.datetime
    ends_at: dt.datetime
    distance_m: int
    violations: tuple[str, ...]


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0), timezone.get_current_timezone())


def seconds_of(moment: dt.datetime, day: dt.date) -> int:
    """From the day's midnight, kept within the day."""
    return min(max(int((moment - midnight(day)).total_seconds()), 0), DAY_S)


def point_of(place: Place) -> Point | None:
    """Its own point, or that of the place it lies in: a village has none of its own."""
    at: Place | None = place
    while at is not None:
        if at.lat is not None and at.lon is not None:
            return at.lat, at.lon
        at = at.parent
    return None


def dock_point(dock: Dock) -> Point | None:
    if dock.lat is not None and dock.lon is not None:
        return dock.lat, dock.lon
    return point_of(dock.place)


def pickup_key(allocation: Allocation) -> tuple[str, Any, Any]:
    """What one yard is: the same seller at the same place."""
    return ("pickup", allocation.lot.seller_id, allocation.lot.listing.place_id)


def delivery_key(allocation: Allocation) -> tuple[str, Any, Any]:
    return ("delivery", allocation.pledge.dock_id, None)


def needs_cold(produce: Produce) -> bool:
    return bool(produce.cold_hours and produce.ambient_hours and produce.ambient_hours <= COLD_BELOW_HOURS)


def pickup_window(allocation: Allocation, day: dt.date) -> Window:
    """From the harvest on; goods of an earlier day are ready at any time."""
    ready = HARVEST.hour * 3600 if allocation.lot.day >= day else 0
    return ready, max(ready, seconds_of(allocation.lot.best_before, day))


def delivery_window(allocation: Allocation, day: dt.date) -> Window | None:
    """Within the pledge's window, the dock's hours and the produce's life; None where these never meet."""
    pledge, dock = allocation.pledge, allocation.pledge.dock
    opens, closes = max(pledge.window_from, dock.opens_at), min(pledge.window_to, dock.closes_at)
    until = min(clock_s(closes), seconds_of(allocation.lot.best_before, day))
    return (clock_s(opens), until) if clock_s(opens) <= until else None


def make_problem(parts: Sequence[Part], candidates: Sequence[Candidate], day: dt.date, *, pass_needed: bool) -> Problem:
    """The planner's problem. Every part must have its points and a delivery window. Reads nothing."""
    places: dict[Any, int] = {}
    points: list[Point] = []

    def index(key: Any, point: Point) -> int:
        if key not in places:
            places[key] = len(points)
            points.append(point)
        return places[key]

    vehicles = tuple(
        _vehicle(c, index(("base", c.truck.base_id), _known(point_of(c.truck.base))), day) for c in candidates
    )
    shipments = tuple(
        _shipment(
            part,
            index(*_taken_at(part)),
            index(*_given_at(part)),
            day,
            pass_needed=pass_needed,
        )
        for part in parts
    )
    sites = _sites(places, points, parts, candidates)
    orders = next((c.conditions for c in candidates if c.conditions is not None), None)
    distances, durations = travel(sites, orders.roads if orders else {})
    problem = Problem(distances, durations, shipments, vehicles)
    return under_conditions(problem, parts, candidates, sites, midnight(day), pass_needed=pass_needed)


def _sites(
    places: dict[Any, int], points: Sequence[Point], parts: Sequence[Part], candidates: Sequence[Candidate]
) -> list[Site]:
    """The matrix's places with their codes and the time their gates take."""
    facts: dict[Any, tuple[str, int]] = {("base", c.truck.base_id): (c.truck.base_id, GATE_S) for c in candidates}
    for part in parts:
        allocation, yard = part.allocation, yard_of(part)
        dock = allocation.pledge.dock
        facts[pickup_key(allocation)] = allocation.lot.listing.place_id, yard.gate_minutes * 60 if yard else GATE_S
        facts[delivery_key(allocation)] = dock.place_id, dock.gate_minutes * 60
    return [Site(points[n], *facts.get(key, ("", GATE_S))) for key, n in places.items()]


def _taken_at(part: Part) -> tuple[Any, Point]:
    if part.taken_at is not None:
        return part.taken_at.key, part.taken_at.point
    return pickup_key(part.allocation), _known(point_of(part.allocation.lot.listing.place))


def _given_at(part: Part) -> tuple[Any, Point]:
    if part.given_at is not None:
        return part.given_at.key, part.given_at.point
    return delivery_key(part.allocation), _known(dock_point(part.allocation.pledge.dock))


def make_journey(problem: Problem, route: Route, parts: dict[str, Part], day: dt.date) -> Journey:
    """The route's halts and times, with every rule it breaks. The truck leaves as late as its first halt allows."""
    run = schedule(problem, route)
    vehicle = problem.vehicle_by_id[route.vehicle]
    first = run.visits[0]
    away = 0 if vehicle.start is None else problem.durations_s[vehicle.start][first.place]
    starts_s = max(first.start_s - away, vehicle.shift[0])
    found = check(problem, Plan((route,), (), ""))
    carried = {step.shipment for step in route.steps}
    broken = [v.kind for v in found if v.kind != "shipment_lost" and (not v.shipment or v.shipment in carried)]
    return Journey(
        route,
        tuple(_halts(run, parts, day)),
        _moment(day, starts_s),
        _moment(day, max(run.end_s, starts_s + 60)),
        run.distance_m,
        tuple(broken),
    )


def insert_cheapest(problem: Problem, route: Route, shipment: str) -> tuple[Route | None, tuple[str, ...]]:
    """The route with the shipment where it costs the fewest metres, then the least time, and breaks nothing; else None
    and what it breaks.

    Every pair of positions is tried by the planner's own judge: a trip has few halts.
    """
    best: tuple[tuple[int, int], Route] | None = None
    broken: tuple[str, ...] = ()
    for route_now in _insertions(route, shipment):
        kinds = _broken(problem, route_now)
        if kinds:
            broken = broken if broken and len(broken) <= len(kinds) else kinds
            continue
        run = schedule(problem, route_now)
        cost = (run.distance_m, run.end_s)
        if best is None or cost < best[0]:
            best = (cost, route_now)
    return (best[1], ()) if best else (None, broken)


def without(route: Route, shipments: Iterable[str]) -> Route:
    gone = set(shipments)
    return replace(route, steps=tuple(step for step in route.steps if step.shipment not in gone))


def _broken(problem: Problem, route: Route) -> tuple[str, ...]:
    """What this route breaks; that others are not carried is not its fault."""
    found = check(problem, Plan((route,), (), ""))
    return tuple(dict.fromkeys(v.kind for v in found if v.kind not in ("shipment_lost", "required_unserved")))


def _insertions(route: Route, shipment: str) -> Iterable[Route]:
    steps = route.steps
    for i in range(len(steps) + 1):
        with_pickup = (*steps[:i], Step("pickup", shipment), *steps[i:])
        for j in range(i + 1, len(with_pickup) + 1):
            yield replace(route, steps=(*with_pickup[:j], Step("delivery", shipment), *with_pickup[j:]))


def _halts(run: Schedule, parts: dict[str, Part], day: dt.date) -> Iterable[Halt]:
    """Visits in a row at one place and of one kind are one halt. It is planned for when work there begins."""
    grouped: list[tuple[Any, list[Any]]] = []
    for visit in run.visits:
        key = (visit.step.kind, visit.place)
        if not grouped or grouped[-1][0] != key:
            grouped.append((key, []))
        grouped[-1][1].append(visit)
    for (kind, _place), visits in grouped:
        ids = tuple(visit.step.shipment for visit in visits)
        yield Halt(StopKind(kind), parts[ids[0]], ids, _moment(day, visits[0].start_s))


def _vehicle(candidate: Candidate, base: int, day: dt.date) -> Vehicle:
    skills = {COLD} if candidate.truck.is_cold else set()
    return Vehicle(
        id=str(candidate.truck.pk),
        capacity_g=candidate.truck.rated_g,
        start=base,
        end=base,
        shift=(seconds_of(candidate.starts_at, day), seconds_of(candidate.ends_at, day)),
        skills=frozenset(skills | ({PASS} if candidate.green_pass else set())),
        fixed_cost=YUAN_A_TRIP,
        cost_per_km=YUAN_A_KM,
    )


def _shipment(part: Part, pickup: int, delivery: int, day: dt.date, *, pass_needed: bool) -> Shipment:
    service = service_s(part.grams)
    skills = ({COLD} if needs_cold(part.allocation.lot.produce) else set()) | ({PASS} if pass_needed else set())
    window = part.given_at.window if part.given_at else delivery_window(part.allocation, day)
    if window is None:
        raise ValueError(f"allocation {part.allocation.pk} has no time of delivery")
    return Shipment(
        id=part.id,
        pickup=pickup,
        delivery=delivery,
        mass_g=part.grams,
        pickup_window=part.taken_at.window if part.taken_at else pickup_window(part.allocation, day),
        delivery_window=window,
        pickup_service_s=service,
        delivery_service_s=service,
        skills=frozenset(skills),
        priority=_priority(part.allocation, day),
    )


def _priority(allocation: Allocation, day: dt.date) -> int:
    """3 for what spoils within a day of the noon of delivery, 2 within two days, 1 for what keeps."""
    left = allocation.lot.best_before - midnight(day) - dt.timedelta(hours=12)
    return 3 if left <= dt.timedelta(days=1) else 2 if left <= dt.timedelta(days=2) else 1


def _known(point: Point | None) -> Point:
    if point is None:
        raise ValueError("a place without a point was not sorted out")
    return point


def clock_s(at: dt.time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _moment(day: dt.date, seconds: int) -> dt.datetime:
    return midnight(day) + dt.timedelta(seconds=seconds)
