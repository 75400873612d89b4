"""What the pages of a buyer show."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, OrderBy, Q, QuerySet, Sum, When
from django.utils import timezone

from market.models import Lot, User
from orders.enums import LIVE_PLEDGES, WAITING_PLEDGES, PledgeState
from orders.models import Pledge
from orders.models.pledges import MAX_SPAN_DAYS, taken
from orders.permissions import buying_for

PER_PAGE = 30


@dataclass
class DayOfPledges:
    """The pledges of one day on this page; the totals are those of the whole day under the same filter."""

    day: dt.date
    pledges: list[Pledge] = field(default_factory=list)
    grams: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    count: int = 0

    @property
    def promised_g(self) -> int:
        return sum(grams for state, grams in self.grams.items() if state in LIVE_PLEDGES)

    @property
    def progress(self) -> list[dict[str, object]]:
        """How much of what is promised stands in each state; rows of the progress component."""
        followed = (PledgeState.HELD, *WAITING_PLEDGES, PledgeState.RECEIVED)
        kinds = {PledgeState.HELD: "soft", PledgeState.PLACED: "soft"}
        return [
            {"label": state.label, "grams": self.grams[state], "kind": kinds.get(state, "")}
            for state in followed
            if self.grams.get(state)
        ]


def pledges_of(user: User) -> QuerySet[Pledge]:
    """Those of the organisations the person buys for. Costs the memberships, once a request."""
    return Pledge.objects.filter(buyer__in=[organisation.pk for organisation in buying_for(user)])


def pledges_by_day(pledges: QuerySet[Pledge], number: str | int | None) -> tuple[Page, list[DayOfPledges]]:
    """A page of `pledges`, the days to come first and the nearest of them before all, then the past ones, newest first.
    Grouped by day with the totals of those days.

    Three statements, and one where pledges of the page stand for several days.
    """
    listed = pledges.select_related("buyer", "dock", "produce", "place").order_by(*_nearest_first(), "-pk")
    page = Paginator(listed, PER_PAGE).get_page(number)
    _count_spans(page.object_list)
    days: dict[dt.date, DayOfPledges] = {}
    for pledge in page.object_list:
        days.setdefault(pledge.day, DayOfPledges(pledge.day)).pledges.append(pledge)
    sums = pledges.filter(day__in=list(days)).order_by().values("day", "state")
    for row in sums.annotate(grams=Sum(taken()), number=Count("pk")):
        days[row["day"]].grams[row["state"]] = row["grams"]
        days[row["day"]].count += row["number"]
    return page, list(days.values())


def _nearest_first() -> tuple[OrderBy, OrderBy, OrderBy]:
    is_coming = Q(day__gte=timezone.localdate())
    coming_day = Case(When(is_coming, then=F("day")))  # the same, nothing, for all past days
    return Case(When(is_coming, then=0), default=1).asc(), coming_day.asc(), F("day").desc()


def _count_spans(pledges: Iterable[Any]) -> None:
    """Give each pledge `span_days`: on how many days its form placed one; 0 for a single day. At most one statement."""
    spans = {pledge.span for pledge in pledges if pledge.span}
    buyers = {pledge.buyer_id for pledge in pledges if pledge.span}
    rows = Pledge.objects.filter(buyer__in=buyers, span__in=spans).order_by().values_list("span")
    days = dict(rows.annotate(number=Count("pk"))) if spans else {}
    for pledge in pledges:
        pledge.span_days = days.get(pledge.span, 0)


def other_days_of(lot: Lot) -> list[Lot]:
    """The listing's days after today that one can still pledge beside this lot, for a form that asks for several. One statement.

    Not today: its window is another one.
    """
    later = Lot.objects.on_board().with_stock().filter(listing=lot.listing_id, day__gt=timezone.localdate())
    others = later.exclude(pk=lot.pk)
    return list(others.order_by("day")[: MAX_SPAN_DAYS - 1])


def span_of(pledge: Pledge) -> list[Pledge]:
    """All pledges of the form that asked for several days, by day; none for a single day. At most one statement."""
    if pledge.span is None:
        return []
    return list(Pledge.objects.filter(buyer=pledge.buyer_id, span=pledge.span).order_by("day"))


def kin_of(pledge: Pledge) -> tuple[list[Pledge], list[Pledge]]:
    """The pledges of the same span by day, and those that stand in for what this one lacks. One statement."""
    mine = Q(span=pledge.span) if pledge.span else Q(pk=None)
    found = Pledge.objects.filter(mine | Q(parent=pledge)).select_related("produce", "seller").order_by("day", "pk")
    kin = list(found)
    return [one for one in kin if pledge.span and one.span == pledge.span], [
        one for one in kin if one.parent_id == pledge.pk
    ]


def lot_for_page(lot: Lot) -> Lot:
    """The lot with all a page says about it. One statement."""
    return Lot.objects.select_related("listing__produce", "listing__place", "seller").get(pk=lot.pk)
