"""Where a trip may stop: whether a place lies in another, in a closed area, or under a ban of large trucks."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from orders.logistics.enums import StopKind
from orders.logistics.models import RiskArea, Stop, Truck, TruckBan
from orders.logistics.queries.fitness.reasons import Reason
from orders.solving.distances import great_circle_m

DWELL = dt.timedelta(minutes=30)  # a truck is in a yard or at a dock for about so long
LEVEL_DIGITS = (4, 6, 9)  # city, county, township; a village has all twelve


@dataclass(frozen=True)
class Call:
    """One halt as fitness sees it: where, from when to when, and what is done there."""

    place: str
    name: str
    lat: float | None
    lon: float | None
    kind: str
    from_at: dt.datetime
    to_at: dt.datetime
    is_transfer: bool = False


def calls_of(stops: Iterable[Stop], late: dt.timedelta = dt.timedelta(0)) -> list[Call]:
    """Those the truck has not left yet, in order; `late` shifts what is still to come. The stops come with their places."""
    return [_call(stop, late) for stop in stops if stop.departed_at is None]


def inside(code: str, area_code: str) -> bool:
    """Whether the place with this code is the other one or lies in it: codes of 2021 nest by their digits."""
    return code.startswith(_prefix(area_code))


def in_area(area: RiskArea, code: str, lat: float | None, lon: float | None) -> bool:
    """In the circle where the area is one and the point is known; else by the place."""
    if area.radius_m is not None and lat is not None and lon is not None and area.lat is not None:
        return great_circle_m((lat, lon), (area.lat, area.lon or 0.0)) <= area.radius_m
    return inside(code, area.place_id)


def closed_during(area: RiskArea, from_at: dt.datetime, to_at: dt.datetime) -> bool:
    return area.is_closed and area.starts_at < to_at and (area.ends_at is None or area.ends_at > from_at)


def blocks(area: RiskArea, call: Call) -> bool:
    """The truck would come in, stand there or leave while the area is closed."""
    return closed_during(area, call.from_at, call.to_at) and in_area(area, call.place, call.lat, call.lon)


def of_areas(areas: Sequence[RiskArea], calls: Iterable[Call]) -> list[Reason]:
    found = [
        Reason("area_closed", {"place": str(area), "at": area.starts_at.isoformat()})
        for call in calls
        for area in areas
        if blocks(area, call)
    ]
    return _once(found)


def bans_truck(ban: TruckBan, truck: Truck, call: Call) -> bool:
    """On any day that the halt touches."""
    if truck.rated_g <= ban.over_g or not inside(call.place, ban.place_id):
        return False
    from_at, to_at = timezone.localtime(call.from_at), timezone.localtime(call.to_at)
    days = (to_at.date() - from_at.date()).days
    return any(_bans_on(ban, from_at.date() + dt.timedelta(days=n), from_at, to_at) for n in range(days + 1))


def _bans_on(ban: TruckBan, day: dt.date, from_at: dt.datetime, to_at: dt.datetime) -> bool:
    comes = from_at.time() if day == from_at.date() else dt.time.min
    leaves = to_at.time() if day == to_at.date() else dt.time.max
    holds = ban.since <= day and (ban.until is None or ban.until >= day)
    return holds and comes < ban.to_time and leaves > ban.from_time


def of_bans(bans: Sequence[TruckBan], truck: Truck, calls: Iterable[Call]) -> list[Reason]:
    found = []
    for call in calls:
        for ban in bans:
            if bans_truck(ban, truck, call):
                times = {"from": f"{ban.from_time:%H:%M}", "to": f"{ban.to_time:%H:%M}"}
                found.append(Reason("truck_banned", {"place": str(ban.place), **times}))
    return _once(found)


def halted_at(call: Call, areas: Sequence[RiskArea], bans: Sequence[TruckBan], truck: Truck) -> list[Reason]:
    """What holds a truck at one point of its way."""
    return [*of_areas(areas, [call]), *of_bans(bans, truck, [call])]


def off_route(from_code: str | None, to_code: str | None, calls: Iterable[Call]) -> Call | None:
    """The first halt a pass between these places does not allow; without places it holds for the whole city."""
    for call in calls:
        if call.is_transfer:
            if all(code and not inside(call.place, code) for code in (from_code, to_code)):
                return call
            continue
        wanted = from_code if call.kind == StopKind.PICKUP else to_code
        if wanted and not inside(call.place, wanted):
            return call
    return None


def _call(stop: Stop, late: dt.timedelta) -> Call:
    from_at = stop.arrived_at or stop.planned_at + late
    return Call(
        stop.place_id,
        stop.place.full_name_zh,
        stop.lat,
        stop.lon,
        stop.kind,
        from_at,
        from_at + DWELL,
        stop.is_transfer,
    )


def _prefix(code: str) -> str:
    return next((code[:digits] for digits in LEVEL_DIGITS if not code[digits:].strip("0")), code)


def _once(found: list[Reason]) -> list[Reason]:
    return list({(one.code, tuple(sorted(one.facts.items()))): one for one in found}.values())
