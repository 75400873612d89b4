"""A dock takes a part at a lower grade and refuses another, with a picture; the farmer disagrees; the desk corrects the record. On phones."""

import pytest
from playwright.sync_api import Page, expect

from market.models import User
from orders.logistics.enums import DisputeState
from orders.logistics.models import Dispute, Evidence, Receipt
from orders.logistics.queries.reconcile import breaks
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.pages.looks import look
from tests.e2e.pages.pictures import picture
from tests.factories.logistics import Day, make_day
from tests.factories.receipts import on_the_road


@pytest.fixture
def day(cast, reference, settings, tmp_path) -> Day:
    settings.MEDIA_ROOT = settings.PRIVATE_MEDIA_ROOT = tmp_path / "media"
    return make_day(cast, reference)


def fill(page: Page, facts: dict[str, str]) -> None:
    for name, value in facts.items():
        page.fill(f"#id_{name}", value)


def receive(page: Page) -> None:
    page.goto("/logistics/receiving/")
    look(page, "收货").get_by_role("link", name="丝瓜").first.tap()
    page.locator("summary", has_text="有出入").tap()
    fill(page, {"accepted": "700斤", "downgraded": "200斤", "downgraded_price": "0.80", "rejected": "50斤"})
    expect(page.locator("[data-sum]")).to_contain_text("还差")
    page.fill("#id_rejected", "100斤")
    expect(page.locator("[data-sum]")).to_contain_text("数量对上了")
    page.get_by_role("button", name="确认收货").tap()
    expect(page.locator("main")).to_contain_text("请选一个原因或写明原因")  # less than promised needs one
    look(page)
    assert Receipt.objects.count() == 0
    page.locator("#id_code").select_option("bruised")
    page.set_input_files("#id_photos", picture())
    page.get_by_role("button", name="确认收货").tap()
    expect(page.locator("main")).to_contain_text("收货已记下")
    look(page)


def dispute(page: Page) -> None:
    page.goto("/logistics/sent/")
    look(page, "发出的货").get_by_role("link", name="丝瓜").first.tap()
    main = look(page, "丝瓜").locator("main")
    for words in ("700 斤", "200 斤", "100 斤", "磕碰压伤", "0.80"):
        expect(main).to_contain_text(words)
    page.get_by_role("link", name="有异议").tap()
    look(page, "提出异议")
    page.get_by_role("button", name="提交异议").tap()
    expect(page.locator("main")).to_contain_text("请写明哪里不对")
    look(page)
    page.fill("#id_why", "装车时拍过照，没有压伤")
    page.get_by_role("button", name="提交异议").tap()
    expect(page.locator("main")).to_contain_text("装车时拍过照，没有压伤")
    look(page)


def correct(page: Page) -> None:
    page.goto("/logistics/disputes/")
    look(page, "收货异议").get_by_role("link", name="丝瓜").first.click()
    page.wait_for_url("**/logistics/disputes/*/")
    look(page).get_by_role("link", name="卖方说得对，更正记录").click()
    look(page, "更正收货记录")
    fill(
        page,
        {
            "answer": "看过照片，按卖方说的更正",
            "accepted": "1000斤",
            "downgraded": "",
            "downgraded_price": "",
            "rejected": "",
        },
    )
    page.locator("#id_code").select_option("")
    page.get_by_role("button", name="按这个更正").click()
    expect(page.locator("main")).to_contain_text("看过照片，按卖方说的更正")
    look(page)


def reader_sees_it(page: Page) -> None:
    page.goto("/logistics/sent/")
    look(page).get_by_role("link", name="丝瓜").first.tap()
    expect(look(page, "丝瓜").locator("main")).to_contain_text("1,000 斤")


def test_a_part_is_downgraded_disputed_and_corrected(open_as, cast, day):
    load = on_the_road(day, day.pledge("1000斤"))

    receive(open_as(cast.buyer, PHONE))
    receipt = Receipt.objects.get()
    assert (receipt.accepted_g, receipt.downgraded_g, receipt.rejected_g) == (350_000, 100_000, 50_000)
    assert Evidence.objects.count() == 1
    dispute(open_as(cast.farmer, PHONE))
    correct(open_as(User.objects.get(pk=cast.commerce_desk.pk), DESK))

    assert Dispute.objects.get().state == DisputeState.UPHELD
    assert sum(one.accepted_g for one in load.receipts.all()) == 500_000
    reader_sees_it(open_as(cast.farmer, PHONE))
    assert breaks() == []
