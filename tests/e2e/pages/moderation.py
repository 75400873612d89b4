"""A desk of the bureau at the CMS."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.pages.looks import look

# 通过 at the first desk; the last one approves and publishes.
APPROVE = re.compile(r"^\s*通过(?!并附言)")


class Desk:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open_first_waiting(self) -> None:
        page = self.page
        page.goto("/cms/")
        look(page)
        page.get_by_role("link", name="去审核").click()
        look(page, "货源")
        page.get_by_role("link", name="丝瓜").first.click()
        expect(page.get_by_text("卖方提交的内容").first).to_be_visible()
        look(page)

    def approve(self) -> None:
        self.open_first_waiting()
        self.page.locator("footer").locator("button", has_text=APPROVE).first.click()
        expect(self.page.get_by_text("已通过").first).to_be_visible()
        look(self.page)

    def ask_for_changes(self, reason: str) -> None:
        """Without a reason the dialog stays; with one the seller will read it."""
        page = self.page
        self.open_first_waiting()
        page.get_by_role("button", name="退回修改").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("textarea").fill(reason)
        look(page)
        dialog.get_by_role("button", name="退回修改").click()
        expect(page.get_by_text("已退回").first).to_be_visible()
        look(page)
