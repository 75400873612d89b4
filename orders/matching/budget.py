"""What a matching may cost: work that is counted and so repeats itself, with a clock behind it; or the clock alone.

A unit of effort is about a CPU millisecond, on average and counted, never measured: arcs that are read, flows that
are found, iterations of HiGHS. The same effort does the same work on any machine at any load.
"""

from __future__ import annotations

from orders.matching.model import Problem
from orders.solving.clock import Deadline

ARCS_READ, ARCS_REPAIRED, ARCS_BUILT = 200, 250, 8
"""So many arcs per unit: read and given their prices; in one round of repair; made into a model of HiGHS."""
COLUMNS, ITERATIONS, CHECKS = 1_000, 10_000, 100
"""A unit is so many iterations of HiGHS divided by the columns of its model, to which ``COLUMNS`` are added for what is
the same in a small one; and so many of its questions whether to go on, divided likewise."""
BASE, ARCS_PER_EFFORT, MOST_EFFORT = 2_500, 7, 40_000


def usual_effort(problem: Problem) -> int:
    """What a day of that size deserves: at most 3 CPU seconds for 100 lots, 12 for 1,000, 45 for 5,000 and more."""
    return min(BASE + len(problem.arcs) // ARCS_PER_EFFORT, MOST_EFFORT)


class Budget:
    """What may still be done. ``is_cut``: the clock ended something, so another run may give another answer."""

    def __init__(self, deadline: Deadline, effort: int | None = None) -> None:
        """Without an effort the clock decides."""
        self.deadline, self.effort = deadline, effort
        self.done, self.is_cut = 0, False

    @property
    def is_counted(self) -> bool:
        """Does work decide, and not the clock?"""
        return self.effort is not None

    def count(self, work: int) -> None:
        """So much was done."""
        self.done += work

    def rest(self) -> int:
        """Effort not yet spent; without one, nothing."""
        return max(0, (self.effort or 0) - self.done)

    def goes_on(self, least_seconds: float) -> bool:
        """Is there effort left? Where only the clock says no, the run is cut."""
        if self.is_counted and not self.rest():
            return False
        if self.deadline.left() < least_seconds:
            self.is_cut = True
            return False
        return True

    def seconds(self, *, share: float = 1.0, most: float = float("inf")) -> float:
        """The time limit of one solve: all that is left where the clock is only the safety net."""
        left = self.deadline.left()
        return left if self.is_counted else min(left * share, most)


def work_of(arcs: int, columns: int, iterations: int) -> int:
    """What one solve of HiGHS was."""
    return 1 + arcs // ARCS_BUILT + iterations * (COLUMNS + columns) // ITERATIONS


def checks_for(effort: int, columns: int) -> int:
    """After so many of HiGHS's own questions whether to go on, that effort is about spent."""
    return max(1, effort * CHECKS // (COLUMNS + columns))
