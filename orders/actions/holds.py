"""Timed holds: a market association keeps part of a lot while it collects its stalls' lines.

A hold is a pledge that is not promised yet. Its grams are reserved like any other's, so they are never counted twice.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.actions.states import move
from market.enums import OrganisationKind
from market.exceptions import WrongState
from market.models import Lot, Organisation, User
from market.permissions import on_behalf_of, require, require_verified
from market.quantities import Quantity, format_exact
from orders.actions.conditions import Line, require_lines, require_minimum, require_most
from orders.actions.lines import write_lines
from orders.actions.placing import Who, place_wanted
from orders.actions.pledges import end_pledge, locked_pledge, set_taken
from orders.enums import PLEDGE_MOVES, PledgeState
from orders.exceptions import HoldLapsed, HoldsOnlyForAssociations, OneHoldALot
from orders.models import Dock, Pledge
from orders.permissions import can_buy_for


def hold_lot(
    *,
    buyer: Organisation,
    lot_id: int,
    quantity: Quantity,
    dock: Dock,
    window_from: dt.time,
    window_to: dt.time,
    key: UUID,
    by: User,
    lot: Lot | None = None,
) -> Pledge:
    """`quantity` of the lot is kept for the association for `settings.HOLD_MINUTES`, then released by the clock.

    One hold a lot and association at a time. Locks: lot (by the guarded update). A repeat with the same key returns the first.
    Raises: NotAllowed, HoldsOnlyForAssociations, OneHoldALot and what `placing.place_wanted` raises.
    """
    require(can_buy_for(by, buyer))
    if buyer.kind != OrganisationKind.ASSOCIATION:
        raise HoldsOnlyForAssociations
    others = Pledge.objects.filter(buyer=buyer, lot=lot_id, state=PledgeState.HELD).exclude(key=key)
    if others.exists():
        raise OneHoldALot
    wanted = Pledge(
        buyer=buyer,
        lot_id=lot_id,
        firm_g=quantity.grams,
        firm_typed=quantity.typed,
        most_g=quantity.grams,
        dock=dock,
        window_from=window_from,
        window_to=window_to,
        held_until=timezone.now() + dt.timedelta(minutes=settings.HOLD_MINUTES),
        key=key,
        placed_by=by,
    )
    try:
        return place_wanted(wanted, Who(by, on_behalf_of(by, buyer)), lot=lot)
    except IntegrityError:  # a colleague was faster by a moment
        if not others.exists():
            raise
        raise OneHoldALot from None


@transaction.atomic
def confirm_hold(
    pledge: Pledge, *, quantity: Quantity, by: User, most: Quantity | None = None, lines: Sequence[Line] = ()
) -> Pledge:
    """The hold is a pledge of `quantity`, with the stalls' `lines`: more is reserved, what is too much goes back.

    Up to `most` is welcome. Locks: lot, pledge. Raises: NotAllowed, HoldLapsed, WrongState (also the second time), NotVerified,
    BelowMinimum, MostBelowFirm, RaiseTooLarge, LotClosed, LinesOnlyForAssociations, TooManyLines, LineIncomplete, LinesDoNotAddUp.
    """
    pledge = locked_pledge(pledge.pk)
    require(can_buy_for(by, pledge.buyer))
    _require_held(pledge)
    require_verified(pledge.buyer)
    held = pledge.taken_g
    require_minimum(pledge.lot, quantity.grams, held_g=held)
    require_most(quantity.grams, most.grams if most else quantity.grams)
    require_lines(lines, quantity.grams, pledge.buyer)
    old = move(pledge, "state", PledgeState.PLACED, PLEDGE_MOVES)
    pledge.held_until = None
    pledge.firm_g = quantity.grams
    pledge.most_g = most.grams if most else quantity.grams
    pledge.firm_typed = quantity.typed or format_exact(quantity.grams, "斤")
    pledge.save(update_fields=["state", "held_until", "firm_g", "most_g", "firm_typed"])
    write_lines(pledge, lines)
    who = on_behalf_of(by, pledge.buyer)
    record(pledge, "confirmed", by=by, on_behalf_of=who, from_state=old, to_state=pledge.state, grams=pledge.firm_g)
    set_taken(pledge, was_g=held, by=by)
    return pledge


@transaction.atomic
def release_hold(pledge: Pledge, *, by: User) -> Pledge:
    """The hold is given up and its grams are back on sale, once. Locks: lot, pledge. A repeat changes nothing.

    Raises: NotAllowed, WrongState.
    """
    pledge = locked_pledge(pledge.pk)
    require(can_buy_for(by, pledge.buyer))
    if pledge.is_live:
        _require_held(pledge, by_the_clock=False)
        end_pledge(pledge, PledgeState.CANCELLED, "released", by=by, on_behalf_of=on_behalf_of(by, pledge.buyer))
    return pledge


def lapse_holds() -> int:
    """Holds past their time are over and their grams are back on sale. The clock's; each its own transaction."""
    over = Pledge.objects.filter(state=PledgeState.HELD, held_until__lte=timezone.now())
    return sum(_lapse(pk) for pk in over.order_by("held_until", "pk").values_list("pk", flat=True))


@transaction.atomic
def _lapse(pledge_id: int) -> bool:
    """Locks: lot, pledge. Whoever was faster with it wins."""
    pledge = locked_pledge(pledge_id)
    if pledge.state != PledgeState.HELD or pledge.held_until is None or pledge.held_until > timezone.now():
        return False
    end_pledge(pledge, PledgeState.LAPSED, "lapsed", by=None)
    tell(
        pledge.buyer_id,
        f"lapsed-{pledge.pk}",
        gettext_noop("%(day_on)s 的预留 %(held_g)s 到时间没有确认，已经放回货源"),
        url=reverse("market:lot", args=[pledge.lot_id]),
        day_on=pledge.day,
        held_g=pledge.taken_g,
    )
    return True


def _require_held(pledge: Pledge, *, by_the_clock: bool = True) -> None:
    """Raises: HoldLapsed; WrongState where it is no hold any more."""
    late = pledge.held_until is not None and pledge.held_until <= timezone.now()
    if pledge.state == PledgeState.LAPSED or (late and by_the_clock):
        raise HoldLapsed
    if pledge.state != PledgeState.HELD:
        raise WrongState(state=pledge.get_state_display())
