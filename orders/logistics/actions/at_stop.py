"""What every report from a stop asks first: is it the person's trip, is it under way, does the truck stand there."""

from market.exceptions import WrongState
from market.models import User
from market.permissions import require
from market.quantities import describe
from orders.logistics import exceptions as refusals
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.enums import OPEN_TRIPS, LoadState, TripState
from orders.logistics.exceptions_road import Overloaded, StillBroken
from orders.logistics.models import Load, Stop, Trip
from orders.logistics.permissions import can_drive
from orders.logistics.queries.loads import aboard_g, trips_of_chains


def own_stop(trip: Trip, stop: Stop, by: User) -> Stop:
    """The stop read again. Call it with the trip locked. Raises: NotAllowed."""
    require(can_drive(by, trip))
    return Stop.objects.get(pk=stop.pk, trip=trip)


def require_open(trip: Trip) -> None:
    """Raises: StillBroken, WrongState."""
    if trip.state == TripState.BROKEN_DOWN:
        raise StillBroken
    if trip.state not in OPEN_TRIPS:
        raise WrongState(state=trip.get_state_display())


def at_pickup(load: Load, by: User) -> tuple[Trip, Load]:
    """The load with its trip, locked, the truck standing where it is loaded. Raises: NotAllowed, WrongState, StillBroken,
    AlreadyDeparted, NotArrived."""
    trip = lock_all(Trip, trips_of_chains([load.pk]))[load.trip_id]
    require(can_drive(by, trip))
    load = lock_one(Load, load.pk)
    if load.state not in (LoadState.PLANNED, LoadState.LOADED):
        raise WrongState(state=load.get_state_display())
    if load.pickup.departed_at is not None:
        raise refusals.AlreadyDeparted
    require_open(trip)
    if load.pickup.arrived_at is None:
        raise refusals.NotArrived
    return trip, load


def require_not_over(trip: Trip, load: Load, grams: int) -> None:
    """What is on the truck with so many grams of the load is within its rated mass. Raises: Overloaded."""
    aboard = aboard_g(trip, but=load) + grams
    if aboard > trip.truck.rated_g:
        facts = {"aboard": describe(aboard), "rated": describe(trip.truck.rated_g)}
        raise Overloaded(plate=trip.truck.plate, **facts)
