"""One matching inside the worker process: flow, prices, repair, search. Imports engines, so never in the site.

``auto``: the exact flow; where minimum lots or whole pledges make it invalid, repaired, and then improved with
HiGHS for the time that is left. A missing or failing engine costs quality and a line in the log.
"""

from __future__ import annotations

import time
from dataclasses import replace

from orders.matching.budget import Budget
from orders.matching.checker import check
from orders.matching.greedy import greedy_result
from orders.matching.model import EngineError, MatchingError, Problem, Result
from orders.solving.clock import Deadline

CHOICES = ("auto", "flow", "mip", "greedy")
SECONDS_PER_ARC = 2.5e-6
"""What arrays, flow and prices cost. Where less than that is *asked for* the greedy answer has to do: what is left
of it depends on the neighbours of a shared machine, and exact or not should not."""
RESERVE = 0.02
"""Share of the budget kept for checking and printing."""


def solve_here(
    problem: Problem,
    *,
    seconds: float,
    effort: int | None = None,
    seed: int = 1,
    engine: str = "auto",
    cpu_from: float | None = None,
) -> Result:
    """The best valid allocations found in about ``seconds`` of CPU; with an ``effort`` in that much counted work, and
    the seconds are the safety net behind it.

    Raises: EngineError where the one engine asked for is missing or failed.
    """
    began = time.process_time() if cpu_from is None else cpu_from
    deadline = Deadline(seconds * (1 - RESERVE), cpu_from=cpu_from)
    if engine not in CHOICES:
        raise EngineError(f"There is no engine {engine!r}; choose one of {', '.join(CHOICES)}.")
    if engine == "greedy":
        result = greedy_result(problem)
    elif seconds < SECONDS_PER_ARC * len(problem.arcs):
        result = greedy_result(problem, log=("The time is too short for the flow, stopped by the clock.",))
        result = replace(result, is_cut=True)
    else:
        result = _with_engines(problem, seed, engine, Budget(deadline, effort))
    violations = check(problem, result)
    if violations:
        raise MatchingError(f"The matching found is invalid: {violations[0].message}")
    return replace(result, cpu_s=round(time.process_time() - began, 3))


def _with_engines(problem: Problem, seed: int, engine: str, budget: Budget) -> Result:
    """An engine's result; with ``auto`` a greedy one where there is none, and the note says why."""
    try:
        return _run_engines(problem, seed, engine, budget)
    except EngineError as error:
        if engine != "auto":
            raise
        return greedy_result(problem, note=f"No engine gave a matching: {error}")


def _run_engines(problem: Problem, seed: int, engine: str, budget: Budget) -> Result:
    """Whatever is raised in there is an EngineError here."""
    try:
        # numpy and the engines: only here, and only where they are needed.
        from orders.matching.rounds import Rounds

        return Rounds(problem, seed, engine, budget).result()
    except EngineError:
        raise
    except MemoryError as error:
        raise EngineError("The engines ran out of memory.") from error
    except Exception as error:  # native code raises anything, and an answer must come out
        raise EngineError(f"The engines failed: {error}.") from error
