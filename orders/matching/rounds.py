"""The steps of one matching with engines, and what was said about each."""

from __future__ import annotations

import time

import numpy as np

from orders.matching.budget import ARCS_READ, Budget
from orders.matching.flow import solve_flow
from orders.matching.graph import Flags, Graph, Ints, keep, make_graph
from orders.matching.mip import Limits, solve_mip
from orders.matching.model import EngineError, Problem, Result
from orders.matching.prices import Prices, bound_of, find_prices
from orders.matching.repair import find_broken, make_valid
from orders.matching.search import LEAST_SECONDS, SATISFYING, Search, best_arcs

WHOLE_ARCS = 2_500
"""Up to this many arcs HiGHS gets the whole day first, and its bound is worth having."""
LAST_ARCS = 30_000
"""Up to this many it gets the whole day last, where the pieces ended with time left and far from the bound."""
WHOLE_SHARE = 0.7
EXACT_ARCS = 300
WHOLE_GAP = 4e-4
WHOLE_NODES = 20_000


class Rounds:
    """One run: the graph, the best answer so far, the bound and the log."""

    def __init__(self, problem: Problem, seed: int, engine: str, budget: Budget) -> None:
        self.graph: Graph = make_graph(problem)
        self.seed, self.engine, self.budget = seed, engine, budget
        self.log: list[str] = []
        self.bound, self.note = 0, ""

    def result(self) -> Result:
        """Run the steps. Raises: EngineError."""
        graph = self.graph
        self.budget.count(len(graph.lot) // ARCS_READ)
        flow = solve_flow(graph)
        prices = find_prices(graph, flow)
        self.bound = bound_of(graph, prices)
        self._say("flow", graph.score_of(flow))
        if not any(broken.any() for broken in find_broken(graph, flow)):
            return self._finish(flow, "flow")
        kept = best_arcs(graph, flow, prices.reduced(graph))
        small = keep(graph, kept)
        grams = np.zeros_like(flow)
        grams[kept] = make_valid(small, flow[kept], prices, self.budget)
        self._say("repair", graph.score_of(grams))
        if self.engine == "flow":
            return self._finish(grams, "flow+repair")
        try:
            return self._finish(*self._improve(grams, kept, small, prices))
        except EngineError as error:
            if self.engine == "mip":
                raise
            self.note = f"The flow is repaired and not improved: {error}"
            return self._finish(grams, "flow+repair")

    def _improve(self, grams: Ints, kept: Flags, small: Graph, prices: Prices) -> tuple[Ints, str]:
        """The whole day at once where it is small, then piece by piece. Raises: EngineError."""
        arcs = len(self.graph.lot)
        if arcs <= WHOLE_ARCS:
            grams, done = self._solve_whole(grams, WHOLE_SHARE)
            if done:
                return grams, "flow+mip"
        grams, done = self._search(grams, kept, small, prices)
        # Far from the bound with time left: perhaps it is the bound that is weak.
        if (
            done
            and WHOLE_ARCS < arcs <= LAST_ARCS
            and self.bound - self.graph.score_of(grams) > SATISFYING * self.bound
            and (not self.budget.is_counted or self.budget.rest() >= arcs)
        ):
            grams, _ = self._solve_whole(grams, 1.0)
        return grams, "flow+mip-parts"

    def _search(self, grams: Ints, kept: Flags, small: Graph, prices: Prices) -> tuple[Ints, bool]:
        """Piece by piece; done where neither budget nor engine ended it. Raises: EngineError."""
        search = Search(small, grams[kept], prices, self.bound)
        try:
            search.run(self.budget, self.seed)
        except EngineError as error:
            if self.engine == "mip" or not search.pieces:
                raise
            self.note = f"The search ended early: {error}"
        grams = grams.copy()
        grams[kept] = search.grams
        self._say(f"mip ({search.pieces} pieces{self._ended(search.is_done)})", self.graph.score_of(grams))
        return grams, search.is_done and not self.note

    def _solve_whole(self, grams: Ints, share: float) -> tuple[Ints, bool]:
        """HiGHS on every arc, with its own bound; done where no budget ended it."""
        budget = self.budget
        seconds = budget.seconds(share=share)
        if not budget.goes_on(LEAST_SECONDS / share):
            return grams, False
        gap = 0.0 if len(self.graph.lot) <= EXACT_ARCS else WHOLE_GAP
        limits = Limits(seconds, WHOLE_NODES, gap, budget.rest() if budget.is_counted else None)
        proposal = solve_mip(self.graph, grams, limits, self.seed)
        budget.count(proposal.work)
        budget.is_cut |= not proposal.in_time
        if proposal.grams is not None and self.graph.score_of(proposal.grams) > self.graph.score_of(grams):
            grams = proposal.grams
        if proposal.bound is not None:
            self.bound = max(min(self.bound, proposal.bound), self.graph.score_of(grams))
        self._say(f"mip (whole{self._ended(proposal.is_done)})", self.graph.score_of(grams))
        return grams, proposal.is_done

    def _ended(self, is_done: bool) -> str:
        if is_done:
            return ""
        return ", stopped by the clock" if self.budget.is_cut else ", effort spent"

    def _say(self, step: str, score: int) -> None:
        gap = 100 * (self.bound - score) / self.bound if self.bound else 0.0
        spent = f"effort {self.budget.done}, {time.process_time():.2f} CPU s"
        self.log.append(f"{step}: {gap:.3f} % below the bound after {spent}.")

    def _finish(self, grams: Ints, method: str) -> Result:
        score = self.graph.score_of(grams)
        return Result(
            self.graph.allocations(grams),
            score,
            max(self.bound, score),
            method,
            note=self.note,
            log=tuple(self.log),
            is_cut=self.budget.is_cut,
        )
