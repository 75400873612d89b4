"""What verifying a pass code costs: on the server, in a browser, and in bytes. A measured claim, printed as a table.

    python -m benchmarks.verify [--codes 2000] [--seconds 5]

A prefecture's day: 2,000 live codes in one signed bundle. Verifying is everything from the text of the square to the verdict:
Base45, CBOR, the ES256 signature, register, revocations, areas, times. The browser is headless Chromium with the page's own
modules and WebCrypto. Without Chromium its rows are left out.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import segno

from orders.logistics.codes.bundle import Area, Bundle, Registered, Revoked, TrustedKey
from orders.logistics.codes.keys import KeyPair, make_key_pair
from orders.logistics.codes.payload import Payload, crew_hash
from orders.logistics.codes.signing import open_signed, sign
from orders.logistics.codes.text import sign_text
from orders.logistics.codes.verdicts import Moment, judge_text

ROOT = Path(__file__).resolve().parents[1]
HOUR = 3600
REVOKED_SHARE = 10
MOST_BUNDLE_BYTES = 100_000
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")
RUN = """
async ({ pin, bundle, texts, now, seconds }) => {
  const at = "/static/logistics/checkpoint/";
  const { openBundle } = await import(at + "bundle.js");
  const { judgeText } = await import(at + "verdicts.js");
  const bytes = Uint8Array.from(atob(bundle), (letter) => letter.charCodeAt(0));
  const began = performance.now();
  const opened = await openBundle(bytes, pin);
  const opening = performance.now() - began;
  const moment = { now, floor: now, spot: null, phone: null, isCopied: false };
  let count = 0;
  let green = 0;
  const start = performance.now();
  while (performance.now() - start < seconds * 1000) {
    const ruling = await judgeText(texts[count % texts.length], opened, moment);
    green += ruling.verdict === "pass" ? 1 : 0;
    count += 1;
  }
  return { opening, rate: count / ((performance.now() - start) / 1000), allGreen: green === count };
}
"""


def payload(number: int, now: int) -> Payload:
    token = secrets.token_bytes(16)
    return Payload(
        issuer="transport", token=token, not_before=now - HOUR, expires=now + 20 * HOUR, issued_at=now - HOUR,
        plate="湘B12345", plate_class="yellow", counties=(430202, 430211), route=(430202, 430211), manifest=10_000 + number,
        manifest_hash=secrets.token_bytes(16), crew_hash=crew_hash(token, "+8613800000000"), number=430200000000 + number,
        rated_kg=14_995, rules=3,
    )  # fmt: skip


def make(count: int, now: int, active: KeyPair, bundler: KeyPair) -> tuple[list[str], bytes, float]:
    """The texts, the signed bundle, and codes signed in a second."""
    payloads = [payload(number, now) for number in range(count)]
    began = time.perf_counter()
    signed = [sign_text(one, active) for one in payloads]
    rate = count / (time.perf_counter() - began)
    register = [
        Registered(one.short, one.number, check, one.plate, one.not_before, one.expires)
        for one, (_text, check) in zip(payloads, signed, strict=True)
    ]
    revoked = [Revoked(secrets.token_bytes(8), "renewed", now) for _ in range(count // REVOKED_SHARE)]
    areas = [Area(f"封控区{n}", "high", True, now, 0, f"43028110{n % 10}000") for n in range(50)]
    bundle = Bundle(
        17, now, keys=(TrustedKey(active.public, now - HOUR, now + 720 * HOUR, "active"),), register=tuple(register),
        revoked=tuple(revoked), areas=tuple(areas), roster=tuple((n, f"查验点{n}", 27.8, 113.1, "430202000000") for n in range(40)),
    )  # fmt: skip
    return [text for text, _check in signed], sign(bundle.to_bytes(), bundler), rate


def server_rate(texts: list[str], bundle: Bundle, now: int, seconds: float) -> float:
    moment, count, turns = Moment(now, now), 0, itertools.cycle(texts)
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        ruling = judge_text(next(turns), bundle, moment)
        if ruling.verdict != "pass":
            raise SystemExit(f"a genuine code was judged {ruling.reasons}")
        count += 1
    return count / (time.perf_counter() - began)


class Files(SimpleHTTPRequestHandler):
    """The page's modules and the library as the site serves them."""

    FOLDERS = (
        ("/static/logistics/", ROOT / "orders/logistics/static/logistics"),
        ("/static/vendor/cborg/", ROOT / "node_modules/cborg/lib"),
    )
    extensions_map = {".js": "text/javascript", "": "text/html"}

    def translate_path(self, path: str) -> str:
        for prefix, folder in self.FOLDERS:
            if path.startswith(prefix):
                return str(folder / path.removeprefix(prefix))
        return str(ROOT / "benchmarks" / "bare" / "nothing")

    def log_message(self, *_args: object) -> None:
        """Quiet."""


