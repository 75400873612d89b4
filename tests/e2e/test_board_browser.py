"""The board in a browser: filters ask at once and live in the address; without a script the button asks."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from market.models import Lot
from tests.e2e.conftest import DESK, PHONE
from tests.factories import make_live_listing


@pytest.fixture
def lots(cast, reference) -> dict[str, Lot]:
    """Loofah from Baiguan, peach from Yanling, each for one day."""
    offered = {"loofah": reference["baiguan"], "peach": reference["yanling"]}
    listings = {
        name: make_live_listing(cast.household, reference[name], place, by=cast.farmer, last_day=timezone.localdate())
        for name, place in offered.items()
    }
    return {name: Lot.objects.get(listing=listing) for name, listing in listings.items()}


def test_a_change_of_a_filter_swaps_the_list_and_the_address(open_as, lots):
    page = open_as(None, DESK)
    page.goto("/board/")
    expect(page.locator(".lot-card")).to_have_count(2)

    page.select_option("select[name=county]", label="芦淞区")

    expect(page.locator(".lot-card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/board/\?county=430203$"))
    expect(page.locator("select[name=town] option")).to_have_text(["不限", "白关镇"])

    page.go_back()

    expect(page.locator(".lot-card")).to_have_count(2)


def test_a_search_on_the_phone_keeps_the_other_filters(open_as, lots):
    page = open_as(None, PHONE)
    page.goto("/board/?kind=vegetable")

    page.fill("input[name=q]", "sigua")
    page.get_by_role("button", name="搜索").tap()

    expect(page).to_have_url(re.compile(r"/board/\?q=sigua&kind=vegetable$"))
    expect(page.locator(".lot-card-title")).to_have_text(["丝瓜 · 一等"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_chip_takes_its_condition_away(open_as, lots):
    page = open_as(None, PHONE)
    page.goto("/board/?kind=vegetable&grade=first")

    page.locator(".chip", has_text="蔬菜").tap()

    expect(page).to_have_url(re.compile(r"/board/\?grade=first$"))
    expect(page.locator(".lot-card")).to_have_count(2)


def test_without_a_script_the_button_asks(open_as, lots):
    page = open_as(None, PHONE, java_script_enabled=False)
    page.goto("/board/")
    page.locator("summary", has_text="筛选").tap()
    page.select_option("select[name=kind]", label="水果")

    page.get_by_role("button", name="看结果").tap()

    expect(page.locator(".lot-card-title")).to_have_text(["黄桃 · 一等"])


def test_the_text_for_the_group_is_copied(open_as, lots):
    page = open_as(None, PHONE, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/lots/{lots['loofah'].pk}/")

    page.get_by_role("button", name="复制这段话").tap()

    expect(page.get_by_text("已复制，去群里粘贴")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("【绿通集市】丝瓜 · 一等（芦淞区白关镇）")
    assert copied.endswith(f"/lots/{lots['loofah'].pk}/")


def test_the_map_is_drawn_with_its_borders(open_as, lots):
    page = open_as(None, DESK)
    page.goto(f"/lots/{lots['loofah'].pk}/")

    expect(page.locator(".map-pin")).to_have_count(1)
    expect(page.locator("path.map-county").first).to_be_attached()
