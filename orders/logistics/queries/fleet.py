"""Which trucks may run on a day and when; and for the others, why not."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Q, prefetch_related_objects

from orders.logistics.enums import OPEN_TRIPS, PassState
from orders.logistics.models import Driver, Pass, RiskArea, Rules, Trip, Truck
from orders.logistics.queries.conditions import Conditions, conditions_of
from orders.logistics.queries.fitness import (
    Fitness,
    Grounds,
    Reason,
    base_closed,
    fitness_of,
    grounds_for,
    negative_until,
    with_recent_checks,
)
from orders.logistics.queries.journeys import Candidate, midnight, point_of

SHORTEST = dt.timedelta(hours=1)  # less time than this is no trip
Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Excluded:
    """A truck that is not planned, with every reason."""

    truck: Truck
    reasons: list[Reason]


@dataclass(frozen=True)
class Fleet:
    candidates: list[Candidate]
    excluded: list[Excluded]
    rules: Rules | None

    @property
    def pass_needed(self) -> bool:
        return bool(self.rules and self.rules.pass_needed)


def fleet_for(
    day: dt.date,
    at: dt.datetime,
    *,
    trucks: Iterable[int] | None = None,
    driver: Driver | None = None,
    trip: Trip | None = None,
    freed: Collection[int] = (),
) -> Fleet:
    """All trucks (or those of `trucks`) sorted into those that may run on `day` from `at` on and those that may not.

    `driver` stands in for the truck's own (a planned trip keeps its driver); `trip` is the one being changed, whose own
    time is free, as is that of the trips `freed`. Nine statements: rules, closed areas, bans, trucks with drivers, checks, passes,
    open trips, toll rules, corrected distances.
    """
    grounds = _grounds_of(day)
    wanted = Truck.objects.select_related("carrier", "base__parent__parent", "driver")
    if trucks is not None:
        wanted = wanted.filter(pk__in=list(trucks))
    rows = list(wanted.prefetch_related(with_recent_checks(midnight(day), "driver__health_checks")))
    return _sorted(rows, driver, grounds, day, at, {trip.pk, *freed} if trip else freed)


def fleet_of_trip(trip: Trip, at: dt.datetime) -> Fleet:
    """The trip's own truck with the trip's own driver, judged as `fleet_for` does, from rows that came with the trip.

    Eight statements: rules, closed areas, bans, the driver's checks, passes, other open trips, toll rules, distances.
    """
    prefetch_related_objects([trip.driver], with_recent_checks(midnight(trip.day)))
    return _sorted([trip.truck], trip.driver, _grounds_of(trip.day), trip.day, at, {trip.pk})


def _sorted(
    trucks: list[Truck],
    driver: Driver | None,
    grounds: Grounds,
    day: dt.date,
    at: dt.datetime,
    freed: Collection[int],
) -> Fleet:
    passes = _passes_of(trucks)
    conditions = conditions_of(day, grounds.areas, grounds.bans)
    busy = _busy(trucks, driver, day, freed)
    candidates: list[Candidate] = []
    excluded: list[Excluded] = []
    for truck in trucks:
        at_wheel = driver or truck.driver
        spans = [span for keys, span in busy if truck.pk == keys[0] or (at_wheel and at_wheel.pk == keys[1])]
        found = _judge(truck, at_wheel, passes.get(truck.pk, []), spans, grounds, conditions, day, at)
        (candidates if isinstance(found, Candidate) else excluded).append(found)  # type: ignore[arg-type]
    return Fleet(candidates, excluded, grounds.rules)


def _judge(
    truck: Truck,
    driver: Driver | None,
    passes: list[Pass],
    busy: list[Span],
    grounds: Grounds,
    conditions: Conditions,
    day: dt.date,
    at: dt.datetime,
) -> Candidate | Excluded:
    """The longest time of the shift in which nothing stands against a trip, or what does."""
    shift = (_on(day, truck.shift_from), _on(day, truck.shift_to))
    free = _longest_gap((max(shift[0], at), shift[1]), busy)
    green_pass = _best_pass(passes, free or shift)
    if free is None:
        why = Reason("busy" if busy and at < shift[1] else "shift_over")
        return Excluded(truck, [*_standing(truck, driver, green_pass, grounds, shift), why])
    found = _with_pass(truck, driver, green_pass, free, grounds, conditions)
    if isinstance(found, Excluded) or not (grounds.rules and grounds.rules.pass_needed):
        return found
    issued = [one for one in passes if one.state == PassState.ISSUED and one != green_pass]
    by_time = sorted(issued, key=lambda one: (_length(_overlap(one, free)), one.valid_to, one.pk), reverse=True)
    others = [_with_pass(truck, driver, one, free, grounds, conditions) for one in by_time]
    return replace(found, others=tuple(one for one in others if isinstance(one, Candidate)))


def _with_pass(
    truck: Truck, driver: Driver | None, green_pass: Pass | None, free: Span, grounds: Grounds, conditions: Conditions
) -> Candidate | Excluded:
    """The truck in the free time, with this pass."""
    standing = _standing(truck, driver, green_pass, grounds, free)
    span = _narrowed(free, truck, driver, green_pass, grounds)
    if span[1] - span[0] < SHORTEST or driver is None or point_of(truck.base) is None:
        return Excluded(truck, standing)
    fitness = _fitness(truck, driver, green_pass, grounds, span)
    if not fitness.is_fit:
        return Excluded(truck, [*fitness.reasons])
    covers = green_pass is not None and green_pass.state == PassState.ISSUED and _overlap(green_pass, span) == span
    return Candidate(truck, driver, green_pass if covers else None, *span, conditions=conditions)


def _standing(
    truck: Truck, driver: Driver | None, green_pass: Pass | None, grounds: Grounds, span: Span
) -> list[Reason]:
    unknown = [Reason("base_unknown")] if point_of(truck.base) is None else []
    return [*_fitness(truck, driver, green_pass, grounds, span).reasons, *unknown]


def _grounds_of(day: dt.date) -> Grounds:
    return grounds_for(midnight(day), midnight(day) + dt.timedelta(days=1))


def _fitness(truck: Truck, driver: Driver | None, green_pass: Pass | None, grounds: Grounds, span: Span) -> Fitness:
    """Of a truck whose halts are not known yet; it must get out of its base and home again."""
    fitness = fitness_of(truck, driver, green_pass, grounds, *span)
    closed = [area for area in base_closed(truck, grounds.areas) if area.starts_at < span[1] and _holds(area, span[0])]
    if not closed:
        return fitness
    said = Reason("base_closed", {"place": str(closed[0])})
    return replace(fitness, reasons=(*fitness.reasons, said))


def _holds(area: RiskArea, at: dt.datetime) -> bool:
    return area.ends_at is None or area.ends_at > at


def _narrowed(span: Span, truck: Truck, driver: Driver | None, green_pass: Pass | None, grounds: Grounds) -> Span:
    """The part of `span` that the pass and the driver's test cover, and in which the truck gets home."""
    starts_at, ends_at = span
    rules = grounds.rules
    for area in base_closed(truck, grounds.areas):
        if area.starts_at > starts_at:
            ends_at = min(ends_at, area.starts_at)
    if rules and rules.pass_needed and green_pass is not None:
        starts_at, ends_at = max(starts_at, green_pass.valid_from), min(ends_at, green_pass.valid_to)
    if rules and rules.test_hours is not None and driver is not None:
        until = negative_until(driver, rules, starts_at)
        ends_at = min(ends_at, until) if until else ends_at
    return starts_at, ends_at


