"""What becomes of codes when their pass, their key or the hour changes: by an issuer's hand, by a drill, by the clock."""

import datetime as dt
from collections.abc import Callable
from functools import cache

from django.db import transaction
from django.utils import timezone

from market.models import User
from market.permissions import require
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.clearing import Asked, ask_fitness, hold_if_unfit, lock_for_judging
from orders.logistics.actions.codes import issue_code, may_be_restored, restore_code, withdraw_code
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.signer_keys import withdraw_key
from orders.logistics.enums import OPEN_TRIPS, CodeEnd, CodeKind, KeyPurpose, KeyState, TripState
from orders.logistics.models import Pass, PassCode, Rules, SignerKey, Trip
from orders.logistics.permissions_passes import can_stop_pass
from orders.logistics.queries.code_grounds import CODED_TRIPS, span_of_code
from orders.logistics.queries.code_upkeep import LiveCode, codes_to_review, trips_without_code
from orders.logistics.queries.fitness import overdue, rules_for

RENEW_BEFORE = dt.timedelta(hours=2)
WORTH_RENEWING = dt.timedelta(minutes=10)
RulesOfDay = Callable[[dt.date], Rules | None]


def lock_trips_of(green_pass: Pass) -> None:
    """Before the pass: its open trips, their trucks and drivers, so that the order of locks holds."""
    lock_for_judging(_open_trips(green_pass))


def withdraw_codes_of(green_pass: Pass, end: CodeEnd, *, by: User | None, at: dt.datetime | None = None) -> int:
    """No code under the pass is live. Returns how many were. Call it with the pass locked."""
    live = PassCode.objects.live().filter(green_pass=green_pass).select_related("trip")
    return sum(withdraw_code(code.trip, end, by=by, at=at) is not None for code in live if code.trip)


def hold_trips_of(green_pass: Pass, *, by: User | None) -> None:
    """Trips of a pass that counts no longer: cleared ones wait again, the desks hear of those on the road.

    Call it with `lock_trips_of` before the pass.
    """
    for trip in Trip.objects.filter(pk__in=_open_trips(green_pass)).exclude(state=TripState.PLANNED).order_by("pk"):
        hold_if_unfit(trip, by=by)


@transaction.atomic
def restore_by_hand(code: PassCode, *, by: User, at: dt.datetime | None = None) -> PassCode:
    """`restore_code` for a trip that may still run. Locks: trip, truck, driver, passes, code. Raises: TruckNotFit and what
    `restore_code` raises."""
    at = at or timezone.now()
    require(code.green_pass is not None and can_stop_pass(by, code.green_pass))
    trip = lock_for_judging([code.trip_id]).get(code.trip_id) if code.trip_id else None
    if trip is not None and trip.state in CODED_TRIPS and (reasons := (asked := _judge(trip, at)).against):
        raise refusals.TruckNotFit(plate=asked.truck.plate, reasons=reasons)
    return restore_code(code, by=by, at=at)


def _judge(trip: Trip, at: dt.datetime) -> Asked:
    """A locked trip from now on, or from its start where that is later: the code itself says from when it counts."""
    return ask_fitness(trip, at=max(at, trip.starts_at), late=overdue(trip, at))


def _open_trips(green_pass: Pass) -> list[int]:
    return list(Trip.objects.filter(green_pass=green_pass, state__in=OPEN_TRIPS).values_list("pk", flat=True))


def restore_codes_of(green_pass: Pass, *, by: User | None, at: dt.datetime | None = None) -> int:
    """The codes withdrawn with the suspended pass count again where they still may. Call it with the pass locked."""
    at = at or timezone.now()
    gone = PassCode.objects.filter(green_pass=green_pass, end=CodeEnd.PASS_SUSPENDED, expires_at__gt=at)
    count = 0
    for code in gone.select_related("trip__driver", "green_pass", "signer").order_by("-pk"):
        if may_be_restored(code, at) and code.trip is not None and not _judge(code.trip, at).against:
            restore_code(code, by=by, at=at)
            count += 1
    return count


