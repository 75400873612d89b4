"""3–4 吨: three are promised, the fourth is welcome and becomes real only when it is granted."""

import pytest
from django.db import IntegrityError, transaction

from market.models import Event, Lot
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.actions.stretches import grant_stretch
from orders.exceptions import MostBelowFirm, RaiseTooLarge, StretchTooLarge
from orders.models import Allocation, Pledge
from tests.factories.orders import fresh, kg


@pytest.fixture
def stretched(place) -> Pledge:
    """100 斤 firm, 200 斤 at most."""
    return place(most=kg("200斤"))


def grant(pledge: Pledge, text: str) -> Pledge:
    return grant_stretch(pledge, grams=kg(text).grams, why="match", by=None)


def reserved(lot: Lot) -> int:
    return Lot.objects.get(pk=lot.pk).reserved_g


def test_only_the_firm_part_is_reserved_at_placement(stretched, lot):
    assert (stretched.firm_g, stretched.most_g, stretched.granted_g) == (50_000, 100_000, 0)
    assert reserved(lot) == 50_000


def test_a_pledge_without_a_range_has_no_stretch(pledge):
    assert pledge.most_g == pledge.firm_g
    with pytest.raises(StretchTooLarge):
        grant(pledge, "1斤")


def test_what_is_granted_is_reserved_and_written_down(stretched, lot):
    grant(stretched, "60斤")

    assert reserved(lot) == 80_000
    assert Allocation.objects.live().get(pledge=stretched).grams == 80_000
    event = Event.objects.about(stretched).last()
    assert (event.verb, event.grams, event.reason) == ("granted", 30_000, "match")


def test_no_more_is_granted_than_the_stretch(stretched, lot):
    grant(stretched, "60斤")

    with pytest.raises(StretchTooLarge) as refusal:
        grant(stretched, "41斤")

    assert "40 斤" in str(refusal.value)
    assert reserved(lot) == 80_000


def test_no_more_is_granted_than_the_lot_has(stretched, lot):
    Lot.objects.filter(pk=lot.pk).update(offered_g=60_000)

    with pytest.raises(RaiseTooLarge):
        grant(stretched, "21斤")

    assert reserved(lot) == 50_000
    assert Pledge.objects.get(pk=stretched.pk).granted_g == 0
    assert grant(stretched, "20斤").granted_g == 10_000


def test_most_below_firm_is_refused(place, nothing_written):
    with pytest.raises(MostBelowFirm):
        place(most=kg("99斤"))

    nothing_written()


def test_lowering_the_most_takes_granted_grams_back(stretched, lot, cast):
    grant(stretched, "80斤")

    change_pledge(stretched, quantity=kg("100斤"), most=kg("150斤"), by=fresh(cast.buyer))

    assert Pledge.objects.get(pk=stretched.pk).granted_g == 25_000
    assert reserved(lot) == 75_000


def test_a_change_of_the_firm_part_keeps_the_top_it_reaches(stretched, lot, cast):
    change_pledge(stretched, quantity=kg("160斤"), by=fresh(cast.buyer))
    assert Pledge.objects.get(pk=stretched.pk).most_g == 100_000

    change_pledge(stretched, quantity=kg("240斤"), by=fresh(cast.buyer))
    assert Pledge.objects.get(pk=stretched.pk).most_g == 120_000
    assert reserved(lot) == 120_000


def test_cancelling_gives_all_of_it_back_once(stretched, lot, cast):
    grant(stretched, "60斤")

    cancel_pledge(stretched, reason="不要了", by=fresh(cast.buyer))
    cancel_pledge(stretched, reason="不要了", by=fresh(cast.buyer))

    assert reserved(lot) == 0


@pytest.mark.parametrize(
    "broken",
    [{"granted_g": 50_001}, {"granted_g": -1}, {"most_g": 49_999}, {"short_g": 50_000}, {"short_g": -1}],
)
def test_the_database_refuses_quantities_that_cannot_be(stretched, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.filter(pk=stretched.pk).update(**broken)
