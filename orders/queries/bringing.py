"""买家要货: what a seller has promised to bring, day by day, and how much that is to harvest."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from market.enums import Grade
from market.models import Organisation
from market.queries.reference import reference_of
from market.wording import with_note
from orders.enums import CHANGEABLE_PLEDGES, PledgeState
from orders.models import Pledge
from orders.models.pledges import taken

PER_PAGE = 30


@dataclass
class Harvest:
    """How much of one produce and grade is to be made ready; `sent_g` has left already."""

    goods: str
    ready_g: int = 0
    sent_g: int = 0


@dataclass
class DayToBring:
    """The pledges of one day on this page; harvest, number and holds are those of the whole day."""

    day: dt.date
    pledges: list[Pledge] = field(default_factory=list)
    harvest: list[Harvest] = field(default_factory=list)
    count: int = 0
    held_g: int = 0


def bringing_by_day(
    sellers: Collection[Organisation], number: str | int | None, *, past: bool = False
) -> tuple[Page, list[DayToBring]]:
    """A page of what these sellers have promised, today first, or of the days before, newest first. Three statements.

    Holds are not promised yet: they are only added up.
    """
    own, today = Pledge.objects.filter(seller__in=[one.pk for one in sellers]), timezone.localdate()
    wanted = own.filter(day__lt=today) if past else own.filter(day__gte=today)
    order = ("-day" if past else "day", "window_from", "produce", "pk")
    listed = wanted.promised().select_related("buyer", "seller", "produce", "dock__place")
    page = Paginator(listed.order_by(*order), PER_PAGE).get_page(number)
    days: dict[dt.date, DayToBring] = {}
    for pledge in page.object_list:
        days.setdefault(pledge.day, DayToBring(pledge.day)).pledges.append(pledge)
    _add_up(own.live().filter(day__in=list(days)), days)
    return page, list(days.values())


def _add_up(pledges: QuerySet[Pledge], days: dict[dt.date, DayToBring]) -> None:
    """Harvest, number and holds of each of the days. One statement."""
    sums = pledges.order_by("day", "produce", "grade")
    rows = list(sums.values("day", "produce", "grade", "state").annotate(grams=Sum(taken()), number=Count("pk")))
    known = reference_of({row["produce"] for row in rows}, set()).produce
    goods: dict[tuple[dt.date, int, str], Harvest] = {}
    for row in rows:
        day = days[row["day"]]
        if row["state"] == PledgeState.HELD:
            day.held_g += row["grams"]
            continue
        key = (row["day"], row["produce"], row["grade"])
        if key not in goods:
            goods[key] = Harvest(with_note(known[row["produce"]].name, Grade(row["grade"]).label))
            day.harvest.append(goods[key])
        if row["state"] in CHANGEABLE_PLEDGES:
            goods[key].ready_g += row["grams"]
        else:
            goods[key].sent_g += row["grams"]
        day.count += row["number"]
