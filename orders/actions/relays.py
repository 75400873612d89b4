"""Relay text (接龙): read, corrected row by row, saved as one association pledge. Its stalls are in `orders.actions.stalls`."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.enums import OrganisationKind
from market.models import Lot, Organisation, User
from market.permissions import on_behalf_of, require
from market.quantities import Quantity, QuantityError, format_exact
from orders.actions.conditions import Line
from orders.actions.holds import confirm_hold, release_hold
from orders.actions.placing import place_pledge
from orders.actions.pledges import change_pledge, locked_pledge
from orders.actions.stalls import remember_stalls
from orders.answered import with_answers, with_decisions
from orders.enums import PledgeState
from orders.exceptions import (
    LinesOnlyForAssociations,
    NothingPasted,
    PasteTooLong,
    PasteTooManyLines,
    RelayAllCancelled,
    RelayApplied,
    RelayEmpty,
    RelayOtherLot,
    RelayOutdated,
    RelayUnconfirmed,
    RowUnreadable,
)
from orders.models import Dock, Pledge, RelayReading
from orders.models.relays import MAX_PASTE
from orders.permissions import can_buy_for
from orders.queries.relays import goods_of, known_to, read_before, target_of
from orders.readings import (
    ALIKE,
    MAX_LINES,
    Known,
    Outcome,
    Row,
    can_be_booked,
    from_json,
    hide_phones,
    in_stalls,
    outcome_of,
    parts_to_json,
    prior_digest,
    read_rows,
    to_json,
)
from orders.relay import Action

PLEDGE_KEYS = uuid.UUID("5a8d1c0e-6a5b-4f0e-9f37-0d5c7d1c9b11")
HOW_TO_COUNT = {
    "total": Action.REPLACE,
    "add": Action.ADD,
    "cut": Action.ADD,
    "cancel": Action.CANCEL,
    "skip": Action.IGNORE,
}


@transaction.atomic
def read_relay(
    *, association: Organisation, lot: Lot, text: str, unit: str, by: User, pledge: Pledge | None = None
) -> RelayReading:
    """The pasted text is kept with every telephone number hidden, and with what each line means; nothing is promised yet.

    A bare number counts in `unit`; with "" it is asked. `lot` with its listing and produce; `pledge` is what it shall be saved
    into. A repeat of a paste that is not saved returns that one, as it was corrected.
    Raises: NotAllowed, LinesOnlyForAssociations, RelayOtherLot, NothingPasted, PasteTooLong, PasteTooManyLines.
    """
    require(can_buy_for(by, association))
    if association.kind != OrganisationKind.ASSOCIATION:
        raise LinesOnlyForAssociations
    if pledge and (pledge.lot_id != lot.pk or pledge.buyer_id != association.pk):
        raise RelayOtherLot
    text = hide_phones(readable(text))
    mine = RelayReading.objects.filter(association=association, lot=lot, applied_at__isnull=True, text=text, by=by)
    kept = mine.order_by("-pk").first()
    if kept and kept.rows["unit"] == unit:
        return kept
    reading = RelayReading(association=association, lot=lot, text=text, pledge=pledge, by=by)
    reading.rows = _read(reading, lot, unit)
    reading.save()
    return reading


def readable(text: str) -> str:
    """The text if it can be read at all. Raises: NothingPasted, PasteTooLong, PasteTooManyLines."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise NothingPasted
    if len(text) > MAX_PASTE:
        raise PasteTooLong(limit=f"{MAX_PASTE:,}", length=f"{len(text):,}")
    lines = sum(1 for line in text.splitlines() if line.strip())
    if lines > MAX_LINES:
        raise PasteTooManyLines(limit=f"{MAX_LINES:,}", lines=f"{lines:,}")
    return text


def _read(reading: RelayReading, lot: Lot, unit: str, answered: Sequence[Row] = ()) -> dict[str, Any]:
    """What `RelayReading.rows` keeps: the unit, what it was compared with, the rows."""
    target = target_of(reading.association_id, lot.pk, reading.pledge_id)
    earlier = read_before(target)
    counted = {row.line for row in earlier if row.counts and row.line}
    known = replace(known_to(reading.association_id, target), counted=counted)
    rows = read_rows(reading.text, known, goods_of(lot, unit, target))
    rows = with_answers(with_decisions(rows, earlier), answered)
    return {"unit": unit, "base": prior_digest(known.prior), "rows": to_json(rows), "parts": {}}


