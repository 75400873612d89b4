"""What closing an area breaks, before it is published: trucks, pledges, kilograms that spoil, and what could be done instead."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from market.models import Lot
from orders.enums import WAITING_PLEDGES
from orders.logistics.enums import EDITABLE_TRIPS, OPEN_TRIPS
from orders.logistics.models import Load, RiskArea, Stop, TransferPoint, Trip
from orders.logistics.queries.fitness.places import DWELL, in_area
from orders.logistics.queries.journeys import WITH_PLACES, dock_point, point_of
from orders.models import Allocation
from orders.solving.distances import great_circle_m

FAR = dt.timedelta(days=3)  # how far ahead an area without an end is looked at
NEAR_M = 30_000  # a transfer point further away than this is no help


@dataclass(frozen=True)
class HitTrip:
    """An open trip with stops inside: `where` is inside, on_the_way or planned; grams are those to be left or brought there."""

    trip: Trip
    where: str
    stops: tuple[Stop, ...]
    grams: int
    earlier_by: dt.timedelta | None
    point: TransferPoint | None
    others: int  # stops of the trip outside the area, which it can still serve

    @property
    def can_leave_earlier(self) -> bool:
        return self.earlier_by is not None


@dataclass(frozen=True)
class Impact:
    """`spoils` are (moment, grams) of what lies inside and would not be fetched, by when it is lost. `key` names all of it."""

    area: RiskArea
    trips: tuple[HitTrip, ...]
    pledges: tuple[Any, ...]
    pledged_g: int
    spoils: tuple[tuple[dt.datetime, int], ...]
    points: tuple[TransferPoint, ...]

    def of(self, where: str) -> list[HitTrip]:
        return [hit for hit in self.trips if hit.where == where]

    @property
    def inside(self) -> list[HitTrip]:
        return self.of("inside")

    @property
    def on_the_way(self) -> list[HitTrip]:
        return self.of("on_the_way")

    @property
    def planned(self) -> list[HitTrip]:
        return self.of("planned")

    @property
    def spoils_g(self) -> int:
        return sum(grams for _moment, grams in self.spoils)

    @property
    def key(self) -> str:
        """A digest of what is hit: the publication is refused when it is another one by then."""
        told = [
            [(hit.trip.pk, hit.where, hit.grams) for hit in self.trips],
            [allocation.pk for allocation in self.pledges],
            self.pledged_g,
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


def span_of(area: RiskArea, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """From its beginning (or now) to its end, or three days ahead where it has none."""
    starts_at = max(area.starts_at, now)
    return starts_at, area.ends_at or starts_at + FAR


def impact_of(area: RiskArea, now: dt.datetime | None = None) -> Impact:
    """Six statements: trips, their stops, their loads, transfer points, allocations, lots."""
    now = now or timezone.now()
    span = span_of(area, now)
    points = _points_near(area)
    hits = [hit for trip in _open_trips(span) if (hit := _hit(area, trip, span, points, now)) is not None]
    order = {"inside": 0, "on_the_way": 1, "planned": 2}
    hits.sort(key=lambda hit: (order[hit.where], hit.trip.starts_at, hit.trip.pk))
    allocations = [row for row in _waiting(span) if _is_hit(area, row)]
    return Impact(
        area,
        tuple(hits),
        tuple(allocations),
        sum(row.grams for row in allocations),
        _spoils(area, span),
        tuple(points),
    )


def _open_trips(span: tuple[dt.datetime, dt.datetime]) -> Iterable[Trip]:
    stops = Stop.objects.select_related("place").order_by("position")
    loads = Load.objects.live().order_by("pk")
    trips = Trip.objects.filter(state__in=OPEN_TRIPS, ends_at__gt=span[0] - dt.timedelta(days=1), starts_at__lt=span[1])
    return trips.select_related("truck__carrier", "driver").prefetch_related(
        Prefetch("stops", stops), Prefetch("loads", loads, to_attr="live_rows")
    )


def _hit(
    area: RiskArea, trip: Any, span: tuple[dt.datetime, dt.datetime], points: Sequence[TransferPoint], now: dt.datetime
) -> HitTrip | None:
    ridden = {pk for load in trip.live_rows for pk in (load.pickup_id, load.delivery_id)}
    stops = [stop for stop in trip.stops.all() if stop.pk in ridden or stop.arrived_at is not None]
    inside = [stop for stop in stops if in_area(area, stop.place_id, stop.lat, stop.lon)]
    begun = trip.state not in EDITABLE_TRIPS
    last = max((s for s in stops if s.arrived_at is not None), key=lambda s: s.position, default=None)
    ahead = [stop for stop in inside if stop.departed_at is None and _is_closed(stop, begun, span)]
    if begun and last is not None and last in inside and (last.departed_at is None or last.departed_at > now):
        where = "inside"
    elif begun and ahead:
        where = "on_the_way"
    elif not begun and ahead:
        where = "planned"
    else:
        return None
    hit = {stop.pk for stop in ahead} or {last.pk if last else 0}
    grams = sum(load.planned_g for load in trip.live_rows if load.pickup_id in hit or load.delivery_id in hit)
    outside = [s for s in stops if s not in inside and s.departed_at is None]
    return HitTrip(trip, where, tuple(ahead), grams, _earlier(area, ahead, now), _nearest(points, ahead), len(outside))


def _is_closed(stop: Stop, begun: bool, span: tuple[dt.datetime, dt.datetime]) -> bool:
    """A truck on the road may be late: whatever it has still to do inside counts. A planned stop counts by its time."""
    if begun:
        return True
    return span[0] <= stop.planned_at + DWELL and stop.planned_at < span[1]


def _earlier(area: RiskArea, stops: Sequence[Stop], now: dt.datetime) -> dt.timedelta | None:
    """By how much the last of the stops would have to be reached earlier, where there is time for it."""
    if not stops or area.starts_at <= now:
        return None
    by = max(stop.planned_at for stop in stops) + DWELL - area.starts_at
    return by if dt.timedelta(0) < by <= area.starts_at - now else None


def _points_near(area: RiskArea) -> list[TransferPoint]:
    """Open transfer points outside the area, the nearest first."""
    centre = (area.lat, area.lon) if area.lat is not None and area.lon is not None else point_of(area.place)
    points = [
        point
        for point in TransferPoint.objects.filter(is_active=True).select_related("place", "keeper")
        if not in_area(area, point.place_id, point.lat, point.lon)
    ]
    if centre is None:
        return points
    near = [(great_circle_m(centre, (point.lat, point.lon)), point) for point in points]  # type: ignore[arg-type]
    return [point for metres, point in sorted(near, key=lambda pair: pair[0]) if metres <= NEAR_M]


def _nearest(points: Sequence[TransferPoint], stops: Sequence[Stop]) -> TransferPoint | None:
    if not points or not stops:
        return points[0] if points else None
    at = (stops[0].lat, stops[0].lon)
    return min(points, key=lambda point: great_circle_m(at, (point.lat, point.lon)))


def _days_of(span: tuple[dt.datetime, dt.datetime]) -> tuple[dt.date, dt.date]:
    """The first and the last day; one that ends at midnight does not reach into the next."""
    return timezone.localdate(span[0]), timezone.localdate(span[1] - dt.timedelta(microseconds=1))


def _waiting(span: tuple[dt.datetime, dt.datetime]) -> Iterable[Allocation]:
    first, last = _days_of(span)
    rows = Allocation.objects.live().filter(pledge__day__range=(first, last), pledge__state__in=WAITING_PLEDGES)
    return rows.select_related(*WITH_PLACES, "lot__listing__produce").order_by("pledge__day", "pk")


def _is_hit(area: RiskArea, row: Allocation) -> bool:
    """Whether the goods come from inside or go there."""
    place, dock = row.lot.listing.place, row.pledge.dock
    return _holds(area, place.pk, point_of(place)) or _holds(area, dock.place_id, dock_point(dock))


def _spoils(area: RiskArea, span: tuple[dt.datetime, dt.datetime]) -> tuple[tuple[dt.datetime, int], ...]:
    """Grams on offer or promised inside that no truck has fetched yet and that are past their best before the area opens
    again, by that moment."""
    first, last = _days_of(span)
    lots = Lot.objects.filter(day__range=(first, last), is_open=True, best_before__lte=span[1])
    fetched = Load.objects.live().first_links().filter(allocation__lot=OuterRef("pk"), loaded_g__isnull=False)
    sums = fetched.order_by().values("allocation__lot").annotate(total=Sum("loaded_g")).values("total")
    lots = lots.annotate(fetched_g=Coalesce(Subquery(sums), 0))
    found: dict[dt.datetime, int] = {}
    for lot in lots.select_related("listing__place__parent__parent").order_by("best_before"):
        place = lot.listing.place
        if _holds(area, place.pk, point_of(place)):
            found[lot.best_before] = found.get(lot.best_before, 0) + max(lot.offered_g - lot.fetched_g, 0)
    return tuple((moment, grams) for moment, grams in found.items() if grams)


def _holds(area: RiskArea, code: str, point: tuple[float, float] | None) -> bool:
    lat, lon = point or (None, None)
    return in_area(area, code, lat, lon)
