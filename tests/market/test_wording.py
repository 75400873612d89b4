"""How days, clocks, money, people and remaining time are said; and the template words built on that."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from market import wording
from market.templatetags import market_ui

SUNDAY = date(2021, 8, 8)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2021, 8, 8, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("distance", "said"),
    [(-2, "8月6日 周五"), (-1, "昨天"), (0, "今天"), (1, "明天"), (2, "后天"), (3, "8月11日 周三")],
)
def test_day_is_near_or_a_date(distance, said):
    assert wording.relative_day(SUNDAY + timedelta(days=distance), today=SUNDAY) == said


def test_day_of_another_year_names_the_year():
    assert wording.relative_day(date(2022, 1, 1), today=SUNDAY) == "2022年1月1日 周六"


def test_day_of_a_moment_is_the_readers_day_not_that_of_greenwich():
    late_evening_utc = datetime(2021, 8, 8, 18, 30, tzinfo=UTC)

    assert wording.relative_day(late_evening_utc, today=SUNDAY) == "明天"
    assert wording.clock_time(late_evening_utc, today=SUNDAY) == "明天 02:30"


def test_calendar_day_never_says_today():
    assert wording.calendar_day(SUNDAY, today=SUNDAY) == "8月8日 周日"


def test_clock_takes_a_naive_moment_as_it_stands():
    assert wording.clock_time(datetime(2021, 8, 8, 14, 30), today=SUNDAY) == "今天 14:30"  # noqa: DTZ001


@pytest.mark.parametrize("say", [wording.relative_day, wording.clock_time, wording.hours_left])
def test_nothing_is_said_of_nothing(say):
    assert say(None) == ""


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        (Decimal("2.4"), "斤", "2.40 元/斤"),
        (Decimal("2.4"), "jin", "2.40 元/斤"),
        (Decimal(45), "筐", "45.00 元/筐"),
        (Decimal("12573.564"), "", "12,573.56 元"),
        ("0.005", "", "0.01 元"),
        (0, "", "0.00 元"),
        (None, "斤", "面议"),
        ("", "斤", "面议"),
        ("面议", "", "面议"),
        ("NaN", "", "面议"),
    ],
)
def test_yuan(amount, unit, said):
    assert wording.yuan(amount, unit) == said


@pytest.mark.parametrize(
    ("phone", "said"),
    [
        ("13812340000", "138****0000"),
        ("+86 138 1234 0000", "138****0000"),
        ("0731-12345678", "073****5678"),
        ("12345", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_phone_is_masked(phone, said):
    assert wording.mask_phone(phone) == said


@pytest.mark.parametrize(("name", "said"), [("王小明", "王*"), ("王", "王*"), (" 䶮丽 ", "䶮*"), ("", ""), (None, "")])
def test_name_is_masked(name, said):
    assert wording.mask_name(name) == said


@pytest.mark.parametrize(
    ("left", "said", "look"),
    [
        (timedelta(days=3, hours=5), "剩 3 天", "fresh"),
        (timedelta(hours=48), "剩 2 天", "fresh"),
        (timedelta(hours=47, minutes=59), "剩 47 小时", "fresh"),
        (timedelta(hours=24), "剩 24 小时", "fresh"),
        (timedelta(hours=9, minutes=59), "剩 9 小时", "soon"),
        (timedelta(minutes=40), "剩 40 分钟", "soon"),
        (timedelta(seconds=20), "剩 1 分钟", "soon"),
        (timedelta(0), "已过保鲜期", "past"),
        (timedelta(hours=-5), "已过保鲜期", "past"),
    ],
)
def test_hours_left_are_rounded_down(left, said, look):
    assert wording.hours_left(NOON + left, now=NOON) == said
    assert wording.freshness(NOON + left, now=NOON) == look


def test_a_last_good_day_lasts_until_its_midnight():
    assert wording.hours_left(SUNDAY, now=NOON) == "剩 12 小时"
    assert wording.freshness(SUNDAY - timedelta(days=1), now=NOON) == "past"


def test_what_keeps_for_ever_is_fresh():
    assert wording.freshness(None) == "fresh"


def render(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


def test_filters_say_what_the_functions_say():
    context = {"at": timezone.now() + timedelta(hours=9, minutes=5), "phone": "13812340000", "price": Decimal("2.4")}

    said = render('{{ at|hours_left }} {{ at|freshness }} {{ phone|mask_phone }} {{ price|yuan:"斤" }}', **context)

    assert said == "剩 9 小时 soon 138****0000 2.40 元/斤"


def test_weight_filters_say_nothing_of_an_unknown_weight():
    assert render("{{ g|grams }}{{ g|describe }}", g=None) == ""
    assert (
        render('{{ g|grams }}, {{ g|grams:"公斤" }}, {{ g|describe }}', g=50_000) == "100 斤, 50 公斤, 100 斤 = 50 公斤"
    )


@pytest.mark.parametrize(
    ("part", "whole", "width"),
    [(1, 3, "33.3%"), (5, 4, "100.0%"), (-1, 4, "0.0%"), (1, 0, "0%"), (None, 4, "0%"), ("x", 4, "0%")],
)
def test_share_stays_inside_its_bar(part, whole, width):
    assert market_ui.share(part, whole) == width


def test_icon_is_drawn_inline_and_hidden_from_readers():
    drawn = render('{% icon "truck" "icon-l" %}')

    assert drawn.startswith('<svg class="icon icon-l" viewBox="0 0 24 24"')
    assert 'aria-hidden="true"' in drawn
    assert "<path d=" in drawn
    assert "style=" not in drawn
    assert "license" not in drawn


@pytest.mark.parametrize("name", ["no-such-icon", "../package", "", None])
def test_unknown_icon_is_an_empty_drawing(name):
    assert market_ui.icon(name).endswith('aria-hidden="true"></svg>')


def test_query_with_changes_and_drops_keys_and_never_hands_on_a_choice():
    request = RequestFactory().get("/?q=1&page=2&sort=price&lang=en&type=large")

    said = render("{% query_with page=3 sort=None %}", request=request)

    assert said == "?q=1&amp;page=3"


def test_query_with_works_without_a_request():
    assert render("{% query_with page=3 %}") == "?page=3"


def test_table_refuses_a_row_with_a_missing_cell():
    with pytest.raises(ValueError, match="longer"):
        market_ui.beside(["a"], ["x", "y"])