@transaction.atomic
def reread_relay(reading: RelayReading, *, by: User) -> RelayReading:
    """The same text compared with what the stalls take now; what the clerk answered stays. Locks: reading.

    A repeat changes nothing. Raises: NotAllowed, RelayApplied.
    """
    reading = _open(reading, by)
    lot = Lot.objects.select_related("listing__produce").get(pk=reading.lot_id)
    reading.rows = _read(reading, lot, reading.rows["unit"], from_json(reading.rows["rows"]))
    reading.save(update_fields=["rows"])
    return reading


@transaction.atomic
def correct_row(
    reading: RelayReading, pk: int, *, how: str, by: User, stall: str = "", quantity: Quantity | None = None
) -> RelayReading:
    """The row means what the clerk says: `how` is total, add, cut, cancel or skip; without `quantity` its own grams count.

    A name linked to a stall is linked in every other row of that name nobody has decided. Locks: reading. A repeat changes
    nothing. Raises: NotAllowed, RelayApplied, RowUnreadable.
    """
    reading = _open(reading, by)
    rows = from_json(reading.rows["rows"])
    old = next((row for row in rows if row.pk == pk), None)
    if old is None or how not in HOW_TO_COUNT:
        raise RowUnreadable(said=RowUnreadable.missing)
    known = known_to(reading.association_id, None)
    new = _corrected(old, how, stall, quantity, known)
    rows = [new if row.pk == pk else _follows(row, old, new) for row in rows]
    reading.rows = {**reading.rows, "rows": to_json(rows)}
    reading.save(update_fields=["rows"])
    return reading


def _corrected(row: Row, how: str, stall: str, quantity: Quantity | None, known: Known) -> Row:
    """Raises: RowUnreadable."""
    action = HOW_TO_COUNT[how]
    if action is Action.IGNORE:
        return replace(row, action=action.value, decided=True)
    name = hide_phones(" ".join((stall or row.stall).split()))
    name = name if name in known.stalls else known.stall_of(name) or name
    if not can_be_booked(name):
        raise RowUnreadable(said=RowUnreadable.nobody)
    firm = quantity.grams if quantity else abs(row.firm_g or 0)
    if action is not Action.CANCEL and not firm:
        raise RowUnreadable(said=RowUnreadable.nothing)
    most = row.most_g if firm == row.firm_g else None
    return replace(
        row,
        action=action.value,
        firm_g=-firm if how == "cut" else firm or None,
        most_g=most if how != "cut" else None,
        typed=quantity.typed if quantity else row.typed,
        stall=name,
        known=name in known.stalls,
        decided=True,
    )


def _follows(row: Row, old: Row, new: Row) -> Row:
    """Another row of the same name goes to the same stall, unless a clerk has decided it."""
    if row.decided or not row.name or row.name != old.name or not new.counts:
        return row
    was_alike = ALIKE in row.flags and row.waits
    return replace(row, stall=new.stall, known=new.known, action=row.read if was_alike else row.action, maybe="")


