"""The public board, and a buyer's phone."""

import datetime as dt
import re

from playwright.sync_api import Page, expect

from tests.e2e.pages.looks import look


class Board:
    def __init__(self, page: Page, day: dt.date) -> None:
        self.page = page
        self.day = day

    def is_empty(self) -> bool:
        self.page.goto("/board/")
        return look(self.page).locator(".lot-card").count() == 0

    def open_loofah(self) -> None:
        """The day's lot, found by the filters in the address."""
        page = self.page
        page.goto(f"/board/?produce=sigua&day={self.day:%Y-%m-%d}")
        expect(page.locator(".lot-card")).to_have_count(1)
        look(page)
        page.locator(".lot-card a").tap()
        expect(page.get_by_role("heading", name="货的情况")).to_be_visible()
        look(page)


class Buyer(Board):
    def pledge(self, quantity: str, window: tuple[str, str]) -> None:
        self.open_loofah()
        self.page.get_by_role("link", name="认购", exact=True).tap()
        look(self.page, "认购")
        self.page.fill("#id_quantity", quantity)
        self._deliver(window)

    def pledge_by_sheet(self, lines: list[tuple[str, str]], window: tuple[str, str], total: str) -> None:
        page = self.page
        self.open_loofah()
        page.get_by_role("link", name="按摊位填一张表").tap()
        look(page, "按摊位认购")
        for row, (stall, quantity) in enumerate(lines):
            page.get_by_placeholder("摊位或姓名").nth(row).fill(stall)
            page.get_by_placeholder("例如 50斤").nth(row).fill(quantity)
        expect(page.locator("[data-total]")).to_contain_text(total)
        self._deliver(window)

    def _deliver(self, window: tuple[str, str]) -> None:
        page = self.page
        page.fill("#id_window_from", window[0])
        page.fill("#id_window_to", window[1])
        look(page)
        page.get_by_role("button", name="确定认购").tap()
        expect(page.get_by_role("heading", name="认购成功")).to_be_visible()
        look(page)

    def receive(self, accepted: str, rejected: str, reason: str) -> None:
        """Opens the load that has arrived and says what became of it."""
        page = self.page
        page.goto("/logistics/receiving/")
        look(page)
        page.get_by_role("link", name=re.compile("丝瓜")).first.tap()
        look(page, "丝瓜")
        page.locator("summary", has_text="有出入").tap()
        page.fill("#id_accepted", accepted)
        page.fill("#id_rejected", rejected)
        page.fill("#id_reason", reason)
        page.get_by_role("button", name="确认收货").tap()
        expect(page.locator("main")).to_contain_text("收货已记下")
        look(page)
        page.get_by_role("link", name=re.compile("丝瓜")).first.tap()
        expect(page.locator("main")).to_contain_text(reason)
        look(page)

    def read_pledge(self) -> str:
        """The text of the newest pledge's page."""
        self.page.goto("/orders/")
        look(self.page)
        self.page.get_by_role("link", name=re.compile("丝瓜")).first.tap()
        expect(self.page.get_by_role("heading", name="经过")).to_be_visible()
        return look(self.page).inner_text("main")
