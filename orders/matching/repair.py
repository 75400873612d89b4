"""From an optimal flow to a valid answer: what breaks a rule is forbidden step by step, and the flow found again.

An arc below its lot's minimum and an all-or-nothing pledge filled in part are few in an optimal flow. The half
of them that is furthest from being right is forbidden in each round, so that others may grow into its place.
What is still wrong after the last round is taken out, and what that leaves is filled greedily.
"""

from __future__ import annotations

import numpy as np

from orders.matching.budget import ARCS_REPAIRED, Budget
from orders.matching.draft import Draft, Sheet
from orders.matching.flow import solve_flow
from orders.matching.graph import Flags, Graph, Ints
from orders.matching.prices import Prices

MOST_ROUNDS = 24
WORK = 500_000
"""Arcs to solve over all rounds: a large day gets fewer rounds, about two CPU seconds in all."""
FEW = 8
SECONDS_PER_ARC = 4e-6


def make_valid(graph: Graph, grams: Ints, prices: Prices, budget: Budget) -> Ints:
    """A valid answer near an optimal flow."""
    most = graph.most.copy()
    rounds = min(MOST_ROUNDS, 3 + WORK // max(1, len(graph.lot)))
    for _ in range(rounds):
        small, partial = find_broken(graph, grams)
        if not small.any() and not partial.any():
            break
        # Few enough not to be limited by effort, only counted.
        if budget.deadline.left() < SECONDS_PER_ARC * len(graph.lot):
            budget.is_cut = True
            break
        budget.count(len(graph.lot) // ARCS_REPAIRED)
        _forbid(graph, grams, most, small, partial)
        grams = solve_flow(graph, most=most)
    return fill(graph, take_out(graph, grams), prices)


def find_broken(graph: Graph, grams: Ints) -> tuple[Flags, Flags]:
    """Arcs below their minimum, and whole pledges filled in part."""
    filled = graph.filled(grams)
    return (grams > 0) & (grams < graph.least), graph.whole & (filled > 0) & (filled < graph.wanted)


def take_out(graph: Graph, grams: Ints) -> Ints:
    """The same without what breaks a rule."""
    small, _ = find_broken(graph, grams)
    kept: Ints = np.where(small, 0, grams)
    _, partial = find_broken(graph, kept)
    kept[partial[graph.pledge]] = 0
    return kept


def fill(graph: Graph, grams: Ints, prices: Prices) -> Ints:
    """A valid answer with what is left over given to who still wants it, the dearest pledges first."""
    sheet = _sheet(graph, prices)
    draft = Draft(sheet)
    used = np.flatnonzero(grams)
    for pledge, lot, amount in zip(*(part[used].tolist() for part in (graph.pledge, graph.lot, grams)), strict=True):
        draft.put(pledge, lot, amount)
    value = (prices.pledge * draft.unmet).tolist()
    draft.fill(sorted(np.flatnonzero(draft.unmet).tolist(), key=lambda p: (-prices.pledge[p], -value[p], p)))
    filled = np.zeros(len(grams), np.int64)
    pieces = draft.given
    for arc, (pledge, lot) in enumerate(zip(graph.pledge.tolist(), graph.lot.tolist(), strict=True)):
        if pieces[pledge]:
            filled[arc] = pieces[pledge].get(lot, 0)
    return filled


def _forbid(graph: Graph, grams: Ints, most: Ints, small: Flags, partial: Flags) -> None:
    """Let the worse half of what is broken carry nothing from now on; all of it where it is little."""
    arcs = np.flatnonzero(small)
    most[_worse_half(arcs, grams[arcs] / graph.least[arcs])] = 0
    pledges = np.flatnonzero(partial)
    dropped = np.zeros(len(graph.wanted), bool)
    dropped[_worse_half(pledges, graph.filled(grams)[pledges] / graph.wanted[pledges])] = True
    most[dropped[graph.pledge]] = 0


def _worse_half(items: Ints, rightness: np.ndarray) -> Ints:
    order = np.argsort(rightness, kind="stable")
    return items[order[: max(FEW, (len(items) + 1) // 2)]]


def _sheet(graph: Graph, prices: Prices) -> Sheet:
    """The graph for a draft; a pledge's arcs that lose least come first."""
    order = np.lexsort((prices.reduced(graph), graph.pledge))
    arcs: list[list[tuple[int, int]]] = [[] for _ in graph.wanted]
    columns = (graph.pledge[order].tolist(), graph.score[order].tolist(), graph.lot[order].tolist())
    for pledge, score, lot in zip(*columns, strict=True):
        arcs[pledge].append((score, lot))
    return Sheet(
        lot_ids=[],
        pledge_ids=[],
        available=graph.available.tolist(),
        least=graph.minimum.tolist(),
        seller=graph.seller.tolist(),
        wanted=graph.wanted.tolist(),
        whole=graph.whole.tolist(),
        fair=graph.fair.tolist(),
        bonus=graph.bonus,
        arcs=arcs,
    )
