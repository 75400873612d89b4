"""What happened to a pledge, as sentences."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from market.models import Event
from market.quantities import describe
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
    """The pledge's history, oldest first. One statement."""
    events = list(Event.objects.about(pledge).select_related("by", "on_behalf_of"))
    told, held = [], None
    for event in events:
        sentence, icon, kind, shows_reason = _tell(event, held)
        why = event.reason if shows_reason else ""
        told.append(Happening(sentence, event.at, event.by, event.on_behalf_of, why, icon, kind))
        held = event.grams if event.verb in ("placed", "changed") else held
    return told


def _tell(event: Event, held: int | None) -> tuple[str, str, str, bool]:
    """Sentence, icon, kind, and whether the reason is said below."""
    say, icon, kind, shows_reason = _VERBS.get(event.verb, _OTHER)
    return say(event, held), icon, kind, shows_reason


def _placed(event: Event, _held: int | None) -> str:
    return _("认购了 %(quantity)s") % {"quantity": describe(event.grams or 0)}


def _changed(event: Event, held: int | None) -> str:
    words = {"old": describe(held or 0), "new": describe(event.grams or 0)}
    return _("把数量从 %(old)s 改为 %(new)s") % words


def _window(event: Event, _held: int | None) -> str:
    return _("把送达时段从 %(old)s 改为 %(new)s") % {"old": event.from_state, "new": event.to_state}


def _dock(event: Event, _held: int | None) -> str:
    return _("把收货点改为“%(dock)s”") % {"dock": event.reason}


def _reference(event: Event, _held: int | None) -> str:
    return _("把单号 / 备注改为“%(text)s”") % {"text": event.reason}


def _cancelled(event: Event, _held: int | None) -> str:
    return _("取消了认购，%(quantity)s 退回货源") % {"quantity": describe(event.grams or 0)}


def _words(text: Callable[[], str]) -> Callable[[Event, int | None], str]:
    return lambda _event, _held: text()


_VERBS: dict[str, tuple[Callable[[Event, int | None], str], str, str, bool]] = {
    "placed": (_placed, "shopping-basket", "", False),
    "changed": (_changed, "pencil", "", False),
    "lines_changed": (_words(lambda: _("改了摊位明细")), "list-checks", "", False),
    "window_changed": (_window, "clock", "", False),
    "dock_changed": (_dock, "map-pin", "", False),
    "reference_changed": (_reference, "file-text", "", False),
    "cancelled": (_cancelled, "circle-x", "stop", True),
    "planned": (_words(lambda: _("已安排车辆")), "route", "", True),
    "unplanned": (_words(lambda: _("车辆安排被取消，等待重新派车")), "triangle-alert", "warm", True),
    "moving": (_words(lambda: _("货车已出发")), "truck", "", True),
    "received": (_words(lambda: _("已收货")), "package-check", "", True),
}
_OTHER = (_words(lambda: _("有一次更新")), "info", "", True)
