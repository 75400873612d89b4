"""Offers: making one, answering it with another, refusing it and taking it back. Accepting one is in `orders.actions.accepting`.

Three talks share the shape of an offer: a buyer and a seller about an open price (面议), a seller's answer to a demand, and a
seller's other goods in place of part of a pledge. None of them reserves anything.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.enums import PriceUnit
from market.models import Lot, Organisation, User
from market.permissions import on_behalf_of, require
from market.quantities import Quantity, describe, format_exact
from market.sentences import Price
from market.wording import yuan
from orders import exceptions as refusals
from orders.actions.offer_conditions import require_answers, require_sound, require_substitutes, require_talk
from orders.actions.offer_rows import end_offer, expire_locked, locked_offer, require_waiting, tell_ended, tell_side
from orders.enums import OfferSide, OfferState
from orders.models import Demand, Dock, Offer, Pledge
from orders.permissions import can_answer_offer, can_bring_for, can_buy_for, speaks_for_side

MAX_HOURS = 24
_TOLD = {
    OfferSide.BUYER: gettext_noop(
        "%(who)s想买 %(day_on)s 的%(produce)s %(firm_g)s，出价 %(price)s，请在 %(until_at)s 前答复"
    ),
    OfferSide.SELLER: gettext_noop(
        "%(who)s愿供 %(day_on)s 的%(produce)s %(firm_g)s，报价 %(price)s，请在 %(until_at)s 前答复"
    ),
}
_TOLD_INSTEAD = gettext_noop(
    "%(who)s供不上您 %(day_on)s 的认购，想换成%(produce)s %(firm_g)s，单价 %(price)s，换不换请在 %(until_at)s 前答复"
)


TERMS = ("firm_g", "most_g", "price", "price_unit")  # what a counter-offer must change


@dataclass(frozen=True)
class OfferTerms:
    """How much at which price, and until when the other side may answer (`hours`, at most a day)."""

    quantity: Quantity
    price: Decimal
    price_unit: str = PriceUnit.JIN
    most: Quantity | None = None
    hours: int | None = None
    note: str = ""

    def facts(self) -> dict[str, Any]:
        """By the names of the model."""
        return {
            "firm_g": self.quantity.grams,
            "firm_typed": self.quantity.typed or format_exact(self.quantity.grams, "斤"),
            "most_g": self.most.grams if self.most else self.quantity.grams,
            "price": self.price,
            "price_unit": self.price_unit,
            "note": self.note.strip(),
        }


def make_offer(
    *,
    buyer: Organisation,
    lot_id: int,
    terms: OfferTerms,
    dock: Dock,
    window_from: dt.time,
    window_to: dt.time,
    key: UUID,
    by: User,
) -> Offer:
    """The buyer offers a price for a lot whose price is open; its seller is told and has until `expires_at` to answer.

    One open talk for a lot and buyer. Locks: the pair's open offer, where it has expired. A repeat with the same key returns
    the first; with other contents it is refused. Raises: OfferKeyUsedOtherwise, NotAllowed, NotVerified, PriceIsFixed, OfferTalkOpen, OwnProduce, DayPast, LotClosed, NotEnoughLeft,
    BelowMinimum, MostBelowFirm, DockNotUsable, WindowBackwards, OutsideDockHours, OfferByWeight, OfferPriceUnfit,
    PriceAboveCeiling, OfferNoteTooLong, OfferTooLate.
    """
    require(can_buy_for(by, buyer))
    lot = _lot(lot_id)
    offer = Offer(lot=lot, buyer=buyer, seller=lot.seller, side=OfferSide.BUYER, **terms.facts())
    offer.dock, offer.window_from, offer.window_to = dock, window_from, window_to
    return _once(offer, key, by, terms.hours, require_talk)


def offer_to_demand(*, demand: Demand, lot_id: int, terms: OfferTerms, key: UUID, by: User) -> Offer:
    """The seller of the lot offers it to the buyer of the demand, who is told.

    Where and when it goes is the demand's. One open offer for a lot and demand. Locks: demand. A repeat with the same key
    returns the first. Raises: as `make_offer`, and DemandNotOpen, DoesNotFit, DemandFilled, DemandMet, DemandWhole.
    """
    lot = _lot(lot_id)
    require(can_bring_for(by, lot.seller))
    offer = Offer(lot=lot, buyer=demand.buyer, seller=lot.seller, side=OfferSide.SELLER, demand=demand, **terms.facts())
    offer.dock, offer.window_from, offer.window_to = demand.dock, demand.window_from, demand.window_to
    return _once(offer, key, by, terms.hours, require_answers)


def offer_instead(*, pledge: Pledge, lot_id: int, terms: OfferTerms, back_on_sale: bool, key: UUID, by: User) -> Offer:
    """The seller offers another of its lots of that day in place of so much of a pledge that it cannot bring.

    The pledge stays as it is until the buyer accepts; `back_on_sale` says what then becomes of what is taken off it. One open
    substitution for a pledge. Locks: lot and pledge replaced. A repeat with the same key returns the first.
    Raises: as `make_offer` but for PriceIsFixed, and NotChangeable, SubstituteSameLot, SubstituteNotYours, SubstituteTooLarge,
    SubstituteOpen, NotFreshEnough.
    """
    require(can_bring_for(by, pledge.seller))
    lot = _lot(lot_id)
    offer = Offer(
        lot=lot, buyer=pledge.buyer, seller=pledge.seller, side=OfferSide.SELLER, replaces=pledge, **terms.facts()
    )
    offer.most_g, offer.back_on_sale = offer.firm_g, back_on_sale
    offer.dock, offer.window_from, offer.window_to = pledge.dock, pledge.window_from, pledge.window_to
    return _once(offer, key, by, terms.hours, require_substitutes)


@transaction.atomic
def counter_offer(offer: Offer, *, terms: OfferTerms, key: UUID, by: User) -> Offer:
    """The other side's terms stand now, as a new offer with the old one as `previous`; the maker of the old one is told.

    Locks: demand, offer. A repeat with the same key returns the first answer. Raises: NotAllowed, OfferOver, OfferExpired,
    OfferKeyUsedOtherwise, OfferTakesNoCounter, SameTerms and what making the offer raises.
    """
    old = locked_offer(offer.pk)
    require(can_answer_offer(by, old))
    new = Offer(buyer=old.buyer, seller=old.seller, lot=old.lot, demand=old.demand, previous=old, **terms.facts())
    new.side = old.other_side
    new.dock, new.window_from, new.window_to = old.dock, old.window_from, old.window_to
    answer = _made_with(new, key)
    if answer:
        return _same_as_before(answer, new)
    require_waiting(old)
    if old.replaces_id:
        raise refusals.OfferTakesNoCounter
    if all(getattr(new, name) == getattr(old, name) for name in TERMS):
        raise refusals.SameTerms
    end_offer(old, OfferState.COUNTERED, "countered", by=by)
    return _write(new, key, by, terms.hours, require_answers if old.demand_id else require_talk)


@transaction.atomic
def refuse_offer(offer: Offer, *, by: User) -> Offer:
    """The other side does not want it; its maker is told. Locks: demand, offer. A repeat changes nothing.

    Raises: NotAllowed, OfferOver, OfferExpired.
    """
    offer = locked_offer(offer.pk)
    require(can_answer_offer(by, offer))
    if offer.state != OfferState.REFUSED:
        require_waiting(offer)
        end_offer(offer, OfferState.REFUSED, "refused", by=by)
        tell_ended(offer, "refused", to=offer.side)
    return offer


@transaction.atomic
def withdraw_offer(offer: Offer, *, by: User) -> Offer:
    """The side that made it takes it back; the other is told. Locks: demand, offer. A repeat changes nothing.

    Raises: NotAllowed, OfferOver, OfferExpired.
    """
    offer = locked_offer(offer.pk)
    require(speaks_for_side(by, offer, offer.side))
    if offer.state != OfferState.WITHDRAWN:
        require_waiting(offer)
        end_offer(offer, OfferState.WITHDRAWN, "withdrawn", by=by, side=offer.side)
        tell_ended(offer, "withdrawn", to=offer.other_side)
    return offer


def expire_offers() -> int:
    """Offers past their time are over; their makers are told. The clock's; each its own transaction. Returns how many."""
    over = Offer.objects.filter(state=OfferState.OPEN, expires_at__lte=timezone.now())
    return sum(_expire(pk) for pk in over.order_by("expires_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _expire(offer_id: int) -> bool:
    """Locks: demand, offer. Whoever was faster with it wins."""
    offer = locked_offer(offer_id)
    if offer.state != OfferState.OPEN or offer.is_open:
        return False
    expire_locked(offer)
    return True


def _lot(lot_id: int) -> Lot:
    return Lot.objects.select_related("listing__produce", "seller").get(pk=lot_id)


def _once(offer: Offer, key: UUID, by: User, hours: int | None, conditions: Any) -> Offer:
    first = _made_with(offer, key)
    if first is None:
        try:
            return _write(offer, key, by, hours, conditions)
        except IntegrityError:
            first = _made_with(offer, key)
            if first is None:
                raise refusals.OfferTalkOpen from None
    return _same_as_before(first, offer)


def _made_with(offer: Offer, key: UUID) -> Offer | None:
    return Offer.objects.filter(lot=offer.lot, buyer=offer.buyer, side=offer.side, key=key).first()


def _same_as_before(first: Offer, wanted: Offer) -> Offer:
    """Raises: OfferKeyUsedOtherwise."""
    names = [*TERMS, "demand_id", "replaces_id", "previous_id", "note", "back_on_sale"]
    if not (wanted.demand_id or wanted.replaces_id):
        names += ["dock_id", "window_from", "window_to"]
    if any(getattr(first, name) != getattr(wanted, name) for name in names):
        price = yuan(first.price, first.price_word)
        raise refusals.OfferKeyUsedOtherwise(offered=describe(first.firm_g), price=price)
    return first


@transaction.atomic
def _write(offer: Offer, key: UUID, by: User, hours: int | None, conditions: Any) -> Offer:
    offer.key, offer.made_by = key, by
    offer.expires_at = timezone.now() + dt.timedelta(hours=min(max(hours or settings.OFFER_HOURS, 1), MAX_HOURS))
    conditions(offer)
    require_sound(offer)
    offer.save(force_insert=True)
    maker = offer.organisation_of(offer.side)
    record(
        offer,
        "offered",
        by=by,
        on_behalf_of=on_behalf_of(by, maker),
        to_state=offer.state,
        grams=offer.firm_g,
        reason=offer.note,
    )
    facts = {"who": maker.name, "price": Price(offer.price, offer.price_word), "until_at": offer.expires_at}
    text = _TOLD_INSTEAD if offer.replaces_id else _TOLD[OfferSide(offer.side)]
    tell_side(offer, offer.other_side, "made", text, **facts)
    return offer
