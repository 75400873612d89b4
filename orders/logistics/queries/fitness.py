"""Whether a trip may run. The one place that says so; planning, moving, committing and departing all ask here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from market.wording import clock_time
from orders.logistics.enums import HealthCode, PassState, SampleResult
from orders.logistics.models import Driver, HealthCheck, Pass, Rules, Truck

# Facts of a person's health count no longer than this; then the clock erases them (`actions.health.erase_old_health_checks`).
HEALTH_DAYS = 14

SENTENCES: dict[str, Any] = {
    "truck_inactive": _("这辆车设为停用，请先设为可派"),
    "carrier_unverified": _("运输企业还没有通过核实，请主管部门先核实"),
    "driver_missing": _("没有当班司机，请先指定司机"),
    "driver_inactive": _("司机设为停用，请换一位司机"),
    "driver_of_another_carrier": _("司机不是这家运输企业的，请换一位司机"),
    "pass_missing": _("没有通行证，请先办理"),
    "pass_suspended": _("通行证已暂停或吊销，请换有效的通行证"),
    "pass_too_late": _("通行证 %(at)s 才生效，请换一张覆盖整趟的"),
    "pass_too_early": _("通行证 %(at)s 就失效，请换一张覆盖整趟的"),
    "code_missing": _("司机没有健康码查验记录，请先查验"),
    "code_not_green": _("司机不是绿码，不能出车"),
    "test_missing": _("司机没有核酸阴性记录，请先检测"),
    "test_positive": _("司机最近一次核酸为阳性，不能出车"),
    "test_too_old": _("司机的核酸 %(at)s 就过期，请重新检测"),
    "temperature_missing": _("司机没有体温记录，请先测体温"),
    "temperature_high": _("司机体温超过上限，不能出车"),
    "shift_over": _("这一天的出车时间已过，请改出车时间或选别的日子"),
    "busy": _("这段时间已有别的车次"),
    "base_unknown": _("驻地没有坐标，请改驻地"),
}
HEALTH_CODES = frozenset(
    {"code_missing", "code_not_green", "test_missing", "test_positive", "test_too_old", "temperature_missing"}
    | {"temperature_high"}
)
HIDDEN_HEALTH = _("司机的健康查验不全或没有通过，请与调度员联系")


@dataclass(frozen=True)
class Reason:
    """Why a trip may not run: a stable code and a sentence in the reader's language."""

    code: str
    facts: dict[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % {"at": clock_time(parse_datetime(self.facts.get("at", "")))}

    @property
    def is_health(self) -> bool:
        return self.code in HEALTH_CODES

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "facts": self.facts}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Reason":
        return cls(value["code"], value.get("facts", {}))


def masked(reasons: Iterable[Reason]) -> list[str]:
    """The sentences for somebody who may not read health facts: one sentence stands for all of them."""
    return list(dict.fromkeys(str(HIDDEN_HEALTH) if r.is_health else str(r) for r in reasons))


def rules_for(day: dt.date) -> Rules | None:
    """The rules in force; None in an ordinary glut. One statement."""
    return Rules.objects.in_force(day).first()


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


def why_not(
    truck: Truck,
    driver: Driver | None,
    green_pass: Pass | None,
    rules: Rules | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> list[Reason]:
    """Every reason why this trip may not run from `starts_at` to `ends_at`; an empty list lets it run.

    Without rules in force neither pass nor health is asked for. One statement for a driver whose checks are not fetched.
    """
    return [
        *_of_truck(truck),
        *_of_driver(truck, driver),
        *(_of_pass(truck, green_pass, starts_at, ends_at) if rules and rules.pass_needed else ()),
        *(_of_health(driver, rules, starts_at, ends_at) if rules and driver else ()),
    ]


def negative_until(driver: Driver, rules: Rules, before: dt.datetime) -> dt.datetime | None:
    """Until when the latest negative sample counts, from the time of sampling. None without one."""
    sampled = [
        c.sampled_at for c in recent_checks(driver, before) if c.result == SampleResult.NEGATIVE and c.sampled_at
    ]
    return max(sampled) + dt.timedelta(hours=rules.test_hours or 0) if sampled else None


def _of_truck(truck: Truck) -> list[Reason]:
    reasons = [] if truck.is_active else [Reason("truck_inactive")]
    return reasons if truck.carrier.is_verified else [*reasons, Reason("carrier_unverified")]


def _of_driver(truck: Truck, driver: Driver | None) -> list[Reason]:
    if driver is None:
        return [Reason("driver_missing")]
    if driver.carrier_id != truck.carrier_id:
        return [Reason("driver_of_another_carrier")]
    return [] if driver.is_active else [Reason("driver_inactive")]


def _of_pass(truck: Truck, green_pass: Pass | None, starts_at: dt.datetime, ends_at: dt.datetime) -> list[Reason]:
    if green_pass is None or green_pass.truck_id != truck.pk:
        return [Reason("pass_missing")]
    if green_pass.state != PassState.ISSUED:
        return [Reason("pass_suspended")]
    if green_pass.valid_from > starts_at:
        return [Reason("pass_too_late", {"at": green_pass.valid_from.isoformat()})]
    if green_pass.valid_to < ends_at:
        return [Reason("pass_too_early", {"at": green_pass.valid_to.isoformat()})]
    return []


def _of_health(driver: Driver, rules: Rules, starts_at: dt.datetime, ends_at: dt.datetime) -> list[Reason]:
    checks = recent_checks(driver, starts_at)
    reasons = []
    if rules.green_code_needed and not checks:
        reasons.append(Reason("code_missing"))
    elif rules.green_code_needed and checks[0].code != HealthCode.GREEN:
        reasons.append(Reason("code_not_green"))
    if rules.test_hours is not None:
        reasons += _of_test(driver, rules, starts_at, ends_at)
    if rules.temperature_limit is not None:
        reasons += _of_temperature(checks, rules.temperature_limit)
    return reasons


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
