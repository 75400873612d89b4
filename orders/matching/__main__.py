"""``python -m orders.matching PROBLEM.json --seconds S [--effort N] [--engine NAME]`` prints allocations.

Exit status: 0 a valid result on standard output; 2 the problem or the call is malformed; 4 the engine is missing
or failed. Each with a sentence on standard error. ``-`` reads the problem from standard input.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from orders.matching.model import MatchingError, Problem, ProblemError
from orders.matching.parsing import load_json, write_result
from orders.matching.worker import CHOICES, solve_here
from orders.solving.process import limit_memory

OK, MALFORMED, NO_ENGINE = 0, 2, 4
MOST_SECONDS = 3600
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
        problem = Problem.from_json(load_json(_read(options.problem)))
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
        return _refuse(str(error), MALFORMED)
    except MatchingError as error:
        return _refuse(str(error), NO_ENGINE)
    except MemoryError:
        return _refuse("The matching ran out of memory.", NO_ENGINE)
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
    parser.add_argument("problem", help="file with the problem as JSON, or - for standard input")
    parser.add_argument("--seconds", type=_seconds, required=True, help="CPU seconds to search for")
    parser.add_argument("--effort", type=_effort, help="work to do instead, about a CPU millisecond each, but counted")
    parser.add_argument("--seed", type=_seed, default=1)
    parser.add_argument("--engine", choices=CHOICES, default="auto")
    parser.add_argument("--memory-mb", type=int, default=0, help="limit of address space; 0 for none")
    parser.add_argument("--log", action="store_true", help="print note and log with the result")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or not 0 < value <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {MOST_SECONDS}")
    return value


def _effort(text: str) -> int:
    value = int(text)
    if not 0 < value <= MOST_EFFORT:
        raise argparse.ArgumentTypeError(f"must be between 1 and {MOST_EFFORT}")
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