def _longest_gap(span: Span, busy: list[Span]) -> Span | None:
    """The longest free time in `span` between the busy ones; None where it is shorter than a trip."""
    gaps, at = [], span[0]
    for starts_at, ends_at in sorted(busy):
        gaps.append((at, min(starts_at, span[1])))
        at = max(at, ends_at)
    gaps.append((at, span[1]))
    best = max(gaps, key=lambda gap: gap[1] - gap[0])
    return best if best[1] - best[0] >= SHORTEST else None


def _best_pass(passes: list[Pass], span: Span) -> Pass | None:
    """The valid one that covers most of `span`; else any, so that the reason can name what is wrong with it."""
    issued = [green_pass for green_pass in passes if green_pass.state == PassState.ISSUED]
    return max(issued or passes, key=lambda p: (_length(_overlap(p, span)), p.valid_to, p.pk), default=None)


def _overlap(green_pass: Pass, span: Span) -> Span:
    return max(green_pass.valid_from, span[0]), min(green_pass.valid_to, span[1])


def _length(span: Span) -> dt.timedelta:
    return max(span[1] - span[0], dt.timedelta(0))


def _passes_of(trucks: list[Truck]) -> dict[int, list[Pass]]:
    passes: dict[int, list[Pass]] = {}
    for green_pass in Pass.objects.filter(truck__in=[truck.pk for truck in trucks]):
        passes.setdefault(green_pass.truck_id, []).append(green_pass)
    return passes


def _busy(
    trucks: list[Truck], driver: Driver | None, day: dt.date, freed: Collection[int]
) -> list[tuple[tuple[int, int], Span]]:
    """Truck, driver and time of the open trips that touch the day."""
    drivers = {truck.driver_id for truck in trucks if truck.driver_id} | ({driver.pk} if driver else set())
    taken = Trip.objects.filter(
        Q(truck__in=[truck.pk for truck in trucks]) | Q(driver__in=drivers),
        state__in=OPEN_TRIPS,
        starts_at__lt=midnight(day) + dt.timedelta(days=1),
        ends_at__gt=midnight(day),
    )
    rows = taken.exclude(pk__in=freed).values_list("truck_id", "driver_id", "starts_at", "ends_at")
    return [((truck_id, driver_id), (starts_at, ends_at)) for truck_id, driver_id, starts_at, ends_at in rows]


def _on(day: dt.date, at: dt.time) -> dt.datetime:
    return midnight(day) + dt.timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
