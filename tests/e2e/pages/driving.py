"""The driver's page as an app on a phone, with and without a network."""

import io
import re

from django.conf import settings
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from market.models import User
from orders.logistics.models import Load, Stop

NO_NETWORK = re.compile(
    r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of 40[139]"
)  # what a browser says of it by itself


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (640, 480), (30, 120, 60)).save(made, "JPEG")
    return made.getvalue()


class DriverApp:
    def __init__(self, page: Page) -> None:
        self.page = page

    def opened(self) -> "DriverApp":
        self.page.goto("/logistics/drive/")
        self.ready()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_function("navigator.serviceWorker.controller !== null")
        return self

    @property
    def bar(self) -> Locator:
        return self.page.locator("#drive-bar [data-words]")

    def ready(self) -> None:
        expect(self.page.locator("html[data-drive=ready]")).to_be_attached()

    def go_offline(self) -> None:
        self.page.context.set_offline(True)

    def go_online(self) -> None:
        self.page.context.set_offline(False)
        self.forgive()

    def lose_answers(self) -> None:
        """The server carries out what it gets, and the phone never hears of it."""

        def lose(route: Route) -> None:
            route.fetch()
            route.abort()

        self.page.route("**/drive/sync/", lose)

    def forgive_failures(self) -> None:
        """The server was made to fail, and the browser says so."""
        self.page.complaints[:] = [said for said in self.page.complaints if "status of 500" not in said]

    def find_answers(self) -> None:
        self.page.unroute_all(behavior="wait")
        self.page.get_by_role("button", name="现在就发").tap()

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    def at(self, stop: Stop) -> "DriverStop":
        return DriverStop(self.page, self.page.locator(f"#stop-{stop.pk}"))

    def waits_with(self, count: int) -> None:
        expect(self.bar).to_contain_text(f"有 {count} 条还没发出去")

    def refused_with(self, count: int) -> None:
        expect(self.bar).to_contain_text(f"有 {count} 条没办成")

    def all_sent(self) -> None:
        expect(self.bar).to_have_text("都发出去了")
        self.forgive()

    def forgive(self) -> None:
        """That there was no network is no fault of the page."""
        self.page.complaints[:] = [said for said in self.page.complaints if not NO_NETWORK.search(said)]

    def become(self, person: User) -> None:
        from tests.e2e.conftest import _log_in

        cookie = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": _log_in(person),
            "url": re.match("https?://[^/]+", self.page.url)[0],
        }
        self.page.context.add_cookies([cookie])


class DriverStop:
    def __init__(self, page: Page, section: Locator) -> None:
        self.page, self.section = page, section

    def press(self, words: str) -> None:
        button = self.section.get_by_role("button", name=words)
        button.tap()
        expect(button).to_be_hidden()

    def says(self, words: str) -> None:
        expect(self.section.locator("[data-log]")).to_contain_text(words)

    def load_other(self, load: Load, quantity: str, unit: str, refused: str = "") -> None:
        box = self.section.locator(f"#other-{load.pk}")
        if box.get_attribute("open") is None:
            box.locator("summary").tap()
        box.locator("input[name=quantity]").fill(quantity)
        box.get_by_text(unit, exact=True).tap()
        box.get_by_role("button", name="记下实装量").tap()
        if refused:
            expect(box.locator("[data-wrong]")).to_contain_text(refused)
        else:
            expect(box).not_to_have_attribute("open", "")

    def load_as_planned(self, load: Load) -> None:
        box = self.section.locator(f"[data-load='{load.pk}']")
        box.get_by_role("button", name="照计划装好了").tap()
        expect(box.locator("[data-loaded]")).to_be_visible()

    def photo(self) -> None:
        box = self.section.locator("details[id^=photo-]")
        box.locator("summary").tap()
        box.locator("input[type=file]").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        )
        box.get_by_role("button", name="存下照片").tap()
        self.says("照片")

    def problem(self, kind: str, note: str) -> None:
        box = self.section.locator("details[id^=problem-]")
        box.locator("summary").tap()
        box.get_by_text(kind).tap()
        box.locator("input[name=note]").fill(note)
        box.get_by_role("button", name="告诉调度员").tap()
        self.says(note)

    def hand_over(self, code: str, refused: str = "") -> None:
        box = self.section.locator("[data-hands]")
        box.get_by_label("交接码").fill(code)
        box.get_by_role("button", name="交接好了", exact=True).tap()
        if refused:
            expect(box.locator("[data-wrong]")).to_contain_text(refused)
        else:
            expect(self.section.locator("[data-handed]")).to_be_visible()

    def drop(self) -> None:
        self.section.get_by_role("button", name="不要这一条了").first.tap()
