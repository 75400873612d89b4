"""Visits to checkpoints and alarms, as the desk and the officers read them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from market.days import moment
from market.models import Event
from orders.logistics.chains import scan_of
from orders.logistics.models import Checkpoint, CheckpointAlarm, CheckpointDevice, CheckpointVisit

PER_PAGE = 50


def visits_page(rows: QuerySet[CheckpointVisit], wanted: Mapping[str, Any], page: Any) -> Page[CheckpointVisit]:
    """Newest first, each with its alarms. Three statements: how many, the page, its alarms."""
    rows = rows.filter(*_in_words(wanted, ("verdict", "state")))
    if plate := wanted.get("plate"):
        rows = rows.filter(plate__icontains=plate)
    rows = rows.select_related("checkpoint", "by", "trip").prefetch_related("alarms").order_by("-seen_at", "-pk")
    return Paginator(rows, PER_PAGE).get_page(page)


def alarms_page(rows: QuerySet[CheckpointVisit], wanted: Mapping[str, Any], page: Any) -> Page[CheckpointAlarm]:
    """Those nobody has handled first, then the newest, of the visits `rows`. Two statements: how many, the page."""
    alarms = CheckpointAlarm.objects.filter(visit__in=rows.filter(*_in_words(wanted, ())).order_by().values("pk"))
    if kind := wanted.get("kind"):
        alarms = alarms.filter(kind=kind)
    if wanted.get("open"):
        alarms = alarms.filter(handled_at=None)
    alarms = alarms.select_related(
        "visit__checkpoint", "visit__by", "visit__device", "other_visit__checkpoint", "handled_by"
    )
    return Paginator(alarms.order_by(F("handled_at").asc(nulls_first=True), "-pk"), PER_PAGE).get_page(page)


def _in_words(wanted: Mapping[str, Any], names: tuple[str, ...]) -> list[Q]:
    conditions = [Q(**{name: wanted[name]}) for name in names if name in wanted]
    if checkpoint := wanted.get("checkpoint"):
        conditions.append(Q(checkpoint=checkpoint))
    if day := wanted.get("day"):
        conditions.append(Q(seen_at__gte=moment(day), seen_at__lt=moment(day + dt.timedelta(days=1))))
    return conditions


@dataclass(frozen=True)
class CheckpointRow:
    checkpoint: Checkpoint
    visits: int
    devices: list[CheckpointDevice]


def checkpoint_rows(since: dt.datetime) -> list[CheckpointRow]:
    """Every checkpoint with its devices and how many visits it had since then. Two statements."""
    counted = Count("visits", filter=Q(visits__seen_at__gte=since))
    rows = Checkpoint.objects.select_related("organisation", "place").annotate(seen=counted)
    rows = rows.prefetch_related("devices").order_by("-is_active", "name")
    return [CheckpointRow(row, row.seen, list(row.devices.all())) for row in rows]


def history_of_visit(visit: CheckpointVisit) -> list[Event]:
    """What happened to the visit, newest first. One statement."""
    return list(Event.objects.about(visit).select_related("by").order_by("-pk"))


def broken_links(device: CheckpointDevice) -> list[int]:
    """Numbers of the device's records that the table no longer says as they were chained. One statement."""
    rows = CheckpointVisit.objects.filter(device=device).exclude(seq=None).order_by("seq")
    broken, before = [], ""
    for number, visit in enumerate(rows, 1):
        if visit.seq != number or visit.previous_hash != before or not scan_of(visit, device.uuid).is_whole:
            broken.append(visit.seq or 0)
        before = visit.hash
    return broken
