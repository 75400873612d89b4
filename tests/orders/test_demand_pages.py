"""The pages of open pledges: the buyer's own and the public list."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from market.models import Lot
from market.quantities import Quantity
from orders.actions.answers import Answer, answer_demand
from orders.actions.demands import cancel_demand
from orders.actions.placing import Who
from orders.enums import DemandState
from orders.models import Demand, Offer
from orders.queries.rooms import rooms_from, rooms_of
from tests.factories import make_live_listing
from tests.factories.orders import fresh, make_dock
from tests.factories.talks import make_answer, make_demand, tomorrow
from tests.pages import logged_in, words_of

T = 1_000_000


@pytest.fixture
def demand(cast, reference, dock) -> Demand:
    terms = {"most": Quantity.parse("4吨"), "price_at_most": Decimal("1.50")}
    return make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer), **terms)


def form(dock, **changes) -> dict:
    return {
        "key": str(uuid.uuid4()),
        "produce": "sigua",
        "quantity": "3-4吨",
        "first_day": tomorrow().isoformat(),
        "last_day": (tomorrow() + dt.timedelta(days=4)).isoformat(),
        "price_at_most": "2.40",
        "price_unit": "jin",
        "dock": dock.pk,
        "window_from": "06:00",
        "window_to": "10:00",
        **changes,
    }


def test_publishing_a_demand(cast, dock, reference):
    client = logged_in(cast.buyer)
    sent = form(dock)

    answer = client.post(reverse("orders:demand_new"), sent)

    demand = Demand.objects.get()
    assert answer.url == reverse("orders:demand", args=[demand.pk])
    assert (demand.produce, demand.firm_g, demand.most_g) == (reference["loofah"], 3 * T, 4 * T)
    assert (demand.price_at_most, demand.km_at_most, demand.is_whole) == (Decimal("2.40"), None, False)
    client.post(reverse("orders:demand_new"), sent)
    assert Demand.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"produce": "gold"}, "请从列表里选农产品"),
        ({"quantity": "很多"}, "不是准数"),
        ({"first_day": "2021-08-08"}, "已经过去，请从今天或以后开始求购"),
        ({"last_day": "2021-08-08"}, "结束日期不能早于开始日期"),
        ({"price_at_most": "面议"}, "单价要写成数字"),
        ({"price_at_most": "1.234"}, "单价最多写到分"),
        ({"price_unit": "pack"}, "请选斤、公斤或吨"),
        ({"km_at_most": "远"}, "路程要写成数字"),
        ({"window_to": "23:00"}, "收货时间是"),
        ({"grade_at_least": "best"}, "请从列表里选等级"),
        ({"key": "x"}, "请重新打开这张表"),
    ],
)
def test_a_form_that_is_wrong_says_what_cures_it(cast, dock, changes, sentence):
    page = logged_in(cast.buyer).post(reverse("orders:demand_new"), form(dock, **changes))

    assert sentence in words_of(page)
    assert Demand.objects.count() == 0


def test_without_a_dock_the_form_leads_to_one(cast):
    page = logged_in(cast.buyer).get(reverse("orders:demand_new"))

    assert "先登记一个收货点" in words_of(page)


def test_the_own_list_says_how_much_is_met(cast, demand, lot):
    answer_demand(demand, Answer(lot.pk, 1_200_000, "x"), Who(None))

    words = words_of(logged_in(cast.buyer).get(reverse("orders:demands")))

    assert "求购 6,000 斤 · 已落实 2,400 斤" in words
    assert "还差 3,600 斤" in words
    assert "不高于 1.50 元/斤" in words


def test_the_page_of_a_demand_shows_days_offers_pledges_and_history(cast, demand, lot):
    answer_demand(demand, Answer(lot.pk, T, "x"), Who(None))
    make_answer(demand, lot, by=fresh(cast.farmer), price="1.40")

    words = words_of(logged_in(cast.buyer).get(reverse("orders:demand", args=[demand.pk])))

    for part in ("等您答复的报价", "1.40 元/斤", "落实的认购", "发布了求购，每天 6,000 斤 = 3 吨", "还差 4,000 斤"):
        assert part in words


def test_changing_it(cast, demand, dock):
    client, url = logged_in(cast.buyer), reverse("orders:demand_change", args=[demand.pk])
    assert 'value="3吨-4吨"' in client.get(url).content.decode() or "6000斤-8000斤" in client.get(url).content.decode()

    answer = client.post(url, form(dock, quantity="2吨", price_at_most="", is_whole="on"))

    kept = Demand.objects.get()
    assert answer.url == reverse("orders:demand", args=[demand.pk])
    assert (kept.firm_g, kept.most_g, kept.price_at_most, kept.is_whole) == (2 * T, 2 * T, None, True)


def test_taking_it_back(cast, demand):
    client, url = logged_in(cast.buyer), reverse("orders:demand_cancel", args=[demand.pk])
    assert "撤回这条求购" in words_of(client.get(url))

    client.post(url)

    assert Demand.objects.get().state == DemandState.CANCELLED
    assert "这条求购已撤回" in words_of(client.get(url))


def test_the_public_list_is_sorted_by_the_soonest_day_and_gives_nobody_away(cast, demand, reference, dock):
    later = make_demand(
        reference["peach"], dock, by=fresh(cast.buyer), first_day=tomorrow() + dt.timedelta(days=1),
        last_day=tomorrow() + dt.timedelta(days=1),
    )  # fmt: skip
    make_demand(reference["peach"], make_dock(cast.rival_supermarket), by=fresh(cast.rival_buyer))

    page = Client().get(reverse("orders:wanted"))

    words = words_of(page)
    assert words.index("步步高天元店") < words.index("千惠便利")
    assert words.count("步步高天元店") == 2
    for secret in (dock.contact_phone, dock.contact_name, dock.name, "赵采购"):
        assert secret not in page.content.decode()
    detail = Client().get(reverse("orders:wanted_demand", args=[later.pk]))
    for secret in (dock.contact_phone, dock.contact_name, dock.name, "赵采购"):
        assert secret not in detail.content.decode()
    assert "登录后报价" in words_of(detail)


def test_the_list_is_filtered_by_produce_and_county(cast, demand, reference):
    make_demand(
        reference["peach"], make_dock(cast.rival_supermarket, reference["village"]), by=fresh(cast.rival_buyer)
    )  # fmt: skip

    def asked(**query):
        return words_of(Client().get(reverse("orders:wanted"), query))

    assert "千惠便利" not in asked(produce="sigua")
    assert "步步高" not in asked(produce="huangtao")
    assert "步步高" not in asked(county="430203")
    assert "千惠便利" in asked(county="430203")
    assert "没有符合的求购" in asked(county="430225")
    assert "目录里没有“gold”" in asked(produce="gold")


def test_a_demand_that_is_over_leaves_the_list_and_says_so(cast, demand):
    cancel_demand(demand, by=fresh(cast.buyer))

    assert "现在没有人求购" in words_of(Client().get(reverse("orders:wanted")))
    assert "这条求购已经结束" in words_of(Client().get(reverse("orders:wanted_demand", args=[demand.pk])))


def test_a_seller_with_goods_is_led_to_an_offer(cast, demand, lot):
    words = words_of(logged_in(cast.farmer).get(reverse("orders:wanted_demand", args=[demand.pk])))

    assert "我有货，报个价" in words
    make_answer(demand, lot, by=fresh(cast.farmer), price="1.40")
    words = words_of(logged_in(cast.farmer).get(reverse("orders:wanted_demand", args=[demand.pk])))
    assert "您报了 1,000 斤，1.40 元/斤，等买方答复" in words


def test_a_seller_without_goods_is_led_to_publishing(cast, demand, lot):
    words = words_of(logged_in(cast.rival_farmer).get(reverse("orders:wanted_demand", args=[demand.pk])))

    assert "先发布货源" in words
    assert "我有货" not in words


def test_a_seller_whose_goods_do_not_fit_reads_why(cast, reference, dock, lot):
    near = make_demand(reference["loofah"], dock, by=fresh(cast.buyer), km_at_most=5)

    words = words_of(logged_in(cast.farmer).get(reverse("orders:wanted_demand", args=[near.pk])))

    assert "路程超过买方要求的公里数" in words
    assert "先发布货源" in words


def test_what_a_weight_means(cast):
    client = logged_in(cast.buyer)

    page = client.get(reverse("orders:weight_reading"), {"quantity": "三到四吨"}).content.decode()
    assert "保底 6,000 斤 = 3 吨，最多 8,000 斤 = 4 吨" in page
    assert "不是准数" in client.get(reverse("orders:weight_reading"), {"quantity": "很多"}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_do_not_grow_with_the_rows(cast, reference, dock, lot, rows, django_assert_num_queries):
    for n in range(rows):
        one = make_demand(reference["loofah"], dock, by=fresh(cast.buyer))
        answer_demand(one, Answer(lot.pk, T // 2, f"{n}"), Who(None))
        make_answer(one, lot, by=fresh(cast.farmer), text="200斤")
    buyer, farmer, anyone = logged_in(cast.buyer), logged_in(cast.farmer), Client()
    anyone.get(reverse("orders:wanted"))  # the process has read places and produce
    with django_assert_num_queries(8):
        buyer.get(reverse("orders:demands"))
    with django_assert_num_queries(9):
        buyer.get(reverse("orders:demand", args=[one.pk]))
    with django_assert_num_queries(3):
        anyone.get(reverse("orders:wanted"))
    with django_assert_num_queries(2):
        anyone.get(reverse("orders:wanted_demand", args=[one.pk]))
    with django_assert_num_queries(9):
        farmer.get(reverse("orders:wanted_demand", args=[one.pk]))
    assert Offer.objects.count() == rows


def test_rooms_of_rows_are_rooms_of_statements(demand, lot, cast):
    answer_demand(demand, Answer(lot.pk, T, "x", most_g=2 * T), Who(None))

    assert rooms_from(demand, demand.pledges.all()) == list(rooms_of([demand]).values())


def test_a_demand_with_more_lots_costs_the_same(cast, reference, demand, lot, django_assert_num_queries):
    for _ in range(3):
        make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    farmer = logged_in(cast.farmer)
    farmer.get(reverse("orders:wanted"))
    with django_assert_num_queries(9):
        farmer.get(reverse("orders:wanted_demand", args=[demand.pk]))
    assert Lot.objects.filter(day=tomorrow()).count() == 4
