"""What a page about a change of truck asks, and who had a trip's goods in hand."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from orders.logistics.enums import StopKind
from orders.logistics.models import Breakdown, Handover, Load, Seal, Stop, TransferPoint, Trip, Truck


def open_points() -> QuerySet[TransferPoint]:
    return TransferPoint.objects.filter(is_active=True).select_related("place__parent__parent", "keeper")


def trucks_to_take(trucks: QuerySet[Truck], load: Load) -> list[Truck]:
    """Active trucks but the one that brings. One statement."""
    return list(trucks.filter(is_active=True).exclude(pk=load.trip.truck_id).order_by("plate"))


def has_met(stop: Stop) -> bool:
    """Whether the crews or sides have said that they met there. One statement."""
    return Handover.objects.filter(stop=stop, from_load=None, to_load=None).exists()


@dataclass(frozen=True)
class Custody:
    """Who has had the goods of a trip: meetings, changes of truck and seals."""

    handovers: list[Handover]
    seals: list[Seal]
    codes: list[Stop]
    breakdowns: list[Breakdown]


def custody_of(trip: Trip) -> Custody:
    """Four statements."""
    rows = Handover.objects.filter(Q(stop__trip=trip) | Q(from_load__trip=trip)).select_related(
        "stop__organisation",
        "stop__trip__truck",
        "by",
        "from_load__trip__truck",
        "from_load__trip__driver",
        "to_load__trip__truck",
        "to_load__trip__driver",
        "from_load__allocation__lot__produce",
    )
    seals = Seal.objects.filter(trip=trip).select_related("put_by")
    return Custody(list(rows.order_by("at", "pk")), list(seals), codes_to_show(trip), list(trip.breakdowns.all()))


def codes_to_show(trip: Trip) -> list[Any]:
    """At changes of truck each crew types what the other shows: the codes of the other trucks' stops. One statement."""
    brought = Q(pickups__continues__trip=trip, pickups__state="planned", kind=StopKind.PICKUP)
    takes = Q(
        deliveries__onward__trip=trip, deliveries__onward__state__in=["planned", "loaded"], kind=StopKind.DELIVERY
    )
    stops = Stop.objects.filter(brought | takes, is_transfer=True).exclude(code="").distinct()
    return list(stops.select_related("trip__truck", "trip__driver").order_by("planned_at", "pk"))


def codes_of_yard(loads: Any, day: dt.date) -> dict[int, list[Stop]]:
    """The codes that sellers show to the drivers who fetch, by pledge. One statement."""
    return _codes(loads, day, "pickup")


def codes_of_dock(loads: Any, day: dt.date) -> dict[int, list[Stop]]:
    """The codes that buyers show to the drivers who bring, by pledge. One statement."""
    return _codes(loads, day, "delivery")


def _codes(loads: Any, day: dt.date, end: str) -> dict[int, list[Stop]]:
    rows = loads.filter(trip__day__gte=day, **{f"{end}__is_transfer": False, f"{end}__departed_at": None})
    found: dict[int, list[Stop]] = {}
    for load in rows.exclude(**{f"{end}__code": ""}).select_related(f"{end}__trip__truck", "allocation").order_by("pk"):
        stop = getattr(load, end)
        known = found.setdefault(load.allocation.pledge_id, [])
        if stop not in known:
            known.append(stop)
    return found
