"""The farmer's phone."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.pages.looks import look


class Farmer:
    def __init__(self, page: Page) -> None:
        self.page = page

    def list_loofah(self, picture: Path) -> None:
        """Posts 2 万斤 of loofah a day, found by its pinyin initials."""
        page = self.page
        page.goto("/sell/")
        look(page)
        page.get_by_role("link", name="发布货源").first.tap()
        look(page, "发布货源")
        page.fill("#produce_search", "sg")
        page.get_by_role("button", name=re.compile("丝瓜")).tap()
        page.fill("#id_quantity", "2万斤")
        expect(page.locator("[data-reading]")).to_have_text("2 万斤 = 10 吨")
        page.fill("#id_price", "1.2")
        page.get_by_text("一等").tap()
        page.set_input_files("#id_photos", picture)
        expect(page.locator('input[name="photo"]')).to_have_count(1)
        look(page)
        page.get_by_role("button", name="提交审核").tap()
        expect(page.locator(".stage")).to_contain_text("审核中")
        look(page)

    def answer_the_bureau(self, reason: str) -> None:
        """Reads why the bureau sent it back, on the list and on the listing, and hands it in again."""
        page = self.page
        page.goto("/sell/")
        expect(page.locator(".lot-card")).to_contain_text("需修改")
        expect(page.locator(".lot-card")).to_contain_text(reason)
        look(page)
        page.locator(".lot-card a").first.tap()
        expect(page.get_by_role("alert")).to_contain_text(reason)
        look(page)
        page.get_by_role("link", name="修改后重新提交").tap()
        look(page, "修改货源")
        expect(page.locator("#id_quantity")).to_have_value("2万斤")
        page.get_by_text("有承诺达标合格证").tap()
        look(page)
        page.get_by_role("button", name="修改后重新提交").tap()
        expect(page.locator(".stage")).to_contain_text("审核中")
        look(page)

    def read_progress(self) -> str:
        """The text of the listing's page."""
        self.page.goto("/sell/")
        look(self.page)
        self.page.locator(".lot-card a").first.tap()
        expect(self.page.get_by_role("heading", name="每天卖了多少")).to_be_visible()
        return look(self.page).inner_text("main")
