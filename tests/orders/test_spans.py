"""The same pledge on several days of a listing: a pledge a day, all of them or none, once."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed, NotEnoughLeft
from market.models import Event, Lot
from orders import exceptions as refusals
from orders.actions.pledges import cancel_pledge
from orders.actions.spans import place_span
from orders.enums import PledgeState
from orders.models import Allocation, Pledge
from tests.factories import make_live_listing
from tests.factories.orders import fresh, kg, make_dock, make_pledge


@pytest.fixture
def long_listing(cast, reference):
    """10 t a day for twenty days from today."""
    return make_live_listing(
        cast.household,
        reference["loofah"],
        reference["village"],
        by=cast.farmer,
        last_day=timezone.localdate() + dt.timedelta(days=19),
    )


@pytest.fixture
def lots(long_listing) -> list[Lot]:
    """Of tomorrow and the days after it."""
    return list(long_listing.lots.filter(day__gt=timezone.localdate()).order_by("day"))


@pytest.fixture
def span(cast, dock, lots):
    """Place a pledge of 3–4 t on tomorrow and the two days after, with any fact changed."""

    def _span(lot_ids=None, **changes) -> list[Pledge]:
        facts = {
            "buyer": cast.supermarket,
            "quantity": kg("3吨"),
            "most": kg("4吨"),
            "dock": dock,
            "window_from": dt.time(6),
            "window_to": dt.time(10),
            "key": uuid.uuid4(),
            "by": fresh(cast.buyer),
            **changes,
        }
        return place_span(lot_ids or [lot.pk for lot in lots[:3]], **facts)

    return _span


def reserved(lots) -> list[int]:
    return [Lot.objects.get(pk=lot.pk).reserved_g for lot in lots]


def test_every_day_has_a_pledge_of_its_own_and_they_know_each_other(span, lots):
    key = uuid.uuid4()

    placed = span(key=key)

    assert [pledge.day for pledge in placed] == [lot.day for lot in lots[:3]]
    assert {(p.firm_g, p.most_g, p.state, p.span) for p in placed} == {(3_000_000, 4_000_000, PledgeState.PLACED, key)}
    assert placed[0].key == key
    assert len({pledge.key for pledge in placed}) == 3
    assert reserved(lots[:4]) == [3_000_000, 3_000_000, 3_000_000, 0]
    assert [Event.objects.about(pledge).count() for pledge in placed] == [1, 1, 1]


def test_one_day_is_a_plain_pledge(span, lots):
    (pledge,) = span([lots[0].pk])

    assert pledge.span is None


def test_the_first_day_may_be_any_of_them(span, lots):
    key = uuid.uuid4()

    placed = span([lots[2].pk, lots[0].pk], key=key)

    assert [(pledge.lot_id, pledge.key == key) for pledge in placed] == [(lots[0].pk, False), (lots[2].pk, True)]


def test_the_same_form_twice_places_once(span, lots):
    key = uuid.uuid4()

    first, second = span(key=key), span(key=key)

    assert [p.pk for p in first] == [p.pk for p in second]
    assert Pledge.objects.count() == 3
    assert reserved(lots[:3]) == [3_000_000] * 3


def test_the_same_form_after_a_day_was_cancelled_brings_nothing_back(span, lots, cast):
    key = uuid.uuid4()
    placed = span(key=key)
    cancel_pledge(placed[1], reason="不要了", by=fresh(cast.buyer))

    again = span(key=key)

    assert [p.state for p in again] == [PledgeState.PLACED, PledgeState.CANCELLED, PledgeState.PLACED]
    assert reserved(lots[:3]) == [3_000_000, 0, 3_000_000]


@pytest.mark.parametrize("days", [1, 2, 4])
def test_the_same_form_with_other_days_is_refused(span, lots, days):
    key = uuid.uuid4()
    span(key=key)

    with pytest.raises(refusals.KeyUsedOtherwise):
        span([lot.pk for lot in lots[:days]], key=key)
    assert Pledge.objects.count() == 3


def test_more_days_under_the_key_of_a_single_one_are_refused(span, lots):
    key = uuid.uuid4()
    span([lots[0].pk], key=key)

    with pytest.raises(refusals.KeyUsedOtherwise):
        span(key=key)
    assert Pledge.objects.count() == 1


def test_the_same_form_with_another_quantity_is_refused(span):
    key = uuid.uuid4()
    span(key=key)

    with pytest.raises(refusals.KeyUsedOtherwise):
        span(key=key, quantity=kg("2吨"))


def test_a_day_that_is_short_refuses_all_and_is_named(span, lots):
    Lot.objects.filter(pk=lots[1].pk).update(offered_g=2_000_000)

    with pytest.raises(refusals.DayOfSpanRefused) as refusal:
        span()

    assert isinstance(refusal.value.refusal, NotEnoughLeft)
    assert "只剩 4,000 斤 = 2 吨" in str(refusal.value)
    assert "现在一天也没有记下" in str(refusal.value)
    assert Pledge.objects.count() == Allocation.objects.count() == 0
    assert reserved(lots[:3]) == [0, 0, 0]


def test_a_closed_day_refuses_all(span, lots):
    Lot.objects.filter(pk=lots[2].pk).update(is_open=False)

    with pytest.raises(refusals.DayOfSpanRefused):
        span()
    assert reserved(lots[:3]) == [0, 0, 0]


def test_days_of_another_listing_and_made_up_ones_are_refused(span, lots, lot):
    for other in (lot.pk, 0):
        with pytest.raises(refusals.NotOneListing):
            span([lots[0].pk, other])
    assert Pledge.objects.count() == 0


def test_more_than_fourteen_days_are_refused(span, lots):
    assert len(span([lot.pk for lot in lots[:14]], quantity=kg("100斤"), most=None)) == 14
    with pytest.raises(refusals.TooManyDaysAtOnce):
        span([lot.pk for lot in lots[:15]], quantity=kg("100斤"), most=None)


@pytest.mark.parametrize("who", ["rival_buyer", "farmer", "dispatcher", "outsider"])
def test_only_the_buyers_people_may(span, cast, who):
    with pytest.raises(refusals.DayOfSpanRefused) as refusal:
        span(by=fresh(getattr(cast, who)))

    assert isinstance(refusal.value.refusal, NotAllowed)
    assert Pledge.objects.count() == 0


# --- by form ---


@pytest.fixture
def buyer(client, cast):
    client.force_login(cast.buyer)
    return client


def form(lots, dock, *, others=1, **changes):
    return {
        "key": str(uuid.uuid4()),
        "quantity": "3-4吨",
        "fresh_hours": "12",
        "days": [lot.pk for lot in lots[1 : others + 1]],
        "dock": dock.pk,
        "window_from": "06:00",
        "window_to": "10:00",
        **changes,
    }


def test_the_form_places_all_days_and_every_page_shows_them_together(buyer, lots, dock):
    sent = form(lots, dock, others=2)

    for _ in range(2):
        answer = buyer.post(reverse("orders:place", args=[lots[0].pk]), sent, follow=True)

    page = answer.content.decode()
    pledges = list(Pledge.objects.order_by("day"))
    assert [(p.firm_g, p.most_g, p.fresh_hours) for p in pledges] == [(3_000_000, 4_000_000, 12)] * 3
    assert "连要 3 天，每天 保底 6,000 斤 = 3 吨，最多 8,000 斤 = 4 吨" in page
    assert all(reverse("orders:pledge", args=[pledge.pk]) in page for pledge in pledges)
    assert "连订 3 天" in buyer.get(reverse("orders:pledges")).content.decode()
    one = buyer.get(reverse("orders:pledge", args=[pledges[1].pk])).content.decode()
    assert reverse("orders:pledge", args=[pledges[2].pk]) in one
    together = buyer.get(reverse("orders:pledges"), {"span": pledges[0].span}).content.decode()
    assert together.count("连订 3 天") == 3


def test_a_refused_day_is_named_in_the_form_and_the_ticks_stay(buyer, lots, dock):
    Lot.objects.filter(pk=lots[1].pk).update(offered_g=1_000_000)

    page = buyer.post(reverse("orders:place", args=[lots[0].pk]), form(lots, dock)).content.decode()

    assert "只剩 2,000 斤 = 1 吨" in page
    assert page.count(" checked") == 1
    assert Pledge.objects.count() == 0


def test_a_day_that_is_gone_gets_a_sentence(buyer, lots, dock):
    Lot.objects.filter(pk=lots[1].pk).update(is_open=False)

    page = buyer.post(reverse("orders:place", args=[lots[0].pk]), form(lots, dock)).content.decode()

    assert "有一天已经没有货或者下架了" in page
    assert Pledge.objects.count() == 0


def test_the_form_offers_at_most_thirteen_other_days_with_stock(buyer, lots, dock):
    Lot.objects.filter(pk=lots[1].pk).update(reserved_g=10_000_000)

    page = buyer.get(reverse("orders:place", args=[lots[0].pk])).content.decode()

    assert page.count('name="days"') == 13
    assert f'name="days" value="{lots[1].pk}"' not in page
    assert f'name="days" value="{lots[2].pk}"' in page


def test_the_list_costs_one_statement_more_for_any_number_of_spans(
    buyer, cast, lots, dock, span, django_assert_num_queries
):
    make_pledge(lots[0], dock, by=fresh(cast.buyer))
    span()
    with django_assert_num_queries(9):
        buyer.get(reverse("orders:pledges"))
    span()
    span(dock=make_dock(cast.supermarket))

    with django_assert_num_queries(9):
        buyer.get(reverse("orders:pledges"))


def test_the_page_of_one_day_costs_the_same_in_a_span_of_two_and_of_five(buyer, lots, span, django_assert_num_queries):
    two, five = span([lot.pk for lot in lots[:2]]), span([lot.pk for lot in lots[:5]])

    for pledge in (two[0], five[0]):
        with django_assert_num_queries(9):
            buyer.get(reverse("orders:pledge", args=[pledge.pk]))
