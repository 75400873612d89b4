"""Takes the pictures of the README from the demo day: `make screenshots`. Needs Chromium and Playwright (requirements-dev).

Works on a database, a media folder and a port of its own, and leaves nothing of them behind.
"""

import contextlib
import datetime as dt
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders.logistics.models import RiskArea

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
MOST_BYTES = 200_000
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 860}}


@dataclass(frozen=True)
class Shot:
    """`who` is a key of the demo's people; empty: anonymous. `scroll` is what to bring to the top of the screen."""

    name: str
    path: str
    who: str = ""
    screen: str = "phone"
    language: str = "zh-hans"
    scroll: str = ""
    fill: tuple[str, str] | None = None
    enter: bool = False  # press Enter where it was filled in
    zoom: int = 0  # how often to zoom in where the map's first place is


def shots() -> list[Shot]:
    """The addresses depend on what the demo holds."""
    from market.models import Listing, Lot
    from orders.logistics.models import PassCode, PlanRun
    from orders.models import MatchRun, RelayReading

    lot = Lot.objects.filter(produce__slug="sigua", seller__name__startswith="白关丝瓜").order_by("day").first()
    waiting = Listing.objects.get(live=False, produce__slug="maodou")
    run = PlanRun.objects.latest("pk")
    code = PassCode.objects.live().filter(trip__isnull=False).select_related("green_pass").earliest("not_before")
    area = draft_far_area()
    match, relay = MatchRun.objects.latest("pk"), RelayReading.objects.latest("pk")
    return [
        Shot("home-phone", "/"),
        Shot("board-phone", "/board/"),
        Shot("sell-phone", "/sell/new/", "farmer"),
        Shot("listings-phone", "/sell/", "farmer"),
        Shot("pledge-phone", f"/orders/lots/{lot.pk}/pledge/", "buyer", scroll="form h2, form .field", fill=("#id_quantity", "3–4吨")),
        Shot("wanted-phone", "/orders/wanted/", "farmer"),
        Shot("relay-phone", f"/orders/relay/{relay.pk}/", "association"),
        Shot("match-desk", f"/orders/match/{match.pk}/", "commerce", "desk"),
        Shot("spoiling-desk", "/orders/spoiling/", "commerce", "desk"),
        Shot("drive-phone", "/logistics/drive/", "driver"),
        Shot("review-desk", f"/cms/snippets/market/listing/edit/{waiting.pk}/", "agriculture", "desk"),
        Shot("plan-desk", f"/logistics/runs/{run.pk}/", "dispatcher", "desk", zoom=2),
        Shot("trips-board-desk", "/logistics/board/", "dispatcher", "desk"),
        Shot("area-desk", f"/logistics/areas/{area.pk}/", "supervisor", "desk"),
        Shot("code-phone", f"/logistics/codes/{code.pk}/", "dispatcher"),
        Shot("checkpoint-phone", "/logistics/checkpoint/", "officer", fill=("#code", f"{code.green_pass.number} {code.check_code}"), enter=True),
        Shot("board-phone-en", "/board/", language="en"),
        Shot("match-desk-en", f"/orders/match/{match.pk}/", "commerce", "desk", language="en"),
        Shot("plan-desk-en", f"/logistics/runs/{run.pk}/", "dispatcher", "desk", language="en", zoom=2),
    ]  # fmt: skip


def draft_far_area() -> "RiskArea":
    """A closed township that trips of the demo's next day would run into: its page shows what closing it would break."""
    from django.utils import timezone

    from cms.demo.logins import people
    from market.models import User
    from orders.logistics.actions.areas import AreaFacts, draft_area
    from orders.logistics.models import Stop

    supervisor = User.objects.get(phone=next(person.phone for person in people() if person.key == "supervisor"))
    stop = Stop.objects.filter(planned_at__gt=timezone.now()).latest("planned_at")
    begins = timezone.now() + dt.timedelta(hours=1)
    facts = AreaFacts(
        place=stop.place, level="high", starts_at=begins, ends_at=begins + dt.timedelta(days=2),
        source="市指挥部第 12 号通告", is_closed=True,
    )  # fmt: skip
    return draft_area(facts, by=supervisor)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="config.settings.dev", DEBUG="0", DEMO="1", VAR_DIR=folder,
            MEDIA_ROOT=str(Path(folder) / "media"), DJANGO_ALLOW_ASYNC_UNSAFE="true",
        )  # fmt: skip
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("prepare")
        call_command("load_demo")
        IMAGES.mkdir(exist_ok=True)
        with serving() as address:
            take(shots(), address)


@contextlib.contextmanager
def serving() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(ROOT / "manage.py"), "runserver", f"127.0.0.1:{port}", "--noreload"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def wait_for(address: str) -> None:
    for _second in range(60):
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
            return
        time.sleep(1)
    sys.exit(f"the site did not answer at {address}")


def take(wanted: list[Shot], address: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--lang=zh-CN"],
            env={**os.environ, "LANGUAGE": "zh_CN"},
        )
        for shot in wanted:
            context = browser.new_context(
                base_url=address, locale="zh-CN", **(PHONE if shot.screen == "phone" else DESK)
            )
            if shot.who:
                context.add_cookies([session_of(shot.who, address)])
            page = context.new_page()
            page.goto(f"{shot.path}?lang={shot.language}" if shot.language != "zh-hans" else shot.path)
            page.wait_for_load_state("networkidle")
            if shot.fill:
                page.fill(*shot.fill)
                if shot.enter:
                    page.press(shot.fill[0], "Enter")
                page.wait_for_timeout(800)
            if shot.scroll:
                page.locator(shot.scroll).first.evaluate(
                    "one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 80)"
                )
            for _time in range(shot.zoom):
                spot = page.locator(".map-pin i").first.bounding_box()
                page.mouse.dblclick(spot["x"] - 30, spot["y"])
                page.wait_for_timeout(800)
            keep(shot.name, page.screenshot())
            context.close()
        browser.close()


def session_of(key: str, address: str) -> dict[str, str]:
    """A cookie that is logged in as this person of the demo; for the driver, as the one who is on duty."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from cms.demo.logins import people
    from market.models import User

    user = User.objects.get(phone=next(person.phone for person in people() if person.key == key))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": address}


def keep(name: str, screenshot: bytes) -> None:
    """As PNG; with fewer colours, then fewer pixels, where it would be too heavy for a page."""
    from PIL import Image

    image = Image.open(BytesIO(screenshot)).convert("RGB")
    for colours, scale in ((256, 1), (128, 1), (128, 0.75), (64, 0.75)):
        size = (int(image.width * scale), int(image.height * scale))
        small = image.resize(size, Image.Resampling.LANCZOS) if scale != 1 else image
        written = BytesIO()
        small.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            written, "PNG", optimize=True
        )
        if len(written.getvalue()) < MOST_BYTES:
            break
    (IMAGES / f"{name}.png").write_bytes(written.getvalue())
    print(f"{name}.png {len(written.getvalue()) // 1000} kB {size[0]}×{size[1]}")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
