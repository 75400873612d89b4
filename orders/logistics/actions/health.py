"""What a checker saw of a driver: facts only, no pictures; never edited."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.models import User
from orders.logistics import exceptions as refusals
from orders.logistics.enums import HealthCode, SampleResult
from orders.logistics.models import Driver, HealthCheck
from orders.logistics.permissions import require_dispatcher

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
