"""What the pages of offers show: the list of both sides, and one talk as a thread."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from market.models import User
from market.permissions import can_enter_for_others, selling_for
from orders.enums import OfferSide, OfferState
from orders.models import Demand, Offer
from orders.models.offers import open_now
from orders.permissions import buying_for, speaks_for_side

PER_PAGE = 30
WAITS_FOR_US, WAITS_FOR_THEM, ENDED = 0, 1, 2
TALK_SHOWN = 50


@dataclass(frozen=True)
class Sides:
    """Whom the person speaks for: the keys of organisations, and whether for every seller (the commerce desk)."""

    buyers: list[int]
    sellers: list[int]
    every_seller: bool

    @property
    def ours(self) -> Q:
        return Q() if self.every_seller else Q(buyer__in=self.buyers) | Q(seller__in=self.sellers)

    @property
    def to_answer(self) -> Q:
        from_buyers = Q(side=OfferSide.BUYER)
        if not self.every_seller:
            from_buyers &= Q(seller__in=self.sellers)
        return from_buyers | Q(side=OfferSide.SELLER, buyer__in=self.buyers)


def sides_of(user: User) -> Sides:
    """Costs the memberships, once a request."""
    return Sides(
        buyers=[organisation.pk for organisation in buying_for(user)],
        sellers=[organisation.pk for organisation in selling_for(user)],
        every_seller=can_enter_for_others(user),
    )


def offers_of(sides: Sides) -> QuerySet[Offer]:
    """The last word of each talk of the person's, with its `turn`: what waits for us first, then for them, then what is over."""
    waiting = open_now()
    turn = Case(
        When(waiting & sides.to_answer, then=Value(WAITS_FOR_US)),
        When(waiting, then=Value(WAITS_FOR_THEM)),
        default=Value(ENDED),
        output_field=IntegerField(),
    )
    rows = Offer.objects.filter(sides.ours).exclude(state=OfferState.COUNTERED).annotate(turn=turn)
    return rows.select_related("lot__listing__produce", "buyer", "seller").order_by("turn", "-pk")


def offers_page(offers: QuerySet[Offer], number: str | int | None) -> tuple[Page, list[tuple[int, list[Offer]]]]:
    """A page of `offers_of`, grouped by turn. Two statements."""
    page = Paginator(offers, PER_PAGE).get_page(number)
    groups: dict[int, list[Offer]] = {}
    for offer in page.object_list:
        groups.setdefault(offer.turn, []).append(offer)  # type: ignore[attr-defined]
    return page, list(groups.items())


def talk_of(offer: Offer) -> list[Offer]:
    """The talk the offer belongs to, oldest first: from the first offer to the last answer. One statement."""
    rows = Offer.objects.filter(
        lot=offer.lot_id, buyer=offer.buyer_id, demand=offer.demand_id, replaces=offer.replaces_id
    ).select_related("buyer", "seller", "lot__listing__produce", "made_by", "answered_by")
    by_key = {one.pk: one for one in rows.order_by("-pk")[:TALK_SHOWN]}
    answers = {one.previous_id: one for one in by_key.values() if one.previous_id}
    talk = [by_key.get(offer.pk, offer)]
    while talk[0].previous_id in by_key:
        talk.insert(0, by_key[talk[0].previous_id])  # type: ignore[index]
    while talk[-1].pk in answers:
        talk.append(answers[talk[-1].pk])
    return talk


def own_offers_to(user: User, demand: Demand) -> list[Offer]:
    """What the person's sellers have offered to the demand and nobody has answered. One statement, and the memberships."""
    sellers = [organisation.pk for organisation in selling_for(user)]
    waiting = Offer.objects.open().filter(demand=demand, seller__in=sellers)
    return list(waiting.select_related("lot").order_by("pk"))


@dataclass(frozen=True)
class Buttons:
    """What the person may do with the offer now."""

    accept: bool = False
    counter: bool = False
    withdraw: bool = False
    sells: bool = False


def buttons_of(user: User, offer: Offer) -> Buttons:
    """Costs the memberships, once a request."""
    sells = speaks_for_side(user, offer, OfferSide.SELLER) and not speaks_for_side(user, offer, OfferSide.BUYER)
    if not offer.is_open:
        return Buttons(sells=sells)
    answers = speaks_for_side(user, offer, offer.other_side)
    return Buttons(
        accept=answers,
        counter=answers and not offer.replaces_id,
        withdraw=speaks_for_side(user, offer, offer.side),
        sells=sells,
    )
