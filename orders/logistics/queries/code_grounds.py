"""From when to when a trip's code may count: the shortest of its pass, the driver's test, the trip and 36 hours."""

import datetime as dt
from dataclasses import dataclass

from orders.logistics.enums import RUNNING_TRIPS, TripState
from orders.logistics.models import Pass, Rules, Trip
from orders.logistics.queries.fitness import HIDDEN, negative_until

EARLY = dt.timedelta(hours=6)  # a truck may be on its way to the first yard so long before its trip
LATE = dt.timedelta(hours=6)  # and so long behind its plan
MOST = dt.timedelta(hours=36)
CODED_TRIPS = frozenset({TripState.CLEARED}) | RUNNING_TRIPS


@dataclass(frozen=True)
class Span:
    starts: dt.datetime
    ends: dt.datetime
    limited_by: str  # pass, test, override, trip or hours

    @property
    def is_empty(self) -> bool:
        return self.starts >= self.ends


@dataclass(frozen=True)
class LetThrough:
    """What supervisors' overrides let pass now, and until when all of it passes. Nothing at all without one."""

    codes: frozenset[str] = frozenset()
    until: dt.datetime | None = None

    @property
    def covers_pass(self) -> bool:
        return any(code.startswith("pass_") for code in self.codes)

    @property
    def covers_test(self) -> bool:
        return HIDDEN in self.codes


def let_through(trip: Trip, at: dt.datetime) -> LetThrough:
    """No statement where the overrides were fetched with the trip, else one."""
    holding = [one for one in trip.overrides.all() if at < one.until]
    if not holding:
        return LetThrough()
    until: dict[str, dt.datetime] = {}
    for one in holding:
        until |= {code: max(one.until, until.get(code, one.until)) for code in one.reasons}
    return LetThrough(frozenset(until), min(until.values(), default=None))


def span_of_code(trip: Trip, green_pass: Pass, rules: Rules | None, at: dt.datetime) -> Span:
    """When a code signed now would count. A supervisor's override stands in for what it lets pass. Two statements at most."""
    starts = max(at, trip.starts_at - EARLY)
    limits: dict[str, dt.datetime] = {}
    allowed = let_through(trip, at)
    if allowed.until is not None:
        limits["override"] = allowed.until
    if not allowed.covers_pass:
        starts = max(starts, green_pass.valid_from)
        limits["pass"] = green_pass.valid_to
    if not allowed.covers_test:
        limits |= _test(trip, rules, starts)
    late = trip.ends_at if trip.state == TripState.CLEARED else max(trip.ends_at, at)
    limits |= {"trip": late + LATE, "hours": starts + MOST}
    limited_by = min(limits, key=lambda name: limits[name])
    return Span(starts, limits[limited_by], limited_by)


def span_of_return(trip: Trip, green_pass: Pass, at: dt.datetime) -> Span:
    """The way home, empty. No statement."""
    limits = {"pass": green_pass.valid_to, "trip": max(trip.ends_at, at) + LATE}
    limited_by = min(limits, key=lambda name: limits[name])
    return Span(max(at, green_pass.valid_from), limits[limited_by], limited_by)


def _test(trip: Trip, rules: Rules | None, before: dt.datetime) -> dict[str, dt.datetime]:
    if rules is None or rules.test_hours is None:
        return {}
    until = negative_until(trip.driver, rules, before)
    return {"test": until if until is not None else before}
