"""Trips changed by hand: adding one, putting a load on, moving it, taking it off, cancelling. The checks are the planner's."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.exceptions import WrongState
from market.models import User
from market.quantities import describe
from market.wording import calendar_day
from orders.actions.progress import mark_planned
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics.actions.endings import end_trip, end_trip_if_done, follow_pledges
from orders.logistics.actions.halts import rewrite_trip, take_off, write_trip
from orders.logistics.actions.locking import require_unlocked
from orders.logistics.actions.locks import lock_all, lock_one, lock_passes_of
from orders.logistics.enums import EDITABLE_TRIPS, LoadState, TripState
from orders.logistics.exceptions_road import ChangesTruck
from orders.logistics.models import Driver, Load, Stop, Trip, Truck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.planner.model import Problem, Route
from orders.logistics.queries.fleet import fleet_for
from orders.logistics.queries.journeys import (
    WITH_PLACES,
    Candidate,
    Journey,
    Part,
    insert_cheapest,
    make_journey,
    make_problem,
)
from orders.logistics.queries.loads import planned_by_allocation, trips_of_chains
from orders.logistics.queries.pass_choice import options_for
from orders.logistics.queries.problems import WAITING, why_unaskable
from orders.logistics.queries.rides import loads_of, parts_of, route_of
from orders.logistics.wording import left_behind_word, violation_words
from orders.models import Allocation, Pledge

Wanted = Sequence[tuple[int, int | None]]


@transaction.atomic
def add_trip(day: dt.date, truck: Truck, wanted: Wanted, *, by: User, at: dt.datetime | None = None) -> Trip:
    """A planned trip of the truck carries what is wanted: (allocation id, grams; None is all that rides on no truck).

    Locks: pledges, allocations, truck, driver, passes. Raises: NotAllowed, PlanInPast, NothingChosen, AllocationGone,
    OtherDay, CannotBePlanned, NotSoMuchUnplanned, TruckNotFit, DoesNotFit.
    """
    require_dispatcher(by)
    at = at or timezone.now()
    if day < timezone.localdate(at):
        raise refusals.PlanInPast(day=calendar_day(day))
    if not wanted:
        raise refusals.NothingChosen
    parts = _locked_parts(wanted, day)
    candidate, pass_needed = locked_candidate(truck.pk, day, at, parts.values())
    problem = make_problem(list(parts.values()), [candidate], day, pass_needed=pass_needed)
    journey = _insert_all(problem, Route(str(truck.pk), ()), parts, parts, candidate.truck, day)
    trip = write_trip(day, candidate, journey, parts, run=None, by=by)
    _mark_planned(parts, by)
    return trip


@transaction.atomic
def add_load(
    trip: Trip, allocation_id: int, grams: int | None = None, *, by: User, at: dt.datetime | None = None
) -> Load:
    """The grams (None: all that rides on no truck) ride on the trip, which keeps its times and windows.

    Locks: pledge, allocation, trip, truck, driver, passes. Raises: NotAllowed, AlreadyRolling, TripLocked, AllocationGone,
    OtherDay, NotSoMuchUnplanned, TruckNotFit, DoesNotFit.
    """
    require_dispatcher(by)
    parts = _locked_parts([(allocation_id, grams)], trip.day)
    trip = _lock_trips(trip.pk)[trip.pk]
    written = _put_on(trip, parts, by, at or timezone.now())
    _mark_planned(parts, by)
    return written


@transaction.atomic
def move_load(load: Load, to_trip: Trip, *, by: User, at: dt.datetime | None = None) -> Load:
    """The load rides on the other trip instead; the trip left behind is cancelled when nothing is left on it.

    Locks: pledge, allocation, trips, load, truck, driver, passes. Raises: NotAllowed, WrongState (loaded already), SameTrip,
    TripLocked (either of them), ChangesTruck, AlreadyRolling, AllocationGone, OtherDay, TruckNotFit, DoesNotFit. Nothing is written when it
    is refused.
    """
    require_dispatcher(by)
    allocation_id = Load.objects.values_list("allocation_id", flat=True).get(pk=load.pk)
    allocation = _locked_allocation(allocation_id, to_trip.day)
    trips = _lock_trips(load.trip_id, to_trip.pk)
    load = lock_one(Load, load.pk)
    if load.state != LoadState.PLANNED:
        raise WrongState(state=load.get_state_display())
    if load.trip_id == to_trip.pk:
        raise refusals.SameTrip
    require_unlocked(trips.values())
    if load.continues_id is not None or load.delivery.is_transfer:
        raise ChangesTruck
    take_off(load, by=by, reason="moved")
    moved = _put_on(trips[to_trip.pk], {"new": Part("new", allocation, load.planned_g)}, by, at or timezone.now())
    record(moved, "moved", by=by, to_state=moved.state, grams=load.planned_g)
    close_up(trips[load.trip_id], by)
    return moved


@transaction.atomic
def unplan_load(load: Load, *, reason: str, by: User) -> Load:
    """The load is off the trip and its grams wait for a truck again. What a truck has left with stays on it.

    Locks: pledge, allocation, trip, load. Raises: NotAllowed, ReasonNeeded, WrongState (also the second time), AlreadyDeparted,
    TripLocked.
    """
    require_dispatcher(by)
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    allocation = lock_pledge_of(load)
    trip = _lock_trips(*trips_of_chains([load.pk]))[load.trip_id]
    load = lock_one(Load, load.pk)
    if load.is_live and load.pickup.departed_at is not None:
        raise refusals.AlreadyDeparted
    require_unlocked([trip])
    take_off(load, by=by, reason=reason)
    close_up(trip, by)
    follow_pledges([allocation.pledge_id], by=by)
    return load


@transaction.atomic
def cancel_trip(trip: Trip, *, reason: str, by: User) -> Trip:
    """The trip does not run; all that was on it waits for a truck again. Possible until it leaves its first stop.

    Locks: pledges, allocations, trip, loads. Raises: NotAllowed, ReasonNeeded, JustChanged (a load came onto the trip before
    it was locked), WrongState (also the second time).
    """
    require_dispatcher(by)
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    ids = list(Load.objects.live().filter(trip=trip).values_list("allocation_id", flat=True))
    locked = lock_all(Pledge, Allocation.objects.filter(pk__in=ids).values_list("pledge_id", flat=True))
    lock_all(Allocation, ids)
    chains = trips_of_chains(Load.objects.live().filter(trip=trip).values_list("pk", flat=True))
    trip = lock_all(Trip, {trip.pk, *chains})[trip.pk]
    loads = lock_all(Load, Load.objects.live().filter(trip=trip).values_list("pk", flat=True)).values()
    if {load.allocation_id for load in loads} - set(ids):
        raise refusals.JustChanged  # its pledge is not locked, and locking it now would break the order
    trip = end_trip(trip, TripState.CANCELLED, by=by, reason=reason)
    for load in loads:
        take_off(load, by=by, reason=reason)
    follow_pledges(locked, by=by)
    return trip


def lock_pledge_of(load: Load) -> Allocation:
    """Lock the pledge, then the allocation of a load."""
    pledge_id = Allocation.objects.values_list("pledge_id", flat=True).get(pk=load.allocation_id)
    lock_one(Pledge, pledge_id)
    return lock_one(Allocation, load.allocation_id)


def _locked_parts(wanted: Wanted, day: dt.date) -> dict[str, Part]:
    """What is wanted, locked, still promised for the day and not riding elsewhere."""
    ids = sorted(dict(wanted))
    lock_all(Pledge, Allocation.objects.filter(pk__in=ids).values_list("pledge_id", flat=True))
    lock_all(Allocation, ids)
    planned = planned_by_allocation(ids)
    parts = {}
    for pk, grams in dict(wanted).items():
        allocation = _usable(pk, day)
        left = allocation.grams - planned.get(pk, 0)
        if left <= 0 or not 0 < (left if grams is None else grams) <= left:
            raise refusals.NotSoMuchUnplanned(left=describe(left))
        parts[f"new-{pk}"] = Part(f"new-{pk}", allocation, left if grams is None else grams)
    return parts


def _locked_allocation(pk: int, day: dt.date) -> Allocation:
    lock_one(Pledge, Allocation.objects.values_list("pledge_id", flat=True).get(pk=pk))
    lock_one(Allocation, pk)
    return _usable(pk, day)


def _usable(pk: int, day: dt.date) -> Allocation:
    allocation = Allocation.objects.live().select_related(*WITH_PLACES).filter(pk=pk).first()
    if allocation is None or allocation.pledge.state not in WAITING:
        raise refusals.AllocationGone
    if allocation.pledge.day != day:
        raise refusals.OtherDay(day=calendar_day(allocation.pledge.day))
    code = why_unaskable(allocation, day)
    if code is not None:
        raise refusals.CannotBePlanned(why=left_behind_word(code))
    return allocation


def _lock_trips(*ids: int) -> dict[int, Trip]:
    return lock_all(Trip, ids)


def locked_candidate(
    truck_id: int, day: dt.date, at: dt.datetime, parts: Iterable[Part], trip: Trip | None = None
) -> tuple[Candidate, bool]:
    """The truck as it may run with the pass that allows the goods, and with the trip's own driver where there is a trip.

    Raises: TruckNotFit.
    """
    truck = lock_one(Truck, truck_id)
    driver_id = trip.driver_id if trip else truck.driver_id
    driver = lock_one(Driver, driver_id) if driver_id else None
    lock_passes_of([truck])
    fleet = fleet_for(day, at, trucks=[truck_id], driver=driver, trip=trip)
    if not fleet.candidates:
        raise refusals.TruckNotFit(plate=truck.plate, reasons=fleet.excluded[0].reasons)
    options = options_for(fleet.candidates[0], parts, pass_needed=fleet.pass_needed)
    return options[0], fleet.pass_needed


def _put_on(trip: Trip, new: Mapping[str, Part], by: User, at: dt.datetime) -> Load:
    """Insert the new part where it costs least, with every window and every leg's capacity kept."""
    if trip.state not in EDITABLE_TRIPS:
        raise refusals.AlreadyRolling(plate=trip.truck.plate)
    require_unlocked([trip])
    parts, loads = parts_of(loads_of(trip))
    everything = {**parts, **new}
    candidate, pass_needed = locked_candidate(trip.truck_id, trip.day, at, everything.values(), trip)
    problem = make_problem(list(everything.values()), [candidate], trip.day, pass_needed=pass_needed)
    journey = _insert_all(problem, route_of(trip, loads), new, everything, trip.truck, trip.day)
    written = rewrite_trip(trip, candidate, journey, everything, loads, by=by)
    return written[next(iter(new))]


