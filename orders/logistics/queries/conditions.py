"""What the orders of a day mean for a planner's problem: closed areas by hour, bans of large trucks, passes from county to county,
yards, cold parts, drivers' hours and tolls.

A driver may not drive more than four hours without a stop of twenty minutes (道路交通安全法实施条例 第六十二条), and not more
than eight hours within a day (road transport safety rules); the figures are settings.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q

from market.enums import DirectoryStatus, ProduceKind
from market.models import Produce
from orders.logistics.models import Pass, RiskArea, RoadDistance, TollRules, Truck, TruckBan, Yard
from orders.logistics.planner.model import COLD_SKILL, PASS_SKILL, Closure, Problem, Shipment, Toll, Vehicle, Window
from orders.logistics.planner.prepare import cut, delivery_windows, pickup_windows
from orders.logistics.queries.fitness.places import in_area, inside
from orders.logistics.queries.roads import Corrections, Site

if TYPE_CHECKING:
    from orders.logistics.queries.journeys import Candidate, Part

NOT_FRESH = {ProduceKind.GRAIN, ProduceKind.PROCESSED, ProduceKind.OTHER}
SERVICE_FIXED_S = 300  # loading or unloading one load, whatever it weighs
SERVICE_S_PER_TONNE = 600
DAY_S = 86_400


@dataclass(frozen=True)
class Conditions:
    """The orders that hold on a day. Without any of them nothing is closed and no toll is due."""

    areas: Sequence[RiskArea] = ()
    bans: Sequence[TruckBan] = ()
    tolls: TollRules | None = None
    roads: Corrections = field(default_factory=dict)


NOTHING = Conditions()


def conditions_of(day: dt.date, areas: Sequence[RiskArea], bans: Sequence[TruckBan]) -> Conditions:
    """With the areas and bans at hand. Two statements: toll rules, corrected distances."""
    over = Q(until=None) | Q(until__gte=day)
    tolls = TollRules.objects.filter(over, since__lte=day).order_by("-since", "-pk").first()
    rows = RoadDistance.objects.values_list("from_place_id", "to_place_id", "metres", "seconds")
    roads = {(source[:9], target[:9]): (metres, seconds) for source, target, metres, seconds in rows}
    return Conditions(areas, bans, tolls, roads)


def under_conditions(
    problem: Problem,
    parts: Sequence["Part"],
    candidates: Sequence["Candidate"],
    sites: Sequence[Site],
    midnight: dt.datetime,
    *,
    pass_needed: bool,
) -> Problem:
    """The problem with all of this in it. `sites` are its places, `midnight` the beginning of its day. No statement."""
    orders = next((c.conditions for c in candidates if c.conditions is not None), NOTHING)
    shut = {place: closed_at(orders.areas, site, midnight) for place, site in enumerate(sites)}
    ways = {part.id: way_of(part) for part in parts} if pass_needed else {}
    shipments = tuple(
        _shipment(shipment, part, shut, ways.get(part.id))
        for shipment, part in zip(problem.shipments, parts, strict=True)
    )
    vehicles = tuple(
        _vehicle(vehicle, candidate, orders, sites, midnight, set(ways.values()))
        for vehicle, candidate in zip(problem.vehicles, candidates, strict=True)
    )
    gates = tuple(site.gate_s for site in sites)
    return replace(problem, shipments=shipments, vehicles=vehicles, gates_s=gates)


# --- loads -------------------------------------------------------------------------------------------------------------


def _shipment(
    shipment: Shipment, part: "Part", shut: Mapping[int, list[Window]], way: tuple[str, str] | None
) -> Shipment:
    yard = yard_of(part)
    if yard is not None:
        shipment = _at_yard(shipment, yard, part.grams)
    produce = part.allocation.lot.produce
    picks = cut(pickup_windows(shipment), shut[shipment.pickup], shipment.pickup_service_s)
    drops = cut(delivery_windows(shipment), shut[shipment.delivery], shipment.delivery_service_s)
    skills = shipment.skills if way is None else (shipment.skills - {PASS_SKILL}) | {pass_skill(way)}
    return replace(
        _with_windows(shipment, picks, drops),
        skills=frozenset(skills),
        chilled=COLD_SKILL in shipment.skills,
        exempt=exempt_word(produce),
    )


def _with_windows(shipment: Shipment, picks: tuple[Window, ...], drops: tuple[Window, ...]) -> Shipment:
    """One window stays the plain field; several, or none at all, are the list."""
    changes: dict[str, Any] = {}
    for name, windows in (("pickup", picks), ("delivery", drops)):
        if windows:
            changes[f"{name}_window"] = (windows[0][0], windows[-1][1])
        changes[f"{name}_windows"] = None if len(windows) == 1 else windows
    return replace(shipment, **changes)


def _at_yard(shipment: Shipment, yard: Yard, grams: int) -> Shipment:
    """Loading within the yard's hours, at its pace."""
    opens, closes = shipment.pickup_window
    opens, closes = max(opens, _clock_s(yard.opens_at)), min(closes, _clock_s(yard.closes_at))
    windows = None if opens <= closes else ()
    return replace(
        shipment,
        pickup_window=(opens, closes) if windows is None else shipment.pickup_window,
        pickup_windows=windows,
        pickup_service_s=service_s(grams, a_tonne_s=yard.minutes_a_tonne * 60),
    )


