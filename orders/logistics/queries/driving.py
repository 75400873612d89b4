"""What a driver's phone shows, and the same in numbers for its script, which plays on what was pressed without a network."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.db.models import Prefetch
from django.utils import timezone

from market.models import User
from orders.logistics.code_checks import check_of
from orders.logistics.enums import EDITABLE_TRIPS, OPEN_TRIPS, StopKind, TripState
from orders.logistics.models import Handover, Load, PassCode, RiskArea, RoadReport, Seal, Stop, Trip
from orders.logistics.queries.areas import AreaAhead, ahead_among, closed_areas
from orders.logistics.queries.loads import Leg
from orders.logistics.queries.trips import TripSheet, sheets_of

ORDER = [
    TripState.BROKEN_DOWN,
    TripState.EN_ROUTE,
    TripState.LOADING,
    TripState.CLEARED,
    TripState.PLANNED,
    TripState.COMPLETED,
]
DONE, HERE, NEXT, LATER = "done", "here", "next", "later"


@dataclass(frozen=True)
class Halt:
    """A stop on the driver's phone. `phase`: left, standing there, going there, or later."""

    leg: Leg
    phase: str
    number: int
    is_handed: bool
    photos: int

    @property
    def stop(self) -> Stop:
        return self.leg.stop

    @property
    def is_pickup(self) -> bool:
        return self.stop.kind == StopKind.PICKUP

    @property
    def geo_url(self) -> str:
        """For whichever map the phone has; empty where nobody knows the point."""
        stop = self.stop
        if not (stop.lat or stop.lon):
            return ""
        return f"geo:{stop.lat:.6f},{stop.lon:.6f}?q={stop.lat:.6f},{stop.lon:.6f}({quote(stop.organisation.name)})"

    @property
    def amap_url(self) -> str:
        stop = self.stop
        if not (stop.lat or stop.lon):
            return ""
        where = {"position": f"{stop.lon:.6f},{stop.lat:.6f}", "name": stop.organisation.name, "coordinate": "wgs84"}
        return f"https://uri.amap.com/marker?{urlencode({**where, 'callnative': 1})}"


@dataclass(frozen=True)
class DrivenTrip:
    sheet: TripSheet
    halts: list[Halt]
    code: PassCode | None
    seals: list[Seal]  # those that are whole
    uses_seals: bool  # it has had one: it leaves with goods only under one
    ahead: list[AreaAhead]  # closed areas in which it has still to stop

    @property
    def trip(self) -> Trip:
        return self.sheet.trip

    @property
    def now(self) -> Halt | None:
        """Where the driver is or goes."""
        return next((halt for halt in self.halts if halt.phase in (HERE, NEXT)), None)

    @property
    def aboard_g(self) -> int:
        """What is on the truck now, by what was loaded."""
        return aboard_now(self.halts)

    @property
    def is_over(self) -> bool:
        return self.aboard_g > self.trip.truck.rated_g

    @property
    def is_open(self) -> bool:
        return self.trip.state in OPEN_TRIPS

    @property
    def is_broken(self) -> bool:
        return self.trip.state == TripState.BROKEN_DOWN

    @property
    def qr(self) -> str:
        """The pass code as an inline SVG with its quiet zone; its size is the stylesheet's."""
        made = segno.make(self.code.text, error="m", micro=False) if self.code else None
        return (
            made.svg_inline(border=4, omitsize=True, light="#fff", svgclass="drive-qr", lineclass=None) if made else ""
        )


@dataclass(frozen=True)
class DrivePage:
    """`known`: keys of reports that are in these trips already, read before them."""

    user: User
    known: list[str]
    trips: list[DrivenTrip]

    @property
    def facts(self) -> dict[str, Any]:
        """For the script."""
        return {
            "user": self.user.pk,
            "now": timezone.now().isoformat(),
            "known": self.known,
            "trips": [_trip_facts(driven) for driven in self.trips],
        }


