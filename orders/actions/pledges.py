"""Placing, changing and cancelling a pledge: the only place where grams are promised or given back."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from market.actions.events import record
from market.actions.lots import release, reserve
from market.actions.states import move
from market.exceptions import NotEnoughLeft, Refused
from market.models import Event, Lot, Organisation, User
from market.permissions import on_behalf_of, require, require_verified
from market.prepared import insert
from market.quantities import Quantity, describe, format_exact
from orders.actions.conditions import (
    Line,
    require_changeable,
    require_delivery,
    require_in_time,
    require_lines,
    require_minimum,
    require_purchasable,
    require_reference,
    require_sum,
)
from orders.enums import PLEDGE_MOVES, PledgeState
from orders.exceptions import KeyUsedOtherwise, RaiseTooLarge, ReasonMissing
from orders.models import Allocation, Dock, Pledge, PledgeLine
from orders.permissions import can_buy_for, can_enter_pledge_for


def place_pledge(
    *,
    buyer: Organisation,
    lot_id: int,
    quantity: Quantity,
    dock: Dock,
    window_from: dt.time,
    window_to: dt.time,
    key: UUID,
    by: User,
    reference: str = "",
    lines: Sequence[Line] = (),
    lot: Lot | None = None,
) -> Pledge:
    """`quantity` of the lot is promised to the buyer for the lot's day: pledge, live allocation, event and reservation.

    `lines` are (name, Quantity) of an association's stalls. `lot` may be passed by a caller that has just read it with its listing.
    Price, unit and pack are frozen as the listing says now. Insert first, guarded update last: the hot row is locked for
    as short as possible. Locks: lot (by the guarded update). A repeat with the same buyer and key returns the first
    pledge, whatever has happened since; with other contents it is refused.
    Raises: NotAllowed, NotVerified, OwnProduce, DayPast, BelowMinimum, DockNotUsable, WindowBackwards, OutsideDockHours,
    ReferenceTooLong, LinesOnlyForAssociations, TooManyLines, LineIncomplete, LinesDoNotAddUp, NotEnoughLeft, LotClosed,
    KeyUsedOtherwise.
    """
    require(can_enter_pledge_for(by, buyer))
    wanted = Pledge(
        buyer=buyer,
        lot_id=lot_id,
        firm_g=quantity.grams,
        firm_typed=quantity.typed or format_exact(quantity.grams, "斤"),
        dock=dock,
        window_from=window_from,
        window_to=window_to,
        reference=reference.strip(),
        key=key,
        placed_by=by,
    )
    try:
        return _place(wanted, quantity, lines, lot, by)
    except (IntegrityError, Refused):
        first = Pledge.objects.filter(buyer=buyer, key=key).first()
        if first is None:
            raise
        return _same_as_before(first, wanted, lines)


@transaction.atomic
def _place(pledge: Pledge, quantity: Quantity, lines: Sequence[Line], lot: Lot | None, by: User) -> Pledge:
    buyer, dock = pledge.buyer, pledge.dock
    lot = lot or Lot.objects.select_related("listing").get(pk=pledge.lot_id)
    require_verified(buyer)
    require_purchasable(lot, buyer)
    require_minimum(lot, quantity.grams)
    require_delivery(dock, buyer, pledge.window_from, pledge.window_to)
    require_reference(pledge.reference)
    require_lines(lines, quantity, buyer)
    listing = lot.listing
    pledge.day = lot.day
    pledge.price, pledge.price_unit = listing.price, listing.price_unit
    pledge.pack_word, pledge.pack_g = listing.pack_word, listing.pack_g
    insert(pledge)
    insert(Allocation(lot_id=lot.pk, pledge=pledge, grams=pledge.firm_g))
    _write_lines(pledge, lines)
    record(
        pledge,
        "placed",
        by=by,
        on_behalf_of=on_behalf_of(by, buyer),
        to_state=PledgeState.PLACED,
        grams=pledge.firm_g,
    )
    reserve(lot.pk, pledge.firm_g)
    return pledge


def _write_lines(pledge: Pledge, lines: Sequence[Line]) -> None:
    if lines:
        PledgeLine.objects.bulk_create(
            PledgeLine(
                pledge=pledge,
                position=position,
                name=name.strip(),
                quantity_g=part.grams,
                quantity_typed=part.typed or format_exact(part.grams, "斤"),
            )
            for position, (name, part) in enumerate(lines, start=1)
        )


def _same_as_before(first: Pledge, wanted: Pledge, lines: Sequence[Line]) -> Pledge:
    """The first pledge, when the form sent again says what it said then. Raises: KeyUsedOtherwise."""
    events = list(Event.objects.about(first))
    changed_since = any(event.verb.endswith("changed") for event in events)
    same = first.lot_id == wanted.lot_id and events[0].grams == wanted.firm_g
    if not changed_since:
        fields = ("dock_id", "window_from", "window_to", "reference")
        same = same and all(getattr(first, name) == getattr(wanted, name) for name in fields)
        same = same and _says_the_same(first, lines)
    if not same:
        raise KeyUsedOtherwise(placed=describe(events[0].grams or 0))
    return first


def locked_pledge(pledge_id: int) -> Pledge:
    """The pledge as it is now, locked after its lot. Call inside a transaction.

    `no_key`: those who only refer to the rows (a new pledge of the same lot) need not wait.
    """
    lot_id = Pledge.objects.values_list("lot_id", flat=True).get(pk=pledge_id)
    lot = Lot.objects.select_for_update(no_key=True, of=("self",)).select_related("listing").get(pk=lot_id)
    pledge = (
        Pledge.objects.select_for_update(no_key=True, of=("self",)).select_related("buyer", "dock").get(pk=pledge_id)
    )
    pledge.lot = lot
    return pledge


@transaction.atomic
def change_pledge(
    pledge: Pledge,
    *,
    quantity: Quantity,
    by: User,
    dock: Dock | None = None,
    window_from: dt.time | None = None,
    window_to: dt.time | None = None,
    reference: str | None = None,
    lines: Sequence[Line] | None = None,
) -> Pledge:
    """The pledge says what is given here; what is None stays. A raise is reserved, a reduction goes back to the lot.

    Price and pack stay as they were agreed. A pledge with lines needs new `lines` when its quantity changes. Locks: lot,
    pledge. A repeat changes nothing and writes no event. Raises: NotAllowed, NotChangeable, TooLateToChange, NotVerified,
    BelowMinimum, DockNotUsable, WindowBackwards, OutsideDockHours, ReferenceTooLong, LinesOnlyForAssociations,
    TooManyLines, LineIncomplete, LinesDoNotAddUp, RaiseTooLarge, LotClosed.
    """
    pledge = locked_pledge(pledge.pk)
    require(can_buy_for(by, pledge.buyer))
    require_changeable(pledge)
    require_in_time(pledge)
    require_verified(pledge.buyer)
    _change_delivery(pledge, by, dock, window_from, window_to, reference)
    if lines is None:
        _require_lines_still_add_up(pledge, quantity)
    else:
        _change_lines(pledge, lines, quantity, by)
    _change_quantity(pledge, quantity, by)
    return pledge


def _change_delivery(
    pledge: Pledge,
    by: User,
    dock: Dock | None,
    window_from: dt.time | None,
    window_to: dt.time | None,
    reference: str | None,
) -> None:
    """One event for each fact that changed; the window stands in from and to."""
    old = (pledge.dock_id, _window(pledge), pledge.reference)
    pledge.dock = dock or pledge.dock
    pledge.window_from = window_from or pledge.window_from
    pledge.window_to = window_to or pledge.window_to
    if reference is not None:
        pledge.reference = reference.strip()
    require_delivery(pledge.dock, pledge.buyer, pledge.window_from, pledge.window_to)
    require_reference(pledge.reference)
    who: dict[str, Any] = {"by": by, "on_behalf_of": on_behalf_of(by, pledge.buyer)}
    if pledge.dock_id != old[0]:
        record(pledge, "dock_changed", reason=pledge.dock.name, **who)
    if _window(pledge) != old[1]:
        record(pledge, "window_changed", from_state=old[1], to_state=_window(pledge), **who)
    if pledge.reference != old[2]:
        record(pledge, "reference_changed", reason=pledge.reference, **who)
    pledge.save(update_fields=["dock", "window_from", "window_to", "reference"])


def _window(pledge: Pledge) -> str:
    return f"{pledge.window_from:%H:%M}–{pledge.window_to:%H:%M}"


def _require_lines_still_add_up(pledge: Pledge, quantity: Quantity) -> None:
    kept = list(pledge.lines.values_list("quantity_g", flat=True))
    if kept:
        require_sum(sum(kept), quantity.grams)


def _says_the_same(pledge: Pledge, lines: Sequence[Line]) -> bool:
    kept = list(pledge.lines.values_list("name", "quantity_g"))
    return kept == [(name.strip(), part.grams) for name, part in lines]


def _change_lines(pledge: Pledge, lines: Sequence[Line], quantity: Quantity, by: User) -> None:
    require_lines(lines, quantity, pledge.buyer)
    if not _says_the_same(pledge, lines):
        pledge.lines.all().delete()
        _write_lines(pledge, lines)
        who = on_behalf_of(by, pledge.buyer)
        record(pledge, "lines_changed", by=by, on_behalf_of=who, grams=quantity.grams)


def _change_quantity(pledge: Pledge, quantity: Quantity, by: User) -> None:
    more = quantity.grams - pledge.firm_g
    if not more:
        return
    if more < 0:
        require_minimum(pledge.lot, quantity.grams, held_g=pledge.firm_g)
    pledge.firm_g = quantity.grams
    pledge.firm_typed = quantity.typed or format_exact(quantity.grams, "斤")
    pledge.save(update_fields=["firm_g", "firm_typed"])
    _one(Allocation.objects.live().filter(pledge=pledge, lot=pledge.lot_id).update(grams=quantity.grams))
    record(pledge, "changed", by=by, on_behalf_of=on_behalf_of(by, pledge.buyer), grams=quantity.grams)
    if more > 0:
        _reserve_more(pledge, more)
    else:
        release(pledge.lot_id, -more)


def _reserve_more(pledge: Pledge, more: int) -> None:
    """Raises: RaiseTooLarge, LotClosed. The lot is locked: what it says is left stays so."""
    try:
        reserve(pledge.lot_id, more)
    except NotEnoughLeft:
        left = pledge.lot.remaining_g
        most = left + pledge.firm_g - more
        raise RaiseTooLarge(left=describe(left), most=describe(most)) from None


@transaction.atomic
def cancel_pledge(pledge: Pledge, *, reason: str, by: User) -> Pledge:
    """The pledge is cancelled for the reason given and its grams are back in the lot, once.

    Locks: lot, pledge. A repeat on a cancelled pledge changes nothing. Raises: NotAllowed, NotChangeable, ReasonMissing.
    """
    pledge = locked_pledge(pledge.pk)
    require(can_buy_for(by, pledge.buyer))
    if pledge.state == PledgeState.CANCELLED:
        return pledge
    require_changeable(pledge)
    if not reason.strip():
        raise ReasonMissing
    old = move(pledge, "state", PledgeState.CANCELLED, PLEDGE_MOVES)
    pledge.save(update_fields=["state"])
    _one(Allocation.objects.live().filter(pledge=pledge, lot=pledge.lot_id).update(is_live=False))
    record(
        pledge,
        "cancelled",
        by=by,
        on_behalf_of=on_behalf_of(by, pledge.buyer),
        from_state=old,
        to_state=pledge.state,
        grams=pledge.firm_g,
        reason=reason.strip(),
    )
    release(pledge.lot_id, pledge.firm_g)
    return pledge


def _one(changed: int) -> None:
    """A pledge has exactly one live allocation of its lot; anything else is a bug that must not be written."""
    if changed != 1:
        raise RuntimeError(f"expected one live allocation, found {changed}")
