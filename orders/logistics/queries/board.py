"""The dispatcher's board: each trip's halts on one clock with what is aboard and how long it waits, and where goods can be put."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from orders.logistics.enums import EDITABLE_TRIPS, LoadState, StopKind
from orders.logistics.models import Load, Stop, Trip, Yard
from orders.logistics.queries.conditions import SERVICE_S_PER_TONNE, service_s
from orders.logistics.queries.day import DayBoard, day_board
from orders.logistics.queries.fleet import Fleet, fleet_for
from orders.logistics.queries.journeys import (
    GATE_S,
    Candidate,
    dock_point,
    midnight,
    point_of,
)
from orders.logistics.queries.loads import Leg, planned_by_allocation
from orders.logistics.queries.roads import Corrections, Site, travel
from orders.logistics.queries.trips import TripSheet
from orders.models import Allocation

MINUTE = dt.timedelta(minutes=1)
SHORT_WAIT = dt.timedelta(minutes=5)  # less is no waiting, but rounding


@dataclass(frozen=True)
class BoardStop:
    """A halt on the clock. `reaches_at` is when the truck gets there as planned, `planned_at` when work begins."""

    leg: Leg
    reaches_at: dt.datetime
    works_until: dt.datetime

    @property
    def stop(self) -> Stop:
        return self.leg.stop

    @property
    def waits(self) -> dt.timedelta:
        waiting = self.stop.planned_at - self.reaches_at
        return waiting if waiting >= SHORT_WAIT else dt.timedelta(0)

    @property
    def waits_minutes(self) -> int:
        return self.waits // MINUTE

    @property
    def late_minutes(self) -> int:
        """How much later than planned the truck came."""
        at = self.stop.arrived_at
        return max((at - self.stop.planned_at) // MINUTE, 0) if at else 0


@dataclass(frozen=True)
class BoardTrip:
    sheet: TripSheet
    stops: list[BoardStop]

    @property
    def trip(self) -> Trip:
        return self.sheet.trip

    @property
    def is_open(self) -> bool:
        """Whether goods can be put on it."""
        return self.trip.state in EDITABLE_TRIPS and not self.trip.is_locked

    @property
    def can_lock(self) -> bool:
        return self.trip.state in EDITABLE_TRIPS

    @property
    def may_leave(self) -> bool | None:
        """Whether it may leave as things are; None once it is on its way."""
        return None if self.trip.state not in EDITABLE_TRIPS else not self.sheet.reasons

    @property
    def loads(self) -> list[Load]:
        return self.sheet.loads

    @property
    def movable(self) -> set[int]:
        """Loads that can be put elsewhere."""
        locked = self.trip.is_locked and self.can_lock
        return set() if locked else {load.pk for load in self.loads if load.state == LoadState.PLANNED}


@dataclass(frozen=True)
class Board:
    day: DayBoard
    trips: list[BoardTrip]
    fleet: Fleet

    @property
    def free(self) -> list[Candidate]:
        """Trucks that could run another trip, the largest first."""
        return sorted(self.fleet.candidates, key=lambda one: (-one.truck.rated_g, one.truck.plate))

    @property
    def open_trips(self) -> list[BoardTrip]:
        return [one for one in self.trips if one.is_open]

    @property
    def locked_count(self) -> int:
        return sum(1 for one in self.trips if one.trip.is_locked)


def board_of(day: dt.date, at: dt.datetime) -> Board:
    """Twelve statements, whatever the number of trips: the day's seven and the fleet's five."""
    of_day, fleet = day_board(day), fleet_for(day, at)
    roads = next((one.conditions.roads for one in fleet.candidates if one.conditions is not None), {})
    return Board(of_day, [BoardTrip(sheet, stops_of(sheet, roads)) for sheet in of_day.running], fleet)


def stops_of(sheet: TripSheet, roads: Corrections) -> list[BoardStop]:
    """The halts with when the truck gets there and is done, by the planner's own figures. No statement."""
    drives = _drives(sheet.legs, roads)
    found: list[BoardStop] = []
    for leg, drive in zip(sheet.legs, drives, strict=True):
        reaches_at = min(found[-1].works_until + drive, leg.stop.planned_at) if found else leg.stop.planned_at
        found.append(BoardStop(leg, reaches_at, leg.stop.planned_at + _work(leg)))
    return found


def grams_of(goods: Load | Allocation) -> int:
    """What putting them somewhere moves: a load's, or what of an allocation rides on no truck. At most one statement."""
    if isinstance(goods, Load):
        return goods.planned_g
    return goods.grams - planned_by_allocation([goods.pk]).get(goods.pk, 0)


