"""The figures of a run that was carried out say what became of it, not what it had proposed."""

import pytest
from django.urls import reverse

from market.models import Lot, User
from orders.actions.demands import cancel_demand
from orders.enums import PolicyKind
from tests.factories.matching import committed, make_lot, make_run
from tests.factories.orders import fresh, make_dock
from tests.factories.talks import make_demand
from tests.pages import logged_in, words_of


@pytest.fixture
def desk(cast) -> User:
    return fresh(cast.commerce_desk)


@pytest.fixture
def lot(cast, reference) -> Lot:
    """5,000 斤 of loofah of tomorrow, which does not keep."""
    return make_lot(cast.household, reference["loofah"], reference["village"], "5000斤", by=cast.farmer)


def test_what_is_gone_is_neither_saved_nor_met_and_spoils_still(cast, reference, desk, lot):
    gone = make_demand(reference["loofah"], make_dock(cast.supermarket), "3000斤", by=fresh(cast.buyer))
    make_demand(reference["loofah"], make_dock(cast.rival_supermarket), "1000斤", by=fresh(cast.rival_buyer))
    make_demand(reference["peach"], make_dock(cast.rival_supermarket), "10斤", by=fresh(cast.rival_buyer))
    run = make_run(desk, PolicyKind.SOONEST)
    proposed = run.figures
    assert (proposed["saved_g"], proposed["spoiling_g"]) == (2_000_000, 500_000)
    assert (proposed["met"], proposed["partly"], proposed["unmet"]) == (2, 0, 1)
    cancel_demand(gone, by=fresh(cast.buyer))

    run = committed(run, desk)

    done = run.figures
    assert (done["booked_g"], done["saved_g"], done["spoiling_g"]) == (500_000, 500_000, 2_000_000)
    assert (done["met"], done["partly"], done["unmet"]) == (1, 0, 2)
    loofah = next(row for row in done["by_produce"] if row["produce"] == reference["loofah"].pk)
    assert (loofah["sold_g"], loofah["left_g"], loofah["spoiling_g"]) == (500_000, 2_000_000, 2_000_000)
    assert run.summary["saved_g"] == 2_000_000  # what was proposed stays on record
    words = words_of(logged_in(cast.commerce_desk).get(reverse("orders:match_run", args=[run.pk])))
    assert "其中挽救快坏的 1,000 斤 = 500 公斤 仍会坏 4,000 斤 = 2 吨" in words


def test_where_all_of_it_holds_the_figures_are_those_proposed(cast, reference, desk, lot):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "3000斤", by=fresh(cast.buyer))
    run = make_run(desk)
    names = ("saved_g", "spoiling_g", "met", "partly", "unmet", "by_produce")
    proposed = {name: run.figures[name] for name in names}

    run = committed(run, desk)

    assert {name: run.figures[name] for name in names} == proposed
