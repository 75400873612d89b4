"""A weight is said both ways, a price is compared per kilogram, an amount is rounded once."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import override

from market.quantities import (
    Pack,
    Quantity,
    QuantityError,
    Unit,
    amount,
    describe,
    format_exact,
    format_grams,
    price_per_kg,
    unit_grams,
)

BASKET = Pack("筐", 20_000)


@pytest.mark.parametrize(
    ("grams", "said"),
    [
        (1, "0.002 斤 = 0.001 公斤"),
        (50_000, "100 斤 = 50 公斤"),
        (999_500, "1,999 斤 = 999.5 公斤"),
        (1_500_000, "3,000 斤 = 1.5 吨"),
        (5_000_000, "1 万斤 = 5 吨"),
        (10_000_000, "2 万斤 = 10 吨"),
        (10_050_000, "2.01 万斤 = 10.05 吨"),
        (10_005_000, "20,010 斤 = 10.005 吨"),
        (10_000_500, "20,001 斤 = 10.0005 吨"),
        (0, "0 斤 = 0 公斤"),
        (-50_000, "-100 斤 = -50 公斤"),
    ],
)
def test_a_weight_is_said_both_ways(grams, said):
    assert describe(grams) == said


def test_in_english_there_is_no_ten_thousand_jin():
    with override("en"):
        assert describe(10_000_000).startswith("20,000 ")
    with override(None):
        assert describe(10_000_000).startswith("2 ")


@pytest.mark.parametrize(
    ("grams", "unit", "said"),
    [
        (2_700_000, "公斤", "2,700 公斤"),
        (2_700_000, "auto", "5,400 斤"),
        (2_700_000, "t", "2.7 吨"),
        (1_234_567, "斤", "2,469.134 斤"),
        (1, "万斤", "0.0000002 万斤"),
        (0, "斤", "0 斤"),
    ],
)
def test_a_weight_is_said_in_one_unit(grams, unit, said):
    assert format_grams(grams, unit) == said


@pytest.mark.parametrize("say", [format_grams, format_exact])
def test_a_weight_is_not_said_in_a_unit_without_fixed_weight(say):
    with pytest.raises(QuantityError):
        say(1000, "筐")


@pytest.mark.parametrize(
    ("typed", "echo"),
    [
        ("100斤", "100 斤 = 50 公斤"),
        ("50 公斤", "50 公斤 = 100 斤"),
        ("20 筐", "20 筐 = 800 斤 = 400 公斤"),
        ("20筐", "20 筐 = 800 斤 = 400 公斤"),
        ("1.5吨", "1.5 吨 = 3,000 斤"),
        ("1200斤", "1200 斤 = 600 公斤"),
        ("20000斤。", "20000 斤 = 2 万斤 = 10 吨"),
        ("两吨半", "两吨半 = 5,000 斤 = 2.5 吨"),
    ],
)
def test_an_echo_shows_what_was_typed_and_what_it_means(typed, echo):
    assert Quantity.parse(typed, pack=BASKET).echo == echo


def test_a_weight_nobody_typed_echoes_both_ways():
    assert Quantity.of(50_000).echo == str(Quantity.of(50_000)) == "100 斤 = 50 公斤"


def test_units_are_found_by_any_name():
    assert [Unit.named(word) for word in ("jin", " ＫＧ ", "tonne", "筐", "")] == [
        Unit.JIN,
        Unit.KG,
        Unit.TONNE,
        None,
        None,
    ]
    assert unit_grams(Unit.DAN) == 50_000
    assert unit_grams("pack", BASKET) == unit_grams("筐", BASKET) == 20_000


@pytest.mark.parametrize(
    ("price", "unit", "yuan_per_kg"),
    [
        ("2.40", "斤", Fraction(24, 5)),
        ("1.20", "公斤", Fraction(6, 5)),
        ("2400", "tonne", Fraction(12, 5)),
        ("50", "筐", Fraction(5, 2)),
    ],
)
def test_prices_in_different_units_compare_per_kilogram(price, unit, yuan_per_kg):
    assert price_per_kg(Decimal(price), unit, BASKET) == yuan_per_kg


@pytest.mark.parametrize(
    ("grams", "price", "unit", "yuan"),
    [
        (5_153_100, "2.44", "公斤", "12573.56"),  # the worked example of the paddy rules
        (50_000, "2.40", "斤", "240.00"),
        (400_000, "50", "筐", "1000.00"),
        (500, "0.005", "斤", "0.01"),  # half a fen goes up
        (500, "0.0049", "斤", "0.00"),
        (500, "1.115", "斤", "1.12"),
        (-500, "1.115", "斤", "-1.12"),
        (0, "2.40", "斤", "0.00"),
        (500, "3", "斤", "3.00"),
    ],
)
def test_an_amount_is_rounded_once_half_up_to_the_fen(grams, price, unit, yuan):
    result = amount(grams, Decimal(price), unit, BASKET)

    assert result == Decimal(yuan)
    assert str(result) == yuan


@pytest.mark.parametrize("price", ["NaN", "sNaN", "Infinity", "1e999999", "1e-999999", "0e-999999"])
def test_a_price_that_is_no_number_is_refused(price):
    with pytest.raises(QuantityError) as refusal:
        amount(500, Decimal(price), "斤")

    assert refusal.value.code == "bad_price"
    assert str(refusal.value)


def test_a_price_is_never_a_float():
    with pytest.raises(TypeError):
        price_per_kg(2.5, "斤")