def in_browser(facts: dict) -> dict:
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page()
            # A secure context of the same origin; what it answers does not matter.
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/static/logistics/checkpoint/base45.js")
            answer = page.evaluate(RUN, facts)
            browser.close()
            return answer
    finally:
        server.shutdown()


def kept_bytes() -> int:
    """Of the page's own modules and the parts of the libraries they import, as they travel."""
    folders = [ROOT / "orders/logistics/static/logistics/checkpoint", ROOT / "node_modules/jsqr/dist"]
    files = [path for folder in folders for path in folder.glob("*.js")]
    files += [
        ROOT / "node_modules/cborg/lib" / f"{name}.js" for name in ("decode", "encode", "jump", "token", "byte-utils")
    ]
    return sum(len(gzip.compress(path.read_bytes())) for path in files)


def rows_of(count: int, seconds: float) -> list[tuple[str, str]]:
    import base64

    now, active, bundler = int(time.time()), make_key_pair(), make_key_pair()
    texts, signed, signing = make(count, now, active, bundler)
    began = time.perf_counter()
    bundle = Bundle.from_bytes(open_signed(signed, [bundler.public]))
    opening = time.perf_counter() - began
    squares: list[Callable] = [partial(segno.make_qr, texts[0], error=level, boost_error=False) for level in ("m", "q")]
    small, large = (square() for square in squares)
    rows = [
        (
            "code, characters (bytes in the square's alphanumeric mode)",
            f"{len(texts[0])} ({round(len(texts[0]) * 5.5 / 8)})",
        ),
        ("square on a screen, level M", f"version {small.version}, {small.symbol_size(border=0)[0]} modules"),
        ("square on paper, level Q", f"version {large.version}, {large.symbol_size(border=0)[0]} modules"),
        ("module of a 60 mm square on paper", f"{60 / large.symbol_size(border=0)[0]:.2f} mm"),
        (f"bundle of {count:,} codes, {count // REVOKED_SHARE} revocations, 50 areas", f"{len(signed):,} bytes"),
        ("the same, compressed on the way", f"{len(gzip.compress(signed)):,} bytes"),
        ("page's scripts, compressed", f"{kept_bytes():,} bytes"),
        ("server: signing", f"{signing:,.0f} codes a second"),
        ("server: opening the bundle", f"{opening * 1000:.0f} ms"),
        ("server: verifying", f"{server_rate(texts, bundle, now, seconds):,.0f} codes a second"),
    ]
    if CHROMIUM:
        key = bundler.public
        facts = {
            "pin": {"kid": key.kid.hex(), "x": key.x.hex(), "y": key.y.hex()},
            "bundle": base64.b64encode(signed).decode(), "texts": texts, "now": now, "seconds": seconds,
        }  # fmt: skip
        answer = in_browser(facts)
        if not answer["allGreen"]:
            raise SystemExit("the browser did not say pass of a genuine code: " + json.dumps(answer))
        rows.append(("browser: opening the bundle", f"{answer['opening']:.0f} ms"))
        rows.append(("browser: verifying", f"{answer['rate']:,.0f} codes a second"))
    if count <= 2000 and len(signed) > MOST_BUNDLE_BYTES:
        raise SystemExit("the bundle is larger than 100 kB")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codes", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5)
    asked = parser.parse_args()
    for label, value in rows_of(asked.codes, asked.seconds):
        print(f"{label:66}{value:>32}")


if __name__ == "__main__":
    main()