def clock_of(board: Board, now: dt.datetime) -> dict[str, Any]:
    """What the timelines are drawn from: minutes from the day's midnight and kilograms. No statement."""
    start = midnight(board.day.day)
    trips = [_line(one, start) for one in board.trips]
    first = min((trip["from"] for trip in trips), default=360)
    last = max((trip["until"] for trip in trips), default=1080)
    today = timezone.localdate(now) == board.day.day
    return {
        "from": first // 60 * 60,
        "until": -(-last // 60) * 60,
        "now": _minutes(now, start) if today else None,
        "trips": trips,
    }


def map_of(board: Board) -> dict[str, Any]:
    """Yards and docks of the trips, where goods wait for a truck, and the trucks' ways, for components/_map.html. No statement."""
    points: dict[tuple[float, float, str], dict[str, Any]] = {}
    for one in board.trips:
        for leg in one.sheet.legs:
            stop = leg.stop
            kind = "" if stop.kind == StopKind.PICKUP else "dock"
            _add_point(points, (stop.lat, stop.lon), stop.organisation.name, kind)
    for row in board.day.unserved:
        _add_point(points, point_of(row.allocation.lot.listing.place), row.allocation.lot.seller.name, "warm")
        _add_point(points, dock_point(row.allocation.pledge.dock), row.allocation.pledge.buyer.name, "dock")
    routes = [
        {"label": one.trip.truck.plate, "points": [[leg.stop.lat, leg.stop.lon] for leg in one.sheet.legs]}
        for one in board.trips
        if one.sheet.legs
    ]
    return {"points": list(points.values()), "routes": routes}


def _add_point(points: dict[Any, dict[str, Any]], at: tuple[float, float] | None, label: str, kind: str) -> None:
    if at is not None and at != (0.0, 0.0):
        points[(*at, label)] = {"lat": at[0], "lon": at[1], "label": label, "kind": kind, "approximate": kind != "dock"}


def _line(one: BoardTrip, start: dt.datetime) -> dict[str, Any]:
    trip = one.trip
    halts = [_halt(stop, start) for stop in one.stops]
    real = [halt[key] for halt in halts for key in ("arrived", "departed") if halt[key] is not None]
    return {
        "id": trip.pk,
        "from": min([_minutes(trip.starts_at, start), *real]),
        "until": max([_minutes(trip.ends_at, start), *real]),
        "starts": _minutes(trip.starts_at, start),
        "ends": _minutes(trip.ends_at, start),
        "rated_kg": trip.truck.rated_g / 1000,
        "halts": halts,
    }


def _halt(one: BoardStop, start: dt.datetime) -> dict[str, Any]:
    stop = one.stop
    return {
        "kind": stop.kind,
        "name": stop.organisation.name,
        "reaches": _minutes(one.reaches_at, start) if one.waits else _minutes(stop.planned_at, start),
        "begins": _minutes(stop.planned_at, start),
        "done": _minutes(one.works_until, start),
        "arrived": _minutes(stop.arrived_at, start) if stop.arrived_at else None,
        "departed": _minutes(stop.departed_at, start) if stop.departed_at else None,
        "aboard_kg": one.leg.aboard_g / 1000,
    }


def _minutes(moment: dt.datetime, start: dt.datetime) -> int:
    return (moment - start) // MINUTE


def _work(leg: Leg) -> dt.timedelta:
    grams = sum(load.planned_g for load in leg.loads)
    yard = _yard(leg)
    pace = yard.minutes_a_tonne * 60 if yard else SERVICE_S_PER_TONNE
    return dt.timedelta(seconds=service_s(grams, loads=len(leg.loads), a_tonne_s=pace))


def _drives(legs: Sequence[Leg], roads: Corrections) -> list[dt.timedelta]:
    """From the stop before; the first has none."""
    sites = [Site((leg.stop.lat, leg.stop.lon), leg.stop.place_id, _gate_s(leg)) for leg in legs]
    _distances, durations = travel(sites, roads)
    return [dt.timedelta(seconds=durations[max(n - 1, 0)][n]) for n in range(len(sites))]


def _gate_s(leg: Leg) -> int:
    yard = _yard(leg)
    if yard is not None:
        return yard.gate_minutes * 60
    at_dock = leg.stop.dock_id is not None and bool(leg.loads)
    return leg.loads[0].allocation.pledge.dock.gate_minutes * 60 if at_dock else GATE_S


def _yard(leg: Leg) -> Yard | None:
    """Of a seller who loads there. No statement: it was fetched with the loads."""
    is_yard = leg.stop.kind == StopKind.PICKUP and not leg.stop.is_transfer and leg.loads
    return getattr(leg.loads[0].allocation.lot.seller, "yard", None) if is_yard else None
