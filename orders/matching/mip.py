"""Minimum lots and whole pledges decided exactly by HiGHS, for a small graph; its answer is only a proposal.

What is used and what is not is read from the engine's answer; the grams then come from an exact flow in which
that is decided. Floating-point values are never booked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orders.matching.budget import checks_for, work_of
from orders.matching.flow import solve_flow
from orders.matching.graph import Flags, Graph, Ints
from orders.matching.model import EngineError

THREADS = 1
"""The same in every solve: HiGHS keeps one pool of threads per process and gives no answer for another number."""
SAFETY = 1e-6
"""The engine's bound is a float found within tolerances; this share of it is added before it is believed."""
LARGEST_KG = 1e6
"""Above this the engine's tolerances are grams, and its bound proves nothing."""


@dataclass(frozen=True)
class Limits:
    """When a solve ends. Nodes and effort repeat themselves, seconds do not: they are the last resort."""

    seconds: float
    nodes: int
    gap: float
    effort: int | None = None


@dataclass(frozen=True)
class Proposal:
    """Exact grams where a valid answer was found, the engine's bound in thousandths, and was it in time?

    ``is_done``: neither clock nor effort ended it. ``work`` is what was done, in units of effort.
    """

    grams: Ints | None
    bound: int | None
    in_time: bool
    is_done: bool
    work: int


def solve_mip(graph: Graph, start: Ints | None, limits: Limits, seed: int = 1) -> Proposal:
    """The best answer found for a graph. Raises: EngineError, whatever the engine raises."""
    highspy = _load()
    try:
        return _solve(highspy, graph, start, limits, seed)
    except EngineError:
        raise
    except Exception as error:  # native code raises anything, and an answer must come out
        raise EngineError(f"The engine mip failed: {error}.") from error


def _solve(highspy: Any, graph: Graph, start: Ints | None, limits: Limits, seed: int) -> Proposal:
    engine, model = highspy.Highs(), _Model(graph)
    for name, value in (
        ("output_flag", False),
        ("threads", THREADS),
        ("parallel", "off"),
        ("random_seed", seed),
        ("time_limit", max(0.01, limits.seconds)),
        ("mip_max_nodes", limits.nodes),
        ("mip_rel_gap", limits.gap),
        ("mip_feasibility_tolerance", 1e-7),
        ("primal_feasibility_tolerance", 1e-7),
    ):
        engine.setOptionValue(name, value)
    if engine.passModel(model.build(highspy)) == highspy.HighsStatus.kError:
        raise EngineError("HiGHS refused the model.")
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = model.values_of(start)
        engine.setSolution(solution)
    if limits.effort is not None:
        _limit_checks(engine, checks_for(limits.effort, sum(model.sizes)))
    engine.run()
    return _read(graph, model, engine, highspy)


def _limit_checks(engine: Any, most: int) -> None:
    """End the solve when HiGHS has asked so many times whether to go on. Its nodes do not count what the root costs,
    and it has no limit for iterations over all that it solves; its questions come at the same places each time.
    """
    asked = 0

    def answer(_kind: Any, _message: str, _said: Any, reply: Any, _data: Any) -> None:
        nonlocal asked
        asked += 1
        if asked > most:
            reply.user_interrupt = True

    engine.setCallback(answer, None)
    engine.startCallback(_load().cb.HighsCallbackType.kCallbackMipInterrupt)


def _read(graph: Graph, model: _Model, engine: Any, highspy: Any) -> Proposal:
    status = engine.getModelStatus()
    kinds = highspy.HighsModelStatus
    if status not in (kinds.kOptimal, kinds.kTimeLimit, kinds.kSolutionLimit, kinds.kInterrupt, kinds.kIterationLimit):
        raise EngineError(f"HiGHS ended with status {engine.modelStatusToString(status)}.")
    info = engine.getInfo()
    grams = None
    if info.primal_solution_status == highspy.kSolutionStatusFeasible:
        grams = model.settle(np.array(engine.getSolution().col_value))
    bound = info.mip_dual_bound
    usable = math.isfinite(bound) and graph.most.max(initial=0) <= LARGEST_KG * 1000
    proven = math.ceil(bound * 1000 * (1 + SAFETY)) + 1 if usable else None
    work = work_of(len(graph.lot), sum(model.sizes), max(0, info.simplex_iteration_count))
    in_time = status != kinds.kTimeLimit
    return Proposal(grams, proven, in_time, in_time and status != kinds.kInterrupt, work)


