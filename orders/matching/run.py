"""What the product calls: a matching from a separate process with a hard kill, and never no answer at all.

No engine is ever imported here. Whatever the worker prints is checked again; where it is killed, crashes, lacks
its engine or prints nonsense, the greedy matching made in this process stands in, with the reason in
``Result.note`` and in the log.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

from orders.matching.checker import check
from orders.matching.greedy import greedy_result
from orders.matching.model import MatchingError, Problem, Result
from orders.matching.parsing import refuse_malformed
from orders.solving import SolvingError
from orders.solving.clock import WALL_FACTOR
from orders.solving.process import GRACE_SECONDS, MEMORY_MB, call_worker

logger = logging.getLogger(__name__)


def match(
    problem: Problem,
    *,
    seconds: float,
    effort: int | None = None,
    seed: int = 1,
    engine: str = "auto",
    python: str = sys.executable,
    grace_s: float = GRACE_SECONDS,
) -> Result:
    """Checked allocations after at most ``seconds`` of CPU (half as much again on the wall) plus the grace.

    With an ``effort`` (``usual_effort`` suits a day's size) work is counted, and the seconds are only the safety net.
    The same problem, effort and seed give the same allocations, in any order of lots, pledges and arcs, as long as no
    clock cut the work (``Result.is_cut``) and nothing failed (``Result.note``). Raises: ProblemError where the problem
    itself is malformed.
    """
    refuse_malformed(problem)
    try:
        command = [python, "-m", "orders.matching", "-", "--seconds", str(seconds), "--seed", str(seed)]
        command += ["--engine", engine, "--memory-mb", str(MEMORY_MB), "--log"]
        command += [] if effort is None else ["--effort", str(effort)]
        return _ask_worker(problem, command, seconds * WALL_FACTOR + grace_s)
    except SolvingError as error:
        logger.warning("The matching worker gave no result, the greedy matching stands in. %s", error)
        return greedy_result(problem, note=str(error))


def _ask_worker(problem: Problem, command: list[str], wall_seconds: float) -> Result:
    """The worker's result, read and checked. Raises: SolvingError with the reason why there is none."""
    text = call_worker(command, "".join(_write(problem)), wall_seconds)
    result = Result.from_json(text)
    violations = check(problem, result)
    if violations:
        raise MatchingError(f"The worker printed an invalid matching: {violations[0].message}")
    if result.note:
        logger.warning("The matching worker did without its engines. %s", result.note)
    return result


def _write(problem: Problem) -> Iterator[str]:
    """The problem as JSON text, arc by arc: half a million dictionaries at once would fill a web process."""
    few = Problem(problem.lots, problem.pledges, (), problem.fair_share).to_json()
    del few["arcs"]
    yield json.dumps(few).removesuffix("}") + ', "arcs": ['
    quoted = {name: json.dumps(name) for name in (*problem.lot_by_id, *problem.pledge_by_id)}
    comma = ""
    for lot, pledge, score in problem.arcs:
        yield f'{comma}{{"lot": {quoted[lot]}, "pledge": {quoted[pledge]}, "score_per_kg": {score}}}'
        comma = ", "
    yield "]}"
