"""The list of areas at risk."""

import datetime as dt
from dataclasses import dataclass

from orders.logistics.enums import AreaState
from orders.logistics.models import RiskArea

SHOWN = 100


@dataclass(frozen=True)
class AreaRow:
    area: RiskArea
    holds: bool  # at this moment


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
