"""What the commands of the solvers share: the arguments of every run, its input, and its refusals."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from orders.solving.errors import SolvingError

MOST_SECONDS = 3600


def add_run_arguments(parser: argparse.ArgumentParser, engines: tuple[str, ...]) -> None:
    """The problem, and how long, with which chance, engine and memory to work on it."""
    parser.add_argument("problem", help="file with the problem as JSON, or - for standard input")
    parser.add_argument("--seconds", type=_seconds, required=True, help="CPU seconds to work for")
    parser.add_argument("--seed", type=_seed, default=1)
    parser.add_argument("--engine", choices=engines, default="auto")
    parser.add_argument("--memory-mb", type=int, default=0, help="limit of address space; 0 for none")


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


def read_input(name: str, refusal: type[SolvingError]) -> str:
    """The text of the file, or of standard input. Raises: ``refusal``."""
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refusal(f"The problem cannot be read: {error}.") from error


def refuse(sentence: str, status: int) -> int:
    """The sentence on standard error; returns the exit status."""
    sys.stderr.write(sentence + "\n")
    return status
