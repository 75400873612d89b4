"""A seller does not agree with a receipt: raising it, taking it back, and the answer of the buyer or the commerce desk."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.exceptions import WrongState
from market.models import User
from market.permissions import on_behalf_of, require
from market.wording import clock_time
from orders.logistics import exceptions_disputes as refusals
from orders.logistics.actions.evidence import clean_pictures, keep_pictures
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.receipt_notices import tell_of_dispute
from orders.logistics.actions.receipt_reversals import close_dispute, write_reversal
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.trips import lock_pledge_of
from orders.logistics.enums import DISPUTE_MOVES, DisputeState, EvidenceKind
from orders.logistics.models import Dispute, Load, Receipt, Trip
from orders.logistics.permissions_receipts import can_receive_for
from orders.permissions import can_bring_for

MAX_WORDS = 300


def dispute_until(receipt: Receipt) -> dt.datetime:
    """The last moment at which its seller may disagree."""
    return receipt.at + dt.timedelta(hours=settings.DISPUTE_HOURS)


def raise_dispute(receipt: Receipt, *, why: str, key: UUID, by: User, photos: Sequence[Any] = ()) -> Dispute:
    """The seller does not agree with the receipt, and says why; the buyer is told and answers, or the commerce desk.

    Locks: pledge, allocation, trip, load. Where the same is open already, with the same words, it is returned.
    Raises: NotAllowed, DisputeWhyNeeded, DisputeTooLate, DisputeOfCorrected, DisputeAnswered, DisputeAlreadyOpen,
    BadPhoto, TooManyPictures.
    """
    said = why.strip()
    if not 0 < len(said) <= MAX_WORDS:
        raise refusals.DisputeWhyNeeded(limit=MAX_WORDS)
    return _raise(receipt, said, clean_pictures(photos), key, by)


@transaction.atomic
def _raise(receipt: Receipt, why: str, pictures: Sequence[bytes], key: UUID, by: User) -> Dispute:
    pledge = lock_pledge_of(receipt.load).pledge
    require(can_bring_for(by, pledge.seller))
    trip = lock_one(Trip, receipt.load.trip_id)
    load = lock_one(Load, receipt.load_id)
    rows = Dispute.objects.filter(receipt=receipt)
    open_now = rows.filter(state=DisputeState.OPEN).first()
    if open_now is not None:
        if open_now.why != why:
            raise refusals.DisputeAlreadyOpen
        return open_now
    _require_disputable(receipt, {dispute.state for dispute in rows})
    dispute = Dispute.objects.create(receipt=receipt, why=why, until=dispute_until(receipt), by=by)
    record(dispute, "raised", by=by, on_behalf_of=on_behalf_of(by, pledge.seller), to_state=dispute.state, reason=why)
    keep_pictures(pictures, kind=EvidenceKind.DISPUTE, trip=trip, key=key, by=by, load=load, dispute=dispute)
    tell_of_dispute(dispute, pledge, "raised")
    return dispute


def _require_disputable(receipt: Receipt, earlier: set[str]) -> None:
    if receipt.reverses_id is not None or Receipt.objects.filter(reverses=receipt).exists():
        raise refusals.DisputeOfCorrected
    if earlier & {DisputeState.REFUSED, DisputeState.UPHELD}:
        raise refusals.DisputeAnswered
    if timezone.now() > dispute_until(receipt):
        raise refusals.DisputeTooLate(until=clock_time(dispute_until(receipt)))


@transaction.atomic
def withdraw_dispute(dispute: Dispute, *, by: User) -> Dispute:
    """The seller agrees after all; the buyer is told. Locks: pledge, allocation, dispute. A repeat changes nothing.

    Raises: NotAllowed, WrongState.
    """
    pledge = lock_pledge_of(dispute.receipt.load).pledge
    require(can_bring_for(by, pledge.seller))
    dispute = lock_one(Dispute, dispute.pk)
    if dispute.state == DisputeState.WITHDRAWN:
        return dispute
    old = move(dispute, "state", DisputeState.WITHDRAWN, DISPUTE_MOVES)
    dispute.save(update_fields=["state"])
    helped = on_behalf_of(by, pledge.seller)
    record(dispute, "withdrawn", by=by, on_behalf_of=helped, from_state=old, to_state=dispute.state)
    tell_of_dispute(dispute, pledge, "withdrawn")
    return dispute


@transaction.atomic
def refuse_dispute(dispute: Dispute, *, answer: str, by: User) -> Dispute:
    """The receipt stays as it is, with an answer; the seller is told, and the buyer where the desk answers.

    Locks: pledge, allocation, dispute. A repeat changes nothing. Raises: NotAllowed, DisputeAnswerNeeded, WrongState.
    """
    said = _answer(answer)
    pledge = lock_pledge_of(dispute.receipt.load).pledge
    require(can_receive_for(by, pledge))
    dispute = lock_one(Dispute, dispute.pk)
    if dispute.state == DisputeState.REFUSED and dispute.answer == said:
        return dispute
    return close_dispute(dispute, DisputeState.REFUSED, said, pledge, by=by)


@transaction.atomic
def uphold_dispute(dispute: Dispute, *, answer: str, right: Mapping[str, Any], key: UUID, by: User) -> Receipt:
    """The seller was right: the receipt is taken back and recorded anew as `right` says (facts of `record_receipt`).

    Locks: pledge, allocation, trip, load, dispute. A repeat with the same key returns the receipt recorded anew.
    Raises: NotAllowed, DisputeAnswerNeeded, WrongState, AlreadyReversed, and what `record_receipt` raises.
    """
    said = _answer(answer)
    receipt = dispute.receipt
    pledge = lock_pledge_of(receipt.load).pledge
    require(can_receive_for(by, pledge))
    lock_one(Trip, receipt.load.trip_id)
    load = lock_one(Load, receipt.load_id)
    dispute = lock_one(Dispute, dispute.pk)
    new_key = uuid5(key, "anew")
    if dispute.state == DisputeState.UPHELD:
        anew = Receipt.objects.filter(load=load, key=new_key).first()
        if anew is None:
            raise WrongState(state=dispute.get_state_display())
        return anew
    write_reversal(receipt, pledge, reason=said, by=by, key=key)
    anew = record_receipt(load, by=by, key=new_key, **right)
    close_dispute(dispute, DisputeState.UPHELD, said, pledge, by=by)
    return anew


def _answer(answer: str) -> str:
    """Raises: DisputeAnswerNeeded."""
    said = answer.strip()
    if not 0 < len(said) <= MAX_WORDS:
        raise refusals.DisputeAnswerNeeded(limit=MAX_WORDS)
    return said
