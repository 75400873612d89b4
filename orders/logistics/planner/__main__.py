"""``python -m orders.logistics.planner PROBLEM.json --seconds S [--seed N] [--engine NAME]`` prints a plan.

Exit status: 0 a valid plan on standard output; 2 the problem or the call is malformed; 3 no valid plan, as
something that must be served cannot be; 4 the engine is missing or failed. Each with a sentence on
standard error. ``-`` reads the problem from standard input.
"""

from __future__ import annotations

import argparse
import json
import sys

from orders.logistics.planner.engines import CHOICES
from orders.logistics.planner.model import NoPlanError, PlannerError, Problem, ProblemError
from orders.logistics.planner.worker import make_plan
from orders.solving.commands import add_run_arguments, read_input, refuse
from orders.solving.process import limit_memory

OK, MALFORMED, NO_PLAN, NO_ENGINE = 0, 2, 3, 4


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.memory_mb:
            limit_memory(options.memory_mb)
        problem = Problem.from_json(read_input(options.problem, ProblemError))
        plan = make_plan(problem, seconds=options.seconds, seed=options.seed, engine=options.engine, cpu_from=0.0)
    except ProblemError as error:
        return refuse(str(error), MALFORMED)
    except NoPlanError as error:
        return refuse(str(error), NO_PLAN)
    except PlannerError as error:
        return refuse(str(error), NO_ENGINE)
    except MemoryError:
        return refuse("The planner ran out of memory.", NO_ENGINE)
    sys.stdout.write(json.dumps(plan.to_json(), ensure_ascii=False) + "\n")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orders.logistics.planner", description=__doc__)
    add_run_arguments(parser, CHOICES)
    return parser


if __name__ == "__main__":
    sys.exit(main())
