"""Computing a plan: outside the web process and outside any transaction."""

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import RUN_MOVES, RunScope, RunState
from orders.logistics.models import PlanRun
from orders.logistics.planner.checker import totals
from orders.logistics.planner.model import Plan, PlannerError, Problem
from orders.logistics.planner.run import solve_in_subprocess
from orders.logistics.queries.problems import DayProblem, day_problem
from orders.logistics.queries.rest import RestProblem, gain_of, rest_problem

logger = logging.getLogger(__name__)


def run_plan(run_id: int) -> PlanRun:
    """The queued run is ready with its plan, or failed with the reason. A run that is not queued is left alone.

    Two short transactions (claim, finish); the planner works between them in a process of its own. What a
    dispatcher gave up meanwhile stays given up. Raises whatever breaks, after writing that the run failed.
    """
    run, mine = _claim(run_id)
    if not mine:
        return run
    try:
        build = rest_problem if run.scope == RunScope.REST else day_problem
        day = build(run.day, dt.datetime.fromisoformat(run.summary["from"]))
        return _finish(run_id, day, _solve(day.problem))
    except PlannerError:
        logger.exception("run %s: no plan", run_id)
        return fail(run_id, "no_plan")
    except Exception:
        fail(run_id, "error")
        raise


@transaction.atomic
def fail(run_id: int, code: str, *, by: Any = None) -> PlanRun:
    """A run under way has failed for the reason `code`; one that has ended stays as it is. Locks: run."""
    run = lock_one(PlanRun, run_id)
    if run.state not in (RunState.QUEUED, RunState.RUNNING):
        return run
    old = move(run, "state", RunState.FAILED, RUN_MOVES)
    run.failure, run.finished_at = code, timezone.now()
    run.save(update_fields=["state", "failure", "finished_at"])
    record(run, "failed", by=by, from_state=old, to_state=run.state, reason=code)
    return run


@transaction.atomic
def _claim(run_id: int) -> tuple[PlanRun, bool]:
    """The run, and whether it is this caller's to work on."""
    run = lock_one(PlanRun, run_id)
    if run.state != RunState.QUEUED:
        return run, False
    old = move(run, "state", RunState.RUNNING, RUN_MOVES)
    run.save(update_fields=["state"])
    record(run, "started", by=None, from_state=old, to_state=run.state)
    return run, True


def _solve(problem: Problem) -> Plan:
    if not problem.shipments:
        return Plan((), (), "none")
    return solve_in_subprocess(problem, seconds=settings.PLANNER_SECONDS, engine=settings.PLANNER_ENGINE)


@transaction.atomic
def _finish(run_id: int, day: DayProblem, plan: Plan) -> PlanRun:
    run = lock_one(PlanRun, run_id)
    if run.state != RunState.RUNNING:
        return run
    old = move(run, "state", RunState.READY, RUN_MOVES)
    run.problem, run.plan = day.problem.to_json(), plan.to_json()
    run.excluded = [
        {"truck": out.truck.pk, "plate": out.truck.plate, "reasons": [reason.to_json() for reason in out.reasons]}
        for out in day.excluded
    ]
    run.summary = {**run.summary, **_summary(day, plan)}
    run.finished_at = timezone.now()
    run.save(update_fields=["state", "problem", "plan", "excluded", "summary", "finished_at"])
    record(run, "ready", by=None, from_state=old, to_state=run.state, grams=run.summary["served_g"])
    return run


def _summary(day: DayProblem, plan: Plan) -> dict[str, Any]:
    rest = (
        {"before": day.before, "stuck": day.stuck, "gain": gain_of(day, plan)} if isinstance(day, RestProblem) else {}
    )
    total = totals(day.problem, plan.routes)
    offered = sum(s.mass_g for s in day.problem.shipments) + sum(left["grams"] for left in day.left_out)
    return {
        "served_g": total.served_g,
        "unserved_g": offered - total.served_g,
        "loads": total.loads,
        "distance_m": total.distance_m,
        "trucks": sum(1 for route in plan.routes if route.steps),
        "engine": plan.engine,
        "cpu_s": plan.cpu_s,
        "is_fallback": bool(plan.note),
        "left_out": day.left_out,
        **rest,
    }
