"""A truck stands with goods aboard: reporting it, going on when it is repaired, or giving up what no other truck takes."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.models import Place, User
from market.permissions import require
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.codes import refresh_code, withdraw_code
from orders.logistics.actions.endings import end_breakdown_of, end_trip_if_done, follow_pledges
from orders.logistics.actions.halts import take_off
from orders.logistics.actions.handover_codes import new_code
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.actions.seals import break_all
from orders.logistics.actions.taking_on import lose
from orders.logistics.actions.transfer_notices import tell_of_breakdown, tell_of_going_on, tell_of_loss
from orders.logistics.enums import (
    BREAKDOWN_MOVES,
    TRIP_MOVES,
    BreakdownState,
    CodeEnd,
    LoadState,
    StopKind,
    TripState,
)
from orders.logistics.models import Breakdown, Load, Stop, Trip
from orders.logistics.permissions import can_drive, require_dispatcher
from orders.logistics.queries.loads import left_to_give, received_of, trips_of_chains
from orders.logistics.queries.rescues import rescues_of, stop_where_it_stands
from orders.models import Allocation, Pledge

MAX_WHAT = 200
FAR_BEHIND = 20_000  # positions while the stops ahead make room


def report_breakdown(
    trip: Trip,
    *,
    what: str,
    place: Place,
    address: str = "",
    lat: float | None = None,
    lon: float | None = None,
    key: uuid.UUID,
    by: User,
    at: dt.datetime | None = None,
) -> Breakdown:
    """The trip has broken down there; the dispatchers are told, and buyers and sellers of what is not delivered.

    Locks: trip. A repeat with the same key returns the first; while one is open there is no other. Raises: NotAllowed, WhatNeeded,
    StillBroken, NotOnTheWay.
    """
    try:
        return _report(trip, what.strip()[:MAX_WHAT], place, address.strip()[:120], (lat, lon), key, by, at)
    except IntegrityError:  # the same form twice at once
        return Breakdown.objects.get(trip=trip, key=key)


@transaction.atomic
def _report(
    trip: Trip,
    what: str,
    place: Place,
    address: str,
    point: tuple[float | None, float | None],
    key: uuid.UUID,
    by: User,
    at: dt.datetime | None,
) -> Breakdown:
    trip = lock_one(Trip, trip.pk)
    require(can_drive(by, trip))
    first = Breakdown.objects.filter(trip=trip, key=key).first()
    if first is not None:
        return first
    if not what:
        raise unfit.WhatNeeded
    if trip.state == TripState.BROKEN_DOWN:
        raise unfit.StillBroken
    if TripState.BROKEN_DOWN not in TRIP_MOVES[TripState(trip.state)]:
        raise unfit.NotOnTheWay(plate=trip.truck.plate)
    lat, lon = point if None not in point else (None, None)
    at = at or timezone.now()
    breakdown = Breakdown.objects.create(
        trip=trip, what=what, place=place, address=address, lat=lat, lon=lon, key=key, by=by, at=at
    )
    old = move(trip, "state", TripState.BROKEN_DOWN, TRIP_MOVES)
    trip.save(update_fields=["state"])
    record(trip, "broken_down", by=by, from_state=old, to_state=trip.state, reason=what)
    tell_of_breakdown(breakdown)
    return breakdown


@transaction.atomic
def end_breakdown(breakdown: Breakdown, *, by: User, at: dt.datetime | None = None) -> Breakdown:
    """The truck is repaired and goes on where it stood; the stops ahead are as much later as it stood. Driver or dispatcher.

    Rescue trips that have not taken goods on have to be cancelled before. Locks: pledges, allocations, trips, loads, breakdown,
    pass, code. Once repaired a repeat changes nothing. Raises: NotAllowed, BreakdownOver, GoodsStillWaiting.
    """
    trip, breakdown, loads = lock_for_rescue(breakdown)
    require(can_drive(by, trip))
    if breakdown.state == BreakdownState.REPAIRED:
        return breakdown
    _require_open(breakdown, loads)
    at = at or timezone.now()
    _put_back_on_their_way(trip, loads)
    has_left = trip.stops.filter(departed_at__isnull=False).exists()
    to = TripState.EN_ROUTE if has_left else TripState.LOADING
    old = move(trip, "state", to, TRIP_MOVES)
    late = max(at - breakdown.at, dt.timedelta(0))
    trip.ends_at += late
    trip.save(update_fields=["state", "ends_at"])
    Stop.objects.filter(trip=trip, arrived_at=None).update(planned_at=F("planned_at") + late)
    record(trip, "repaired", by=by, from_state=old, to_state=trip.state)
    ended = end_breakdown_of(trip, BreakdownState.REPAIRED, by=by)
    refresh_code(trip, by=by, at=at)
    tell_of_going_on(breakdown, loads, int(late.total_seconds() // 60))
    end_trip_if_done(trip, by=by)
    return ended or breakdown


@transaction.atomic
def close_breakdown(
    breakdown: Breakdown, *, back: set[int], reason: str, by: User, at: dt.datetime | None = None
) -> Breakdown:
    """No (further) rescue comes: of the loads still aboard those in `back` return to their yards and wait for a truck again, the
    others are missing for the reason; what was not loaded yet waits again. The trip ends. Buyers and sellers are told.

    Locks: pledges, allocations, trips, loads, breakdown. A repeat is refused. Raises: NotAllowed, ReasonNeeded, BreakdownOver,
    GoodsStillWaiting, NotBackAfterChange, NotBackAfterReceipt.
    """
    require_dispatcher(by)
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    trip, breakdown, loads = lock_for_rescue(breakdown)
    _require_open(breakdown, loads)
    at = at or timezone.now()
    stop = halt_where_it_stands(trip, breakdown, at)
    for load in loads:
        _give_up(load, stop, load.pk in back, reason, by, at)
    break_all(trip, reason=reason, by=by, at=at)
    ended = end_breakdown_of(trip, BreakdownState.CLOSED, by=by, reason=reason)
    withdraw_code(trip, CodeEnd.BROKEN_DOWN, by=by)
    end_trip_if_done(trip, by=by)
    follow_pledges([load.allocation.pledge_id for load in loads], by=by)
    return ended or breakdown


def halt_where_it_stands(trip: Trip, breakdown: Breakdown, at: dt.datetime) -> Stop:
    """The stop of the broken truck where its goods go off, written once. Call it with the trip locked."""
    template = stop_where_it_stands(breakdown)
    known = Stop.objects.filter(trip=trip, is_transfer=True, transfer_point=None, lat=template.lat, lon=template.lon)
    found = known.filter(kind=StopKind.DELIVERY).first()
    if found is not None:
        return found
    reached = Stop.objects.filter(trip=trip, arrived_at__isnull=False).order_by("-position").first()
    position = (reached.position if reached else 0) + 1
    ahead = Stop.objects.filter(trip=trip, position__gte=position)
    ahead.update(position=F("position") + FAR_BEHIND)
    Stop.objects.filter(trip=trip, position__gte=FAR_BEHIND).update(position=F("position") - FAR_BEHIND + 1)
    template.trip, template.position, template.kind = trip, position, StopKind.DELIVERY
    template.planned_at, template.arrived_at, template.code = breakdown.at, breakdown.at, new_code()
    template.save()
    return template


def lock_for_rescue(breakdown: Breakdown) -> tuple[Trip, Breakdown, list[Load]]:
    """The trip, its breakdown, and what is still aboard or to be loaded, with the pledges of it."""
    mine = Load.objects.filter(trip=breakdown.trip_id, state__in=[LoadState.PLANNED, LoadState.LOADED])
    ids = list(mine.values_list("allocation_id", flat=True))
    lock_all(Pledge, Allocation.objects.filter(pk__in=ids).values_list("pledge_id", flat=True))
    lock_all(Allocation, ids)
    chains = trips_of_chains(mine.values_list("pk", flat=True))
    trip = lock_all(Trip, {breakdown.trip_id, *chains})[breakdown.trip_id]
    loads = list(lock_all(Load, mine.values_list("pk", flat=True)).values())
    if {load.allocation_id for load in loads} - set(ids):
        raise refusals.JustChanged
    return trip, lock_one(Breakdown, breakdown.pk), loads


def _require_open(breakdown: Breakdown, loads: list[Load]) -> None:
    """Raises: BreakdownOver, GoodsStillWaiting."""
    if not {BreakdownState.REPAIRED, BreakdownState.CLOSED} <= BREAKDOWN_MOVES[BreakdownState(breakdown.state)]:
        raise unfit.BreakdownOver
    waiting = rescues_of(loads).count()
    if waiting:
        raise unfit.GoodsStillWaiting(count=waiting)


def _put_back_on_their_way(trip: Trip, loads: list[Load]) -> None:
    """What was to go off where the truck stood goes on to its dock or transfer point."""
    for load in loads:
        if not load.delivery.is_transfer or load.delivery.transfer_point_id is not None:
            continue
        ahead = Stop.objects.filter(trip=trip, kind=StopKind.DELIVERY, departed_at=None)
        old = ahead.filter(dock=load.allocation.pledge.dock_id).order_by("position").first()
        old = old or ahead.exclude(transfer_point=None).order_by("position").first()
        if old is not None:
            load.delivery = old
            load.save(update_fields=["delivery"])


def _give_up(load: Load, stop: Stop, goes_back: bool, reason: str, by: User, at: dt.datetime) -> None:
    if load.state == LoadState.PLANNED:
        take_off(load, by=by, reason=reason)
        return
    produce = load.allocation.lot.produce.name
    taken = load.given.exists()  # type: ignore[attr-defined]
    if goes_back and (load.continues_id is not None or taken):
        raise unfit.NotBackAfterChange(produce=produce)
    if goes_back and received_of(load).spoken_g:
        raise unfit.NotBackAfterReceipt(produce=produce)
    if goes_back:
        take_off(load, by=by, reason=reason)
        return
    for onward in Load.objects.filter(continues=load, state=LoadState.PLANNED):  # waits at a transfer point in vain
        take_off(onward, by=by, reason=reason)
        end_trip_if_done(onward.trip, by=by)
    grams = left_to_give(load)
    load.delivery = stop
    load.save(update_fields=["delivery"])
    lose(load, stop, reason=reason, key=uuid.uuid4(), by=by, at=at)
    tell_of_loss(load, grams, reason, f"lost-{load.pk}")
