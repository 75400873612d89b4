"""Words of matching for templates: the look of a state."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.enums import MatchState, ProposalOutcome

register = template.Library()

BADGES: dict[str, str] = {
    MatchState.QUEUED: "wait",
    MatchState.RUNNING: "busy",
    MatchState.READY: "live",
    MatchState.COMMITTED: "done",
    MatchState.DISCARDED: "draft",
    MatchState.FAILED: "stop",
    ProposalOutcome.PROPOSED: "wait",
    ProposalOutcome.BOOKED: "done",
    ProposalOutcome.GONE: "stop",
}


# The methods of `orders.matching`.
METHODS: dict[str, Promise] = {
    "flow": _("精确的网络流"),
    "flow+repair": _("网络流加修补"),
    "flow+mip": _("网络流加整数规划"),
    "flow+mip-parts": _("网络流加分块的整数规划"),
    "greedy": _("简单的先后顺序"),
    "none": _("没有可算的"),
}


@register.filter
def method_word(method: str) -> Promise | str:
    return METHODS.get(method, method)


@register.filter
def check_number(digest: str) -> str:
    """Nine digits of a run's digest, for reading out: two runs with the same number began from the same facts."""
    return f"{int(digest[:10], 16) % 10**9:09d}" if digest else ""


@register.filter
def match_badge(state: str) -> str:
    """The kind of the state badge."""
    return BADGES.get(state, "wait")
