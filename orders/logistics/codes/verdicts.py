"""What a checkpoint is told about a code. One table, the same on the server and on the phone; it waits for no network.

A ruling names every reason that holds, the gravest first; the verdict is that of the gravest. `genuine` stands alone.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from orders.logistics.codes.bundle import Area, Bundle, TrustedKey
from orders.logistics.codes.payload import Payload, UnreadableError, crew_hash
from orders.logistics.codes.signing import Envelope, is_signed_by
from orders.logistics.codes.text import read_text, tidy_check_code

PASS, CHECK, HOLD, REFUSE, UNKNOWN = "pass", "check", "hold", "refuse", "unknown"

# Reason → verdict. Within a verdict the earlier reason is said first.
VERDICTS: dict[str, str] = {
    "bad_signature": REFUSE,
    "bad_key": REFUSE,
    "specimen": REFUSE,
    "pass_revoked": REFUSE,
    "by_hand": REFUSE,
    "trip_ended": REFUSE,
    "broken_down": REFUSE,
    "expired": REFUSE,
    "copied": HOLD,
    "never_issued": HOLD,
    "pass_suspended": HOLD,
    "unfit": HOLD,
    "crew_changed": HOLD,
    "not_yet": HOLD,
    "area_closed": HOLD,
    "clock_wrong": UNKNOWN,
    "no_bundle": UNKNOWN,
    "stale_bundle": UNKNOWN,
    "unreadable": UNKNOWN,
    "not_found": UNKNOWN,
    "goods_changed": CHECK,
    "renewed": CHECK,
    "newer_than_bundle": CHECK,
    "not_here": CHECK,
    "genuine": PASS,
}
_ORDER = {reason: place for place, reason in enumerate(VERDICTS)}
ALARMS = ("copied", "never_issued", "bad_key", "clock_wrong")  # what a person must look into, the first that holds

FRESH_S, USABLE_S = 3_600, 12 * 3_600
SKEW_S = 300  # no clock is better than this
EARTH_M = 6_371_000


@dataclass(frozen=True)
class Spot:
    """Where the checkpoint stands: the twelve-digit code of its place and maybe its point."""

    place: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Moment:
    """What a device knows when it is asked.

    `now` is its clock. `floor` is the latest moment it knows to be past (its newest record, the last answer of the server): a
    clock set back is seen by it. `phone` is the driver's number if the officer asked for it; `is_copied` says that the code was
    seen elsewhere too short a time ago.
    """

    now: int
    floor: int = 0
    spot: Spot | None = None
    phone: str | None = None
    is_copied: bool = False


@dataclass(frozen=True)
class Ruling:
    verdict: str
    reasons: tuple[str, ...]
    alarm: str = ""
    payload: Payload | None = None  # only where the signature is good


def rule(reasons: list[str], payload: Payload | None = None, *, is_signed: bool = True) -> Ruling:
    """The ruling for these reasons; none at all is `genuine`."""
    ordered = tuple(sorted(dict.fromkeys(reasons), key=_ORDER.__getitem__)) or ("genuine",)
    alarm = next((reason for reason in ALARMS if reason in ordered), "") if is_signed else ""
    return Ruling(VERDICTS[ordered[0]], ordered, alarm, payload)


def age_word(bundle: Bundle | None, now: int) -> str:
    """`none`, `fresh`, `usable` or `stale`."""
    if bundle is None:
        return "none"
    age = now - bundle.issued_at
    return "fresh" if age < FRESH_S else "usable" if age < USABLE_S else "stale"


def judge_text(text: str, bundle: Bundle | None, moment: Moment) -> Ruling:
    """What to do with the truck whose square says this."""
    try:
        envelope, payload = read_text(text)
    except UnreadableError:
        return rule(["unreadable"], is_signed=False)
    if bundle is None:
        return rule(["no_bundle"], is_signed=False)
    wrong = _signature(envelope, payload, bundle, moment)
    if wrong:
        return rule([wrong], is_signed=wrong == "bad_key" and _key(envelope.kid, bundle) is not None)
    reasons = [
        *_device(bundle, moment),
        *_life(payload.short, payload, bundle),
        *_times(payload.not_before, payload.expires, bundle, moment),
        *_place(payload, bundle, moment),
        *(["specimen"] if payload.is_specimen else []),
        *(["copied"] if moment.is_copied else []),
    ]
    said = payload.crew_hash
    if moment.phone is not None and crew_hash(payload.token, moment.phone, len(said)) != said:
        reasons.append("crew_changed")
    return rule(reasons, payload)


def judge_typed(number: int, check: str, bundle: Bundle | None, moment: Moment) -> Ruling:
    """The same for a sheet whose square cannot be read: twelve digits and four letters, looked up in the register."""
    if bundle is None:
        return rule(["no_bundle"], is_signed=False)
    check = tidy_check_code(check)
    found = next((row for row in bundle.register if row.number == number and row.check == check), None)
    if found is None:
        return rule([*_device(bundle, moment), "not_found"], is_signed=False)
    reasons = [*_device(bundle, moment), *_times(found.not_before, found.expires, bundle, moment)]
    return rule([*reasons, *(["copied"] if moment.is_copied else [])])


def _now(bundle: Bundle, moment: Moment) -> int:
    """The device's clock, but never before what is known to be past."""
    return max(moment.now, moment.floor, bundle.issued_at)


