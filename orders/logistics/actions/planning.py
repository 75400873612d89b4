"""Asking for a plan of a day, giving up on one that does not come, and taking one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.models import User
from market.wording import relative_day
from orders.actions.progress import mark_planned
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics.actions.halts import write_trip
from orders.logistics.actions.locks import lock_all, lock_one, lock_passes_of
from orders.logistics.actions.solving import fail
from orders.logistics.enums import RUN_MOVES, RunScope, RunState
from orders.logistics.exceptions_board import RestNotFromNow
from orders.logistics.models import Driver, PlanRun, Trip, Truck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.planner.model import Plan, Problem, Route
from orders.logistics.queries.fleet import Fleet, fleet_for
from orders.logistics.queries.journeys import WITH_PLACES, Candidate, Part, without
from orders.logistics.queries.loads import planned_by_allocation
from orders.logistics.queries.pass_choice import first_that_fits
from orders.logistics.queries.problems import WAITING, allocation_id, why_unaskable
from orders.logistics.tasks import compute_plan
from orders.models import Allocation, Pledge

UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True)
class Committed:
    """What became of a plan: its trips, and what no longer held with the code of the reason."""

    run: PlanRun
    trips: list[Trip]
    dropped: list[dict[str, Any]]


def patience() -> dt.timedelta:
    """After this time without a result the worker is taken to be gone."""
    return dt.timedelta(seconds=settings.PLANNER_SECONDS * 1.5 + 30)


def request_plan(day: dt.date, *, by: User, at: dt.datetime | None = None, scope: RunScope = RunScope.NEW) -> PlanRun:
    """A run of the day is queued, and computed in the background after the commit.

    While one is under way it is returned instead (a double tap plans once); one whose worker is gone is failed first.
    `at` is the moment from which trucks may leave (now). Raises: NotAllowed, PlanInPast.
    """
    require_dispatcher(by)
    return ask_for_plan(day, by=by, at=at, scope=scope)


def ask_for_plan(day: dt.date, *, by: User, at: dt.datetime | None = None, scope: RunScope = RunScope.NEW) -> PlanRun:
    """As `request_plan`, where what the person does asks for its own permission first: publishing an area plans its days again.

    Raises: PlanInPast.
    """
    at = at or timezone.now()
    if day < timezone.localdate(at):
        raise refusals.PlanInPast(day=relative_day(day))
    under_way = PlanRun.objects.filter(day=day, state__in=UNDER_WAY).first()
    if under_way is not None:
        if timezone.now() - under_way.created_at < patience():
            return under_way
        fail(under_way.pk, "stuck", by=by)
    try:
        return _queue(day, at, by, scope)
    except IntegrityError:  # another dispatcher was faster by a moment
        return PlanRun.objects.filter(day=day).latest("pk")


@transaction.atomic
def _queue(day: dt.date, at: dt.datetime, by: User, scope: RunScope) -> PlanRun:
    run = PlanRun.objects.create(day=day, by=by, scope=scope, summary={"from": at.isoformat()})
    record(run, "requested", by=by, to_state=run.state)
    transaction.on_commit(partial(compute_plan.enqueue, run.pk))
    return run


def give_up_run(run: PlanRun, *, by: User) -> PlanRun:
    """A run whose worker is gone has failed, and the day can be planned again. A run that has ended stays as it is.

    Locks: run. Raises: NotAllowed, StillComputing.
    """
    require_dispatcher(by)
    left = patience() - (timezone.now() - run.created_at)
    if run.state in UNDER_WAY and left > dt.timedelta(0):
        raise refusals.StillComputing(seconds=int(left.total_seconds()) + 1)
    return fail(run.pk, "stuck", by=by)


@transaction.atomic
def commit_plan(run: PlanRun, *, by: User, at: dt.datetime | None = None) -> Committed:
    """The plan's trips exist with their stops and loads, and their pledges are planned.

    Every load is held against what changed since the plan was made: its allocation, what rides elsewhere by now, the truck, its
    driver, pass and time. What no longer holds is left out and listed. Locks: run, pledges, allocations, trucks, drivers,
    passes. Raises: NotAllowed, RestNotFromNow, WrongState (also the second time), NothingHolds (nothing is written).
    """
    run = lock_one(PlanRun, run.pk)
    require_dispatcher(by)
    if run.scope != RunScope.NEW:
        raise RestNotFromNow
    old = move(run, "state", RunState.COMMITTED, RUN_MOVES)
    problem, plan = Problem.from_json(run.problem), Plan.from_json(run.plan)
    routes = [route for route in plan.routes if route.steps]
    parts, dropped = _parts_that_hold(run.day, problem, routes)
    fleet = _locked_fleet(run.day, routes, at or timezone.now())
    trips = []
    for route in routes:
        trip = _take_route(run, route, parts, fleet, dropped, by)
        if trip is not None:
            trips.append(trip)
    if not trips:
        raise refusals.NothingHolds
    _mark_planned(parts, {lost["shipment"] for lost in dropped}, by)
    run.summary = {**run.summary, "dropped": dropped, "trips": [trip.pk for trip in trips]}
    run.save(update_fields=["state", "summary"])
    record(run, "committed", by=by, from_state=old, to_state=run.state, grams=run.summary.get("served_g"))
    return Committed(run, trips, dropped)


def _parts_that_hold(
    day: dt.date, problem: Problem, routes: list[Route]
) -> tuple[dict[str, Part], list[dict[str, Any]]]:
    """Lock what the loads are parts of, and keep those whose grams are still promised and ride on no other truck."""
    names = sorted({step.shipment for route in routes for step in route.steps})
    ids = {allocation_id(name) for name in names}
    pledges = lock_all(Pledge, Allocation.objects.filter(pk__in=ids).values_list("pledge_id", flat=True))
    locked = lock_all(Allocation, ids)
    rows = {row.pk: row for row in Allocation.objects.filter(pk__in=ids).select_related(*WITH_PLACES)}
    left = {pk: row.grams - planned for pk, row, planned in _with_planned(locked)}
    parts, dropped = {}, []
    for name in names:
        pk, grams = allocation_id(name), problem.shipment_by_id[name].mass_g
        allocation = rows.get(pk)
        if allocation is None or not _still_promised(allocation, pledges, day):
            dropped.append(_lost(name, grams, "allocation_gone"))
        elif left[pk] < grams:
            dropped.append(_lost(name, grams, "already_planned"))
        else:
            left[pk] -= grams
            parts[name] = Part(name, allocation, grams)
    return parts, dropped


def _still_promised(allocation: Allocation, pledges: Mapping[int, Pledge], day: dt.date) -> bool:
    pledge = pledges[allocation.pledge_id]
    waits = pledge.day == day and pledge.state in WAITING
    return allocation.is_live and waits and why_unaskable(allocation, day) is None


def _with_planned(allocations: Mapping[int, Allocation]) -> list[tuple[int, Allocation, int]]:
    planned = planned_by_allocation(list(allocations))
    return [(pk, row, planned.get(pk, 0)) for pk, row in allocations.items()]


def _locked_fleet(day: dt.date, routes: list[Route], at: dt.datetime) -> Fleet:
    trucks = lock_all(Truck, (int(route.vehicle) for route in routes))
    lock_all(Driver, (truck.driver_id for truck in trucks.values()))
    lock_passes_of(trucks)
    return fleet_for(day, at, trucks=trucks)


def _take_route(
    run: PlanRun, route: Route, parts: dict[str, Part], fleet: Fleet, dropped: list[dict[str, Any]], by: User
) -> Trip | None:
    """The route's trip with the loads that hold; None, and all of them listed, where the truck cannot run it any more."""
    kept = without(route, {step.shipment for step in route.steps} - parts.keys())
    mine = {step.shipment: parts[step.shipment] for step in kept.steps}
    if not mine:
        return None
    candidate = next((c for c in fleet.candidates if str(c.truck.pk) == route.vehicle), None)
    if candidate is None:
        why = next((out.reasons for out in fleet.excluded if str(out.truck.pk) == route.vehicle), [])
        dropped += [
            _lost(part.id, part.grams, "truck_gone", [reason.to_json() for reason in why]) for part in mine.values()
        ]
        return None
    trip = _write_if_it_fits(run, kept, mine, candidate, fleet, by)
    if trip is None:
        dropped += [_lost(part.id, part.grams, "does_not_fit") for part in mine.values()]
    return trip


def _write_if_it_fits(
    run: PlanRun, route: Route, parts: dict[str, Part], candidate: Candidate, fleet: Fleet, by: User
) -> Trip | None:
    found = first_that_fits(candidate, parts, route, run.day, pass_needed=fleet.pass_needed)
    if found is None:
        return None
    option, journey = found
    return write_trip(run.day, option, journey, parts, run=run, by=by)


def _mark_planned(parts: dict[str, Part], lost: set[str], by: User) -> None:
    pledges = {part.allocation.pledge_id for name, part in parts.items() if name not in lost}
    for pk in (
        Pledge.objects.filter(pk__in=pledges, state=PledgeState.PLACED).order_by("pk").values_list("pk", flat=True)
    ):
        mark_planned(pk, by=by)


def _lost(shipment: str, grams: int, code: str, reasons: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "shipment": shipment,
        "allocation": allocation_id(shipment),
        "grams": grams,
        "reason": code,
        "reasons": reasons or [],
    }
