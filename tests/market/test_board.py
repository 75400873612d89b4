"""The board finds what is asked for, in the order asked for, and leaves out what it does not understand."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from market.actions.lots import reserve
from market.enums import Grade, PriceUnit
from market.models import Listing, Lot
from market.queries.board import board_page
from market.queries.reference import reference as reference_now
from market.views.board_query import BoardQuery
from tests.factories import make_live_listing

JIN = 500


@pytest.fixture
def offer(cast, reference):
    """Publish a listing of one day and return its lot; loofah of the household in the village unless told otherwise."""

    def publish(produce: str = "loofah", place: str = "village", **fields: Any) -> Lot:
        seller = fields.pop("seller", cast.household)
        fields.setdefault("last_day", fields.get("first_day", timezone.localdate()))
        listing = make_live_listing(seller, reference[produce], reference[place], by=cast.farmer, **fields)
        return Lot.objects.get(listing=listing)

    return publish


def found(query: str = "") -> list[int]:
    """The ids the board shows for this query, in order."""
    asked = BoardQuery(QueryDict(query))
    return [card.id for card in board_page(asked.filter.qs, sort=asked.sort, number=asked.number).cards]


def sentences(query: str) -> list[str]:
    asked = BoardQuery(QueryDict(query))
    assert asked.filter.qs is not None
    return asked.sentences


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def test_the_board_lists_todays_and_coming_lots_only(offer):
    today, tomorrow = offer(), offer(first_day=days(1))
    past = offer()
    Lot.objects.filter(pk=past.pk).update(day=days(-1))
    spoilt = offer()
    Lot.objects.filter(pk=spoilt.pk).update(best_before=timezone.now())
    Listing.objects.get(pk=offer().listing_id).unpublish()

    assert found() == [today.pk, tomorrow.pk]


def test_a_listing_that_expired_is_not_shown_although_the_clock_has_not_run(offer):
    lot = offer()
    Listing.objects.filter(pk=lot.listing_id).update(expire_at=timezone.now() - dt.timedelta(minutes=1))

    assert found() == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("produce=sigua", ["loofah", "far"]),
        ("produce=huangtao", ["peach"]),
        ("kind=fruit", ["peach"]),
        ("kind=vegetable", ["loofah", "far"]),
        ("county=430203", ["loofah"]),
        ("county=430225", ["peach"]),
        ("town=430203100", ["loofah"]),
        ("town=430203100&county=430203", ["loofah"]),
        ("town=430203100&county=430225", ["peach"]),  # the county was changed after the township
        ("grade=premium", ["peach"]),
        ("price=1.5", ["loofah"]),
        ("price=1.5&unit=jin", ["loofah"]),
        ("price=2.9&unit=kg", ["loofah"]),
        ("price=6&unit=kg", ["loofah", "peach"]),
        ("price=3", ["loofah", "peach"]),
        ("left=1万斤", ["loofah"]),
        ("left=1000", ["loofah", "peach"]),
        ("left=半吨", ["loofah", "peach"]),
        ("q=丝瓜", ["loofah", "far"]),
        ("q=sigua", ["loofah", "far"]),
        ("q=白关丝瓜", ["loofah", "far"]),
        ("q=芦淞", ["loofah"]),
        ("q=白关镇", ["loofah"]),
        ("q=合作社", ["far"]),
        ("q=锦绣", ["peach"]),
        ("q=丝瓜 天元", ["far"]),
        ("q=丝瓜 锦绣", []),
        ("q=没有这种东西", []),
        ("kind=vegetable&county=430211&grade=second", ["far"]),
        ("kind=fruit&county=430211", []),
    ],
)
def test_a_filter_finds(offer, cast, query, expected):
    lots = {
        "loofah": offer(),
        "peach": offer(
            "peach", "yanling", grade=Grade.PREMIUM, variety="锦绣", price=Decimal("6"), price_unit=PriceUnit.KG,
            quantity_per_day_g=2_000 * JIN,
        ),
        "far": offer(
            "loofah", "tianyuan", grade=Grade.SECOND, price=None, quantity_per_day_g=100 * JIN, seller=cast.cooperative
        ),
    }  # fmt: skip

    assert sorted(found(query)) == sorted(lots[name].pk for name in expected)


def test_the_day_is_filtered(offer):
    today, tomorrow = offer(), offer(first_day=days(1))

    assert found(f"day={days(0)}") == [today.pk]
    assert found(f"day={days(1)}") == [tomorrow.pk]


def test_a_sold_out_lot_is_shown_only_when_asked_for(offer):
    gone, left = offer(), offer()
    reserve(gone.pk, gone.offered_g)

    assert found() == [left.pk]
    assert sorted(found("gone=1")) == [gone.pk, left.pk]


def test_what_is_promised_counts_against_what_must_be_left(offer):
    lot = offer(quantity_per_day_g=1_000 * JIN)
    reserve(lot.pk, 1)

    assert found("left=1000斤") == []
    assert found("left=999斤") == [lot.pk]


def test_a_pack_price_is_compared_per_weight(offer):
    lot = offer(price=Decimal("40"), price_unit=PriceUnit.PACK, pack_word="筐", pack_g=20_000)

    assert found("price=1") == [lot.pk]  # 40 yuan for 40 斤
    assert found("price=0.99") == []


def test_each_order_puts_first_what_it_says(offer):
    soon = offer(quantity_per_day_g=100 * JIN, price=Decimal("3"))
    cheap = offer("peach", quantity_per_day_g=300 * JIN, price=Decimal("1"), first_day=days(1))
    much = offer("rice", quantity_per_day_g=900 * JIN, price=None, first_day=days(2))
    reserve(much.pk, 650 * JIN)

    assert found() == found("sort=spoil") == [soon.pk, much.pk, cheap.pk]
    assert found("sort=price") == [cheap.pk, soon.pk, much.pk]
    assert found("sort=left") == [cheap.pk, much.pk, soon.pk]
    assert found("sort=day") == [much.pk, cheap.pk, soon.pk]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("produce=nothing", "目录里没有“nothing”，请从列表里选农产品"),
        ("kind=weapons", "没有“weapons”这个品类，请从列表里选"),
        ("county=999999", "没有“999999”这个县区，请从列表里选"),
        ("county=4302", "没有“4302”这个县区，请从列表里选"),
        ("town=430203", "没有“430203”这个乡镇，请从列表里选"),
        ("day=tomorrow", "“tomorrow”不是可选的日期，请选今天或以后 60 天内的日子"),
        ("day=2021-08-08", "“2021-08-08”不是可选的日期，请选今天或以后 60 天内的日子"),
        ("grade=best", "没有“best”这个等级，请从列表里选"),
        ("price=abc", "最高价要写成数字，例如 1.5"),
        ("price=-1", "最高价要大于零，例如 1.5"),
        ("price=0", "最高价要大于零，例如 1.5"),
        ("price=NaN", "最高价要写成数字，例如 1.5"),
        ("price=1e30", "最高价太大，请写 100000 元以内的数"),
        ("price=1.555", "最高价最多写到分，例如 1.55"),
        ("unit=pound", "价格只能按斤或公斤筛选，“pound”没有用上"),
        ("left=几百斤", "“几”不是准数，请写一个确定的数，例如 100斤"),
        ("left=-5斤", "数量不能是负数，“-5斤”请改成正数"),
        ("gone=maybe", "“maybe”不是一个勾选，没有用上"),
        ("sort=colour", "没有“colour”这种排法，已按最急的在前"),
        ("page=0", "没有第“0”页，这是第 1 页"),
        ("page=x", "没有第“x”页，这是第 1 页"),
        ("page=99999999999999999999", "没有第“99999999999999999999”页，这是第 1 页"),
        ("page=11", "最多看 10 页，请加条件缩小范围"),
        ("q=" + "长" * 41, "搜索词最多 40 个字，请写短一些"),
    ],
)
def test_a_wrong_value_gets_a_sentence_and_is_left_out(offer, query, sentence):
    lot = offer()

    assert sentences(query) == [sentence]
    assert found(query) == [lot.pk]


def test_a_wrong_value_does_not_undo_a_right_one(offer):
    offer()
    peach = offer("peach")

    assert found("price=abc&kind=fruit") == [peach.pk]


def test_the_shortest_address_says_the_same():
    asked = BoardQuery(QueryDict("q=&kind=fruit&price=&unit=jin&sort=spoil&page=3&utm=x"))

    assert asked.url() == "/board/?kind=fruit"
    assert asked.url(page="2") == "/board/?kind=fruit&page=2"


def test_a_chip_takes_its_condition_away_and_keeps_the_others(reference):
    asked = BoardQuery(QueryDict("price=1.50&unit=kg&town=430203100&sort=price"))

    assert [(chip.label, chip.url) for chip in asked.chips] == [
        ("芦淞区白关镇", "/board/?price=1.50&unit=kg&sort=price&county=430203"),
        ("不超过 1.50 元/公斤", "/board/?town=430203100&sort=price"),
    ]


@pytest.fixture
def long_board(cast, reference) -> list[int]:
    """Five listings of sixty days, more lots than the board shows: their ids as the board orders them."""
    for _ in range(5):
        make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer, last_day=days(59))
    return list(Lot.objects.order_by("best_before", "pk").values_list("pk", flat=True))


def test_pages_follow_each_other_without_gap_and_end_at_the_tenth(long_board):
    pages = [found(f"page={number}") for number in range(1, 11)]

    assert [len(page) for page in pages] == [24] * 10
    assert [pk for page in pages for pk in page] == long_board[:240]


def test_the_count_stops_where_the_board_does(long_board):
    page = board_page(Lot.objects.on_board(), sort="spoil", number=1)

    assert (page.total, page.last, page.is_capped) == (240, 10, True)


def test_no_statement_counts_or_reads_the_whole_table(long_board, django_assert_num_queries):
    reference_now()
    with django_assert_num_queries(2) as captured:
        found("page=2")

    assert not any("COUNT(" in one["sql"].upper() for one in captured)
    assert "LIMIT 241" in captured[0]["sql"]


def test_a_page_after_the_last_is_the_last(offer):
    lot = offer()

    assert found("page=9") == [lot.pk]


def test_a_page_asked_for_in_the_address_comes_with_its_neighbours(long_board):
    html = Client().get("/board/?page=2&kind=vegetable").content.decode()

    assert 'href="/board/?kind=vegetable&amp;page=1"' in html
    assert 'href="/board/?kind=vegetable&amp;page=3"' in html
    assert "共 240+ 批货" in html