def _device(bundle: Bundle, moment: Moment) -> Iterator[str]:
    if moment.now + SKEW_S < max(moment.floor, bundle.issued_at):
        yield "clock_wrong"
    if age_word(bundle, _now(bundle, moment)) == "stale":
        yield "stale_bundle"


def _key(kid: bytes, bundle: Bundle) -> TrustedKey | None:
    return next((key for key in bundle.keys if key.key.kid == kid), None)


def _signature(envelope: Envelope, payload: Payload, bundle: Bundle, moment: Moment) -> str:
    """Why the signature does not count; empty where it does. A key that came after a stale bundle is nobody's fault."""
    key = _key(envelope.kid, bundle)
    if key is None:
        return "stale_bundle" if age_word(bundle, _now(bundle, moment)) == "stale" else "bad_key"
    if not is_signed_by(envelope, key.key):
        return "bad_signature"
    in_time = key.valid_from - SKEW_S <= payload.issued_at <= key.valid_to + SKEW_S
    return "" if key.state != "withdrawn" and in_time else "bad_key"


def _life(short: bytes, payload: Payload, bundle: Bundle) -> Iterator[str]:
    """Withdrawn, unknown to the register, or signed after the bundle was made. A specimen is in no register."""
    revoked = next((row for row in bundle.revoked if row.short == short), None)
    if revoked is not None:
        yield revoked.end if revoked.end in VERDICTS else "by_hand"
    elif not payload.is_specimen and all(row.short != short for row in bundle.register):
        yield "newer_than_bundle" if payload.issued_at > bundle.issued_at else "never_issued"


def _times(not_before: int, expires: int, bundle: Bundle, moment: Moment) -> Iterator[str]:
    now = _now(bundle, moment)
    if now >= expires:
        yield "expired"
    elif now < not_before:
        yield "not_yet"


def _place(payload: Payload, bundle: Bundle, moment: Moment) -> Iterator[str]:
    """Whether the way leads through a closed area, and whether this checkpoint is on it."""
    now, spot = _now(bundle, moment), moment.spot
    if any(_is_closed(area, payload, spot) for area in bundle.areas if area.starts <= now < (area.ends or now + 1)):
        yield "area_closed"
    if spot is not None and spot.place and not any(_covers(f"{code}000000", spot.place) for code in payload.counties):
        yield "not_here"


def _is_closed(area: Area, payload: Payload, spot: Spot | None) -> bool:
    """The checkpoint lies in it; or it is as wide as a county and the route begins or ends in it.

    Of a closed township a code does not tell whether the truck goes there: the server withdraws such codes.
    """
    if not area.is_closed:
        return False
    if area.radius_m is not None:
        return spot is not None and _within(area, spot)
    if spot is not None and spot.place and _covers(area.place, spot.place):
        return True
    return area.place.endswith("000000") and any(_covers(area.place, f"{code}000000") for code in payload.route)


def _covers(place: str, other: str) -> bool:
    """Whether the second place is the first or lies in it."""
    return other.startswith(_stem(place))


def _stem(place: str) -> str:
    """The digits that all that lies in a place begins with: 2 of a province, 4 of a city, 6 of a county, 9 of a township."""
    for digits in (2, 4, 6, 9):
        if not place[digits:].strip("0"):
            return place[:digits]
    return place


def _within(area: Area, spot: Spot) -> bool:
    if None in (area.lat, area.lon, spot.lat, spot.lon) or area.radius_m is None:
        return False
    lat1, lon1, lat2, lon2 = (math.radians(float(v or 0)) for v in (area.lat, area.lon, spot.lat, spot.lon))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(h)) <= area.radius_m
