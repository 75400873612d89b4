"""Taking back a wrong receipt: a further receipt with the same grams below zero. Nothing is edited or deleted."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.models import User
from market.permissions import can_enter_for_others, on_behalf_of, require
from orders.actions.progress import mark_receiving_again
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_receipts as unfit
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.receipt_notices import tell_of_dispute, tell_of_reversal
from orders.logistics.actions.receipts import first_with
from orders.logistics.actions.trips import lock_pledge_of
from orders.logistics.enums import DISPUTE_MOVES, LOAD_MOVES, DisputeState, LoadState
from orders.logistics.models import Dispute, Load, Receipt, Trip
from orders.logistics.permissions_receipts import can_receive_for
from orders.logistics.reasons import MAX_REASON
from orders.models import Pledge
from orders.permissions import can_buy_for


@transaction.atomic
def reverse_receipt(receipt: Receipt, *, reason: str, by: User, key: UUID) -> Receipt:
    """The receipt no longer counts: a further one says the same below zero, on today's day. The load is to be received again,
    and so is its pledge; an open dispute of the receipt is upheld by it. The seller is told.

    Another person of the buyer does it than wrote the receipt, or the commerce desk.
    Locks: pledge, allocation, trip, load. A repeat with the same key returns the first reversal.
    Raises: NotAllowed, SecondPersonNeeded, ReasonNeeded, AlreadyReversed, ReversalStands, RestOnAnotherTruck,
    ReceiptKeyUsedOtherwise.
    """
    pledge = lock_pledge_of(receipt.load).pledge
    require(can_receive_for(by, pledge))
    if receipt.by_id == by.pk and not can_enter_for_others(by):
        raise unfit.SecondPersonNeeded
    reversal = write_reversal(receipt, pledge, reason=reason, by=by, key=key)
    _uphold_open_dispute(receipt, pledge, reversal, by)
    return reversal


def write_reversal(receipt: Receipt, pledge: Pledge, *, reason: str, by: User, key: UUID) -> Receipt:
    """For `reverse_receipt` and an upheld dispute, which have asked for permission and hold the pledge.

    Locks: trip, load. Raises: ReasonNeeded, AlreadyReversed, ReversalStands, RestOnAnotherTruck, ReceiptKeyUsedOtherwise.
    """
    said = reason.strip()[:MAX_REASON]
    if not said:
        raise refusals.ReasonNeeded
    lock_one(Trip, receipt.load.trip_id)
    load = lock_one(Load, receipt.load_id)
    below_zero = _below_zero(receipt) | {"reason": said, "reverses_id": receipt.pk}
    first = first_with(load, key, below_zero)
    if first is not None:
        return first
    if receipt.reverses_id is not None:
        raise unfit.ReversalStands
    if Receipt.objects.filter(reverses=receipt).exists():
        raise unfit.AlreadyReversed
    if Load.objects.live().filter(continues=load).exists() or load.given.exists():  # type: ignore[attr-defined]
        raise unfit.RestOnAnotherTruck
    reversal = Receipt.objects.create(load=load, key=key, by=by, **below_zero)
    helped = on_behalf_of(by, pledge.buyer)
    grams = receipt.accepted_g + receipt.downgraded_g
    record(load, "receipt_reversed", by=by, on_behalf_of=helped, grams=grams, reason=said)
    if load.state == LoadState.DELIVERED:
        old = move(load, "state", LoadState.LOADED, LOAD_MOVES)
        load.save(update_fields=["state"])
        record(load, "receiving_again", by=by, on_behalf_of=helped, from_state=old, to_state=load.state)
    if Pledge.objects.get(pk=pledge.pk).state == PledgeState.RECEIVED:
        mark_receiving_again(pledge.pk, by=by)
    tell_of_reversal(reversal, pledge)
    return reversal


def _below_zero(receipt: Receipt) -> dict[str, object]:
    grams = ("accepted_g", "downgraded_g", "rejected_g", "missing_g", "surplus_g")
    return {name: -getattr(receipt, name) for name in grams} | {
        "downgraded_price": receipt.downgraded_price,
        "code": receipt.code,
    }


def _uphold_open_dispute(receipt: Receipt, pledge: Pledge, reversal: Receipt, by: User) -> None:
    """Whoever takes the receipt back while its seller disagrees has agreed with the seller."""
    dispute = Dispute.objects.select_for_update(no_key=True).filter(receipt=receipt, state=DisputeState.OPEN).first()
    if dispute is not None:
        close_dispute(dispute, DisputeState.UPHELD, reversal.reason, pledge, by=by)


def close_dispute(dispute: Dispute, to: DisputeState, answer: str, pledge: Pledge, *, by: User) -> Dispute:
    """The dispute is answered, and both sides know. Call it with the dispute locked. Raises: WrongState."""
    old = move(dispute, "state", to, DISPUTE_MOVES)
    dispute.answer, dispute.answered_by, dispute.answered_at = answer, by, timezone.now()
    dispute.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    helped = on_behalf_of(by, pledge.buyer)
    desk_answers = can_enter_for_others(by) and not can_buy_for(by, pledge.buyer)
    record(dispute, str(to.value), by=by, on_behalf_of=helped, from_state=old, to_state=to, reason=answer)
    tell_of_dispute(dispute, pledge, str(to.value), both=desk_answers)
    return dispute
