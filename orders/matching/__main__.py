"""``python -m orders.matching PROBLEM.json --seconds S [--effort N] [--engine NAME]`` prints allocations.

Exit status: 0 a valid result on standard output; 2 the problem or the call is malformed; 4 the engine is missing
or failed. Each with a sentence on standard error. ``-`` reads the problem from standard input.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import sys
from collections.abc import Iterator

from orders.matching.model import MatchingError, Problem, ProblemError
from orders.matching.parsing import load_json, write_result
from orders.matching.worker import CHOICES, solve_here
from orders.solving.commands import MOST_SECONDS, add_run_arguments, read_input, refuse
from orders.solving.process import limit_memory

OK, MALFORMED, NO_ENGINE = 0, 2, 4
MOST_EFFORT = 1000 * MOST_SECONDS


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    # A short life with half a million tuples that all stay: looking for rubbish among them costs a second.
    gc.disable()
    # numpy's own threads only spin here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        if options.memory_mb:
            limit_memory(options.memory_mb)
        problem = Problem.from_json(load_json(read_input(options.problem, ProblemError)))
        with _quiet():
            result = solve_here(
                problem,
                seconds=options.seconds,
                effort=options.effort,
                seed=options.seed,
                engine=options.engine,
                cpu_from=0.0,
            )
    except ProblemError as error:
        return refuse(str(error), MALFORMED)
    except MatchingError as error:
        return refuse(str(error), NO_ENGINE)
    except MemoryError:
        return refuse("The matching ran out of memory.", NO_ENGINE)
    if result.note:
        sys.stderr.write(result.note + "\n")
    # A name may hold half a pair of surrogates: written as JSON escapes it.
    text = json.dumps(write_result(result, with_log=options.log), ensure_ascii=False)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
    return OK


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Native code prints banners where the result goes: until it is done they go nowhere."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orders.matching", description=__doc__)
    add_run_arguments(parser, CHOICES)
    parser.add_argument("--effort", type=_effort, help="work to do instead, about a CPU millisecond each, but counted")
    parser.add_argument("--log", action="store_true", help="print note and log with the result")
    return parser


def _effort(text: str) -> int:
    value = int(text)
    if not 0 < value <= MOST_EFFORT:
        raise argparse.ArgumentTypeError(f"must be between 1 and {MOST_EFFORT}")
    return value


if __name__ == "__main__":
    sys.exit(main())
