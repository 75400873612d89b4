"""The pages of relay text: pasted, read beside each line, corrected in place, saved; who may, what is hostile, what it costs."""

import re
import time

import pytest
from django.test import Client
from django.urls import reverse

from market.enums import OrganisationKind, Role
from market.models import Lot, Membership
from orders.enums import PledgeState
from orders.models import Dock, Pledge, RelayReading, Stall
from tests.factories import make_organisation, make_user
from tests.factories.orders import fresh, make_dock, make_hold, make_pledge, stalls
from tests.factories.relays import make_reading, row_of, save_reading
from tests.pages import logged_in, words_of

DESK = reverse("orders:relay")
TEXT = "#接龙\n1. 周满香 100\n2. 曾叔 五百来斤\n3. 廖老板 三四百斤"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def clerk(cast) -> Client:
    return logged_in(cast.association_clerk)


@pytest.fixture
def market(cast) -> Dock:
    return make_dock(cast.association, name="湘江市场")


@pytest.fixture
def paste(clerk, lot):
    """Paste through the page; the reading."""

    def _paste(text: str = TEXT, unit: str = "斤", query: str = "") -> RelayReading:
        answer = clerk.post(reverse("orders:relay_lot", args=[lot.pk]) + query, {"text": text, "unit": unit})
        assert answer.status_code == 302, words_of(answer)
        return RelayReading.objects.latest("pk")

    return _paste


def page_of(clerk: Client, reading: RelayReading, query: str = "") -> object:
    return clerk.get(reverse("orders:relay_reading", args=[reading.pk]) + query)


def answer(clerk: Client, reading: RelayReading, of: str, **facts: object) -> object:
    url = reverse("orders:relay_row", args=[reading.pk, row_of(reading, of)])
    return clerk.post(url, facts, headers=HTMX)


def save(clerk: Client, reading: RelayReading, **facts: object) -> object:
    seen = re.search(r'name="seen" value="(\w+)"', page_of(clerk, reading).content.decode())
    return clerk.post(
        reverse("orders:relay_apply", args=[reading.pk]), {"seen": seen.group(1) if seen else "", **facts}
    )


def delivery(market: Dock) -> dict[str, object]:
    return {"dock": market.pk, "window_from": "06:00", "window_to": "10:00"}


# --- pasting ---


def test_each_line_stands_beside_its_reading(clerk, paste, market):
    words = words_of(page_of(clerk, paste()))

    assert "1. 周满香 100 周满香 新摊位 新增 100 斤 = 50 公斤" in words
    assert "2. 曾叔 五百来斤 要确认 曾叔 是不是 500 斤 = 250 公斤？ 只写了大概的数" in words
    assert "3. 廖老板 三四百斤 廖老板 新摊位 新增 300 斤 = 150 公斤（最多可收 400 斤）" in words
    assert words.index("曾叔") < words.index("周满香"), "what must be asked stands on top"
    assert "2 户 400 斤 最多能要 20,000 斤 1 处要确认" in words
    assert "不算的 1 行" in words


def test_only_what_must_be_asked_can_be_shown(clerk, paste):
    reading = paste()

    words = words_of(page_of(clerk, reading, "?waiting=1"))
    assert "曾叔" in words
    assert "周满香" not in words
    answer(clerk, reading, "曾叔", how="skip")
    assert "都确认好了" in words_of(page_of(clerk, reading, "?waiting=1"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "还没有贴文字"),
        ("斤" * 100_001, "一次最多贴 100,000 个字，您贴了 100,001 个"),
        ("1\n" * 5_001, "一次最多贴 5,000 行"),
        ("啊" * 350_000, "一次最多贴 100,000 个字"),
    ],
)
def test_what_cannot_be_read_is_said_above_the_text(clerk, lot, text, sentence):
    page = clerk.post(reverse("orders:relay_lot", args=[lot.pk]), {"text": text, "unit": "斤"})

    assert (page.status_code, sentence in words_of(page)) == (200, True)
    assert RelayReading.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> 100斤",
        "1. <img src=x onerror=alert(1)> 100斤",
        "1. 周满香🍅🥬 100斤",
        "1. \u202e香满周 100斤",
        "\ud7ff\uffff\u200b 1. 老李 100斤",
        "1. 老李 100斤\r\n2. 王姐\u2028 50斤",
        "%s %(a)s {{ 7 }} {% load %} 100斤",
        "9" * 5_000 + "斤",
        "1. " + "长" * 299 + " 100斤",
        "，。！？" * 1000,
    ],
)
def test_any_text_is_answered_with_a_page_and_never_as_markup(clerk, paste, text):
    page = page_of(clerk, paste(text))

    assert page.status_code == 200
    assert b"<script>alert" not in page.content
    assert b"<img src=x" not in page.content


