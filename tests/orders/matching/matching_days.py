"""Small matching days for tests, random ones for hypothesis, and the best answer found by trying everything."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import strategies as st

from orders.matching import Allocation, Arc, FairShare, Lot, Pledge, Problem, Result


def tiny_day(**changes: object) -> Problem:
    """Two lots, three pledges; the flow alone breaks a minimum and an all-or-nothing."""
    day = Problem(
        lots=(Lot("l1", 100_000, 30_000, "c1"), Lot("l2", 50_000, 0, "c2")),
        pledges=(Pledge("p1", 80_000), Pledge("p2", 60_000, whole=True), Pledge("p3", 40_000)),
        arcs=(
            Arc("l1", "p1", 1500),
            Arc("l1", "p2", 1400),
            Arc("l2", "p2", 1300),
            Arc("l2", "p3", 1000),
        ),
        fair_share=FairShare(250, {"c1": 35_000, "c2": 20_000}),
    )
    return replace(day, **changes)  # type: ignore[arg-type]


def result(*pieces: tuple[str, str, int], score: int = 0, bound: int = 10**15, method: str = "flow") -> Result:
    """A result with these allocations; score and bound in thousandths."""
    return Result(tuple(Allocation(*piece) for piece in pieces), score, bound, method)


@st.composite
def days(
    draw: st.DrawFn, *, network: bool = False, most: int = 3, grams: int = 4, units: tuple[int, ...] = (1, 700, 100_003)
) -> Problem:
    """Random days with quantities of a few units; losing arcs, empty lots and unreachable pledges included."""
    unit = draw(st.sampled_from(units))
    amount = st.integers(0, grams)
    sellers = st.sampled_from(["", "c1", "c2"])
    lots = tuple(
        Lot(f"l{n}", unit * draw(amount), 0 if network else unit * draw(amount), draw(sellers))
        for n in range(draw(st.integers(0, most)))
    )
    pledges = tuple(
        Pledge(f"p{n}", unit * draw(amount), False if network else draw(st.booleans()))
        for n in range(draw(st.integers(0, most)))
    )
    pairs = [(lot.id, pledge.id) for lot in lots for pledge in pledges]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=5)) if pairs else []
    arcs = tuple(Arc(lot, pledge, draw(st.integers(-300, 1500))) for lot, pledge in chosen)
    share = draw(st.dictionaries(st.sampled_from(["c1", "c2", "c9"]), amount.map(lambda g: g * unit)))
    return Problem(lots, pledges, arcs, FairShare(draw(st.sampled_from([0, 250])), share))


def best_score(problem: Problem, unit: int) -> int:
    """The best score in thousandths, by trying every amount of whole units on every arc."""
    lots, pledges = problem.lot_by_id, problem.pledge_by_id
    ranges = [range(1 + min(lots[arc.lot].available_g, pledges[arc.pledge].wanted_g) // unit) for arc in problem.arcs]
    return max(_worth(problem, [unit * amount for amount in amounts]) for amounts in itertools.product(*ranges))


def unit_of(problem: Problem) -> int:
    """The unit that ``days`` drew; 1 where nothing shows it."""
    amounts = [lot.available_g for lot in problem.lots] + [pledge.wanted_g for pledge in problem.pledges]
    return max((unit for unit in (1, 700, 100_003) if all(g % unit == 0 for g in amounts)), default=1)


def _worth(problem: Problem, amounts: list[int]) -> int:
    """The score of one way, or -1 where a rule forbids it."""
    pieces = list(zip(problem.arcs, amounts, strict=True))
    for lot in problem.lots:
        given = [grams for arc, grams in pieces if arc.lot == lot.id and grams]
        if sum(given) > lot.available_g or any(grams < lot.minimum_g for grams in given):
            return -1
    for pledge in problem.pledges:
        got = sum(grams for arc, grams in pieces if arc.pledge == pledge.id)
        if got > pledge.wanted_g or (pledge.whole and got not in (0, pledge.wanted_g)):
            return -1
    total = sum(arc.score_per_kg * grams for arc, grams in pieces)
    for seller, fair in problem.fair_share.grams.items():
        sold = sum(grams for arc, grams in pieces if problem.lot_by_id[arc.lot].seller == seller)
        total += problem.fair_share.bonus_per_kg * min(sold, fair)
    return total
