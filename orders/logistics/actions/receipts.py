"""What a buyer received: several receipts may follow each other, and together they are never more than was loaded."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from market.actions.events import record
from market.actions.states import move
from market.exceptions import WrongState
from market.models import User
from market.permissions import on_behalf_of, require
from market.quantities import describe
from orders.logistics import exceptions as refusals
from orders.logistics.actions.endings import end_trip_if_done, follow_pledges
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.trips import lock_pledge_of
from orders.logistics.enums import LOAD_MOVES, LoadState, TripState
from orders.logistics.models import Load, Receipt, Trip
from orders.logistics.queries.loads import received_by_load
from orders.permissions import can_buy_for


def record_receipt(
    load: Load,
    *,
    accepted: int,
    key: UUID,
    by: User,
    rejected: int = 0,
    missing: int = 0,
    reason: str = "",
) -> Receipt:
    """So many grams of the load were accepted, rejected and missing. When all that was loaded is accounted for, the load
    is delivered; with the last load the trip is completed, and a pledge of which nothing is under way or waiting is received.

    Locks: pledge, allocation, trip, load. A repeat with the same key and contents returns the first receipt and changes nothing.
    Raises: NotAllowed, NotOnTheRoad, WrongState, NegativeQuantity, NothingReceived, ReasonNeeded, MoreThanLoaded,
    ReceiptKeyUsedOtherwise.
    """
    said = {"accepted_g": accepted, "rejected_g": rejected, "missing_g": missing, "reason": reason.strip()[:200]}
    try:
        return _record(load, said, key, by)
    except IntegrityError:
        first = _first_with(load, key, said)
        if first is None:
            raise
        return first


def _first_with(load: Load, key: UUID, said: dict[str, Any]) -> Receipt | None:
    """The first receipt, when the form sent again says what it said then. Raises: ReceiptKeyUsedOtherwise."""
    first = Receipt.objects.filter(load=load, key=key).first()
    if first is not None and any(getattr(first, name) != value for name, value in said.items()):
        raise refusals.ReceiptKeyUsedOtherwise(received=describe(first.accepted_g + first.rejected_g + first.missing_g))
    return first


@transaction.atomic
def _record(load: Load, said: dict[str, Any], key: UUID, by: User) -> Receipt:
    allocation = lock_pledge_of(load)
    buyer = allocation.pledge.buyer
    require(can_buy_for(by, buyer))
    first = _first_with(load, key, said)
    if first is not None:
        return first
    trip = lock_one(Trip, load.trip_id)
    load = lock_one(Load, load.pk)
    _require_on_the_road(trip, load)
    left = (load.loaded_g or 0) - received_by_load([load.pk]).get(load.pk, 0)
    received = _check_grams(**said, left=left)
    receipt = Receipt.objects.create(load=load, key=key, by=by, **said)
    helped = on_behalf_of(by, buyer)
    record(load, "received", by=by, on_behalf_of=helped, grams=receipt.accepted_g, reason=receipt.reason)
    if received == left:
        old = move(load, "state", LoadState.DELIVERED, LOAD_MOVES)
        load.save(update_fields=["state"])
        record(load, "delivered", by=by, on_behalf_of=helped, from_state=old, to_state=load.state, grams=load.loaded_g)
        end_trip_if_done(trip, by=by)
        follow_pledges([allocation.pledge_id], by=by)
    return receipt


def _require_on_the_road(trip: Trip, load: Load) -> None:
    if load.state == LoadState.PLANNED:
        raise refusals.NotOnTheRoad
    if load.state != LoadState.LOADED:
        raise WrongState(state=load.get_state_display())
    if trip.state not in (TripState.EN_ROUTE, TripState.COMPLETED) or load.pickup.departed_at is None:
        raise refusals.NotOnTheRoad


def _check_grams(*, accepted_g: int, rejected_g: int, missing_g: int, reason: str, left: int) -> int:
    """The grams accounted for, which are no more than what is left."""
    received = accepted_g + rejected_g + missing_g
    if min(accepted_g, rejected_g, missing_g) < 0:
        raise refusals.NegativeQuantity
    if received == 0:
        raise refusals.NothingReceived
    if rejected_g + missing_g and not reason:
        raise refusals.ReasonNeeded
    if received > left:
        raise refusals.MoreThanLoaded(left=describe(left))
    return received
