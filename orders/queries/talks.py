"""What happened to a demand, and what was said in a talk about a price, as sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from market.models import Event
from market.quantities import describe
from orders.models import Demand
from orders.queries.history import Happening


def history_of_demand(demand: Demand) -> list[Happening]:
    """Oldest first. One statement."""
    events = Event.objects.about(demand).select_related("by", "on_behalf_of")
    return [_told(event) for event in events]


def _told(event: Event) -> Happening:
    say, icon, kind = _VERBS.get(event.verb, _OTHER)
    words = say() % {"quantity": describe(event.grams or 0)}
    return Happening(words, event.at, event.by, event.on_behalf_of, "", icon, kind)


_VERBS: dict[str, tuple[Callable[[], str], str, str]] = {
    "placed": (lambda: _("发布了求购，每天 %(quantity)s"), "megaphone", ""),
    "changed": (lambda: _("把每天的数量改为 %(quantity)s"), "pencil", ""),
    "stretch_changed": (lambda: _("把最多可收改为 %(quantity)s"), "pencil", ""),
    "price_changed": (lambda: _("改了最高单价"), "pencil", ""),
    "last_day_changed": (lambda: _("改了结束日期"), "calendar", ""),
    "conditions_changed": (lambda: _("改了品种、等级、路程或保鲜的要求"), "pencil", ""),
    "delivery_changed": (lambda: _("改了收货点或送达时段"), "map-pin", ""),
    "cancelled": (lambda: _("撤回了求购"), "circle-x", "stop"),
    "ended": (lambda: _("日子过了，求购结束"), "circle-check", ""),
}
_OTHER = (lambda: _("有一次更新"), "info", "")
