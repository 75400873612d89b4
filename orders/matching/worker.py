"""One matching inside the worker process: flow, prices, repair, search. Imports engines, so never in the site.

``auto``: the exact flow; where minimum lots or whole pledges make it invalid, repaired, and then improved with
HiGHS for the time that is left. A missing or failing engine costs quality and a line in the log.
"""

from __future__ import annotations

import time
from dataclasses import replace

from orders.matching.checker import check
from orders.matching.greedy import greedy_result
from orders.matching.model import EngineError, MatchingError, Problem, Result
from orders.solving.clock import Deadline

CHOICES = ("auto", "flow", "mip", "greedy")
SECONDS_PER_ARC = 6e-6
"""What arrays, flow and prices cost; with less than that left the greedy answer has to do."""
RESERVE = 0.02
"""Share of the budget kept for checking and printing."""


def solve_here(
    problem: Problem, *, seconds: float, seed: int = 1, engine: str = "auto", cpu_from: float | None = None
) -> Result:
    """The best valid allocations found in about ``seconds`` of CPU.

    Raises: EngineError where the one engine asked for is missing or failed.
    """
    began = time.process_time() if cpu_from is None else cpu_from
    deadline = Deadline(seconds * (1 - RESERVE), cpu_from=cpu_from)
    if engine not in CHOICES:
        raise EngineError(f"There is no engine {engine!r}; choose one of {', '.join(CHOICES)}.")
    result = greedy_result(problem) if engine == "greedy" else _with_engines(problem, seed, engine, deadline)
    violations = check(problem, result)
    if violations:
        raise MatchingError(f"The matching found is invalid: {violations[0].message}")
    return replace(result, cpu_s=round(time.process_time() - began, 3))


def _with_engines(problem: Problem, seed: int, engine: str, deadline: Deadline) -> Result:
    if deadline.left() < SECONDS_PER_ARC * len(problem.arcs):
        return greedy_result(problem, log=("The time is too short for the flow, stopped by the clock.",))
    try:
        # numpy and the engines: only here, and only where they are needed.
        from orders.matching.rounds import Rounds

        return Rounds(problem, seed, engine, deadline).result()
    except (EngineError, ImportError, MemoryError) as error:
        if engine != "auto":
            raise EngineError(str(error) or "out of memory") from error
        return greedy_result(problem, note=f"No engine gave a matching: {error or 'out of memory'}")
