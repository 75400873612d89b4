"""How much is known of a driver's health, without saying what."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max

from orders.logistics.models import Driver, HealthTally


@dataclass(frozen=True)
class HealthShape:
    """How many checks there are and when the last was; nothing of what they say."""

    checks: int
    last_at: dt.datetime | None


def health_shape(driver: Driver) -> HealthShape:
    """One statement."""
    row = driver.health_checks.order_by().aggregate(checks=Count("pk"), last_at=Max("checked_at"))
    return HealthShape(row["checks"], row["last_at"])


def health_tallies(count: int = 31) -> list[HealthTally]:
    """What is left of erased checks, the latest day first. One statement."""
    return list(HealthTally.objects.all()[:count])
