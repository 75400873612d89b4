"""Goods change truck: the truck that takes on says how much came, and what was missing. No gram is lost or made in between."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.models import User
from market.quantities import describe
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.at_stop import at_pickup, require_not_over
from orders.logistics.actions.endings import end_trip_if_done, follow_pledges
from orders.logistics.actions.halts import take_off
from orders.logistics.actions.handovers import MAX_REASON, count_guess, hand_over
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.actions.seals import break_all
from orders.logistics.enums import LOAD_MOVES, LoadState, TripState
from orders.logistics.models import Handover, Load, Stop, Trip
from orders.logistics.queries.loads import left_to_give, trips_of_chains
from orders.logistics.queries.transfers import has_met
from orders.models import Allocation, Pledge

TAKEN_OVER = "车辆故障，货已转车"  # why a seal is off, where nobody says otherwise


@transaction.atomic
def take_on(
    load: Load, grams: int, *, key: uuid.UUID, by: User, reason: str = "", at: dt.datetime | None = None
) -> Load:
    """So much of what the truck before brought is on this truck; what it should have been more is missing, with a reason.

    The load before is handed over when all of it is taken on or missing, and its trip ends with its last load; where nothing came,
    this load is off the trip. Who met whom is said before, by `handovers.hand_over` at this stop. A repeat changes nothing.
    Locks: pledge, allocation, trips, load before, load. Raises: NotAllowed, WrongState, StillBroken, NotArrived, AlreadyDeparted,
    HandOverFirst, NotThereYet, NegativeQuantity, MoreThanHandedOver, MissingNeedsReason, Overloaded.
    """
    allocation = _lock_goods(load)
    trips = _lock_trips(load)
    before = lock_one(Load, before_of(load).pk)
    fresh = Load.objects.get(pk=load.pk)
    first = Handover.objects.filter(to_load=load).first() or Handover.objects.filter(key=key, from_load=before).first()
    if first is not None:
        return fresh
    trip, load = at_pickup(load, by)
    missing = _check_grams(load, before, grams, reason)
    require_not_over(trip, load, grams)
    at = at or timezone.now()
    old_seals = _seals_off(trips[before.trip_id], before.delivery, by, at)
    _write(load, before, grams, missing, reason, old_seals, key, by, at)
    _follow_before(before, trips[before.trip_id], by)
    follow_pledges([allocation.pledge_id], by=by)
    if not grams:
        end_trip_if_done(trip, by=by)
    return load


def meet_and_take(
    load: Load, grams: int, *, key: uuid.UUID, by: User, code: str = "", reason: str = "", new_seals: str = ""
) -> Load:
    """The meeting first, where it was not said yet, then the goods: both or neither. A wrong code is counted all the same.

    Locks: what `take_on` locks, until the guess is written, so that of several at once each counts.
    Raises: what `hand_over` and `take_on` raise.
    """
    with transaction.atomic():
        _lock_goods(load)
        _lock_trips(load)
        try:
            return _meet_and_take(load, grams, code, reason, new_seals, key, by)
        except unfit.WrongCode as refusal:
            wrong = refusal
            count_guess(load.pickup, code, refusal, by=by)
    raise wrong


@transaction.atomic
def _meet_and_take(load: Load, grams: int, code: str, reason: str, new_seals: str, key: uuid.UUID, by: User) -> Load:
    if code or new_seals or not has_met(load.pickup):
        meeting = uuid.uuid5(key, "meeting")
        hand_over(load.pickup, code=code, reason=reason, new_seals=new_seals, key=meeting, by=by)
    return take_on(load, grams, reason=reason, key=key, by=by)


def take_whole(load: Load, grams: int, *, by: User, at: dt.datetime | None = None) -> Load:
    """For a driver who says how much is loaded as of any other load: all that came. Raises: ComesByTruck and what `take_on` raises."""
    load = Load.objects.select_related("continues__trip__truck").get(pk=load.pk)
    expected = expected_g(load)
    if load.state == LoadState.PLANNED and grams != expected:
        raise unfit.ComesByTruck(plate=before_of(load).trip.truck.plate, grams=describe(expected))
    if load.state == LoadState.LOADED and grams != load.loaded_g:
        raise unfit.ComesByTruck(plate=before_of(load).trip.truck.plate, grams=describe(load.loaded_g or 0))
    return take_on(load, grams, key=uuid.uuid4(), by=by, at=at)


def before_of(load: Load) -> Load:
    """The load that brings these goods to where they change truck."""
    if load.continues is None:
        raise ValueError(f"load {load.pk} comes from a yard")
    return load.continues


def expected_g(load: Load) -> int:
    """What the truck before has for this load. Two statements."""
    return min(load.planned_g, left_to_give(before_of(load)))


def lose(load: Load, stop: Stop, *, reason: str, key: uuid.UUID, by: User, at: dt.datetime) -> None:
    """All that is left of the load is missing, for this reason. Call it with the trip and the load locked."""
    missing = left_to_give(load)
    if missing:
        Handover.objects.create(
            stop=stop, from_load=load, grams=0, missing_g=missing, reason=reason[:MAX_REASON], key=key, by=by, at=at
        )
        record(load, "lost", by=by, grams=missing, reason=reason)
    _handed_over(load, by)


def _lock_goods(load: Load) -> Allocation:
    lock_one(Pledge, Allocation.objects.values_list("pledge_id", flat=True).get(pk=load.allocation_id))
    return lock_one(Allocation, load.allocation_id)


def _lock_trips(load: Load) -> dict[int, Trip]:
    return lock_all(Trip, {load.trip_id, before_of(load).trip_id, *trips_of_chains([load.pk])})


def _check_grams(load: Load, before: Load, grams: int, reason: str) -> int:
    """The grams that are missing. Raises: NotThereYet, NegativeQuantity, MoreThanHandedOver, MissingNeedsReason."""
    if before.state != LoadState.LOADED or before.delivery.arrived_at is None:
        raise unfit.NotThereYet(plate=before.trip.truck.plate)
    if grams < 0:
        raise refusals.NegativeQuantity
    expected = min(load.planned_g, left_to_give(before))
    if grams > expected:
        raise unfit.MoreThanHandedOver(most=describe(expected))
    if grams < expected and not reason.strip():
        raise unfit.MissingNeedsReason(missing=describe(expected - grams))
    return expected - grams


def _write(
    load: Load,
    before: Load,
    grams: int,
    missing: int,
    reason: str,
    old_seals: str,
    key: uuid.UUID,
    by: User,
    at: dt.datetime,
) -> None:
    met = _meeting(load.pickup)
    Handover.objects.create(
        stop=load.pickup,
        other_stop=before.delivery,
        from_load=before,
        to_load=load if grams else None,
        grams=grams,
        missing_g=missing,
        with_code=met.with_code,
        reason=reason.strip()[:MAX_REASON] or met.reason,
        old_seals=old_seals,
        new_seals=met.new_seals,
        key=key,
        by=by,
        at=at,
    )
    if not grams:
        take_off(load, by=by, reason=reason)
        return
    old = move(load, "state", LoadState.LOADED, LOAD_MOVES)
    load.loaded_g = grams
    load.save(update_fields=["state", "loaded_g"])
    record(load, "taken_on", by=by, from_state=old, to_state=load.state, grams=grams, reason=reason)


def _follow_before(before: Load, trip: Trip, by: User) -> None:
    if left_to_give(before) == 0:
        _handed_over(before, by)
        end_trip_if_done(trip, by=by)


def _handed_over(load: Load, by: User) -> None:
    old = move(load, "state", LoadState.HANDED_OVER, LOAD_MOVES)
    load.save(update_fields=["state"])
    record(load, "handed_over", by=by, from_state=old, to_state=load.state, grams=load.loaded_g)


def _meeting(stop: Stop) -> Handover:
    """How the two crews met at this stop, the meeting with the code first. Raises: HandOverFirst."""
    met = Handover.objects.filter(stop=stop, from_load=None, to_load=None).order_by("-with_code", "pk").first()
    if met is None:
        raise unfit.HandOverFirst(position=stop.position)
    return met


def _seals_off(trip: Trip, stop: Stop, by: User, at: dt.datetime) -> str:
    """The seals that the giving crew broke at its stop; those of a truck that stands are off with the first goods taken."""
    off = break_all(trip, reason=TAKEN_OVER, by=by, at=at) if trip.state == TripState.BROKEN_DOWN else []
    rows = Handover.objects.filter(stop=stop, from_load=None, to_load=None).values_list("old_seals", flat=True)
    return " ".join([*(text for text in rows if text), *off])[:200]
