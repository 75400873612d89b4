"""Counted work gives the same answer whatever the clock says, and a clock that cuts it says so."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.matching import make_day
from orders.matching import Problem, Result, check, match, usual_effort
from orders.matching.budget import MOST_EFFORT, Budget, checks_for, work_of
from orders.matching.worker import CHOICES, solve_here
from orders.solving.clock import Deadline
from orders.solving.process import ROOT
from tests.orders.matching.matching_days import tiny_day

EFFORT = 1_500
"""Enough for a dozen pieces of the day below, and far from all that could be done."""


@pytest.fixture(scope="module")
def day() -> Problem:
    """Minimum lots and whole pledges, too large for one solve."""
    return make_day(300, 1500, 5)


@pytest.fixture(scope="module")
def found(day: Problem) -> Result:
    return match(day, seconds=300, effort=EFFORT)


@pytest.fixture
def noisy() -> Iterator[None]:
    """Two neighbours take all of the machine they can get."""
    neighbours = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for neighbour in neighbours:
        neighbour.kill()
        neighbour.wait()


def work_in(result: Result) -> list[str]:
    """The log without its CPU seconds."""
    return [line.split(",")[0] for line in result.log]


def shuffled(problem: Problem) -> Problem:
    rng = random.Random(1)
    parts = {name: getattr(problem, name) for name in ("lots", "pledges", "arcs")}
    return replace(problem, **{name: tuple(rng.sample(part, len(part))) for name, part in parts.items()})


def test_the_effort_ends_the_work_and_no_clock_does(day: Problem, found: Result) -> None:
    assert check(day, found) == []
    assert (found.method, found.is_cut, found.note) == ("flow+mip-parts", False, "")
    assert "effort spent" in found.log[-1]
    assert found.gap < 0.015


def test_neighbours_and_other_seconds_and_another_order_change_nothing(
    day: Problem, found: Result, noisy: None
) -> None:
    again = match(shuffled(day), seconds=40, effort=EFFORT)

    assert not again.is_cut
    assert again.allocations == found.allocations
    assert (again.score, again.bound) == (found.score, found.bound)
    assert work_in(again) == work_in(found)


def test_more_effort_is_worth_more_and_hardly_any_is_the_repaired_flow(day: Problem, found: Result) -> None:
    least = solve_here(day, seconds=300, effort=1)

    assert least.log[-1].startswith("mip (0 pieces, effort spent)")
    assert least.score < found.score
    assert not least.is_cut


def test_the_clock_behind_the_effort_cuts_and_says_so(day: Problem) -> None:
    cut = solve_here(day, seconds=0.6, effort=10**6)

    assert cut.is_cut
    assert check(day, cut) == []
    assert Result.from_json(cut.to_json()).is_cut
    assert solve_here(day, seconds=0.001, effort=10**6).is_cut


def test_a_clock_alone_that_cuts_says_so_too(day: Problem) -> None:
    assert solve_here(day, seconds=0.6).is_cut
    assert not solve_here(tiny_day(), seconds=60).is_cut


@pytest.mark.parametrize("engine", CHOICES)
def test_small_days_come_to_their_own_end(engine: str) -> None:
    counted = solve_here(tiny_day(), seconds=60, effort=usual_effort(tiny_day()), engine=engine)

    assert counted.allocations == solve_here(tiny_day(), seconds=60, engine=engine).allocations
    assert not counted.is_cut


def test_one_solve_of_a_whole_day_ends_by_its_effort_too() -> None:
    problem = make_day(100, 500, 3)

    first, second = (solve_here(problem, seconds=seconds, effort=150) for seconds in (60, 600))

    assert any("whole, effort spent" in line for line in first.log)
    assert check(problem, first) == []
    assert first.allocations == second.allocations
    assert work_in(first) == work_in(second)


def test_the_usual_effort_grows_with_the_day_up_to_an_end() -> None:
    few = tiny_day()
    many = replace(few, arcs=few.arcs * 100_000)

    assert usual_effort(few) == 2_500
    assert usual_effort(many) == MOST_EFFORT


def test_work_is_counted_from_what_was_done() -> None:
    assert work_of(800, 2_000, 1_000) == 1 + 100 + 300
    assert (checks_for(1_000, 1_000), checks_for(0, 1_000)) == (50, 1)
    budget = Budget(Deadline(60), effort=10)
    budget.count(9)
    assert (budget.rest(), budget.goes_on(0.1)) == (1, True)
    budget.count(5)
    assert (budget.rest(), budget.goes_on(0.1), budget.is_cut) == (0, False, False)


@pytest.mark.parametrize("wrong", ["0", "1.5"])
def test_the_command_takes_a_whole_effort_above_nothing(wrong: str) -> None:
    command = [sys.executable, "-m", "orders.matching", "-", "--seconds", "5", "--effort", wrong]
    text = json.dumps(tiny_day().to_json())

    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False)

    assert (done.returncode, done.stdout) == (2, "")
