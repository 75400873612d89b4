"""Words of open pledges and offers for templates."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from orders.enums import DemandState, OfferState
from orders.models import Offer
from orders.queries.offers import Buttons

register = template.Library()

DEMAND_BADGES = {DemandState.OPEN: "live", DemandState.CANCELLED: "draft", DemandState.ENDED: "done"}
OFFER_BADGES = {
    OfferState.OPEN: "wait",
    OfferState.ACCEPTED: "done",
    OfferState.REFUSED: "stop",
    OfferState.COUNTERED: "busy",
    OfferState.WITHDRAWN: "draft",
    OfferState.EXPIRED: "draft",
}


@register.filter
def demand_badge(state: str) -> str:
    """The kind of the state badge."""
    return DEMAND_BADGES.get(DemandState(state), "wait")


@register.filter
def offer_badge(offer: Offer) -> str:
    return OFFER_BADGES[_state_by_clock(offer)]


@register.filter
def offer_icon(offer: Offer) -> str:
    """Where the icon of the badge's kind would say something else."""
    return "hand-coins" if offer.state == OfferState.COUNTERED else ""


@register.filter
def offer_word(offer: Offer, may: Buttons | None = None) -> str:
    """Its state; past its time it has expired, whether or not the clock has written it down."""
    if may and may.accept:
        return _("等您答复")
    return str(_state_by_clock(offer).label)


@register.filter
def maker_of(offer: Offer) -> Any:
    """The organisation that made it."""
    return offer.organisation_of(offer.side)


def _state_by_clock(offer: Offer) -> OfferState:
    state = OfferState(offer.state)
    return OfferState.EXPIRED if state == OfferState.OPEN and not offer.is_open else state
