"""What rides on a trip, as the planner's parts and steps: for changing a trip, and for seeing first what a change would do."""

from collections.abc import Iterable, Mapping

from orders.logistics.enums import StopKind
from orders.logistics.models import Load, Trip
from orders.logistics.planner.model import Kind, Route, Step
from orders.logistics.queries.journeys import WITH_PLACES, Part
from orders.logistics.queries.loads import legs_of


def loads_of(trip: Trip) -> list[Load]:
    """The trip's live loads with their places. One statement."""
    related = [f"allocation__{path}" for path in WITH_PLACES]
    return list(Load.objects.live().filter(trip=trip).select_related(*related).order_by("pk"))


def parts_of(loads: Iterable[Load]) -> tuple[dict[str, Part], dict[str, Load]]:
    """Live loads of a trip as parts of a journey, and back."""
    parts, by_part = {}, {}
    for load in loads:
        name = f"load-{load.pk}"
        parts[name] = Part(name, load.allocation, load.planned_g)
        by_part[name] = load
    return parts, by_part


def route_of(trip: Trip, loads: Mapping[str, Load]) -> Route:
    """The trip's stops in order as the planner's steps. One statement."""
    name_of = {load.pk: name for name, load in loads.items()}
    steps = []
    for leg in legs_of(trip.stops.all(), loads.values()):
        kind: Kind = "pickup" if leg.stop.kind == StopKind.PICKUP else "delivery"
        steps += [Step(kind, name_of[load.pk]) for load in leg.loads]
    return Route(str(trip.truck_id), tuple(steps))
