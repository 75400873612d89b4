"""A trip with its stops and loads, as dispatcher, driver and manifest see it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from orders.logistics.enums import EDITABLE_TRIPS, StopKind, TripState
from orders.logistics.models import Load, Stop, Trip, TripOverride
from orders.logistics.queries.filling import may_have_room
from orders.logistics.queries.fitness import (
    Fitness,
    Grounds,
    Reason,
    fitness_of_trip,
    grounds_for,
    uncovered,
    with_recent_checks,
)
from orders.logistics.queries.journeys import midnight
from orders.logistics.queries.loads import Leg, legs_of, most_aboard


@dataclass(frozen=True)
class TripSheet:
    """A trip, its halts in order with the loads of each, and the heaviest it gets.

    `reasons` are what neither holds nor is let pass by a supervisor; `fitness` is None of a trip that is not asked about any more.
    """

    trip: Trip
    legs: list[Leg]
    heaviest_g: int
    reasons: list[Reason]
    fitness: Fitness | None = None

    @property
    def loads(self) -> list[Load]:
        return [load for leg in self.legs if leg.stop.kind == StopKind.PICKUP for load in leg.loads]

    @property
    def planned_g(self) -> int:
        return sum(load.planned_g for load in self.loads)

    @property
    def loaded_g(self) -> int:
        return sum(load.loaded_g or 0 for load in self.loads)

    @property
    def percent(self) -> int:
        """Of the rated mass, rounded up so that a full truck never looks half empty."""
        return -(-self.heaviest_g * 100 // self.trip.truck.rated_g)

    @property
    def next_leg(self) -> Leg | None:
        """The halt the driver is at or goes to."""
        return next((leg for leg in self.legs if leg.stop.departed_at is None), None)

    @property
    def may_fill(self) -> bool:
        """Whether filling it with stretch is worth a look; what really fits is reckoned on the page that asks."""
        has_room = may_have_room(self.loads, self.heaviest_g, self.trip.truck.rated_g)
        return self.trip.state in EDITABLE_TRIPS and has_room

    @property
    def can_lock(self) -> bool:
        return self.trip.state in EDITABLE_TRIPS

    @property
    def can_cancel(self) -> bool:
        return self.trip.state in (*EDITABLE_TRIPS, TripState.LOADING)


def with_sheet(trips: QuerySet[Trip]) -> QuerySet[Trip]:
    """Everything a sheet shows. Four statements: trips, drivers' checks, stops, loads."""
    stops = Stop.objects.select_related("organisation", "place").order_by("position")
    loads = (
        Load.objects.live()
        .select_related(
            "allocation__lot__listing__produce",
            "allocation__lot__seller__yard",
            "allocation__pledge__buyer",
            "allocation__pledge__dock",
        )
        .order_by("pk")
    )
    return trips.select_related("truck__carrier", "driver", "green_pass").prefetch_related(
        Prefetch("stops", stops), Prefetch("loads", loads, to_attr="live_rows")
    )


def sheets_of(trips: QuerySet[Trip], day: dt.date | None = None) -> list[TripSheet]:
    """Sheets in the order of the trips. Three statements; with `day` eight, and what stands against each trip not yet gone."""
    rows = with_sheet(trips)
    if day is None:
        return [_sheet(trip) for trip in rows]
    grounds = grounds_for(midnight(day), midnight(day) + dt.timedelta(days=1))
    overrides = Prefetch("overrides", TripOverride.objects.select_related("by"))
    rows = rows.prefetch_related(with_recent_checks(midnight(day), "driver__health_checks"), overrides)
    return [_sheet(trip, _fitness(trip, grounds)) for trip in rows]


def sheet_of(trip: Trip) -> TripSheet:
    """Of a trip the caller may see. Eight statements."""
    return sheets_of(Trip.objects.filter(pk=trip.pk), trip.day)[0]


def off_loading_order(sheet: TripSheet) -> list[Load]:
    """In which order the truck is packed: what is delivered last goes on first."""
    stop_at = {leg.stop.pk: n for n, leg in enumerate(sheet.legs)}
    return sorted(sheet.loads, key=lambda load: (stop_at[load.pickup_id], -stop_at[load.delivery_id], load.pk))


def _sheet(trip: Any, fitness: Fitness | None = None) -> TripSheet:
    legs = legs_of(trip.stops.all(), trip.live_rows)
    reasons = uncovered(fitness.reasons, trip.overrides.all(), trip.ends_at) if fitness else []
    return TripSheet(trip, legs, most_aboard(legs), reasons, fitness)


def _fitness(trip: Any, grounds: Grounds) -> Fitness | None:
    if trip.state not in (*EDITABLE_TRIPS, TripState.LOADING):
        return None
    ridden = {pk for load in trip.live_rows for pk in (load.pickup_id, load.delivery_id)}
    return fitness_of_trip(trip, [stop for stop in trip.stops.all() if stop.pk in ridden], grounds)