def test_a_nul_is_a_bad_request(clerk, lot):
    assert clerk.post(reverse("orders:relay_lot", args=[lot.pk]), {"text": "1. 老李\x00 100斤"}).status_code == 400


def test_five_thousand_lines_are_read_and_shown_by_the_hundred(clerk, paste):
    reading = paste("\n".join(f"{n}. 摊{n % 900}号 {n % 90 + 10}斤" for n in range(1, 5_001)))
    begun = time.perf_counter()

    page = page_of(clerk, reading)

    assert time.perf_counter() - begun < 10
    assert page.content.decode().count('class="relay-row ') <= 100
    assert "1 / 50" in words_of(page)
    assert len(page.content) < 400_000


def test_the_unit_of_bare_numbers_is_chosen(clerk, paste):
    assert "新增 200 斤 = 100 公斤" in words_of(page_of(clerk, paste("1. 周满香 100", unit="公斤")))
    assert "新增 4,000 斤 = 2 吨" in words_of(page_of(clerk, paste("1. 周满香 100", unit="筐")))
    assert "没有写单位" in words_of(page_of(clerk, paste("1. 周满香 100", unit="")))


# --- correcting in place ---


def test_a_tap_answers_one_row_and_the_sums_follow(clerk, paste):
    reading = paste()

    piece = answer(clerk, reading, "曾叔", how="total", stall="曾叔").content.decode()

    assert piece.count('class="relay-row ') == 1
    assert 'id="relay-now" role="status" hx-swap-oob="true"' in piece
    assert 'id="relay-sum" hx-swap-oob="true"' in piece
    words = " ".join(re.sub(r"<[^>]+>", " ", piece).split())
    assert "新增 500 斤 = 250 公斤" in words
    assert "3 户 900 斤 最多能要 20,000 斤 合计" not in words
    assert "3 户 900 斤" in words


def test_a_correction_brings_the_other_rows_it_moves(clerk, paste, cast):
    Stall.objects.create(association=cast.association, name="建宁菜场老李")
    reading = paste("1. 老李 100斤\n2. 周满香 50斤\n3. 老李 再加20斤")

    piece = answer(clerk, reading, "老李", how="total", stall="建宁菜场老李").content.decode()

    assert piece.count("relay-row is-") == 2
    assert "再加 20 斤，共 120 斤" in piece
    assert "群里叫“老李”" in piece


def test_the_form_of_a_row_is_opened_and_left_again(clerk, paste):
    reading = paste()
    url = reverse("orders:relay_row", args=[reading.pk, row_of(reading, "廖老板")])

    form = clerk.get(url, headers=HTMX).content.decode()
    row = clerk.get(url + "?show=1", headers=HTMX).content.decode()

    assert 'value="300斤"' in form
    assert "is-editing" in form
    assert "新增 300 斤" in row
    assert "<html" not in form + row


def test_without_a_script_the_form_stands_in_the_page_and_leads_back(clerk, paste):
    reading = paste()
    url = reverse("orders:relay_row", args=[reading.pk, row_of(reading, "廖老板")])

    page = clerk.get(url).content.decode()
    sent = clerk.post(url, {"how": "total", "stall": "廖记", "quantity": "2筐"})

    assert "<html" in page
    assert page.count("is-editing") == 1
    assert sent["Location"].startswith(reverse("orders:relay_reading", args=[reading.pk]))
    assert "廖记 新摊位 新增 80 斤 = 40 公斤" in words_of(page_of(clerk, reading))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"how": "total", "stall": "廖老板", "quantity": "三车"}, "不认识单位"),
        ({"how": "total", "stall": "", "quantity": "-5斤"}, "不能是负数"),
        ({"how": "sell", "stall": "廖老板"}, "请从列表里选一个"),
        ({"how": "total", "stall": "长" * 41, "quantity": "5斤"}, "最多 40 个字"),
        ({"how": "total", "stall": "\u202e", "quantity": "5斤"}, "1 到 40 个字"),
    ],
)
def test_what_is_wrong_is_said_in_the_row_and_changes_nothing(clerk, paste, facts, sentence):
    reading = paste()
    before = RelayReading.objects.get().rows

    piece = answer(clerk, reading, "廖老板", **facts).content.decode()

    assert sentence in piece
    assert "is-editing" in piece
    assert RelayReading.objects.get().rows == before


