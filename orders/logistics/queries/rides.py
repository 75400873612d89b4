"""What rides on a trip, as the planner's parts and steps: for changing a trip, and for seeing first what a change would do."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from orders.logistics.enums import StopKind
from orders.logistics.models import Load, Stop, Trip
from orders.logistics.planner.model import Kind, Route, Step
from orders.logistics.queries.journeys import DAY_S, WITH_PLACES, Meeting, Part, clock_s, seconds_of
from orders.logistics.queries.loads import Leg, legs_of

BOTH_STOPS = ("pickup__transfer_point", "delivery__transfer_point")


def loads_of(trip: Trip) -> list[Load]:
    """The trip's live loads with their places and stops. One statement."""
    return list(riding().filter(trip=trip))


def loads_with_trip(trip_id: int) -> list[Load]:
    """The live loads of a trip, each with the trip, its truck, base, driver and pass beside what `loads_of` fetches. One statement."""
    rows = riding().filter(trip__in=Trip.objects.filter(pk=trip_id))  # a number beyond any key is of no trip
    return list(
        rows.select_related(
            "trip__truck__carrier", "trip__truck__base__parent__parent", "trip__driver", "trip__green_pass"
        )
    )


def riding() -> QuerySet[Load]:
    related = [f"allocation__{path}" for path in WITH_PLACES]
    return Load.objects.live().select_related("trip", *BOTH_STOPS, *related).order_by("pk")


def halts_of(loads: Iterable[Load]) -> list[Leg]:
    """The halts that the live loads of a trip make, in order, from rows fetched with their stops. No statement."""
    rows = list(loads)
    stops = {stop.pk: stop for load in rows for stop in (load.pickup, load.delivery)}
    return legs_of(stops.values(), rows)


def parts_of(loads: Iterable[Load]) -> tuple[dict[str, Part], dict[str, Load]]:
    """Live loads of a trip as parts of a journey, and back."""
    parts, by_part = {}, {}
    for load in loads:
        name = f"load-{load.pk}"
        parts[name] = Part(name, load.allocation, load.planned_g, *_meetings(load))
        by_part[name] = load
    return parts, by_part


def _meetings(load: Load) -> tuple[Meeting | None, Meeting | None]:
    """Where the load changes truck keeps its place and hours when the trip is written anew."""
    taken_at = meeting_at(load.pickup, load.trip.day) if load.pickup.is_transfer else None
    given_at = meeting_at(load.delivery, load.trip.day) if load.delivery.is_transfer else None
    return taken_at, given_at


def meeting_at(stop: Stop, day: dt.date, *, not_before: dt.datetime | None = None) -> Meeting:
    """Between the hours of the transfer point, and not before the goods are there. One statement where the point is not fetched."""
    point = stop.transfer_point
    opens, closes = (0, DAY_S) if point is None else (clock_s(point.opens_at), clock_s(point.closes_at))
    there = seconds_of(not_before, day) if not_before else 0
    return Meeting(stop, (max(opens, there), max(closes, there)))


def route_of(trip: Trip, loads: Mapping[str, Load]) -> Route:
    """The trip's stops in order as the planner's steps. No statement."""
    name_of = {load.pk: name for name, load in loads.items()}
    steps = []
    for leg in halts_of(loads.values()):
        kind: Kind = "pickup" if leg.stop.kind == StopKind.PICKUP else "delivery"
        steps += [Step(kind, name_of[load.pk]) for load in leg.loads]
    return Route(str(trip.truck_id), tuple(steps))
