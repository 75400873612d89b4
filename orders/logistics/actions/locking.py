"""Locking what is agreed with driver and yard: a locked trip is not planned differently by anybody until it is unlocked."""

from collections.abc import Iterable

from django.db import transaction

from market.actions.events import record
from market.models import User
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import EDITABLE_TRIPS
from orders.logistics.exceptions_board import NothingToLock, TripLocked
from orders.logistics.models import Trip
from orders.logistics.permissions import require_dispatcher


@transaction.atomic
def lock_trip(trip: Trip, *, by: User) -> Trip:
    """Loads are no longer moved onto, off or about the trip, and planning the rest of the day leaves it alone.

    What buyers and sellers change of their pledges still reaches it, and it can be cancelled. Locks: trip. A repeat changes nothing.
    Raises: NotAllowed, NothingToLock (begun or ended).
    """
    require_dispatcher(by)
    trip = lock_one(Trip, trip.pk)
    if trip.state not in EDITABLE_TRIPS:
        raise NothingToLock(plate=trip.truck.plate)
    return _set(trip, "locked", is_locked=True, by=by)


@transaction.atomic
def unlock_trip(trip: Trip, *, by: User) -> Trip:
    """The trip may be planned differently again. Locks: trip. A repeat changes nothing. Raises: NotAllowed."""
    require_dispatcher(by)
    return _set(lock_one(Trip, trip.pk), "unlocked", is_locked=False, by=by)


def require_unlocked(trips: Iterable[Trip]) -> None:
    """Of trips not begun; once a truck loads, what stays behind must come off whatever was agreed. Raises: TripLocked.

    Call it with the trips locked in the database.
    """
    for trip in trips:
        if trip.is_locked and trip.state in EDITABLE_TRIPS:
            raise TripLocked(plate=trip.truck.plate)


def _set(trip: Trip, verb: str, *, is_locked: bool, by: User) -> Trip:
    if trip.is_locked == is_locked:
        return trip
    trip.is_locked = is_locked
    trip.save(update_fields=["is_locked"])
    record(trip, verb, by=by)
    return trip
