"""A range of weights as people write it: exact, in order, never a gram invented, refused with a sentence otherwise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.quantities import Pack, Quantity, QuantityError, format_exact
from market.ranges import range_words, read_range

BASKET = Pack("筐", 20_000)
unhurried = settings(deadline=None)

JIN, TONNE = 500, 1_000_000


def grams(text: str, pack: Pack | None = BASKET, default_unit: str | None = "斤") -> tuple[int, int]:
    low, high = read_range(text, pack=pack, default_unit=default_unit)
    return low.grams, high.grams


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3-4吨", 3 * TONNE, 4 * TONNE),
        ("3~4 吨", 3 * TONNE, 4 * TONNE),
        ("３～４吨", 3 * TONNE, 4 * TONNE),
        ("3 — 4 吨。", 3 * TONNE, 4 * TONNE),
        ("3到4吨", 3 * TONNE, 4 * TONNE),
        ("三至四吨", 3 * TONNE, 4 * TONNE),
        ("3吨-4吨", 3 * TONNE, 4 * TONNE),
        ("3吨到4", 3 * TONNE, 4 * TONNE),
        ("500斤到1吨", 500 * JIN, TONNE),
        ("1.5-2吨", 1_500_000, 2 * TONNE),
        ("两吨半到三吨", 2_500_000, 3 * TONNE),
        ("1,000-2,000斤", 1000 * JIN, 2000 * JIN),
        ("300-400", 300 * JIN, 400 * JIN),
        ("3-5万斤", 30_000 * JIN, 50_000 * JIN),
        ("三到五百斤", 300 * JIN, 500 * JIN),
        ("八百到一千斤", 800 * JIN, 1000 * JIN),
        ("一到十斤", JIN, 10 * JIN),
        ("三四百斤", 300 * JIN, 400 * JIN),
        ("三五百斤", 300 * JIN, 500 * JIN),
        ("三、四百斤", 300 * JIN, 400 * JIN),
        ("3、4吨", 3 * TONNE, 4 * TONNE),
        ("两三吨", 2 * TONNE, 3 * TONNE),
        ("十七八斤", 17 * JIN, 18 * JIN),
        ("二三十筐", 400_000, 600_000),
        ("20到30筐", 400_000, 600_000),
        ("100斤", 100 * JIN, 100 * JIN),
        ("3吨200斤", 3_100_000, 3_100_000),
    ],
)
def test_a_range_reads_as_its_two_weights(text, low, high):
    assert grams(text) == (low, high)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "请写上数量"),
        ("4-3吨", "请把少的写在前面"),
        ("3-3吨", "请把少的写在前面"),
        ("1、2、3吨", "看不懂“1、2、3吨”这个范围"),
        ("3-4-5吨", "看不懂“3-4-5吨”这个范围"),
        ("二三四斤", "看不懂“二三四斤”这个范围"),
        ("三九吨", "看不懂“三九吨”这个范围"),
        ("12、3吨", "看不懂“12、3吨”这个范围"),
        ("3-500斤", "请把两头的单位都写上"),
        ("-3吨", "不能是负数"),
        ("3-4吨左右", "“左右”不是准数"),
        ("几百斤", "“几”不是准数"),
        ("3-4箱", "按“筐”装，不按“箱”"),
        ("100-200元", "不认识单位“元”"),
        ("100斤200斤", "不止一个数"),
        ("100斤-", "看不懂“100斤-”"),
        ("3-4吨" * 20, "写得太长"),
    ],
)
def test_what_is_no_range_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(QuantityError) as refusal:
        grams(text)

    assert sentence in str(refusal.value)


def test_without_a_unit_and_without_a_default_it_is_refused():
    with pytest.raises(QuantityError) as refusal:
        read_range("3-4")

    assert "没有写单位" in str(refusal.value)


def test_both_ends_keep_all_that_was_typed():
    low, high = read_range("  3  -4吨\n")

    assert (low.typed, high.typed) == ("3 -4吨", "3 -4吨")


@pytest.mark.parametrize(
    ("firm_g", "most_g", "words"),
    [
        (3 * TONNE, 4 * TONNE, "保底 6,000 斤 = 3 吨，最多 8,000 斤 = 4 吨"),
        (50_000, 50_000, "100 斤 = 50 公斤"),
    ],
)
def test_a_range_is_said_as_what_is_firm_and_what_is_most(firm_g, most_g, words):
    assert range_words(firm_g, most_g) == words


@unhurried
@given(
    st.text("0123456789.,零一二两三五九十百千万点半斤公吨kgt筐箱 -~～—到至、。几左右", max_size=41)
    | st.text(max_size=45),
    st.sampled_from([None, BASKET]),
    st.sampled_from([None, "斤", "pack"]),
)
def test_any_text_is_two_weights_in_order_or_a_refusal(text, pack, default_unit):
    try:
        low, high = read_range(text, pack=pack, default_unit=default_unit)
    except QuantityError:
        return
    assert 0 < low.grams <= high.grams
    assert low.typed.isprintable()
    assert read_range(low.typed, pack=pack, default_unit=default_unit) == (low, high)


@unhurried
@given(st.text("0123456789.,零一二两三五九十百千万点半斤公吨筐", max_size=30))
def test_one_weight_is_read_as_everywhere_else(text):
    try:
        one = Quantity.parse(text, pack=BASKET, default_unit="斤")
    except QuantityError:
        return
    assert read_range(text, pack=BASKET, default_unit="斤") == (one, one)


@unhurried
@given(st.integers(1, 10**9), st.integers(1, 10**9), st.sampled_from(["斤", "公斤", "吨"]), st.sampled_from("-~到至"))
def test_any_two_exact_weights_come_back(one, more, unit, sign):
    low, high = one, one + more

    assert grams(f"{format_exact(low, unit)}{sign}{format_exact(high, unit)}") == (low, high)
