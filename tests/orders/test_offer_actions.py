"""Offers: made, countered, refused, withdrawn, expired; every state pair; every refusal writes nothing."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from market.actions.ceilings import set_ceiling
from market.enums import PriceUnit
from market.exceptions import LotClosed, NotAllowed, NotEnoughLeft, PriceAboveCeiling, SoldOut
from market.models import Event, Listing, Lot, Notice
from market.quantities import Quantity
from orders import exceptions as refusals
from orders.actions.accepting import accept_offer
from orders.actions.offers import counter_offer, expire_offers, refuse_offer, withdraw_offer
from orders.enums import OFFER_MOVES, OfferSide, OfferState
from orders.models import Offer, Pledge
from tests.factories import make_live_listing
from tests.factories.orders import fresh, make_dock
from tests.factories.talks import (
    make_buyers_offer,
    make_offer_terms,
    tomorrow,
)


@pytest.fixture
def open_lot(cast, reference) -> Lot:
    """Tomorrow's lot of a listing whose price is open: 10 t of peaches."""
    listing = make_live_listing(
        cast.household, reference["peach"], reference["village"], by=cast.farmer, price=None, minimum_g=25_000,
        minimum_typed="50斤",
    )  # fmt: skip
    return listing.lots.get(day=tomorrow())


@pytest.fixture
def offer(open_lot, dock, cast):
    """The supermarket offers 1.20 元/斤 for 1,000 斤."""
    return make_buyers_offer(open_lot, dock, by=fresh(cast.buyer))


@pytest.fixture
def bid(open_lot, dock, cast):
    def _bid(**changes) -> Offer:
        return make_buyers_offer(
            changes.pop("lot", open_lot), changes.pop("dock", dock), by=changes.pop("by", fresh(cast.buyer)), **changes
        )

    return _bid


def events(offer: Offer) -> list[tuple[str, str]]:
    return list(Event.objects.about(offer).values_list("verb", "by__name"))


def test_an_offer_stands_until_its_time_and_the_seller_is_told(bid, open_lot, cast, dock, settings):
    settings.OFFER_HOURS = 1  # whatever the hour of the test, the goods and the window outlive it
    offer = bid()
    kept = Offer.objects.get()
    assert kept == offer
    assert (kept.lot, kept.buyer, kept.seller, kept.side) == (open_lot, cast.supermarket, cast.household, "buyer")
    assert (kept.firm_g, kept.most_g, kept.firm_typed) == (500_000, 500_000, "1000斤")
    assert (kept.price, kept.price_unit, kept.dock) == (Decimal("1.20"), "jin", dock)
    assert kept.amount == Decimal("1200.00")
    assert abs(kept.expires_at - timezone.now() - dt.timedelta(hours=settings.OFFER_HOURS)) < dt.timedelta(minutes=1)
    assert Lot.objects.get(pk=open_lot.pk).reserved_g == 0
    assert events(offer) == [("offered", "赵采购")]
    notice = Notice.objects.get()
    assert (notice.recipient, notice.url) == (cast.household, f"/orders/offers/{offer.pk}/")
    assert notice.facts["price"] == {"kind": "price", "amount": "1.20", "unit": "斤"}


def test_an_offer_never_outlives_the_goods_or_the_window(bid, open_lot):
    soon = timezone.now() + dt.timedelta(hours=3)
    Lot.objects.filter(pk=open_lot.pk).update(best_before=soon)

    assert bid(hours=24).expires_at == soon


def test_goods_that_spoil_before_an_answer_are_not_talked_about(bid, open_lot):
    Lot.objects.filter(pk=open_lot.pk).update(best_before=timezone.now() - dt.timedelta(minutes=1))

    with pytest.raises(LotClosed):
        bid()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"text": "40斤"}, refusals.BelowMinimum),
        ({"text": "11吨"}, NotEnoughLeft),
        ({"most": Quantity.of(1)}, refusals.MostBelowFirm),
        ({"price": "0"}, refusals.OfferPriceUnfit),
        ({"price": "1.005"}, refusals.OfferPriceUnfit),
        ({"price": "99999999"}, refusals.OfferPriceUnfit),
        ({"price_unit": PriceUnit.PACK}, refusals.OfferByWeight),
        ({"note": "x" * 101}, refusals.OfferNoteTooLong),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(bid, changes, refusal):
    with pytest.raises(refusal) as refused:
        bid(**changes)

    assert str(refused.value)
    assert Offer.objects.count() == Notice.objects.count() == 0
    assert not Event.objects.filter(subject="orders.offer").exists()


def test_a_fixed_price_is_not_talked_about(bid, lot):
    with pytest.raises(refusals.PriceIsFixed, match=r"1\.20 元/斤"):
        bid(lot=lot)


def test_a_sold_out_lot_is_not_talked_about(bid, open_lot):
    Lot.objects.filter(pk=open_lot.pk).update(offered_g=0)

    with pytest.raises(SoldOut):
        bid()