def test_a_row_that_is_not_there_is_not_found(clerk, paste):
    assert clerk.get(reverse("orders:relay_row", args=[paste().pk, 99])).status_code == 404


# --- saving ---


def test_saved_it_is_one_pledge_with_its_lines(clerk, paste, market, lot):
    reading = paste()
    answer(clerk, reading, "曾叔", how="total", stall="曾叔", quantity="500斤")

    sent = [save(clerk, reading, **delivery(market)) for _ in range(2)]

    pledge = Pledge.objects.get()
    assert [one["Location"] for one in sent] == [reverse("orders:pledge", args=[pledge.pk])] * 2
    assert (pledge.firm_g, pledge.most_g, pledge.lines.count()) == (450_000, 500_000, 3)
    assert Lot.objects.get(pk=lot.pk).reserved_g == 450_000
    assert "接龙已保存：3 户" in words_of(clerk.get(sent[0]["Location"]))


def test_it_is_refused_while_a_line_waits_and_the_line_is_named(clerk, paste, market):
    refused = words_of(save(clerk, paste(), **delivery(market)))

    assert "还有 1 处要您确认：“2. 曾叔 五百来斤”；确认后再保存" in refused
    assert Pledge.objects.count() == 0


def test_more_than_is_left_is_said_before_and_after(clerk, paste, market):
    reading = paste("1. 周满香 3万斤")

    assert "超出 1 万斤 = 5 吨：最多只能要 2 万斤 = 10 吨" in words_of(page_of(clerk, reading))
    assert "只剩 2 万斤 = 10 吨" in words_of(save(clerk, reading, **delivery(market)))
    assert Pledge.objects.count() == 0


def test_a_dock_and_a_window_are_asked_beside_their_fields(clerk, paste, market):
    reading = paste("1. 周满香 100斤")

    assert "请选收货点" in words_of(save(clerk, reading, dock="", window_from="06:00", window_to="10:00"))
    assert "收货时间是" in words_of(save(clerk, reading, **{**delivery(market), "window_to": "23:00"}))
    assert Pledge.objects.count() == 0


def test_without_a_dock_the_page_says_to_register_one(clerk, paste):
    assert "先登记一个收货点，接龙不会丢" in words_of(page_of(clerk, paste()))


def test_into_a_hold_no_dock_is_asked(clerk, lot, market, cast, paste):
    hold = make_hold(lot, market, "200斤", by=fresh(cast.association_clerk))
    reading = paste("1. 周满香 100斤", query=f"?pledge={hold.pk}")
    words = words_of(page_of(clerk, reading))

    save(clerk, reading)

    assert "占了 200 斤 = 100 公斤，保存就是确认" in words
    assert "送到 湘江市场 06:00–10:00" in words
    hold.refresh_from_db()
    assert (hold.state, hold.firm_g) == (PledgeState.PLACED, 50_000)


def test_the_longer_list_shows_the_difference_only_where_it_is(clerk, paste, market):
    save(clerk, paste("#接龙\n1. 周满香 100\n2. 老李 200"), **delivery(market))
    reading = paste("#接龙\n1. 周满香 150\n2. 王姐 50")
    words = words_of(page_of(clerk, reading))

    assert "接龙里没有这一户 要确认 老李 还要吗？" in words
    assert "从 100 斤改为 150 斤 = 75 公斤" in words
    assert "和现在比，2 户不一样 周满香 100 斤 → 150 斤 王姐 新增 → 50 斤" in words
    answer(clerk, reading, "老李", how="cancel", stall="老李")
    assert "老李 200 斤 → 不要了" in words_of(page_of(clerk, reading))
    save(clerk, reading)
    assert dict(Pledge.objects.get().lines.values_list("name", "quantity_g")) == {"周满香": 75_000, "王姐": 25_000}


def test_lines_changed_meanwhile_are_compared_again_with_one_button(clerk, paste, market, cast):
    save(clerk, paste("1. 周满香 100"), **delivery(market))
    reading = paste("1. 周满香 150\n2. 王姐 50")
    other = make_reading(
        cast.association, Lot.objects.get(pk=reading.lot_id), "再加20斤 周满香", by=fresh(cast.association_clerk)
    )
    save_reading(other, market, by=fresh(cast.association_clerk))

    assert "按现在的明细重新比较" in words_of(page_of(clerk, reading))
    clerk.post(reverse("orders:relay_reread", args=[reading.pk]))

    assert "从 120 斤改为 150 斤" in words_of(page_of(clerk, reading))


