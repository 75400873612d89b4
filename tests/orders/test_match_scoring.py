"""Points of a kilogram and shares, added up by hand."""

import pytest

from orders.enums import PolicyKind
from orders.policies import FIRST_VERSIONS, PARAMETERS, Weights, is_within
from orders.scoring import near_points, split, urgency_points


def weights(kind: PolicyKind = PolicyKind.SOONEST, **changes) -> Weights:
    return Weights.of(kind, {**FIRST_VERSIONS[kind][1], **changes})


@pytest.mark.parametrize(("hours", "points"), [(-5, 900), (0, 900), (24, 600), (36, 450), (71, 12), (72, 0), (2000, 0)])
def test_urgency_falls_to_nothing_in_equal_steps(hours, points):
    assert urgency_points(hours, weights(urgency=900, urgent_hours=72)) == points


@pytest.mark.parametrize(("km", "points"), [(None, 0), (0, 900), (50, 450), (99, 9), (100, 0), (400, 0)])
def test_nearness_falls_to_nothing_in_equal_steps(km, points):
    assert near_points(km, weights(PolicyKind.NEAREST)) == points


@pytest.mark.parametrize(
    ("grams", "wanted", "parts"),
    [
        (10, {1: 3, 2: 3}, {1: 3, 2: 3}),
        (10, {1: 10, 2: 10, 3: 10}, {1: 4, 2: 3, 3: 3}),
        (100, {1: 90, 2: 30}, {1: 75, 2: 25}),
        (7, {5: 4, 6: 8}, {5: 2, 6: 5}),
        (0, {1: 5}, {1: 0}),
    ],
)
def test_shares_add_up_and_equal_remainders_go_by_number(grams, wanted, parts):
    assert split(grams, wanted) == parts
    assert sum(parts.values()) == min(grams, sum(wanted.values()))


def test_every_first_version_is_within_its_bounds_and_ranks_what_is_promised_first():
    for kind, (_text, parameters) in FIRST_VERSIONS.items():
        assert set(parameters) == set(PARAMETERS)
        assert Weights.of(kind, parameters).stretch < parameters["firm"] > parameters["rest"]


@pytest.mark.parametrize("value", [True, 1.5, "3", None, -1, 101])
def test_a_parameter_is_a_whole_number_within_bounds(value):
    assert not is_within("share_percent", value)
    with pytest.raises(ValueError, match="share_percent"):
        weights(share_percent=value)
