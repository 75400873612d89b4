"""Passes as their issuer's desk, the carrier and the dispatcher read them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.enums import PlaceLevel
from market.models import Event, Place
from orders.logistics.enums import OPEN_APPLICATIONS, PassIssuer, PassState
from orders.logistics.models import IssuerOffice, Pass, PassCode

PASSES_A_PAGE = 50
LONG_WAIT = dt.timedelta(hours=4)
ENDED = "ended"
# What the desk lists together, in the order of its work.
QUEUES: dict[str, tuple[Any, tuple[PassState, ...]]] = {
    PassState.APPLIED.value: (PassState.APPLIED.label, (PassState.APPLIED,)),
    PassState.VETTED.value: (PassState.VETTED.label, (PassState.VETTED,)),
    PassState.ISSUED.value: (PassState.ISSUED.label, (PassState.ISSUED,)),
    PassState.SUSPENDED.value: (PassState.SUSPENDED.label, (PassState.SUSPENDED,)),
    ENDED: (
        gettext_lazy("已结束"),
        (PassState.REFUSED, PassState.WITHDRAWN, PassState.REVOKED, PassState.SUPERSEDED, PassState.EXPIRED),
    ),
}


@dataclass(frozen=True)
class Queue:
    """One tab of the desk."""

    name: str
    label: Any
    count: int
    is_current: bool


@dataclass(frozen=True)
class PassRow:
    """A pass with how long it has waited for somebody to decide; None where nobody has to."""

    green_pass: Pass
    waited: dt.timedelta | None

    @property
    def is_late(self) -> bool:
        return self.waited is not None and self.waited >= LONG_WAIT

    @property
    def waited_word(self) -> str:
        if self.waited is None:
            return ""
        hours = int(self.waited.total_seconds() // 3600)
        if hours < 1:
            return _("不到 1 小时")
        return _("%(hours)s 小时") % {"hours": hours} if hours < 48 else _("%(days)s 天") % {"days": hours // 24}


@dataclass(frozen=True)
class Happening:
    """One line for the timeline component."""

    sentence: str
    at: dt.datetime
    by: Any
    why: str
    icon: str
    kind: str


def queues_of(passes: QuerySet[Pass], current: str) -> list[Queue]:
    """How many are in each queue. One statement."""
    counted = dict(passes.order_by().values_list("state").annotate(Count("pk")))
    return [
        Queue(name, label, sum(counted.get(state, 0) for state in states), name == current)
        for name, (label, states) in QUEUES.items()
    ]


def desk_page(passes: QuerySet[Pass], queue: str, number: Any, now: dt.datetime) -> tuple[Page[Pass], list[PassRow]]:
    """The passes of a queue: who waits longest on top, else the newest. Two statements: how many, the page."""
    _label, states = QUEUES[queue]
    waits = set(states) <= OPEN_APPLICATIONS
    rows = passes.filter(state__in=states).select_related("truck__carrier", "from_place", "to_place", "applied_by")
    page = Paginator(rows.order_by(*(("created_at", "pk") if waits else ("-pk",))), PASSES_A_PAGE).get_page(number)
    return page, [PassRow(one, now - one.created_at if waits else None) for one in page]


def next_waiting(passes: QuerySet[Pass], state: str) -> Pass | None:
    """Whom to decide about next in this queue. One statement."""
    return passes.filter(state=state).order_by("created_at", "pk").first()


def codes_of(green_pass: Pass) -> list[PassCode]:
    """The latest codes under the pass. One statement."""
    return list(green_pass.codes.select_related("trip__truck", "signer")[:20])


def history_of_pass(green_pass: Pass) -> list[Happening]:
    """Newest first. One statement."""
    events = Event.objects.about(green_pass).select_related("by").order_by("-pk")
    return [_happening(event) for event in events]


def wide_places() -> list[Place]:
    """The city and its counties: between these a pass is given. One statement."""
    return list(Place.objects.filter(level__in=[PlaceLevel.CITY, PlaceLevel.COUNTY]).order_by("code"))


def issuing() -> list[PassIssuer]:
    """The issuers that have an office here. One statement."""
    known = set(IssuerOffice.objects.values_list("issuer", flat=True))
    return [issuer for issuer in PassIssuer if issuer.value in known]


def _happening(event: Event) -> Happening:
    say, icon, kind = _VERBS.get(event.verb, _OTHER)
    why = "" if event.verb in ("superseded", "lapsed") else event.reason
    return Happening(say(event), event.at, event.by or _("系统"), why, icon, kind)


def _words(text: Callable[[], str]) -> Callable[[Event], str]:
    return lambda _event: text()


_VERBS: dict[str, tuple[Callable[[Event], str], str, str]] = {
    "applied": (_words(lambda: _("申请了通行证")), "plus", ""),
    "withdrawn": (_words(lambda: _("撤回了申请")), "x", ""),
    "lapsed": (_words(lambda: _("申请的时间已过，没有办理")), "clock", "warm"),
    "vetted": (_words(lambda: _("初审通过")), "check", ""),
    "refused": (_words(lambda: _("没有批准")), "x", "stop"),
    "issued": (_words(lambda: _("签发了通行证")), "shield-check", ""),
    "suspended": (_words(lambda: _("暂停了通行证")), "triangle-alert", "warm"),
    "restored": (_words(lambda: _("恢复了通行证")), "check", ""),
    "revoked": (_words(lambda: _("吊销了通行证")), "x", "stop"),
    "superseded": (lambda event: _("换成了新证 %(number)s") % {"number": event.reason}, "refresh-cw", ""),
    "expired": (_words(lambda: _("到期")), "clock", ""),
}
_OTHER: tuple[Callable[[Event], str], str, str] = (_words(lambda: _("有变动")), "check", "")
