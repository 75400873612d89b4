"""A problem as arrays of whole numbers, in an order that does not depend on the order of the input.

Worker process only: it needs numpy. Arcs are sorted by pledge, then lot. What can never be part of a valid
answer that is worth anything is left out here: arcs whose minimum does not fit, pledges nobody can fill.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orders.matching.model import Allocation, Problem

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Graph:
    """Lots, pledges, sellers with a fair share, and the arcs between lots and pledges."""

    lot_ids: list[str]
    pledge_ids: list[str]
    available: Ints
    minimum: Ints
    seller: Ints
    """Of each lot: the index of its seller in ``fair``, or -1 where nothing is promised to it."""
    wanted: Ints
    whole: Flags
    fair: Ints
    bonus: int
    lot: Ints
    pledge: Ints
    score: Ints

    @property
    def least(self) -> Ints:
        """Of each arc: the least it carries if it carries anything."""
        return self.minimum[self.lot]

    @property
    def most(self) -> Ints:
        """Of each arc: the most it can carry."""
        return np.minimum(self.available[self.lot], self.wanted[self.pledge])

    def arcs_of_pledges(self) -> Ints:
        """Where each pledge's arcs begin, and one more: arcs are sorted by pledge."""
        return np.searchsorted(self.pledge, np.arange(len(self.wanted) + 1))

    def score_of(self, grams: Ints) -> int:
        """What so many grams on each arc are worth, in thousandths, bonus included. Exact."""
        used = np.flatnonzero(grams)
        # Python's integers: a product of the largest legal values does not fit into 64 bits.
        total = sum(g * s for g, s in zip(grams[used].tolist(), self.score[used].tolist(), strict=True))
        return total + self.bonus * sum(np.minimum(self.fair, self.sold(grams)).tolist())

    def sold(self, grams: Ints) -> Ints:
        """Grams taken from each seller with a fair share."""
        return self.sum_by(self.seller[self.lot], grams, len(self.fair))

    def taken(self, grams: Ints) -> Ints:
        """Grams taken from each lot."""
        return self.sum_by(self.lot, grams, len(self.available))

    def filled(self, grams: Ints) -> Ints:
        """Grams given to each pledge."""
        return self.sum_by(self.pledge, grams, len(self.wanted))

    @staticmethod
    def sum_by(index: Ints, grams: Ints, size: int) -> Ints:
        """Exact sums; an index of -1 is nobody's."""
        total = np.zeros(size, np.int64)
        used = (grams != 0) & (index >= 0)
        np.add.at(total, index[used], grams[used])
        return total

    def allocations(self, grams: Ints) -> tuple[Allocation, ...]:
        """The arcs that carry something, by lot and pledge."""
        used = np.flatnonzero(grams)
        columns = (self.lot[used].tolist(), self.pledge[used].tolist(), grams[used].tolist())
        return tuple(
            sorted(Allocation(self.lot_ids[k], self.pledge_ids[p], g) for k, p, g in zip(*columns, strict=True))
        )


def make_graph(problem: Problem) -> Graph:
    """The arrays of a problem, hopeless arcs left out."""
    lots = sorted(problem.lots, key=lambda lot: lot.id)
    pledges = sorted(problem.pledges, key=lambda pledge: pledge.id)
    names = sorted({lot.seller for lot in lots} & problem.fair_share.grams.keys())
    bonus = problem.fair_share.bonus_per_kg
    sellers = {name: k for k, name in enumerate(names)} if bonus > 0 else {}
    lot_index = {lot.id: k for k, lot in enumerate(lots)}
    pledge_index = {pledge.id: k for k, pledge in enumerate(pledges)}
    size = len(problem.arcs)
    lot = np.fromiter((lot_index[arc.lot] for arc in problem.arcs), np.int64, size)
    pledge = np.fromiter((pledge_index[arc.pledge] for arc in problem.arcs), np.int64, size)
    score = np.fromiter((arc.score_per_kg for arc in problem.arcs), np.int64, size)
    order = np.lexsort((lot, pledge))
    graph = Graph(
        lot_ids=[lot.id for lot in lots],
        pledge_ids=[pledge.id for pledge in pledges],
        available=np.array([lot.available_g for lot in lots], np.int64),
        minimum=np.array([max(1, lot.minimum_g) for lot in lots], np.int64),
        seller=np.array([sellers.get(lot.seller, -1) for lot in lots], np.int64),
        wanted=np.array([pledge.wanted_g for pledge in pledges], np.int64),
        whole=np.array([pledge.whole for pledge in pledges], bool),
        fair=np.array([problem.fair_share.grams[name] for name in sellers], np.int64),
        bonus=bonus,
        lot=lot[order],
        pledge=pledge[order],
        score=score[order],
    )
    return keep(graph, hopeful(graph))


def keep(graph: Graph, kept: Flags) -> Graph:
    """The graph with those arcs only."""
    if kept.all():
        return graph
    return Graph(
        **{
            **graph.__dict__,
            "lot": graph.lot[kept],
            "pledge": graph.pledge[kept],
            "score": graph.score[kept],
        }
    )


def hopeful(graph: Graph) -> Flags:
    """The arcs that can carry their minimum, of pledges that can be filled if they must be."""
    most = graph.most
    fits = (most >= graph.least) & (most > 0)
    reach = np.zeros(len(graph.wanted), np.float64)
    np.add.at(reach, graph.pledge, np.where(fits, most, 0).astype(np.float64))
    # Sums in floats: only what is clearly out of reach is dropped.
    short = graph.whole & (reach < graph.wanted * (1 - 1e-9))
    return fits & ~short[graph.pledge]
