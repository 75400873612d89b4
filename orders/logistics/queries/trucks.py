"""The fleet as its carrier and the dispatcher keep it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from market.enums import OrganisationKind
from market.models import Organisation
from orders.logistics.models import Driver, Pass, Rules, Truck
from orders.logistics.queries.fitness import Reason, rules_for, why_not, with_recent_checks


@dataclass(frozen=True)
class TruckRow:
    """A truck with the pass that counts now, and what stands against a trip at this moment."""

    truck: Truck
    green_pass: Pass | None
    reasons: list[Reason]


def truck_rows(trucks: QuerySet[Truck], now: dt.datetime, today: dt.date) -> list[TruckRow]:
    """Four statements: rules, trucks, passes, checks."""
    rules = rules_for(today)
    passes = Prefetch("passes", Pass.objects.order_by("-valid_to", "-pk"), to_attr="all_passes")
    rows = trucks.select_related("carrier", "base", "driver").prefetch_related(
        passes, with_recent_checks(now, "driver__health_checks")
    )
    return [_row(truck, rules, now) for truck in rows]


def drivers_of(drivers: QuerySet[Driver]) -> list[Driver]:
    """With carrier and truck. One statement."""
    return list(drivers.select_related("carrier", "truck"))


def all_carriers() -> list[Organisation]:
    """One statement."""
    return list(Organisation.objects.filter(kind=OrganisationKind.CARRIER).order_by("name", "pk"))


def _row(truck: Any, rules: Rules | None, now: dt.datetime) -> TruckRow:
    current = [p for p in truck.all_passes if p.state == "issued" and p.valid_from <= now <= p.valid_to]
    green_pass = current[0] if current else (truck.all_passes[0] if truck.all_passes else None)
    return TruckRow(truck, green_pass, why_not(truck, truck.driver, green_pass, rules, now, now))
