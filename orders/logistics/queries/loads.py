"""What is planned, loaded and received: one definition for each of these numbers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from orders.logistics.enums import OPEN_TRIPS, LoadState, StopKind
from orders.logistics.models import Handover, Load, Receipt, Stop, Trip, Truck
from orders.models import Allocation

# What a load keeps of its allocation: what was loaded, before that what is planned. In SQL; `Load.riding_g` in Python.
RIDING = Coalesce(F("loaded_g"), F("planned_g"))
# What a receipt says of loaded grams: surplus is beyond them. In SQL.
SPOKEN_OF = F("accepted_g") + F("downgraded_g") + F("rejected_g") + F("missing_g") - F("surplus_g")


def _of_handovers(field: str, path: str = "from_load") -> Any:
    """The sum over the hand-overs of the outer load. In SQL."""
    rows = Handover.objects.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Coalesce(Subquery(rows.annotate(total=Sum(field)).values("total")), 0)


LOST = _of_handovers("missing_g")  # of a load, when it changed truck
GIVEN = _of_handovers("grams")  # to other trucks
TAKEN = _of_handovers("grams", "to_load")  # from another truck
_receipts = Receipt.objects.filter(load=OuterRef("pk")).order_by().values("load")
SPOKEN = Coalesce(Subquery(_receipts.annotate(total=Sum(SPOKEN_OF)).values("total")), 0)  # of a load, by its receipts


def left_to_give(load: Load) -> int:
    """Loaded grams that neither a hand-over nor a receipt speaks of yet. Two statements."""
    said = load.given.aggregate(given=Sum("grams"), lost=Sum("missing_g"))
    received = received_of(load).spoken_g
    return (load.loaded_g or 0) - (said["given"] or 0) - (said["lost"] or 0) - received


def planned_by_allocation(ids: Collection[int]) -> dict[int, int]:
    """Grams of each allocation that ride on live loads; what a truck left behind does not. One statement."""
    rows = Load.objects.live().first_links().filter(allocation__in=ids).values("allocation").annotate(total=Sum(RIDING))
    return {row["allocation"]: row["total"] for row in rows.order_by()}


def received_by_load(ids: Collection[int]) -> dict[int, int]:
    """Grams of each load that receipts speak of: accepted, downgraded, rejected and missing, less surplus. One statement."""
    rows = Receipt.objects.filter(load__in=ids).order_by().values("load")
    return dict(rows.annotate(total=Sum(SPOKEN_OF)).values_list("load", "total"))


@dataclass(frozen=True)
class Received:
    """What all receipts of some loads say together, in grams."""

    accepted_g: int = 0
    downgraded_g: int = 0
    rejected_g: int = 0
    missing_g: int = 0
    surplus_g: int = 0

    @property
    def parts(self) -> tuple[int, ...]:
        return (self.accepted_g, self.downgraded_g, self.rejected_g, self.missing_g, self.surplus_g)

    @property
    def taken_g(self) -> int:
        """What the buyer keeps and pays for; surplus that was kept is inside."""
        return self.accepted_g + self.downgraded_g

    @property
    def spoken_g(self) -> int:
        """Loaded grams that are accounted for."""
        return self.accepted_g + self.downgraded_g + self.rejected_g + self.missing_g - self.surplus_g

    def __add__(self, other: "Received") -> "Received":
        return Received(*(mine + its for mine, its in zip(self.parts, other.parts, strict=True)))


RECEIVED = ("accepted_g", "downgraded_g", "rejected_g", "missing_g", "surplus_g")


def received_by(loads: Any) -> dict[int, Received]:
    """What the receipts of each load say. `loads`: keys or rows. One statement."""
    rows: Any = Receipt.objects.filter(load__in=loads).order_by().values("load")
    sums = {f"s_{name}": Sum(name) for name in RECEIVED}
    return {row["load"]: Received(*(row[f"s_{name}"] for name in RECEIVED)) for row in rows.annotate(**sums)}


def received_of(load: Load) -> Received:
    """One statement."""
    return received_by([load.pk]).get(load.pk, Received())


def with_unplanned(allocations: QuerySet[Allocation]) -> QuerySet[Any]:
    """The allocations with `planned`, grams on live loads, to filter and show. No statement of its own."""
    loads = Load.objects.live().first_links().filter(allocation=OuterRef("pk")).order_by().values("allocation")
    return allocations.annotate(planned=Coalesce(Subquery(loads.annotate(s=Sum(RIDING)).values("s")), 0))


@dataclass(frozen=True)
class Leg:
    """A halt of a trip with what goes on and off there; `aboard_g` is what the truck carries when it leaves."""

    stop: Stop
    loads: list[Load]
    aboard_g: int

    @property
    def waiting(self) -> list[Load]:
        """What must still be loaded, or said not to be, before the truck may leave."""
        return [load for load in self.loads if self.stop.kind == StopKind.PICKUP and load.state == LoadState.PLANNED]

    @property
    def is_settled(self) -> bool:
        return not self.waiting


def legs_of(stops: Iterable[Stop], loads: Iterable[Load]) -> list[Leg]:
    """The halts that still have something to do, in order, from fetched rows. No statement."""
    by_stop: dict[int, list[Load]] = {}
    for load in loads:
        by_stop.setdefault(load.pickup_id, []).append(load)
        by_stop.setdefault(load.delivery_id, []).append(load)
    legs, aboard = [], 0
    for stop in sorted(stops, key=lambda s: s.position):
        here = by_stop.get(stop.pk)
        if here:
            change = sum(load.riding_g if stop.kind == StopKind.PICKUP else -load.riding_g for load in here)
            aboard += change
            legs.append(Leg(stop, here, aboard))
    return legs


def trips_of_chains(loads: Iterable[int]) -> set[int]:
    """The trips of these loads and of those that are to take them on. One statement."""
    ids = list(loads)
    chain = Load.objects.filter(Q(pk__in=ids) | Q(continues__in=ids, state=LoadState.PLANNED))
    return set(chain.values_list("trip_id", flat=True))


def aboard_g(trip: Trip, *, but: Load | None = None) -> int:
    """What is on the truck now, by what was loaded, without the load `but`. One statement."""
    aboard = Load.objects.filter(trip=trip, state=LoadState.LOADED, delivery__departed_at=None)
    others = aboard.exclude(pk=but.pk) if but else aboard
    return others.aggregate(g=Sum("loaded_g"))["g"] or 0


def most_aboard(legs: Iterable[Leg]) -> int:
    """The heaviest the truck gets on the way, by what was loaded and, where that is still to come, what is planned."""
    return max((leg.aboard_g for leg in legs), default=0)


def most_planned_on(truck: Truck) -> int:
    """The heaviest the truck gets on any of its open trips. Three statements."""
    trips = Trip.objects.filter(truck=truck, state__in=OPEN_TRIPS).prefetch_related("stops", "loads")
    return max((most_aboard(legs_of(trip.stops.all(), live_loads(trip))) for trip in trips), default=0)


def live_loads(trip: Trip) -> list[Load]:
    """The trip's loads that were not taken off, from what was fetched with it."""
    return [load for load in trip.loads.all() if load.is_live]
