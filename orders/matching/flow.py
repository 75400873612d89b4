"""The matching as a minimum-cost flow: exact where there are no minimum lots and no whole pledges.

Source → (seller with a fair share →) lot → pledge → sink, with a free way from source to sink for what is
better left. All numbers are whole: grams, and scores per kilogram as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from orders.matching.graph import Flags, Graph, Ints
from orders.matching.model import EngineError


def solve_flow(graph: Graph, *, least: Ints | None = None, most: Ints | None = None, must: Flags | None = None) -> Ints:
    """Grams on each arc, worth as much as possible. Raises: EngineError.

    ``most`` limits the arcs. ``least`` and ``must`` hold for arcs that carry at least so much and pledges
    that get all they want: for answers in which these are decided already.
    """
    size = len(graph.lot)
    if not size:
        return np.zeros(0, np.int64)
    most = graph.most if most is None else most
    network = _Network(graph, most, least, must)
    return network.solve()


class _Network:
    def __init__(self, graph: Graph, most: Ints, least: Ints | None, must: Flags | None) -> None:
        self.graph = graph
        self.least = np.zeros(len(graph.lot), np.int64) if least is None else least
        lots, pledges, sellers = len(graph.available), len(graph.wanted), len(graph.fair)
        self.available = graph.available - graph.taken(self.least)
        self.wanted = graph.wanted - graph.filled(self.least)
        self.sold = graph.sold(self.least)
        self.most = most - self.least
        self.must = np.zeros(pledges, bool) if must is None else must
        if min(self.available.min(), self.wanted.min(), self.most.min()) < 0:
            raise EngineError("The minimums together are more than there is.")
        self.seller_at, self.pledge_at = lots, lots + sellers
        self.source, self.sink = lots + sellers + pledges, lots + sellers + pledges + 1

    def arcs(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Tail, head, capacity and cost of every arc, those of the graph first."""
        graph = self.graph
        lots, pledges, sellers = len(graph.available), len(graph.wanted), len(graph.fair)
        held = graph.seller >= 0
        begin = np.where(held, self.seller_at + graph.seller, self.source)
        all_of = np.zeros(sellers, np.int64)
        np.add.at(all_of, graph.seller[held], self.available[held])
        fair = np.clip(graph.fair - self.sold, 0, all_of)
        seller_nodes = self.seller_at + np.arange(sellers)
        source, sink = np.full(sellers, self.source), np.full(pledges, self.sink)
        loose = np.where(self.must, 0, self.wanted)
        nothing = np.zeros(lots + pledges + sellers, np.int64)
        return (
            np.concatenate([graph.lot, begin, self.pledge_at + np.arange(pledges), source, source]),
            np.concatenate([self.pledge_at + graph.pledge, np.arange(lots), sink, seller_nodes, seller_nodes]),
            np.concatenate([self.most, self.available, loose, fair, all_of - fair]),
            np.concatenate(
                [-graph.score, nothing[: -sellers or None], np.full(sellers, -graph.bonus), nothing[:sellers]]
            ),
        )

    def solve(self) -> Ints:
        flow = _load()
        tail, head, capacity, cost = self.arcs()
        flow.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
        total = int(self.available.sum())
        flow.add_arc_with_capacity_and_unit_cost(self.source, self.sink, total, 0)
        needed = np.where(self.must, self.wanted, 0)
        flow.set_node_supply(self.source, total)
        for pledge in np.flatnonzero(needed).tolist():
            flow.set_node_supply(self.pledge_at + pledge, -int(needed[pledge]))
        flow.set_node_supply(self.sink, int(needed.sum()) - total)
        status = flow.solve()
        if status != flow.OPTIMAL:
            raise EngineError(f"The flow engine ended with status {status}.")
        found: Ints = flow.flows(np.arange(len(self.graph.lot)))
        return found + self.least


def _load() -> Any:
    try:
        from ortools.graph.python import min_cost_flow
    except (ImportError, OSError) as error:
        raise EngineError(f"The engine flow is not installed here: {error}.") from error
    return min_cost_flow.SimpleMinCostFlow()
