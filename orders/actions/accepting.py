"""Accepting an offer: the one moment in which a talk becomes a pledge."""

from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.lots import locked_lots
from market.models import Lot, User
from market.permissions import on_behalf_of, require
from orders.actions.answers import Answer, answer_demand, locked_demand
from orders.actions.conditions import require_changeable
from orders.actions.offer_conditions import require_substitute_within
from orders.actions.offer_rows import end_offer, locked_offer, require_waiting, tell_side
from orders.actions.placing import Agreed, Origin, Who, place_wanted
from orders.actions.pledges import end_pledge, locked_pledge
from orders.actions.shortfalls import cut_to
from orders.enums import OfferSide, OfferState, PledgeState
from orders.models import Offer, Pledge
from orders.permissions import can_answer_offer

# The names of pledges that come of a talk, so that nothing is booked twice.
TALKS = UUID("0b9a7d1e-8a0f-4a55-9d63-5f2f5f9f4a27")


@transaction.atomic
def accept_offer(offer: Offer, *, by: User) -> Offer:
    """The other side agrees: a pledge at the offer's price is placed, and the maker is told.

    An offer to a demand becomes its answer. A substitution takes the same grams off the pledge it replaces, which ends when
    nothing of it is left, and the new pledge is its child (`parent`); what was taken off goes back on sale or not as the seller
    said. Locks: demand, offer, lots by pk, pledge replaced, then what placing locks. A repeat changes nothing and returns the
    accepted offer. Raises: NotAllowed, OfferOver, OfferExpired, and what booking raises: PriceAboveCeiling, NotEnoughLeft,
    SoldOut, LotClosed, DayPast, BelowMinimum, DockNotUsable, OutsideDockHours, NotVerified, DemandNotOpen, DoesNotFit,
    DemandFilled, DemandWhole, NotChangeable, AlreadyLoading, SubstituteTooLarge, NotFreshEnough.
    """
    replaced = _replaced(offer)
    if replaced and replaced.demand_id:
        locked_demand(replaced.demand_id)
    offer = locked_offer(offer.pk)
    require(can_answer_offer(by, offer))
    if offer.state == OfferState.ACCEPTED:
        return offer
    require_waiting(offer)
    who = Who(by, on_behalf_of(by, offer.organisation_of(offer.other_side)))
    if replaced:
        pledge = _substitute(offer, replaced, who)
    elif offer.demand:
        pledge = _answer(offer, who)
    else:
        pledge = place_wanted(_wanted(offer, by), who, agreed=_agreed(offer))
    end_offer(offer, OfferState.ACCEPTED, "accepted", by=by, pledge=pledge)
    tell_side(
        offer,
        offer.side,
        "accepted",
        gettext_noop("%(who)s接受了报价，%(day_on)s 的%(produce)s %(firm_g)s 已成交"),
        who=offer.organisation_of(offer.other_side).name,
    )
    return offer


def _replaced(offer: Offer) -> Pledge | None:
    return Pledge.objects.filter(offers_instead=offer.pk).only("pk", "demand_id", "lot_id").first()


def _agreed(offer: Offer) -> Agreed:
    return Agreed(offer.price, offer.price_unit)


def _answer(offer: Offer, who: Who) -> Pledge:
    answer = Answer(
        lot_id=offer.lot_id,
        firm_g=offer.firm_g,
        firm_typed=offer.firm_typed,
        most_g=offer.most_g,
        agreed=_agreed(offer),
        source=f"offer-{offer.pk}",
    )
    return answer_demand(offer.demand, answer, who)  # type: ignore[arg-type]


def _substitute(offer: Offer, replaced: Pledge, who: Who) -> Pledge:
    """The old pledge first: what it gives back may be what the buyer's dock has room for. Both or neither."""
    locked_lots(Lot.objects.filter(pk__in=[offer.lot_id, replaced.lot_id]))
    parent = locked_pledge(replaced.pk)
    require_changeable(parent)
    require_substitute_within(parent, offer.firm_g)
    _take_off(parent, offer, who)
    wanted = _wanted(offer, who.by)
    wanted.fresh_hours, wanted.reference = parent.fresh_hours, parent.reference
    same_goods = parent.produce_id == offer.lot.produce_id
    origin = Origin(parent=parent, demand=parent.demand if same_goods else None)
    return place_wanted(wanted, who, agreed=_agreed(offer), origin=origin)


def _take_off(parent: Pledge, offer: Offer, who: Who) -> None:
    reason, left = offer.lot.listing.produce.slug, parent.taken_g - offer.firm_g
    if left == 0:
        end_pledge(
            parent,
            PledgeState.CANCELLED,
            "replaced",
            back_on_sale=offer.back_on_sale,
            by=who.by,
            on_behalf_of=who.on_behalf_of,
            reason=reason,
        )
        return
    cut_to(parent, left, back_on_sale=offer.back_on_sale, by=who.by)
    record(
        parent,
        "replaced",
        by=who.by,
        on_behalf_of=who.on_behalf_of,
        grams=offer.firm_g,
        from_state="on_sale" if offer.back_on_sale else "gone",
        reason=reason,
    )


def _wanted(offer: Offer, by: User | None) -> Pledge:
    """The pledge the offer promises. It is placed by somebody of the buyer's: whoever accepts for it, or made the offer."""
    person = offer.made_by if offer.side == OfferSide.BUYER else by
    return Pledge(
        buyer=offer.buyer,
        lot_id=offer.lot_id,
        firm_g=offer.firm_g,
        firm_typed=offer.firm_typed,
        most_g=offer.most_g,
        dock=offer.dock,
        window_from=offer.window_from,
        window_to=offer.window_to,
        key=uuid5(TALKS, f"offer-{offer.pk}"),
        placed_by=person,
    )
