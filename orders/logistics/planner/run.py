"""What the product calls: a plan from a separate process with a hard kill, and never no answer at all.

Engines block their process, ignore signals and may crash it, so none is ever imported here. Whatever the
worker prints is checked again; where it is killed, crashes, lacks its engine or prints nonsense, the greedy
plan made in this process stands in, with the reason in ``Plan.note`` and in the log.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

from orders.logistics.planner.checker import check
from orders.logistics.planner.clock import WALL_FACTOR
from orders.logistics.planner.greedy import greedy_plan
from orders.logistics.planner.model import NoPlanError, Plan, PlannerError, Problem

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
GRACE_SECONDS = 5.0
"""Wall seconds beyond the budget for starting Python, reading the problem and printing the plan."""
FALLBACK_SECONDS = 2.0
MEMORY_MB = 1536


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
    except PlannerError as error:
        logger.warning("The planning worker gave no plan, the greedy plan stands in. %s", error)
        return _fall_back(problem, seed, str(error))
    return plan


def _ask_worker(problem: Problem, seconds: float, seed: int, engine: str, python: str, grace_s: float) -> Plan:
    """The worker's plan, read and checked. Raises: PlannerError with the reason why there is none."""
    command = [python, "-m", "orders.logistics.planner", "-", "--seconds", str(seconds), "--seed", str(seed)]
    command += ["--engine", engine, "--memory-mb", str(MEMORY_MB)]
    text = _call(command, json.dumps(problem.to_json()), seconds * WALL_FACTOR + grace_s)
    plan = Plan.from_json(text)
    violations = check(problem, plan)
    if violations:
        raise PlannerError(f"The worker printed an invalid plan: {violations[0].message}")
    return plan


def _call(command: list[str], text: str, wall_seconds: float) -> str:
    """Run a command in its own process group, kill the group when time is up, return what it printed."""
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=_environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise PlannerError(f"The worker could not be started: {error}.") from error
    try:
        printed, errors = process.communicate(text.encode(), timeout=wall_seconds)
    except subprocess.TimeoutExpired as error:
        raise PlannerError(f"The worker was killed after {wall_seconds:.0f} s.") from error
    finally:
        _kill_group(process)
    if process.returncode != 0:
        said = errors.decode(errors="replace").strip().splitlines()[-1:] or ["nothing said"]
        raise PlannerError(f"The worker ended with status {process.returncode}: {said[0]}")
    return printed.decode(errors="replace")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the worker and whatever it started; harmless when all of it has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _environment() -> dict[str, str]:
    """The worker needs the code and its temporary folder, not the web server's secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV") if name in os.environ}
    # One thread each: the numeric libraries would otherwise reserve memory per core.
    return {**kept, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _fall_back(problem: Problem, seed: int, reason: str) -> Plan:
    plan = greedy_plan(problem, seconds=FALLBACK_SECONDS, seed=seed, note=reason)
    violations = check(problem, plan)
    if violations:
        raise NoPlanError([violation.message for violation in violations])
    return plan
