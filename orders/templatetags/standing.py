"""Words and looks of standing pledges for templates."""

from django import template

from market.models import Listing
from market.pricing import unit_word
from market.quantities import growers_words
from market.ranges import range_words
from market.wording import yuan
from orders.enums import StandingOutcome, StandingState
from orders.models import StandingPledge

register = template.Library()

BADGES = {StandingState.RUNNING: "live", StandingState.PAUSED: "warm", StandingState.ENDED: "stop"}
ICONS = {StandingState.RUNNING: "calendar-check", StandingState.PAUSED: "circle-pause", StandingState.ENDED: "circle-x"}
DAY_ICONS = {
    StandingOutcome.PLACED: "circle-check",
    StandingOutcome.SHORT: "triangle-alert",
    StandingOutcome.SKIPPED: "calendar-x",
    StandingOutcome.FAILED: "circle-x",
}


DAY_BADGES = {
    StandingOutcome.PLACED: "live",
    StandingOutcome.SHORT: "warm",
    StandingOutcome.SKIPPED: "draft",
    StandingOutcome.FAILED: "stop",
}


@register.filter
def standing_badge(state: str) -> str:
    return BADGES[StandingState(state)]


@register.filter
def standing_icon(state: str) -> str:
    return ICONS[StandingState(state)]


@register.filter
def standing_word(standing: StandingPledge) -> str:
    return str(StandingState(standing.state).label)


@register.filter
def day_icon(outcome: str) -> str:
    return DAY_ICONS[StandingOutcome(outcome)]


@register.filter
def day_badge(outcome: str) -> str:
    return DAY_BADGES[StandingOutcome(outcome)]


@register.filter
def weight_short(standing: StandingPledge) -> str:
    """6,000 斤 – 8,000 斤, in the growers' unit: for lists."""
    firm, most = growers_words(standing.firm_g), growers_words(standing.most_g)
    return firm if firm == most else f"{firm} – {most}"


@register.filter
def weight_range(standing: StandingPledge) -> str:
    """保底 6,000 斤 = 3 吨，最多 8,000 斤 = 4 吨."""
    return range_words(standing.firm_g, standing.most_g)


@register.filter
def price_words(listing: Listing) -> str:
    """1.50 元/斤; 面议 where there is none."""
    return yuan(listing.price, unit_word(listing.price_unit, listing.pack_word))
