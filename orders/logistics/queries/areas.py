"""The list of areas at risk, and those that lie before a truck on the road."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from market.models import Event
from orders.logistics.enums import AreaState
from orders.logistics.models import RiskArea, Stop
from orders.logistics.queries.fitness.places import in_area
from orders.logistics.queries.passes import Happening

SHOWN = 100


@dataclass(frozen=True)
class AreaRow:
    area: RiskArea
    holds: bool  # at this moment


@dataclass(frozen=True)
class AreaAhead:
    """A closed area in which the truck stands or has still to stop; `numbers` are those stops, counted from one."""

    area: RiskArea
    numbers: tuple[int, ...]


def areas_ahead(stops: Sequence[Stop], ends_at: dt.datetime, now: dt.datetime) -> list[AreaAhead]:
    """For a truck on the road, whatever its delay: its stops in order and the end of its trip. One statement."""
    return ahead_among(closed_areas(now, max(ends_at, now)), stops)


def closed_areas(from_at: dt.datetime, to_at: dt.datetime) -> list[RiskArea]:
    """One statement."""
    rows = RiskArea.objects.in_force(from_at, to_at).filter(is_closed=True).select_related("place__parent")
    return list(rows.order_by("starts_at", "pk"))


def ahead_among(areas: Iterable[RiskArea], stops: Sequence[Stop]) -> list[AreaAhead]:
    """Those of the areas in which a stop lies that the truck has not left. No statement."""
    found = []
    for area in areas:
        left = [(n, stop) for n, stop in enumerate(stops, start=1) if stop.departed_at is None]
        numbers = tuple(n for n, stop in left if in_area(area, stop.place_id, stop.lat, stop.lon))
        if numbers:
            found.append(AreaAhead(area, numbers))
    return found


def history_of_area(area: RiskArea) -> list[Happening]:
    """Who wrote it down, published and lifted it, and why it was lifted; newest first. One statement."""
    said = {
        "drafted": (_("登记了风险区"), "plus", ""),
        "published": (_("发布了风险区"), "triangle-alert", "warm"),
        "lifted": (_("解除了风险区"), "check", ""),
    }
    found = []
    for event in Event.objects.about(area).select_related("by").order_by("-pk"):
        if event.verb in said:
            sentence, icon, kind = said[event.verb]
            why = event.reason if event.verb == "lifted" else ""
            found.append(Happening(sentence, event.at, event.by, why, icon, kind))
    return found


def area_rows(now: dt.datetime) -> list[AreaRow]:
    """Drafts first, then what holds or will, then what is over. One statement."""
    rows = RiskArea.objects.select_related("place", "by").order_by("-starts_at", "-pk")[:SHOWN]
    found = [AreaRow(area, _holds(area, now)) for area in rows]
    order = {AreaState.DRAFT: 0, AreaState.PUBLISHED: 1, AreaState.LIFTED: 2}
    return sorted(found, key=lambda row: (order[AreaState(row.area.state)], _is_over(row.area, now)))


def _holds(area: RiskArea, now: dt.datetime) -> bool:
    return area.state == AreaState.PUBLISHED and area.starts_at <= now and not _is_over(area, now)


def _is_over(area: RiskArea, now: dt.datetime) -> bool:
    return area.ends_at is not None and area.ends_at <= now
