"""What a checker saw of a driver: facts only, no pictures; never edited, each look written down, and erased on time."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.models import User
from market.permissions import require
from orders.logistics import exceptions as refusals
from orders.logistics.actions.clearing import hold_if_unfit, lock_for_judging
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.enums import OPEN_TRIPS, HealthCode, SampleResult, TravelCard, TripState
from orders.logistics.exceptions_health import ReportBeforeSample, ReportWithoutSample
from orders.logistics.models import Checkpoint, Driver, HealthCheck, HealthTally, Rules, Trip
from orders.logistics.permissions_fitness import may_check_health, may_see_health
from orders.logistics.queries.fitness import HEALTH_DAYS

COLDEST, HOTTEST = Decimal(30), Decimal(45)


@transaction.atomic
def record_health_check(
    driver: Driver,
    *,
    code: str,
    by: User,
    sampled_at: dt.datetime | None = None,
    reported_at: dt.datetime | None = None,
    result: str = "",
    temperature: Decimal | None = None,
    travel_card: str = "",
    checkpoint: Checkpoint | None = None,
    at: dt.datetime | None = None,
) -> HealthCheck:
    """One more check stands on the driver's record; the latest counts. Each call writes one: two looks are two facts.

    Trips of the driver that may no longer run are put back or lose their code at once. Written by a dispatcher, or by an officer at the
    `checkpoint` that has the driver's trip before it. The event carries no health facts. Locks: trips, trucks, drivers, passes.
    Raises: NotAllowed, SampleIncomplete, ReportWithoutSample, ReportBeforeSample, SampledInFuture, BadTemperature.
    """
    require(may_check_health(by, driver, checkpoint))
    at = at or timezone.now()
    _check(sampled_at, reported_at, result, temperature, at)
    own = Trip.objects.filter(driver=driver, state__in=OPEN_TRIPS).values_list("pk", flat=True)
    trips = lock_for_judging(own)  # also those only planned: one may be being cleared, without this check
    check = HealthCheck.objects.create(
        driver=driver,
        code=HealthCode(code),
        travel_card=TravelCard(travel_card) if travel_card else "",
        sampled_at=sampled_at,
        reported_at=reported_at,
        result=SampleResult(result) if result else "",
        temperature=temperature,
        checked_by=by,
        checked_at=at,
        checkpoint=checkpoint,
    )
    record(driver, "health_checked", by=by)
    for trip in trips.values():
        if trip.driver_id == driver.pk and trip.state in OPEN_TRIPS - {TripState.PLANNED}:
            hold_if_unfit(trip, by=None, at=at)
    return check


@transaction.atomic
def look_at_health(driver: Driver, *, by: User) -> list[HealthCheck]:
    """What was seen of the driver, the latest first; that somebody looked stands in the driver's history.

    Only for the dispatcher of a trip of the driver that is not over, and the checkpoint that deals with one today. Each look is an
    event of its own. Locks: driver (so that nothing is read while the clock erases it). Raises: NotAllowed.
    """
    driver = lock_one(Driver, driver.pk)
    require(may_see_health(by, driver))
    record(driver, "health_seen", by=by)
    return list(driver.health_checks.select_related("checked_by", "checkpoint")[:20])


@dataclass(frozen=True)
class _Kept:
    """Until when checks of a day are kept, and what stopped a driver on it."""

    days: int
    limit: Decimal | None


@transaction.atomic
def erase_old_health_checks(*, at: dt.datetime | None = None) -> int:
    """No check is left longer than the rules of its day keep it (HEALTH_DAYS without rules); of each day a count stays.

    Each driver's history says that some were erased. Returns how many. The clock's job: two statements when nothing is to be
    erased. Locks: drivers, counts. A repeat changes nothing.
    """
    at = at or timezone.now()
    rules = list(Rules.objects.order_by("-since", "-pk"))
    days = HealthCheck.objects.order_by().datetimes("checked_at", "day")
    found = {day.date(): _kept(rules, day.date()) for day in days}
    old = [check for day, kept in found.items() for check in _over(day, kept, at)]
    if not old:
        return 0
    locked = lock_all(Driver, {check.driver_id for check in old})
    still = {check.pk for check in HealthCheck.objects.filter(pk__in=[check.pk for check in old])}
    gone = [check for check in old if check.pk in still]
    _count(gone, found)
    HealthCheck.objects.filter(pk__in=still).delete()
    for driver in locked.values():
        if any(check.driver_id == driver.pk for check in gone):
            record(driver, "health_erased", by=None)
    return len(gone)


def _check(
    sampled_at: dt.datetime | None,
    reported_at: dt.datetime | None,
    result: str,
    temperature: Decimal | None,
    at: dt.datetime,
) -> None:
    if reported_at is not None and sampled_at is None:
        raise ReportWithoutSample
    if bool(result) != (sampled_at is not None):
        raise refusals.SampleIncomplete
    if sampled_at is not None and max(sampled_at, reported_at or sampled_at) > at:
        raise refusals.SampledInFuture
    if sampled_at is not None and reported_at is not None and reported_at < sampled_at:
        raise ReportBeforeSample
    if temperature is not None and not COLDEST <= temperature <= HOTTEST:
        raise refusals.BadTemperature


def _kept(rules: list[Rules], day: dt.date) -> _Kept:
    """By the rules in force on that day, as `Rules.objects.in_force` finds them."""
    one = next((r for r in rules if r.since <= day and (r.until is None or r.until >= day)), None)
    return _Kept(one.keep_days, one.temperature_limit) if one else _Kept(HEALTH_DAYS, None)


def _over(day: dt.date, kept: _Kept, at: dt.datetime) -> list[HealthCheck]:
    """Checks of the day that are past their time; none and no statement while the day is young."""
    if day > timezone.localdate(at) - dt.timedelta(days=kept.days):
        return []
    since = at - dt.timedelta(days=kept.days)
    return list(HealthCheck.objects.filter(checked_at__date=day, checked_at__lt=since).order_by("pk"))


def _count(checks: list[HealthCheck], kept: dict[dt.date, _Kept]) -> None:
    """What is left of them: how many of a day, and how many stopped a driver."""
    by_day: dict[dt.date, list[HealthCheck]] = {}
    for check in checks:
        by_day.setdefault(timezone.localdate(check.checked_at), []).append(check)
    for day, rows in sorted(by_day.items()):
        HealthTally.objects.get_or_create(day=day)
        tally = HealthTally.objects.select_for_update(no_key=True).get(day=day)
        tally.checked += len(rows)
        tally.stopped += sum(_stopped(check, kept[day].limit) for check in rows)
        tally.save(update_fields=["checked", "stopped"])


def _stopped(check: HealthCheck, limit: Decimal | None) -> bool:
    hot = limit is not None and check.temperature is not None and check.temperature > limit
    return hot or check.code != HealthCode.GREEN or check.result == SampleResult.POSITIVE
