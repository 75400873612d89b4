"""The fitness of a trip that is written down, with the pass that suits it best and the overrides that cover it."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from orders.logistics.models import Driver, Load, Pass, Stop, Trip, TripOverride, Truck
from orders.logistics.queries.fitness.judging import Fitness, Grounds, fitness_of
from orders.logistics.queries.fitness.places import calls_of
from orders.logistics.queries.fitness.reasons import FIRM_CODES, HIDDEN, Reason


def fitness_of_trip(
    trip: Trip,
    stops: Iterable[Stop],
    grounds: Grounds,
    *,
    green_pass: Pass | None = None,
    truck: Truck | None = None,
    driver: Driver | None = None,
    at: dt.datetime | None = None,
    late: dt.timedelta = dt.timedelta(0),
) -> Fitness:
    """From its start (or `at`, when it leaves then) to its end, `late` as it may be. No statement beside the driver's checks."""
    starts_at = max(trip.starts_at, at) if at else trip.starts_at
    ends_at = max(trip.ends_at + max(late, dt.timedelta(0)), starts_at)
    return fitness_of(
        truck or trip.truck,
        driver or trip.driver,
        green_pass or trip.green_pass,
        grounds,
        at or starts_at,
        ends_at,
        calls_of(stops, late),
    )


def ridden_stops(trip: Trip) -> list[Stop]:
    """Those at which something is loaded or unloaded, with their places. Two statements."""
    live = set(Load.objects.live().filter(trip=trip).values_list("pickup_id", "delivery_id"))
    wanted = {pk for pair in live for pk in pair}
    return list(Stop.objects.filter(pk__in=wanted).select_related("place").order_by("position"))


def overdue(trip: Trip, at: dt.datetime) -> dt.timedelta:
    """How long past its plan a trip is that is still under way; none before."""
    return max(at - trip.ends_at, dt.timedelta(0))


def best_pass(
    trip: Trip, passes: Iterable[Pass], stops: Sequence[Stop], grounds: Grounds, **how: object
) -> tuple[Pass | None, Fitness]:
    """The trip's own pass where the trip is fit with it, else the first of its truck's with which it is; else its own, judged."""
    own, *others = _own_first(trip, passes)
    tried = [(one, fitness_of_trip(trip, stops, grounds, green_pass=one, **how)) for one in (own, *others)]  # type: ignore[arg-type]
    return next((pair for pair in tried if pair[1].is_fit), tried[0])


def uncovered(reasons: Iterable[Reason], overrides: Iterable[TripOverride], ends_at: dt.datetime) -> list[Reason]:
    """Reasons that no supervisor's override lets pass until the truck is back."""
    covered = {code for one in overrides if one.until >= ends_at for code in one.reasons}
    return [reason for reason in reasons if not _is_covered(reason, covered)]


def _is_covered(reason: Reason, covered: Collection[str]) -> bool:
    return reason.code not in FIRM_CODES and (HIDDEN if reason.is_health else reason.code) in covered


def may_be_overridden(codes: Collection[str]) -> bool:
    return bool(codes) and not set(codes) & FIRM_CODES


def _own_first(trip: Trip, passes: Iterable[Pass]) -> list[Pass | None]:
    rows = {one.pk: one for one in passes}
    own = rows.pop(trip.green_pass_id or 0, trip.green_pass)
    newest = sorted(rows.values(), key=lambda one: (one.valid_to, one.pk), reverse=True)
    return [own, *newest]
