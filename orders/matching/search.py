"""A valid answer made better piece by piece: a dozen neighbouring lots at a time are solved anew, exactly.

Each piece starts where most is lost against the prices of the optimal flow, grows along pledges that could
move between its lots, and is solved with everything outside of it fixed. An answer can only become better.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from orders.matching.budget import Budget
from orders.matching.graph import Flags, Graph, Ints
from orders.matching.mip import Limits, solve_mip
from orders.matching.parts import cut
from orders.matching.prices import Prices

KEPT_ARCS = 6
"""Arcs kept per pledge, those that lose least against the prices of the optimal flow."""
KEPT_TIMES = 1.5
"""A pledge that needs many small lots keeps as many as hold so many times what it wants."""
PASSES = (
    (10, 600, 1e-3, 50),
    (20, 600, 5e-4, 100),
    (12, 600, 2e-4, 200),
    (40, 1500, 5e-4, 200),
    (100, 4000, 5e-4, 500),
)
"""Lots and most arcs in a piece, gap and nodes of its solve, for each pass over the day."""
ENOUGH = 1e-4
"""The search ends this near to the bound."""
SATISFYING = 1e-3
"""This near to the bound it also ends when a pass gained less than ``ENOUGH``; further away larger pieces follow."""
LEAST_ARCS = 150
"""A piece has more lots where these have fewer arcs than that."""
LEAST_SECONDS = 0.15
MOST_SECONDS = 10.0
"""Of one piece; nodes end it long before, so that no clock decides."""
SPLIT, TAKEN, POSSIBLE = 30.0, 3.0, 1.0
"""How strongly a pledge binds two lots: both serve it, one does, either could."""
NEAR = 50.0
"""Loss per kilogram at which a binding counts half."""


def best_arcs(graph: Graph, grams: Ints, loss: Ints) -> Flags:
    """The arcs worth keeping: in use, among the few of their pledge that lose least, or needed to fill it."""
    order = np.lexsort((loss, graph.pledge))
    starts = graph.arcs_of_pledges()
    pledge = graph.pledge[order]
    rank = np.arange(len(order)) - starts[pledge]
    # In floats: only how many lots a large pledge needs is asked here.
    most = graph.most[order].astype(float)
    before = np.cumsum(most) - most
    better = before - np.append(before, 0.0)[starts[pledge]]
    kept = np.empty(len(order), bool)
    kept[order] = (rank < KEPT_ARCS) | (better < KEPT_TIMES * graph.wanted[pledge])
    return kept | (grams > 0)


class Search:
    """The state of one search. ``is_done``: it came to its own end, not to that of the budget."""

    def __init__(self, graph: Graph, grams: Ints, prices: Prices, bound: int) -> None:
        self.graph, self.grams, self.prices, self.bound = graph, grams, prices, bound
        self.score = graph.score_of(grams)
        self.loss = prices.reduced(graph)
        self.pieces, self.is_done = 0, True
        self.bonds = _Bonds(graph, self.loss)

    def run(self, budget: Budget, seed: int) -> None:
        """Pass over the day until it gains nothing more or the budget is spent. Raises: EngineError."""
        for lots, arcs, gap, nodes in PASSES:
            before = self.score
            self._pass(lots, arcs, lambda g=gap, n=nodes: _limits(budget, n, g), budget, seed)  # type: ignore[misc]
            if not self.is_done or self._is_below(self.bound - self.score, ENOUGH):
                return
            if self._is_below(self.score - before, ENOUGH) and self._is_below(self.bound - self.score, SATISFYING):
                return

    def _is_below(self, difference: int, share: float) -> bool:
        return difference <= share * self.bound

    def _pass(self, size: int, most_arcs: int, limits: Callable[[], Limits], budget: Budget, seed: int) -> None:
        """Pieces from where most is lost, no lot twice as a beginning, until little is left to gain."""
        open_lots = np.ones(len(self.graph.available), bool)
        while open_lots.any():
            lost = np.where(open_lots, self._lost_by_lot(), 0.0)
            first = int(lost.argmax())
            # What the lots not yet visited lose together is the most this pass can still gain.
            if lost.sum() <= ENOUGH / 4 * self.bound:
                return
            if not budget.goes_on(LEAST_SECONDS):
                self.is_done = False
                return
            chosen = self.bonds.grow(first, self.grams, size, most_arcs)
            self._improve(chosen, limits(), budget, seed)
            open_lots[chosen] = False

    def _improve(self, chosen: list[int], limits: Limits, budget: Budget, seed: int) -> None:
        """Solve one piece, and keep the answer where it is better."""
        lots = np.zeros(len(self.graph.available), bool)
        lots[chosen] = True
        part = cut(self.graph, self.grams, lots)
        if not len(part.arcs):
            return
        start = self.grams[part.arcs]
        proposal = solve_mip(part.graph, start, limits, seed)
        self.pieces += 1
        budget.count(proposal.work)
        budget.is_cut |= not proposal.in_time
        self.is_done &= proposal.is_done
        if proposal.grams is None:
            return
        gain = part.graph.score_of(proposal.grams) - part.graph.score_of(start)
        if gain > 0:
            self.grams = part.put_back(self.grams, proposal.grams)
            self.score += gain

    def _lost_by_lot(self) -> np.ndarray:
        """Where the answer is below the bound: unsold grams, arcs that are not the best, pledges left open."""
        graph, prices = self.graph, self.prices
        extra = np.zeros(len(graph.available), np.int64)
        held = graph.seller >= 0
        extra[held] = prices.seller[graph.seller[held]]
        lost = (prices.lot + extra) * (graph.available - graph.taken(self.grams)).astype(float)
        used = np.flatnonzero(self.grams)
        np.add.at(lost, graph.lot[used], self.loss[used] * self.grams[used].astype(float))
        unmet = prices.pledge * (graph.wanted - graph.filled(self.grams)).astype(float)
        has_arc = self.bonds.best_lot >= 0
        np.add.at(lost, self.bonds.best_lot[has_arc], unmet[has_arc])
        return lost


def _limits(budget: Budget, nodes: int, gap: float) -> Limits:
    return Limits(budget.seconds(most=MOST_SECONDS), nodes, gap, budget.rest() if budget.is_counted else None)


class _Bonds:
    """Which lots belong together because pledges could move between them."""

    def __init__(self, graph: Graph, loss: Ints) -> None:
        self.starts = graph.arcs_of_pledges().tolist()
        self.pledge, self.lot = graph.pledge.tolist(), graph.lot.tolist()
        self.nearness = (1.0 / (1.0 + loss / NEAR)).tolist()
        order = np.argsort(graph.lot, kind="stable")
        ends = np.searchsorted(graph.lot[order], np.arange(len(graph.available) + 1)).tolist()
        arcs = order.tolist()
        self.arcs_of_lot = [arcs[begin:end] for begin, end in pairwise(ends)]
        best = np.lexsort((loss, graph.pledge))[::-1]
        self.best_lot = np.full(len(graph.wanted), -1)
        self.best_lot[graph.pledge[best]] = graph.lot[best]

    def grow(self, first: int, grams: Ints, size: int, most_arcs: int) -> list[int]:
        """So many lots around the first, each time the one most strongly bound to those chosen."""
        chosen, bound_to = [first], dict[int, float]()
        taken, arcs = set(chosen), len(self.arcs_of_lot[first])
        self._bind(first, grams, taken, bound_to)
        while bound_to and arcs < (most_arcs if len(chosen) < size else LEAST_ARCS):
            lot = min(bound_to, key=lambda k: (-bound_to[k], k))
            del bound_to[lot]
            chosen.append(lot)
            taken.add(lot)
            arcs += len(self.arcs_of_lot[lot])
            self._bind(lot, grams, taken, bound_to)
        return chosen

    def _bind(self, lot: int, grams: Ints, taken: set[int], bound_to: dict[int, float]) -> None:
        for arc in self.arcs_of_lot[lot]:
            pledge, mine = self.pledge[arc], grams[arc] > 0
            for other in range(self.starts[pledge], self.starts[pledge + 1]):
                neighbour = self.lot[other]
                if neighbour in taken:
                    continue
                theirs = grams[other] > 0
                strength = SPLIT if mine and theirs else TAKEN if mine or theirs else POSSIBLE
                near = min(self.nearness[arc], self.nearness[other])
                bound_to[neighbour] = bound_to.get(neighbour, 0.0) + strength * near