def test_a_ceiling_binds_what_is_offered(bid, cast, reference):
    set_ceiling(
        produce=reference["peach"], price=Decimal("2.00"), price_unit="jin", first_day=timezone.localdate(),
        reason="应急保供", by=cast.commerce_desk,
    )  # fmt: skip

    assert bid(price="4.00", price_unit="kg").is_open
    with pytest.raises(PriceAboveCeiling, match="应急保供"):
        bid(price="2.01", dock=make_dock(cast.rival_supermarket), by=fresh(cast.rival_buyer))


@pytest.mark.parametrize("who", ["rival_buyer", "farmer", "outsider", "commerce_desk", "dispatcher"])
def test_others_may_not_offer_for_the_buyer(bid, cast, who):
    with pytest.raises(NotAllowed):
        bid(by=fresh(cast.people()[who]))


def test_a_repeat_is_the_first_offer_and_another_talk_is_refused(bid, cast):
    key = uuid.uuid4()
    first = bid(key=key)

    assert bid(key=key) == first
    with pytest.raises(refusals.OfferTalkOpen):
        bid()
    bid(dock=make_dock(cast.rival_supermarket), by=fresh(cast.rival_buyer))  # another buyer, another talk
    assert Offer.objects.count() == 2


@pytest.mark.parametrize(
    "other", [{"price": "1.50"}, {"text": "900斤"}, {"note": "现付"}, {"price_unit": PriceUnit.KG}], ids=str
)
def test_the_same_key_with_other_terms_is_refused(bid, other):
    """Back in the browser, another price, sent again: the page must not say that this price was offered."""
    key = uuid.uuid4()
    bid(key=key)

    with pytest.raises(refusals.OfferKeyUsedOtherwise, match=r"1,000 斤.*1\.20 元/斤"):
        bid(key=key, **other)
    assert Offer.objects.count() == 1


def test_an_answer_sent_again_with_other_terms_is_refused(offer, cast):
    key = uuid.uuid4()
    counter_offer(offer, terms=make_offer_terms("800斤", "1.50"), key=key, by=fresh(cast.farmer))

    with pytest.raises(refusals.OfferKeyUsedOtherwise):
        counter_offer(offer, terms=make_offer_terms("800斤", "1.60"), key=key, by=fresh(cast.farmer))
    assert Offer.objects.count() == 2


def test_an_answer_with_the_key_of_the_first_offer_is_refused(offer, cast):
    answer = counter_offer(offer, terms=make_offer_terms("800斤"), key=uuid.uuid4(), by=fresh(cast.farmer))

    with pytest.raises(refusals.OfferKeyUsedOtherwise):
        counter_offer(answer, terms=make_offer_terms("900斤"), key=offer.key, by=fresh(cast.buyer))
    assert Offer.objects.get(pk=answer.pk).state == OfferState.OPEN


def test_an_expired_talk_makes_room_for_a_new_one(bid):
    first = bid()
    Offer.objects.filter(pk=first.pk).update(expires_at=timezone.now() - dt.timedelta(minutes=1))

    assert bid().is_open
    assert Offer.objects.get(pk=first.pk).state == OfferState.EXPIRED


def test_a_counter_offer_takes_the_place_of_the_old_one(offer, cast):
    key = uuid.uuid4()
    answer = counter_offer(offer, terms=make_offer_terms("800斤", "1.50", hours=2), key=key, by=fresh(cast.farmer))

    old = Offer.objects.get(pk=offer.pk)
    assert (old.state, old.answered_by) == (OfferState.COUNTERED, cast.farmer)
    assert (answer.previous, answer.side, answer.state) == (old, OfferSide.SELLER, OfferState.OPEN)
    assert (answer.firm_g, answer.price, answer.dock, answer.window_to) == (
        400_000,
        Decimal("1.50"),
        old.dock,
        old.window_to,
    )
    assert counter_offer(offer, terms=make_offer_terms("800斤", "1.50"), key=key, by=fresh(cast.farmer)) == answer
    assert Notice.objects.filter(recipient=cast.supermarket).count() == 1
    again = counter_offer(answer, terms=make_offer_terms("800斤", "1.40"), key=uuid.uuid4(), by=fresh(cast.buyer))
    assert again.side == OfferSide.BUYER
    with pytest.raises(refusals.OfferOver, match="已还价"):
        counter_offer(offer, terms=make_offer_terms(), key=uuid.uuid4(), by=fresh(cast.farmer))


def test_a_counter_offer_that_is_refused_leaves_the_old_one_open(offer, cast):
    with pytest.raises(NotEnoughLeft):
        counter_offer(offer, terms=make_offer_terms("11吨"), key=uuid.uuid4(), by=fresh(cast.farmer))

    assert Offer.objects.get().is_open
    assert events(offer) == [("offered", "赵采购")]


