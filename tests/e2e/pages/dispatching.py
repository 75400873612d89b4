"""The dispatcher's board as a person uses it: by mouse and by keyboard."""

import datetime as dt

from playwright.sync_api import Locator, Page


class Board:
    def __init__(self, page: Page, day: dt.date) -> None:
        self.page, self.address = page, f"/logistics/board/?day={day:%Y-%m-%d}"
        page.goto(self.address)

    def goods(self, name: str) -> Locator:
        """`load-12` or `waiting-5`."""
        return self.page.locator(f'[data-goods="{name}"]')

    def target(self, name: str) -> Locator:
        """`trip-3`, `truck-7` or `pool`."""
        return self.page.locator(f'[data-target="{name}"]')

    def hover_with(self, goods: str, target: str) -> str:
        """Take hold of goods, hold them over the target, and read what it says before anything is let go."""
        place, mouse = self.target(target), self.page.mouse
        place.scroll_into_view_if_needed()
        self.goods(goods).scroll_into_view_if_needed()
        start, end = self.goods(goods).bounding_box(), place.bounding_box()
        mouse.move(start["x"] + 20, start["y"] + 12)
        mouse.down()
        mouse.move(start["x"] + 32, start["y"] + 20, steps=4)  # a drag begins after a few pixels
        mouse.move(end["x"] + 40, end["y"] + 20, steps=6)
        mouse.move(end["x"] + 46, end["y"] + 24, steps=2)
        answer = place.locator(".board-answer.fits, .board-answer.fits-not").first
        answer.wait_for()
        return answer.inner_text()

    def let_go(self) -> None:
        self.page.mouse.up()

    def drop(self) -> str:
        """Let go where it fits; the message of the page that follows."""
        with self.page.expect_navigation():
            self.let_go()
        return self.message()

    def message(self) -> str:
        return self.page.locator(".messages, [data-messages], main .notice").first.inner_text()

    def choose_by_keys(self, goods: str, target: str) -> str:
        """M on the goods, the arrow keys to the target in the list; what is said of it."""
        self.goods(goods).focus()
        self.page.keyboard.press("m")
        chosen = self.page.locator("#board-target")
        for press in ("Home", *["ArrowDown"] * 40):
            self.page.keyboard.press(press)
            if chosen.input_value() == target:
                break
        assert chosen.input_value() == target
        answer = self.page.locator("#board-dialog-answer.fits, #board-dialog-answer.fits-not")
        answer.wait_for()
        return answer.inner_text()

    def confirm_by_keys(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def focused(self) -> str:
        """The id of what has the focus."""
        return self.page.evaluate("document.activeElement.id")
