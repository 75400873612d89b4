"""What happened to a pledge, as sentences."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from market.models import Event
from market.quantities import describe
from market.queries.reference import reference
from orders.enums import FILL_TRUCK
from orders.models import Pledge


@dataclass(frozen=True)
class Happening:
    """One line for the timeline component."""

    sentence: str
    at: dt.datetime
    by: Any
    on_behalf_of: Any
    why: str
    icon: str
    kind: str


def history_of(pledge: Pledge) -> list[Happening]:
    """The pledge's history, oldest first, worded so that buyer and seller may read it. One statement."""
    events = list(Event.objects.about(pledge).select_related("by", "on_behalf_of"))
    told, held = [], None
    for event in events:
        say, icon, kind, shows_reason = _VERBS.get(event.verb, _OTHER)
        why = _why(event) if shows_reason else ""
        told.append(Happening(say(event, held), event.at, event.by, event.on_behalf_of, why, icon, kind))
        held = event.grams if event.verb in _SAYS_FIRM else held
    return told


def _why(event: Event) -> str:
    """The reason as people gave it; of a substitution the produce, in the reader's language."""
    goods = reference().by_slug.get(event.reason) if event.verb == "replaced" else None
    return goods.name if goods else event.reason


def _weight(event: Event) -> dict[str, str]:
    return {"quantity": describe(event.grams or 0)}


def _changed(event: Event, held: int | None) -> str:
    words = {"old": describe(held or 0), "new": describe(event.grams or 0)}
    return _("把数量从 %(old)s 改为 %(new)s") % words


def _confirmed(event: Event, held: int | None) -> str:
    if event.grams == held or held is None:
        return _("把预留确认为认购 %(quantity)s") % _weight(event)
    words = {"old": describe(held), "new": describe(event.grams or 0)}
    return _("把预留的 %(old)s 确认为认购 %(new)s") % words


def _stretch(event: Event, held: int | None) -> str:
    if not event.grams:
        return _("改为只要保底的量，不再多收")
    return _("改为最多可收 %(quantity)s") % {"quantity": describe((held or 0) + event.grams)}


def _fresh(event: Event, _held: int | None) -> str:
    if event.to_state in ("", "0"):
        return _("不再要求送到后还能放多久")
    return _("改为送到后还要能放 %(hours)s 小时") % {"hours": event.to_state}


def _granted(event: Event, _held: int | None) -> str:
    """Why stands in a word of ours (`match-3-12`, `offer-7`, `fill_truck 湘B12345`) or in people's words."""
    code, _space, plate = event.reason.partition(" ")
    if code == FILL_TRUCK:
        return _("为装满 %(plate)s，多落实弹性量 %(quantity)s") % {"plate": plate, **_weight(event)}
    if code.partition("-")[0] == "match":
        return _("当天撮合，多落实弹性量 %(quantity)s") % _weight(event)
    if event.reason and not event.reason.isascii():
        return _("落实弹性量 %(quantity)s：%(why)s") % {**_weight(event), "why": event.reason}
    return _("落实弹性量 %(quantity)s") % _weight(event)


def _cut(event: Event, _held: int | None) -> str:
    if event.from_state == "gone":
        return _("卖方只能供 %(quantity)s，少给的不再卖") % _weight(event)
    return _("卖方只能供 %(quantity)s，少给的放回货源") % _weight(event)


def _window(event: Event, _held: int | None) -> str:
    return _("把送达时段从 %(old)s 改为 %(new)s") % {"old": event.from_state, "new": event.to_state}


def _dock(event: Event, _held: int | None) -> str:
    return _("把收货点改为“%(dock)s”") % {"dock": event.reason}


def _reference(event: Event, _held: int | None) -> str:
    if not event.reason:
        return _("去掉了单号 / 备注")
    return _("把单号 / 备注改为“%(text)s”") % {"text": event.reason}


def _sum(text: Callable[[], str]) -> Callable[[Event, int | None], str]:
    """A sentence with the event's weight in it."""
    return lambda event, _held: text() % _weight(event)


def _words(text: Callable[[], str]) -> Callable[[Event, int | None], str]:
    return lambda _event, _held: text()


_SAYS_FIRM = frozenset({"placed", "held", "changed", "confirmed"})
# What is told of each verb: the sentence, its icon, its kind, and whether the reason is said below.
_VERBS: dict[str, tuple[Callable[[Event, int | None], str], str, str, bool]] = {
    "placed": (_sum(lambda: _("认购了 %(quantity)s")), "shopping-basket", "", False),
    "held": (_sum(lambda: _("预留了 %(quantity)s")), "timer", "", False),
    "confirmed": (_confirmed, "shopping-basket", "", False),
    "released": (_sum(lambda: _("放弃了预留，%(quantity)s 退回货源")), "circle-x", "stop", False),
    "lapsed": (_sum(lambda: _("预留到时间没有确认，%(quantity)s 退回货源")), "circle-x", "stop", False),
    "changed": (_changed, "pencil", "", False),
    "stretch_changed": (_stretch, "pencil", "", False),
    "freshness_changed": (_fresh, "clock", "", False),
    "granted": (_granted, "circle-plus", "", False),
    "cut": (_cut, "triangle-alert", "warm", True),
    "replaced": (_sum(lambda: _("有 %(quantity)s 换成了别的货")), "replace", "warm", True),
    "lines_changed": (_words(lambda: _("改了摊位明细")), "list-checks", "", False),
    "window_changed": (_window, "clock", "", False),
    "dock_changed": (_dock, "map-pin", "", False),
    "reference_changed": (_reference, "file-text", "", False),
    "cancelled": (_sum(lambda: _("取消了认购，%(quantity)s 退回货源")), "circle-x", "stop", True),
    "cancelled_by_seller": (_sum(lambda: _("卖方供不上，取消了认购 %(quantity)s")), "circle-x", "stop", True),
    "planned": (_words(lambda: _("已安排车辆")), "route", "", True),
    "unplanned": (_words(lambda: _("车辆安排被取消，等待重新派车")), "triangle-alert", "warm", True),
    "moving": (_words(lambda: _("货车已出发")), "truck", "", True),
    "receiving_again": (_words(lambda: _("收货记录已更正，等重新收货")), "undo-2", "warm", True),
    "received": (_words(lambda: _("已收货")), "package-check", "", True),
}
_OTHER = (_words(lambda: _("有一次更新")), "info", "", True)
