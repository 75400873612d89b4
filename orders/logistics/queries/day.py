"""The dispatcher's day: its trips, what rides on no truck and why, and the plan under way."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from orders.logistics.enums import TripState
from orders.logistics.models import PlanRun, Trip
from orders.logistics.queries.problems import allocation_id, unserved_of
from orders.logistics.queries.trips import TripSheet, sheets_of
from orders.logistics.wording import left_behind_word, no_longer_word
from orders.models import Allocation


@dataclass(frozen=True)
class Unserved:
    """An allocation, or what is left of it, that rides on no truck."""

    allocation: Allocation
    grams: int
    why: str


@dataclass(frozen=True)
class DayBoard:
    day: dt.date
    sheets: list[TripSheet]
    unserved: list[Unserved]
    run: PlanRun | None

    @property
    def running(self) -> list[TripSheet]:
        return [sheet for sheet in self.sheets if sheet.trip.state != TripState.CANCELLED]

    @property
    def uncovered(self) -> list[TripSheet]:
        """Planned trips that could not leave as things are."""
        return [sheet for sheet in self.sheets if sheet.reasons]

    @property
    def planned_g(self) -> int:
        return sum(sheet.planned_g for sheet in self.running)

    @property
    def unserved_g(self) -> int:
        return sum(row.grams for row in self.unserved)

    @property
    def distance_m(self) -> int:
        return sum(sheet.trip.distance_m for sheet in self.running)


def day_board(day: dt.date) -> DayBoard:
    """Seven statements: run, rules, trips, stops, loads, checks, unserved."""
    run = _latest_run(day)
    unserved = _unserved(day, run)
    return DayBoard(day, sheets_of(Trip.objects.filter(day=day), day), unserved, run)


def unserved_rows(day: dt.date) -> list[Unserved]:
    """What rides on no truck on the day. Two statements."""
    return _unserved(day, _latest_run(day))


def _latest_run(day: dt.date) -> PlanRun | None:
    return PlanRun.objects.filter(day=day).order_by("-pk").first()


def _unserved(day: dt.date, run: PlanRun | None) -> list[Unserved]:
    why = why_left(run) if run else {}
    return [Unserved(row, row.grams - row.planned, why.get(row.pk, "")) for row in unserved_of(day)]


def why_left(run: PlanRun) -> dict[int, str]:
    """Why the latest plan left an allocation behind, in words. No statement."""
    found: dict[int, str] = {}
    for left in run.summary.get("left_out", []):
        found[left["allocation"]] = left_behind_word(left["reason"])
    for left in run.plan.get("unserved", []):
        found[allocation_id(left["shipment"])] = left_behind_word(left["reason"])
    for lost in dropped_of(run):
        found[lost["allocation"]] = no_longer_word(lost["reason"])
    return found


def dropped_of(run: PlanRun) -> list[dict[str, Any]]:
    """What no longer held when the plan was taken."""
    return list(run.summary.get("dropped", []))
