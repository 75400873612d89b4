"""Rows of offers: read under lock, ended, and told about. Shared by making, answering and accepting them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.actions.states import move
from market.models import User
from market.permissions import on_behalf_of
from market.wording import clock_time
from orders import exceptions as refusals
from orders.actions.answers import locked_demand
from orders.enums import OFFER_MOVES, OfferSide, OfferState
from orders.models import Demand, Offer, Pledge

_ENDED = {
    "refused": gettext_noop("%(who)s谢绝了 %(day_on)s %(produce)s %(firm_g)s 的报价"),
    "withdrawn": gettext_noop("%(who)s撤回了 %(day_on)s %(produce)s %(firm_g)s 的报价"),
    "expired": gettext_noop("%(day_on)s %(produce)s %(firm_g)s 的报价过期了，没有等到答复"),
    "demand_gone": gettext_noop("%(who)s %(day_on)s %(produce)s的求购已经结束，%(firm_g)s 的报价不用等了"),
}


def locked_offer(offer_id: int) -> Offer:
    """The offer as it is now, locked after its demand. Call inside a transaction."""
    demand_id = Offer.objects.values_list("demand_id", flat=True).get(pk=offer_id)
    demand = locked_demand(demand_id) if demand_id else None
    offer = locked_rows().get(pk=offer_id)
    offer.demand = demand
    return offer


def locked_rows() -> QuerySet[Offer]:
    rows = Offer.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("lot__listing__produce", "buyer", "seller", "dock", "made_by")


def require_waiting(offer: Offer) -> None:
    """Open by the clock too. Raises: OfferOver, OfferExpired."""
    if offer.state == OfferState.EXPIRED or (offer.state == OfferState.OPEN and not offer.is_open):
        raise refusals.OfferExpired(until=clock_time(offer.expires_at))
    if offer.state != OfferState.OPEN:
        raise refusals.OfferOver(state=offer.get_state_display())


def end_offer(
    offer: Offer, to: OfferState, verb: str, *, by: User | None, side: str = "", pledge: Pledge | None = None
) -> None:
    """The locked offer is over by an act of that side, or of the clock (`by` None). Raises: WrongState."""
    old = move(offer, "state", to, OFFER_MOVES)
    offer.answered_by, offer.pledge = by, pledge
    offer.save(update_fields=["state", "answered_by", "pledge"])
    who = on_behalf_of(by, offer.organisation_of(side or offer.other_side)) if by else None
    record(offer, verb, by=by, on_behalf_of=who, from_state=old, to_state=to, grams=offer.firm_g)


def tell_side(offer: Offer, side: str, key: str, text: str, **more: Any) -> None:
    """A notice to one side of the offer, leading to its page."""
    facts = {"day_on": offer.lot.day, "produce": offer.lot.listing.produce.names, "firm_g": offer.firm_g, **more}
    to = offer.buyer_id if side == OfferSide.BUYER else offer.seller_id
    tell(to, f"offer-{offer.pk}-{key}", text, url=reverse("orders:offer", args=[offer.pk]), **facts)


def expire_locked(offer: Offer) -> None:
    end_offer(offer, OfferState.EXPIRED, "expired", by=None)
    tell_ended(offer, "expired", to=offer.side)


def tell_ended(offer: Offer, verb: str, *, to: str) -> None:
    other = OfferSide.BUYER if to == OfferSide.SELLER else OfferSide.SELLER
    tell_side(offer, to, verb, _ENDED[verb], who=offer.organisation_of(other).name)


def refuse_all_for(demand: Demand, *, by: User | None) -> None:
    """The open offers to a demand that is over are refused and the sellers told. Call it with the demand locked."""
    for offer in locked_rows().filter(demand=demand, state=OfferState.OPEN).order_by("pk"):
        end_offer(offer, OfferState.REFUSED, "demand_gone", by=by, side=OfferSide.BUYER)
        tell_ended(offer, "demand_gone", to=OfferSide.SELLER)
