"""A matching without any library: the best kilograms first. What stands behind every engine."""

from __future__ import annotations

import time

from orders.matching.draft import Draft, Sheet, make_sheet
from orders.matching.model import Problem, Result


def greedy_result(problem: Problem, *, note: str = "", log: tuple[str, ...] = ()) -> Result:
    """Pledges in the order of their best score, larger ones first where it is equal."""
    began = time.process_time()
    sheet = make_sheet(problem)
    draft = Draft(sheet)
    best = [arcs[0][0] if arcs else 0 for arcs in sheet.arcs]
    draft.fill(sorted(range(len(best)), key=lambda p: (-best[p], -sheet.wanted[p], p)))
    cpu = round(time.process_time() - began, 3)
    return Result(draft.allocations(), draft.score(), bound_without_engine(draft), "greedy", cpu, note, log)


def bound_without_engine(draft: Draft) -> int:
    """The least of three bounds by weak duality, in thousandths: all lots free, all pledges free, or lots
    that are sold out priced by the least they were sold for."""
    sheet = draft.sheet
    lots = len(sheet.available)
    dearest, cheapest = [0] * lots, [0] * lots
    for pieces, arcs in zip(draft.given, sheet.arcs, strict=True):
        for score, lot in arcs:
            dearest[lot] = max(dearest[lot], score)
            if pieces and lot in pieces and not draft.spare[lot] and score > 0:
                cheapest[lot] = min(cheapest[lot] or score, score)
    bonus = sheet.bonus * sum(sheet.fair)
    return bonus + min(_bound(sheet, prices) for prices in ([0] * lots, dearest, cheapest))


def _bound(sheet: Sheet, prices: list[int]) -> int:
    """What lots at these prices, and pledges at what is then left to them, are worth together."""
    total = sum(price * grams for price, grams in zip(prices, sheet.available, strict=True))
    for wanted, arcs in zip(sheet.wanted, sheet.arcs, strict=True):
        total += wanted * max((score - prices[lot] for score, lot in arcs if score > prices[lot]), default=0)
    return total
