"""What the product calls: a plan from a separate process with a hard kill, and never no answer at all.

Engines block their process, ignore signals and may crash it, so none is ever imported here. Whatever the
worker prints is checked again; where it is killed, crashes, lacks its engine or prints nonsense, the greedy
plan made in this process stands in, with the reason in ``Plan.note`` and in the log.
"""

from __future__ import annotations

import json
import logging
import sys

from orders.logistics.planner.checker import check
from orders.logistics.planner.greedy import greedy_plan
from orders.logistics.planner.model import NoPlanError, Plan, PlannerError, Problem
from orders.solving import SolvingError
from orders.solving.clock import WALL_FACTOR
from orders.solving.process import GRACE_SECONDS, MEMORY_MB, call_worker

logger = logging.getLogger(__name__)

FALLBACK_SECONDS = 2.0


def solve_in_subprocess(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 1,
    engine: str = "auto",
    python: str = sys.executable,
    grace_s: float = GRACE_SECONDS,
) -> Plan:
    """A checked plan after at most ``seconds`` of CPU (half as much again on the wall) plus the grace.

    The same problem and seed give the same plan as long as no clock cut the search (the plan's log tells).
    Raises: NoPlanError where not even the greedy plan can serve what must be served.
    """
    try:
        plan = _ask_worker(problem, seconds, seed, engine, python, grace_s)
    except SolvingError as error:
        logger.warning("The planning worker gave no plan, the greedy plan stands in. %s", error)
        return _fall_back(problem, seed, str(error))
    return plan


def _ask_worker(problem: Problem, seconds: float, seed: int, engine: str, python: str, grace_s: float) -> Plan:
    """The worker's plan, read and checked. Raises: SolvingError with the reason why there is none."""
    command = [python, "-m", "orders.logistics.planner", "-", "--seconds", str(seconds), "--seed", str(seed)]
    command += ["--engine", engine, "--memory-mb", str(MEMORY_MB)]
    text = call_worker(command, json.dumps(problem.to_json()), seconds * WALL_FACTOR + grace_s)
    plan = Plan.from_json(text)
    violations = check(problem, plan)
    if violations:
        raise PlannerError(f"The worker printed an invalid plan: {violations[0].message}")
    return plan


def _fall_back(problem: Problem, seed: int, reason: str) -> Plan:
    plan = greedy_plan(problem, seconds=FALLBACK_SECONDS, seed=seed, note=reason)
    violations = check(problem, plan)
    if violations:
        raise NoPlanError([violation.message for violation in violations])
    return plan
