"""Which of the day's trips pass by with room for goods that ride on no truck."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from orders.logistics.enums import EDITABLE_TRIPS, PassState
from orders.logistics.models import Pass, Trip
from orders.logistics.queries.conditions import Conditions, conditions_of
from orders.logistics.queries.fitness import grounds_for
from orders.logistics.queries.journeys import (
    WITH_PLACES,
    Candidate,
    Part,
    insert_cheapest,
    make_journey,
    make_problem,
    midnight,
)
from orders.logistics.queries.loads import most_aboard, with_unplanned
from orders.logistics.queries.pass_choice import options_for
from orders.logistics.queries.rides import halts_of, parts_of, riding, route_of
from orders.logistics.wording import violation_words
from orders.models import Allocation


@dataclass(frozen=True)
class NextTruck:
    """A trip not yet begun, what room it has, and what taking the goods on would cost; or why it cannot."""

    trip: Trip
    room_g: int
    grams: int
    left_g: int
    more_m: int = 0
    delivered_at: dt.datetime | None = None
    why_not: tuple[str, ...] = ()

    @property
    def can(self) -> bool:
        return not self.why_not

    @property
    def takes_all(self) -> bool:
        return self.can and self.grams == self.left_g


@dataclass(frozen=True)
class Waiting:
    """What is left of an allocation, and who could carry it, the best first."""

    allocation: Allocation
    left_g: int
    trucks: list[NextTruck]


def waiting_of(pk: int) -> Any:
    """The live allocation with `planned`, and its places. None where there is none. One statement."""
    rows = with_unplanned(Allocation.objects.live()).select_related(*WITH_PLACES, "lot__listing__produce")
    return rows.filter(pk=pk).first()


def next_trucks(allocation: Any, at: dt.datetime | None = None) -> list[NextTruck]:
    """The day's trips that have not begun: those that can take goods of the allocation by the fewest more metres, then the others
    with what stands against it, under the day's closed areas, bans, passes and roads. Seven statements, eight where a pass is needed.
    `allocation` comes from `waiting_of`.

    What the board's `add_load` asks besides (papers, time of the driver) it asks when the button is pressed.
    """
    at = at or timezone.now()
    day, left = allocation.pledge.day, allocation.grams - allocation.planned
    if left <= 0:
        return []
    grounds = grounds_for(midnight(day), midnight(day) + dt.timedelta(days=1))
    needed = bool(grounds.rules and grounds.rules.pass_needed)
    conditions = conditions_of(day, grounds.areas, grounds.bans)
    trips = Trip.objects.filter(day=day, state__in=EDITABLE_TRIPS, is_locked=False).select_related(
        "truck__base__parent__parent", "truck__carrier", "driver", "green_pass"
    )
    rows = trips.order_by("starts_at", "pk").prefetch_related(Prefetch("loads", riding(), to_attr="riding"))
    if needed:
        issued = Pass.objects.filter(state=PassState.ISSUED).order_by("pk")
        rows = rows.prefetch_related(Prefetch("truck__passes", issued, to_attr="issued"))
    found = [
        _try(trip, allocation, left, _candidate(trip, at, conditions, needed=needed), pass_needed=needed)
        for trip in rows
    ]
    return sorted(found, key=lambda one: (not one.can, not one.takes_all, one.more_m, one.trip.pk))


def _try(trip: Any, allocation: Any, left: int, candidate: Candidate, *, pass_needed: bool) -> NextTruck:
    """As much as there is room for, the rest waits on."""
    parts, loads = parts_of(trip.riding)
    room = trip.truck.rated_g - most_aboard(halts_of(trip.riding))
    grams = min(left, room) if room > 0 else left
    parts["new"] = Part("new", allocation, grams)
    candidate = options_for(candidate, parts.values(), pass_needed=pass_needed)[0]
    problem = make_problem(list(parts.values()), [candidate], trip.day, pass_needed=pass_needed)
    route, broken = insert_cheapest(problem, route_of(trip, loads), "new")
    if route is None:
        return NextTruck(trip, max(room, 0), grams, left, why_not=tuple(violation_words(broken)))
    journey = make_journey(problem, route, parts, trip.day)
    arrives = next(halt.planned_at for halt in reversed(journey.halts) if "new" in halt.part_ids)
    return NextTruck(trip, max(room, 0), grams, left, journey.distance_m - trip.distance_m, arrives)


def _candidate(trip: Any, at: dt.datetime, conditions: Conditions, *, needed: bool) -> Candidate:
    """The trip's truck in its shift, and where a pass is `needed` within the time of a valid one: the trip's own, or another."""
    shift_from, shift_to = (
        midnight(trip.day) + dt.timedelta(hours=time.hour, minutes=time.minute)
        for time in (trip.truck.shift_from, trip.truck.shift_to)
    )
    starts_at = min(max(shift_from, at), trip.starts_at)
    green_pass, ends_at = trip.green_pass, max(shift_to, trip.ends_at)
    if green_pass is not None and green_pass.state != PassState.ISSUED:
        green_pass = None
    bare = Candidate(trip.truck, trip.driver, green_pass, starts_at, ends_at, conditions=conditions)
    if not needed:
        return bare
    passes = [] if green_pass is None else [green_pass]
    passes += [one for one in trip.truck.issued if one != green_pass]
    options = [_within(bare, one) for one in passes if one.valid_from < ends_at and starts_at < one.valid_to]
    return replace(options[0], others=tuple(options[1:])) if options else replace(bare, green_pass=None)


def _within(candidate: Candidate, green_pass: Pass) -> Candidate:
    starts_at, ends_at = max(candidate.starts_at, green_pass.valid_from), min(candidate.ends_at, green_pass.valid_to)
    return replace(candidate, green_pass=green_pass, starts_at=starts_at, ends_at=ends_at)
