"""The signed strip of a trip: issued when it is cleared, signed anew when goods or crew change, withdrawn, restored.

Call these inside the transaction that changes the trip, with the trip locked; locks go on to pass and code.
"""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.actions.states import move
from market.exceptions import WrongState
from market.models import User
from market.permissions import require
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.dispatch_notices import tell_desks
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.signer_keys import lock_active_key, pair_of
from orders.logistics.codes.payload import CREW_BYTES, TOKEN_BYTES, Payload
from orders.logistics.codes.payload import crew_hash as salted
from orders.logistics.codes.text import sign_text
from orders.logistics.enums import CODE_MOVES, CodeEnd, CodeKind, CodeState, KeyPurpose, KeyState, PassState, TripState
from orders.logistics.models import Load, Pass, PassCode, Rules, Trip
from orders.logistics.permissions_passes import can_stop_pass, checks_by_voice
from orders.logistics.queries.code_grounds import CODED_TRIPS, Span, let_through, span_of_code, span_of_return
from orders.logistics.queries.fitness import rules_for
from orders.logistics.queries.manifests import crew_hash, manifest_hash

RESTORABLE = frozenset({CodeEnd.BY_HAND, CodeEnd.PASS_SUSPENDED})


@transaction.atomic
def issue_code(
    trip: Trip, *, by: User | None, at: dt.datetime | None = None, end: CodeEnd = CodeEnd.RENEWED
) -> PassCode | None:
    """A cleared or running trip has a fresh live code; the one before is withdrawn as `end`. `by` None is the clock.

    None where the rules of its day ask for no pass or the trip has none: then there is no live code either. Whoever clears the
    trip has asked whether it may run. Locks: trip, pass, code. Raises: WrongState, NoGroundsForCode, KeyUnreadable.
    """
    at = at or timezone.now()
    trip = lock_one(Trip, trip.pk)
    if trip.state not in CODED_TRIPS:
        raise WrongState(state=trip.get_state_display())
    rules = rules_for(trip.day)
    if rules is None or not rules.pass_needed or trip.green_pass_id is None:
        withdraw_code(trip, end, by=by, at=at)
        return None
    green_pass = lock_one(Pass, trip.green_pass_id)
    span = span_of_code(trip, green_pass, rules, at)
    if span.is_empty or (green_pass.state != PassState.ISSUED and not let_through(trip, at).covers_pass):
        raise pass_refusals.NoGroundsForCode
    withdraw_code(trip, end, by=by, at=at)
    return _sign(trip, green_pass, rules, span, _kind_of(trip), by=by, at=at)


def withdraw_code(
    trip: Trip, end: CodeEnd, *, by: User | None, at: dt.datetime | None = None, reason: str = ""
) -> PassCode | None:
    """The trip has no live code. Returns the one that was; a repeat returns None and changes nothing. Locks: code."""
    live = PassCode.objects.live().select_for_update(no_key=True).filter(trip=trip).first()
    return _withdraw(live, end, by=by, at=at, reason=reason) if live else None


@transaction.atomic
def refresh_code(trip: Trip, *, by: User | None, at: dt.datetime | None = None) -> PassCode | None:
    """If goods, crew or pass are not those that the live code names, another one says how it is now.

    None without a live code, or where nothing carries it any more: then it is withdrawn. A repeat changes nothing. Locks: trip,
    pass, code. Raises: KeyUnreadable.
    """
    at = at or timezone.now()
    if not PassCode.objects.live().filter(trip=trip).exists():
        return None
    trip = lock_one(Trip, trip.pk)
    code = PassCode.objects.live().filter(trip=trip).first()
    if code is None:
        return None
    end = _what_changed(code, trip)
    if end is None:
        return code
    try:
        return issue_code(trip, by=by, at=at, end=end)
    except pass_refusals.NoGroundsForCode:
        withdraw_code(trip, CodeEnd.UNFIT, by=by, at=at)
        return None


