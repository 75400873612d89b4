"""Placing a pledge: the only place where grams are promised for the first time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from market.actions.ceilings import require_under_ceiling
from market.actions.events import record
from market.actions.lots import reserve
from market.exceptions import PriceAboveCeiling, Refused
from market.models import Event, Lot, Organisation, User
from market.permissions import on_behalf_of, require, require_verified
from market.prepared import insert
from market.pricing import unit_word
from market.quantities import Quantity, describe, format_exact, price_per_kg
from orders.actions.conditions import (
    Line,
    require_delivery,
    require_fresh,
    require_lines,
    require_minimum,
    require_most,
    require_purchasable,
    require_reference,
    require_window_ahead,
)
from orders.actions.lines import says_the_same, write_lines
from orders.enums import PledgeState
from orders.exceptions import KeyUsedOtherwise, LotAboveCeiling
from orders.models import Allocation, Demand, Dock, Pledge, StandingPledge
from orders.permissions import can_enter_pledge_for


@dataclass(frozen=True)
class Agreed:
    """A price that two sides agreed on, in place of the listing's. A price per pack means the listing's pack."""

    price: Decimal
    price_unit: str


@dataclass(frozen=True)
class Origin:
    """Where a pledge comes from, when not from the lot's page."""

    demand: Demand | None = None
    standing: StandingPledge | None = None
    parent: Pledge | None = None
    span: UUID | None = None


@dataclass(frozen=True)
class Who:
    """Who places it; `by` None is the clock. Permission has been asked already."""

    by: User | None
    on_behalf_of: Organisation | None = None


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
    most: Quantity | None = None,
    fresh_hours: int = 0,
    reference: str = "",
    lines: Sequence[Line] = (),
    span: UUID | None = None,
    lot: Lot | None = None,
) -> Pledge:
    """`quantity` of the lot is promised to the buyer for the lot's day: pledge, live allocation, event and reservation.

    Up to `most` is welcome, but not promised. `lines` are (name, Quantity) of an association's stalls. `lot` may be passed by a
    caller that has just read it with its listing. What the listing says now is frozen. Insert first, guarded update last: the
    hot row is locked for as short as possible. Locks: lot (by the guarded update). A repeat with the same buyer and key returns
    the first pledge, whatever has happened since; with other contents it is refused.
    Raises: NotAllowed and what `place_wanted` raises.
    """
    require(can_enter_pledge_for(by, buyer))
    wanted = Pledge(
        buyer=buyer,
        lot_id=lot_id,
        firm_g=quantity.grams,
        firm_typed=quantity.typed,
        most_g=most.grams if most else quantity.grams,
        dock=dock,
        window_from=window_from,
        window_to=window_to,
        fresh_hours=fresh_hours,
        reference=reference,
        key=key,
        placed_by=by,
    )
    return place_wanted(wanted, Who(by, on_behalf_of(by, buyer)), lines=lines, origin=Origin(span=span), lot=lot)


def place_wanted(
    wanted: Pledge,
    who: Who,
    *,
    lines: Sequence[Line] = (),
    agreed: Agreed | None = None,
    origin: Origin = Origin(),
    lot: Lot | None = None,
) -> Pledge:
    """`place_pledge` for actions that have asked for permission themselves: `wanted` is the unsaved pledge.

    With `held_until` it is a hold. Locks, repeats: as `place_pledge`.
    Raises: NotVerified, OwnProduce, DayPast, BelowMinimum, MostBelowFirm, NotFreshEnough, DockNotUsable, WindowBackwards,
    WindowPast, OutsideDockHours, ReferenceTooLong, LinesOnlyForAssociations, TooManyLines, LineIncomplete, LinesDoNotAddUp,
    PriceAboveCeiling, NotEnoughLeft, LotClosed, KeyUsedOtherwise.
    """
    wanted.firm_typed = wanted.firm_typed or format_exact(wanted.firm_g, "斤")
    wanted.reference = wanted.reference.strip()
    for name in ("demand", "standing", "parent", "span"):
        setattr(wanted, name, getattr(origin, name))
    try:
        return _place(wanted, who, lines, agreed, lot)
    except (IntegrityError, Refused):
        first = Pledge.objects.filter(buyer=wanted.buyer, key=wanted.key).first()
        if first is None:
            raise
        return _same_as_before(first, wanted, lines)


