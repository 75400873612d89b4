"""The sums that must always hold, computed afresh. An empty list is the only good answer."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from market.models import Lot
from orders.enums import LIVE_PLEDGES, PledgeState
from orders.logistics.enums import OPEN_TRIPS, LoadState
from orders.logistics.models import Load, Receipt, Trip
from orders.logistics.queries.loads import (
    GIVEN,
    LOST,
    RECEIVED,
    SPOKEN,
    TAKEN,
    Received,
    legs_of,
    live_loads,
    most_aboard,
    with_unplanned,
)
from orders.models import Allocation, Pledge, PledgeLine
from orders.models.pledges import taken

RULES: dict[str, Any] = {
    "lot_reserved": _("当日货源的已认购量 = 有效分配之和"),
    "pledge_lines": _("认购量 = 摊位明细之和"),
    "pledge_allocated": _("认购量 + 落实的弹性量 − 少给的 = 有效分配之和；已取消的为零"),
    "pledge_planned": _("已排车的认购至少有一批货在车次上"),
    "allocation_planned": _("有效分配 ≥ 已排车之和；无效的为零"),
    "trip_capacity": _("车上最重时 ≤ 核定载质量"),
    "load_handed_over": _("转车：实装量 ≥ 转出之和 + 短少 + 已收货；转完的相等"),
    "load_taken_on": _("转车：接上的量 = 从前一辆车转来的量，是同一笔分配的货"),
    "load_loaded": _("已装车的有实装量，且不超过计划量"),
    "load_received": _("收货记录之和 ≤ 实装量；收完的相等"),
    "receipt_reversed": _("更正的收货记录 = 原记录的相反数，同一批货"),
}


@dataclass(frozen=True)
class Break:
    """One row that breaks a rule: what should be (or the most there may be) and what is, in grams."""

    rule: str
    row: str
    pk: int
    expected_g: int
    found_g: int

    def __str__(self) -> str:
        return f"{RULES[self.rule]}: {self.row} {self.pk}: {self.expected_g} / {self.found_g} g"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def breaks() -> list[Break]:
    """Every row that breaks a rule. Eleven statements, and two more for the loads of open trips; each sums a whole table, so it is for the command line."""
    return [
        *_lots(),
        *_pledge_lines(),
        *_pledges(),
        *_planned_pledges(),
        *_allocations(),
        *_trips(),
        *_loaded(),
        *_handed_over(),
        *_taken_on(),
        *_received(),
        *_reversed(),
    ]


def _sum_of(rows: QuerySet, key: str, field: str) -> Coalesce:
    """The sum of `field` over the rows whose `key` is the outer row."""
    mine = rows.filter(**{key: OuterRef("pk")}).order_by().values(key)
    return Coalesce(Subquery(mine.annotate(total=Sum(field)).values("total")), 0)


def _lots() -> Iterator[Break]:
    wrong = Lot.objects.annotate(total=_sum_of(Allocation.objects.live(), "lot", "grams")).exclude(
        total=F("reserved_g")
    )
    for pk, reserved, total in wrong.order_by("pk").values_list("pk", "reserved_g", "total"):
        yield Break("lot_reserved", "lot", pk, total, reserved)


def _pledge_lines() -> Iterator[Break]:
    pledges = Pledge.objects.annotate(total=_sum_of(PledgeLine.objects.all(), "pledge", "quantity_g"))
    wrong = pledges.exclude(total=0).exclude(total=F("firm_g"))
    for pk, firm, total in wrong.order_by("pk").values_list("pk", "firm_g", "total"):
        yield Break("pledge_lines", "pledge", pk, firm, total)


def _pledges() -> Iterator[Break]:
    pledges = Pledge.objects.annotate(total=_sum_of(Allocation.objects.live(), "pledge", "grams"))
    holds = Q(state__in=LIVE_PLEDGES, total=taken()) | Q(total=0) & ~Q(state__in=LIVE_PLEDGES)
    for pledge in pledges.exclude(holds).order_by("pk"):
        yield Break("pledge_allocated", "pledge", pledge.pk, pledge.taken_g if pledge.is_live else 0, pledge.total)


def _planned_pledges() -> Iterator[Break]:
    riding = Load.objects.live().filter(allocation__pledge=OuterRef("pk"))
    stranded = Pledge.objects.filter(~Exists(riding), state=PledgeState.PLANNED)
    for pk, firm in stranded.order_by("pk").values_list("pk", "firm_g"):
        yield Break("pledge_planned", "pledge", pk, firm, 0)


def _allocations() -> Iterator[Break]:
    rows = with_unplanned(Allocation.objects.all())
    wrong = rows.filter(Q(planned__gt=F("grams")) | Q(is_live=False, planned__gt=0))
    for allocation in wrong.order_by("pk"):
        most = allocation.grams if allocation.is_live else 0
        yield Break("allocation_planned", "allocation", allocation.pk, most, allocation.planned)


def _trips() -> Iterator[Break]:
    trips = Trip.objects.filter(state__in=OPEN_TRIPS).select_related("truck").prefetch_related("stops", "loads")
    for trip in trips.order_by("pk"):
        heaviest = most_aboard(legs_of(trip.stops.all(), live_loads(trip)))
        if heaviest > trip.truck.rated_g:
            yield Break("trip_capacity", "trip", trip.pk, trip.truck.rated_g, heaviest)


def _loaded() -> Iterator[Break]:
    on_board = Load.objects.filter(state__in=[LoadState.LOADED, LoadState.HANDED_OVER, LoadState.DELIVERED])
    for load in on_board.filter(Q(loaded_g=None) | Q(loaded_g__gt=F("planned_g"))).order_by("pk"):
        yield Break("load_loaded", "load", load.pk, load.planned_g, load.loaded_g or 0)


def _handed_over() -> Iterator[Break]:
    loads = Load.objects.live().annotate(
        gone=GIVEN + LOST, said=GIVEN + LOST + SPOKEN, on_board=Coalesce("loaded_g", 0)
    )
    wrong = loads.filter(
        Q(gone__gt=0, said__gt=F("on_board")) | Q(state=LoadState.HANDED_OVER) & ~Q(said=F("on_board"))
    )
    for load in wrong.order_by("pk"):
        yield Break("load_handed_over", "load", load.pk, load.on_board, load.said)


def _taken_on() -> Iterator[Break]:
    loads = Load.objects.live().filter(continues__isnull=False).annotate(came_g=TAKEN)
    wrong = loads.exclude(came_g=Coalesce("loaded_g", 0), continues__allocation=F("allocation"))
    for load in wrong.order_by("pk"):
        yield Break("load_taken_on", "load", load.pk, load.came_g, load.loaded_g or 0)


def _received() -> Iterator[Break]:
    loads = Load.objects.annotate(said=SPOKEN, on_board=Coalesce("loaded_g", 0))
    wrong = loads.filter(Q(said__gt=F("on_board")) | Q(state=LoadState.DELIVERED) & ~Q(said=F("on_board")))
    for load in wrong.order_by("pk"):
        yield Break("load_received", "load", load.pk, load.on_board, load.said)


def _reversed() -> Iterator[Break]:
    mirrored = Q(*((name, -F(f"reverses__{name}")) for name in RECEIVED), load=F("reverses__load"))
    wrong = Receipt.objects.filter(reverses__isnull=False).exclude(mirrored).select_related("reverses")
    for receipt in wrong.order_by("pk"):
        spoken = [Received(*(getattr(row, name) for name in RECEIVED)).spoken_g for row in (receipt.reverses, receipt)]
        yield Break("receipt_reversed", "receipt", receipt.pk, -spoken[0], spoken[1])
