"""Whether a trip may run, until when, and what would cure it: the intersection of all that holds."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from orders.logistics.enums import PassState
from orders.logistics.models import Driver, Pass, RiskArea, Rules, Truck, TruckBan
from orders.logistics.queries.fitness.health import negative_until, of_health
from orders.logistics.queries.fitness.places import Call, in_area, of_areas, of_bans, off_route
from orders.logistics.queries.fitness.reasons import CURES, ENDS, Reason

Limit = tuple[dt.datetime, str]


@dataclass(frozen=True)
class Grounds:
    """What holds for everybody in some hours: the rules, closed areas, bans of large trucks."""

    rules: Rules | None = None
    areas: Sequence[RiskArea] = ()
    bans: Sequence[TruckBan] = ()


@dataclass(frozen=True)
class Fitness:
    """Empty `reasons` let the trip run. `until` is when something it needs ends, `limited_by` what that is.

    `limited_by` is one of pass, test, inspection, insurance, licence, area; empty where nothing ends.
    """

    reasons: tuple[Reason, ...]
    until: dt.datetime | None = None
    limited_by: str = ""

    @property
    def is_fit(self) -> bool:
        return not self.reasons

    @property
    def ends_because(self) -> str:
        """In words what ends at `until`."""
        return str(ENDS.get(self.limited_by, ""))

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(reason.code for reason in self.reasons)

    @property
    def cures(self) -> dict[str, Any]:
        """What would cure it: keys of CURES with their sentences, in the order of the reasons."""
        return {cure: CURES[cure] for cure in dict.fromkeys(reason.cured_by for reason in self.reasons)}


def rules_for(day: dt.date) -> Rules | None:
    """The rules in force; None in an ordinary glut. One statement."""
    return Rules.objects.in_force(day).first()


def grounds_for(starts_at: dt.datetime, ends_at: dt.datetime) -> Grounds:
    """What holds between two moments. Three statements."""
    day = timezone.localdate(starts_at)
    areas = RiskArea.objects.in_force(starts_at, ends_at).filter(is_closed=True).select_related("place")
    bans = TruckBan.objects.filter(since__lte=timezone.localdate(ends_at)).exclude(until__lt=day)
    return Grounds(rules_for(day), tuple(areas), tuple(bans.select_related("place")))


def fitness_of(
    truck: Truck,
    driver: Driver | None,
    green_pass: Pass | None,
    grounds: Grounds,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    calls: Sequence[Call] = (),
) -> Fitness:
    """Whether this trip may run from `starts_at` to `ends_at` with these halts, until when, and what would cure it.

    Without rules in force neither pass nor health is asked for. One statement for a driver whose checks are not fetched.
    """
    rules = grounds.rules
    asks_pass = bool(rules and rules.pass_needed)
    reasons = [
        *_of_truck(truck, ends_at),
        *_of_driver(truck, driver, ends_at),
        *(_of_pass(truck, green_pass, starts_at, ends_at, calls) if asks_pass else ()),
        *(of_health(driver, rules, starts_at, ends_at) if rules and driver else ()),
        *of_areas(grounds.areas, calls),
        *of_bans(grounds.bans, truck, calls),
    ]
    until, limited_by = _limit(truck, driver, green_pass if asks_pass else None, grounds, starts_at, calls)
    return Fitness(tuple(reasons), until, limited_by)


def why_not(
    truck: Truck,
    driver: Driver | None,
    green_pass: Pass | None,
    rules: Rules | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> list[Reason]:
    """The reasons of `fitness_of` for a truck whose halts are not known yet."""
    return list(fitness_of(truck, driver, green_pass, Grounds(rules), starts_at, ends_at).reasons)


def end_of(day: dt.date) -> dt.datetime:
    """A paper that is good until a day is good on that day."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), timezone.get_current_timezone())


def base_closed(truck: Truck, areas: Iterable[RiskArea]) -> list[RiskArea]:
    """Closed areas the truck's base lies in: it neither leaves nor comes home while they are."""
    return [area for area in areas if in_area(area, truck.base_id, truck.base.lat, truck.base.lon)]


def _of_truck(truck: Truck, ends_at: dt.datetime) -> list[Reason]:
    reasons = [] if truck.is_active else [Reason("truck_inactive")]
    if not truck.carrier.is_verified:
        reasons.append(Reason("carrier_unverified"))
    for code, day in (("inspection_over", truck.inspection_until), ("insurance_over", truck.insurance_until)):
        if day is not None and end_of(day) < ends_at:
            reasons.append(Reason(code, {"day": day.isoformat()}))
    return reasons


def _of_driver(truck: Truck, driver: Driver | None, ends_at: dt.datetime) -> list[Reason]:
    if driver is None:
        return [Reason("driver_missing")]
    if driver.carrier_id != truck.carrier_id:
        return [Reason("driver_of_another_carrier")]
    reasons = [] if driver.is_active else [Reason("driver_inactive")]
    if driver.licence_until is not None and end_of(driver.licence_until) < ends_at:
        reasons.append(Reason("licence_over", {"day": driver.licence_until.isoformat()}))
    return reasons


def _of_pass(
    truck: Truck, green_pass: Pass | None, starts_at: dt.datetime, ends_at: dt.datetime, calls: Sequence[Call]
) -> list[Reason]:
    if green_pass is None or green_pass.truck_id != truck.pk:
        return [Reason("pass_missing")]
    if green_pass.state != PassState.ISSUED:
        return [Reason("pass_suspended")]
    if green_pass.valid_from > starts_at:
        return [Reason("pass_too_late", {"at": green_pass.valid_from.isoformat()})]
    if green_pass.valid_to < ends_at:
        return [Reason("pass_too_early", {"at": green_pass.valid_to.isoformat()})]
    elsewhere = off_route(green_pass.from_place_id, green_pass.to_place_id, calls)
    return [Reason("pass_other_route", {"place": elsewhere.name})] if elsewhere else []


def _limit(
    truck: Truck,
    driver: Driver | None,
    green_pass: Pass | None,
    grounds: Grounds,
    starts_at: dt.datetime,
    calls: Sequence[Call],
) -> tuple[dt.datetime | None, str]:
    """What ends first."""
    limits: list[Limit] = []
    if green_pass is not None:
        limits.append((green_pass.valid_to, "pass"))
    rules = grounds.rules
    if rules and rules.test_hours is not None and driver and (until := negative_until(driver, rules, starts_at)):
        limits.append((until, "test"))
    papers = [(truck.inspection_until, "inspection"), (truck.insurance_until, "insurance")]
    papers.append((driver.licence_until if driver else None, "licence"))
    limits += [(end_of(day), what) for day, what in papers if day is not None]
    limits += [
        (area.starts_at, "area")
        for area in grounds.areas
        if any(in_area(area, call.place, call.lat, call.lon) for call in calls)
    ]
    return min(limits, default=(None, ""))  # type: ignore[type-var]
