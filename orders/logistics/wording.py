"""How the planner's codes are said to people: why a load is left behind, and what is wrong with a trip."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

NO_POINT = "no_point"
NO_TIME = "no_time"

LEFT_BEHIND: dict[str, Any] = {
    "no_vehicle_with_skill": _("没有合适的车（需要冷藏车或通行证）"),
    "too_heavy": _("没有一辆车装得下"),
    "window_cannot_be_met": _("收货时间内送不到，请与买方商量改收货时间"),
    "fleet_full": _("车不够用，请增加车辆"),
    "not_worth_the_trip": _("量太少，单独跑一趟不划算，请并车或手动加车次"),
    "no_cold_vehicle": _("没有装得下的冷藏车，请增加冷藏车"),
    "no_vehicle_with_pass": _("没有一辆车有从产地县到收货县的通行证，请先办理"),
    "place_closed": _("产地或收货点在能装卸的时间都封闭或不开放，请改时间或走接驳点"),
    "too_large_for_the_place": _("装得下的车都因限行不能到站，请换小车或改时间"),
    NO_POINT: _("产地或收货点没有坐标，请先补上"),
    NO_TIME: _("收货时间和收货点的开放时间对不上，请与买方商量"),
}

VIOLATIONS: dict[str, Any] = {
    "capacity": _("超过核定载质量"),
    "window": _("有一站不能按时到"),
    "shift": _("收车时间前回不来"),
    "skill": _("这批货要冷藏车"),
    "max_distance": _("路程太长"),
    "max_stops": _("站点太多"),
    "max_driving": _("司机驾驶时间超过上限"),
    "cold_capacity": _("超过冷藏舱的载质量"),
    "bound": _("这批货已在别的车上"),
    "aboard_not_first": _("车上已有的货要先卸"),
}

# What a dispatcher should know about a route of a plan.
NOTES: dict[str, Any] = {
    "mixed_grain": _("粮食和鲜活农产品同车，同车时不免通行费，请确认"),
}

# Why something of a previewed plan cannot be taken any more.
NO_LONGER: dict[str, Any] = {
    "allocation_gone": _("买方已取消或改了认购"),
    "already_planned": _("已排在别的车次上"),
    "truck_gone": _("这辆车不能再用"),
    "does_not_fit": _("现在装不下或赶不上时间"),
}


# Why a planning run failed.
FAILURES: dict[str, Any] = {
    "stuck": _("没有在规定时间内算完，请重新计算"),
    "no_plan": _("没有算出可行的方案，请检查车辆和收货时间后重新计算"),
    "error": _("计算出错，请重新计算；再出错请联系管理员"),
}


def failure_word(code: str) -> str:
    return str(FAILURES.get(code, FAILURES["error"]))


def left_behind_word(code: str) -> str:
    return str(LEFT_BEHIND.get(code, code))


def no_longer_word(code: str) -> str:
    return str(NO_LONGER.get(code, code))


def violation_words(kinds: Iterable[str]) -> list[str]:
    """Each once, in the order found."""
    return list(dict.fromkeys(str(VIOLATIONS.get(kind, kind)) for kind in kinds))


def note_words(kinds: Iterable[str]) -> list[str]:
    """Each once, in the order found."""
    return list(dict.fromkeys(str(NOTES.get(kind, kind)) for kind in kinds))
