"""An open pledge (求购): placed, changed, taken back, and ended by the clock.

Booking pledges for it is in `orders.actions.answers`.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from market.actions.ceilings import require_under_ceiling
from market.actions.events import record
from market.actions.states import move
from market.enums import PriceUnit
from market.exceptions import UnfitText
from market.models import Event, Organisation, Produce, User
from market.models.listings import MAX_DAYS, MAX_DAYS_AHEAD
from market.permissions import on_behalf_of, require, require_verified
from market.quantities import Quantity, describe, format_exact
from market.wording import calendar_day
from orders import exceptions as refusals
from orders.actions.answers import locked_demand, require_open
from orders.actions.conditions import require_delivery, require_most, require_reference
from orders.actions.offer_rows import refuse_all_for
from orders.enums import DEMAND_MOVES, DemandState
from orders.fitting import per_kg_at_most
from orders.models import Demand, Dock
from orders.models.deliveries import MAX_FRESH_HOURS
from orders.permissions import can_buy_for, can_enter_pledge_for

MAX_KM = 2000


@dataclass(frozen=True)
class DemandTerms:
    """What a buyer says of a demand and may say otherwise later. Quantities are per day."""

    quantity: Quantity
    dock: Dock
    window_from: dt.time
    window_to: dt.time
    last_day: dt.date
    most: Quantity | None = None
    variety: str = ""
    grade_at_least: str = ""
    price_at_most: Decimal | None = None
    price_unit: str = PriceUnit.JIN
    km_at_most: int | None = None
    fresh_hours: int = 0
    is_whole: bool = False
    reference: str = ""

    def facts(self) -> dict[str, Any]:
        """By the names of the model."""
        return {
            "firm_g": self.quantity.grams,
            "firm_typed": self.quantity.typed or format_exact(self.quantity.grams, "斤"),
            "most_g": self.most.grams if self.most else self.quantity.grams,
            "variety": self.variety.strip(),
            "reference": self.reference.strip(),
            **{name: getattr(self, name) for name in _AS_SAID},
        }


_AS_SAID = (
    *("dock", "window_from", "window_to", "last_day", "grade_at_least"),
    *("price_at_most", "price_unit", "km_at_most", "fresh_hours", "is_whole"),
)
# One event for each group of facts that changed.
_GROUPS = {
    "changed": ("firm_g",),
    "stretch_changed": ("most_g",),
    "price_changed": ("price_at_most", "price_unit"),
    "last_day_changed": ("last_day",),
    "conditions_changed": ("variety", "grade_at_least", "km_at_most", "fresh_hours", "is_whole"),
    "delivery_changed": ("dock_id", "window_from", "window_to", "reference"),
}


def place_demand(
    *, buyer: Organisation, produce: Produce, first_day: dt.date, terms: DemandTerms, key: UUID, by: User
) -> Demand:
    """The buyer wants so much of the produce on each day from `first_day` on, from whoever has it; sellers see it.

    Nothing is reserved. Locks: nothing. A repeat with the same buyer and key returns the first demand, whatever has happened
    since; with other contents it is refused. Raises: NotAllowed, NotVerified, DemandStartsInThePast, DemandEndsInThePast,
    DemandDaysBackwards, DemandTooLong, DemandTooFarAhead, MostBelowFirm, DemandPriceByWeight, PriceAboveCeiling,
    DockNotUsable, WindowBackwards, OutsideDockHours, ReferenceTooLong, DemandNumberTooLarge, UnfitText, DemandKeyUsedOtherwise.
    """
    require(can_enter_pledge_for(by, buyer))
    demand = Demand(buyer=buyer, produce=produce, first_day=first_day, key=key, placed_by=by, **terms.facts())
    first = Demand.objects.filter(buyer=buyer, key=key).first()
    if first is None:
        try:
            return _place(demand, by)
        except IntegrityError:
            first = Demand.objects.get(buyer=buyer, key=key)
    return _same_as_before(first, demand)


@transaction.atomic
def _place(demand: Demand, by: User) -> Demand:
    if demand.first_day < timezone.localdate():
        raise refusals.DemandStartsInThePast(day=calendar_day(demand.first_day))
    _require_sound(demand)
    demand.save(force_insert=True)
    who = on_behalf_of(by, demand.buyer)
    record(demand, "placed", by=by, on_behalf_of=who, to_state=demand.state, grams=demand.firm_g)
    return demand


@transaction.atomic
def change_demand(demand: Demand, *, terms: DemandTerms, by: User) -> Demand:
    """The demand says what `terms` say from now on; produce and first day stay. Pledges already made for it stay as they are.

    Locks: demand. A repeat changes nothing and writes no event. Raises: NotAllowed, DemandNotOpen and what `place_demand` raises
    for its terms.
    """
    demand = locked_demand(demand.pk)
    require(can_buy_for(by, demand.buyer))
    require_open(demand)
    old = {verb: [getattr(demand, name) for name in names] for verb, names in _GROUPS.items()}
    for name, value in terms.facts().items():
        setattr(demand, name, value)
    new = {verb: [getattr(demand, name) for name in names] for verb, names in _GROUPS.items()}
    changed = [verb for verb in _GROUPS if old[verb] != new[verb]]
    if not changed:
        return demand
    _require_sound(demand)
    demand.save(update_fields=list(terms.facts()))
    for verb in changed:
        record(demand, verb, by=by, on_behalf_of=on_behalf_of(by, demand.buyer), grams=_grams_of(demand, verb))
    return demand


def _grams_of(demand: Demand, verb: str) -> int | None:
    return {"changed": demand.firm_g, "stretch_changed": demand.most_g}.get(verb)


@transaction.atomic
def cancel_demand(demand: Demand, *, by: User) -> Demand:
    """Nobody answers the demand any more; its open offers are refused. Pledges already made for it stay.

    Locks: demand, its open offers by pk. A repeat changes nothing. Raises: NotAllowed, WrongState.
    """
    demand = locked_demand(demand.pk)
    require(can_buy_for(by, demand.buyer))
    if demand.state != DemandState.CANCELLED:
        _end(demand, DemandState.CANCELLED, "cancelled", by)
    return demand


def end_demands() -> int:
    """Demands whose last day is past are over. The clock's; each its own transaction. Returns how many."""
    over = Demand.objects.open().filter(last_day__lt=timezone.localdate())
    return sum(_end_by_clock(pk) for pk in over.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _end_by_clock(demand_id: int) -> bool:
    """Locks: demand, its open offers. Whoever was faster with it wins: a buyer may just have added days."""
    demand = locked_demand(demand_id)
    if not demand.is_open or demand.last_day >= timezone.localdate():
        return False
    _end(demand, DemandState.ENDED, "ended", None)
    return True


def _end(demand: Demand, to: DemandState, verb: str, by: User | None) -> None:
    old = move(demand, "state", to, DEMAND_MOVES)
    demand.save(update_fields=["state"])
    who = on_behalf_of(by, demand.buyer) if by else None
    record(demand, verb, by=by, on_behalf_of=who, from_state=old, to_state=to, grams=demand.firm_g)
    refuse_all_for(demand, by=by)


def _require_sound(demand: Demand) -> None:
    require_verified(demand.buyer)
    _require_days(demand)
    require_most(demand.firm_g, demand.most_g)
    require_delivery(demand.dock, demand.buyer, demand.window_from, demand.window_to)
    require_reference(demand.reference)
    _require_fields(demand)
    _require_price(demand)


def _require_days(demand: Demand) -> None:
    today, first, last = timezone.localdate(), demand.first_day, demand.last_day
    if last < first:
        raise refusals.DemandDaysBackwards
    if last < today:
        raise refusals.DemandEndsInThePast(day=calendar_day(last))
    days = (last - first).days + 1
    if days > MAX_DAYS:
        raise refusals.DemandTooLong(most=MAX_DAYS, days=days)
    latest = today + dt.timedelta(days=MAX_DAYS_AHEAD)
    if first > latest:
        raise refusals.DemandTooFarAhead(latest=calendar_day(latest))


def _require_fields(demand: Demand) -> None:
    """What the columns hold: lengths, choices, ranges. Raises: DemandNumberTooLarge, UnfitText."""
    for name, most in {"km_at_most": MAX_KM, "fresh_hours": MAX_FRESH_HOURS}.items():
        if (getattr(demand, name) or 0) > most:
            raise refusals.DemandNumberTooLarge(name, label=Demand._meta.get_field(name).verbose_name, most=most)  # type: ignore[union-attr]
    conditions = ("variety", "grade_at_least", "km_at_most", "fresh_hours", "price_at_most")
    for name in conditions:
        field = Demand._meta.get_field(name)
        value = getattr(demand, name)
        try:
            if value not in (None, ""):
                field.clean(value, demand)  # type: ignore[union-attr]
        except ValidationError as error:
            raise UnfitText(name, label=field.verbose_name, said=error.messages[0]) from None  # type: ignore[union-attr]


def _require_price(demand: Demand) -> None:
    """A price above a ceiling of any of its days could never be paid then. Raises: DemandPriceByWeight, PriceAboveCeiling."""
    if demand.price_unit == PriceUnit.PACK:
        raise refusals.DemandPriceByWeight
    if demand.price_at_most is None:
        return
    if demand.price_at_most <= 0:
        raise refusals.OfferPriceUnfit
    first = max(demand.first_day, timezone.localdate())
    require_under_ceiling(demand.produce_id, per_kg_at_most(demand), first, demand.last_day)


def _same_as_before(first: Demand, wanted: Demand) -> Demand:
    """Raises: DemandKeyUsedOtherwise."""
    events = list(Event.objects.about(first))
    grams = events[0].grams if events else first.firm_g
    same = (first.produce_id, first.first_day, grams) == (wanted.produce_id, wanted.first_day, wanted.firm_g)
    if not any(event.verb in _GROUPS for event in events):
        names = (name for group in _GROUPS.values() for name in group)
        same = same and all(getattr(first, name) == getattr(wanted, name) for name in names)
    if not same:
        raise refusals.DemandKeyUsedOtherwise(placed=describe(grams or 0))
    return first
