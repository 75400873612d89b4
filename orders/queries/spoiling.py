"""Lots that will spoil unsold, and who may want them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from market.days import moment
from market.enums import VerificationState
from market.models import Event, Lot, Produce
from market.models.events import subject_of
from market.models.lots import next_harvest
from orders.enums import PROMISED_PLEDGES
from orders.fitting import demand_facts, lot_facts, why_unfit
from orders.models import Demand, Pledge
from orders.scoring import SOON_HOURS

HOURS = 24
REMEMBERED_DAYS = 30  # who took the produce within so many days may want it again
PER_PAGE = 50
BARS = 8  # produce shown beside each other
PUSHED = "pushed"


def spoiling_lots(hours: int = HOURS, at: dt.datetime | None = None) -> QuerySet[Lot]:
    """Lots with grams left that are hard to sell after the next `hours`, soonest first.

    A lot is sold on its own day only; when the next harvest comes in at five in the morning, what keeps less than a day longer is
    lost. Goods that keep are not among them: they are on sale again.
    """
    at = at or timezone.now()
    until, day, wanted = at + dt.timedelta(hours=hours), timezone.localdate(at), Q(pk__in=[])
    while day <= timezone.localdate(until):
        next_day = day + dt.timedelta(days=1)
        lost = Q(day=day, best_before__lte=next_harvest(day) + dt.timedelta(hours=SOON_HOURS))
        wanted |= lost if moment(next_day) <= until else lost & Q(best_before__lte=until)
        day = next_day
    lots = Lot.objects.open(at).with_stock().filter(wanted)
    return lots.select_related("listing__produce", "listing__place", "seller").order_by("best_before", "pk")


@dataclass(frozen=True)
class SpoilingBar:
    """A produce with what of it spoils; `kind` is the colour of its bar."""

    label: str
    grams: int
    kind: str


@dataclass(frozen=True)
class SpoilingRow:
    """A lot with what was done for it: when it was pushed last, and to how many buyers together."""

    lot: Lot
    pushed_at: dt.datetime | None
    told: int


def spoiling_page(hours: int, number: str | int | None) -> tuple[Page, list[SpoilingRow]]:
    """Three statements: how many, the lots, what was done."""
    page = Paginator(spoiling_lots(hours), PER_PAGE).get_page(number)
    pushed: dict[int, list[Event]] = defaultdict(list)
    lots = [lot.pk for lot in page.object_list]
    for event in Event.objects.filter(subject=subject_of(Lot()), subject_id__in=lots, verb=PUSHED).order_by("pk"):
        pushed[event.subject_id].append(event)
    return page, [_row(lot, pushed[lot.pk]) for lot in page.object_list]


def _row(lot: Lot, events: list[Event]) -> SpoilingRow:
    told = sum(int(event.reason) for event in events if event.reason.isdecimal())
    return SpoilingRow(lot, events[-1].at if events else None, told)


@dataclass(frozen=True)
class SpoilingSums:
    """What spoils, of everything: how many lots, how much, and of which produce, the most first."""

    lots: int
    grams: int
    bars: list[SpoilingBar]

    @property
    def most_g(self) -> int:
        return max((bar.grams for bar in self.bars), default=0)


def spoiling_sums(hours: int) -> SpoilingSums:
    """One statement."""
    lots = spoiling_lots(hours).order_by().values("pk")
    left = Sum(F("lots__offered_g") - F("lots__reserved_g"))
    rows = Produce.objects.filter(lots__in=lots).annotate(left_g=left, count=Count("lots")).order_by("-left_g", "pk")
    found = list(rows)
    bars = [SpoilingBar(one.name, one.left_g, "warm") for one in found]
    return SpoilingSums(sum(one.count for one in found), sum(bar.grams for bar in bars), bars[:BARS])


def spoiling_count() -> int:
    """One statement."""
    return spoiling_lots().count()


def may_want(lots: Iterable[Lot]) -> dict[int, set[int]]:
    """The buyers (by id) who may want each of the lots: those who would take more of the produce on its day, those with an open
    demand that it fits, and those who took it before. Three statements.
    """
    lots = list(lots)
    produce, days = {lot.produce_id for lot in lots}, {lot.day for lot in lots}
    taken: dict[int, set[int]] = defaultdict(set)
    since = timezone.localdate() - dt.timedelta(days=REMEMBERED_DAYS)
    before = Pledge.objects.filter(produce__in=produce, day__gte=since, state__in=PROMISED_PLEDGES)
    for product, buyer in before.order_by().values_list("produce", "buyer").distinct():
        taken[product].add(buyer)
    stretched: dict[tuple[int, dt.date], set[int]] = defaultdict(set)
    wide = Pledge.objects.with_stretch_left().filter(produce__in=produce, day__in=days)
    for product, day, buyer in wide.order_by().values_list("produce", "day", "buyer").distinct():
        stretched[product, day].add(buyer)
    demands = _open_demands(produce, days)
    found = {}
    for lot in lots:
        facts = lot_facts(lot)
        asking = {one.buyer_id for one in demands[lot.produce_id] if why_unfit(facts, demand_facts(one)) is None}
        found[lot.pk] = (taken[lot.produce_id] | stretched[lot.produce_id, lot.day] | asking) - {lot.seller_id}
    return found


def _open_demands(produce: set[int], days: set[dt.date]) -> dict[int, list[Demand]]:
    wanting = Demand.objects.open().filter(produce__in=produce, buyer__verification=VerificationState.VERIFIED)
    if days:
        wanting = wanting.filter(first_day__lte=max(days), last_day__gte=min(days))
    by_produce: dict[int, list[Demand]] = defaultdict(list)
    for demand in wanting.select_related("dock"):
        by_produce[demand.produce_id].append(demand)
    return by_produce
