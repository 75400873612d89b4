"""What rides on a trip, as the planner's parts and steps: for changing a trip, and for seeing first what a change would do."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from orders.logistics.enums import StopKind
from orders.logistics.models import Load, Trip
from orders.logistics.planner.model import Kind, Route, Step
from orders.logistics.queries.journeys import WITH_PLACES, Part
from orders.logistics.queries.loads import Leg, legs_of


def loads_of(trip: Trip) -> list[Load]:
    """The trip's live loads with their places and stops. One statement."""
    return list(_riding().filter(trip=trip))


def loads_with_trip(trip_id: int) -> list[Load]:
    """The live loads of a trip, each with the trip, its truck, base, driver and pass beside what `loads_of` fetches. One statement."""
    rows = _riding().filter(trip__in=Trip.objects.filter(pk=trip_id))  # a number beyond any key is of no trip
    return list(
        rows.select_related(
            "trip__truck__carrier", "trip__truck__base__parent__parent", "trip__driver", "trip__green_pass"
        )
    )


def _riding() -> QuerySet[Load]:
    related = [f"allocation__{path}" for path in WITH_PLACES]
    return Load.objects.live().select_related("pickup", "delivery", *related).order_by("pk")


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
        parts[name] = Part(name, load.allocation, load.planned_g)
        by_part[name] = load
    return parts, by_part


def route_of(trip: Trip, loads: Mapping[str, Load]) -> Route:
    """The trip's stops in order as the planner's steps. No statement."""
    name_of = {load.pk: name for name, load in loads.items()}
    steps = []
    for leg in halts_of(loads.values()):
        kind: Kind = "pickup" if leg.stop.kind == StopKind.PICKUP else "delivery"
        steps += [Step(kind, name_of[load.pk]) for load in leg.loads]
    return Route(str(trip.truck_id), tuple(steps))
