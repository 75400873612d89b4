"""Lots as the public sees them in a list: the board's page, and the first few for the front page."""

import datetime as dt
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from market.models import ListingPhoto, Lot
from market.models.listings import public
from market.models.lots import LotQuerySet
from market.queries.reference import KnownPlace, KnownProduce, Reference, reference_of

PAGE_SIZE = 24
MAX_PAGES = 10
MAX_LOTS = PAGE_SIZE * MAX_PAGES
# 按剩余最多 looks at so many of the largest offers: an index on what changes with every pledge would slow every pledge.
LARGEST_OFFERS = 1000

SPOIL, PRICE, LEFT, DAY = "spoil", "price", "left", "day"
ORDERS: dict[str, tuple[Any, ...]] = {
    SPOIL: ("best_before", "day", "id"),
    PRICE: (F("price_per_kg").asc(nulls_last=True), "id"),
    DAY: ("-day", "-best_before", "-id"),
}


@dataclass(frozen=True, slots=True)
class LotCard:
    """What a card says about one lot."""

    id: int
    day: dt.date
    best_before: dt.datetime
    offered_g: int
    reserved_g: int
    grade: str
    produce: KnownProduce
    place: KnownPlace
    variety: str
    price: Decimal | None
    price_unit: str
    pack_word: str
    seller: str
    photo: str | None

    @property
    def remaining_g(self) -> int:
        return self.offered_g - self.reserved_g

    @property
    def is_gone(self) -> bool:
        return self.remaining_g <= 0


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page of the board. `total` counts no further than `MAX_LOTS`; more there is when `is_capped`."""

    cards: list[LotCard]
    number: int
    last: int
    total: int
    is_capped: bool


def lots_on_board() -> LotQuerySet:
    return Lot.objects.on_board()


def board_page(lots: QuerySet[Lot], *, sort: str, number: int) -> BoardPage:
    """Page `number` of `lots` (the last one when there are fewer). Two statements, one when there is none.

    The first fetches the ids of all pages the board shows, which is also the count: no statement counts the table.
    """
    ids = lot_ids(lots, sort, MAX_LOTS + 1)
    total = min(len(ids), MAX_LOTS)
    last = max(-(-total // PAGE_SIZE), 1)
    number = min(max(number, 1), last)
    page_ids = ids[:MAX_LOTS][(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return BoardPage(lot_cards(page_ids), number, last, total, is_capped=len(ids) > MAX_LOTS)


def soonest_to_spoil(count: int) -> list[LotCard]:
    """For the front page: lots of which something is left. Two statements."""
    return lot_cards(lot_ids(lots_on_board().with_stock(), SPOIL, count))


def lot_ids(lots: QuerySet[Lot], sort: str, count: int) -> list[int]:
    """The first `count` ids in this order. One statement."""
    if sort == LEFT:
        return _ids_by_remaining(lots, count)
    return list(lots.order_by(*ORDERS[sort]).values_list("pk", flat=True)[:count])


def _ids_by_remaining(lots: QuerySet[Lot], count: int) -> list[int]:
    offers = lots.order_by("-offered_g", "-id").values_list("pk", "offered_g", "reserved_g")[:LARGEST_OFFERS]
    return [pk for pk, _offered, _reserved in heapq.nlargest(count, offers, key=lambda row: (row[1] - row[2], -row[0]))]


def lot_cards(ids: Sequence[int]) -> list[LotCard]:
    """Cards in the order of `ids`, without listings that ended in the meantime. One statement, none without ids."""
    if not ids:
        return []
    photo = ListingPhoto.objects.filter(listing=OuterRef("listing")).order_by("sort_order", "pk")
    rows = (
        Lot.objects.filter(public("listing__"), pk__in=ids)
        .values_list(
            "pk", "day", "best_before", "offered_g", "reserved_g", "grade", "produce_id", "place_code",
            "listing__variety", "listing__price", "listing__price_unit", "listing__pack_word", "seller__name",
            Subquery(photo.values("photo__card")[:1]),
        )
    )  # fmt: skip
    found = {row[0]: row for row in rows}
    known = reference_of({row[6] for row in found.values()}, {row[7] for row in found.values()})
    return [_card(found[pk], known) for pk in ids if pk in found]


def _card(row: tuple[Any, ...], known: Reference) -> LotCard:
    # the columns of lot_cards, in its order
    return LotCard(*row[:6], known.produce[row[6]], known.places[row[7]], *row[8:])  # type: ignore[call-arg]
