"""The board as a page: words, escaping, statements, bytes, without JavaScript and with htmx."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from market.actions.lots import reserve
from market.models import ListingPhoto, Lot, Organisation
from market.queries.board import PAGE_SIZE
from market.queries.reference import forget_reference, reference
from tests.factories import make_live_listing, make_photo, signed_in

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def publish(cast, reference):
    def make(count: int = 1, **fields: Any) -> list[Lot]:
        fields.setdefault("variety", "白关长丝瓜")
        fields.setdefault("last_day", timezone.localdate())
        photo = make_photo(cast.farmer)
        for _ in range(count):
            listing = make_live_listing(
                cast.household, reference["loofah"], reference["village"], by=cast.farmer, **fields
            )
            ListingPhoto.objects.create(listing=listing, photo=photo)
        return list(Lot.objects.order_by("pk"))

    return make


def html_of(path: str = "/board/", **headers: str) -> str:
    return Client().get(path, headers=headers).content.decode()


def test_a_card_says_what_where_who_how_much_and_how_long(publish):
    [lot] = publish(variety="白关丝瓜")
    reserve(lot.pk, 1_000_000)

    html = html_of()

    assert f'<a href="/lots/{lot.pk}/">丝瓜 · 白关丝瓜 · 一等</a>' in html
    assert "芦淞区白关镇白关村 · 王建国家" in html
    assert "1.20 元/斤" in html
    assert "<b>剩 1.8 万斤</b> / 共 2 万斤" in html
    assert '<rect width="90.0%" height="10"/>' in html
    assert '<span class="badge">今天</span>' in html
    assert 'class="clock is-' in html
    assert "/media/photos/" in html


def test_an_open_price_and_a_sold_out_lot_say_so(publish):
    [lot] = publish(price=None)
    reserve(lot.pk, lot.offered_g)

    html = html_of("/board/?gone=1")

    assert "面议" in html
    assert "<b>已认购完</b> / 共 2 万斤" in html
    assert 'class="lot-card is-gone"' in html


def test_what_a_seller_typed_is_text_not_markup(publish, cast):
    Organisation.objects.filter(pk=cast.household.pk).update(name="<b>坏人</b>")
    publish(variety='"><script>alert(1)</script>')

    html = html_of()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;坏人&lt;/b&gt;" in html


def test_what_a_reader_typed_is_text_not_markup(publish):
    publish()

    html = html_of("/board/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&kind=%3Cb%3Ex")

    assert "<script>alert" not in html
    assert "<b>x" not in html


@pytest.mark.parametrize("count", [1, 3, 30])
def test_an_anonymous_reader_costs_two_statements(publish, count, django_assert_num_queries):
    publish(count)
    reference()

    with django_assert_num_queries(2):
        html_of()
    with django_assert_num_queries(2):
        html_of("/board/?q=丝瓜+白关&kind=vegetable&county=430203&sort=left&price=9&left=1")


@pytest.mark.parametrize("count", [1, 3])
def test_a_word_that_may_be_a_seller_or_a_variety_costs_one_more(publish, count, django_assert_num_queries):
    publish(count)
    reference()

    with django_assert_num_queries(3):
        html_of("/board/?q=王建国+长丝")
    with django_assert_num_queries(3):
        html_of("/board/?q=王建国+丝瓜")
    with django_assert_num_queries(1):
        html_of("/board/?q=没有这种东西")


def test_the_first_reader_after_a_start_costs_two_more(publish, django_assert_num_queries):
    publish()
    forget_reference()

    with django_assert_num_queries(4):
        html_of()


@pytest.mark.parametrize("count", [1, 3])
def test_a_buyer_costs_the_same_with_one_lot_and_with_three(publish, cast, count, django_assert_max_num_queries):
    publish(count)
    reference()
    client = signed_in(cast.buyer)

    with django_assert_max_num_queries(7) as captured:
        client.get("/board/")

    assert len(captured) == 7


def test_a_full_board_is_at_most_30_kilobytes(publish, cast, reference):
    Organisation.objects.filter(pk=cast.household.pk).update(name="白关镇东山村丝瓜种植农民专业合作社联合社" * 3)
    publish(PAGE_SIZE + 1, quantity_per_day_g=9_876_543_500)

    chinese, english = html_of(), html_of("/board/?lang=en")

    assert chinese.count('class="lot-card"') == english.count('class="lot-card"') == PAGE_SIZE
    assert len(chinese.encode()) <= 30_000
    assert len(english.encode()) <= 30_000


def test_the_filters_work_without_a_script(publish):
    publish()

    html = html_of("/board/?county=430203&town=430203100&price=2&gone=1&day=" + timezone.localdate().isoformat())

    assert '<form id="board-form" method="get" action="/board/"' in html
    assert '<option value="430203" selected>芦淞区' in html
    assert '<option value="430203100" selected>白关镇' in html
    assert f'<option value="{timezone.localdate().isoformat()}" selected>今天' in html
    assert 'name="price" value="2"' in html
    assert 'name="gone" value="1" checked' in html
    assert '<button type="submit" class="full">看结果</button>' in html


def test_a_day_beyond_the_week_stays_chosen(publish):
    late = timezone.localdate() + dt.timedelta(days=20)

    assert f'<option value="{late.isoformat()}" selected>' in html_of(f"/board/?day={late.isoformat()}")


def test_htmx_gets_the_list_alone_and_the_shortest_address(publish):
    publish()

    response = Client().get("/board/?q=&county=430203&unit=jin&page=1", headers=HTMX)
    html = response.content.decode()

    assert response["HX-Push-Url"] == "/board/?county=430203"
    assert html.lstrip().startswith('<div id="board-list"')
    assert '<div id="board-town" class="field" hx-swap-oob="true">' in html
    assert "<html" not in html


def test_htmx_going_back_gets_the_whole_page(publish):
    headers = {"HX-Request": "true", "HX-Request-Type": "full", "HX-History-Restore-Request": "true"}

    assert "<html" in html_of("/board/", **headers)


def test_an_empty_board_says_what_to_do(reference):
    html = html_of()

    assert "现在没有在售的货" in html
    assert 'href="/sell/"' in html


def test_a_search_without_result_offers_the_whole_board(publish):
    publish()

    html = html_of("/board/?q=zzzz")

    assert "没有符合这些条件的货" in html
    assert '<a class="button" href="/board/">看全部货源</a>' in html


def test_wrong_values_are_told_on_the_page(publish):
    publish()

    html = html_of("/board/?price=abc&kind=weapons")

    assert "最高价要写成数字，例如 1.5" in html
    assert "没有“weapons”这个品类" in html
    assert 'name="price" value="abc"' in html


def test_an_english_reader_gets_english_names(publish):
    publish()

    html = html_of("/board/?lang=en")

    assert 'lang="en"' in html
    assert "loofah" in html


def test_a_changed_name_is_shown_at_once_in_this_process(publish, reference):
    publish()
    assert "丝瓜 · 白关长丝瓜 · 一等" in html_of()

    reference["loofah"].name_zh = "棱角丝瓜"
    reference["loofah"].save()

    assert "棱角丝瓜 · 白关长丝瓜 · 一等" in html_of()
    assert '<option value="sigua">棱角丝瓜' in html_of()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_board_is_only_read(db, method):
    assert getattr(Client(), method)("/board/").status_code == 405
