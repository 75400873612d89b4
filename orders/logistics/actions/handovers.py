"""A driver meets the other side of a stop: the code that the one shows and the other types, or why there was none."""

import datetime as dt
from hmac import compare_digest
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from market.actions.events import record
from market.exceptions import WrongState
from market.models import User
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.at_stop import own_stop
from orders.logistics.actions.handover_codes import give_codes
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.seals import break_all, put_all
from orders.logistics.enums import RUNNING_TRIPS, StopKind, TripState
from orders.logistics.models import Handover, Load, RoadReport, Stop, Trip

UNLOADED = "到站卸货"  # why a seal is off, where nobody says otherwise
MAX_REASON = 200
MOST_GUESSES = 5  # wrong codes at a stop; the phone notices a mistyped one before it sends it


def hand_over(
    stop: Stop,
    *,
    key: UUID,
    by: User,
    code: str = "",
    reason: str = "",
    new_seals: str = "",
    at: dt.datetime | None = None,
) -> Handover:
    """Driver and yard, dock or other driver have met at the stop: by the code the other side shows, or for the reason given.

    Where goods go off, the truck's seals are off with it; `new_seals` are put on. A hand-over with the code is final. What was
    handed over and received is in loads and receipts. Possible until the trip ends, and afterwards for what a phone kept.
    Locks: trip. A repeat with the same key, and another one after the code was right, changes nothing and returns the first.
    Raises: NotAllowed, WrongState, NotArrived, CodeOrReason, WrongCode, TooManyGuesses and what `put_seal` raises.
    """
    try:
        return _hand_over(stop, code, reason, new_seals, key, by, at or timezone.now())
    except IntegrityError:  # the same form twice at once
        return Handover.objects.get(stop=stop, key=key)


@transaction.atomic
def _hand_over(stop: Stop, code: str, reason: str, new_seals: str, key: UUID, by: User, at: dt.datetime) -> Handover:
    trip = lock_one(Trip, stop.trip_id)
    give_codes(trip)
    stop = own_stop(trip, stop, by)
    first = Handover.objects.filter(stop=stop, key=key).first() or met_by_code(stop)
    if first is not None:
        return first
    if trip.state not in (*RUNNING_TRIPS, TripState.COMPLETED):
        raise WrongState(state=trip.get_state_display())
    if stop.arrived_at is None:
        raise refusals.NotArrived
    code, reason = "".join(code.split()), reason.strip()[:MAX_REASON]
    with_code = _check_code(stop, code, reason, key)
    old = break_all(trip, reason=UNLOADED, by=by, at=at) if stop.kind == StopKind.DELIVERY else []
    new = put_all(trip, new_seals, by=by, at=at)
    handover = Handover.objects.create(
        stop=stop,
        other_stop=_other_side(stop),
        with_code=with_code,
        reason="" if with_code else reason,
        old_seals=" ".join(old)[:200],
        new_seals=" ".join(new)[:200],
        key=key,
        by=by,
        at=at,
    )
    record(stop, "met", by=by, reason=handover.reason)
    return handover


def met_by_code(stop: Stop) -> Handover | None:
    """The meeting at this stop in which the code was right. One statement."""
    return Handover.objects.filter(stop=stop, with_code=True, from_load=None, to_load=None).first()


def _check_code(stop: Stop, code: str, reason: str, key: UUID) -> bool:
    """Whether the code was typed rightly; without one there is a reason. Raises: CodeOrReason, WrongCode, TooManyGuesses."""
    if not code:
        if not reason:
            raise unfit.CodeOrReason
        return False
    if _guesses(stop, key) >= MOST_GUESSES:
        raise unfit.TooManyGuesses
    if not compare_digest(code.encode(), stop.code.encode()):
        raise unfit.WrongCode
    return True


def _guesses(stop: Stop, key: UUID) -> int:
    """Codes typed at the stop before that were not taken. One statement."""
    rows = RoadReport.objects.filter(trip=stop.trip_id, verb="handover", facts__stop=stop.pk).exclude(key=key)
    return rows.exclude(refusal="").exclude(facts__code="").count()


def count_guess(stop: Stop, code: str, refusal: unfit.WrongCode, *, by: User) -> None:
    """A wrong code typed at a desk counts as one from a phone does. Call it with the trip locked."""
    facts = {"stop": stop.pk, "code": code}
    row = {"verb": "handover", "facts": facts, "made_at": timezone.now(), "refusal": str(refusal)[:300]}
    RoadReport.objects.create(key=uuid4(), user=by, trip_id=stop.trip_id, **row)


def _other_side(stop: Stop) -> Stop | None:
    """At a change of truck, the stop of the other truck. One statement."""
    if not stop.is_transfer:
        return None
    if stop.kind == StopKind.PICKUP:
        load = Load.objects.filter(pickup=stop, continues__isnull=False).select_related("continues__delivery").first()
        return load.continues.delivery if load and load.continues else None
    load = Load.objects.live().filter(continues__delivery=stop).select_related("pickup").order_by("pk").first()
    return load.pickup if load else None
