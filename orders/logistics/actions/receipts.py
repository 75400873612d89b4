"""What a buyer received: several receipts may follow each other, and together they account for what was loaded."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from market.actions.events import record
from market.actions.states import move
from market.exceptions import WrongState
from market.models import User
from market.permissions import on_behalf_of, require
from market.quantities import describe
from market.wording import yuan
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_receipts as unfit
from orders.logistics.actions.endings import end_trip_if_done, follow_pledges
from orders.logistics.actions.evidence import clean_pictures, keep_pictures
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.receipt_notices import tell_of_difference
from orders.logistics.actions.trips import lock_pledge_of
from orders.logistics.enums import LOAD_MOVES, EvidenceKind, LoadState, TripState
from orders.logistics.exceptions_road import ReceivedFromAnother
from orders.logistics.models import Load, Receipt, Trip
from orders.logistics.permissions_receipts import can_receive_for
from orders.logistics.queries.loads import Received, received_of
from orders.logistics.queries.receiving import most_surplus, tolerance_of
from orders.logistics.reasons import words_of_reason
from orders.models import Pledge


def record_receipt(
    load: Load,
    *,
    accepted: int,
    key: UUID,
    by: User,
    downgraded: int = 0,
    rejected: int = 0,
    missing: int = 0,
    surplus: int = 0,
    downgraded_price: Decimal | None = None,
    code: str = "",
    reason: str = "",
    photos: Sequence[Any] = (),
) -> Receipt:
    """So many grams of the load were accepted, taken at a lower grade, rejected and missing; `surplus` of them came beyond
    what was loaded. When all that was loaded is accounted for, the load is delivered; with the last load the trip is
    completed, and a pledge of which nothing is under way or waiting is received. The seller is told of a difference.

    Locks: pledge, allocation, trip, load. A repeat with the same key and contents returns the first receipt and changes nothing.
    Raises: NotAllowed, NotOnTheRoad, WrongState, ReceivedFromAnother, NegativeQuantity, NothingReceived, ReceiptReasonNeeded, MoreThanLoaded,
    TooMuchSurplus, MissingAndSurplus, SurplusNotInside, DowngradedPriceUnfit, DowngradedPriceAlone, BadPhoto,
    TooManyPictures, ReceiptKeyUsedOtherwise.
    """
    said = {
        "accepted_g": accepted,
        "downgraded_g": downgraded,
        "rejected_g": rejected,
        "missing_g": missing,
        "surplus_g": surplus,
        "downgraded_price": downgraded_price,
        "code": code,
        "reason": words_of_reason(code, reason),
    }
    first = first_with(load, key, said)
    pictures = [] if first else clean_pictures(photos)
    try:
        return _record(load, said, key, by, pictures)
    except IntegrityError:
        first = first_with(load, key, said)
        if first is None:
            raise
        return first


def first_with(load: Load, key: UUID, said: Mapping[str, Any]) -> Receipt | None:
    """The first receipt, when the form sent again says what it said then. Raises: ReceiptKeyUsedOtherwise."""
    first = Receipt.objects.filter(load=load, key=key).first()
    if first is not None and any(getattr(first, name) != value for name, value in said.items()):
        grams = first.accepted_g + first.downgraded_g + first.rejected_g + first.missing_g
        raise refusals.ReceiptKeyUsedOtherwise(received=describe(abs(grams)))
    return first


@transaction.atomic
def _record(load: Load, said: dict[str, Any], key: UUID, by: User, pictures: Sequence[bytes]) -> Receipt:
    allocation = lock_pledge_of(load)
    pledge = allocation.pledge
    require(can_receive_for(by, pledge))
    first = first_with(load, key, said)
    if first is not None:
        return first
    trip = lock_one(Trip, load.trip_id)
    load = lock_one(Load, load.pk)
    _require_on_the_road(trip, load)
    before = received_of(load)
    check_receipt(load, pledge, said, before)
    receipt = Receipt.objects.create(load=load, key=key, by=by, **said)
    helped = on_behalf_of(by, pledge.buyer)
    taken = receipt.accepted_g + receipt.downgraded_g
    record(load, "received", by=by, on_behalf_of=helped, grams=taken, reason=receipt.reason)
    keep_pictures(pictures, kind=EvidenceKind.RECEIPT, trip=trip, key=key, by=by, load=load, receipt=receipt)
    if received_of(load).spoken_g == load.loaded_g:
        old = move(load, "state", LoadState.DELIVERED, LOAD_MOVES)
        load.save(update_fields=["state"])
        record(load, "delivered", by=by, on_behalf_of=helped, from_state=old, to_state=load.state, grams=load.loaded_g)
        end_trip_if_done(trip, by=by)
        follow_pledges([pledge.pk], by=by)
    tell_of_difference(receipt, pledge)
    return receipt


def _require_on_the_road(trip: Trip, load: Load) -> None:
    if load.state == LoadState.PLANNED:
        raise refusals.NotOnTheRoad
    if load.state != LoadState.LOADED:
        raise WrongState(state=load.get_state_display())
    if trip.state not in (TripState.EN_ROUTE, TripState.COMPLETED) or load.pickup.departed_at is None:
        raise refusals.NotOnTheRoad
    onward = Load.objects.live().filter(continues=load).select_related("trip__truck").first()
    if onward is not None:
        raise ReceivedFromAnother(plate=onward.trip.truck.plate)


def check_receipt(load: Load, pledge: Pledge, said: Mapping[str, Any], before: Received) -> None:
    """Whether the load can take what is said after what was said `before`. Raises: see `record_receipt`."""
    now = Received(*(said[f"{what}_g"] for what in ("accepted", "downgraded", "rejected", "missing", "surplus")))
    if min(now.parts) < 0:
        raise refusals.NegativeQuantity
    if not any(now.parts):
        raise refusals.NothingReceived
    _check_surplus(load, now, before)
    left = (load.loaded_g or 0) - before.spoken_g
    if now.spoken_g > left:
        raise refusals.MoreThanLoaded(left=describe(left))
    _check_price(pledge, said["downgraded_price"], now)
    if not said["reason"]:
        _check_reason(load, pledge, now, before)


def _check_surplus(load: Load, now: Received, before: Received) -> None:
    if not now.surplus_g:
        return
    if now.missing_g:
        raise unfit.MissingAndSurplus
    if now.spoken_g < 0:
        raise unfit.SurplusNotInside(surplus=describe(now.surplus_g))
    most = most_surplus(load)
    if now.surplus_g + before.surplus_g > most:
        raise unfit.TooMuchSurplus(most=describe(most))


def _check_price(pledge: Pledge, price: Decimal | None, now: Received) -> None:
    if price is None:
        return
    if not now.downgraded_g:
        raise unfit.DowngradedPriceAlone
    most = Decimal("999999.99") if pledge.price is None else pledge.price
    if not price.is_finite() or not 0 < price <= most or price != round(price, 2):
        raise unfit.DowngradedPriceUnfit(most=yuan(most, pledge.price_word))


def _check_reason(load: Load, pledge: Pledge, now: Received, before: Received) -> None:
    """Less than promised is explained, but for what any produce loses on the way."""
    tolerance = tolerance_of(load, pledge.produce)
    after = now + before
    too_much_missing = now.missing_g and after.missing_g > tolerance
    nothing_taken = after.spoken_g == load.loaded_g and not after.taken_g
    if now.downgraded_g or now.rejected_g or too_much_missing or nothing_taken:
        raise unfit.ReceiptReasonNeeded(tolerance=describe(tolerance))
