"""A typed weight is read exactly or refused with a sentence; what is said of a weight can be read back."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from market.quantities import (
    MAX_GRAMS,
    Pack,
    Quantity,
    QuantityError,
    Unit,
)

BASKET = Pack("筐", 20_000)
units = st.sampled_from(list(Unit))


def code_of(text: str, **given_with: object) -> str:
    with pytest.raises(QuantityError) as refusal:
        Quantity.parse(text, **given_with)
    return refusal.value.code


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        # units and their other names, in any width and case
        ("100斤", 50_000),
        ("100 市斤", 50_000),
        ("100jin", 50_000),
        ("50公斤", 50_000),
        ("50千克", 50_000),
        ("50 kg", 50_000),
        ("50KG", 50_000),
        ("50 Kg", 50_000),
        ("50㎏", 50_000),
        ("５０ｋｇ", 50_000),
        ("1.5 吨", 1_500_000),
        ("1.5噸", 1_500_000),
        ("1.5t", 1_500_000),
        ("1.5T", 1_500_000),
        ("2 tonnes", 2_000_000),
        ("两担", 100_000),
        ("2市担", 100_000),
        ("2擔", 100_000),
        ("3万斤", 15_000_000),
        ("1.2万斤", 6_000_000),
        ("3 万 斤", 15_000_000),
        ("3w斤", 15_000_000),
        ("2万公斤", 20_000_000),
        ("500克", 500),
        ("500g", 500),
        ("2克", 2),
        # digits
        ("１００斤", 50_000),
        ("１．５吨", 1_500_000),
        ("1,200斤", 600_000),
        ("1，200斤", 600_000),
        ("1,200.5公斤", 1_200_500),
        ("0.002斤", 1),
        (".5吨", 500_000),
        ("\u200b 100\t斤\n", 50_000),
        ("100斤。", 50_000),
        # Chinese numerals
        ("六斤", 3_000),
        ("十斤", 5_000),
        ("一十五斤", 7_500),
        ("十五斤", 7_500),
        ("廿五斤", 12_500),
        ("一百二十公斤", 120_000),
        ("一 百 二 十 公 斤", 120_000),
        ("二百五十斤", 125_000),
        ("两百五十斤", 125_000),
        ("一百零五斤", 52_500),
        ("一〇五斤", 52_500),
        ("二〇〇斤", 100_000),
        ("两千五百斤", 1_250_000),
        ("三万五千斤", 17_500_000),
        ("三萬兩千斤", 16_000_000),
        ("一万零五百斤", 5_250_000),
        ("十二万斤", 60_000_000),
        ("一亿斤", 50_000_000_000),
        ("二点五吨", 2_500_000),
        ("十二点五万斤", 62_500_000),
        ("陆佰伍拾斤", 325_000),
        ("俩斤", 1_000),
        # digits and steps mixed
        ("3千5百斤", 1_750_000),
        ("1万2500斤", 6_250_000),
        ("3百万斤", 1_500_000_000),
        # the last digit said one step lower
        ("一百五斤", 75_000),
        ("两百五斤", 125_000),
        ("三千二斤", 1_600_000),
        ("一万二斤", 6_000_000),
        ("1万5斤", 7_500_000),
        ("一亿五斤", 75_000_000_000),
        # halves
        ("半吨", 500_000),
        ("半斤", 250),
        ("一吨半", 1_500_000),
        ("两吨半", 2_500_000),
        ("3斤半", 1_750),
        # parts
        ("3吨200斤", 3_100_000),
        ("2斤3两", 1_150),
        ("2斤3两半", 1_175),
        ("1吨2担3斤", 1_101_500),
        # 两 is a digit, a unit, or both
        ("八两", 400),
        ("十两", 500),
        ("两斤", 1_000),
        ("两两", 100),
        ("两斤两两", 1_100),
        ("半两", 25),
        ("10 两", 500),
        ("两千克", 2_000),  # 两 千克 and 两千 克 weigh the same
        ("三千克半", 3_500),  # 3,000.5 克 is no whole gram
    ],
)
def test_a_weight_is_read_exactly(text, grams):
    quantity = Quantity.parse(text)

    assert quantity.grams == grams
    assert type(quantity.grams) is int


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("20筐", 400_000),
        ("20 筐", 400_000),
        ("20框", 400_000),
        ("二十筐", 400_000),
        ("半筐", 10_000),
        ("20筐半", 410_000),
        ("两筐3斤", 41_500),
        ("100斤", 50_000),
    ],
)
def test_a_pack_weighs_what_its_listing_says(text, grams):
    assert Quantity.parse(text, pack=BASKET).grams == grams


def test_a_pack_may_have_any_word():
    assert Quantity.parse("5 Carton", pack=Pack("carton", 12_000)).grams == 60_000


@pytest.mark.parametrize(
    ("text", "default_unit", "grams"),
    [
        ("100", "斤", 50_000),
        ("１００", "kg", 100_000),
        ("1.5", "吨", 1_500_000),
        ("一百五", "jin", 75_000),
        ("半", "吨", 500_000),
        ("两", "斤", 1_000),
        ("3", "万斤", 15_000_000),
        ("20", "筐", 400_000),
        ("20", "pack", 400_000),
        ("100公斤", "斤", 100_000),  # the unit that is written wins
    ],
)
def test_a_bare_number_counts_in_the_default_unit(text, default_unit, grams):
    assert Quantity.parse(text, pack=BASKET, default_unit=default_unit).grams == grams


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("empty", ["", "  ", "\n", "\u200b", "\x00"]),
        ("too_long", ["1" * 41, "100斤 " + "啊" * 40, "9" * 5000 + "斤"]),
        ("negative", ["-5斤", "－5斤", "−5斤", "负五斤"]),
        ("zero", ["0斤", "零斤", "0.000吨"]),
        ("vague", ["几百斤", "十几斤", "100多斤", "100斤左右", "约100斤", "十来斤"]),
        ("range", ["3-4吨", "3~4吨", "3～4吨", "3—4吨", "3到4吨", "三四百斤", "一两百斤", "十五六斤", "100斤到200斤"]),
        ("range", ["3/4吨", "3、4吨", "五三百斤"]),
        ("several", ["5 100斤", "1 200斤", "5. 100斤", "100斤50公斤", "1吨2000斤", "3斤2", "8点 100斤", "半吨200斤"]),
        ("several", ["1.5吨200斤", "一百 五斤", "3斤3斤", "半斤八两", "0吨5斤"]),
        ("ambiguous", ["一万三千克", "三万斤半", "一百两十克"]),
        ("no_number", ["斤", "公斤", "NaN", "Infinity", "٣斤", "①斤", "黄瓜"]),
        ("no_unit", ["100", "1,200", "一百五", "半"]),
        ("unknown_unit", ["5车", "5个", "5 ton", "5kgs", "100元", "1e3斤", "5e", "100kgx", "3钱"]),
        ("no_pack_weight", ["20筐", "20框", "3泡沫箱", "半件", "20 筐半"]),
        ("not_whole", ["0.3 克", "1.2345678吨", "半克", "0.0001两"]),
        ("too_large", ["1000001吨", "三十亿斤", "9" * 39 + "斤"]),
        ("not_understood", ["<b>100斤</b>", "100斤x", "1,20斤", "1..5吨", "3万25斤", "3半斤", "百斤", "万斤", "10²斤"]),
        (
            "not_understood",
            [
                "5.吨",
                "张三100斤",
                "一百两斤",
                "1200.5百斤",
                "12千斤",
                "￥5",
                "一百零五十斤",
                "100%",
                "2两3斤",
                "一百零两斤",
            ],
        ),
    ],
)
def test_what_is_not_one_weight_is_refused_by_name(code, texts):
    assert {text: code_of(text) for text in texts} == dict.fromkeys(texts, code)


@pytest.mark.parametrize(
    ("text", "pack", "sentence"),
    [
        ("5车", None, "不认识单位“车”，请用斤、公斤或吨"),
        ("5车", BASKET, "不认识单位“车”，请用斤、公斤、吨或筐"),
        ("20筐", None, "“筐”没有写明每筐多重，请用斤、公斤或吨"),
        ("20箱", BASKET, "这批货按“筐”装，不按“箱”，请用斤、公斤、吨或筐"),
        ("3-4吨", None, "“3-4吨”是一个范围，请只写一个数，例如 300斤"),
        ("<b>100斤\x07</b>", None, "看不懂“<b>100斤 </b>”，请写成 100斤 或 1.5吨 这样"),
    ],
)
def test_a_refusal_says_what_was_not_understood(text, pack, sentence):
    with pytest.raises(QuantityError) as refusal:
        Quantity.parse(text, pack=pack)

    assert str(refusal.value) == sentence
    assert str(refusal.value.message) % refusal.value.params == sentence


def test_a_default_unit_that_is_unknown_or_has_no_weight_is_refused():
    assert code_of("5", default_unit="车") == "unknown_unit"
    assert code_of("5", default_unit="筐") == "no_pack_weight"
    assert code_of("5", default_unit="pack") == "no_pack_weight"
    assert code_of("5", default_unit="箱", pack=BASKET) == "wrong_pack"
    assert code_of("1,20", default_unit="斤") == "not_understood"


def test_a_quantity_is_a_positive_int_within_a_bigint():
    assert Quantity.of(1).grams == 1
    assert Quantity.of(MAX_GRAMS).grams == MAX_GRAMS < 2**63
    for grams, code in ((0, "zero"), (-1, "negative"), (MAX_GRAMS + 1, "too_large")):
        with pytest.raises(QuantityError) as refusal:
            Quantity.of(grams)
        assert refusal.value.code == code
        assert str(refusal.value)
    for grams in (Fraction(1), Decimal(1), True, "1"):
        with pytest.raises(TypeError):
            Quantity.of(grams)


def test_quantities_compare_by_weight_and_keep_what_was_typed():
    typed = Quantity.parse(" 100  斤\n")

    assert typed == Quantity.parse("50公斤") == Quantity.of(50_000)
    assert typed < Quantity.parse("51公斤")
    assert typed.typed == "100 斤"


@pytest.mark.parametrize(
    ("word", "grams", "code"),
    [("筐", 0, "bad_pack"), ("筐", -1, "bad_pack"), ("公斤", 5, "bad_pack_word"), (" ", 5, "bad_pack_word")],
)
def test_a_pack_that_cannot_be_counted_in_is_refused(word, grams, code):
    with pytest.raises(QuantityError) as refusal:
        Pack(word, grams)

    assert refusal.value.code == code
    assert str(refusal.value)
