"""Words of matching for templates: the look of a state."""

from django import template

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


@register.filter
def match_badge(state: str) -> str:
    """The kind of the state badge."""
    return BADGES.get(state, "wait")