class _Model:
    """Columns: kilograms of each arc, is it used, is each whole pledge filled, kilograms with bonus.

    Scores are in units of a yuan times kilogram, so an objective in thousandths is a thousand times its value.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.most = graph.most
        self.small = np.flatnonzero(graph.least > 1)
        """Arcs that need a yes or no of their own."""
        self.wholes = np.flatnonzero(graph.whole)
        self.sizes = (len(graph.lot), len(self.small), len(self.wholes), len(graph.fair))

    def build(self, highspy: Any) -> Any:
        """The model as HiGHS takes it, rows compressed."""
        graph, (arcs, small, wholes, sellers) = self.graph, self.sizes
        use, fill, fair = arcs, arcs + small, arcs + small + wholes
        rows = _Rows(arcs + small + wholes + sellers)
        every = np.arange(arcs)
        lots, pledges = len(graph.available), len(graph.wanted)
        rows.add(lots, -np.inf, graph.available / 1000, (graph.lot, every, 1.0))
        limit = np.where(graph.whole, 0.0, graph.wanted / 1000)
        rows.add(
            pledges,
            np.where(graph.whole, 0.0, -np.inf),
            limit,
            (graph.pledge, every, 1.0),
            (self.wholes, fill + np.arange(wholes), -graph.wanted[self.wholes] / 1000),
        )
        number = np.arange(small)
        pairs = (number, self.small, 1.0)
        rows.add(small, -np.inf, 0.0, pairs, (number, use + number, -self.most[self.small] / 1000))
        rows.add(small, 0.0, np.inf, pairs, (number, use + number, -graph.least[self.small] / 1000))
        if sellers:
            seller = graph.seller[graph.lot]
            held = np.flatnonzero(seller >= 0)
            rows.add(
                sellers, -np.inf, 0.0, (seller[held], held, -1.0), (np.arange(sellers), fair + np.arange(sellers), 1.0)
            )
        return self._finish(highspy, rows)

    def _finish(self, highspy: Any, rows: _Rows) -> Any:
        graph, (arcs, small, wholes, sellers) = self.graph, self.sizes
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = sum(self.sizes), rows.count
        lp.col_cost_ = np.concatenate(
            [graph.score.astype(float), np.zeros(small + wholes), np.full(sellers, float(graph.bonus))]
        )
        lp.col_lower_ = np.zeros(lp.num_col_)
        lp.col_upper_ = np.concatenate([self.most / 1000, np.ones(small + wholes), graph.fair / 1000])
        lp.sense_ = highspy.ObjSense.kMaximize
        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        lp.integrality_ = [real] * arcs + [whole] * (small + wholes) + [real] * sellers
        rows.write(lp, highspy)
        return lp

    def values_of(self, grams: Ints) -> NDArray[np.float64]:
        """The columns of a valid answer."""
        graph = self.graph
        filled = graph.filled(grams)[self.wholes] > 0
        bonus = np.minimum(graph.sold(grams), graph.fair) / 1000
        return np.concatenate([grams / 1000, grams[self.small] > 0, filled, bonus]).astype(float)

    def settle(self, values: NDArray[np.float64]) -> Ints | None:
        """Whole grams for what the engine decided to use, or nothing where it does not hold exactly."""
        graph, (arcs, small, wholes, _) = self.graph, self.sizes
        on: Flags = np.ones(arcs, bool)
        on[self.small] = values[arcs : arcs + small] > 0.5
        must = graph.whole.copy()
        must[self.wholes] = values[arcs + small : arcs + small + wholes] > 0.5
        on &= ~graph.whole[graph.pledge] | must[graph.pledge]
        least = np.where(on & (graph.least > 1), graph.least, 0)
        try:
            return solve_flow(graph, least=least, most=np.where(on, self.most, 0), must=must)
        except EngineError:
            return None


class _Rows:
    """Rows of a model, collected block by block."""

    def __init__(self, columns: int) -> None:
        self.columns, self.count = columns, 0
        self.parts: list[tuple[Ints, Ints, NDArray[np.float64]]] = []
        self.lower: list[NDArray[np.float64]] = []
        self.upper: list[NDArray[np.float64]] = []

    def add(self, count: int, lower: Any, upper: Any, *entries: tuple[Ints, Ints, Any]) -> None:
        """So many rows with these limits; an entry is rows, columns and coefficients."""
        for row, column, value in entries:
            self.parts.append((row + self.count, column, np.broadcast_to(np.asarray(value, float), row.shape)))
        self.lower.append(np.broadcast_to(np.asarray(lower, float), (count,)))
        self.upper.append(np.broadcast_to(np.asarray(upper, float), (count,)))
        self.count += count

    def write(self, lp: Any, highspy: Any) -> None:
        """Put the rows into the model."""
        row, column, value = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        order = np.lexsort((column, row))
        lp.row_lower_, lp.row_upper_ = np.concatenate(self.lower), np.concatenate(self.upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = self.columns, self.count
        lp.a_matrix_.start_ = np.searchsorted(row[order], np.arange(self.count + 1))
        lp.a_matrix_.index_ = column[order]
        lp.a_matrix_.value_ = value[order]


def _load() -> Any:
    try:
        import highspy
    except (ImportError, OSError) as error:
        raise EngineError(f"The engine mip is not installed here: {error}.") from error
    return highspy