def _insert_all(
    problem: Problem,
    route: Route,
    new: Mapping[str, Part],
    parts: Mapping[str, Part],
    truck: Truck,
    day: dt.date,
) -> Journey:
    for name in new:
        better, broken = insert_cheapest(problem, route, name)
        if better is None:
            raise refusals.DoesNotFit(plate=truck.plate, why=refusals.words(violation_words(broken)))
        route = better
    return make_journey(problem, route, dict(parts), day)


def close_up(trip: Trip, by: User | None) -> None:
    """After a load is taken off: the other stops come earlier, or a trip with nothing left is ended."""
    trip = end_trip_if_done(trip, by=by)
    if trip.state not in EDITABLE_TRIPS:
        return
    parts, loads = parts_of(loads_of(trip))
    ends_at = max(trip.ends_at, Stop.objects.filter(trip=trip).latest("planned_at").planned_at)
    candidate = Candidate(trip.truck, trip.driver, trip.green_pass, trip.starts_at, ends_at)
    problem = make_problem(list(parts.values()), [candidate], trip.day, pass_needed=False)
    journey = make_journey(problem, route_of(trip, loads), parts, trip.day)
    rewrite_trip(trip, candidate, journey, parts, loads, by=by)


def _mark_planned(parts: Mapping[str, Part], by: User) -> None:
    pledges = {part.allocation.pledge_id for part in parts.values()}
    waiting = Pledge.objects.filter(pk__in=pledges, state=PledgeState.PLACED).order_by("pk")
    for pk in waiting.values_list("pk", flat=True):
        mark_planned(pk, by=by)
