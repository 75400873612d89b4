"""The commerce desk matching a day, and a party reading what came of it."""

import datetime as dt

from playwright.sync_api import Page, expect

from tests.e2e.pages.looks import look


class Matcher:
    def __init__(self, page: Page, day: dt.date) -> None:
        self.page = page
        self.day = day

    def come_from_the_back_office(self) -> None:
        self.page.goto("/cms/")
        self.page.get_by_role("link", name="撮合").first.click()
        look(self.page, "撮合")

    def propose(self, policy: str) -> None:
        """Press the button; the page of the run waits for the result by itself."""
        self.page.fill("#id_day", self.day.isoformat())
        self.page.select_option("#id_policy", label=policy)
        self.page.get_by_role("button", name="生成方案").click()
        look(self.page, "撮合方案")
        expect(self.page.get_by_role("button", name="执行方案")).to_be_visible()
        look(self.page)

    def figure(self, name: str) -> str:
        return self.page.locator(".figure", has_text=name).locator("dd").inner_text()

    def lines(self) -> list[str]:
        return self.page.locator("table.desk-table").last.locator("tbody tr").all_inner_texts()

    def tab(self, name: str) -> list[str]:
        self.page.get_by_role("link", name=name).click()
        look(self.page)
        return self.lines()

    def replay(self) -> None:
        self.page.get_by_role("button", name="重算核对").click()
        expect(self.page.get_by_text("重算一致")).to_be_visible()
        look(self.page)

    def commit(self) -> None:
        """The dialog asks first; saying no changes nothing."""
        button = self.page.get_by_role("button", name="执行方案")
        button.click()
        self.page.locator("#confirm-dialog [data-no]").click()
        button.click()
        self.page.locator("#confirm-dialog [data-yes]").click()
        expect(self.page.get_by_text("已落实").first).to_be_visible()
        look(self.page)


def my_lines(page: Page) -> str:
    page.goto("/orders/match/mine/")
    return look(page, "撮合结果").locator("main").inner_text()
