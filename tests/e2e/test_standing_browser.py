"""The supermarket's standing pledge on a phone: started from a lot, placed by the clock, one day skipped; and the statement of a
delivery at desk width."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from market.models import Lot
from orders.logistics.queries.journeys import midnight
from orders.models import Pledge, StandingDay
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.pages.looks import look
from tests.factories.logistics import make_day
from tests.factories.receipts import make_receipt, on_the_road

BOTH = "王建国家 → 步步高天元店"


@pytest.fixture
def day(cast, reference):
    return make_day(cast, reference)


def test_the_same_every_day_from_the_phone(open_as, cast, day, monkeypatch):
    page = open_as(cast.buyer, PHONE)
    page.goto(f"/lots/{day.lot.pk}/")
    page.get_by_role("link", name="每天都要").tap()
    look(page, "每天都要")
    page.fill("#id_quantity", "3-4吨")
    expect(page.locator("#quantity-reading")).to_contain_text("最多 8,000 斤")
    page.get_by_role("button", name="开始每天认购").tap()
    expect(page.locator("main")).to_contain_text("前一天傍晚自动认购")
    look(page)

    Lot.objects.filter(pk=day.lot.pk).update(offered_g=2_000_000)
    _evening(monkeypatch)
    page.reload()
    expect(page.locator("main")).to_contain_text("只认购到一部分")
    page.get_by_role("button", name="跳过").first.tap()
    expect(page.get_by_role("button", name="还是要")).to_be_visible()
    look(page)
    page.get_by_role("link", name="看认购").tap()
    look(page, "丝瓜")

    assert Pledge.objects.get().firm_g == 2_000_000
    assert list(StandingDay.objects.order_by("day").values_list("outcome", flat=True)) == ["short", "skipped"]
    farmer = open_as(cast.farmer, PHONE)
    farmer.goto("/orders/standing/")
    look(farmer, "每日认购").get_by_role("link", name="丝瓜").tap()
    look(farmer, "丝瓜")
    expect(farmer.get_by_role("button", name="跳过")).to_have_count(0)


def _evening(monkeypatch) -> None:
    """The clock's minute at six in the evening, whatever the hour of the test: tomorrow is due."""
    from orders.actions import standing_days

    evening = midnight(timezone.localdate()) + dt.timedelta(hours=18)
    monkeypatch.setattr(standing_days, "last_due_day", lambda _now: timezone.localdate(evening) + dt.timedelta(days=1))
    call_command("tick")


def test_both_sides_read_one_statement_and_the_seller_takes_something_off(open_as, cast, day):
    make_receipt(on_the_road(day, day.pledge("1000斤")), cast.buyer, accepted=480_000, rejected=20_000)
    buyer = open_as(cast.buyer, DESK)
    buyer.goto("/logistics/statements/")
    look(buyer, "对账单").get_by_role("link", name="王建国家").click()
    expect(look(buyer, BOTH).locator("main")).to_contain_text("1,152.00 元")
    for name, ending in (("打印对账单", "pdf"), ("下载表格", "xlsx")):
        address = buyer.get_by_role("link", name=name).get_attribute("href")
        assert buyer.request.get(address).ok, ending

    farmer = open_as(cast.farmer, PHONE)
    farmer.goto("/logistics/statements/")
    look(farmer, "对账单").get_by_role("link", name="步步高天元店").tap()
    look(farmer, BOTH).get_by_role("link", name="记一笔调整").tap()
    look(farmer, "记一笔调整")
    farmer.fill("#id_amount", "2")
    farmer.fill("#id_reason", "抹零")
    farmer.get_by_role("button", name="记下").tap()
    farmer.get_by_role("dialog").get_by_role("button", name="确定").tap()
    look(farmer, BOTH)
    expect(farmer.locator("main")).to_contain_text("1,150.00 元")

    buyer.reload()
    expect(look(buyer, BOTH).locator("main")).to_contain_text("1,150.00 元")
