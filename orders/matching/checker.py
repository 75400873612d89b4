"""The judge of results: what is wrong with one, and what its allocations are truly worth.

Written from the problem's meaning alone. It shares no code with any engine and trusts no total of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from orders.matching.model import Allocation, Problem, Result, as_number


@dataclass(frozen=True)
class Violation:
    """One broken rule: a stable ``kind``, a sentence, and whom it is about."""

    kind: str
    message: str
    lot: str = ""
    pledge: str = ""


def score(problem: Problem, allocations: Iterable[Allocation]) -> int:
    """What allocations on known arcs are worth in thousandths: their arcs' scores and the sellers' bonuses."""
    allocations = tuple(allocations)
    return _worth(problem, allocations, _scores(problem, allocations))


def check(problem: Problem, result: Result) -> list[Violation]:
    """Every rule the result breaks; an empty list is the only acceptance there is."""
    scores = _scores(problem, result.allocations)
    found = _check_pairs(problem, result, scores)
    if not found:
        true = _worth(problem, result.allocations, scores)
        found = _check_lots(problem, result) + _check_pledges(problem, result) + _check_totals(result, true)
    return found


def _scores(problem: Problem, allocations: Iterable[Allocation]) -> dict[tuple[str, str], int]:
    """Scores per kilogram of the pairs that are allocated and have an arc."""
    pairs = {(lot, pledge) for lot, pledge, _ in allocations}
    return {(lot, pledge): rate for lot, pledge, rate in problem.arcs if (lot, pledge) in pairs}


def _worth(problem: Problem, allocations: Iterable[Allocation], scores: dict[tuple[str, str], int]) -> int:
    sold: Counter[str] = Counter()
    total = 0
    for lot, pledge, grams in allocations:
        total += scores[lot, pledge] * grams
        sold[problem.lot_by_id[lot].seller] += grams
    share = problem.fair_share
    return total + share.bonus_per_kg * sum(min(sold[seller], grams) for seller, grams in share.grams.items())


def _check_pairs(problem: Problem, result: Result, scores: dict[tuple[str, str], int]) -> list[Violation]:
    """Each allocation is on an arc of its own, of at least a gram and at least the lot's minimum."""
    found = []
    seen = set()
    for lot, pledge, grams in result.allocations:
        if (lot, pledge) not in scores:
            found.append(Violation("unknown_arc", f"No arc leads from lot {lot} to pledge {pledge}.", lot, pledge))
            continue
        if (lot, pledge) in seen:
            text = f"Lot {lot} is allocated to pledge {pledge} twice."
            found.append(Violation("allocated_twice", text, lot, pledge))
        seen.add((lot, pledge))
        least = max(1, problem.lot_by_id[lot].minimum_g)
        if grams < least:
            text = f"Lot {lot} gives {grams} g to pledge {pledge}, at least {least} g are needed."
            found.append(Violation("below_minimum", text, lot, pledge))
    return found


def _check_lots(problem: Problem, result: Result) -> list[Violation]:
    taken: Counter[str] = Counter()
    for lot, _, grams in result.allocations:
        taken[lot] += grams
    return [
        Violation("lot_oversold", f"Lot {lot} gives {grams} g, it has {problem.lot_by_id[lot].available_g} g.", lot)
        for lot, grams in taken.items()
        if grams > problem.lot_by_id[lot].available_g
    ]


def _check_pledges(problem: Problem, result: Result) -> list[Violation]:
    filled: Counter[str] = Counter()
    for _, name, grams in result.allocations:
        filled[name] += grams
    found = []
    for name, grams in filled.items():
        pledge = problem.pledge_by_id[name]
        if grams > pledge.wanted_g:
            text = f"Pledge {name} gets {grams} g, it wanted {pledge.wanted_g} g."
            found.append(Violation("pledge_overfilled", text, "", name))
        elif pledge.whole and grams < pledge.wanted_g:
            text = f"Pledge {name} gets {grams} g of {pledge.wanted_g} g, it wanted all or nothing."
            found.append(Violation("pledge_not_whole", text, "", name))
    return found


def _check_totals(result: Result, true: int) -> list[Violation]:
    """The score said is the score had, it is no loss, and the bound is not below it."""
    # Beyond 2**50 thousandths a number may come back from JSON a little off.
    slack = abs(true) >> 50
    found = []
    if abs(true - result.score_thousandths) > slack:
        found.append(Violation("score", f"The score is {as_number(true)}, the result says {result.score}."))
    if true < 0:
        found.append(Violation("loss", f"The allocations lose {as_number(-true)}."))
    if result.bound_thousandths + slack < true:
        found.append(Violation("bound", f"The bound {result.bound} is below the score {as_number(true)}."))
    return found
