"""What the checks of a driver say against a trip. Facts count for HEALTH_DAYS at most."""

import datetime as dt
from decimal import Decimal

from django.db.models import Prefetch

from orders.logistics.enums import HealthCode, SampleResult, TestCountsFrom
from orders.logistics.models import Driver, HealthCheck, Rules
from orders.logistics.queries.fitness.reasons import Reason

# Facts of a person's health count no longer than this, whatever the rules keep (`actions.health.erase_old_health_checks`).
HEALTH_DAYS = 14


def with_recent_checks(before: dt.datetime, path: str = "health_checks") -> Prefetch:
    """For querysets of drivers (or of what has one): what was seen in the days that count, as `recent_checks`."""
    since = before - dt.timedelta(days=HEALTH_DAYS)
    checks = HealthCheck.objects.filter(checked_at__gte=since).order_by("-checked_at", "-pk")
    return Prefetch(path, checks, to_attr="recent_checks")


def recent_checks(driver: Driver, before: dt.datetime) -> list[HealthCheck]:
    """The latest first. No statement where they were fetched with the driver, else one."""
    known: list[HealthCheck] | None = getattr(driver, "recent_checks", None)
    if known is None:
        since = before - dt.timedelta(days=HEALTH_DAYS)
        known = list(driver.health_checks.filter(checked_at__gte=since).order_by("-checked_at", "-pk"))
    return known


def negative_until(driver: Driver, rules: Rules, before: dt.datetime) -> dt.datetime | None:
    """Until when the latest negative test counts, from sampling or report as the rules say. None without one."""
    counted = [
        moment
        for check in recent_checks(driver, before)
        if check.result == SampleResult.NEGATIVE and (moment := _counts_from(check, rules)) is not None
    ]
    return max(counted) + dt.timedelta(hours=rules.test_hours or 0) if counted else None


def of_health(driver: Driver, rules: Rules, starts_at: dt.datetime, ends_at: dt.datetime) -> list[Reason]:
    checks = recent_checks(driver, starts_at)
    reasons = []
    if rules.green_code_needed and not checks:
        reasons.append(Reason("code_missing"))
    elif rules.green_code_needed and checks[0].code != HealthCode.GREEN:
        reasons.append(Reason("code_not_green"))
    # A star says that a city has an area at risk, not that the person is ill: it must have been looked at, no more.
    if rules.travel_card_needed and not any(check.travel_card for check in checks):
        reasons.append(Reason("travel_card_missing"))
    if rules.test_hours is not None:
        reasons += _of_test(driver, rules, starts_at, ends_at)
    if rules.temperature_limit is not None:
        reasons += _of_temperature(checks, rules.temperature_limit)
    return reasons


def _counts_from(check: HealthCheck, rules: Rules) -> dt.datetime | None:
    """A test whose report nobody dated counts from its sampling, which is the earlier."""
    by_report = rules.test_from == TestCountsFrom.REPORTED and check.reported_at is not None
    return check.reported_at if by_report else check.sampled_at


def _of_test(driver: Driver, rules: Rules, starts_at: dt.datetime, ends_at: dt.datetime) -> list[Reason]:
    """A later positive sample undoes a negative one; a result still to come undoes nothing."""
    decided = [
        c for c in recent_checks(driver, starts_at) if c.sampled_at and c.result not in ("", SampleResult.PENDING)
    ]
    if decided and max(decided, key=lambda c: (c.sampled_at, c.pk)).result == SampleResult.POSITIVE:
        return [Reason("test_positive")]
    until = negative_until(driver, rules, starts_at)
    if until is None:
        return [Reason("test_missing")]
    return [Reason("test_too_old", {"at": until.isoformat()})] if until < ends_at else []


def _of_temperature(checks: list[HealthCheck], limit: Decimal) -> list[Reason]:
    measured = [c.temperature for c in checks if c.temperature is not None]
    if not measured:
        return [Reason("temperature_missing")]
    return [Reason("temperature_high")] if measured[0] > limit else []
