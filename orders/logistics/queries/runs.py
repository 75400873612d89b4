"""A plan before it is taken: routes by truck, what is left and why, trucks not planned and why."""

from dataclasses import dataclass
from typing import Any

from market.wording import run_on
from orders.logistics.models import PlanRun, Truck
from orders.logistics.planner.checker import schedule
from orders.logistics.planner.model import Plan, Problem, Route
from orders.logistics.queries.day import dropped_of
from orders.logistics.queries.fitness import Reason
from orders.logistics.queries.journeys import (
    WITH_PLACES,
    Halt,
    Part,
    Point,
    dock_point,
    make_journey,
    point_of,
)
from orders.logistics.queries.problems import allocation_id
from orders.logistics.wording import left_behind_word, no_longer_word, note_words
from orders.models import Allocation


@dataclass(frozen=True)
class PlannedRoute:
    """One truck's way in a plan."""

    truck: Truck
    journey: Any
    heaviest_g: int
    carried_g: int
    points: list[Point]
    notes: list[str]

    @property
    def percent(self) -> int:
        return -(-self.heaviest_g * 100 // self.truck.rated_g)

    @property
    def halts(self) -> tuple[Halt, ...]:
        return self.journey.halts


@dataclass(frozen=True)
class Left:
    """Grams a plan leaves behind, with the reason in words."""

    allocation: Allocation | None
    grams: int
    why: str


@dataclass(frozen=True)
class Preview:
    run: PlanRun
    routes: list[PlannedRoute]
    left: list[Left]
    excluded: list[tuple[str, list[Reason]]]
    dropped: list[Left]


def preview_of(run: PlanRun) -> Preview:
    """Of a run that is ready or committed. Two statements: allocations, trucks."""
    problem, plan = Problem.from_json(run.problem), Plan.from_json(run.plan)
    allocations = _allocations(run, problem)
    trucks = Truck.objects.select_related("carrier", "driver", "base__parent__parent").in_bulk(
        [int(route.vehicle) for route in plan.routes if route.steps]
    )
    parts = {
        s.id: Part(s.id, allocations[allocation_id(s.id)], s.mass_g)
        for s in problem.shipments
        if allocation_id(s.id) in allocations
    }
    routes = [
        _planned(run, problem, plan, route, parts, trucks[int(route.vehicle)]) for route in plan.routes if route.steps
    ]
    left = [
        Left(
            allocations.get(allocation_id(u.shipment)),
            problem.shipment_by_id[u.shipment].mass_g,
            left_behind_word(u.reason),
        )
        for u in plan.unserved
    ]
    left += [
        Left(allocations.get(out["allocation"]), out["grams"], left_behind_word(out["reason"]))
        for out in run.summary.get("left_out", [])
    ]
    excluded = [(row["plate"], [Reason.from_json(reason) for reason in row["reasons"]]) for row in run.excluded]
    return Preview(run, routes, left, excluded, _dropped(run, allocations))


def _allocations(run: PlanRun, problem: Problem) -> dict[int, Allocation]:
    ids = {allocation_id(shipment.id) for shipment in problem.shipments}
    ids |= {out["allocation"] for out in run.summary.get("left_out", [])}
    rows = Allocation.objects.select_related(*WITH_PLACES, "lot__listing__produce")
    return {row.pk: row for row in rows.filter(pk__in=ids)}


def _planned(
    run: PlanRun, problem: Problem, plan: Plan, route: Route, parts: dict[str, Part], truck: Truck
) -> PlannedRoute:
    visits = schedule(problem, route).visits
    journey = make_journey(problem, route, parts, run.day)
    base = point_of(truck.base)
    points = [base, *(_where(halt) for halt in journey.halts), base]
    return PlannedRoute(
        truck,
        journey,
        max(visit.load_g for visit in visits),
        sum(parts[step.shipment].grams for step in route.steps if step.kind == "pickup"),
        [point for point in points if point is not None],
        note_words(note.kind for note in plan.notes if note.vehicle == route.vehicle),
    )


def _where(halt: Halt) -> Point | None:
    allocation = halt.part.allocation
    return point_of(allocation.lot.listing.place) if halt.kind == "pickup" else dock_point(allocation.pledge.dock)


def _dropped(run: PlanRun, allocations: dict[int, Allocation]) -> list[Left]:
    return [
        Left(
            allocations.get(lost["allocation"]),
            lost["grams"],
            run_on([no_longer_word(lost["reason"]), *(Reason.from_json(r) for r in lost["reasons"])]),
        )
        for lost in dropped_of(run)
    ]
