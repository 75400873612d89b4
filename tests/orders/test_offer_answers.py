"""Offers to a demand, and other goods in place of part of a pledge."""

import uuid
from decimal import Decimal

import pytest

from market.exceptions import NotAllowed
from market.models import Event, Lot, Notice
from market.quantities import Quantity
from orders import exceptions as refusals
from orders.actions.offers import counter_offer
from orders.enums import OfferSide
from orders.models import Offer, Pledge
from tests.factories import make_live_listing
from tests.factories.orders import fresh, make_pledge
from tests.factories.talks import (
    make_answer,
    make_demand,
    make_offer_terms,
    make_substitute,
    tomorrow,
)

# --- to a demand ---


@pytest.fixture
def demand(cast, reference, dock):
    """3–4 t of loofah tomorrow, at most 1.50 元/斤."""
    most = {"most": Quantity.parse("4吨"), "price_at_most": Decimal("1.50")}
    return make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer), **most)


def test_a_seller_offers_its_lot_to_a_demand(demand, lot, cast):
    offer = make_answer(demand, lot, by=fresh(cast.helper), text="2吨", price="1.40")

    assert (offer.demand, offer.side, offer.buyer, offer.seller) == (demand, "seller", cast.supermarket, cast.household)
    assert (offer.dock, offer.window_from, offer.window_to) == (demand.dock, demand.window_from, demand.window_to)
    event = Event.objects.about(offer).get()
    assert (event.by, event.on_behalf_of) == (cast.helper, cast.household)
    assert Notice.objects.get().recipient == cast.supermarket


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"text": "5吨"}, refusals.DemandFilled),
        ({"price": "1.51"}, refusals.DoesNotFit),
        ({"text": "40斤"}, refusals.BelowMinimum),
    ],
)
def test_an_answer_outside_the_demand_is_refused(demand, lot, cast, changes, refusal):
    with pytest.raises(refusal):
        make_answer(demand, lot, by=fresh(cast.farmer), **changes)
    assert Offer.objects.count() == 0


def test_only_the_sellers_people_and_the_desk_answer_a_demand(demand, lot, cast):
    for who in ("rival_farmer", "buyer", "outsider", "agriculture_desk"):
        with pytest.raises(NotAllowed):
            make_answer(demand, lot, by=fresh(cast.people()[who]))
    assert make_answer(demand, lot, by=fresh(cast.commerce_desk)).is_open


def test_one_open_answer_for_a_lot_and_demand(demand, lot, cast):
    make_answer(demand, lot, by=fresh(cast.farmer))

    with pytest.raises(refusals.OfferTalkOpen):
        make_answer(demand, lot, by=fresh(cast.farmer))


def test_a_whole_demand_wants_all_at_once(cast, reference, dock, lot):
    whole = make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer), is_whole=True)

    with pytest.raises(refusals.DemandWhole, match="3 吨"):
        make_answer(whole, lot, by=fresh(cast.farmer), text="2吨")
    assert make_answer(whole, lot, by=fresh(cast.farmer), text="3吨").is_open


def test_the_buyer_counters_an_answer_within_the_demand(demand, lot, cast):
    offer = make_answer(demand, lot, by=fresh(cast.farmer), text="2吨", price="1.50")

    answer = counter_offer(offer, terms=make_offer_terms("2吨", "1.30"), key=uuid.uuid4(), by=fresh(cast.buyer))
    assert (answer.demand, answer.side) == (demand, OfferSide.BUYER)
    with pytest.raises(refusals.DoesNotFit):
        counter_offer(answer, terms=make_offer_terms("2吨", "1.60"), key=uuid.uuid4(), by=fresh(cast.farmer))


# --- in place of a pledge ---


@pytest.fixture
def pledge(lot, dock, cast) -> Pledge:
    return make_pledge(lot, dock, "2000斤", by=fresh(cast.buyer))


@pytest.fixture
def peaches(cast, reference) -> Lot:
    listing = make_live_listing(
        cast.household, reference["peach"], reference["village"], by=cast.farmer, price=Decimal("3.00")
    )
    return listing.lots.get(day=tomorrow())


def test_other_goods_are_offered_and_the_pledge_stays_until_the_answer(pledge, peaches, cast):
    offer = make_substitute(pledge, peaches, by=fresh(cast.farmer), text="500斤", price="3.00", back_on_sale=True)

    assert (offer.replaces, offer.back_on_sale, offer.buyer) == (pledge, True, cast.supermarket)
    assert (offer.dock, offer.window_from, offer.most_g) == (pledge.dock, pledge.window_from, offer.firm_g)
    assert Pledge.objects.get().taken_g == 1_000_000
    assert "供不上您" in Notice.objects.get(recipient=cast.supermarket).text
    with pytest.raises(refusals.OfferTakesNoCounter):
        counter_offer(offer, terms=make_offer_terms("500斤"), key=uuid.uuid4(), by=fresh(cast.buyer))
    with pytest.raises(refusals.SubstituteOpen):
        make_substitute(pledge, peaches, by=fresh(cast.farmer), text="100斤")


def test_a_substitution_must_be_of_the_same_seller_and_day_and_no_more(pledge, peaches, lot, listing, cast, reference):
    theirs = make_live_listing(cast.rival_household, reference["peach"], reference["village"], by=cast.rival_farmer)
    other_day = peaches.listing.lots.exclude(pk=peaches.pk).latest("day")
    for wrong, refusal in (
        ({"lot": lot}, refusals.SubstituteSameLot),
        ({"lot": theirs.lots.get(day=tomorrow())}, refusals.SubstituteNotYours),
        ({"lot": other_day}, refusals.SubstituteNotYours),
        ({"lot": peaches, "text": "2001斤"}, refusals.SubstituteTooLarge),
    ):
        with pytest.raises(refusal):
            make_substitute(pledge, wrong.pop("lot"), by=fresh(cast.farmer), **wrong)
    with pytest.raises(NotAllowed):
        make_substitute(pledge, peaches, by=fresh(cast.rival_farmer))
    assert Offer.objects.count() == 0
