"""What produce loses on the way by itself: leaves more than melons, and what the bureau typed stays."""

import csv
from pathlib import Path

from market.actions import reference
from market.models import Produce


def rows():
    with (
        Path(reference.__file__).parents[1].joinpath("data/produce.csv").open(encoding="utf-8-sig", newline="") as file
    ):
        return {row["slug"]: row for row in csv.DictReader(file)}


def test_every_figure_is_marked_as_an_estimate_and_plausible():
    for slug, row in rows().items():
        assert row["shrink_basis"] in ("S", "R", "E"), slug
        assert 0 <= int(row["shrink_permille"]) <= 50, slug


def test_leaves_lose_more_than_melons():
    loss = {slug: int(row["shrink_permille"]) for slug, row in rows().items()}
    assert loss["kongxincai"] > loss["sigua"] > loss["donggua"] > 0


def test_a_new_installation_has_them(db):
    reference.load_reference()
    found = dict(Produce.objects.values_list("slug", "shrink_permille"))
    assert (found["kongxincai"], found["sigua"], found["donggua"]) == (30, 15, 5)
