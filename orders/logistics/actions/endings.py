"""What follows when loads are taken off or delivered: trips that end, pledges that wait again or are received."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Sum
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.models import User
from orders.actions.progress import mark_received, mark_unplanned
from orders.enums import PledgeState
from orders.logistics.actions.codes import end_codes, withdraw_code
from orders.logistics.enums import (
    BREAKDOWN_MOVES,
    EDITABLE_TRIPS,
    TRIP_MOVES,
    BreakdownState,
    CodeEnd,
    LoadState,
    TripState,
)
from orders.logistics.models import Breakdown, Load, Trip
from orders.logistics.queries.loads import RIDING
from orders.models import Allocation, Pledge

OPEN_LOADS = (LoadState.PLANNED, LoadState.LOADED)


def follow_pledges(ids: Iterable[int], *, by: User | None, today: dt.date | None = None) -> None:
    """Pledges without any load wait for a truck again; those with nothing under way or waiting are received.

    Call it with the pledges locked.
    """
    for pledge in Pledge.objects.filter(pk__in=set(ids)).order_by("pk"):
        loads = Load.objects.live().filter(allocation__pledge=pledge)
        if pledge.state == PledgeState.PLANNED and not loads.exists():
            mark_unplanned(pledge.pk, by=by)
        elif pledge.state == PledgeState.MOVING and is_finished(pledge, today or timezone.localdate()):
            mark_received(pledge.pk, by=by)


def is_finished(pledge: Pledge, today: dt.date) -> bool:
    """Every load is delivered, and nothing waits for another truck: what is left over on a past day waits no more."""
    loads = Load.objects.live().filter(allocation__pledge=pledge)
    if loads.filter(state__in=OPEN_LOADS).exists():
        return False
    planned = loads.first_links().aggregate(total=Sum(RIDING))["total"] or 0
    promised = Allocation.objects.live().filter(pledge=pledge).aggregate(total=Sum("grams"))["total"] or 0
    return bool(planned) and (planned >= promised or pledge.day < today)


def end_trip_if_done(trip: Trip, *, by: User | None) -> Trip:
    """A trip all of whose loads are delivered or on other trucks is completed; one that has none left before leaving is
    cancelled. A breakdown ends with the last load that was taken off the truck that stands.

    Call it with the trip locked.
    """
    states = set(Load.objects.live().filter(trip=trip).values_list("state", flat=True))
    if trip.state == TripState.BROKEN_DOWN and not states & set(OPEN_LOADS):
        end_breakdown_of(trip, BreakdownState.RESCUED, by=by)
        withdraw_code(trip, CodeEnd.BROKEN_DOWN, by=by)
        return end_trip(trip, TripState.COMPLETED if states else TripState.CANCELLED, by=by)
    if trip.state == TripState.EN_ROUTE and not states & set(OPEN_LOADS):
        return end_trip(trip, TripState.COMPLETED, by=by)
    if trip.state in (*EDITABLE_TRIPS, TripState.LOADING) and not states:
        return end_trip(trip, TripState.CANCELLED, by=by, reason="empty")
    return trip


def end_breakdown_of(trip: Trip, to: BreakdownState, *, by: User | None, reason: str = "") -> Breakdown | None:
    """The trip's open breakdown has ended so. None where there is none. Locks: breakdown."""
    breakdown = Breakdown.objects.select_for_update(no_key=True).filter(trip=trip, state=BreakdownState.OPEN).first()
    if breakdown is not None:
        old = move(breakdown, "state", to, BREAKDOWN_MOVES)
        breakdown.ended_at = timezone.now()
        breakdown.save(update_fields=["state", "ended_at"])
        record(breakdown, str(to.value), by=by, from_state=old, to_state=to, reason=reason)
    return breakdown


def end_trip(trip: Trip, to: TripState, *, by: User | None, reason: str = "") -> Trip:
    """Raises: WrongState."""
    old = move(trip, "state", to, TRIP_MOVES)
    trip.save(update_fields=["state"])
    record(trip, str(to.value), by=by, from_state=old, to_state=to, reason=reason)
    end_codes(trip, by=by)
    return trip
