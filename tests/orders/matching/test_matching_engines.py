"""Exact on small days against trying everything; valid, bounded and repeatable on any."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from orders.matching import Allocation, Arc, EngineError, FairShare, Lot, Pledge, Problem, Result, check
from orders.matching.greedy import greedy_result
from orders.matching.parsing import MOST_GRAMS, MOST_SCORE
from orders.matching.worker import CHOICES, solve_here
from tests.orders.matching.matching_days import best_score, days, tiny_day, unit_of

FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def solve(problem: Problem, engine: str = "auto", seconds: float = 20.0) -> Result:
    found = solve_here(problem, seconds=seconds, engine=engine)
    assert check(problem, found) == []
    return found


@FEW
@given(days(network=True))
def test_the_flow_is_the_best_of_all_ways_and_proves_it(problem: Problem) -> None:
    found = solve(problem)

    assert found.method == "flow"
    assert found.score_thousandths == best_score(problem, unit_of(problem)) == found.bound_thousandths


@FEW
@given(days())
def test_minimum_lots_and_whole_pledges_get_the_best_of_all_ways(problem: Problem) -> None:
    best = best_score(problem, unit_of(problem))
    # Amounts between two units may be better where a minimum is no multiple of them; here all are.
    found = solve(problem)

    assert found.score_thousandths >= best
    assert found.bound_thousandths >= found.score_thousandths


@FEW
@given(days(), st.sampled_from(CHOICES))
def test_every_method_keeps_every_rule_below_a_true_bound(problem: Problem, engine: str) -> None:
    found = solve(problem, engine)

    assert found.bound_thousandths >= best_score(problem, unit_of(problem))
    assert found.score_thousandths >= 0


@st.composite
def larger_days(draw: st.DrawFn) -> Problem:
    """Too large to try everything; crooked grams."""
    rng = random.Random(draw(st.integers(0, 10**6)))
    size = draw(st.integers(2, 14))
    lots = tuple(
        Lot(f"l{n}", rng.randint(1, 900_000), rng.choice((0, 0, 1, 25_000, 120_001)), f"c{n % 3}") for n in range(size)
    )
    pledges = tuple(Pledge(f"p{n}", rng.randint(1, 400_000), rng.random() < 0.4) for n in range(3 * size))
    arcs = tuple(
        Arc(lot.id, pledge.id, rng.randint(-50, 1500)) for lot in lots for pledge in pledges if rng.random() < 0.4
    )
    return Problem(lots, pledges, arcs, FairShare(250, {"c0": 200_001, "c1": rng.randint(0, 10**6)}))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(larger_days(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_does_not_matter(problem: Problem, rng: random.Random) -> None:
    shuffled = replace(problem, **{name: tuple(rng.sample(part, len(part))) for name, part in _lists(problem).items()})

    for engine in CHOICES:
        first, second = solve(problem, engine), solve(shuffled, engine)
        assume(not any("clock" in line for line in (*first.log, *second.log)))
        assert (first.allocations, first.bound) == (second.allocations, second.bound)
        assert solve(problem, engine).allocations == first.allocations


def _lists(problem: Problem) -> dict[str, tuple]:
    return {"lots": problem.lots, "pledges": problem.pledges, "arcs": problem.arcs}


def test_the_repaired_flow_beats_greedy_and_the_search_beats_the_repair() -> None:
    rng = random.Random(7)
    lots = tuple(Lot(f"l{n}", rng.randint(200_000, 3_000_000), 100_000, f"c{n % 9}") for n in range(40))
    pledges = tuple(Pledge(f"p{n}", rng.randint(25_000, 900_000), rng.random() < 0.35) for n in range(200))
    arcs = tuple(
        Arc(lot.id, item.id, rng.randint(700, 1500)) for item in pledges for lot in rng.sample(lots, rng.randint(1, 9))
    )
    problem = Problem(lots, pledges, arcs)

    greedy, repaired, searched = (solve(problem, engine) for engine in ("greedy", "flow", "auto"))

    assert greedy.score < repaired.score <= searched.score
    assert (repaired.method, searched.method) == ("flow+repair", "flow+mip")
    assert searched.gap < 0.001


def scarce_day() -> Problem:
    """A day with more wanted than offered."""
    rng = random.Random(3)
    lots = tuple(Lot(f"l{n}", rng.randint(200_000, 2_000_000), 100_000, f"c{n % 9}") for n in range(40))
    pledges = tuple(Pledge(f"p{n}", rng.randint(25_000, 900_000), rng.random() < 0.35) for n in range(160))
    arcs = tuple(Arc(lot.id, item.id, rng.randint(700, 1500)) for item in pledges for lot in rng.sample(lots, 5))
    return Problem(lots, pledges, arcs, FairShare(250, {f"c{n}": 900_000 for n in range(9)}))


def test_pieces_are_searched_on_a_day_too_large_for_one_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    from orders.matching import rounds

    monkeypatch.setattr(rounds, "WHOLE_ARCS", 0)
    problem = scarce_day()

    repaired, searched = solve(problem, "flow"), solve(problem, "mip", seconds=60)

    assert searched.method == "flow+mip-parts"
    assert searched.score > repaired.score
    assert solve(problem, "mip", seconds=60).allocations == searched.allocations


@example(10**12)
@given(st.integers(10**9, MOST_GRAMS))
@settings(max_examples=8, deadline=None)
def test_the_largest_numbers_do_not_overflow(grams: int) -> None:
    size = 30
    lots = tuple(Lot(f"l{n}", grams, 0, "c") for n in range(size))
    pledges = tuple(Pledge(f"p{n}", grams - n) for n in range(size))
    arcs = tuple(
        Arc(lot.id, item.id, MOST_SCORE - (hash((i, j)) % 7))
        for i, lot in enumerate(lots)
        for j, item in enumerate(pledges)
    )
    problem = Problem(lots, pledges, arcs, FairShare(MOST_SCORE, {"c": MOST_GRAMS}))

    found = solve(problem)

    assert found.method == "flow"
    assert found.bound_thousandths == found.score_thousandths > 10**15


def test_a_bonus_is_paid_on_the_first_grams_of_a_seller_only() -> None:
    lots = (Lot("a", 100_000, 0, "c1"), Lot("b", 100_000, 0, ""))
    problem = Problem(
        lots, (Pledge("p", 100_001),), (Arc("a", "p", 1000), Arc("b", "p", 1100)), FairShare(250, {"c1": 30_000})
    )

    found = solve(problem)

    assert found.allocations == (Allocation("a", "p", 30_000), Allocation("b", "p", 70_001))
    assert found.score == 30 * 1250 + 70_001 * 1100 / 1000


def test_nothing_is_given_at_a_loss() -> None:
    problem = Problem(
        (Lot("a", 100, 10),), (Pledge("p", 50), Pledge("w", 50, whole=True)), (Arc("a", "p", -1), Arc("a", "w", -1))
    )

    for engine in CHOICES:
        assert solve(problem, engine).allocations == ()


def test_a_rest_below_a_minimum_is_shifted_to_fill_a_whole_pledge() -> None:
    problem = Problem(
        (Lot("a", 90, 30), Lot("b", 90, 30)), (Pledge("w", 100, whole=True),), (Arc("a", "w", 9), Arc("b", "w", 8))
    )

    assert greedy_result(problem).allocations == (Allocation("a", "w", 70), Allocation("b", "w", 30))
    assert solve(problem).allocations == (Allocation("a", "w", 70), Allocation("b", "w", 30))


@pytest.mark.parametrize("engine", CHOICES)
def test_the_example_of_the_documents(engine: str) -> None:
    problem = Problem((Lot("l1", 400_000, 25_000, "c1"),), (Pledge("p1", 100_000),), (Arc("l1", "p1", 1430),))

    found = solve(problem, engine)

    assert (found.score, found.bound) == (143_000, 143_000)


def test_a_day_in_which_the_flow_breaks_two_rules() -> None:
    found = solve(tiny_day())

    assert found.score_thousandths == best_score(tiny_day(), 10_000)


def test_even_no_time_gives_an_answer() -> None:
    found = solve(tiny_day(), seconds=0.000001)

    assert found.method == "greedy"
    assert "stopped by the clock" in found.log[0]


@pytest.mark.parametrize(("fails_at", "method"), [(1, "flow+repair"), (3, "flow+mip-parts")])
def test_an_engine_that_fails_on_the_way_costs_quality_only(
    monkeypatch: pytest.MonkeyPatch, fails_at: int, method: str
) -> None:
    from orders.matching import mip, rounds

    calls = 0
    true_solve = mip._solve

    def fail(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls >= fails_at:
            raise RuntimeError("something native")
        return true_solve(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(mip, "_solve", fail)
    monkeypatch.setattr(rounds, "WHOLE_ARCS", 0)
    problem = scarce_day()

    found = solve(problem)

    assert found.method == method
    assert "something native" in found.note
    with pytest.raises(EngineError, match="something native"):
        solve_here(problem, seconds=20, engine="mip")


def test_a_flow_engine_that_fails_leaves_the_greedy_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from orders.matching import flow

    def fail() -> object:
        raise ValueError("no such symbol")

    monkeypatch.setattr(flow, "_load", fail)

    found = solve(tiny_day())

    assert (found.method, found.note) == ("greedy", "No engine gave a matching: The engines failed: no such symbol.")
