"""How far goods have come: offered, pledged, planned, loaded, received. One definition for each number."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from market.models import Listing, Lot
from orders.logistics.enums import LoadState
from orders.logistics.models import Load, Receipt
from orders.logistics.models.trips import LoadQuerySet
from orders.logistics.queries.loads import LOST, RIDING
from orders.models import Pledge

_SAID = ("accepted", "downgraded", "rejected", "missing", "surplus")


@dataclass(frozen=True)
class Progress:
    """Grams. Goods that change truck count once. Planned are on live loads, loaded are on or were on a truck, the next five are what receipts say.

    `offered_g` is known of a listing's day only.
    """

    pledged_g: int = 0
    planned_g: int = 0
    loaded_g: int = 0
    accepted_g: int = 0
    downgraded_g: int = 0
    rejected_g: int = 0
    missing_g: int = 0
    surplus_g: int = 0
    offered_g: int = 0

    @property
    def waiting_g(self) -> int:
        """Loaded and not yet spoken of by a receipt."""
        return self.loaded_g - self.taken_g - self.rejected_g - self.missing_g + self.surplus_g

    @property
    def taken_g(self) -> int:
        """What buyers keep: accepted, and taken at a lower grade."""
        return self.accepted_g + self.downgraded_g

    def __add__(self, other: "Progress") -> "Progress":
        names = self.__dataclass_fields__
        return Progress(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class ListingProgress:
    """Of a listing: in all, and by day."""

    total: Progress
    days: list[tuple[dt.date, Progress]]


@dataclass(frozen=True)
class TrucksOfPledge:
    """Plates of the trucks a pledge rides on, and of those that have begun to load it."""

    plates: list[str]
    loading: list[str]

    @property
    def is_loading(self) -> bool:
        return bool(self.loading)


def rides_of(pledge: Pledge) -> list[Any]:
    """The pledge's live loads with their trucks and pickups, each with the grams its receipts speak of and what was missing when
    it changed truck. One statement."""
    receipts = Receipt.objects.filter(load=OuterRef("pk")).order_by().values("load")
    said: dict[str, Any] = {
        f"{what}_g": Coalesce(Subquery(receipts.annotate(sum=Sum(f"{what}_g")).values("sum")), 0) for what in _SAID
    }
    loads = Load.objects.live().filter(allocation__pledge=pledge).select_related("trip__truck", "pickup")
    return list(loads.annotate(**said, lost_g=LOST).order_by("trip__starts_at", "pk"))


def progress_of_rides(pledge: Pledge, rides: Sequence[Any]) -> Progress:
    """How far the pledge's goods have come. No statement."""
    moved = {f"{what}_g": sum(getattr(load, f"{what}_g") for load in rides) for what in _SAID}
    first = [load for load in rides if load.continues_id is None]
    moved["planned_g"] = sum(load.riding_g for load in first)
    moved["loaded_g"] = sum(load.loaded_g or 0 for load in first)
    moved["missing_g"] += sum(load.lost_g for load in rides)
    return Progress(pledged_g=pledge.taken_g if pledge.is_live else 0, **moved)


def trucks_of_rides(rides: Sequence[Any]) -> TrucksOfPledge:
    """No statement."""
    begun = [load for load in rides if load.state != LoadState.PLANNED or load.pickup.departed_at is not None]
    return TrucksOfPledge(*(list(dict.fromkeys(load.trip.truck.plate for load in some)) for some in (rides, begun)))


def progress_of_listing(listing: Listing) -> ListingProgress:
    """For its seller. Three statements."""
    lots = list(Lot.objects.filter(listing=listing).order_by("day"))
    moved = _moved("allocation__lot", Load.objects.filter(allocation__lot__listing=listing))
    days = [
        (lot.day, Progress(offered_g=lot.offered_g, pledged_g=lot.reserved_g, **moved.get(lot.pk, {}))) for lot in lots
    ]
    return ListingProgress(_sum(progress for _day, progress in days), days)


def _moved(path: str, loads: LoadQuerySet) -> dict[int, dict[str, int]]:
    """Planned, loaded and received grams of these loads by what `path` leads to. Two statements."""
    live = loads.live().order_by()
    found: dict[int, dict[str, int]] = {}
    first = Q(continues=None)
    sums = {
        "planned_g": Sum(RIDING, filter=first),
        "loaded_g": Sum("loaded_g", filter=first),
        "missing_g": Sum("lost_g"),
    }
    for row in live.annotate(lost_g=LOST).values(path).annotate(**{f"s_{name}": what for name, what in sums.items()}):
        found[row[path]] = {name: row[f"s_{name}"] or 0 for name in sums}
    receipts = Receipt.objects.filter(load__in=live).order_by().values(f"load__{path}")
    for row in receipts.annotate(**{what: Sum(f"{what}_g") for what in _SAID}):
        moved = found[row[f"load__{path}"]]
        moved.update({f"{what}_g": row[what] + moved.get(f"{what}_g", 0) for what in _SAID})
    return found


def _sum(parts: Iterable[Progress]) -> Progress:
    return sum(parts, Progress())
