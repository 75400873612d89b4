"""Booking pledges for a demand: the one door for matching, for accepted offers and for anybody else."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID, uuid5

from django.db import transaction

from market.models import Lot
from market.pricing import unit_word
from market.quantities import price_per_kg
from market.sentences import Price, Weight
from orders import fitting
from orders.actions.placing import Agreed, Origin, Who, delivery_facts, place_wanted
from orders.actions.stretches import grant_stretch
from orders.enums import DemandState
from orders.exceptions import DemandFilled, DemandMet, DemandNotOpen, DemandWhole, DoesNotFit, PriceAboveWanted
from orders.models import Demand, Pledge
from orders.queries.rooms import Room, rooms_of

# The names of pledges that answer a demand, so that a repeat finds the first.
ANSWERS = UUID("7b1c9a52-54a6-4d2b-9a3e-0d6a1f6f3c11")


@dataclass(frozen=True)
class Answer:
    """So much of one lot for a demand: `firm_g` promised, of the stretch up to `most_g` welcome, `granted_g` of it real at once.

    `agreed` is a price two sides agreed on, in place of the listing's. `source` names who answers ("offer-7", "match-3-12"):
    the same source books once.
    """

    lot_id: int
    firm_g: int
    source: str
    most_g: int = 0
    granted_g: int = 0
    agreed: Agreed | None = None
    firm_typed: str = ""


def answer_demand(demand: Demand, answer: Answer, who: Who) -> Pledge:
    """`answer_together` with one answer."""
    return answer_together(demand, [answer], who)[0]


@transaction.atomic
def answer_together(demand: Demand, answers: Sequence[Answer], who: Who) -> list[Pledge]:
    """Each answer is a pledge of the demand's buyer on its lot, all of them or none. Permission has been asked already.

    The demand is open, each lot satisfies its conditions at the price that will be paid, and the pledges of a day together
    stay within what is wanted, the firm part counted first: a stretch wider than that is narrowed. What is wanted whole
    (不够就不要) must be met by the answers of the day together. Call it once for each transaction and demand: demands are locked
    before lots. Locks: demand, lots by pk. A repeat with the same source returns the first pledge, whatever has happened since.
    Raises: DemandNotOpen, DoesNotFit, DemandFilled (DemandMet), DemandWhole and what `placing.place_wanted` raises.
    """
    demand = locked_demand(demand.pk)
    keys = {uuid5(ANSWERS, f"{demand.pk}/{answer.source}"): answer for answer in answers}
    booked = {pledge.key: pledge for pledge in Pledge.objects.filter(buyer=demand.buyer_id, key__in=keys)}
    fresh = {key: answer for key, answer in keys.items() if key not in booked}
    if fresh:
        require_open(demand)
        lots = _locked_lots(fresh.values())
        for answer in fresh.values():
            require_fits(demand, lots[answer.lot_id], answer.agreed)
        _require_whole(demand, fresh.values(), lots)
        for key, answer in sorted(fresh.items(), key=lambda item: item[1].lot_id):
            booked[key] = _book(demand, answer, lots[answer.lot_id], key, who)
    return [booked[key] for key in keys]


def locked_demand(demand_id: int) -> Demand:
    """The demand as it is now, locked. Call inside a transaction, before any lot is locked."""
    rows = Demand.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("buyer", "produce", "dock", "placed_by").get(pk=demand_id)


def room_in(demand: Demand, day: dt.date) -> Room:
    """How much is met and how much still welcome on the day; of a locked demand it stays so. One statement."""
    room = rooms_of([demand], (day, day)).get((demand.pk, day))
    return room or Room(day, 0, 0)


def require_open(demand: Demand) -> None:
    """Raises: DemandNotOpen."""
    if not demand.is_open:
        raise DemandNotOpen(state=DemandState(demand.state).label)


def require_fits(demand: Demand, lot: Lot, agreed: Agreed | None = None) -> None:
    """`lot` was read with its listing. Raises: DoesNotFit (PriceAboveWanted)."""
    why = fitting.why_unfit(fitting.lot_facts(lot, _agreed_per_kg(lot, agreed)), fitting.demand_facts(demand))
    if why == fitting.PRICE and demand.price_at_most is not None:
        raise PriceAboveWanted(price=Price(demand.price_at_most, demand.price_word))
    if why:
        raise DoesNotFit(why=fitting.WORDS[why])


def require_room(room: Room, grams: int) -> None:
    """Raises: DemandFilled, DemandMet."""
    if grams > room.left_g:
        raise DemandFilled(left=Weight(room.left_g)) if room.left_g else DemandMet


def require_whole_of(demand: Demand, room: Room, grams: int) -> None:
    """Raises: DemandWhole."""
    if demand.is_whole and grams < room.missing_g:
        raise DemandWhole(missing=Weight(room.missing_g))


def _agreed_per_kg(lot: Lot, agreed: Agreed | None) -> Fraction | None:
    if agreed is None:
        return None
    listing = lot.listing
    return price_per_kg(agreed.price, unit_word(agreed.price_unit, listing.pack_word), listing.pack)


def _locked_lots(answers: Iterable[Answer]) -> dict[int, Lot]:
    ids = {answer.lot_id for answer in answers}
    rows = Lot.objects.select_for_update(no_key=True, of=("self",)).select_related("listing")
    return {lot.pk: lot for lot in rows.filter(pk__in=ids).order_by("pk")}


def _require_whole(demand: Demand, answers: Iterable[Answer], lots: dict[int, Lot]) -> None:
    if not demand.is_whole:
        return
    grams: dict[dt.date, int] = {}
    for answer in answers:
        day = lots[answer.lot_id].day
        grams[day] = grams.get(day, 0) + answer.firm_g + answer.granted_g
    for day, together in grams.items():
        require_whole_of(demand, room_in(demand, day), together)


def _book(demand: Demand, answer: Answer, lot: Lot, key: UUID, who: Who) -> Pledge:
    room = room_in(demand, lot.day)
    require_room(room, answer.firm_g)
    stretch = min(max(answer.most_g - answer.firm_g, answer.granted_g), room.stretch_beside(answer.firm_g))
    if answer.granted_g > stretch:
        raise DemandFilled(left=Weight(answer.firm_g + stretch))
    wanted = Pledge(
        **delivery_facts(demand),
        lot_id=lot.pk,
        firm_g=answer.firm_g,
        firm_typed=answer.firm_typed,
        most_g=answer.firm_g + stretch,
        fresh_hours=demand.fresh_hours,
        reference=demand.reference,
        key=key,
    )
    pledge = place_wanted(wanted, who, agreed=answer.agreed, origin=Origin(demand=demand), lot=lot)
    if answer.granted_g:
        pledge = grant_stretch(pledge, grams=answer.granted_g, why=answer.source, by=who.by)
    return pledge
