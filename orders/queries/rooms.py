"""How much of an open pledge is met on a day, and how much is still welcome."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, Sum

from orders.enums import CHANGEABLE_PLEDGES
from orders.models import Demand, Pledge
from orders.models.pledges import taken


@dataclass(frozen=True, slots=True)
class Room:
    """One day of one demand. `stretch_g` is what its pledges may still be granted: it is spoken for."""

    day: dt.date
    wanted_g: int
    most_g: int
    met_g: int = 0
    stretch_g: int = 0

    @property
    def missing_g(self) -> int:
        """Of the firm part."""
        return max(0, self.wanted_g - self.met_g)

    @property
    def left_g(self) -> int:
        """What one more pledge may firmly promise: the firm part first, then the stretch."""
        return max(0, self.most_g - self.met_g - self.stretch_g)

    def stretch_beside(self, firm_g: int) -> int:
        """How much stretch one more pledge of `firm_g` may have, so that what is still missing keeps its place."""
        return max(0, self.most_g - self.stretch_g - max(self.wanted_g, self.met_g + firm_g))


def rooms_of(demands: Iterable[Demand], days: tuple[dt.date, dt.date] | None = None) -> dict[tuple[int, dt.date], Room]:
    """The room by (demand, day) for every day of each demand within `days` (first, last). One statement."""
    by_id = {demand.pk: demand for demand in demands}
    met = _met(list(by_id), days)
    return {
        (demand.pk, day): Room(day, demand.firm_g, demand.most_g, *met.get((demand.pk, day), (0, 0)))
        for demand in by_id.values()
        for day in days_of(demand, days)
    }


def rooms_from(demand: Demand, pledges: Iterable[Pledge]) -> list[Room]:
    """Every day of the demand, where all its pledges have been read already. No statement."""
    met: dict[dt.date, int] = {}
    stretch: dict[dt.date, int] = {}
    for pledge in pledges:
        if pledge.is_live:
            met[pledge.day] = met.get(pledge.day, 0) + pledge.taken_g
        if pledge.state in CHANGEABLE_PLEDGES:
            stretch[pledge.day] = stretch.get(pledge.day, 0) + pledge.stretch_left_g
    return [Room(day, demand.firm_g, demand.most_g, met.get(day, 0), stretch.get(day, 0)) for day in days_of(demand)]


def days_of(demand: Demand, within: tuple[dt.date, dt.date] | None = None) -> list[dt.date]:
    first, last = demand.first_day, demand.last_day
    if within:
        first, last = max(first, within[0]), min(last, within[1])
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _met(demand_ids: list[int], days: tuple[dt.date, dt.date] | None) -> dict[tuple[int, dt.date], tuple[int, int]]:
    pledges = Pledge.objects.live().filter(demand__in=demand_ids)
    if days:
        pledges = pledges.filter(day__range=days)
    grantable = Q(short_g=0, state__in=CHANGEABLE_PLEDGES)
    sums = (
        pledges.order_by()
        .values_list("demand", "day")
        .annotate(
            met=Sum(taken()),
            stretch=Sum(F("most_g") - F("firm_g") - F("granted_g"), filter=grantable, default=0),
        )
    )
    return {(demand, day): (met, stretch) for demand, day, met, stretch in sums}
