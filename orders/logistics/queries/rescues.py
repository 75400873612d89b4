"""Which trucks could take over from one that stands, and the way they would go."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum

from orders.logistics.enums import LoadState, StopKind
from orders.logistics.models import Breakdown, Handover, Load, Stop, Trip, Truck
from orders.logistics.planner.matrix import make_matrices
from orders.logistics.planner.model import Route, Step
from orders.logistics.queries.fleet import fleet_for
from orders.logistics.queries.journeys import (
    DAY_S,
    Candidate,
    Journey,
    Meeting,
    Part,
    Point,
    dock_point,
    make_journey,
    make_problem,
    needs_cold,
    point_of,
    seconds_of,
)
from orders.logistics.queries.loads import left_to_give, received_by_load
from orders.logistics.queries.rides import meeting_at, riding
from orders.logistics.wording import violation_words

PATIENCE = dt.timedelta(minutes=10)  # from the order to the rescuing truck's start


@dataclass(frozen=True)
class Stranded:
    """A load of the broken truck; `open_g` is what no rescue is arranged for."""

    load: Load
    open_g: int

    @property
    def is_aboard(self) -> bool:
        return self.load.state == LoadState.LOADED


@dataclass(frozen=True)
class RescueTruck:
    """A truck with when it could be there and bring the goods, and how long they would still keep then; or why it cannot."""

    truck: Truck
    distance_m: int
    room_g: int
    there_at: dt.datetime | None
    hours_left: float | None
    why_not: tuple[Any, ...] = ()

    @property
    def can(self) -> bool:
        return not self.why_not

    @property
    def spoils_first(self) -> bool:
        return self.hours_left is not None and self.hours_left < 0


@dataclass(frozen=True)
class RescuePage:
    breakdown: Breakdown
    stranded: list[Stranded]
    waiting: list[Load]
    trips: list[Trip]
    trucks: list[RescueTruck]

    @property
    def open_g(self) -> int:
        return sum(row.open_g for row in self.stranded)


def rescue_page(breakdown: Breakdown, at: dt.datetime) -> RescuePage:
    """Six statements (the loads, what was handed over, is planned and was received of them, what rescue trips wait for, these trips) and those of
    the fleet."""
    loads = list(riding().filter(trip=breakdown.trip_id, state__in=[LoadState.PLANNED, LoadState.LOADED]))
    left = _open_by_load(loads)
    stranded = [Stranded(load, left[load.pk]) for load in loads if left[load.pk]]
    waiting = rescues_of(loads)
    trips = Trip.objects.filter(rescues=breakdown.trip_id).select_related("truck", "driver").order_by("pk")
    trucks = rank_trucks(breakdown, stranded, at)
    return RescuePage(breakdown, stranded, list(waiting), list(trips), trucks)


def rank_trucks(breakdown: Breakdown, stranded: list[Stranded], at: dt.datetime) -> list[RescueTruck]:
    """Those that can, first: who carries all before who carries a part, what comes before the goods spoil, the first to be there, the nearest. Then the
    others with their reasons. The statements of `fleet_for`."""
    fleet = fleet_for(breakdown.trip.day, at)
    wanted = sum(row.open_g for row in stranded)
    where = point_of_breakdown(breakdown)
    mine = breakdown.trip.truck_id
    found = [_candidate(c, where, stranded, at) for c in fleet.candidates if c.truck.pk != mine]
    found += [
        RescueTruck(
            out.truck, _metres(point_of(out.truck.base), where), out.truck.rated_g, None, None, tuple(out.reasons)
        )
        for out in fleet.excluded
        if out.truck.pk != mine
    ]
    return sorted(
        found,
        key=lambda one: (
            not one.can,
            one.spoils_first,
            one.room_g < wanted,
            one.there_at or at,
            one.distance_m,
            one.truck.pk,
        ),
    )


def _candidate(candidate: Candidate, where: Point, stranded: list[Stranded], at: dt.datetime) -> RescueTruck:
    truck = candidate.truck
    distance_m, drive = _way(point_of(truck.base), where)
    there_at = max(candidate.starts_at, at + PATIENCE) + drive
    why: list[Any] = []
    if stranded and all(needs_cold(row.load.allocation.lot.produce) for row in stranded) and not truck.is_cold:
        why += violation_words(["skill"])
    if there_at > candidate.ends_at:
        why += violation_words(["shift"])
    return RescueTruck(truck, distance_m, truck.rated_g, there_at, _hours_left(there_at, where, stranded), tuple(why))


def _hours_left(there_at: dt.datetime, where: Point, stranded: list[Stranded]) -> float | None:
    """How long the goods that spoil first would keep after they are brought; below zero they spoil on the way."""
    left = []
    for row in stranded:
        _metres_on, drive = _way(where, dock_point(row.load.allocation.pledge.dock))
        left.append((row.load.allocation.lot.best_before - there_at - drive).total_seconds() / 3600)
    return min(left, default=None)


def _way(start: Point | None, end: Point | None) -> tuple[int, dt.timedelta]:
    if start is None or end is None:
        return 0, dt.timedelta(0)
    facts = {"speed_kmh": settings.ROAD_SPEED_KMH, "road_factor": settings.ROAD_FACTOR, "gate_s": 0}
    distances, durations = make_matrices([start, end], **facts)
    return int(distances[0][1]), dt.timedelta(seconds=int(durations[0][1]))


def _metres(start: Point | None, end: Point) -> int:
    return _way(start, end)[0]


def point_of_breakdown(breakdown: Breakdown) -> Point:
    if breakdown.lat is not None and breakdown.lon is not None:
        return breakdown.lat, breakdown.lon
    return point_of(breakdown.place) or (0.0, 0.0)


def stop_where_it_stands(breakdown: Breakdown) -> Stop:
    """What a stop there says; not saved. The crew that stands is who is met."""
    lat, lon = point_of_breakdown(breakdown)
    driver = breakdown.trip.driver
    return Stop(
        organisation_id=breakdown.trip.truck.carrier_id,
        place_id=breakdown.place_id,
        is_transfer=True,
        address=f"{breakdown.place.full_name_zh} {breakdown.address}".strip()[:200],
        contact_name=driver.name,
        contact_phone=driver.phone,
        lat=lat,
        lon=lon,
    )


def rescues_of(loads: Iterable[Load]) -> QuerySet[Load]:
    """What rescue trips are still to take on of these loads. A truck that waits at a transfer point is none."""
    return Load.objects.filter(continues__in=list(loads), state=LoadState.PLANNED, pickup__transfer_point=None)


def open_g(load: Load) -> int:
    """Of what is aboard or still to be loaded, what no rescue is arranged for. Three statements."""
    if load.state == LoadState.PLANNED:
        return load.planned_g
    planned = rescues_of([load]).aggregate(g=Sum("planned_g"))["g"] or 0
    return max(left_to_give(load) - planned, 0)


def _open_by_load(loads: list[Load]) -> dict[int, int]:
    """`open_g` of many. Three statements."""
    said = Handover.objects.filter(from_load__in=loads).values("from_load").order_by()
    gone = {row["from_load"]: row["g"] + row["m"] for row in said.annotate(g=Sum("grams"), m=Sum("missing_g"))}
    onward = rescues_of(loads).values("continues").order_by()
    planned = dict(onward.annotate(g=Sum("planned_g")).values_list("continues", "g"))
    received = received_by_load([load.pk for load in loads])
    settled: list[Mapping[Any, Any]] = [gone, planned, received]
    return {load.pk: max(load.riding_g - sum(one.get(load.pk, 0) for one in settled), 0) for load in loads}


def rescue_parts(chosen: Mapping[Load, int], stop: Stop, day: dt.date, at: dt.datetime) -> dict[str, Part]:
    """What the rescuing truck carries. Two loads of one allocation are taken on as two halts, so that each keeps its chain.

    What the broken truck was still to take on from another, the rescuing truck takes on there, of the same load.
    """
    parts, seen = {}, dict[int, int]()
    rows = {row.pk: row for row in riding().filter(pk__in=[load.pk for load in chosen])}
    for load, grams in chosen.items():
        row, name = rows[load.pk], f"load-{load.pk}"
        if row.state == LoadState.PLANNED:
            met_at = meeting_at(row.pickup, day) if row.continues_id else None
            parts[name] = Part(name, row.allocation, grams, taken_at=met_at, continues=row.continues)
            continue
        turn = seen[row.allocation_id] = seen.get(row.allocation_id, -1) + 1
        meeting = Meeting(stop, (seconds_of(at, day), DAY_S), turn)
        given_at = meeting_at(row.delivery, day) if row.delivery.transfer_point_id else None
        parts[name] = Part(name, row.allocation, grams, meeting, given_at, load)
    return parts


def rescue_journey(
    trip: Trip, parts: Mapping[str, Part], chosen: Mapping[Load, int], candidate: Candidate, *, pass_needed: bool
) -> Journey:
    """First to where the truck stands, then its stops ahead in their order; the journey says what it breaks."""
    aboard = [f"load-{load.pk}" for load in chosen if load.state == LoadState.LOADED]
    steps = [Step("pickup", name) for name in aboard]
    by_stop: dict[int, list[Step]] = {}
    for load in chosen:
        name = f"load-{load.pk}"
        if name not in aboard:
            by_stop.setdefault(load.pickup_id, []).append(Step("pickup", name))
        by_stop.setdefault(_old_delivery(load), []).append(Step("delivery", name))
    order = {stop.pk: stop.position for stop in trip.stops.all()}
    for pk in sorted(by_stop, key=lambda one: order[one]):
        steps += by_stop[pk]
    route = Route(str(candidate.truck.pk), tuple(steps))
    problem = make_problem(list(parts.values()), [candidate], trip.day, pass_needed=pass_needed)
    return make_journey(problem, route, dict(parts), trip.day)


def _old_delivery(load: Load) -> int:
    """The stop of the broken trip where the load was to go, also where it goes off at the breakdown by now. One statement."""
    stop = load.delivery
    if not stop.is_transfer or stop.transfer_point_id is not None:
        return stop.pk
    ahead = Stop.objects.filter(trip=load.trip_id, kind=StopKind.DELIVERY, dock=load.allocation.pledge.dock_id)
    found = ahead.order_by("position").first()
    return found.pk if found else stop.pk


def map_of(page: RescuePage) -> dict[str, Any]:
    """Where the truck stands, the docks still to reach, and the bases of those that can come. No statement."""
    breakdown = page.breakdown
    lat, lon = point_of_breakdown(breakdown)
    points = [
        {
            "lat": lat,
            "lon": lon,
            "label": breakdown.trip.truck.plate,
            "kind": "stop",
            "approximate": breakdown.lat is None,
        }
    ]
    docks = {row.load.allocation.pledge.dock for row in page.stranded}
    bases = {row.truck.base: row.truck.plate for row in page.trucks if row.can}
    points += [_marker(dock_point(dock), dock.name, "delivery") for dock in sorted(docks, key=lambda one: one.pk)]
    points += [_marker(point_of(base), plate, "truck") for base, plate in bases.items()]
    return {"points": [one for one in points if one["lat"] is not None], "routes": []}


def _marker(point: Point | None, label: str, kind: str) -> dict[str, Any]:
    lat, lon = point or (None, None)
    return {"lat": lat, "lon": lon, "label": label, "kind": kind}
