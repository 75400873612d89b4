"""Cases of what a checkpoint is told, for both sides: Python here and the phone's script in the browser.

`python -m tests.logistics.verdict_vectors` writes `verdict_vectors.json` anew: keys, times and tokens are always the same, only
signatures differ. The file:

- `bundle_key`: {kid, x, y} in hex, the key that is pinned;
- `bundles`: name → the signed bundle in hex;
- `cases`: each with `name`; `text` (or `number` and `check`, typed); `bundle` (a name or null); what the device knows: `now` and
  `floor` (unix seconds), `spot` (null or {place, lat, lon}), `phone` (null or E.164), `copied`; and what must come out: `verdict`,
  `reasons` in this order, `alarm` ("" for none), `age` of the bundle by the later of `now`
  and `floor`, `plate` ("" where nothing is known).
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from orders.logistics.codes.bundle import Area, Bundle, Registered, Revoked, TrustedKey
from orders.logistics.codes.keys import KeyPair, key_pair_of
from orders.logistics.codes.payload import Payload, crew_hash
from orders.logistics.codes.signing import sign
from orders.logistics.codes.text import sign_text
from orders.logistics.codes.verdicts import ALARMS, VERDICTS

FILE = Path(__file__).with_name("verdict_vectors.json")
HOUR = 3_600
NOW = 1_628_402_400  # 8 August 2021, 14:00 in Zhuzhou
PHONE = "+8613800000000"
BAIGUAN = "430202105000"  # where the goods come from
LILING, YOUXIAN = "430281000000", "430223000000"


def pair(name: str) -> KeyPair:
    """Always the same key for a name. For tests only."""
    number = int.from_bytes(hashlib.sha256(f"test key {name}".encode()).digest()[:31], "big")
    return key_pair_of(hashlib.sha256(name.encode()).digest()[:8], ec.derive_private_key(number, ec.SECP256R1()))


BUNDLE_KEY, ACTIVE, WAITING, RETIRED, WITHDRAWN, STRANGER = map(
    pair, ("bundle", "active", "waiting", "retired", "withdrawn", "stranger")
)


def payload(name: str, **facts: Any) -> Payload:
    """A truck of 5 t from Lusong to Tianyuan, signed an hour ago, good from then for six hours."""
    token = hashlib.sha256(f"token {name}".encode()).digest()[:16]
    values = {
        "issuer": "police",
        "token": token,
        "not_before": NOW - HOUR,
        "expires": NOW + 5 * HOUR,
        "issued_at": NOW - HOUR,
        "plate": "湘B12345",
        "plate_class": "blue",
        "counties": (430202, 430211),
        "route": (430202, 430211),
        "manifest": 1024,
        "manifest_hash": hashlib.sha256(name.encode()).digest()[:16],
        "crew_hash": crew_hash(token, PHONE),
        "number": 430200000001,
        "rated_kg": 4995,
        "rules": 3,
        **facts,
    }
    return Payload(**values)


class Bench:
    """Codes as they are signed, and the bundle that knows of them."""

    def __init__(self) -> None:
        self.register: list[Registered] = []
        self.revoked: list[Revoked] = []
        self.bundles: dict[str, str] = {}
        self.cases: list[dict[str, Any]] = []

    def code(self, name: str, *, by: KeyPair = ACTIVE, end: str = "", registered: bool = True, **facts: Any) -> str:
        """The text of a code that the register (or, with `end`, the revocations) knows."""
        made = payload(name, **facts)
        text, check = sign_text(made, by)
        self.last_check = check
        if end:
            self.revoked.append(Revoked(made.short, end, NOW - 600))
        elif registered:
            self.register.append(Registered(made.short, made.number, check, made.plate, made.not_before, made.expires))
        return text

    def case(self, name: str, text: str = "", *reasons: str, verdict: str = "", **facts: Any) -> None:
        """The verdict is that of the first reason, unless it is given."""
        said = reasons or ("genuine",)
        known = {"plate": "湘B12345"} if facts.pop("known", True) else {"plate": ""}
        self.cases.append(
            {
                "name": name,
                **({"text": text} if text else {}),
                "bundle": "fresh",
                "now": NOW,
                "floor": 0,
                "spot": None,
                "phone": None,
                "copied": False,
                "age": "fresh",
                **known,
                "verdict": verdict or VERDICTS[said[0]],
                "reasons": list(said),
                "alarm": next((alarm for alarm in ALARMS if alarm in said), ""),
                **facts,
            }
        )


def make_vectors() -> dict[str, Any]:
    bench = Bench()
    _codes_and_keys(bench)
    _withdrawn(bench)
    _devices(bench)
    _places(bench)
    _typed(bench)
    _bundles(bench)
    public = BUNDLE_KEY.public
    return {
        "bundle_key": {"kid": public.kid.hex(), "x": public.x.hex(), "y": public.y.hex()},
        "bundles": bench.bundles,
        "cases": bench.cases,
    }


def _codes_and_keys(bench: Bench) -> None:
    genuine = bench.code("genuine")
    bench.case("genuine", genuine)
    bench.case("genuine, the driver's number given", genuine, phone=PHONE)
    bench.case("genuine, another driver", genuine, "crew_changed", phone="+8613900000000")
    whole = crew_hash(payload("whole").token, PHONE, 16)
    before = bench.code("whole", crew_hash=whole)
    bench.case("signed with the whole crew hash, the driver's number given", before, phone=PHONE)
    bench.case("signed with the whole crew hash, another driver", before, "crew_changed", phone="+8613900000000")
    nearly = bench.code("nearly", crew_hash=crew_hash(payload("nearly").token, PHONE) + bytes(14))
    bench.case("the whole crew hash, of which only the start is right", nearly, "crew_changed", phone=PHONE)
    bench.case("a crew hash of one byte", bench.code("one byte", crew_hash=b"1"), "unreadable", known=False)
    bench.case("a crew hash too long", bench.code("long", crew_hash=bytes(17)), "unreadable", known=False)
    bench.case("altered by one character", altered(genuine), "bad_signature", alarm="", known=False)
    bench.case("cut short", genuine[:-9], "unreadable", known=False)
    bench.case("another prefix", "HC1:" + genuine[4:], "unreadable", known=False)
    bench.case("not a code at all", "https://example.com/", "unreadable", known=False)
    bench.case("the last second", genuine, now=NOW + 5 * HOUR - 1, bundle="late")
    bench.case("expired", genuine, "expired", now=NOW + 5 * HOUR, bundle="late")
    bench.case("not yet", bench.code("not yet", not_before=NOW + 1), "not_yet")
    bench.case("specimen", bench.code("specimen", is_specimen=True, registered=False), "specimen")
    bench.case("by a key about to be used", bench.code("waiting", by=WAITING))
    bench.case("by a retired key, before it retired", bench.code("retired", by=RETIRED, issued_at=NOW - 50 * HOUR))
    late = bench.code("retired late", by=RETIRED)
    bench.case("by a retired key, after it retired", late, "bad_key", known=False)
    bench.case("by a withdrawn key", bench.code("stolen", by=WITHDRAWN), "bad_key", known=False)
    bench.case("by an unknown key", bench.code("strange", by=STRANGER), "bad_key", alarm="", known=False)
    forged = sign_text(payload("forged"), replace(STRANGER, public=replace(STRANGER.public, kid=ACTIVE.public.kid)))[0]
    bench.case("by an unknown key under a known name", forged, "bad_signature", alarm="", known=False)
    bench.case("signed but never issued", bench.code("never", registered=False), "never_issued")
    newer = bench.code("newer", registered=False, issued_at=NOW - 100)
    bench.case("signed after the bundle was made", newer, "newer_than_bundle")
    bench.case("copied", genuine, "copied", copied=True)
    bench.case("transfer", bench.code("transfer", kind="transfer"))
    bench.case("empty return", bench.code("return", kind="empty_return"))


def altered(text: str) -> str:
    """One letter of the signature's last triple is another; it still reads as Base45."""
    place = len(text) - 6
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def _withdrawn(bench: Bench) -> None:
    ends = ("goods_changed", "renewed", "crew_changed", "trip_ended", "broken_down")
    for end in (*ends, "pass_suspended", "pass_revoked", "unfit", "by_hand"):
        bench.case(f"withdrawn: {end}", bench.code(end, end=end), end)
    bench.case("withdrawn for a reason that is new to the device", bench.code("other", end="some_day"), "by_hand")
    bench.case("revoked and expired", bench.code("old", end="renewed", expires=NOW - 1), "expired", "renewed")
    bench.code("back", end="by_hand")
    bench.revoked.pop()
    bench.case("un-revoked", bench.code("back"))


