"""Changing and cancelling a pledge. Placing one is in `orders.actions.placing`; `place_pledge` is here by name too."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.lots import release, reserve, withdraw_reserved
from market.actions.notices import tell
from market.actions.states import move
from market.exceptions import NotEnoughLeft
from market.models import Lot, User
from market.permissions import on_behalf_of, require, require_verified
from market.quantities import Quantity, format_exact
from market.sentences import Weight
from orders import consequences
from orders.actions.conditions import (
    Line,
    require_changeable,
    require_delivery,
    require_fresh,
    require_in_time,
    require_lines,
    require_minimum,
    require_most,
    require_reference,
    require_sum,
    require_window_ahead,
)
from orders.actions.lines import says_the_same, write_lines
from orders.actions.placing import place_pledge
from orders.enums import PLEDGE_MOVES, PledgeState
from orders.exceptions import RaiseTooLarge, ReasonMissing
from orders.models import Allocation, Dock, Pledge
from orders.permissions import can_bring_for, can_buy_for

__all__ = ["cancel_pledge", "change_pledge", "end_pledge", "locked_pledge", "place_pledge", "set_taken"]


def locked_pledge(pledge_id: int) -> Pledge:
    """The pledge as it is now, locked after its lot. Call inside a transaction.

    `no_key`: those who only refer to the rows (a new pledge of the same lot) need not wait.
    """
    lot_id = Pledge.objects.values_list("lot_id", flat=True).get(pk=pledge_id)
    lot = Lot.objects.select_for_update(no_key=True, of=("self",)).select_related("listing").get(pk=lot_id)
    pledge = (
        Pledge.objects.select_for_update(no_key=True, of=("self",))
        .select_related("buyer", "seller", "dock")
        .get(pk=pledge_id)
    )
    pledge.lot = lot
    return pledge


@transaction.atomic
def change_pledge(
    pledge: Pledge,
    *,
    quantity: Quantity,
    by: User,
    most: Quantity | None = None,
    fresh_hours: int | None = None,
    dock: Dock | None = None,
    window_from: dt.time | None = None,
    window_to: dt.time | None = None,
    reference: str | None = None,
    lines: Sequence[Line] | None = None,
) -> Pledge:
    """The pledge says what is given here; what is None stays. A raise is reserved, a reduction goes back to the lot.

    Price, pack and the other terms stay as they were agreed. On a planned pledge a reduction takes what is too much off its
    trucks, and another dock or window takes all of it off: it waits for a truck again. `most` None keeps the stretch above the
    new quantity as long as it reaches. A pledge with lines needs new `lines` when its quantity changes. Locks: lot, pledge,
    then allocation, trips, loads. A repeat changes nothing and writes no event. Raises: NotAllowed, NotChangeable,
    TooLateToChange, AlreadyLoading, NotVerified, BelowMinimum, MostBelowFirm, NotFreshEnough, DockNotUsable, WindowBackwards,
    WindowPast, OutsideDockHours, ReferenceTooLong, LinesOnlyForAssociations, TooManyLines, LineIncomplete, LinesDoNotAddUp,
    RaiseTooLarge, LotClosed.
    """
    pledge = locked_pledge(pledge.pk)
    require(can_buy_for(by, pledge.buyer))
    require_changeable(pledge)
    require_in_time(pledge)
    require_verified(pledge.buyer)
    _change_delivery(pledge, by, dock, window_from, window_to, reference)
    _change_freshness(pledge, by, fresh_hours)
    if lines is None:
        _require_lines_still_add_up(pledge, quantity)
    else:
        _change_lines(pledge, lines, quantity, by)
    _change_quantity(pledge, quantity, most, by)
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
    require_window_ahead(pledge.day, pledge.window_to)
    require_reference(pledge.reference)
    who: dict[str, Any] = {"by": by, "on_behalf_of": on_behalf_of(by, pledge.buyer)}
    if (pledge.dock_id, _window(pledge)) != old[:2]:
        consequences.take_off(pledge, keep_g=0, why="delivery_changed", by=by)
    if pledge.dock_id != old[0]:
        record(pledge, "dock_changed", reason=pledge.dock.name, **who)
    if _window(pledge) != old[1]:
        record(pledge, "window_changed", from_state=old[1], to_state=_window(pledge), **who)
    if pledge.reference != old[2]:
        record(pledge, "reference_changed", reason=pledge.reference, **who)
    pledge.save(update_fields=["dock", "window_from", "window_to", "reference"])


def _window(pledge: Pledge) -> str:
    return f"{pledge.window_from:%H:%M}–{pledge.window_to:%H:%M}"


def _change_freshness(pledge: Pledge, by: User, hours: int | None) -> None:
    wanted = pledge.fresh_hours if hours is None else hours
    require_fresh(pledge.lot, pledge.window_to, wanted)
    if wanted != pledge.fresh_hours:
        old, pledge.fresh_hours = pledge.fresh_hours, wanted
        pledge.save(update_fields=["fresh_hours"])
        who = on_behalf_of(by, pledge.buyer)
        record(pledge, "freshness_changed", by=by, on_behalf_of=who, from_state=str(old), to_state=str(wanted))


def _require_lines_still_add_up(pledge: Pledge, quantity: Quantity) -> None:
    kept = list(pledge.lines.values_list("quantity_g", flat=True))
    if kept:
        require_sum(sum(kept), quantity.grams)


def _change_lines(pledge: Pledge, lines: Sequence[Line], quantity: Quantity, by: User) -> None:
    require_lines(lines, quantity.grams, pledge.buyer)
    if not says_the_same(pledge, lines):
        pledge.lines.all().delete()
        write_lines(pledge, lines)
        who = on_behalf_of(by, pledge.buyer)
        record(pledge, "lines_changed", by=by, on_behalf_of=who, grams=quantity.grams)


def _change_quantity(pledge: Pledge, quantity: Quantity, most: Quantity | None, by: User) -> None:
    """A shortage of the seller's shrinks first; what was granted of the stretch stays as far as the new stretch reaches."""
    old, old_most, taken = pledge.firm_g, pledge.most_g, pledge.taken_g
    top = most.grams if most else max(pledge.most_g if pledge.has_stretch else 0, quantity.grams)
    require_most(quantity.grams, top)
    if (quantity.grams, top) == (old, old_most):
        return
    if quantity.grams < old:
        require_minimum(pledge.lot, quantity.grams, held_g=taken)
    there = old - pledge.short_g
    there = min(there, quantity.grams) if quantity.grams <= old else there + quantity.grams - old
    pledge.firm_g, pledge.most_g, pledge.short_g = quantity.grams, top, quantity.grams - there
    pledge.granted_g = min(pledge.granted_g, top - quantity.grams)
    pledge.firm_typed = quantity.typed or format_exact(quantity.grams, "斤")
    who: dict[str, Any] = {"by": by, "on_behalf_of": on_behalf_of(by, pledge.buyer)}
    if quantity.grams != old:
        record(pledge, "changed", grams=quantity.grams, **who)
    if top - quantity.grams != old_most - old:
        record(pledge, "stretch_changed", grams=top - quantity.grams, **who)
    _save_quantities(pledge)
    set_taken(pledge, was_g=taken, by=by)


