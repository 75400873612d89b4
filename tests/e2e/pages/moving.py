"""The dispatcher's desk and the driver's phone."""

import datetime as dt

from playwright.sync_api import Page, expect

from tests.e2e.pages.looks import look


class Dispatcher:
    def __init__(self, page: Page, day: dt.date) -> None:
        self.page = page
        self.day = day

    def plan(self) -> str:
        """Asks for a plan and returns the words of its preview."""
        page = self.page
        page.goto(f"/logistics/day/?day={self.day:%Y-%m-%d}")
        look(page)
        page.get_by_role("button", name="生成方案").click()
        expect(page.get_by_role("button", name="采用这个方案")).to_be_visible()
        expect(page.locator("[data-map=plan-map] .leaflet-pane").first).to_be_attached()
        return look(page).inner_text("main")

    def commit(self) -> str:
        page = self.page
        page.get_by_role("button", name="采用这个方案").click()
        expect(page.locator("main")).to_contain_text("已安排 1 趟车")
        return look(page).inner_text("main")


class Driver:
    def __init__(self, page: Page) -> None:
        self.page = page

    def arrive(self) -> None:
        self.page.goto("/logistics/drive/")
        look(self.page)
        self._press("到达")

    def load_all(self, *quantities: str) -> None:
        """Writes what went on the truck for each load of the halt, then leaves."""
        boxes = self.page.locator(".drive-stop.is-here .drive-load")
        expect(boxes).to_have_count(len(quantities))
        for n, quantity in enumerate(quantities):
            box = boxes.nth(n)
            box.get_by_text("装的数不一样").tap()
            box.get_by_label("实装量").fill(quantity)
            box.get_by_role("button", name="记下实装量").tap()
            expect(box.locator("[data-loaded]")).to_be_visible()
            self._sent()
        self._press("装完，离开")

    def unload(self) -> None:
        self.arrive()
        self._press("卸完，离开")

    def _press(self, words: str) -> None:
        """The one button of the halt; afterwards something else is offered, and the server knows."""
        button = self.page.get_by_role("button", name=words)
        expect(button).to_have_count(1)
        button.tap()
        expect(button).to_have_count(0)
        self._sent()

    def _sent(self) -> None:
        expect(self.page.locator("#drive-bar [data-words]")).to_have_text("都发出去了")
        look(self.page)
