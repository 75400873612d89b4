"""What the pages of a buyer show."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum

from market.models import Lot, User
from orders.enums import LIVE_PLEDGES, WAITING_PLEDGES, PledgeState
from orders.models import Pledge
from orders.models.pledges import taken
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
    """A page of `pledges`, newest day first, grouped by day with the totals of those days. Three statements."""
    listed = pledges.select_related("buyer", "dock", "lot__listing__produce", "lot__listing__place").order_by(
        "-day", "-pk"
    )
    page = Paginator(listed, PER_PAGE).get_page(number)
    days: dict[dt.date, DayOfPledges] = {}
    for pledge in page.object_list:
        days.setdefault(pledge.day, DayOfPledges(pledge.day)).pledges.append(pledge)
    sums = pledges.filter(day__in=list(days)).order_by().values("day", "state")
    for row in sums.annotate(grams=Sum(taken()), number=Count("pk")):
        days[row["day"]].grams[row["state"]] = row["grams"]
        days[row["day"]].count += row["number"]
    return page, list(days.values())


def lot_for_page(lot: Lot) -> Lot:
    """The lot with all a page says about it. One statement."""
    return Lot.objects.select_related("listing__produce", "listing__place", "seller").get(pk=lot.pk)
