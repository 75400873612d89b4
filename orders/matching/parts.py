"""A piece of a graph to be solved on its own, while what is given outside of it stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from orders.matching.graph import Flags, Graph, Ints


@dataclass(frozen=True)
class Part:
    """A small graph, and where its arcs are in the large one."""

    graph: Graph
    arcs: Ints

    def put_back(self, grams: Ints, found: Ints) -> Ints:
        """The large answer with this part's arcs replaced."""
        result = grams.copy()
        result[self.arcs] = found
        return result


def cut(graph: Graph, grams: Ints, lots: Flags) -> Part:
    """The part of those lots and the pledges they may serve, with what is left for them by the rest.

    A whole pledge that is served from outside too is not touched. A seller's fair share is what its lots
    outside have not yet taken of it.
    """
    inside = lots[graph.lot]
    arcs = np.flatnonzero(inside)
    outside = np.zeros(len(graph.wanted), bool)
    outside[graph.pledge[(grams > 0) & ~inside]] = True
    arcs = arcs[~(graph.whole & outside)[graph.pledge[arcs]]]
    fixed = grams.copy()
    fixed[arcs] = 0
    lot_at, lot = np.unique(graph.lot[arcs], return_inverse=True)
    pledge_at, pledge = np.unique(graph.pledge[arcs], return_inverse=True)
    seller = graph.seller[lot_at]
    seller_at = np.unique(seller[seller >= 0])
    used = np.flatnonzero(fixed)
    available = _left(graph.available, graph.lot[used], fixed[used], lot_at)
    wanted = _left(graph.wanted, graph.pledge[used], fixed[used], pledge_at)
    fair = np.maximum(0, _left(graph.fair, graph.seller[graph.lot[used]], fixed[used], seller_at))
    small = replace(
        graph,
        lot_ids=[],
        pledge_ids=[],
        available=available,
        minimum=graph.minimum[lot_at],
        seller=np.where(seller >= 0, np.searchsorted(seller_at, seller), -1),
        wanted=wanted,
        whole=graph.whole[pledge_at],
        fair=fair,
        lot=lot,
        pledge=pledge,
        score=graph.score[arcs],
    )
    fits = (small.most >= small.least) & (small.most > 0)
    if not fits.all():
        small = replace(small, lot=lot[fits], pledge=pledge[fits], score=small.score[fits])
        arcs = arcs[fits]
    return Part(small, arcs)


def _left(whole: Ints, index: Ints, grams: Ints, wanted: Ints) -> Ints:
    """What is left of some of the quantities; an index of -1 is nobody's."""
    left = whole.copy()
    known = index >= 0
    np.subtract.at(left, index[known], grams[known])
    return left[wanted]