def end_codes(trip: Trip, *, by: User | None, at: dt.datetime | None = None) -> PassCode | None:
    """A trip that ended has no code for goods. After one that ran the truck has a code for the empty way home.

    Called with the trip locked, after its state has changed. Locks: pass, code.
    """
    at = at or timezone.now()
    old = withdraw_code(trip, CodeEnd.TRIP_ENDED, by=by, at=at)
    if old is None or trip.state != TripState.COMPLETED or trip.green_pass_id is None:
        return None
    green_pass = lock_one(Pass, trip.green_pass_id)
    span = span_of_return(trip, green_pass, at)
    if span.is_empty or green_pass.state != PassState.ISSUED:
        return None
    return _sign(trip, green_pass, rules_for(trip.day), span, CodeKind.EMPTY_RETURN, by=by, at=at)


@transaction.atomic
def withdraw_by_hand(code: PassCode, *, reason: str, by: User) -> PassCode:
    """A checkpoint refuses this code from its next bundle on; desks and carrier are told, or the driver learns it there.

    Locks: trip, pass, code. Raises: NotAllowed, ReasonNeeded, WrongState (also the second time).
    """
    code = _lock_with_trip(code)
    require(code.green_pass is not None and can_stop_pass(by, code.green_pass))
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    code = _withdraw(code, CodeEnd.BY_HAND, by=by, at=None, reason=reason.strip())
    _tell(code, "withdrawn", gettext_noop("%(plate)s 的通行码已被作废：%(why)s"), why=reason.strip()[:200])
    return code


@transaction.atomic
def restore_code(code: PassCode, *, by: User | None, at: dt.datetime | None = None) -> PassCode:
    """A code withdrawn by mistake counts again: the truck need print nothing. Locks: trip, pass, code.

    Whether the trip may run the caller has asked. Raises: NotAllowed, WrongState (it is live), CodeNotRestorable (it ended for
    another reason, expired, its pass or key does not count, goods or crew are others, or the trip has another one).
    """
    code = _lock_with_trip(code)
    require(by is None or (code.green_pass is not None and can_stop_pass(by, code.green_pass)))
    old = move(code, "state", CodeState.LIVE, CODE_MOVES)
    if not may_be_restored(code, at or timezone.now()):
        raise pass_refusals.CodeNotRestorable
    code.end, code.ended_at = "", None
    code.save(update_fields=["state", "end", "ended_at"])
    record(code, "restored", by=by, from_state=old, to_state=code.state)
    if by is not None:  # what comes back with its pass is told with it
        _tell(code, "restored", gettext_noop("%(plate)s 的通行码已恢复，可以照用"))
    return code


def may_be_restored(code: PassCode, at: dt.datetime) -> bool:
    """Of a trip that may run again a code that ended because it might not comes anew, by the clock."""
    trip, green_pass = code.trip, code.green_pass
    if (
        code.end not in RESTORABLE
        or trip is None
        or green_pass is None
        or code.expires_at <= at
        or code.signer.state == KeyState.WITHDRAWN
    ):
        return False
    if green_pass.state != PassState.ISSUED or trip.state not in CODED_TRIPS or _what_changed(code, trip) is not None:
        return False
    return not PassCode.objects.live().filter(trip=trip).exists()


@transaction.atomic
def make_specimen(*, by: User, at: dt.datetime | None = None) -> PassCode:
    """A code for training: rightly signed, and refused everywhere. One a day is enough: a repeat returns it.

    Raises: NotAllowed.
    """
    require(checks_by_voice(by))
    at = at or timezone.now()
    known = PassCode.objects.filter(is_specimen=True, expires_at__gt=at, signer__state=KeyState.ACTIVE).first()
    if known is not None:
        return known
    token = secrets.token_bytes(TOKEN_BYTES)
    payload = Payload(
        issuer="police",
        token=token,
        not_before=int(at.timestamp()),
        expires=int((at + dt.timedelta(days=1)).timestamp()),
        issued_at=int(at.timestamp()),
        plate="湘B00000",
        plate_class="blue",
        counties=(430200,),
        route=(430200, 430200),
        manifest=0,
        manifest_hash=bytes(16),
        crew_hash=bytes(CREW_BYTES),
        number=430200000000,
        rated_kg=5000,
        is_specimen=True,
    )
    return _write(payload, None, None, CodeKind.GREEN, by=by, at=at)