def _save_quantities(pledge: Pledge) -> None:
    pledge.save(update_fields=["firm_g", "firm_typed", "most_g", "granted_g", "short_g"])


def set_taken(pledge: Pledge, *, was_g: int, by: User | None, back_on_sale: bool = True) -> None:
    """The allocation and the lot follow what the pledge takes now; call it with lot and pledge locked, quantities saved.

    What is cut goes back on sale, or is withdrawn from the day's offer. Raises: RaiseTooLarge, LotClosed, AlreadyLoading.
    """
    more = pledge.taken_g - was_g
    if not more:
        return
    if more < 0:
        consequences.take_off(pledge, keep_g=pledge.taken_g, why="cut", by=by)
    _one(Allocation.objects.live().filter(pledge=pledge, lot=pledge.lot_id).update(grams=pledge.taken_g))
    if more > 0:
        _reserve_more(pledge, more)
    elif back_on_sale:
        release(pledge.lot_id, -more)
    else:
        withdraw_reserved(pledge.lot_id, -more)


def _reserve_more(pledge: Pledge, more: int) -> None:
    """Raises: RaiseTooLarge, LotClosed. The lot is locked: what it says is left stays so."""
    try:
        reserve(pledge.lot_id, more)
    except NotEnoughLeft:
        left = pledge.lot.remaining_g
        raise RaiseTooLarge(left=Weight(left), most=Weight(left + pledge.taken_g - more)) from None


