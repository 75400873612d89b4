"""The day's problem for the planner: everything promised that no truck carries yet, and the trucks that may run."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from orders.enums import WAITING_PLEDGES as WAITING
from orders.logistics.planner.model import Problem
from orders.logistics.planner.split import split_mass
from orders.logistics.queries.fleet import Excluded, fleet_for
from orders.logistics.queries.journeys import (
    WITH_PLACES,
    Candidate,
    Part,
    delivery_window,
    dock_point,
    make_problem,
    needs_cold,
    point_of,
)
from orders.logistics.queries.loads import with_unplanned
from orders.logistics.queries.pass_choice import with_passes_for
from orders.logistics.wording import NO_POINT, NO_TIME
from orders.models import Allocation


@dataclass(frozen=True)
class DayProblem:
    """`left_out` are (allocation id, grams, code) of what cannot even be put to the planner."""

    problem: Problem
    excluded: list[Excluded]
    left_out: list[dict[str, Any]]


def unserved_of(day: dt.date) -> QuerySet[Any]:
    """Live allocations of the day's pledges with grams that ride on no truck, with `planned`. One statement."""
    return (
        with_unplanned(Allocation.objects.live())
        .filter(pledge__day=day, pledge__state__in=WAITING, planned__lt=F("grams"))
        .select_related(*WITH_PLACES, "lot__listing__produce")
        .order_by("lot__best_before", "pk")
    )


def day_problem(day: dt.date, at: dt.datetime) -> DayProblem:
    """Ten statements, whatever the size of the day."""
    fleet = fleet_for(day, at)
    able, left_out = sort_out(list(unserved_of(day)), day)
    parts = [part for allocation in able for part in parts_of_waiting(allocation, fleet.candidates)]
    fleet = with_passes_for(fleet, parts)
    problem = make_problem(parts, fleet.candidates, day, pass_needed=fleet.pass_needed)
    return DayProblem(problem, fleet.excluded, left_out)


def sort_out(allocations: Sequence[Any], day: dt.date) -> tuple[list[Any], list[dict[str, Any]]]:
    """Those the planner can be asked about, and the others with the code of what is missing."""
    able, left_out = [], []
    for allocation in allocations:
        code = why_unaskable(allocation, day)
        if code is None:
            able.append(allocation)
        else:
            grams = allocation.grams - allocation.planned
            left_out.append({"allocation": allocation.pk, "grams": grams, "reason": code})
    return able, left_out


def why_unaskable(allocation: Allocation, day: dt.date) -> str | None:
    if point_of(allocation.lot.listing.place) is None or dock_point(allocation.pledge.dock) is None:
        return NO_POINT
    return NO_TIME if delivery_window(allocation, day) is None else None


def parts_of_waiting(allocation: Any, candidates: Sequence[Candidate]) -> list[Part]:
    """Whole where a truck can carry it, else equal parts; their grams add up to what rides on no truck."""
    cold = needs_cold(allocation.lot.produce)
    rooms = [(c.truck.cold_g if cold else None) or c.truck.rated_g for c in candidates if c.truck.is_cold or not cold]
    grams = allocation.grams - allocation.planned
    masses = split_mass(grams, max(rooms, default=grams))
    if len(masses) == 1:
        return [Part(str(allocation.pk), allocation, grams)]
    return [Part(f"{allocation.pk}/{n}", allocation, mass) for n, mass in enumerate(masses, start=1)]


def allocation_id(shipment: str) -> int:
    """Of which allocation a shipment is (a part): ids are "<allocation>" or "<allocation>/<part>"."""
    return int(shipment.partition("/")[0])