def test_a_saved_text_leads_to_its_pledge_and_to_the_next_paste(clerk, paste, market):
    reading = paste("1. 周满香 100")
    save(clerk, reading, **delivery(market))

    page = page_of(clerk, reading)

    assert "再贴一次" in words_of(page)
    assert reverse("orders:pledge", args=[Pledge.objects.get().pk]) in page.content.decode()
    assert b"relay-answers" not in page.content
    assert (
        page.wsgi_request.path in clerk.get(reverse("orders:pledge", args=[Pledge.objects.get().pk])).content.decode()
    )


# --- the desk, and who may ---


def test_the_desk_lists_what_can_be_gone_on_with(clerk, paste, market, lot, cast):
    assert "先选一批货" in words_of(clerk.get(DESK))
    reading = paste()
    sheet = make_pledge(lot, market, "100斤", by=fresh(cast.association_clerk), lines=stalls("100斤"))

    page = clerk.get(DESK).content.decode()

    assert reverse("orders:relay_reading", args=[reading.pk]) in page
    assert f"{reverse('orders:relay_lot', args=[lot.pk])}?pledge={sheet.pk}" in page


def test_the_buyers_list_leads_an_association_to_its_pages(clerk, cast):
    assert DESK in clerk.get(reverse("orders:pledges")).content.decode()
    assert DESK not in logged_in(cast.buyer).get(reverse("orders:pledges")).content.decode()


@pytest.fixture
def rival(reference) -> Client:
    """The clerk of another association."""
    person = make_user("李会长")
    other = make_organisation("县农贸市场协会", OrganisationKind.ASSOCIATION, reference["tianyuan"])
    Membership.objects.create(user=person, organisation=other, role=Role.CLERK)
    return logged_in(person)


def test_another_association_learns_nothing_and_changes_nothing(rival, paste, lot, market, cast):
    reading = paste()
    hold = make_hold(lot, market, by=fresh(cast.association_clerk))
    stall = Stall.objects.create(association=cast.association, name="老李")
    before = reading.rows

    asked = [
        rival.get(reverse("orders:relay_reading", args=[reading.pk])),
        rival.post(reverse("orders:relay_row", args=[reading.pk, 1]), {"how": "skip"}),
        rival.post(reverse("orders:relay_apply", args=[reading.pk]), {"seen": reading.rows["base"]}),
        rival.post(reverse("orders:relay_reread", args=[reading.pk])),
        rival.get(reverse("orders:relay_lot", args=[lot.pk]) + f"?pledge={hold.pk}"),
        rival.get(reverse("orders:hold_confirm", args=[hold.pk])),
        rival.get(reverse("orders:stall", args=[stall.pk])),
    ]

    assert [one.status_code for one in asked] == [404] * 7
    assert "曾叔" not in words_of(rival.get(DESK))
    assert "老李" not in words_of(rival.get(reverse("orders:stalls")))
    assert RelayReading.objects.get().rows == before
    assert Pledge.objects.get().state == PledgeState.HELD


@pytest.mark.parametrize("pledge", ["x", "9" * 30, "٣", "-1", ""])
def test_a_pledge_nobody_has_in_the_address_is_passed_over(clerk, lot, pledge):
    assert clerk.get(reverse("orders:relay_lot", args=[lot.pk]), {"pledge": pledge}).status_code == 200


@pytest.mark.parametrize("count", [3, 100])
def test_the_pages_cost_the_same_whatever_the_rows(clerk, paste, market, cast, count, django_assert_num_queries):
    first = paste("\n".join(f"{n}. 摊位甲{n} 30斤" for n in range(1, count + 1)))
    save(clerk, first, **delivery(market))
    reading = paste("\n".join(f"{n}. 摊位甲{n} 40斤" for n in range(1, count + 1)) + f"\n{count + 1}. 曾叔 五百来斤")

    with django_assert_num_queries(9):
        page_of(clerk, reading)
    with django_assert_num_queries(15):
        answer(clerk, reading, "曾叔", how="skip")
    with django_assert_num_queries(7):
        clerk.get(DESK)
