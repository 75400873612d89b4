"""What a checker saw of a driver: facts only, no pictures; never edited, and erased when it no longer counts."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.models import User
from orders.logistics import exceptions as refusals
from orders.logistics.actions.locks import lock_all
from orders.logistics.enums import HealthCode, SampleResult
from orders.logistics.models import Driver, HealthCheck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.queries.fitness import HEALTH_DAYS

COLDEST, HOTTEST = Decimal(30), Decimal(45)


@transaction.atomic
def record_health_check(
    driver: Driver,
    *,
    code: str,
    by: User,
    sampled_at: dt.datetime | None = None,
    result: str = "",
    temperature: Decimal | None = None,
    at: dt.datetime | None = None,
) -> HealthCheck:
    """One more check stands on the driver's record; the latest counts. Each call writes one: two looks are two facts.

    Locks: nothing. Raises: NotAllowed, SampleIncomplete, SampledInFuture, BadTemperature. The event carries no health facts.
    """
    require_dispatcher(by)
    at = at or timezone.now()
    if bool(result) != (sampled_at is not None):
        raise refusals.SampleIncomplete
    if sampled_at is not None and sampled_at > at:
        raise refusals.SampledInFuture
    if temperature is not None and not COLDEST <= temperature <= HOTTEST:
        raise refusals.BadTemperature
    check = HealthCheck.objects.create(
        driver=driver,
        code=HealthCode(code),
        sampled_at=sampled_at,
        result=SampleResult(result) if result else "",
        temperature=temperature,
        checked_by=by,
        checked_at=at,
    )
    record(driver, "health_checked", by=by)
    return check


@transaction.atomic
def erase_old_health_checks(*, at: dt.datetime | None = None) -> int:
    """No check older than HEALTH_DAYS is left; each driver's history says that some were erased. Returns how many.

    The clock's job: one statement when there is nothing to erase. Locks: drivers. A repeat changes nothing.
    """
    since = (at or timezone.now()) - dt.timedelta(days=HEALTH_DAYS)
    old = HealthCheck.objects.filter(checked_at__lt=since)
    erased = 0
    for driver in lock_all(Driver, set(old.values_list("driver_id", flat=True))).values():
        count, _of_each_kind = old.filter(driver=driver).delete()
        if count:
            record(driver, "health_erased", by=None)
        erased += count
    return erased
