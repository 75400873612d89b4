"""What must hold before a pledge is placed or changed. Each function refuses with its own sentence or does nothing."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from market.days import moment
from market.enums import OrganisationKind
from market.models import Lot, Organisation
from market.quantities import Quantity
from market.sentences import Day, Moment, Weight
from orders.enums import CHANGEABLE_PLEDGES, PledgeState
from orders.exceptions import (
    BelowMinimum,
    DayPast,
    DockNotUsable,
    LineIncomplete,
    LinesDoNotAddUp,
    LinesOnlyForAssociations,
    MostBelowFirm,
    NotChangeable,
    NotFreshEnough,
    OutsideDockHours,
    OwnProduce,
    ReferenceTooLong,
    TooLateToChange,
    TooManyLines,
    WindowBackwards,
    WindowPast,
)
from orders.models import Dock, Pledge
from orders.readings import MAX_NAME

MAX_LINES = 300
MAX_REFERENCE = 60

Line = tuple[str, Quantity]


def require_purchasable(lot: Lot, buyer: Organisation) -> None:
    """Raises: OwnProduce, DayPast. Whether it is still on offer is asked by `reserve`, in the same statement as the stock."""
    if lot.seller_id == buyer.pk:
        raise OwnProduce(organisation=buyer.name)
    if lot.day < timezone.localdate():
        raise DayPast(day=Day(lot.day))


def require_minimum(lot: Lot, grams: int, *, held_g: int = 0) -> None:
    """At least the listing's minimum, unless it is all that is left. `held_g` is what the pledge holds already.

    Raises: BelowMinimum.
    """
    minimum = lot.listing.minimum_g
    if minimum and grams < minimum and grams != lot.remaining_g + held_g:
        raise BelowMinimum(minimum=Weight(minimum))


def require_delivery(dock: Dock, buyer: Organisation, window_from: dt.time, window_to: dt.time) -> None:
    """Raises: DockNotUsable, WindowBackwards, OutsideDockHours."""
    if dock.organisation_id != buyer.pk or not dock.is_active:
        raise DockNotUsable(dock=dock.name)
    if window_from >= window_to:
        raise WindowBackwards
    if window_from < dock.opens_at or window_to > dock.closes_at:
        raise OutsideDockHours(dock=dock.name, opens=f"{dock.opens_at:%H:%M}", closes=f"{dock.closes_at:%H:%M}")


def require_window_ahead(day: dt.date, window_to: dt.time) -> None:
    """Raises: WindowPast."""
    until = moment(day, window_to)
    if until <= timezone.now():
        raise WindowPast(until=Moment(until))


def require_reference(reference: str) -> None:
    """Raises: ReferenceTooLong."""
    if len(reference) > MAX_REFERENCE:
        raise ReferenceTooLong(limit=MAX_REFERENCE)


def require_most(firm_g: int, most_g: int) -> None:
    """Raises: MostBelowFirm."""
    if most_g < firm_g:
        raise MostBelowFirm(firm=Weight(firm_g), most=Weight(most_g))


def require_fresh(lot: Lot, window_to: dt.time, hours: int) -> None:
    """Still good for `hours` when the window ends. Raises: NotFreshEnough."""
    if hours and fresh_left(lot, window_to) < dt.timedelta(hours=hours):
        raise NotFreshEnough(until=Moment(lot.best_before), hours=hours)


def fresh_left(lot: Lot, window_to: dt.time) -> dt.timedelta:
    """How long the lot is still good when the window of its day ends; below zero when it is not."""
    return lot.best_before - moment(lot.day, window_to)


def require_lines(lines: Sequence[Line], firm_g: int, buyer: Organisation) -> None:
    """Raises: LinesOnlyForAssociations, TooManyLines, LineIncomplete, LinesDoNotAddUp."""
    if not lines:
        return
    if buyer.kind != OrganisationKind.ASSOCIATION:
        raise LinesOnlyForAssociations
    if len(lines) > MAX_LINES:
        raise TooManyLines(limit=MAX_LINES)
    for row, (name, _quantity) in enumerate(lines, start=1):
        if not 0 < len(name.strip()) <= MAX_NAME:
            raise LineIncomplete(row=row)
    require_sum(sum(part.grams for _name, part in lines), firm_g)


def require_sum(lines_g: int, pledge_g: int) -> None:
    """Raises: LinesDoNotAddUp."""
    if lines_g != pledge_g:
        raise LinesDoNotAddUp(total=Weight(lines_g), quantity=Weight(pledge_g))


def require_changeable(pledge: Pledge) -> None:
    """Raises: NotChangeable."""
    if pledge.state not in CHANGEABLE_PLEDGES:
        raise NotChangeable(state=PledgeState(pledge.state).label)


def require_in_time(pledge: Pledge) -> None:
    """Raises: TooLateToChange."""
    until = moment(pledge.day, pledge.window_to)
    if timezone.now() > until:
        raise TooLateToChange(until=Moment(until))
