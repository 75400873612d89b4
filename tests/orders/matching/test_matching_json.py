"""The JSON shapes, round and round, and a sentence with the field's name for everything malformed."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.matching import Arc, FairShare, Lot, Pledge, Problem, ProblemError, Result
from orders.matching.run import _write
from tests.orders.matching.matching_days import days, result, tiny_day


def document(**changes: Any) -> dict[str, Any]:
    return {**tiny_day().to_json(), **changes}


@settings(max_examples=50, deadline=None)
@given(days())
def test_a_problem_survives_text_and_object_alike(problem: Problem) -> None:
    assert Problem.from_json(json.dumps(problem.to_json())) == problem
    assert Problem.from_json(problem.to_json()) == problem
    assert Problem.from_json("".join(_write(problem))) == problem


def test_a_result_survives_too() -> None:
    found = result(("l1", "p1", 40_001), score=60_001_500, bound=60_001_501)

    assert Result.from_json(json.dumps(found.to_json())) == found
    assert found.to_json()["score"] == 60_001.5
    assert result(score=5000).to_json()["score"] == 5
    assert isinstance(result(score=5000).to_json()["score"], int)


def test_optional_fields_may_be_missing_or_null() -> None:
    bare = {
        "lots": [{"id": "a", "available_g": 5}],
        "pledges": [{"id": "p", "wanted_g": 5}],
        "arcs": [{"lot": "a", "pledge": "p", "score_per_kg": -2}],
    }
    null = {
        "lots": [{"id": "a", "available_g": 5, "minimum_g": None, "seller": None}],
        "pledges": [{"id": "p", "wanted_g": 5, "whole": None, "colour": "green"}],
        "arcs": [{"lot": "a", "pledge": "p", "score_per_kg": -2}],
        "fair_share": None,
    }
    expected = Problem((Lot("a", 5),), (Pledge("p", 5),), (Arc("a", "p", -2),), FairShare())

    assert Problem.from_json(json.dumps(bare)) == Problem.from_json(json.dumps(null)) == expected


LOT, PLEDGE = {"id": "x", "available_g": 1}, {"id": "y", "wanted_g": 1}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lots": {}}, "lots must be a list."),
        ({"lots": [1]}, "lots[0] must be an object."),
        ({"lots": [{"available_g": 1}]}, "lots[0].id must be a non-empty text."),
        ({"lots": [{"id": 7, "available_g": 1}]}, "lots[0].id must be a non-empty text."),
        ({"lots": [{"id": "x"}]}, "lots[0].available_g must be a whole number."),
        ({"lots": [{**LOT, "available_g": 1.5}]}, "lots[0].available_g must be a whole number."),
        ({"lots": [{**LOT, "available_g": 10**13}]}, "lots[0].available_g must be between 0 and 1000000000000."),
        ({"lots": [{**LOT, "minimum_g": -1}]}, "lots[0].minimum_g must be between"),
        ({"lots": [{**LOT, "seller": 3}]}, "lots[0].seller must be a non-empty text."),
        ({"lots": [LOT, LOT]}, "lots[1].id 'x' is used twice."),
        ({"pledges": [{**PLEDGE, "wanted_g": True}]}, "pledges[0].wanted_g must be a whole number."),
        ({"pledges": [{**PLEDGE, "whole": "yes"}]}, "pledges[0].whole must be true or false."),
        ({"pledges": [PLEDGE, PLEDGE]}, "pledges[1].id 'y' is used twice."),
        ({"pledges": None}, "pledges must be a list."),
        ({"arcs": [3]}, "arcs[0] must be an object."),
        ({"arcs": [{"lot": "l1", "pledge": "p1"}]}, "arcs[0].score_per_kg is missing."),
        (
            {"arcs": [{"lot": "l1", "pledge": "p1", "score_per_kg": "9"}]},
            "arcs[0].score_per_kg must be a whole number.",
        ),
        ({"arcs": [{"lot": "l1", "pledge": "p1", "score_per_kg": 10**9}]}, "arcs[0].score_per_kg must be between"),
        ({"arcs": [{"lot": "nope", "pledge": "p1", "score_per_kg": 1}]}, "arcs[0].lot 'nope' is not one of the lots."),
        ({"arcs": [{"lot": ["l1"], "pledge": "p1", "score_per_kg": 1}]}, "arcs[0].lot ['l1'] is not one of the lots."),
        ({"arcs": [{"lot": "l1", "pledge": {}, "score_per_kg": 1}]}, "arcs[0].pledge {} is not one of the pledges."),
        ({"arcs": [{"lot": "l1", "score_per_kg": 1}]}, "arcs[0].pledge None is not one of the pledges."),
        (
            {"arcs": 2 * [{"lot": "l1", "pledge": "p1", "score_per_kg": 1}]},
            "arcs[1] is a second arc from lot 'l1' to pledge 'p1'.",
        ),
        ({"fair_share": 3}, "fair_share must be an object."),
        ({"fair_share": {"bonus_per_kg": -1}}, "fair_share.bonus_per_kg must be between"),
        ({"fair_share": {"bonus_per_kg": 1, "grams": {"c1": "x"}}}, "fair_share.grams.c1 must be a whole number."),
        ({"fair_share": {"bonus_per_kg": 1, "grams": [1]}}, "fair_share.grams must be an object."),
    ],
)
def test_every_refusal_names_its_field(changes: dict[str, Any], said: str) -> None:
    for value in (document(**changes), json.dumps(document(**changes))):
        with pytest.raises(ProblemError) as refused:
            Problem.from_json(value)

        assert str(refused.value).startswith(said)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["lots", "pledges", "arcs", "id", "lot", "pledge", "score_per_kg", "available_g", "grams"]),
            inner,
            max_size=5,
        )
    ),
)


@settings(max_examples=300, deadline=None)
@given(json_values, st.sampled_from(["lots", "pledges", "arcs", "fair_share", None]))
def test_anything_at_all_is_a_problem_or_a_sentence(value: Any, field: str | None) -> None:
    text = json.dumps(value if field is None else document(**{field: value}))

    for read in (Problem.from_json, Result.from_json):
        with contextlib.suppress(ProblemError):
            read(text)


def test_half_a_pair_of_surrogates_in_a_name_is_printed_as_json_escapes_it(tmp_path) -> None:
    path = tmp_path / "problem.json"
    lot = {"id": "\ud800", "available_g": 1000}
    arc = {"lot": "\ud800", "pledge": "P", "score_per_kg": 5}
    path.write_text(json.dumps({"lots": [lot], "pledges": [{"id": "P", "wanted_g": 500}], "arcs": [arc]}))

    command = [sys.executable, "-m", "orders.matching", str(path), "--seconds", "1"]
    done = subprocess.run(command, capture_output=True, check=False)

    assert done.returncode == 0
    assert json.loads(done.stdout)["allocations"] == [{"lot": "\ud800", "pledge": "P", "grams": 500}]