def move_trips_to(new: Pass, old: Pass, *, by: User | None, at: dt.datetime | None = None) -> None:
    """Open trips ride on under the new pass if it covers them; the codes of the old one are gone. Call it with all locked."""
    at = at or timezone.now()
    for trip in Trip.objects.filter(green_pass=old, state__in=OPEN_TRIPS).order_by("pk"):
        covers = new.valid_from <= max(trip.starts_at, at) and trip.ends_at <= new.valid_to
        had = PassCode.objects.live().filter(trip=trip).exists()
        if not covers:
            withdraw_code(trip, CodeEnd.UNFIT, by=by, at=at)
            continue
        trip.green_pass = new
        trip.save(update_fields=["green_pass"])
        if had and trip.state in CODED_TRIPS:
            _issue_or_withdraw(trip, CodeEnd.RENEWED, by=by, at=at)
    withdraw_codes_of(old, CodeEnd.UNFIT, by=by, at=at)


def drill(key: SignerKey, *, reason: str, by: User, at: dt.datetime | None = None) -> int:
    """A key may be in other hands: it is withdrawn and every live code it signed is signed anew. Returns how many.

    Raises: what withdraw_key raises. What is left over if this is cut short the clock signs anew.
    """
    withdraw_key(key, reason=reason, by=by, at=at)
    return resign_codes(by=by, at=at)


def resign_codes(*, by: User | None, at: dt.datetime | None = None) -> int:
    """Live codes of withdrawn keys are signed anew, each in its own transaction. A repeat finds none."""
    at = at or timezone.now()
    bad = PassCode.objects.live().filter(signer__state=KeyState.WITHDRAWN, expires_at__gt=at, is_specimen=False)
    bad = bad.filter(signer__purpose=KeyPurpose.CODES)
    return sum(_resign(pk, by, at) for pk in list(bad.values_list("trip_id", flat=True)) if pk is not None)


def renew_codes(at: dt.datetime | None = None) -> int:
    """By the clock: codes about to end are signed anew while their grounds hold, and trips that were unfit for a while have
    one again. Returns how many changed; a repeat changes nothing. Five statements beside those of what may change.
    """
    at = at or timezone.now()
    rules = cache(rules_for)
    changed = resign_codes(by=None, at=at)
    changed += sum(_review(live, rules, at) for live in codes_to_review(at, at + RENEW_BEFORE))
    return changed + sum(_sign_if_fit(pk, at) for pk in trips_without_code())


@transaction.atomic
def _resign(trip_id: int, by: User | None, at: dt.datetime) -> bool:
    trip = lock_one(Trip, trip_id)
    code = PassCode.objects.live().filter(trip=trip, signer__state=KeyState.WITHDRAWN).first()
    if code is None:
        return False
    if trip.state not in CODED_TRIPS or code.kind == CodeKind.EMPTY_RETURN:
        withdraw_code(trip, CodeEnd.TRIP_ENDED, by=by, at=at)
        return True
    return _issue_or_withdraw(trip, CodeEnd.RENEWED, by=by, at=at)


def _review(live: LiveCode, rules: RulesOfDay, at: dt.datetime) -> bool:
    """Sign anew what ends soon and may run on; what may not run any more simply ends: it was as short as its grounds."""
    span = span_of_code(live.trip, live.green_pass, rules(live.trip.day), at)
    return span.ends - live.code.expires_at > WORTH_RENEWING and _sign_if_fit(live.trip.pk, at)


@transaction.atomic
def _sign_if_fit(trip_id: int, at: dt.datetime) -> bool:
    """Whether the trip has a new code. Locks: trip, truck, driver, passes, code."""
    trip = lock_one(Trip, trip_id)
    if trip.state not in CODED_TRIPS:
        return False
    begun = trip.state != TripState.CLEARED
    if ask_fitness(trip, at=at if begun else None, late=overdue(trip, at)).against:
        return False
    try:
        return issue_code(trip, by=None, at=at) is not None
    except pass_refusals.NoGroundsForCode:
        return False


def _issue_or_withdraw(trip: Trip, end: CodeEnd, *, by: User | None, at: dt.datetime) -> bool:
    try:
        issue_code(trip, by=by, at=at, end=end)
    except pass_refusals.NoGroundsForCode:
        withdraw_code(trip, CodeEnd.UNFIT, by=by, at=at)
    return True
