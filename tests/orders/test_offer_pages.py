"""The pages of offers: both sides' list, the talk, and the forms."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from market.models import Lot, Place
from market.queries.reference import forget_reference
from orders.actions.answers import Answer, answer_demand
from orders.actions.offers import counter_offer
from orders.actions.placing import Who
from orders.enums import OfferState
from orders.models import Offer, Pledge
from tests.factories import make_live_listing
from tests.factories.orders import fresh, kg, make_dock, make_pledge
from tests.factories.talks import (
    make_answer,
    make_buyers_offer,
    make_demand,
    make_offer_terms,
    make_substitute,
    tomorrow,
)
from tests.pages import logged_in, words_of


@pytest.fixture
def open_lot(cast, reference) -> Lot:
    listing = make_live_listing(cast.household, reference["peach"], reference["village"], by=cast.farmer, price=None)
    return listing.lots.get(day=tomorrow())


@pytest.fixture
def offer(open_lot, dock, cast) -> Offer:
    return make_buyers_offer(open_lot, dock, by=fresh(cast.buyer), note="要大个的")


def terms(**changes) -> dict:
    return {
        "key": str(uuid.uuid4()),
        "quantity": "1000斤",
        "price": "1.20",
        "price_unit": "jin",
        "hours": "6",
        **changes,
    }


def delivery(dock) -> dict:
    return {"dock": dock.pk, "window_from": "06:00", "window_to": "10:00"}


def test_a_buyer_offers_a_price(cast, open_lot, dock):
    client, url = logged_in(cast.buyer), reverse("orders:offer_new", args=[open_lot.pk])
    assert "卖方接受以后才成交" in words_of(client.get(url))
    sent = {**terms(quantity="1000-1500斤"), **delivery(dock)}

    answer = client.post(url, sent)

    offer = Offer.objects.get()
    assert answer.url == reverse("orders:offer", args=[offer.pk])
    assert (offer.firm_g, offer.most_g, offer.price) == (500_000, 750_000, Decimal("1.20"))
    assert offer.expires_at - timezone.now() < dt.timedelta(hours=6)
    client.post(url, sent)
    assert Offer.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"price": ""}, "请写单价"),
        ({"price": "-1"}, "单价要大于零"),
        ({"hours": "7"}, "请从列表里选"),
        ({"quantity": "11吨"}, "只剩"),
        ({"note": "x" * 101}, "最多 100 个字"),
        ({"window_to": "05:00"}, "最晚送到的时间要晚于"),
    ],
)
def test_a_form_that_is_wrong_says_what_cures_it(cast, open_lot, dock, changes, sentence):
    client, url = logged_in(cast.buyer), reverse("orders:offer_new", args=[open_lot.pk])

    page = client.post(url, {**terms(), **delivery(dock), **changes})

    assert sentence in words_of(page)
    assert Offer.objects.count() == 0


def test_a_fixed_price_leads_to_pledging(cast, lot, dock):
    page = logged_in(cast.buyer).get(reverse("orders:offer_new", args=[lot.pk]))

    assert "这批货已经定价，不用报价" in words_of(page)


def test_the_talk_is_a_thread_with_the_sum(cast, offer):
    answer = counter_offer(offer, terms=make_offer_terms("800斤", "1.50"), key=uuid.uuid4(), by=fresh(cast.farmer))

    words = words_of(logged_in(cast.buyer).get(reverse("orders:offer", args=[answer.pk])))

    assert "货款约 1,200.00 元" in words
    assert words.index("出价 1.20 元/斤") < words.index("报价 1.50 元/斤")
    for part in ("“要大个的”", "已还价 · 王建国", "接受", "还价", "谢绝", "前答复有效"):
        assert part in words
    listed = words_of(logged_in(cast.buyer).get(reverse("orders:offers")))
    assert (listed.count("1.50 元/斤"), listed.count("1.20 元/斤")) == (1, 0)  # one talk is one line
    old = words_of(logged_in(cast.buyer).get(reverse("orders:offer", args=[offer.pk])))
    assert "去答复这一次" in old
    assert "谢绝" not in old


def test_a_range_is_said_in_the_talk_and_may_break_on_a_phone(cast, open_lot, dock):
    offer = make_buyers_offer(open_lot, dock, by=fresh(cast.buyer), text="300斤", most=kg("400斤"))

    page = logged_in(cast.buyer).get(reverse("orders:offer", args=[offer.pk]))

    assert words_of(page).count("保底 300 斤，最多 400 斤") == 1
    assert "<p>保底 300 斤 = 150 公斤，最多 400 斤 = 200 公斤</p>" in page.content.decode()


def test_the_page_says_how_far_the_goods_go(cast, offer, reference):
    url = reverse("orders:offer", args=[offer.pk])

    assert "约 22 公里" in words_of(logged_in(cast.buyer).get(url))
    Place.objects.update(lat=None)
    forget_reference()
    assert "地图上没有，请问对方" in words_of(logged_in(cast.buyer).get(url))


def test_each_side_sees_its_own_buttons(cast, offer):
    url = reverse("orders:offer", args=[offer.pk])

    mine, theirs = words_of(logged_in(cast.buyer).get(url)), words_of(logged_in(cast.farmer).get(url))

    assert "撤回报价" in mine
    assert "接受" not in mine
    assert "撤回报价" not in theirs
    assert "接受" in theirs


def test_accepting_refusing_and_withdrawing_by_button(cast, offer, open_lot):
    farmer, buyer = logged_in(cast.farmer), logged_in(cast.buyer)
    farmer.post(reverse("orders:offer_withdraw", args=[offer.pk]))
    assert Offer.objects.get().state == OfferState.OPEN

    answer = farmer.post(reverse("orders:offer_accept", args=[offer.pk]), follow=True)

    assert "成交了，认购已经记下" in words_of(answer)
    assert "看成交的认购" in words_of(answer)
    assert Pledge.objects.get().price == Decimal("1.20")
    late = buyer.post(reverse("orders:offer_withdraw", args=[offer.pk]), follow=True)
    assert "这个报价已成交，不能再答复" in words_of(late)


def test_an_expired_offer_says_so_before_the_clock_has_come(cast, offer):
    Offer.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    farmer = logged_in(cast.farmer)

    words = words_of(farmer.get(reverse("orders:offer", args=[offer.pk])))
    assert "已过期" in words
    assert "接受" not in words
    late = farmer.post(reverse("orders:offer_accept", args=[offer.pk]), follow=True)
    assert "已经过期；还想买卖请重新报价" in words_of(late)


def test_countering_by_the_form(cast, offer):
    client, url = logged_in(cast.farmer), reverse("orders:offer_counter", args=[offer.pk])
    assert 'value="1.20"' in client.get(url).content.decode()

    answer = client.post(url, terms(price="1.60"))

    new = Offer.objects.latest("pk")
    assert answer.url == reverse("orders:offer", args=[new.pk])
    assert (new.previous, new.price, new.side) == (offer, Decimal("1.60"), "seller")
    assert "这个报价不能还价" in words_of(client.get(url))


def test_the_list_begins_with_what_waits_for_the_reader(cast, offer, open_lot, lot, reference, dock):
    demand = make_demand(reference["loofah"], dock, by=fresh(cast.buyer))
    make_answer(demand, lot, by=fresh(cast.farmer), price="1.10")
    gone = make_buyers_offer(open_lot, make_dock(cast.rival_supermarket), by=fresh(cast.rival_buyer))
    Offer.objects.filter(pk=gone.pk).update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    url = reverse("orders:offers")

    seller, buyer = words_of(logged_in(cast.farmer).get(url)), words_of(logged_in(cast.buyer).get(url))

    for words, first in ((seller, "黄桃"), (buyer, "丝瓜")):
        assert words.index("等您答复") < words.index(first) < words.index("等对方答复")
    assert seller.index("等对方答复") < seller.index("已经结束") < seller.index("千惠便利")
    assert "已经结束" not in buyer
    desk = words_of(logged_in(cast.commerce_desk).get(url))
    assert "等卖方答复" in desk
    assert "还没有报价" in words_of(logged_in(cast.outsider).get(url))


def test_a_seller_answers_a_demand_by_the_form(cast, lot, reference, dock):
    demand = make_demand(reference["loofah"], dock, by=fresh(cast.buyer), price_at_most=Decimal("1.50"))
    client, url = logged_in(cast.farmer), reverse("orders:offer_to_demand", args=[demand.pk])
    assert "最高 1.50 元/斤" in words_of(client.get(url))

    refused = client.post(url, terms(lot=lot.pk, price="1.60"))
    assert "单价 ：单价高于买方的最高价 1.50 元/斤，请把单价改到这以内" in words_of(refused)
    answer = client.post(url, terms(lot=lot.pk, price="1.40"))

    offer = Offer.objects.get()
    assert answer.url == reverse("orders:offer", args=[offer.pk])
    assert (offer.demand, offer.lot, offer.price) == (demand, lot, Decimal("1.40"))
    assert "请从列表里选一批货" in words_of(client.post(url, terms(lot=0)))


def test_without_goods_the_form_leads_to_publishing(cast, reference, dock):
    demand = make_demand(reference["loofah"], dock, by=fresh(cast.buyer))

    words = words_of(logged_in(cast.farmer).get(reverse("orders:offer_to_demand", args=[demand.pk])))

    assert "您现在没有合适的货" in words


def test_a_demand_that_is_met_asks_nobody_to_fill_in_a_form(cast, lot, reference, dock):
    demand = make_demand(reference["loofah"], dock, by=fresh(cast.buyer))
    other = make_demand(reference["loofah"], dock, by=fresh(cast.buyer))
    answer_demand(demand, Answer(lot.pk, demand.most_g, "x"), Who(None))

    for person in (cast.farmer, cast.commerce_desk):
        for name in ("orders:wanted_demand", "orders:offer_to_demand"):
            page = logged_in(person).get(reverse(name, args=[demand.pk])).content.decode()
            assert "买方要的都落实了，现在不用报价" in page
            assert "我有货，报个价</a>" not in page
            assert "把报价发给买方" not in page
    listed = logged_in(cast.farmer).get(reverse("orders:wanted")).context["demands"]
    assert [shown.demand for shown in listed] == [other, demand]


def test_the_desk_answers_a_demand_for_a_grower(cast, lot, reference, dock):
    demand = make_demand(reference["loofah"], dock, by=fresh(cast.buyer))
    desk = logged_in(cast.commerce_desk)
    assert "替打电话来的农户报价" in words_of(desk.get(reverse("orders:wanted_demand", args=[demand.pk])))

    desk.post(reverse("orders:offer_to_demand", args=[demand.pk]), terms(lot=lot.pk))

    assert Offer.objects.get().seller == cast.household


def test_a_seller_offers_other_goods_by_the_form(cast, lot, open_lot, dock):
    pledge = make_pledge(lot, dock, "2000斤", by=fresh(cast.buyer))
    client, url = logged_in(cast.farmer), reverse("orders:offer_instead", args=[pledge.pk])
    assert "买方接受才换" in words_of(client.get(url))

    client.post(url, terms(lot=open_lot.pk, quantity="500斤", back_on_sale="yes"))

    offer = Offer.objects.get()
    assert (offer.replaces, offer.lot, offer.firm_g, offer.back_on_sale) == (pledge, open_lot, 250_000, True)
    words = words_of(logged_in(cast.buyer).get(reverse("orders:offer", args=[offer.pk])))
    assert "想用这批货替代其中 500 斤" in words
    assert "还价" not in words.replace("全部报价", "")


def test_an_answered_substitution_no_longer_asks_and_leads_to_the_pledge(cast, lot, open_lot, dock):
    pledge = make_pledge(lot, dock, "2000斤", by=fresh(cast.buyer))
    offer = make_substitute(pledge, open_lot, by=fresh(cast.farmer), text="100斤", price="2.00")
    buyer, url = logged_in(cast.buyer), reverse("orders:offer", args=[offer.pk])
    assert "接受以后，原来的认购减少" in words_of(buyer.get(url))

    page = buyer.post(reverse("orders:offer_refuse", args=[offer.pk]), follow=True)

    assert "接受以后" not in words_of(page)
    assert reverse("orders:pledge", args=[pledge.pk]) in page.content.decode()


def test_a_day_without_other_goods_says_what_to_do(cast, lot, dock):
    pledge = make_pledge(lot, dock, "2000斤", by=fresh(cast.buyer))

    words = words_of(logged_in(cast.farmer).get(reverse("orders:offer_instead", args=[pledge.pk])))

    assert "没有别的货可以替代" in words


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_do_not_grow_with_the_rows(cast, reference, dock, lot, rows, django_assert_num_queries):
    for _ in range(rows):
        listing = make_live_listing(
            cast.household, reference["peach"], reference["village"], by=cast.farmer, price=None
        )
        made = make_buyers_offer(listing.lots.get(day=tomorrow()), dock, by=fresh(cast.buyer))
    pledge = make_pledge(lot, dock, "2000斤", by=fresh(cast.buyer))
    instead = make_substitute(pledge, made.lot, by=fresh(cast.farmer))
    demand = make_demand(reference["loofah"], dock, by=fresh(cast.buyer))
    for _ in range(rows - 1):
        made = counter_offer(made, terms=make_offer_terms(price="1.30"), key=uuid.uuid4(), by=fresh(cast.farmer))
        made = counter_offer(made, terms=make_offer_terms(), key=uuid.uuid4(), by=fresh(cast.buyer))
    buyer, farmer = logged_in(cast.buyer), logged_in(cast.farmer)
    farmer.get(reverse("market:board"))
    with django_assert_num_queries(7):
        buyer.get(reverse("orders:offers"))
    with django_assert_num_queries(7):
        buyer.get(reverse("orders:offer", args=[made.pk]))
    with django_assert_num_queries(6):
        farmer.get(reverse("orders:offer_counter", args=[made.pk]))
    with django_assert_num_queries(8):
        farmer.get(reverse("orders:offer_to_demand", args=[demand.pk]))
    with django_assert_num_queries(7):
        farmer.get(reverse("orders:offer_instead", args=[instead.replaces_id]))
    with django_assert_num_queries(8):
        buyer.get(reverse("orders:offer_new", args=[made.lot_id]))