def service_s(grams: int, *, loads: int = 1, a_tonne_s: int = SERVICE_S_PER_TONNE) -> int:
    """How long loading or unloading takes, in seconds."""
    return loads * SERVICE_FIXED_S + grams * a_tonne_s // 1_000_000


def yard_of(part: "Part") -> Yard | None:
    """The seller's yard, where the goods are taken from it and its hours are recorded. No statement where it was fetched."""
    if getattr(part, "taken_at", None) is not None:
        return None
    return getattr(part.allocation.lot.seller, "yard", None)


def way_of(part: "Part") -> tuple[str, str] | None:
    """From which county to which the goods go on this truck; None where they change truck: the pass is judged by its halts."""
    if getattr(part, "taken_at", None) is not None or getattr(part, "given_at", None) is not None:
        return None
    allocation = part.allocation
    return allocation.lot.listing.place.county_code, allocation.pledge.dock.place.county_code


def exempt_word(produce: Produce) -> str:
    """How the toll rules see it; grain and what is not fresh never."""
    if produce.kind in NOT_FRESH:
        return "never"
    words = {DirectoryStatus.YES: "yes", DirectoryStatus.DISPUTED: "disputed"}
    return words.get(DirectoryStatus(produce.directory_status), "no")


# --- trucks ------------------------------------------------------------------------------------------------------------


def _vehicle(
    vehicle: Vehicle,
    candidate: "Candidate",
    orders: Conditions,
    sites: Sequence[Site],
    midnight: dt.datetime,
    ways: set[tuple[str, str] | None],
) -> Vehicle:
    truck = candidate.truck
    passes = {pass_skill(way) for way in ways if way and allows(candidate.green_pass, way)}
    return replace(
        vehicle,
        skills=vehicle.skills | passes,
        cold_capacity_g=truck.cold_g,
        max_driving_s=settings.DRIVER_MAX_MINUTES * 60,
        break_s=settings.DRIVER_BREAK_MINUTES * 60,
        break_after_s=settings.DRIVER_BREAK_AFTER_MINUTES * 60,
        toll=toll_of_truck(orders.tolls, truck),
        closed=tuple(closures_of(orders.bans, truck, sites, midnight.date())),
    )


def pass_skill(way: tuple[str, str]) -> str:
    """The skill that a pass from one county to another gives."""
    return f"{PASS_SKILL}:{way[0]}>{way[1]}"


def allows(green_pass: Pass | None, way: tuple[str, str]) -> bool:
    """A pass with places serves only its route, one without the whole city."""
    if green_pass is None:
        return False
    ends = zip(way, (green_pass.from_place_id, green_pass.to_place_id), strict=True)
    return all(place is None or inside(f"{county}000000", place) for county, place in ends)


def toll_of_truck(rules: TollRules | None, truck: Truck) -> Toll | None:
    """The rate of its size; None where no rules are in force."""
    if rules is None:
        return None
    rate = float(rules.rate_for(truck.rated_g))
    return Toll(rate, rules.full_percent, rules.admixture_percent, rules.motorway_percent, rules.motorway_from_m)


def closures_of(bans: Sequence[TruckBan], truck: Truck, sites: Sequence[Site], day: dt.date) -> list[Closure]:
    """Where and when on the day a truck of this rated mass may not stop."""
    heavy = [
        ban
        for ban in bans
        if truck.rated_g > ban.over_g and ban.since <= day and (ban.until is None or day <= ban.until)
    ]
    return [
        Closure(place, (_clock_s(ban.from_time), _clock_s(ban.to_time)))
        for place, site in enumerate(sites)
        for ban in heavy
        if site.code and inside(site.code, ban.place_id)
    ]


def closed_at(areas: Sequence[RiskArea], site: Site, midnight: dt.datetime) -> list[Window]:
    """Between which seconds of the day no truck may stand there, in order."""
    spans = []
    for area in areas:
        if area.is_closed and site.code and in_area(area, site.code, *site.point):
            start = int((area.starts_at - midnight).total_seconds())
            end = 2 * DAY_S if area.ends_at is None else int((area.ends_at - midnight).total_seconds())
            if end > 0 and start < 2 * DAY_S:
                spans.append((max(start, 0), end))
    return sorted(spans)


def _clock_s(at: dt.time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
