"""限价 in the back office: the commerce desk sets one, sees who is above it, and ends it."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from market.models import Event, Notice, PriceCeiling
from tests.cms.conftest import logged_in, said
from tests.cms.test_chinese_screens import english_in
from tests.factories import make_live_listing
from tests.factories.ceilings import make_ceiling

NAME = "wagtailsnippets_market_priceceiling"


def url(name: str, *args) -> str:
    return reverse(f"{NAME}:{name}", args=args)


@pytest.fixture
def form(reference) -> dict[str, str]:
    return {
        "produce": str(reference["loofah"].pk),
        "price": "2.40",
        "price_unit": "jin",
        "first_day": timezone.localdate().isoformat(),
        "last_day": "",
        "reason": "稳价",
    }


def test_commerce_sets_one_and_sees_who_asks_more(form, cast, reference, commerce):
    goods = (reference["loofah"], reference["village"])
    make_live_listing(cast.household, *goods, by=cast.farmer, price=Decimal("3"))
    make_live_listing(cast.cooperative, *goods, by=cast.cooperative_manager, price=Decimal("2.40"))

    response = commerce.post(url("add"), form, follow=True)

    ceiling = PriceCeiling.objects.get()
    html = response.content.decode()
    assert response.redirect_chain == [(url("inspect", ceiling.pk), 302)]
    assert (ceiling.price, ceiling.price_unit, ceiling.last_day, ceiling.by) == (
        Decimal("2.40"),
        "jin",
        None,
        cast.commerce_desk,
    )
    assert Event.objects.about(ceiling).get().verb == "set"
    assert Notice.objects.get().recipient == cast.household
    assert "限价已设定" in said(response)[0]
    for words in ("超过限价的在售货源 1 条", cast.household.name, "3.00 元/斤", "2.40 元/斤", "生效中", "稳价"):
        assert words in html
    assert cast.cooperative.name not in html


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": "0"}, "price"),
        ({"price": "x"}, "price"),
        ({"price_unit": "pack"}, "price_unit"),
        ({"reason": ""}, "reason"),
        ({"first_day": "0001-01-01"}, "first_day"),
        ({"last_day": "2001-01-01"}, "last_day"),
        ({"produce": "999999"}, "produce"),
    ],
)
def test_what_is_wrong_is_said_on_the_form_and_nothing_is_written(changes, field, form, cast, commerce):
    response = commerce.post(url("add"), {**form, **changes})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert field in response.context["form"].errors or response.context["form"].non_field_errors()
    assert not PriceCeiling.objects.exists()


def test_ending_one_wants_a_reason(cast, reference, commerce):
    ceiling = make_ceiling(reference["loofah"], "2.40", by=cast.commerce_desk)
    page = url("inspect", ceiling.pk)

    assert said(commerce.post(page, {"reason": " "}, follow=True)) == ["请写为什么取消限价"]
    assert PriceCeiling.objects.get().ended_at is None
    assert said(commerce.post(page, {"reason": "供应恢复"}, follow=True)) == ["限价已取消"]

    ended = PriceCeiling.objects.get()
    html = commerce.get(page).content.decode()
    assert ended.ended_by == cast.commerce_desk
    assert "供应恢复" in html
    assert "end_reason" not in html
    commerce.post(page, {"reason": "再一次"})
    assert Event.objects.about(ceiling).count() == 2


def test_the_list_says_which_are_in_force(cast, reference, commerce):
    desk, today = cast.commerce_desk, timezone.localdate()
    live = make_ceiling(reference["loofah"], "2.40", by=desk)
    over = make_ceiling(
        reference["peach"], "8", first_day=today.replace(year=today.year - 1), last_day=today.replace(year=today.year - 1), by=desk
    )  # fmt: skip

    every = commerce.get(url("list"))
    on = commerce.get(url("list"), {"force": "on"})
    off = commerce.get(url("list"), {"force": "off"})

    assert list(every.context["object_list"]) == [over, live]
    assert list(on.context["object_list"]) == [live]
    assert list(off.context["object_list"]) == [over]
    assert "生效中" in every.content.decode()
    assert "已过期" in every.content.decode()


@pytest.mark.parametrize("role", ["agriculture_desk", "farmer", "dispatcher", "outsider"])
def test_nobody_else_sets_or_ends_one(role, form, cast, reference):
    ceiling = make_ceiling(reference["peach"], "2.40", by=cast.commerce_desk)
    browser = logged_in(getattr(cast, role))

    browser.post(url("add"), form)
    browser.post(url("inspect", ceiling.pk), {"reason": "试"})

    assert PriceCeiling.objects.count() == 1
    assert PriceCeiling.objects.get().ended_at is None


def test_no_form_changes_or_deletes_one(cast, reference, admin, form):
    ceiling = make_ceiling(reference["loofah"], "2.40", by=cast.commerce_desk)

    for name in ("edit", "delete"):
        assert admin.post(url(name, ceiling.pk), {**form, "price": "9"}).status_code == 302

    assert PriceCeiling.objects.get().price == Decimal("2.40")


def test_the_screens_speak_chinese(cast, reference, commerce):
    ceiling = make_ceiling(reference["loofah"], "2.40", by=cast.commerce_desk)

    for address in (url("list"), url("add"), url("inspect", ceiling.pk)):
        assert english_in(commerce.get(address).content.decode()) == set()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(count, cast, reference, commerce, django_assert_num_queries):
    for _ in range(count):
        make_ceiling(reference["loofah"], "2.40", by=cast.commerce_desk)
    commerce.get(url("list"))

    with django_assert_num_queries(12):
        commerce.get(url("list"))
