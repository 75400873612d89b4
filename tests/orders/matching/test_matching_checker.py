"""The judge finds every broken rule, and only those."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orders.matching import Result, check
from orders.matching.checker import score
from tests.orders.matching.matching_days import result, tiny_day

Piece = tuple[str, str, int]


def valid(*pieces: Piece) -> Result:
    found = result(*pieces)
    return replace(found, score_thousandths=score(tiny_day(), found.allocations))


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [("l1", "p1", 30_000)],
        [("l1", "p1", 70_000), ("l1", "p2", 30_000), ("l2", "p2", 30_000), ("l2", "p3", 1)],
    ],
)
def test_a_valid_result_is_accepted(pieces: list[Piece]) -> None:
    assert check(tiny_day(), valid(*pieces)) == []


@pytest.mark.parametrize(
    ("pieces", "kinds"),
    [
        ([("l9", "p1", 30_000)], {"unknown_arc"}),
        ([("l1", "p3", 30_000)], {"unknown_arc"}),
        ([("l1", "p1", 30_000), ("l1", "p1", 30_000)], {"allocated_twice"}),
        ([("l1", "p1", 29_999)], {"below_minimum"}),
        ([("l2", "p3", 0)], {"below_minimum"}),
        ([("l2", "p3", -5)], {"below_minimum"}),
        ([("l2", "p2", 60_000)], {"lot_oversold"}),
        ([("l1", "p1", 80_001)], {"pledge_overfilled"}),
        ([("l1", "p2", 59_999)], {"pledge_not_whole"}),
        ([("l1", "p1", 80_000), ("l1", "p2", 60_000)], {"lot_oversold"}),
    ],
)
def test_each_broken_rule_is_found(pieces: list[Piece], kinds: set[str]) -> None:
    found = check(tiny_day(), result(*pieces))

    assert {violation.kind for violation in found} - {"score"} == kinds
    assert all(violation.message.endswith(".") for violation in found)


def test_totals_are_not_believed() -> None:
    good = valid(("l1", "p1", 40_000))

    assert good.score == 40 * 1500 + 35 * 250
    assert [v.kind for v in check(tiny_day(), replace(good, score_thousandths=1))] == ["score"]
    assert [v.kind for v in check(tiny_day(), replace(good, bound_thousandths=good.score_thousandths - 1))] == ["bound"]


def test_a_loss_is_not_accepted() -> None:
    day = replace(tiny_day(), arcs=tuple(arc._replace(score_per_kg=-900) for arc in tiny_day().arcs))
    found = result(("l1", "p1", 40_000))

    assert "loss" in {violation.kind for violation in check(day, found)}
