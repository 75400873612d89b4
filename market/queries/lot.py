"""One lot as the public sees it: what is offered, what is left, the other days, what happened."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.shortcuts import get_object_or_404
from django.utils import timezone

from market.actions.ceilings import lowest_ceiling
from market.models import Event, Listing, Lot, Photo, PriceCeiling
from market.models.events import subject_of
from market.pricing import exact_price_per_kg
from market.queries.reference import KnownPlace, KnownProduce, Reference, reference_of

DAYS_SHOWN = 60
EVENTS_SHOWN = 20
# What the public may know of a listing's history; reviews and reasons stay between the seller and the bureau.
PUBLIC_VERBS = ("submitted", "published", "withdrawn", "taken_down")

ON_SALE, GONE, PAST, SPOILT, WITHDRAWN = "on_sale", "gone", "past", "spoilt", "withdrawn"


@dataclass(frozen=True, slots=True)
class DayOfListing:
    """What one day of the listing offered and how much of it is promised."""

    id: int
    day: dt.date
    offered_g: int
    reserved_g: int
    is_open: bool


@dataclass(frozen=True)
class LotPage:
    lot: Lot
    photos: list[Photo]
    days: list[DayOfListing]
    events: list[Event]
    known: Reference
    ceiling: PriceCeiling | None

    @property
    def listing(self) -> Listing:
        return self.lot.listing

    @property
    def place(self) -> KnownPlace:
        return self.known.places[self.lot.place_code]

    @property
    def produce(self) -> KnownProduce:
        return self.known.produce[self.lot.produce_id]

    @property
    def title(self) -> str:
        parts = (self.produce.name, self.listing.variety, self.lot.get_grade_display())
        return " · ".join(str(part) for part in parts if part)

    @cached_property
    def state(self) -> str:
        now, lot = timezone.now(), self.lot
        if not (lot.is_open and self.listing.is_public(now)):
            return WITHDRAWN
        if lot.best_before <= now:
            return SPOILT
        if lot.day < timezone.localdate(now):
            return PAST
        return ON_SALE if lot.remaining_g > 0 else GONE

    @property
    def is_above_ceiling(self) -> bool:
        return self.ceiling is not None and self.ceiling.forbids(exact_price_per_kg(self.listing))

    @property
    def is_on_board(self) -> bool:
        return self.state in (ON_SALE, GONE)


def lot_page(pk: int) -> LotPage:
    """The page of one lot. Every lot was published once, so that anybody may read it. Five statements.

    Raises: Http404.
    """
    lot = get_object_or_404(Lot.objects.select_related("listing", "seller", "produce"), pk=pk)
    listing = lot.listing
    # The row of the lot repeats them; without this a template that asks the listing would ask the database.
    listing.seller, listing.produce = lot.seller, lot.produce
    days = Lot.objects.filter(listing_id=listing.pk).order_by("-day")
    rows = days.values_list("pk", "day", "offered_g", "reserved_g", "is_open")[:DAYS_SHOWN]
    return LotPage(
        lot=lot,
        photos=[row.photo for row in listing.photos.select_related("photo").order_by("sort_order", "pk")],
        days=[DayOfListing(*row) for row in rows][::-1],
        events=list(
            Event.objects.filter(subject=subject_of(listing), subject_id=listing.pk, verb__in=PUBLIC_VERBS).order_by(
                "-pk"
            )[:EVENTS_SHOWN]
        ),
        known=reference_of({lot.produce_id}, {lot.place_code}),
        ceiling=lowest_ceiling(lot.produce_id, lot.day),
    )
