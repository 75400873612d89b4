"""From when to when a trip's code may count: the shortest of its pass, the driver's test, the trip and 36 hours."""

import datetime as dt
from dataclasses import dataclass

from orders.logistics.enums import RUNNING_TRIPS, TripState
from orders.logistics.models import Pass, Rules, Trip, TripOverride
from orders.logistics.queries.fitness import negative_until

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


def override_at(trip: Trip, at: dt.datetime) -> TripOverride | None:
    """The supervisor's word that lets the trip run now. No statement where the overrides were fetched with the trip, else one."""
    holding = [one for one in trip.overrides.all() if at < one.until]
    return max(holding, key=lambda one: one.until) if holding else None


def span_of_code(trip: Trip, green_pass: Pass, rules: Rules | None, at: dt.datetime) -> Span:
    """When a code signed now would count. A supervisor's override stands in for pass and test. Two statements at most."""
    late = trip.ends_at if trip.state == TripState.CLEARED else max(trip.ends_at, at)
    starts = max(at, trip.starts_at - EARLY)
    override = override_at(trip, at)
    if override is not None:
        limits = {"override": override.until}
    else:
        starts = max(starts, green_pass.valid_from)
        limits = {"pass": green_pass.valid_to, **_test(trip, rules, starts)}
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
