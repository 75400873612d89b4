"""Which lot answers which open pledge: every condition at its border."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from django.utils import timezone

from market.enums import Grade
from market.models import Lot
from orders import fitting
from orders.fitting import DemandFacts, LotFacts, rank_ok, road_km, why_unfit

DAY = dt.date(2021, 8, 8)
BAIGUAN, TIANYUAN, YANLING = (27.8095, 113.2496), (27.8269, 113.0822), (26.4898, 113.7727)


def at(hour: int, day: dt.date = DAY) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


LOT = LotFacts(
    seller_id=1,
    produce_id=7,
    variety="白关丝瓜",
    grade=Grade.FIRST,
    day=DAY,
    best_before=at(16),
    per_kg=Fraction(24, 10),
    point=BAIGUAN,
)
DEMAND = DemandFacts(
    buyer_id=2,
    produce_id=7,
    variety="",
    grade_at_least="",
    first_day=DAY,
    last_day=DAY,
    window_to=dt.time(10),
    fresh_hours=0,
    per_kg_at_most=None,
    km_at_most=None,
    point=TIANYUAN,
)


def test_a_demand_that_asks_for_nothing_special_takes_the_lot():
    assert why_unfit(LOT, DEMAND) is None


@pytest.mark.parametrize(
    ("lot", "demand", "why"),
    [
        ({}, {"buyer_id": 1}, fitting.OWN),
        ({"day": DAY - dt.timedelta(days=1)}, {}, fitting.DAY),
        ({"day": DAY + dt.timedelta(days=1)}, {}, fitting.DAY),
        ({"produce_id": 8}, {}, fitting.PRODUCE),
        ({}, {"variety": "白 关丝瓜"}, None),
        ({"variety": ""}, {"variety": "白关丝瓜"}, fitting.VARIETY),
        ({"variety": "线瓜"}, {"variety": "白关丝瓜"}, fitting.VARIETY),
        ({}, {"grade_at_least": Grade.PREMIUM}, fitting.GRADE),
        ({}, {"grade_at_least": Grade.FIRST}, None),
        ({}, {"per_kg_at_most": Fraction(24, 10)}, None),
        ({}, {"per_kg_at_most": Fraction(24, 10) - Fraction(1, 10**6)}, fitting.PRICE),
        ({"per_kg": None}, {"per_kg_at_most": Fraction(100)}, fitting.OPEN_PRICE),
        ({"per_kg": None}, {}, None),
        ({}, {"fresh_hours": 6}, None),
        ({}, {"fresh_hours": 7}, fitting.FRESHNESS),
        ({"best_before": at(10)}, {}, None),
        ({"best_before": at(9)}, {}, fitting.FRESHNESS),
    ],
)
def test_each_condition_at_its_border(lot, demand, why):
    assert why_unfit(replace(LOT, **lot), replace(DEMAND, **demand)) == why


def test_prices_in_different_units_compare_exactly():
    """1.20 元/斤 is 2.40 元/公斤, and a third of a yuan is not 0.33."""
    assert why_unfit(replace(LOT, per_kg=Fraction(1, 3)), replace(DEMAND, per_kg_at_most=Fraction(33, 100))) == "price"


def test_distance_is_the_great_circle_by_the_road_factor(settings):
    settings.ROAD_FACTOR = 1.3

    assert road_km(BAIGUAN, TIANYUAN) == pytest.approx(21.5, abs=0.2)
    assert why_unfit(LOT, replace(DEMAND, km_at_most=22)) is None
    assert why_unfit(LOT, replace(DEMAND, km_at_most=21)) == fitting.DISTANCE
    assert why_unfit(replace(LOT, point=YANLING), replace(DEMAND, km_at_most=100)) == fitting.DISTANCE


def test_a_distance_nobody_knows_rules_nothing_out():
    assert road_km(None, TIANYUAN) is None
    assert why_unfit(replace(LOT, point=None), replace(DEMAND, km_at_most=1)) is None


@pytest.mark.parametrize(
    ("grade", "at_least", "ok"),
    [
        (Grade.PREMIUM, Grade.FIRST, True),
        (Grade.FIRST, Grade.FIRST, True),
        (Grade.SECOND, Grade.FIRST, False),
        (Grade.MIXED, Grade.SECOND, False),
        (Grade.MIXED, Grade.MIXED, True),
        (Grade.MIXED, "", True),
    ],
)
def test_grades_are_ranked_and_ungraded_is_last(grade, at_least, ok):
    assert rank_ok(grade, at_least) is ok


def test_every_reason_has_words():
    codes = {value for name, value in vars(fitting).items() if name.isupper() and isinstance(value, str)}

    assert codes == set(fitting.WORDS)
    assert all(str(words) for words in fitting.WORDS.values())


def test_facts_of_a_lot_and_an_agreed_price(lot, django_assert_num_queries, reference):
    read = Lot.objects.select_related("listing").get(pk=lot.pk)
    fitting.lot_facts(read)
    with django_assert_num_queries(0):
        facts = fitting.lot_facts(read)
        agreed = fitting.lot_facts(read, Fraction(3))

    assert facts.per_kg == Fraction(24, 10)
    assert agreed.per_kg == 3
    assert (facts.produce_id, facts.grade, facts.point) == (reference["loofah"].pk, Grade.FIRST, BAIGUAN)