@transaction.atomic
def _place(pledge: Pledge, who: Who, lines: Sequence[Line], agreed: Agreed | None, lot: Lot | None) -> Pledge:
    lot = lot or Lot.objects.select_related("listing").get(pk=pledge.lot_id)
    _freeze(pledge, lot, agreed)
    _require_placeable(pledge, lot, lines)
    _require_under_ceiling(pledge, lot, agreed)
    pledge.state = PledgeState.HELD if pledge.held_until else PledgeState.PLACED
    insert(pledge)
    insert(Allocation(lot_id=lot.pk, pledge=pledge, grams=pledge.firm_g))
    write_lines(pledge, lines)
    record(
        pledge,
        "held" if pledge.held_until else "placed",
        by=who.by,
        on_behalf_of=who.on_behalf_of,
        to_state=pledge.state,
        grams=pledge.firm_g,
    )
    reserve(lot.pk, pledge.firm_g)
    return pledge


def _freeze(pledge: Pledge, lot: Lot, agreed: Agreed | None) -> None:
    """What is agreed stands on the pledge from here on, whatever becomes of the listing."""
    listing = lot.listing
    pledge.day, pledge.seller_id, pledge.produce_id = lot.day, lot.seller_id, lot.produce_id
    pledge.variety, pledge.grade, pledge.place_id = listing.variety, lot.grade, lot.place_code
    pledge.price, pledge.price_unit = listing.price, listing.price_unit
    pledge.pack_word, pledge.pack_g = listing.pack_word, listing.pack_g
    if agreed:
        pledge.price, pledge.price_unit = agreed.price, agreed.price_unit


def _require_placeable(pledge: Pledge, lot: Lot, lines: Sequence[Line]) -> None:
    buyer = pledge.buyer
    require_verified(buyer)
    require_purchasable(lot, buyer)
    require_minimum(lot, pledge.firm_g)
    require_most(pledge.firm_g, pledge.most_g)
    require_delivery(pledge.dock, buyer, pledge.window_from, pledge.window_to)
    require_window_ahead(lot.day, pledge.window_to)
    require_fresh(lot, pledge.window_to, pledge.fresh_hours)
    require_reference(pledge.reference)
    require_lines(lines, pledge.firm_g, buyer)


def _require_under_ceiling(pledge: Pledge, lot: Lot, agreed: Agreed | None) -> None:
    """Who accepts an agreed price can agree on a lower one; who pledges at the listing's price can only wait for the seller."""
    if pledge.price is None:
        return
    per_kg = price_per_kg(pledge.price, unit_word(pledge.price_unit, pledge.pack_word), pledge.pack)
    try:
        require_under_ceiling(lot.produce_id, per_kg, lot.day)
    except PriceAboveCeiling as refusal:
        raise refusal if agreed else LotAboveCeiling(**refusal.facts) from None


def _same_as_before(first: Pledge, wanted: Pledge, lines: Sequence[Line]) -> Pledge:
    """The first pledge, when the form sent again says what it said then. Raises: KeyUsedOtherwise."""
    events = list(Event.objects.about(first))
    changed_since = any(event.verb.endswith("changed") or event.verb == "confirmed" for event in events)
    same = first.lot_id == wanted.lot_id and events[0].grams == wanted.firm_g
    if not changed_since:
        fields = ("dock_id", "window_from", "window_to", "reference", "most_g", "fresh_hours")
        same = same and all(getattr(first, name) == getattr(wanted, name) for name in fields)
        same = same and says_the_same(first, lines)
    if not same:
        raise KeyUsedOtherwise(placed=describe(events[0].grams or 0))
    return first


def delivery_facts(wish: Any) -> dict[str, Any]:
    """What a pledge takes over from a demand or a standing pledge."""
    names = ("buyer", "dock", "window_from", "window_to", "placed_by")
    return {name: getattr(wish, name) for name in names}
