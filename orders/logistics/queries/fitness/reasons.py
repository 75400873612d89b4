"""Why a trip may not run: stable codes, each with its sentence and what cures it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from market.wording import calendar_day, clock_time

SENTENCES: dict[str, Any] = {
    "truck_inactive": _("这辆车设为停用，请先设为可派"),
    "carrier_unverified": _("运输企业还没有通过核实，请主管部门先核实"),
    "inspection_over": _("车辆年检 %(day)s 到期，请先年检，再更新资料"),
    "insurance_over": _("车辆保险 %(day)s 到期，请先续保，再更新资料"),
    "driver_missing": _("没有当班司机，请先指定司机"),
    "driver_inactive": _("司机设为停用，请换一位司机"),
    "driver_of_another_carrier": _("司机不是这家运输企业的，请换一位司机"),
    "licence_over": _("司机的驾驶证 %(day)s 到期，请换一位司机或更新资料"),
    "pass_missing": _("没有通行证，请先办理"),
    "pass_suspended": _("通行证已暂停或吊销，请换有效的通行证"),
    "pass_too_late": _("通行证 %(at)s 才生效，请换一张覆盖整趟的"),
    "pass_too_early": _("通行证 %(at)s 就失效，请换一张覆盖整趟的"),
    "pass_other_route": _("通行证的路线不含%(place)s，请换一张含这里的"),
    "code_missing": _("司机没有健康码查验记录，请先查验"),
    "code_not_green": _("司机不是绿码，不能出车"),
    "travel_card_missing": _("司机没有行程卡查验记录，请先查验"),
    "test_missing": _("司机没有核酸阴性记录，请先检测"),
    "test_positive": _("司机最近一次核酸为阳性，不能出车"),
    "test_too_old": _("司机的核酸 %(at)s 就过期，请重新检测"),
    "temperature_missing": _("司机没有体温记录，请先测体温"),
    "temperature_high": _("司机体温超过上限，不能出车"),
    "area_closed": _("%(place)s从 %(at)s 起封闭，请改走接驳点或改时间"),
    "base_closed": _("驻地%(place)s封闭，车出不来，请换一辆车"),
    "truck_banned": _("%(place)s每天 %(from)s 到 %(to)s 不让这么大的车进，请换小车或改时间"),
    "shift_over": _("这一天的出车时间已过，请改出车时间或选别的日子"),
    "busy": _("这段时间已有别的车次"),
    "base_unknown": _("驻地没有坐标，请改驻地"),
}
HEALTH_CODES = frozenset(
    {"code_missing", "code_not_green", "travel_card_missing", "test_missing", "test_positive", "test_too_old"}
    | {"temperature_missing", "temperature_high"}
)
# What no supervisor lets run: there is nobody to drive, or somebody would be harmed.
FIRM_CODES = frozenset(
    {"truck_inactive", "carrier_unverified", "driver_missing", "driver_inactive", "driver_of_another_carrier"}
    | {"test_positive", "shift_over", "busy", "base_unknown"}
)
HIDDEN = "health"  # stands for all health reasons, for those who may not read them and where they must not be kept
HIDDEN_HEALTH = _("司机的健康查验不全或没有通过，请与调度员联系")
SENTENCES[HIDDEN] = HIDDEN_HEALTH

CURES: dict[str, Any] = {
    "truck": _("更新车辆资料，或换一辆车"),
    "driver": _("换一位司机"),
    "pass": _("给这辆车办覆盖整趟的通行证"),
    "health": _("请司机先查验"),
    "area": _("改走接驳点、提前出发，或在边界换车"),
    "time": _("换小车，或改到限行时间以外"),
}
TITLES: dict[str, Any] = {
    "pass": _("通行证"),
    "health": _("司机健康查验"),
    "inspection": _("车辆年检"),
    "insurance": _("车辆保险"),
    "licence": _("驾驶证"),
    "area": _("封闭区域"),
    "base": _("驻地封闭"),
    "truck": _("货车限行"),
}
# What ends first, by `Fitness.limited_by`.
ENDS: dict[str, Any] = {
    "pass": _("通行证到期"),
    "test": _("司机核酸到期"),
    "inspection": _("车辆年检到期"),
    "insurance": _("车辆保险到期"),
    "licence": _("驾驶证到期"),
    "area": _("前方封闭"),
}
_CURED_BY = (
    ("pass", ("pass_",)),
    ("area", ("area_",)),
    ("time", ("truck_banned", "shift_over", "busy")),
    ("driver", ("driver_", "licence_", "test_positive", "code_not_green", "temperature_high")),
    ("health", ("code_", "travel_", "test_", "temperature_")),
)


@dataclass(frozen=True)
class Reason:
    """Why a trip may not run: a stable code and a sentence in the reader's language."""

    code: str
    facts: dict[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        said: dict[str, Any] = {**self.facts, "at": clock_time(parse_datetime(self.facts.get("at", "")))}
        if "day" in self.facts:
            said["day"] = calendar_day(parse_date(self.facts["day"]) or dt.date.min)
        return str(SENTENCES[self.code]) % said

    @property
    def title(self) -> str:
        """What it is about, where the moment and the place are no longer known."""
        return str(TITLES.get(self.code.split("_")[0], TITLES["truck"]))

    @property
    def is_health(self) -> bool:
        return self.code in HEALTH_CODES

    @property
    def cured_by(self) -> str:
        """A key of CURES: where to do something about it."""
        return next((cure for cure, starts in _CURED_BY if self.code.startswith(starts)), "truck")

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "facts": self.facts}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Reason":
        return cls(value["code"], value.get("facts", {}))


def masked(reasons: Iterable[Reason]) -> list[str]:
    """The sentences for somebody who may not read health facts: one sentence stands for all of them."""
    return list(dict.fromkeys(str(HIDDEN_HEALTH) if r.is_health else str(r) for r in reasons))


def sayings_of(codes: Iterable[str]) -> list[str]:
    """In words what was kept as codes: the sentence, or what it is about where its moment and place are no longer known."""
    return [str(SENTENCES[c]) if "%(" not in str(SENTENCES[c]) else Reason(c).title for c in codes if c in SENTENCES]


def masked_codes(reasons: Iterable[Reason]) -> list[str]:
    """The codes for what is kept for longer than health facts may be: one code stands for all of those."""
    return list(dict.fromkeys(HIDDEN if r.is_health else r.code for r in reasons))
