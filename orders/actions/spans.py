"""The same pledge on several days of one listing: a pledge a day, all of them or none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from market.exceptions import Refused
from market.models import Lot, Organisation
from market.quantities import describe
from market.wording import calendar_day
from orders.actions.placing import place_pledge
from orders.exceptions import DayOfSpanRefused, KeyUsedOtherwise, NotOneListing, TooManyDaysAtOnce
from orders.models import Pledge
from orders.models.pledges import MAX_SPAN_DAYS


def place_span(lot_ids: Sequence[int], *, buyer: Organisation, key: UUID, **facts: Any) -> list[Pledge]:
    """One pledge on each of these lots of one listing, in the order of their days; `facts` are those of `place_pledge`.

    The first lot is that of the form and has its key; the others' keys follow from it, so that a form sent again finds them all.
    All are placed or none. Locks: the lots by pk (each by its guarded update). A repeat returns the first pledges; with other
    days it is refused. Raises: TooManyDaysAtOnce, NotOneListing, KeyUsedOtherwise, DayOfSpanRefused (what `place_pledge` raises,
    with the day); with one lot what `place_pledge` raises.
    """
    lot_ids = list(dict.fromkeys(lot_ids))
    if len(lot_ids) > 1:
        return _place_all(lot_ids, buyer, key, facts)
    pledge = place_pledge(lot_id=lot_ids[0], buyer=buyer, key=key, **facts)
    if pledge.span:  # the form was sent before, with more days
        raise KeyUsedOtherwise(placed=describe(pledge.firm_g))
    return [pledge]


@transaction.atomic
def _place_all(lot_ids: list[int], buyer: Organisation, key: UUID, facts: dict[str, Any]) -> list[Pledge]:
    facts.pop("lot", None)
    lots = Lot.objects.select_related("listing").in_bulk(lot_ids)
    if len(lots) < len(lot_ids) or len({lot.listing_id for lot in lots.values()}) > 1:
        raise NotOneListing
    if len(lots) > MAX_SPAN_DAYS:
        raise TooManyDaysAtOnce(limit=MAX_SPAN_DAYS)
    _require_same_days(lot_ids, buyer, key)
    placed = []
    for pk in sorted(lots):
        key_of_day = key if pk == lot_ids[0] else uuid5(key, str(pk))
        try:
            placed.append(place_pledge(lot_id=pk, lot=lots[pk], buyer=buyer, key=key_of_day, span=key, **facts))
        except KeyUsedOtherwise:
            raise
        except Refused as refusal:
            raise DayOfSpanRefused(day=calendar_day(lots[pk].day), refusal=refusal) from refusal
    return sorted(placed, key=lambda pledge: pledge.day)


def _require_same_days(lot_ids: list[int], buyer: Organisation, key: UUID) -> None:
    """A form sent again asks for the days it asked for then. Raises: KeyUsedOtherwise."""
    first = Pledge.objects.filter(buyer=buyer, key=key).first()
    if first is None:
        return
    before = set(Pledge.objects.filter(buyer=buyer, span=key).values_list("lot_id", flat=True))
    if before != set(lot_ids):
        raise KeyUsedOtherwise(placed=describe(first.firm_g))
