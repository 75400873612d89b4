"""The association's morning on a phone: hold, paste the group's relay, correct it, save it, paste the longer list; and its end
at desk width."""

import re

import pytest
from playwright.sync_api import Page, expect

from market.models import Lot
from orders.enums import PledgeState
from orders.models import Pledge, StallAlias
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.pages.looks import look
from tests.factories.logistics import make_day
from tests.factories.orders import make_dock

RELAY = """#接龙
白关丝瓜助农，10斤起，单位斤
例 张三 10

1. 周满香 100
2. 建宁菜场老李 200
3. 旺角生鲜 三四百斤
4. 郭师傅 13812345678 120斤 自提
5. 曾叔 五百来斤
6. 刘玉兰
收到🌹"""
LONGER = RELAY.replace("1. 周满香 100", "1. 周满香 150").replace("4. 郭师傅 13812345678 120斤 自提\n", "")
LONGER = LONGER.replace("收到🌹", "7. 老李 再加50斤\n8. 王姐 80")


@pytest.fixture
def day(cast, reference):
    return make_day(cast, reference)


@pytest.fixture
def market(cast):
    return make_dock(cast.association, name="湘江农贸市场东门")


def hold(page: Page, lot: Lot) -> None:
    page.goto(f"/lots/{lot.pk}/")
    page.get_by_role("link", name="先占货，再收接龙").tap()
    look(page, "先占货，再收接龙")
    page.fill("#id_quantity", "600斤")
    page.fill("#id_window_from", "05:00")
    page.fill("#id_window_to", "08:00")
    page.get_by_role("button", name="占下这些货").tap()
    look(page, "先占的货")
    expect(page.locator("[data-count]")).to_contain_text("还有 59 分")


def paste(page: Page, text: str) -> None:
    page.get_by_role("link", name="贴接龙文字").first.tap()
    look(page, "贴接龙文字")
    page.fill("#id_text", text)
    page.get_by_role("button", name="识别").tap()
    look(page, "核对接龙")


def row(page: Page, line: str):
    return page.locator(".relay-row", has_text=line).first


def test_the_associations_morning(open_as, cast, day, market):
    page = open_as(cast.association_clerk, PHONE)
    hold(page, day.lot)
    paste(page, RELAY)
    expect(page.locator("main")).not_to_contain_text("13812345678")
    expect(page.locator("#relay-now")).to_contain_text("2 处要确认")

    page.get_by_role("button", name="保存成一笔认购").tap()
    expect(page.get_by_role("alert")).to_contain_text("“5. 曾叔 五百来斤”“6. 刘玉兰”")
    look(page)
    row(page, "曾叔").get_by_role("button", name="要 500 斤").tap()
    expect(page.locator("#relay-now")).to_contain_text("5 户 1,220 斤")
    row(page, "刘玉兰").get_by_role("link", name="改").tap()
    row(page, "刘玉兰").get_by_label("数量").fill("很多")
    row(page, "刘玉兰").get_by_role("button", name="改好了").tap()
    expect(row(page, "刘玉兰")).to_contain_text("不是准数")
    row(page, "刘玉兰").get_by_label("数量").fill("30斤")
    row(page, "刘玉兰").get_by_role("button", name="改好了").tap()
    expect(page.locator("#relay-now")).to_have_text("6 户 1,250 斤 最多能要 20,000 斤")
    look(page)
    page.get_by_role("button", name="保存成一笔认购").tap()
    expect(page.locator("main")).to_contain_text("接龙已保存：6 户")
    look(page)

    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.firm_g, pledge.most_g) == (PledgeState.PLACED, 625_000, 675_000)
    _the_longer_list(page, pledge)
    _the_desk(open_as(cast.association_clerk, DESK))


def _the_longer_list(page: Page, pledge: Pledge) -> None:
    paste(page, LONGER)
    expect(row(page, "周满香 150")).to_contain_text("从 100 斤改为 150 斤")
    expect(row(page, "接龙里没有这一户")).to_contain_text("郭师傅")
    page.get_by_role("link", name="只看要确认的").tap()
    expect(page).to_have_url(re.compile("waiting=1"))
    look(page)
    row(page, "郭师傅").get_by_role("button", name="不要了").tap()
    expect(page.locator("#relay-now")).to_contain_text("1 处要确认")
    row(page, "老李").get_by_role("button", name="“建宁菜场老李” 再加 50 斤").tap()
    expect(row(page, "再加50斤")).to_contain_text("共 250 斤")
    look(page)
    page.get_by_role("button", name="保存这些改动").tap()
    expect(page.locator("main")).to_contain_text("接龙已保存：6 户")
    assert dict(pledge.lines.values_list("name", "quantity_g")) == {
        "周满香": 75_000,
        "建宁菜场老李": 125_000,
        "旺角生鲜": 150_000,
        "曾叔": 250_000,
        "刘玉兰": 15_000,
        "王姐": 40_000,
    }
    pledge.refresh_from_db()
    assert Lot.objects.get(pk=pledge.lot_id).reserved_g == pledge.firm_g == 655_000
    assert list(StallAlias.objects.values_list("alias", "stall__name")) == [("老李", "建宁菜场老李")]


def _the_desk(page: Page) -> None:
    page.goto("/orders/relay/")
    look(page, "接龙")
    page.get_by_role("link", name="摊位").click()
    look(page, "摊位").get_by_role("link", name="建宁菜场老李").click()
    look(page, "建宁菜场老李")
    expect(page.locator("main")).to_contain_text("老李")
