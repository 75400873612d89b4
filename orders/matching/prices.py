"""Prices of lots, pledges and sellers that belong to an optimal flow, and the bound that they prove.

By weak duality any prices bound the score of every valid set of allocations, minimum lots and whole pledges
or not, so the bound holds whatever the engine did: it is added up here in whole numbers. Where the flow is
optimal and the prices are its own, bound and score are equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orders.matching.graph import Graph, Ints

MOST_ROUNDS = 2000


@dataclass(frozen=True)
class Prices:
    """``lot``: what a gram of it must earn; below zero as far as ``seller``, the share of the bonus it brings."""

    lot: Ints
    pledge: Ints
    seller: Ints

    def reduced(self, graph: Graph) -> Ints:
        """What a gram on each arc loses against the best use of lot and pledge; never below zero."""
        loss: Ints = self.lot[graph.lot] + self.pledge[graph.pledge] - graph.score
        return loss


def find_prices(graph: Graph, grams: Ints) -> Prices:
    """The highest lot prices at which nothing could be moved with a gain, by repeated relaxation."""
    lots, sellers = len(graph.available), len(graph.fair)
    top = int(graph.score.max(initial=0)) + graph.bonus
    used = np.flatnonzero(grams)
    spare = graph.taken(grams) < graph.available
    held = graph.seller >= 0
    lot = np.where(spare & ~held, 0, top)
    seller = np.where(graph.sold(grams) < graph.fair, -graph.bonus, 0)
    starts = graph.arcs_of_pledges()
    pledge = np.zeros(len(graph.wanted), np.int64)
    for _ in range(MOST_ROUNDS):
        before = lot.copy(), seller.copy()
        pledge = np.minimum(pledge, _best_by_pledge(lot[graph.lot] - graph.score, starts))
        np.minimum.at(lot, graph.lot[used], pledge[graph.pledge[used]] + graph.score[used])
        if sellers:
            lot[spare & held] = np.minimum(lot, seller[graph.seller])[spare & held]
            np.minimum.at(seller, graph.seller[held], lot[held])
            seller = np.maximum(seller, -graph.bonus)
        if np.array_equal(lot, before[0]) and np.array_equal(seller, before[1]):
            break
    seller = -seller
    floor = np.zeros(lots, np.int64)
    floor[held] = -seller[graph.seller[held]]
    lot = np.maximum(lot, floor)
    return Prices(lot, np.maximum(0, -_best_by_pledge(lot[graph.lot] - graph.score, starts)), seller)


def bound_of(graph: Graph, prices: Prices) -> int:
    """No valid allocations are worth more, in thousandths."""
    extra = np.where(graph.seller >= 0, prices.seller[graph.seller] if len(graph.fair) else 0, 0)
    parts = (
        (graph.available, prices.lot + extra),
        (graph.wanted, prices.pledge),
        (graph.fair, graph.bonus - prices.seller),
    )
    return sum(g * s for grams, price in parts for g, s in zip(grams.tolist(), price.tolist(), strict=True) if s)


def _best_by_pledge(values: Ints, starts: Ints) -> Ints:
    """The least of each pledge's values, and never above zero."""
    best = np.zeros(len(starts) - 1, np.int64)
    busy = np.flatnonzero(starts[1:] > starts[:-1])
    if len(busy):
        best[busy] = np.minimum(0, np.minimum.reduceat(values, starts[busy]))
    return best
