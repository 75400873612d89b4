"""Planning a change of truck: one trip brings goods to a transfer point, another takes them on from there."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.models import User
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.halts import rewrite_trip, write_trip
from orders.logistics.actions.locking import require_unlocked
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.actions.transfer_notices import tell_of_relay
from orders.logistics.actions.trips import lock_pledge_of, locked_candidate
from orders.logistics.enums import EDITABLE_TRIPS, OPEN_TRIPS, LoadState
from orders.logistics.models import Load, Stop, TransferPoint, Trip, Truck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.planner.model import Route
from orders.logistics.queries.conditions import service_s
from orders.logistics.queries.journeys import (
    WITH_PLACES,
    Part,
    insert_cheapest,
    make_journey,
    make_problem,
    without,
)
from orders.logistics.queries.rides import loads_of, meeting_at, parts_of, route_of
from orders.logistics.wording import violation_words
from orders.models import Allocation


@transaction.atomic
def plan_relay(load: Load, point: TransferPoint, truck: Truck, *, by: User, at: dt.datetime | None = None) -> Load:
    """The load's trip brings it to the point, and a new trip of the truck takes it on from there. Returns the onward load.

    Both keep their windows, the point its hours; the second is there when the first has unloaded. Buyer and seller are told.
    Locks: pledge, allocation, trip, load, trucks, drivers, passes. A repeat is refused. Raises: NotAllowed, CannotChangeTruck,
    AlreadyRolling, TripLocked, SameTruck, TruckNotFit, CannotReach.
    """
    require_dispatcher(by)
    at = at or timezone.now()
    lock_pledge_of(load)
    trip = lock_one(Trip, load.trip_id)
    load = lock_one(Load, load.pk)
    _require_whole_way(load, point)
    if trip.state not in EDITABLE_TRIPS:
        raise refusals.AlreadyRolling(plate=trip.truck.plate)
    require_unlocked([trip])
    if truck.pk == trip.truck_id:
        raise unfit.SameTruck
    lock_all(Truck, [trip.truck_id, truck.pk])
    stop = _bring_to(trip, load, point, by, at)
    record(load, "relay_planned", by=by, grams=load.planned_g, reason=point.name)
    onward = _take_from(stop, load, truck, by, at)
    tell_of_relay(onward, point)
    return onward


@transaction.atomic
def plan_onward(load: Load, truck: Truck, *, by: User, at: dt.datetime | None = None) -> Load:
    """Goods that lie, or will lie, at a transfer point and that no truck takes on are taken on by a new trip of this truck.

    Locks: as `plan_relay`. A repeat is refused. Raises: NotAllowed, CannotChangeTruck, SameTruck, TruckNotFit, CannotReach.
    """
    require_dispatcher(by)
    at = at or timezone.now()
    lock_pledge_of(load)
    trip = lock_one(Trip, load.trip_id)
    load = lock_one(Load, load.pk)
    stop = Stop.objects.select_related("transfer_point").get(pk=load.delivery_id)
    is_waiting = stop.is_transfer and load.state in (LoadState.PLANNED, LoadState.LOADED)
    if not is_waiting or trip.state == "broken_down" or load.onward.live().exists():  # type: ignore[attr-defined]
        raise unfit.CannotChangeTruck
    if truck.pk == trip.truck_id and trip.state in OPEN_TRIPS:
        raise unfit.SameTruck
    onward = _take_from(stop, load, truck, by, at)
    tell_of_relay(onward, stop.transfer_point)
    return onward


def stop_at(point: TransferPoint) -> Stop:
    """What a stop at the point says; not saved."""
    return Stop(
        organisation_id=point.keeper_id,
        place_id=point.place_id,
        transfer_point=point,
        is_transfer=True,
        address=f"{point.name} {point.place.full_name_zh}{point.address}"[:200],
        contact_name=point.contact_name,
        contact_phone=point.contact_phone,
        lat=point.lat,
        lon=point.lon,
    )


def _require_whole_way(load: Load, point: TransferPoint) -> None:
    """Planned, and neither from nor to another truck. Raises: CannotChangeTruck."""
    if load.state != LoadState.PLANNED or load.continues_id or load.delivery.is_transfer or not point.is_active:
        raise unfit.CannotChangeTruck


def _bring_to(trip: Trip, load: Load, point: TransferPoint, by: User, at: dt.datetime) -> Stop:
    """The trip leads to the point instead of the dock. Raises: TruckNotFit, CannotReach."""
    parts, loads = parts_of(loads_of(trip))
    name = next(key for key, one in loads.items() if one.pk == load.pk)
    route = without(route_of(trip, loads), [name])
    meeting = meeting_at(stop_at(point), trip.day)
    parts[name] = Part(name, parts[name].allocation, parts[name].grams, given_at=meeting)
    candidate, pass_needed = locked_candidate(trip.truck_id, trip.day, at, parts.values(), trip)
    problem = make_problem(list(parts.values()), [candidate], trip.day, pass_needed=pass_needed)
    better, broken = insert_cheapest(problem, route, name)
    if better is None:
        raise unfit.CannotReach(plate=trip.truck.plate, why=refusals.words(violation_words(broken)))
    written = rewrite_trip(trip, candidate, make_journey(problem, better, parts, trip.day), parts, loads, by=by)
    return written[name].delivery


def _take_from(stop: Stop, load: Load, truck: Truck, by: User, at: dt.datetime) -> Load:
    """A trip of the truck from the stop to the dock. Raises: TruckNotFit, CannotReach."""
    day = load.trip.day
    allocation = Allocation.objects.select_related(*WITH_PLACES).get(pk=load.allocation_id)
    there = (stop.arrived_at or stop.planned_at) + unloading(load.riding_g)
    part = Part("onward", allocation, load.riding_g, taken_at=meeting_at(stop, day, not_before=there), continues=load)
    candidate, pass_needed = locked_candidate(truck.pk, day, at, [part])
    problem = make_problem([part], [candidate], day, pass_needed=pass_needed)
    route, broken = insert_cheapest(problem, Route(str(truck.pk), ()), part.id)
    if route is None:
        raise unfit.CannotReach(plate=truck.plate, why=refusals.words(violation_words(broken)))
    trip = write_trip(
        day, candidate, make_journey(problem, route, {part.id: part}, day), {part.id: part}, run=None, by=by
    )
    return trip.loads.get()


def unloading(grams: int) -> dt.timedelta:
    return dt.timedelta(seconds=service_s(grams))
