"""What a buyer is to receive."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from orders.logistics.enums import LoadState, TripState
from orders.logistics.models import Load, Receipt
from orders.logistics.queries.loads import received_by_load


@dataclass(frozen=True)
class Incoming:
    """A load on its way to a buyer; `left_g` is what no receipt speaks of yet."""

    load: Load
    left_g: int

    @property
    def can_receive(self) -> bool:
        load = self.load
        on_the_road = load.trip.state in (TripState.EN_ROUTE, TripState.COMPLETED)
        return load.state == LoadState.LOADED and on_the_road and load.pickup.departed_at is not None


def incoming_of(loads: QuerySet[Load], today: dt.date) -> tuple[list[Incoming], list[Incoming]]:
    """Of the person's loads: those to receive, by planned arrival, and those received since yesterday. Two statements."""
    rows = list(
        loads.exclude(state=LoadState.DELIVERED, trip__day__lt=today - dt.timedelta(days=1))
        .select_related(
            "trip__truck",
            "trip__driver",
            "pickup",
            "delivery",
            "allocation__pledge__dock",
            "allocation__lot__listing__produce",
            "allocation__lot__seller",
        )
        .order_by("delivery__planned_at", "pk")
    )
    received = received_by_load([load.pk for load in rows])
    found = [Incoming(load, (load.loaded_g or 0) - received.get(load.pk, 0)) for load in rows]
    done = [row for row in found if row.load.state == LoadState.DELIVERED]
    return [row for row in found if row.load.state != LoadState.DELIVERED], done


def left_of(load: Load) -> int:
    """Grams on board that no receipt speaks of. One statement."""
    return (load.loaded_g or 0) - received_by_load([load.pk]).get(load.pk, 0)


def receipts_of(load: Load) -> list[Receipt]:
    """One statement."""
    return list(Receipt.objects.filter(load=load).select_related("by").order_by("pk"))