def test_a_counter_offer_of_the_same_is_no_answer(offer, cast):
    same = make_offer_terms(offer.firm_typed, str(offer.price), note="好")
    with pytest.raises(refusals.SameTerms):
        counter_offer(offer, terms=same, key=uuid.uuid4(), by=fresh(cast.farmer))

    assert Offer.objects.get().is_open


def test_the_desk_answers_for_a_grower_with_both_names(offer, cast):
    refuse_offer(offer, by=fresh(cast.commerce_desk))

    event = Event.objects.about(offer).last()
    assert (event.verb, event.by, event.on_behalf_of) == ("refused", cast.commerce_desk, cast.household)


def test_refusing_tells_the_maker_once(offer, cast):
    for _ in range(2):
        assert refuse_offer(offer, by=fresh(cast.farmer)).state == OfferState.REFUSED

    assert events(offer) == [("offered", "赵采购"), ("refused", "王建国")]
    assert Notice.objects.filter(recipient=cast.supermarket).count() == 1


def test_withdrawing_tells_the_other_side_once(offer, cast):
    for _ in range(2):
        assert withdraw_offer(offer, by=fresh(cast.buyer)).state == OfferState.WITHDRAWN

    assert events(offer) == [("offered", "赵采购"), ("withdrawn", "赵采购")]
    assert Notice.objects.filter(recipient=cast.household, text__contains="撤回").count() == 1


def test_the_clock_expires_what_is_past_its_time(offer, cast):
    assert expire_offers() == 0
    Offer.objects.update(expires_at=timezone.now())

    assert expire_offers() == 1
    assert expire_offers() == 0
    assert Offer.objects.get().state == OfferState.EXPIRED
    assert events(offer) == [("offered", "赵采购"), ("expired", None)]
    assert Notice.objects.filter(recipient=cast.supermarket, text__contains="过期").exists()


def test_past_its_time_nothing_answers_it_before_the_clock_has_come(offer, cast):
    Offer.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    for answer in (accept_offer, refuse_offer):
        with pytest.raises(refusals.OfferExpired):
            answer(offer, by=fresh(cast.farmer))
    with pytest.raises(refusals.OfferExpired):
        withdraw_offer(offer, by=fresh(cast.buyer))

    assert Offer.objects.get().state == OfferState.OPEN
    assert Pledge.objects.count() == 0


ANSWERS = {
    OfferState.ACCEPTED: lambda offer, cast: accept_offer(offer, by=fresh(cast.farmer)),
    OfferState.REFUSED: lambda offer, cast: refuse_offer(offer, by=fresh(cast.farmer)),
    OfferState.COUNTERED: lambda offer, cast: counter_offer(
        offer, terms=make_offer_terms(price="1.30"), key=uuid.uuid4(), by=fresh(cast.farmer)
    ),
    OfferState.WITHDRAWN: lambda offer, cast: withdraw_offer(offer, by=fresh(cast.buyer)),
    OfferState.EXPIRED: lambda offer, cast: _pass_time(offer) or expire_offers(),
}


def _pass_time(offer: Offer) -> None:
    Offer.objects.filter(pk=offer.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.parametrize("first", [state for state in OfferState if state != OfferState.OPEN])
@pytest.mark.parametrize("then", [state for state in OfferState if state != OfferState.OPEN])
def test_every_pair_of_states(offer, cast, first, then):
    """From open each is reached; from any other only the same again, which changes nothing."""
    assert first in OFFER_MOVES[OfferState.OPEN]
    ANSWERS[first](offer, cast)
    assert Offer.objects.get(pk=offer.pk).state == first
    before = Event.objects.count()

    assert then not in OFFER_MOVES[first]
    same_again = first == then and then not in (OfferState.COUNTERED, OfferState.EXPIRED)
    if same_again or then == OfferState.EXPIRED:
        ANSWERS[then](offer, cast)
    else:
        with pytest.raises(refusals.OfferOver):
            ANSWERS[then](offer, cast)
    assert Offer.objects.get(pk=offer.pk).state == first
    assert Event.objects.count() == before


@pytest.mark.parametrize("who", ["buyer", "rival_farmer", "rival_buyer", "outsider", "agriculture_desk", "driver"])
def test_only_the_other_side_answers(offer, cast, who):
    for answer in (accept_offer, refuse_offer):
        with pytest.raises(NotAllowed):
            answer(offer, by=fresh(cast.people()[who]))
    with pytest.raises(NotAllowed):
        counter_offer(offer, terms=make_offer_terms(), key=uuid.uuid4(), by=fresh(cast.people()[who]))
    assert Offer.objects.get().is_open


@pytest.mark.parametrize("who", ["farmer", "rival_buyer", "outsider", "commerce_desk"])
def test_only_the_maker_withdraws(offer, cast, who):
    with pytest.raises(NotAllowed):
        withdraw_offer(offer, by=fresh(cast.people()[who]))


def test_statements_of_making_one(bid, cast, django_assert_max_num_queries, open_lot):
    with django_assert_max_num_queries(16):
        bid()
    assert Listing.objects.get(pk=open_lot.listing_id).price is None