def _tell(code: PassCode, what: str, text: str, **facts: Any) -> None:
    """The dispatchers' desks and the carrier, once for each time it happens."""
    if code.trip is None:
        return
    key, url = f"code-{what}-{code.pk}-{timezone.now():%Y%m%d%H%M%S}", reverse("logistics:trip", args=[code.trip.pk])
    facts["plate"] = code.trip.truck.plate
    tell_desks(key, text, url=url, **facts)
    tell(code.trip.truck.carrier_id, key, text, url=url, **facts)


def _lock_with_trip(code: PassCode) -> PassCode:
    """In the order trip, pass, code."""
    if code.trip_id is not None:
        lock_one(Trip, code.trip_id)
    if code.green_pass_id is not None:
        lock_one(Pass, code.green_pass_id)
    return lock_one(PassCode, code.pk)


def _withdraw(code: PassCode, end: CodeEnd, *, by: User | None, at: dt.datetime | None, reason: str = "") -> PassCode:
    old = move(code, "state", CodeState.WITHDRAWN, CODE_MOVES)
    code.end, code.ended_at = end, at or timezone.now()
    code.save(update_fields=["state", "end", "ended_at"])
    record(code, "withdrawn", by=by, from_state=old, to_state=code.state, reason=reason or str(end.value))
    return code


def _what_changed(code: PassCode, trip: Trip) -> CodeEnd | None:
    """Why the code is not true of the trip any more."""
    if code.crew_hash != crew_hash(code.token, trip.driver) or code.green_pass_id != trip.green_pass_id:
        return CodeEnd.CREW_CHANGED
    if code.kind == CodeKind.EMPTY_RETURN or not Load.objects.live().filter(trip=trip).exists():
        return None  # what takes the last load off ends the trip, and the code with it
    return CodeEnd.GOODS_CHANGED if code.manifest_hash != manifest_hash(trip) else None


def _kind_of(trip: Trip) -> CodeKind:
    over = Q(pickup__is_transfer=True) | Q(delivery__is_transfer=True)
    return CodeKind.TRANSFER if Load.objects.live().filter(over, trip=trip).exists() else CodeKind.GREEN


def _sign(
    trip: Trip,
    green_pass: Pass,
    rules: Rules | None,
    span: Span,
    kind: CodeKind,
    *,
    by: User | None,
    at: dt.datetime,
) -> PassCode:
    token = secrets.token_bytes(TOKEN_BYTES)
    ends = _counties(green_pass)
    payload = Payload(
        issuer=green_pass.issuer,
        token=token,
        not_before=int(span.starts.timestamp()),
        expires=int(span.ends.timestamp()),
        issued_at=int(at.timestamp()),
        plate=trip.truck.plate,
        plate_class=trip.truck.plate_colour,
        counties=tuple(dict.fromkeys(ends)),
        route=ends,
        manifest=trip.pk,
        manifest_hash=bytes.fromhex(manifest_hash(trip)),
        crew_hash=salted(token, trip.driver.phone),
        number=int(green_pass.number),
        rated_kg=trip.truck.rated_g // 1000,
        rules=rules.pk if rules else 0,
        kind=kind.value,
    )
    return _write(payload, trip, green_pass, kind, by=by, at=at)


def _write(
    payload: Payload, trip: Trip | None, green_pass: Pass | None, kind: CodeKind, *, by: User | None, at: dt.datetime
) -> PassCode:
    signer = lock_active_key(KeyPurpose.CODES, at=at)
    text, check = sign_text(payload, pair_of(signer))
    code = PassCode.objects.create(
        token=payload.token.hex(),
        green_pass=green_pass,
        trip=trip,
        signer=signer,
        kind=kind,
        is_specimen=payload.is_specimen,
        not_before=dt.datetime.fromtimestamp(payload.not_before, dt.UTC),
        expires_at=dt.datetime.fromtimestamp(payload.expires, dt.UTC),
        manifest_hash=payload.manifest_hash.hex(),
        crew_hash=crew_hash(payload.token.hex(), trip.driver) if trip else "",
        text=text,
        check_code=check,
    )
    record(code, "signed", by=by, to_state=code.state)
    return code


def _counties(green_pass: Pass) -> tuple[int, int]:
    """Six digits of where the pass leads from and to; a pass of paper without places holds for the city of its number."""
    if green_pass.from_place_id and green_pass.to_place_id:
        return int(green_pass.from_place_id[:6]), int(green_pass.to_place_id[:6])
    city = int(green_pass.number[:4]) * 100
    return city, city