@transaction.atomic
def cancel_pledge(pledge: Pledge, *, reason: str, by: User, back_on_sale: bool = True) -> Pledge:
    """The pledge is cancelled for the reason given, and its grams are back in the lot, once; what was planned of it is off its trucks.

    Its buyer may, and its seller, who says whether the goods go back on sale. The other side is told. Locks: lot, pledge, then
    allocation, trips, loads. A repeat on a cancelled pledge changes nothing. Raises: NotAllowed, NotChangeable, AlreadyLoading,
    ReasonMissing.
    """
    pledge = locked_pledge(pledge.pk)
    buys = can_buy_for(by, pledge.buyer)
    require(buys or can_bring_for(by, pledge.seller))
    if pledge.state == PledgeState.CANCELLED:
        return pledge
    require_changeable(pledge)
    if not reason.strip():
        raise ReasonMissing
    acting_for = pledge.buyer if buys else pledge.seller
    end_pledge(
        pledge,
        PledgeState.CANCELLED,
        "cancelled" if buys else "cancelled_by_seller",
        back_on_sale=back_on_sale or buys,
        by=by,
        on_behalf_of=on_behalf_of(by, acting_for),
        reason=reason.strip(),
    )
    other = pledge.seller_id if buys else pledge.buyer_id
    text = (
        gettext_noop("%(who)s取消了 %(day_on)s 的认购 %(taken_g)s，原因：%(reason)s")
        if buys
        else gettext_noop("%(who)s供不上 %(day_on)s 的 %(taken_g)s，认购已取消，原因：%(reason)s")
    )
    facts = {"who": acting_for.name, "day_on": pledge.day, "taken_g": pledge.taken_g, "reason": reason.strip()[:200]}
    tell(other, f"cancelled-{pledge.pk}", text, url=reverse("orders:pledge", args=[pledge.pk]), **facts)
    return pledge


def end_pledge(
    pledge: Pledge, to: PledgeState, verb: str, *, back_on_sale: bool = True, by: User | None, **facts: Any
) -> None:
    """The locked pledge has ended and holds nothing any more. Raises: WrongState, AlreadyLoading."""
    consequences.take_off(pledge, keep_g=0, why="cancelled", by=by)
    old = move(pledge, "state", to, PLEDGE_MOVES)
    pledge.held_until = None
    pledge.save(update_fields=["state", "held_until"])
    _one(Allocation.objects.live().filter(pledge=pledge, lot=pledge.lot_id).update(is_live=False))
    record(pledge, verb, by=by, from_state=old, to_state=to, grams=pledge.taken_g, **facts)
    give_back = release if back_on_sale else withdraw_reserved
    give_back(pledge.lot_id, pledge.taken_g)


def _one(changed: int) -> None:
    """A pledge has exactly one live allocation of its lot; anything else is a bug that must not be written."""
    if changed != 1:
        raise RuntimeError(f"expected one live allocation, found {changed}")
