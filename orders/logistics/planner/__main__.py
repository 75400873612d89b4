"""``python -m orders.logistics.planner PROBLEM.json --seconds S [--seed N] [--engine NAME]`` prints a plan.

Exit status: 0 a valid plan on standard output; 2 the problem or the call is malformed; 3 no valid plan, as
something that must be served cannot be; 4 the engine is missing or failed. Each with a sentence on
standard error. ``-`` reads the problem from standard input.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

from orders.logistics.planner.engines import CHOICES
from orders.logistics.planner.model import NoPlanError, PlannerError, Problem, ProblemError
from orders.logistics.planner.worker import make_plan
from orders.solving.process import limit_memory

OK, MALFORMED, NO_PLAN, NO_ENGINE = 0, 2, 3, 4
MOST_SECONDS = 3600


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.memory_mb:
            limit_memory(options.memory_mb)
        problem = Problem.from_json(_read(options.problem))
        plan = make_plan(problem, seconds=options.seconds, seed=options.seed, engine=options.engine, cpu_from=0.0)
    except ProblemError as error:
        return _refuse(str(error), MALFORMED)
    except NoPlanError as error:
        return _refuse(str(error), NO_PLAN)
    except PlannerError as error:
        return _refuse(str(error), NO_ENGINE)
    except MemoryError:
        return _refuse("The planner ran out of memory.", NO_ENGINE)
    sys.stdout.write(json.dumps(plan.to_json(), ensure_ascii=False) + "\n")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orders.logistics.planner", description=__doc__)
    parser.add_argument("problem", help="file with the problem as JSON, or - for standard input")
    parser.add_argument("--seconds", type=_seconds, required=True, help="CPU seconds to plan for")
    parser.add_argument("--seed", type=_seed, default=1)
    parser.add_argument("--engine", choices=CHOICES, default="auto")
    parser.add_argument("--memory-mb", type=int, default=0, help="limit of address space; 0 for none")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or not 0 < value <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {MOST_SECONDS}")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError("must be between 0 and 2147483647")
    return value


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProblemError(f"The problem cannot be read: {error}.") from error


def _refuse(sentence: str, status: int) -> int:
    sys.stderr.write(sentence + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
