"""The relay reader, whatever is pasted: never an exception, never a gram nobody wrote, never a telephone number."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market import quantities, units
from market.quantities import Unit
from orders.relay import Action, Context, read_line, read_text
from orders.relay.amounts import WEIGHTS
from orders.relay.signs import tidy
from tests.orders.relay.cases import cases

unhurried = settings(deadline=None)
PACKS = {"件": 10_000, "筐": 20_000}
SIGNS = "0123456789.,，。、：:（）()+-~→*/ 　\n零一二两三四五六七八九十百千万半几多来把斤公吨担克件筐袋份个车要再加减改不取消了我的王李周姐老店丝瓜辣椒元块每天号月点各共#「」接龙例@?？吗"
contexts = st.builds(
    Context,
    prior_g=st.sampled_from([{}, {"王姐": 25_000, "老李": 50_000}]),
    pack_g=st.sampled_from([{}, PACKS]),
    default_unit=st.sampled_from([None, "斤", "公斤", "件"]),
    sender=st.sampled_from([None, "王姐", "阿芳"]),
)
names = st.lists(
    st.sampled_from(["周满香", "老李", "王姐", "小刘", "阿芳", "汤师傅", "何记", "3号门面谭记", "大学店"]),
    unique=True,
    min_size=1,
)
WORDS = [case["text"] for _, case in cases("lines")]
# Every weight a text says has a numeral, 翻番, or a unit that stands for one and a half (斤半).
SAYS_A_NUMBER = re.compile("[0-9零翻斤吨公担件筐一二两三四五六七八九十百千万亿半倍]")


def only_what_was_written(text, context, entries):
    assert entries
    for entry in entries:
        assert entry.action in Action
        assert entry.qty_g is None or type(entry.qty_g) is int
        assert entry.qty_g is None or SAYS_A_NUMBER.search(tidy(text).text) or "transfer" in entry.flags
        assert entry.qty_max_g is None or 0 < entry.qty_g < entry.qty_max_g
        assert (entry.qty_g or 0) >= 0 or entry.action is Action.ADD
        assert entry.action is not Action.ASK or entry.flags
        assert not re.search(r"1[3-9]\d{9}", tidy(entry.line).text)
        assert entry.action in (Action.ASK, Action.IGNORE) or entry.name or entry.ref_no is not None


@unhurried
@given(st.text(max_size=80), contexts)
def test_any_line_is_read_without_an_exception(text, context):
    only_what_was_written(text, context, read_line(text, context))


@settings(deadline=None, max_examples=400)
@given(st.text(SIGNS, max_size=40), contexts)
def test_any_line_of_the_signs_of_the_trade_is_read_without_an_exception(text, context):
    only_what_was_written(text, context, read_line(text, context))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(WORDS) | st.text(SIGNS, max_size=20), max_size=12).map("\n".join), contexts)
def test_any_paste_ends_with_whole_grams_above_zero(text, context):
    reading = read_text(text, context)

    assert all(type(grams) is int and grams > 0 for grams in reading.final_g.values())
    assert set(reading.forked) <= set(reading.final_g)
    assert not set(reading.vanished) & set(reading.final_g)
    assert all(entry.action is Action.ASK for entry in reading.asked)
    for entry in reading.entries:
        assert not re.search(r"1[3-9]\d{9}", tidy(entry.line).text)


def relay(people, figures, unit="斤"):
    lines = [
        f"{number}. {name} {jin}{unit}" for number, (name, jin) in enumerate(zip(people, figures, strict=False), 1)
    ]
    return "\n".join(["#接龙", "白关丝瓜", *lines])


@unhurried
@given(names, st.lists(st.integers(1, 10_000), min_size=9, max_size=9))
def test_a_list_says_for_each_name_what_stands_there(people, figures):
    wanted = {name: jin * 500 for name, jin in zip(people, figures, strict=False)}

    assert read_text(relay(people, figures)).final_g == wanted


@unhurried
@given(names, st.lists(st.integers(1, 10_000), min_size=9, max_size=9), st.integers(2, 4))
def test_the_same_list_again_changes_nothing(people, figures, times):
    text = relay(people, figures)

    assert read_text("\n\n".join([text] * times)).final_g == read_text(text).final_g


@unhurried
@given(names, st.data())
def test_of_growing_copies_the_last_one_holds(people, data):
    figures = [data.draw(st.integers(1, 1000)) for _ in people]
    copies = [relay(people[: upto + 1], figures) for upto in range(len(people))]

    assert read_text("\n\n".join(copies)).final_g == read_text(copies[-1]).final_g
    assert read_text("\n\n".join(copies * 2)).final_g == read_text(copies[-1]).final_g


@unhurried
@given(names.filter(lambda people: len(people) >= 3), st.data())
def test_whoever_vanishes_is_asked_about_and_out(people, data):
    gone = data.draw(st.integers(0, len(people) - 2))
    figures = list(range(10, 10 + len(people)))
    left = [pair for at, pair in enumerate(zip(people, figures, strict=True)) if at != gone]
    later = relay([name for name, _ in left], [jin for _, jin in left])

    reading = read_text(relay(people, figures) + "\n\n" + later)

    assert reading.vanished == (people[gone],)
    assert reading.final_g == {name: jin * 500 for name, jin in left}


@unhurried
@given(
    st.integers(1, 10**5),
    st.sampled_from(["周满香", "建宁菜场老李", "3栋502 小罗", "万总"]),
    st.sampled_from(list(Unit)),
)
def test_a_plain_line_is_exact_in_every_unit(number, name, unit):
    entry = read_line(f"{name} {number}{unit.value}")[0]

    assert (entry.name, entry.action, entry.qty_g) == (name, Action.NEW, number * unit.grams)


@unhurried
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-", ".", "，"]), st.sampled_from(WORDS)
)
def test_a_mobile_number_survives_in_no_entry(phone, stop, words):
    for written in (
        phone,
        f"{phone[:3]}{stop}{phone[3:7]}{stop}{phone[7:]}",
        phone.translate({48 + d: 0xFF10 + d for d in range(10)}),
    ):
        for entry in (*read_line(f"{words} {written}"), *read_text(f"{written} {words}").entries):
            plain = re.sub("[-. ]", "", tidy(entry.line).text)
            assert stop == "，" or phone not in plain
            assert entry.name is None or phone not in re.sub("[-. ]", "", entry.name)


def test_both_readers_weigh_a_unit_alike():
    assert {name: WEIGHTS[name] for name in units.NAMES} == units.NAMES
    assert {unit.value: unit.grams for unit in Unit} == units.GRAMS
    assert quantities.PACK_WORDS == units.PACK_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10_000,
        "," * 10_000,
        "三" * 10_000,
        "1," * 5_000,
        "老李 " + "1" * 250,
        "千万" * 140,
        "1斤+" * 70,
        "「" * 5_000,
        "1. " * 90,
        " " * 100_000,
        "「\n" * 5_000,
        "(" * 290,
        "我替" * 140,
        "2021/8/8 " * 30,
        "阳姐 3天共150斤" * 28,
        "100斤（50公斤）" * 30,
        "王姐的转给" * 55,
    ],
)
def test_a_hostile_line_is_read_in_no_time(text):
    began = time.process_time()
    read_line(text)
    read_text(text)

    assert time.process_time() - began < 2


def test_a_megabyte_takes_time_in_proportion():
    copies = "\n\n".join(relay([f"小{n}店" for n in range(60)], range(1, 61)) for _ in range(100))
    began = time.process_time()
    reading = read_text(copies)
    spent = time.process_time() - began

    assert len(reading.final_g) == 60
    assert spent < 30


@pytest.mark.parametrize(
    "line",
    [
        "{n}. 老李{n} {n}斤",
        "老李{n} {n}斤",
        "2. 老李{n} {n}斤",
        "1. 老李{n} {n}斤",
        "老李{n} 嗯呐 再加{n}斤",
        "{n}. 老李{n} 几斤",
    ],
)
def test_thousands_of_names_take_time_in_proportion(line):
    """Each line was compared with every name before it, at worst by an expression made anew for each."""
    text = "\n".join(line.format(n=n) for n in range(1, 4_000))
    began = time.process_time()
    read_text(text)

    assert time.process_time() - began < 6
