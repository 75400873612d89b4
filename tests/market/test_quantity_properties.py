"""Quantities, whatever is typed: exact both ways, monotone, never a float, never another exception."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market import numerals, quantities
from market.numerals import read_number
from market.quantities import (
    MAX_GRAMS,
    MAX_TYPED,
    Pack,
    Quantity,
    QuantityError,
    Unit,
    amount,
    describe,
    format_exact,
    format_grams,
    price_per_kg,
)

BASKET = Pack("筐", 20_000)
weights = st.integers(1, MAX_GRAMS)
units = st.sampled_from(list(Unit))
unhurried = settings(deadline=None)  # a busy machine is no failure


def chinese(n: int) -> str:
    """`n` below 10^12 as a school teaches it: 10500 is 一万零五百."""
    for size, step in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if n >= size:
            head, rest = divmod(n, size)
            gap = "零" if 0 < rest < size // 10 else ""
            return chinese(head) + step + gap + (chinese(rest) if rest else "")
    return "零一二三四五六七八九"[n]


@unhurried
@given(st.text(max_size=45), st.sampled_from([None, BASKET]), st.sampled_from([None, "斤", "pack"]))
def test_any_text_is_one_weight_or_a_refusal(text, pack, default_unit):
    only_a_weight_or_a_refusal(text, pack, default_unit)


@unhurried
@given(
    st.text("0123456789.,零一二两三九十百千万亿点半斤公吨克kgt筐担 -～。", max_size=41), st.sampled_from([None, "斤"])
)
def test_any_text_of_the_trade_is_one_weight_or_a_refusal(text, default_unit):
    only_a_weight_or_a_refusal(text, BASKET, default_unit)


def read(text, **given_with) -> Quantity | QuantityError:
    try:
        return Quantity.parse(text, **given_with)
    except QuantityError as refusal:
        return refusal


def only_a_weight_or_a_refusal(text, pack, default_unit):
    result = read(text, pack=pack, default_unit=default_unit)

    if isinstance(result, QuantityError):
        assert str(result)
        assert str(result).isprintable()
    else:
        assert type(result.grams) is int
        assert 0 < result.grams <= MAX_GRAMS
        assert len(result.typed) <= MAX_TYPED
        assert result.echo.isprintable()
        assert Quantity.parse(result.typed, pack=pack, default_unit=default_unit) == result


@unhurried
@given(weights, units)
def test_what_is_written_exactly_reads_back_the_same(grams, unit):
    text = format_exact(grams, unit)

    assert Quantity.parse(text).grams == grams
    assert format_exact(Quantity.parse(text).grams, unit) == text


@unhurried
@given(weights, units)
def test_what_is_said_in_chinese_reads_back_the_same(grams, unit):
    assert Quantity.parse(format_grams(grams, unit)).grams == grams
    assert {Quantity.parse(side).grams for side in describe(grams).split(" = ")} == {grams}
    assert "." not in describe(grams) or not describe(grams).endswith("0")


@unhurried
@given(st.integers(1, 10**9), st.integers(1, 10**9), units, st.sampled_from([str, "{:,}".format, chinese]))
def test_more_typed_is_more_weight(one, other, unit, write):
    less, more = (read(write(n) + unit.value) for n in sorted((one, other)))

    if isinstance(less, QuantityError) or isinstance(more, QuantityError):
        codes = {result.code for result in (less, more) if isinstance(result, QuantityError)}
        assert codes <= {"too_large", "ambiguous"}  # 一万三千克 has two readings
    else:
        assert less <= more
        assert (less == more) is (one == other)


@unhurried
@given(st.integers(1, 10**12 - 1))
def test_chinese_numerals_say_what_the_digits_say(n):
    assert read_number(chinese(n)) == n
    assert read_number(chinese(n).replace("二千", "两千").replace("二百", "两百")) == n


@unhurried
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([(100, "百"), (1000, "千"), (10**4, "万"), (10**8, "亿")]))
def test_a_last_digit_without_its_step_is_one_step_lower(head, last, step):
    size, word = step

    assert read_number(chinese(head) + word + chinese(last)) == head * size + last * size // 10
    assert read_number(chinese(head) + word + "零" + chinese(last)) == head * size + last


@unhurried
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["", "十", "百", "千", "万"]))
def test_two_digits_side_by_side_are_a_range_and_never_a_number(one, other, step):
    assert read_number(chinese(one) + chinese(other) + step) is None


@unhurried
@given(st.integers(1, 10**5), st.integers(1, 1999))
def test_parts_add_up(tonnes, jin):
    assert Quantity.parse(f"{tonnes}吨{jin}斤").grams == tonnes * 1_000_000 + jin * 500


@unhurried
@given(st.integers(0, MAX_GRAMS), st.decimals(0, 10**6, places=4), units)
def test_an_amount_is_within_half_a_fen_and_never_a_float(grams, price, unit):
    yuan, exact = amount(grams, price, unit), price_per_kg(price, unit) * grams / 1000

    assert Fraction(-1, 200) < Fraction(yuan) - exact <= Fraction(1, 200)
    assert isinstance(yuan, Decimal)
    assert isinstance(exact, Fraction)
    assert yuan.as_tuple().exponent == -2


@pytest.mark.parametrize("module", [quantities, numerals])
def test_there_is_no_float_in_the_module(module):
    nodes = list(ast.walk(ast.parse(Path(module.__file__).read_text())))

    assert not [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    assert "float" not in {node.id for node in nodes if isinstance(node, ast.Name)}
    imported = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    assert not imported & {"math", "numpy"}
