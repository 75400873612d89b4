"""The pages of standing pledges: list, start, one with its days, change, and the buttons."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from market.models import Listing, Lot
from orders.actions.standing import end_standing, pause_standing, skip_day
from orders.actions.standing_days import place_standing_day
from orders.enums import StandingState
from orders.models import StandingDay, StandingPledge
from tests.factories.orders import fresh
from tests.factories.standing import make_standing
from tests.pages import logged_in, words_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def buyer(client, cast):
    client.force_login(cast.buyer)
    return client


@pytest.fixture
def standing(cast, listing, dock) -> StandingPledge:
    return make_standing(listing, dock, by=fresh(cast.buyer))


def form(lot, dock, **changes) -> dict:
    return {
        "quantity": "3-4吨",
        "first_day": lot.day.isoformat(),
        "last_day": (lot.day + DAY).isoformat(),
        "dock": dock.pk,
        "window_from": "06:00",
        "window_to": "10:00",
        "fresh_hours": "12",
        "reference": "CG",
        "key": str(uuid.uuid4()),
        **changes,
    }


def page_of(client, name, *args, **query) -> str:
    return words_of(client.get(reverse(name, args=args), query))


def test_a_lots_page_leads_to_it(buyer, lot):
    page = buyer.get(reverse("market:lot", args=[lot.pk])).content.decode()

    assert reverse("orders:standing_new", args=[lot.pk]) in page


def test_started_by_form_with_a_range(buyer, lot, dock):
    assert "每天供应 2 万斤" in page_of(buyer, "orders:standing_new", lot.pk)
    sent = form(lot, dock)
    url = reverse("orders:standing_new", args=[lot.pk])

    answer = buyer.post(url, sent)
    again = buyer.post(url, sent)

    one = StandingPledge.objects.get()
    assert answer.url == again.url == reverse("orders:standing_pledge", args=[one.pk])
    assert (one.firm_g, one.most_g, one.fresh_hours, one.reference) == (3_000_000, 4_000_000, 12, "CG")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantity": "10斤"}, "起订量"),
        ({"quantity": "20吨"}, "卖方每天只供"),
        ({"last_day": "2001-01-01"}, "结束日期不能早于开始日期"),
        ({"last_day": "2999-12-31"}, "最多 60 天"),
        ({"first_day": "0001-01-01", "last_day": "0001-01-02"}, "年份 1 不对"),
        ({"first_day": "2001-01-01", "last_day": "2001-01-02"}, "的送达时段已经开始"),
        ({"first_day": "明天"}, "日期要写成 2021-08-08 这样"),
        ({"window_to": "23:00"}, "收货时间"),
        ({"key": "x"}, "请重新打开这张表"),
    ],
)
def test_a_form_refused_says_why_and_writes_nothing(buyer, lot, dock, changes, sentence):
    page = words_of(buyer.post(reverse("orders:standing_new", args=[lot.pk]), form(lot, dock, **changes)))

    assert sentence in page
    assert StandingPledge.objects.count() == 0


def test_a_buyer_without_a_dock_is_led_to_one(buyer, lot):
    assert "先登记一个收货点" in page_of(buyer, "orders:standing_new", lot.pk)


def test_one_shows_what_became_of_each_day(buyer, cast, lot, standing):
    Lot.objects.filter(pk=lot.pk).update(offered_g=30_000)
    place_standing_day(standing.pk, lot.day)
    skip_day(standing, day=lot.day + DAY, by=fresh(cast.buyer))

    page = page_of(buyer, "orders:standing_pledge", standing.pk)

    assert "明天 只认购到一部分 认购到 60 斤 = 30 公斤 还缺 40 斤 = 20 公斤 看认购" in page
    assert "后天 这天不要 还是要" in page
    assert "开始每天认购 100 斤 = 50 公斤" in page


def test_a_pledge_of_the_clock_says_where_it_comes_from(buyer, lot, standing):
    row = place_standing_day(standing.pk, lot.day)

    page = words_of(buyer.get(reverse("orders:pledge", args=[row.pledge_id])))

    assert "来自 每日认购" in page


def test_a_day_failed_shows_the_reason(buyer, lot, standing):
    Lot.objects.filter(pk=lot.pk).delete()
    place_standing_day(standing.pk, lot.day)

    assert "没有认购到 卖方这一天没有供货" in page_of(buyer, "orders:standing_pledge", standing.pk)
    assert "明天：没有认购到" in page_of(buyer, "orders:standing")


def test_the_seller_reads_it_without_buttons(cast, lot, standing):
    farmer = logged_in(cast.farmer)

    page = page_of(farmer, "orders:standing_pledge", standing.pk)

    assert "步步高天元店" in page
    assert "跳过" not in page
    assert farmer.post(reverse("orders:standing_turn", args=[standing.pk]), {"do": "end"}).status_code == 404
    assert "丝瓜 每天 100 斤" in page_of(farmer, "orders:standing")


def test_others_learn_nothing(cast, standing):
    for person in (cast.rival_buyer, cast.rival_farmer, cast.driver, cast.outsider, cast.haulier):
        client = logged_in(person)
        for name in ("standing_pledge", "standing_change"):
            assert client.get(reverse(f"orders:{name}", args=[standing.pk])).status_code == 404
        assert client.post(reverse("orders:standing_turn", args=[standing.pk]), {"do": "end"}).status_code == 404
    assert StandingPledge.objects.get().state == StandingState.RUNNING


def test_the_buttons(buyer, standing, listing):
    url = reverse("orders:standing_turn", args=[standing.pk])
    day = standing.first_day.isoformat()

    assert "这天不要了" in words_of(buyer.post(url, {"do": "skip", "day": day}, follow=True))
    assert StandingDay.objects.count() == 1
    assert "这天还是要" in words_of(buyer.post(url, {"do": "unskip", "day": day}, follow=True))
    assert StandingDay.objects.count() == 0
    turns = (("pause", "paused", "已暂停，"), ("resume", "running", "已恢复，"), ("end", "ended", "已结束，"))
    for do, state, said in turns:
        page = words_of(buyer.post(url, {"do": do}, follow=True))
        assert StandingPledge.objects.get().state == state
        assert said in page
    assert "已结束，没有认购" in page
    assert "按“跳过”" not in page
    answer = buyer.post(url, {"do": "resume"}, follow=True)
    assert "现在的状态是“已结束”" in answer.content.decode()
    assert buyer.post(url, {"do": "skip", "day": "x"}).status_code == 404
    assert buyer.post(url, {"do": "x"}).status_code == 404


def test_a_price_that_went_up_is_shown_and_agreed_to(buyer, standing, listing):
    Listing.objects.filter(pk=listing.pk).update(price=Decimal("1.50"))
    url = reverse("orders:standing_pledge", args=[standing.pk])
    assert "卖方改了价" in words_of(buyer.get(url))

    buyer.post(reverse("orders:standing_turn", args=[standing.pk]), {"do": "price"})

    page = words_of(buyer.get(url))
    assert "卖方改了价" not in page
    assert "同意新价 1.50 元/斤" in page


def test_a_price_per_pack_is_said_with_its_word(buyer, standing, listing):
    Listing.objects.filter(pk=listing.pk).update(price=Decimal("66"), price_unit="pack")

    assert "现在是 66.00 元/筐" in page_of(buyer, "orders:standing_pledge", standing.pk)


def test_changed_by_form(buyer, standing, dock):
    url = reverse("orders:standing_change", args=[standing.pk])
    page = buyer.get(url).content.decode()
    assert 'value="100斤"' in page
    sent = {"quantity": "200-300斤", "last_day": standing.first_day.isoformat(), "dock": dock.pk}
    sent |= {"window_from": "06:00", "window_to": "09:00", "fresh_hours": "0", "reference": ""}

    answer = buyer.post(url, sent)

    one = StandingPledge.objects.get()
    assert answer.status_code == 302
    assert (one.firm_g, one.most_g, one.last_day, one.window_to) == (
        100_000,
        150_000,
        standing.first_day,
        dt.time(9),
    )
    assert "起订量" in words_of(buyer.post(url, {**sent, "quantity": "1斤"}))
    assert StandingPledge.objects.get().firm_g == 100_000


def test_without_any_the_page_says_what_to_do(buyer, cast):
    assert "还没有每日认购" in page_of(buyer, "orders:standing")


def test_the_list_costs_the_same_with_one_and_with_three(
    buyer, cast, listing, dock, standing, django_assert_num_queries
):
    def cost() -> int:
        with django_assert_num_queries(LIST_STATEMENTS):
            buyer.get(reverse("orders:standing"))
        return 1

    cost()
    for _ in range(2):
        make_standing(listing, dock, by=fresh(cast.buyer))
    end_standing(standing, by=fresh(cast.buyer))
    cost()


LIST_STATEMENTS = 8


def test_one_costs_the_same_whatever_became_of_its_days(buyer, cast, lot, standing, django_assert_num_queries):
    with django_assert_num_queries(ONE_STATEMENTS):
        buyer.get(reverse("orders:standing_pledge", args=[standing.pk]))
    place_standing_day(standing.pk, lot.day)
    place_standing_day(standing.pk, lot.day + DAY)
    pause_standing(standing, by=fresh(cast.buyer))
    with django_assert_num_queries(ONE_STATEMENTS):
        buyer.get(reverse("orders:standing_pledge", args=[standing.pk]))


ONE_STATEMENTS = 8