def _devices(bench: Bench) -> None:
    genuine = bench.code("device")
    gone = bench.code("device gone", end="pass_revoked")
    changed = bench.code("device changed", end="goods_changed")
    bench.case("no bundle", genuine, "no_bundle", bundle=None, age="none", known=False)
    bench.case("an amber bundle", genuine, bundle="usable", age="usable")
    bench.case("a stale bundle", genuine, "stale_bundle", bundle="stale", age="stale")
    bench.case("a stale bundle, revoked", gone, "pass_revoked", "stale_bundle", bundle="stale", age="stale")
    both = ("stale_bundle", "goods_changed")
    bench.case("a stale bundle, to be checked", changed, *both, bundle="stale", age="stale")
    strange = bench.code("device strange", by=STRANGER)
    bench.case(
        "a stale bundle, a key it cannot know", strange, "stale_bundle", bundle="stale", age="stale", known=False
    )
    back = {"now": NOW - 3 * HOUR}
    bench.case("the clock set back before the bundle", genuine, "clock_wrong", **back)
    bench.case("the clock set back before the newest record", genuine, "clock_wrong", floor=NOW + HOUR, age="usable")
    old = bench.code("device old", expires=NOW - HOUR)
    bench.case("expired, the clock set back", old, "expired", "clock_wrong", **back)
    bench.case("a few minutes of skew", genuine, now=NOW - 400, floor=NOW - 200)
    bench.case("the clock far ahead", genuine, "expired", "stale_bundle", now=NOW + 90 * HOUR, age="stale")


