"""通行规则 in the back office: the commerce desk sets them and ends them through the same actions."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from market.models import Event
from orders.logistics.models import Rules
from tests.cms.conftest import said
from tests.cms.test_chinese_screens import english_in


def url(name: str, *args) -> str:
    return reverse(f"wagtailsnippets_logistics_rules:{name}", args=args)


@pytest.fixture
def form() -> dict[str, str]:
    return {
        "name": "封控通行规则", "source": "市指挥部第 5 号通告", "since": timezone.localdate().isoformat(), "until": "",
        "pass_needed": "on", "travel_card_needed": "on", "green_code_needed": "on", "test_hours": "48",
        "test_from": "reported", "temperature_limit": "37.3", "keep_days": "7",
    }  # fmt: skip


def test_commerce_sets_them_reads_them_and_ends_them(form, cast, commerce):
    response = commerce.post(url("add"), form, follow=True)

    rules = Rules.objects.get()
    assert response.redirect_chain == [(url("inspect", rules.pk), 302)]
    assert (rules.test_from, rules.keep_days, rules.travel_card_needed) == ("reported", 7, True)
    assert rules.temperature_limit == Decimal("37.3")
    page = commerce.get(url("inspect", rules.pk)).content.decode()
    for words in ("48 小时内阴性", "从出报告时间起算", "37.3 ℃", "保留 7 天", "生效中"):
        assert words in page
    for screen in (url("list"), url("add"), url("inspect", rules.pk)):
        assert english_in(commerce.get(screen).content.decode()) == set()

    commerce.post(url("inspect", rules.pk), {"until": timezone.localdate().isoformat()})
    rules.refresh_from_db()
    assert rules.until == timezone.localdate()
    assert list(Event.objects.about(rules).order_by("pk").values_list("verb", "by")) == [
        ("set", cast.commerce_desk.pk),
        ("ended", cast.commerce_desk.pk),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"keep_days": "1"}, "keep_days"), ({"test_hours": "0"}, "test_hours"), ({"name": " "}, "name")],
)
def test_nonsense_comes_back_with_its_words(form, commerce, changes, field):
    response = commerce.post(url("add"), {**form, **changes})

    assert (response.status_code, Rules.objects.count()) == (200, 0)
    assert field in response.context["form"].errors
    assert said(response)


def test_the_other_desk_has_no_door(form, agriculture):
    assert agriculture.post(url("add"), form).status_code in {302, 403}
    assert Rules.objects.count() == 0
