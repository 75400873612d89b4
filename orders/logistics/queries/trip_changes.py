"""What became of a trip after it was planned: what came off, shrank or was added, and why."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.models import Event
from market.models.events import subject_of
from market.quantities import describe
from orders.enums import FILL_TRUCK
from orders.logistics.models import Load, Trip

SHOWN = 50
MERGED = "merged"  # two loads became one: nothing came off
VERBS = ("unplanned", "shrunk", "raised")
WHY: dict[str, Promise] = {
    "cancelled": gettext_lazy("认购取消了"),
    "cut": gettext_lazy("认购的数量减少了"),
    "delivery_changed": gettext_lazy("收货点或送达时段改了"),
    "moved": gettext_lazy("移到别的车"),
    "board": gettext_lazy("在调度看板上撤回待排"),
    "replanned": gettext_lazy("重排剩下的一天时移到别的车"),
    FILL_TRUCK: gettext_lazy("用弹性量装满"),
}


@dataclass(frozen=True)
class TripChange:
    """One line of the page's timeline."""

    sentence: str
    why: str
    at: dt.datetime
    by: str
    icon: str
    kind: str


def changes_of(trip: Trip) -> list[TripChange]:
    """The newest first. Two statements."""
    rows = Load.objects.filter(trip=trip).select_related("allocation__lot__produce", "allocation__pledge__buyer")
    loads = {load.pk: load for load in rows}
    events = Event.objects.filter(subject=subject_of(Load()), subject_id__in=loads, verb__in=VERBS)
    found = events.exclude(reason=MERGED).select_related("by").order_by("-pk")[:SHOWN]
    return [_change(loads[event.subject_id], event) for event in found]


def _change(load: Load, event: Event) -> TripChange:
    facts = {
        "produce": load.allocation.lot.produce.name,
        "buyer": load.allocation.pledge.buyer.name,
        "weight": describe(event.grams or 0),
    }
    sentences = {
        "unplanned": _("撤下了给%(buyer)s的%(produce)s，%(weight)s"),
        "shrunk": _("给%(buyer)s的%(produce)s减到 %(weight)s"),
        "raised": _("给%(buyer)s的%(produce)s加到 %(weight)s"),
    }
    less = event.verb != "raised"
    return TripChange(
        sentence=sentences[event.verb] % facts,
        why=str(WHY.get(event.reason, event.reason)),
        at=event.at,
        by=event.by.name if event.by else "",
        icon="triangle-alert" if less else "circle-plus",
        kind="warm" if less else "",
    )
