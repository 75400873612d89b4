"""Two plans of a day side by side: what each carries, how far and for how much, and which goods ride differently."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from orders.logistics.enums import RunState
from orders.logistics.models import PlanRun, Truck
from orders.logistics.planner.checker import schedule, totals
from orders.logistics.planner.model import Plan, Problem
from orders.logistics.queries.journeys import WITH_PLACES
from orders.logistics.queries.problems import allocation_id
from orders.models import Allocation

WITH_PLAN = (RunState.READY, RunState.COMMITTED, RunState.DISCARDED)


@dataclass(frozen=True)
class Figures:
    """What a plan comes to. `cost` in yuan, as the planner reckons it."""

    run: PlanRun
    served_g: int
    unserved_g: int
    trucks: int
    distance_m: int
    cost: int
    on_time: int
    deliveries: int


@dataclass(frozen=True)
class Difference:
    """Goods that ride on other trucks: plates in each plan, none where they are left behind."""

    allocation: Allocation
    before: list[str]
    after: list[str]


@dataclass(frozen=True)
class Comparison:
    before: Figures
    after: Figures
    differences: list[Difference]
    alike: int


def runs_of(day: dt.date) -> list[PlanRun]:
    """All plans asked for on the day, the newest first. One statement."""
    return list(PlanRun.objects.filter(day=day).select_related("by").order_by("-pk"))


def two_of(runs: Iterable[PlanRun], before: int | None, after: int | None) -> tuple[PlanRun, PlanRun] | None:
    """The two asked for, else the newest two of one scope that have a plan, the older first. No statement."""
    able = {run.pk: run for run in runs if run.state in WITH_PLAN}
    if before in able and after in able and before != after:
        return able[before], able[after]
    scope = able[max(able)].scope if able else None
    newest = sorted(pk for pk, run in able.items() if run.scope == scope)[-2:]
    return (able[newest[0]], able[newest[1]]) if len(newest) == 2 else None


def compare(before: PlanRun, after: PlanRun) -> Comparison:
    """Two statements: allocations, trucks."""
    sides = [_Side(run) for run in (before, after)]
    ids = set().union(*(side.trucks_of for side in sides))
    allocations = Allocation.objects.select_related(*WITH_PLACES, "lot__listing__produce").in_bulk(ids)
    trucks = {pk for side in sides for names in side.trucks_of.values() for pk in names}
    plates = dict(Truck.objects.filter(pk__in=trucks).values_list("pk", "plate"))
    different = [pk for pk in sorted(ids) if sides[0].trucks_of.get(pk, set()) != sides[1].trucks_of.get(pk, set())]
    rows = [
        Difference(
            allocations[pk], *([plates.get(t, "") for t in sorted(side.trucks_of.get(pk, ()))] for side in sides)
        )
        for pk in different
        if pk in allocations
    ]
    return Comparison(sides[0].figures(), sides[1].figures(), rows, len(ids) - len(different))


class _Side:
    """One of the two, read from its JSON."""

    def __init__(self, run: PlanRun) -> None:
        self.run, self.problem, self.plan = run, Problem.from_json(run.problem), Plan.from_json(run.plan)
        self.routes = [route for route in self.plan.routes if route.steps]
        self.trucks_of: dict[int, set[int]] = {allocation_id(s.id): set() for s in self.problem.shipments}
        for route in self.routes:
            for step in route.steps:
                self.trucks_of[allocation_id(step.shipment)].add(int(route.vehicle))

    def figures(self) -> Figures:
        total = totals(self.problem, self.routes)
        on_time, deliveries = self._on_time()
        return Figures(
            self.run,
            total.served_g,
            int(self.run.summary.get("unserved_g", 0)),
            len(self.routes),
            total.distance_m,
            round(total.worth - total.net),  # with what tolls come to
            on_time,
            deliveries,
        )

    def _on_time(self) -> tuple[int, int]:
        """Deliveries that begin within their window, and all."""
        visits = [
            (visit.start_s, self.problem.shipment_by_id[visit.step.shipment].delivery_window)
            for route in self.routes
            for visit in schedule(self.problem, route).visits
            if visit.step.kind == "delivery"
        ]
        return sum(1 for start, window in visits if window[0] <= start <= window[1]), len(visits)
