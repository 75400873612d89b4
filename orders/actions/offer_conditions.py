"""What must hold before an offer is made. Each function refuses with its own sentence or does nothing."""

from django.db.models import QuerySet
from django.utils import timezone

from market.actions.ceilings import require_under_ceiling
from market.actions.lots import why_not_taken
from market.days import moment
from market.enums import PriceUnit
from market.exceptions import Refused
from market.permissions import require_verified
from market.pricing import unit_word
from market.quantities import describe, price_per_kg
from market.wording import clock_time, yuan
from orders import exceptions as refusals
from orders.actions.answers import (
    locked_demand,
    require_fits,
    require_open,
    require_room,
    require_whole_of,
    room_in,
)
from orders.actions.conditions import (
    require_changeable,
    require_delivery,
    require_fresh,
    require_minimum,
    require_most,
    require_purchasable,
)
from orders.actions.offer_rows import expire_locked, locked_rows
from orders.actions.placing import Agreed
from orders.actions.pledges import locked_pledge
from orders.enums import OfferState
from orders.models import Offer, Pledge

MAX_NOTE = 100


def require_talk(offer: Offer) -> None:
    """About an open price. Raises: PriceIsFixed, OfferTalkOpen."""
    listing = offer.lot.listing
    if listing.price is not None:
        raise refusals.PriceIsFixed(price=yuan(listing.price, unit_word(listing.price_unit, listing.pack_word)))
    _clear(Offer.objects.filter(lot=offer.lot, buyer=offer.buyer, demand=None, replaces=None))


def require_answers(offer: Offer) -> None:
    """To a demand, which is locked here so that its room stays. Raises: as `offer_to_demand`."""
    demand = locked_demand(offer.demand_id)  # type: ignore[arg-type]
    require_open(demand)
    require_fits(demand, offer.lot, Agreed(offer.price, offer.price_unit))
    room = room_in(demand, offer.lot.day)
    require_room(room, offer.firm_g)
    require_whole_of(demand, room, offer.firm_g)
    _clear(Offer.objects.filter(lot=offer.lot, demand=demand))


def require_substitutes(offer: Offer) -> None:
    """In place of a pledge, locked here with its lot, after what has expired. Raises: as `offer_instead`."""
    waiting = Offer.objects.filter(replaces=offer.replaces_id)
    _clear(waiting, refusals.SubstituteOpen)
    pledge = locked_pledge(offer.replaces_id)  # type: ignore[arg-type]
    if waiting.filter(state=OfferState.OPEN).exists():
        raise refusals.SubstituteOpen
    require_changeable(pledge)
    if offer.lot_id == pledge.lot_id:
        raise refusals.SubstituteSameLot
    if offer.lot.seller_id != pledge.seller_id or offer.lot.day != pledge.day:
        raise refusals.SubstituteNotYours
    require_substitute_within(pledge, offer.firm_g)
    require_fresh(offer.lot, pledge.window_to, pledge.fresh_hours)


def require_substitute_within(pledge: Pledge, grams: int) -> None:
    """Raises: SubstituteTooLarge."""
    if grams > pledge.taken_g:
        raise refusals.SubstituteTooLarge(taken=describe(pledge.taken_g))


def _clear(offers: QuerySet[Offer], refusal: type[Refused] = refusals.OfferTalkOpen) -> None:
    """What the clock has not written down yet is over; what still waits stands in the way. Raises: `refusal`."""
    for pk in offers.filter(state=OfferState.OPEN).order_by("pk").values_list("pk", flat=True):
        one = locked_rows().get(pk=pk)
        if one.is_open:
            raise refusal
        if one.state == OfferState.OPEN:
            expire_locked(one)


def require_sound(offer: Offer) -> None:
    lot, buyer = offer.lot, offer.buyer
    require_verified(buyer)
    require_verified(offer.seller)
    require_purchasable(lot, buyer)
    require_most(offer.firm_g, offer.most_g)
    if not lot.is_on_offer or offer.firm_g > lot.remaining_g:
        raise why_not_taken(lot)
    require_minimum(lot, offer.firm_g)
    require_delivery(offer.dock, buyer, offer.window_from, offer.window_to)
    if len(offer.note) > MAX_NOTE:
        raise refusals.OfferNoteTooLong(limit=MAX_NOTE)
    _require_price(offer)
    _require_time(offer)


def _require_price(offer: Offer) -> None:
    """Raises: OfferByWeight, OfferPriceUnfit, PriceAboveCeiling."""
    if offer.price_unit == PriceUnit.PACK:
        raise refusals.OfferByWeight
    if not 0 < offer.price < 10**7 or offer.price != round(offer.price, 2):
        raise refusals.OfferPriceUnfit
    per_kg = price_per_kg(offer.price, unit_word(offer.price_unit))
    require_under_ceiling(offer.lot.produce_id, per_kg, offer.lot.day)


def _require_time(offer: Offer) -> None:
    """No later than the goods are good and the window is open. Raises: OfferTooLate."""
    latest = min(offer.lot.best_before, moment(offer.lot.day, offer.window_to))
    if latest <= timezone.now():
        raise refusals.OfferTooLate(until=clock_time(latest))
    offer.expires_at = min(offer.expires_at, latest)