def _places(bench: Bench) -> None:
    here = {"place": "430202000000", "lat": 27.85, "lon": 113.16}
    genuine = bench.code("place")
    bench.case("at a checkpoint on the way", genuine, spot=here)
    away = {"place": "430224000000", "lat": 26.8, "lon": 113.5}
    bench.case("at a checkpoint elsewhere", genuine, "not_here", spot=away)
    city = bench.code("city", counties=(430200,), route=(430200, 430200))
    bench.case("a pass of the whole city", city, spot=away)
    closed = bench.code("closed", counties=(430202, 430281), route=(430202, 430281))
    bench.case("to a closed county", closed, "area_closed")
    bench.case("the county is not closed any more", closed, now=NOW + 3 * HOUR, bundle="late")
    inside = {"place": "430281102000", "lat": 27.6, "lon": 113.4}
    bench.case("the checkpoint is in the closed county", genuine, "area_closed", "not_here", spot=inside)
    circle = {"place": "430211000000", "lat": 27.80, "lon": 113.10}
    bench.case("the checkpoint is in a closed circle", genuine, "area_closed", spot=circle)
    through = bench.code("risk", counties=(430202, 430223), route=(430202, 430223))
    bench.case("to a county at risk that is open", through)


def _typed(bench: Bench) -> None:
    bench.code("typed", number=430200000777, plate="湘B77777")
    check = bench.last_check
    typed = {"number": 430200000777, "check": check}
    bench.case("typed", plate="湘B77777", **typed)
    spaced = {"number": 430200000777, "check": f" {check[:2].lower()}-{check[2:].lower()}"}
    bench.case("typed in small letters with a dash", plate="湘B77777", **spaced)
    wrong = {"number": 430200000778, "check": check}
    bench.case("typed wrong", "", "not_found", known=False, **wrong)
    bench.case("typed, no bundle", "", "no_bundle", known=False, **{**typed, "bundle": None, "age": "none"})
    bench.case("typed, stale", "", "stale_bundle", plate="湘B77777", **{**typed, "bundle": "stale", "age": "stale"})
    late = {"now": NOW + 5 * HOUR, "bundle": "late"}
    bench.case("typed, expired", "", "expired", plate="湘B77777", **{**typed, **late})


def _bundles(bench: Bench) -> None:
    month = 30 * 24 * HOUR
    fresh = Bundle(
        serial=7,
        issued_at=NOW - 600,
        keys=(
            TrustedKey(ACTIVE.public, NOW - 10 * 24 * HOUR, NOW + month, "active"),
            TrustedKey(WAITING.public, NOW - 24 * HOUR, NOW + 2 * month, "waiting"),
            TrustedKey(RETIRED.public, NOW - month, NOW - 40 * HOUR, "retired"),
            TrustedKey(WITHDRAWN.public, NOW - month, NOW + month, "withdrawn"),
        ),
        register=tuple(bench.register),
        revoked=tuple(bench.revoked),
        areas=(
            Area("醴陵市", "high", True, NOW - HOUR, NOW + 2 * HOUR, LILING),
            Area("攸县", "medium", False, NOW - HOUR, 0, YOUXIAN),
            Area("天元区某小区", "high", True, NOW - HOUR, 0, "430211001000", 27.801, 113.101, 500),
        ),
        rules=((3, NOW - month, 0, True, 48, "封控期间通行规则"),),
        roster=((1, "白关收费站查验点", 27.85, 113.16, BAIGUAN),),
    )
    ages = {"fresh": 600, "usable": 2 * HOUR, "stale": 13 * HOUR}
    made = {name: replace(fresh, issued_at=NOW - age) for name, age in ages.items()}
    made["late"] = replace(fresh, serial=8, issued_at=NOW + 3 * HOUR - 60)
    for case in bench.cases:
        if case["bundle"] == "late":
            case["age"] = "fresh" if case["now"] - made["late"].issued_at < HOUR else "usable"
    bench.bundles = {name: sign(bundle.to_bytes(), BUNDLE_KEY).hex() for name, bundle in made.items()}


if __name__ == "__main__":
    FILE.write_text(json.dumps(make_vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
