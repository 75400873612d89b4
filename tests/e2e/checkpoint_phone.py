"""An officer's phone in a browser test: one visit with a network, then none; what is typed, what is shown, what is filmed."""

import io
from pathlib import Path

import segno
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.checkpoint_urls import SHELF
from tests.factories.checkpoints import Code, Signers

URL = "/logistics/checkpoint/"
NO_NETWORK = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED")
WORDS = {
    "pass": "放行", "check": "核对后放行", "hold": "先停下", "refuse": "不能通行", "unknown": "无法判断",
}  # fmt: skip


def lay(signers: Signers, **facts: object) -> None:
    SHELF["bundle"] = signers.bundle(**facts)


def visit_once(page: Page) -> Page:
    """The one visit with a network: page, files and bundle are on the phone afterwards."""
    page.goto(URL)
    expect(page.locator("#ready")).to_have_attribute("data-ready", "yes")
    expect(page.locator("#age")).not_to_have_attribute("data-age", "none")
    expect(page.locator("body")).to_have_attribute("data-screen", "ask")
    return page


def go_offline(page: Page) -> None:
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-screen", "ask")


def forget_offline_noise(page: Page) -> None:
    page.complaints[:] = [line for line in page.complaints if not any(one in line for one in NO_NETWORK)]


def type_in(page: Page, text: str) -> None:
    if page.locator("#again").is_visible():
        page.locator("#again").tap()
    page.fill("#code", text)
    page.get_by_role("button", name="查验", exact=True).tap()


def expect_verdict(page: Page, verdict: str, *reasons: str) -> None:
    expect(page.locator("#sign")).to_have_attribute("data-verdict", verdict)
    expect(page.locator("#word")).to_have_text(WORDS[verdict])
    expect(page.locator(f'.sign-icon[data-for="{verdict}"]')).to_be_visible()
    said = page.locator("#say li").evaluate_all("rows => rows.map(row => row.dataset.reason)")
    assert said == list(reasons)


def altered(text: str) -> str:
    """One character of the signature is another one."""
    at = len(text) - 20
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def recorded(path: Path, code: Code) -> Path:
    """A film of one second that shows the code's square, as the camera would."""
    png = io.BytesIO()
    segno.make_qr(code.text, error="m", mode=None).save(png, kind="png", scale=5, border=4)
    square = Image.open(png).convert("L")
    width, height = 960, 720
    frame = Image.new("L", (width, height), 200)
    frame.paste(square, ((width - square.width) // 2, (height - square.height) // 2))
    grey = bytes([128]) * (width * height // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F5:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(5):
            film.write(b"FRAME\n" + frame.tobytes() + grey)
    return path