@transaction.atomic
def apply_relay(
    reading: RelayReading,
    *,
    seen: str,
    by: User,
    dock: Dock | None = None,
    window_from: dt.time | None = None,
    window_to: dt.time | None = None,
) -> RelayReading:
    """All of the reading is one pledge of the association: a new one to `dock`, the hold confirmed, or the earlier one changed.

    `seen` is the digest of what the clerk compared with. The lower figure of a range is firm, the upper ones are the pledge's
    stretch. Names are linked to stalls for the next time; names nobody knew are stalls now. A hold of the same lot beside the
    pledge is given up, its grams first. All or nothing. Locks: association, reading, lot, pledge. A repeat changes nothing.
    Raises: NotAllowed, RelayOutdated, RelayUnconfirmed, RelayEmpty, RelayAllCancelled, RowUnreadable, and what placing,
    confirming or changing a pledge raises.
    """
    association = Organisation.objects.select_for_update(no_key=True).get(pk=reading.association_id)
    reading = _locked(reading)
    require(can_buy_for(by, association))
    if reading.applied_at:
        return reading
    target = _locked_target(reading)
    known = known_to(association.pk, target)
    rows = in_stalls(from_json(reading.rows["rows"]), known)
    outcome = outcome_of(rows, known.prior)
    _require_saveable(rows, outcome, known, seen)
    remember_stalls(association, [row for row in rows if row.counts])
    firm, most, lines = _quantities(outcome)
    if target is None:
        reading.pledge = _placed(reading, association, firm, most, lines, by, (dock, window_from, window_to))
    else:
        reading.pledge = _into(target, firm, most, lines, by)
    reading.applied_at = timezone.now()
    reading.rows = {**reading.rows, "prior": parts_to_json(known.prior), "parts": parts_to_json(outcome.parts)}
    reading.save(update_fields=["pledge", "applied_at", "rows"])
    record(reading, "applied", by=by, on_behalf_of=on_behalf_of(by, association), grams=firm.grams)
    return reading


def _locked_target(reading: RelayReading) -> Pledge | None:
    """The pledge to save into, locked, as it is now. One that ended while we waited for it is none."""
    target = target_of(reading.association_id, reading.lot_id, reading.pledge_id)
    if target:
        locked_pledge(target.pk)
        target = target_of(reading.association_id, reading.lot_id, reading.pledge_id)
    return target


def _require_saveable(rows: Sequence[Row], outcome: Outcome, known: Known, seen: str) -> None:
    if prior_digest(known.prior) != seen:
        raise RelayOutdated
    waiting = [row for row in rows if row.waits]
    if waiting:
        raise RelayUnconfirmed(waiting)
    if not outcome.parts:
        raise RelayAllCancelled if known.prior else RelayEmpty


def _quantities(outcome: Outcome) -> tuple[Quantity, Quantity, list[Line]]:
    """Raises: RowUnreadable where they weigh more than anything does."""
    try:
        lines = [(name, _grams(part.firm_g)) for name, part in outcome.parts.items()]
        return _grams(outcome.firm_g), _grams(outcome.most_g), lines
    except QuantityError as error:
        raise RowUnreadable(said=str(error)) from None


def _grams(grams: int) -> Quantity:
    return Quantity(grams, format_exact(grams, "斤")[:40])


def _placed(
    reading: RelayReading,
    association: Organisation,
    firm: Quantity,
    most: Quantity,
    lines: list[Line],
    by: User,
    delivery: tuple[Dock | None, dt.time | None, dt.time | None],
) -> Pledge:
    dock, window_from, window_to = delivery
    if dock is None or window_from is None or window_to is None:
        raise RowUnreadable(said=RowUnreadable.nowhere)
    return place_pledge(
        buyer=association,
        lot_id=reading.lot_id,
        quantity=firm,
        most=most,
        lines=lines,
        dock=dock,
        window_from=window_from,
        window_to=window_to,
        key=uuid.uuid5(PLEDGE_KEYS, str(reading.pk)),
        by=by,
    )


def _into(target: Pledge, firm: Quantity, most: Quantity, lines: list[Line], by: User) -> Pledge:
    if target.state == PledgeState.HELD:
        return confirm_hold(target, quantity=firm, most=most, lines=lines, by=by)
    for hold in Pledge.objects.filter(buyer=target.buyer_id, lot=target.lot_id, state=PledgeState.HELD):
        release_hold(hold, by=by)
    return change_pledge(target, quantity=firm, most=most, lines=lines, by=by)


def _open(reading: RelayReading, by: User) -> RelayReading:
    """The reading, locked, for somebody who may correct it. Raises: NotAllowed, RelayApplied."""
    reading = _locked(reading)
    require(can_buy_for(by, reading.association))
    if reading.applied_at:
        raise RelayApplied
    return reading


def _locked(reading: RelayReading) -> RelayReading:
    rows = RelayReading.objects.select_for_update(no_key=True, of=("self",)).select_related("association")
    return rows.get(pk=reading.pk)
