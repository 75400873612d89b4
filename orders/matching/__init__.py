"""The matching: which grams of which lot go to which pledge. Plain Python, no Django inside.

    from orders.matching import Arc, FairShare, Lot, Pledge, Problem, match
    result = match(Problem(lots, pledges, arcs, FairShare(250, {"c1": 140_000})), seconds=10)

- ``model``    what a day is (Problem) and what an answer is (Result); ``parsing`` their JSON
- ``checker``  the judge: what is wrong with a result, and what its allocations are worth
- ``run``      what the product calls: the worker with a hard kill, its answer checked, greedy behind it
- ``greedy``   a matching without any library; ``draft`` the working copy it fills
- ``budget``   what it may cost: counted work with a clock behind it, or the clock alone
- ``worker``   one matching in the worker process (``python -m orders.matching``); ``rounds`` its steps
- ``graph``, ``flow``, ``prices``, ``repair``, ``mip``, ``parts``, ``search``  worker process only: they need numpy,
  OR-Tools or HiGHS
"""

from orders.matching.budget import usual_effort
from orders.matching.checker import Violation, check
from orders.matching.model import (
    Allocation,
    Arc,
    EngineError,
    FairShare,
    Lot,
    MatchingError,
    Pledge,
    Problem,
    ProblemError,
    Result,
)
from orders.matching.run import match
from orders.matching.worker import solve_here

__all__ = [
    "Allocation",
    "Arc",
    "EngineError",
    "FairShare",
    "Lot",
    "MatchingError",
    "Pledge",
    "Problem",
    "ProblemError",
    "Result",
    "Violation",
    "check",
    "match",
    "solve_here",
    "usual_effort",
]