def drive_page(user: User, today: dt.date) -> DrivePage:
    """What is under way, then today's and later trips, then today's that are done. Nine statements."""
    since = timezone.now() - dt.timedelta(days=3)
    known = RoadReport.objects.filter(user=user, received_at__gte=since, refusal="").values_list("key", flat=True)
    keys = [str(key) for key in known]  # now: whatever they changed is in what is read below
    mine = Trip.objects.filter(driver__user=user).exclude(state=TripState.CANCELLED)
    wanted = mine.filter(state__in=OPEN_TRIPS, day__gte=today - dt.timedelta(days=1)) | mine.filter(day=today)
    rows = wanted.order_by("starts_at", "pk").prefetch_related(
        Prefetch("codes", PassCode.objects.live().select_related("green_pass"), to_attr="live_codes"),
        "seals",
        "evidence",
    )
    sheets = sheets_of(rows)
    handed = _handed(sheet.trip for sheet in sheets)
    now = timezone.now()
    closed = closed_areas(now, max((sheet.trip.ends_at for sheet in sheets), default=now))
    driven = [_driven(sheet, handed, [area for area in closed if _meets(area, sheet.trip, now)]) for sheet in sheets]
    return DrivePage(user, keys, sorted(driven, key=lambda one: ORDER.index(TripState(one.trip.state))))


def aboard_now(halts: list[Halt]) -> int:
    aboard = 0
    for halt in halts:
        if halt.is_pickup:
            aboard += sum(load.loaded_g or 0 for load in halt.leg.loads)
        elif halt.phase == DONE:
            aboard -= sum(load.loaded_g or 0 for load in halt.leg.loads)
    return aboard


def _handed(trips: Iterable[Trip]) -> set[int]:
    """Stops at which goods have changed hands. One statement."""
    return set(Handover.objects.filter(stop__trip__in=list(trips)).values_list("stop_id", flat=True))


def _meets(area: RiskArea, trip: Trip, now: dt.datetime) -> bool:
    """A truck on the road meets an area that holds from now on, one that has not begun one that holds during its hours."""
    since = max(now, trip.starts_at) if trip.state in EDITABLE_TRIPS else now
    holds = area.starts_at < max(trip.ends_at, now) and (area.ends_at is None or area.ends_at > since)
    return trip.state in OPEN_TRIPS and holds


def _driven(sheet: TripSheet, handed: set[int], closed: list[RiskArea]) -> DrivenTrip:
    trip: Any = sheet.trip
    next_leg = sheet.next_leg if trip.state in OPEN_TRIPS else None
    photos = [picture.stop_id for picture in trip.evidence.all()]
    halts = [
        Halt(
            leg,
            _phase(leg.stop, next_leg),
            number,
            leg.stop.pk in handed,
            photos.count(leg.stop.pk),
        )
        for number, leg in enumerate(sheet.legs, start=1)
    ]
    whole = [seal for seal in trip.seals.all() if seal.broken_at is None]
    ahead = ahead_among(closed, [leg.stop for leg in sheet.legs])
    return DrivenTrip(sheet, halts, next(iter(trip.live_codes), None), whole, bool(trip.seals.all()), ahead)


def _phase(stop: Stop, next_leg: Leg | None) -> str:
    if stop.departed_at:
        return DONE
    if next_leg is None or next_leg.stop.pk != stop.pk:
        return LATER
    return HERE if stop.arrived_at else NEXT


def _trip_facts(driven: DrivenTrip) -> dict[str, Any]:
    trip = driven.trip
    return {
        "id": trip.pk,
        "broken": driven.is_broken,
        "open": driven.is_open,
        "rated_g": trip.truck.rated_g,
        "seals": [seal.number for seal in driven.seals],
        "uses_seals": driven.uses_seals,
        "expires": driven.code.expires_at.isoformat() if driven.code else None,
        "stops": [_stop_facts(halt) for halt in driven.halts],
        "loads": [_load_facts(load) for load in driven.sheet.loads],
    }


def _stop_facts(halt: Halt) -> dict[str, Any]:
    stop = halt.stop
    return {
        "id": stop.pk,
        "kind": stop.kind,
        "arrived": stop.arrived_at.isoformat() if stop.arrived_at else None,
        "departed": stop.departed_at.isoformat() if stop.departed_at else None,
        "handed": halt.is_handed,
        "photos": halt.photos,
        "check": check_of(stop.pk, stop.code) if stop.code and halt.phase != DONE and not halt.is_handed else None,
    }


def _load_facts(load: Load) -> dict[str, Any]:
    return {
        "id": load.pk,
        "pickup": load.pickup_id,
        "delivery": load.delivery_id,
        "state": load.state,
        "planned_g": load.planned_g,
        "loaded_g": load.loaded_g,
    }
