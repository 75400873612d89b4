"""What a driver reports from the road: arriving, what was loaded, leaving."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.models import User
from market.quantities import describe
from market.wording import calendar_day, clock_time
from orders.actions.progress import mark_moving
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics.actions.at_stop import at_pickup, own_stop, require_not_over, require_open
from orders.logistics.actions.clearing import ask_fitness, give_pass_code
from orders.logistics.actions.dispatch_notices import tell_left_behind
from orders.logistics.actions.endings import end_trip, end_trip_if_done, follow_pledges
from orders.logistics.actions.halts import take_off
from orders.logistics.actions.handover_codes import give_codes
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.actions.seals import require_sealed
from orders.logistics.actions.taking_on import take_whole
from orders.logistics.actions.trips import lock_pledge_of
from orders.logistics.enums import EDITABLE_TRIPS, LOAD_MOVES, TRIP_MOVES, LoadState, StopKind, TripState
from orders.logistics.exceptions_road import AlreadyOnAnother, ItsDayIsOver, NotItsDay
from orders.logistics.models import Load, Stop, Trip
from orders.logistics.queries.loads import Leg, legs_of, planned_by_allocation
from orders.models import Allocation, Pledge


@transaction.atomic
def arrive(stop: Stop, *, by: User, at: dt.datetime | None = None) -> Stop:
    """The truck stands at this stop; at the first one the trip is loading. The same again changes nothing.

    Locks: trip. Raises: NotAllowed, WrongState, StillBroken, NotNextStop, NotItsDay, ItsDayIsOver.
    """
    at = at or timezone.now()
    trip = lock_one(Trip, stop.trip_id)
    give_codes(trip)
    stop = own_stop(trip, stop, by)
    if stop.arrived_at is not None:
        return stop
    require_open(trip)
    _require_next(trip, stop)
    if trip.state in EDITABLE_TRIPS:
        _require_its_day(trip, at)
    stop.arrived_at = at
    stop.save(update_fields=["arrived_at"])
    record(stop, "arrived", by=by)
    if trip.state in EDITABLE_TRIPS:
        _begin(trip, by)
    return stop


@transaction.atomic
def record_loaded(load: Load, grams: int, *, by: User, at: dt.datetime | None = None) -> Load:
    """So much of the load is on the truck; what stayed behind waits for a truck again at once, and the dispatchers are told.

    It may be corrected until the truck leaves, upwards while what stayed behind rides on no other truck. The same again changes
    nothing. Goods that another truck brought are taken on whole (`actions.transfers.take_on`).
    Locks: pledge, allocation, trip, load. Raises: NotAllowed, WrongState, NotArrived, AlreadyDeparted, BadLoadedQuantity,
    AlreadyOnAnother, Overloaded; for goods that come by truck what `take_whole` raises.
    """
    allocation = lock_pledge_of(load)
    if load.continues_id is not None:
        return take_whole(load, grams, by=by, at=at)
    trip, load = at_pickup(load, by)
    if not 0 < grams <= load.planned_g:
        raise refusals.BadLoadedQuantity(planned=describe(load.planned_g))
    if load.state == LoadState.LOADED and load.loaded_g == grams:
        return load
    _require_not_on_another(load, grams, allocation)
    require_not_over(trip, load, grams)
    verb = "loaded"
    if load.state == LoadState.LOADED:
        old, verb = load.state, "loaded_corrected"
    else:
        old = move(load, "state", LoadState.LOADED, LOAD_MOVES)
    load.loaded_g = grams
    load.save(update_fields=["state", "loaded_g"])
    record(load, verb, by=by, from_state=old, to_state=load.state, grams=grams)
    if grams < load.planned_g:
        left = load.planned_g - grams
        record(load, "left_behind", by=by, grams=left)
        tell_left_behind(load, left)
    return load


@transaction.atomic
def record_not_loaded(load: Load, *, reason: str, by: User) -> Load:
    """Nothing of the load was put on the truck: it is off the trip, and its grams wait for a truck again.

    Locks: pledge, allocation, trip, load. Raises: NotAllowed, ReasonNeeded, WrongState, NotArrived, AlreadyDeparted.
    """
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    allocation = lock_pledge_of(load)
    trip, load = at_pickup(load, by)
    take_off(load, by=by, reason=reason)
    if load.continues_id is None:
        tell_left_behind(load, load.planned_g)
    follow_pledges([allocation.pledge_id], by=by)
    end_trip_if_done(trip, by=by)
    return load


@transaction.atomic
def depart(stop: Stop, *, by: User, at: dt.datetime | None = None) -> Stop:
    """The truck has left this stop. Leaving the first one it is on the road, if truck, driver and pass are still valid for
    the whole way; leaving the last one the trip is completed. Pledges whose goods have left are moving. A trip that the last
    receipt has completed may still say when it left.

    Locks: pledges, trip, truck, driver, pass. The same again changes nothing. Raises: NotAllowed, WrongState, StillBroken,
    NotArrived, LoadsOpen, SealNeeded, NothingOnBoard, TruckNotFit.
    """
    at = at or timezone.now()
    pledges = _lock_pledges_from(stop)
    trip = lock_one(Trip, stop.trip_id)
    stop = own_stop(trip, stop, by)
    if stop.departed_at is not None:
        return stop
    if trip.state != TripState.COMPLETED or stop.arrived_at is None:
        require_open(trip)
    if stop.arrived_at is None:
        raise refusals.NotArrived
    leg = next((leg for leg in _legs(trip) if leg.stop.pk == stop.pk), None)
    if leg is not None and not leg.is_settled:
        raise refusals.LoadsOpen(count=len(leg.waiting))
    require_sealed(trip, stop)
    if trip.state == TripState.LOADING:
        _set_out(trip, stop, at, by)
    stop.departed_at = at
    stop.save(update_fields=["departed_at"])
    record(stop, "departed", by=by)
    if leg is not None and stop.kind == StopKind.PICKUP:
        _mark_moving(leg, pledges, by)
    if trip.state == TripState.EN_ROUTE and not _stops_ahead(trip):
        end_trip(trip, TripState.COMPLETED, by=by)
    return stop


def _begin(trip: Trip, by: User) -> None:
    """The first arrival. A trip nobody cleared is cleared by it: what stands against it is asked when it leaves."""
    if trip.state == TripState.PLANNED:
        _step(trip, TripState.CLEARED, "cleared", by)
    _step(trip, TripState.LOADING, "loading", by)


def _step(trip: Trip, to: TripState, verb: str, by: User) -> None:
    old = move(trip, "state", to, TRIP_MOVES)
    trip.save(update_fields=["state"])
    record(trip, verb, by=by, from_state=old, to_state=to)


def _require_its_day(trip: Trip, at: dt.datetime) -> None:
    """A trip begins on its day, or in the hours before it is planned to start. Raises: NotItsDay, ItsDayIsOver."""
    since = trip.starts_at - dt.timedelta(hours=settings.BEGIN_EARLY_HOURS)
    if at < since and timezone.localdate(at) != trip.day:
        raise NotItsDay(day=calendar_day(trip.day), since=clock_time(since))
    if timezone.localdate(at) > trip.day and at > trip.ends_at:
        raise ItsDayIsOver(day=calendar_day(trip.day))


def _require_not_on_another(load: Load, grams: int, allocation: Allocation) -> None:
    """What stayed behind may ride on another truck by now. Raises: AlreadyOnAnother."""
    most = load.riding_g + allocation.grams - planned_by_allocation([allocation.pk]).get(allocation.pk, 0)
    if grams > most and grams > load.riding_g:
        raise AlreadyOnAnother(most=describe(max(most, load.riding_g)))


def _legs(trip: Trip) -> list[Leg]:
    return legs_of(trip.stops.all(), Load.objects.live().filter(trip=trip).order_by("pk"))


def _stops_ahead(trip: Trip) -> list[Stop]:
    return [leg.stop for leg in _legs(trip) if leg.stop.departed_at is None]


def _require_next(trip: Trip, stop: Stop) -> None:
    ahead = _stops_ahead(trip)
    if ahead and ahead[0].pk != stop.pk:
        raise refusals.NotNextStop(position=ahead[0].position, address=ahead[0].address)


def _set_out(trip: Trip, stop: Stop, at: dt.datetime, by: User) -> None:
    """The first departure: everything must still be valid until the truck is back, late as it may be.

    A pass issued since the planning will do, and what a supervisor let pass in writing. Raises: NothingOnBoard, TruckNotFit.
    """
    if not Load.objects.filter(trip=trip, state=LoadState.LOADED).exists():
        raise refusals.NothingOnBoard
    asked = ask_fitness(trip, at=at, late=at - stop.planned_at)
    if reasons := asked.against:
        raise refusals.TruckNotFit(plate=asked.truck.plate, reasons=reasons)
    trip.green_pass = asked.green_pass
    old = move(trip, "state", TripState.EN_ROUTE, TRIP_MOVES)
    trip.save(update_fields=["state", "green_pass"])
    record(trip, "set_out", by=by, from_state=old, to_state=trip.state)
    give_pass_code(trip, by=by, at=at)


def _lock_pledges_from(stop: Stop) -> dict[int, Pledge]:
    allocations = Load.objects.live().filter(pickup=stop).values_list("allocation_id", flat=True)
    return lock_all(Pledge, Allocation.objects.filter(pk__in=list(allocations)).values_list("pledge_id", flat=True))


def _mark_moving(leg: Leg, pledges: dict[int, Pledge], by: User) -> None:
    gone = {load.allocation_id for load in leg.loads if load.state == LoadState.LOADED}
    owners = set(Allocation.objects.filter(pk__in=gone).values_list("pledge_id", flat=True))
    for pk in sorted(owners):
        if pledges[pk].state == PledgeState.PLANNED:
            mark_moving(pk, by=by)
