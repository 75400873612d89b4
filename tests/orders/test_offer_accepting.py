"""Accepting an offer: a pledge at its price, once; a substitution takes the same grams off the old pledge."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from market.actions.ceilings import set_ceiling
from market.exceptions import LotClosed, NotEnoughLeft, PriceAboveCeiling
from market.models import Event, Lot, Notice
from market.quantities import Quantity
from orders import exceptions as refusals
from orders.actions.accepting import accept_offer
from orders.actions.answers import room_in
from orders.actions.demands import cancel_demand
from orders.actions.offers import counter_offer
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.enums import OfferState, PledgeState
from orders.models import Allocation, Offer, Pledge
from orders.queries.history import history_of
from tests.factories import make_live_listing
from tests.factories.orders import fresh, kg, make_pledge
from tests.factories.talks import (
    make_answer,
    make_buyers_offer,
    make_demand,
    make_offer_terms,
    make_substitute,
    tomorrow,
)

T = 1_000_000


@pytest.fixture
def open_lot(cast, reference) -> Lot:
    listing = make_live_listing(cast.household, reference["peach"], reference["village"], by=cast.farmer, price=None)
    return listing.lots.get(day=tomorrow())


@pytest.fixture
def offer(open_lot, dock, cast) -> Offer:
    return make_buyers_offer(open_lot, dock, by=fresh(cast.buyer), most=Quantity.parse("1500斤"))


def held(lot: Lot) -> int:
    """What is reserved of it, which its live allocations must add up to."""
    grams = sum(Allocation.objects.live().filter(lot=lot).values_list("grams", flat=True))
    assert Lot.objects.get(pk=lot.pk).reserved_g == grams
    return grams


def test_the_offer_becomes_a_pledge_at_its_price(offer, open_lot, cast, dock):
    accepted = accept_offer(offer, by=fresh(cast.farmer))

    pledge = Pledge.objects.get()
    assert (accepted.state, accepted.pledge, accepted.answered_by) == (OfferState.ACCEPTED, pledge, cast.farmer)
    assert (pledge.buyer, pledge.lot, pledge.dock, pledge.placed_by) == (cast.supermarket, open_lot, dock, cast.buyer)
    assert (pledge.firm_g, pledge.most_g, pledge.price, pledge.price_unit) == (500_000, 750_000, Decimal("1.20"), "jin")
    assert pledge.amount == Decimal("1200.00")
    assert held(open_lot) == 500_000
    placed = Event.objects.about(pledge).get()
    assert (placed.verb, placed.by) == ("placed", cast.farmer)
    assert list(Event.objects.about(offer).values_list("verb", flat=True)) == ["offered", "accepted"]
    assert Notice.objects.filter(recipient=cast.supermarket, text__contains="接受了报价").count() == 1


def test_a_second_acceptance_changes_nothing(offer, open_lot, cast):
    first = accept_offer(offer, by=fresh(cast.farmer))
    events = Event.objects.count()

    assert accept_offer(offer, by=fresh(cast.helper)) == first
    assert (Pledge.objects.count(), Event.objects.count(), held(open_lot)) == (1, events, 500_000)


def test_the_seller_accepts_by_the_desk_with_both_names(offer, cast):
    accept_offer(offer, by=fresh(cast.commerce_desk))

    event = Event.objects.about(offer).last()
    assert (event.by, event.on_behalf_of) == (cast.commerce_desk, cast.household)


def test_the_buyer_accepts_what_the_seller_answered(offer, open_lot, cast):
    answer = counter_offer(offer, terms=make_offer_terms("800斤", "1.50"), key=uuid.uuid4(), by=fresh(cast.farmer))

    accept_offer(answer, by=fresh(cast.buyer))

    pledge = Pledge.objects.get()
    assert (pledge.firm_g, pledge.price, pledge.placed_by) == (400_000, Decimal("1.50"), cast.buyer)


def refused(offer: Offer, by, refusal) -> None:
    with pytest.raises(refusal):
        accept_offer(offer, by=by)
    kept = Offer.objects.get(pk=offer.pk)
    assert (kept.state, kept.pledge) == (OfferState.OPEN, None)


def test_what_is_gone_meanwhile_is_refused_and_the_offer_stays(offer, open_lot, cast):
    Lot.objects.filter(pk=open_lot.pk).update(offered_g=499_999)
    refused(offer, fresh(cast.farmer), NotEnoughLeft)
    Lot.objects.filter(pk=open_lot.pk).update(offered_g=10 * T, is_open=False)
    refused(offer, fresh(cast.farmer), LotClosed)
    assert Pledge.objects.count() == 0


def test_a_ceiling_set_meanwhile_binds(offer, cast, reference):
    set_ceiling(
        produce=reference["peach"], price=Decimal("1.00"), price_unit="jin", first_day=timezone.localdate(),
        reason="应急保供", by=cast.commerce_desk,
    )  # fmt: skip
    refused(offer, fresh(cast.farmer), PriceAboveCeiling)


# --- to a demand ---


@pytest.fixture
def demand(cast, reference, dock):
    terms = {"most": Quantity.parse("4吨"), "price_at_most": Decimal("1.50"), "fresh_hours": 2}
    return make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer), **terms)


def test_an_accepted_answer_is_a_pledge_of_the_demand(demand, lot, cast):
    offer = make_answer(demand, lot, by=fresh(cast.farmer), text="2吨", price="1.40", most=Quantity.parse("4吨"))

    accept_offer(offer, by=fresh(cast.buyer))

    pledge = Pledge.objects.get()
    assert (pledge.demand, pledge.price, pledge.fresh_hours) == (demand, Decimal("1.40"), 2)
    assert (pledge.firm_g, pledge.most_g) == (2 * T, 3 * T)  # the stretch is narrowed: 1 t firm is still missing
    assert room_in(demand, lot.day).missing_g == T


def test_two_answers_do_not_overfill_a_demand(demand, lot, cast, reference):
    theirs = make_live_listing(cast.rival_household, reference["loofah"], reference["village"], by=cast.rival_farmer)
    first = make_answer(demand, lot, by=fresh(cast.farmer), text="3吨")
    second = make_answer(demand, theirs.lots.get(day=lot.day), by=fresh(cast.rival_farmer), text="3吨")
    accept_offer(first, by=fresh(cast.buyer))

    refused(second, fresh(cast.buyer), refusals.DemandFilled)
    assert Pledge.objects.count() == 1


def test_a_demand_taken_back_meanwhile_is_not_answered(demand, lot, cast):
    offer = make_answer(demand, lot, by=fresh(cast.farmer))
    cancel_demand(demand, by=fresh(cast.buyer))

    with pytest.raises(refusals.OfferOver, match="已谢绝"):
        accept_offer(offer, by=fresh(cast.buyer))


# --- in place of a pledge ---


@pytest.fixture
def pledge(lot, dock, cast) -> Pledge:
    return make_pledge(lot, dock, "2000斤", by=fresh(cast.buyer), reference="8号单")


@pytest.fixture
def peaches(cast, reference) -> Lot:
    listing = make_live_listing(
        cast.household, reference["peach"], reference["village"], by=cast.farmer, price=Decimal("3.00")
    )
    return listing.lots.get(day=tomorrow())


@pytest.mark.parametrize(("back_on_sale", "offered", "withdrawn"), [(True, 10 * T, 0), (False, 9_750_000, 250_000)])
def test_a_substitution_takes_the_same_grams_off(pledge, lot, peaches, cast, back_on_sale, offered, withdrawn):
    offer = make_substitute(
        pledge, peaches, by=fresh(cast.farmer), text="500斤", price="2.80", back_on_sale=back_on_sale
    )

    accept_offer(offer, by=fresh(cast.buyer))

    old, child = Pledge.objects.get(pk=pledge.pk), Pledge.objects.latest("pk")
    assert (old.state, old.firm_g, old.short_g, old.taken_g) == (PledgeState.PLACED, T, 250_000, 750_000)
    assert (child.parent, child.lot, child.firm_g, child.price) == (old, peaches, 250_000, Decimal("2.80"))
    assert (child.reference, child.placed_by, child.dock) == ("8号单", cast.buyer, pledge.dock)
    assert (held(lot), held(peaches)) == (750_000, 250_000)
    kept = Lot.objects.get(pk=lot.pk)
    assert (kept.offered_g, kept.withdrawn_g) == (offered, withdrawn)
    replaced = Event.objects.about(old).last()
    assert (replaced.verb, replaced.grams, replaced.reason) == ("replaced", 250_000, peaches.produce.slug)


def test_a_substitution_of_all_of_it_ends_the_old_pledge(pledge, lot, peaches, cast):
    offer = make_substitute(pledge, peaches, by=fresh(cast.farmer), text="2000斤", price="2.80")

    accept_offer(offer, by=fresh(cast.buyer))
    accept_offer(offer, by=fresh(cast.buyer))

    assert Pledge.objects.get(pk=pledge.pk).state == PledgeState.CANCELLED
    assert (held(lot), held(peaches)) == (0, T)
    assert Event.objects.about(pledge).last().verb == "replaced"
    assert Pledge.objects.count() == 2


def test_the_same_goods_of_another_lot_stay_an_answer_to_the_demand(demand, lot, cast, reference):
    accept_offer(make_answer(demand, lot, by=fresh(cast.farmer), text="3吨"), by=fresh(cast.buyer))
    pledge = Pledge.objects.get()
    more = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    offer = make_substitute(pledge, more.lots.get(day=lot.day), by=fresh(cast.farmer), text="1吨")

    accept_offer(offer, by=fresh(cast.buyer))

    assert Pledge.objects.latest("pk").demand == demand
    assert room_in(demand, lot.day).met_g == 3 * T


def test_a_pledge_that_shrank_meanwhile_takes_no_larger_substitute(pledge, lot, peaches, cast):
    offer = make_substitute(pledge, peaches, by=fresh(cast.farmer), text="1500斤", price="2.80")
    change_pledge(pledge, quantity=kg("1000斤"), by=fresh(cast.buyer))

    refused(offer, fresh(cast.buyer), refusals.SubstituteTooLarge)
    cancel_pledge(pledge, reason="不要了", by=fresh(cast.buyer))
    refused(offer, fresh(cast.buyer), refusals.NotChangeable)
    assert (held(lot), held(peaches)) == (0, 0)


def test_where_the_substitute_is_gone_the_old_pledge_stays_whole(pledge, lot, peaches, cast):
    offer = make_substitute(pledge, peaches, by=fresh(cast.farmer), text="500斤", price="2.80")
    Lot.objects.filter(pk=peaches.pk).update(offered_g=1)

    refused(offer, fresh(cast.buyer), NotEnoughLeft)
    assert (Pledge.objects.get().taken_g, held(lot)) == (T, T)


def test_statements_of_accepting(offer, cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(28):
        accept_offer(offer, by=fresh(cast.farmer))
    assert Offer.objects.get().expires_at > timezone.now() - dt.timedelta(days=1)


def test_the_history_of_the_old_pledge_says_what_it_became(pledge, peaches, cast):
    accept_offer(
        make_substitute(pledge, peaches, by=fresh(cast.farmer), text="500斤", price="2.80"), by=fresh(cast.buyer)
    )

    told = history_of(pledge)[-1]
    assert (told.sentence, told.why) == ("有 500 斤 = 250 公斤 换成了别的货", "黄桃")
    with translation.override("en"):
        assert history_of(pledge)[-1].why == peaches.produce.name_en
