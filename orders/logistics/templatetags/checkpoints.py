"""Words and badges of visits to checkpoints."""

from django import template
from django.utils.translation import gettext as _

from market.models import Event
from orders.logistics.enums import Verdict, VisitState

register = template.Library()

BADGES = {
    Verdict.PASS: "live",
    Verdict.CHECK: "warm",
    Verdict.HOLD: "warm",
    Verdict.REFUSE: "stop",
    Verdict.UNKNOWN: "draft",
}


@register.filter
def verdict_badge(verdict: str) -> str:
    """The kind of badge of a verdict."""
    return BADGES.get(verdict, "draft")  # type: ignore[call-overload]


@register.filter
def visit_event(event: Event) -> str:
    """A line of a visit's history."""
    if event.verb == "decided":
        return _("处理：%(state)s") % {"state": VisitState(event.to_state).label}
    return _("查验")
