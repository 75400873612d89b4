"""What a pasted relay comes to, against what the stalls take already. No database: text in, rows out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.answered import with_answers, with_decisions
from orders.readings import (
    Goods,
    Known,
    Part,
    Row,
    from_json,
    hide_phones,
    in_stalls,
    outcome_of,
    prior_digest,
    read_rows,
    to_json,
)

LOOFAH = Goods({"丝瓜", "白关丝瓜"}, {"筐": 20_000}, "斤")
FIRST = "#接龙\n白关丝瓜\n1. 周满香 100斤\n2. 老李 200斤"


def parts(**grams: int) -> dict[str, Part]:
    return {name: Part(firm, firm) for name, firm in grams.items()}


def known(prior: dict[str, Part] | None = None, counted: str = "", **facts) -> Known:
    prior = prior or {}
    return Known(stalls=facts.pop("stalls", set(prior)), prior=prior, counted=set(counted.splitlines()), **facts)


NOBODY = Known()


def read(text: str, before: Known = NOBODY, goods: Goods = LOOFAH) -> tuple[list[Row], dict[str, Part]]:
    rows = read_rows(hide_phones(text), before, goods)
    return rows, outcome_of(rows, before.prior).parts


def waiting(rows: list[Row]) -> list[tuple[int, str, str]]:
    return [(row.no, row.stall, "|".join(row.flags)) for row in rows if row.waits]


def test_a_first_relay_books_every_name():
    rows, booked = read(FIRST)

    assert booked == parts(周满香=50_000, 老李=100_000)
    assert [(row.no, row.line, row.stall, row.action, row.known) for row in rows if row.counts] == [
        (3, "1. 周满香 100斤", "周满香", "new", False),
        (4, "2. 老李 200斤", "老李", "new", False),
    ]
    assert [row.line for row in rows if row.is_noise] == ["#接龙", "白关丝瓜"]


def test_a_range_books_the_lower_figure_and_keeps_the_upper():
    assert read("1. 廖老板 三四百斤")[1] == {"廖老板": Part(150_000, 200_000)}


def test_packs_and_the_unit_of_the_form_are_counted():
    assert read("1. 苏大姐 3筐\n2. 小刘 30")[1] == parts(苏大姐=60_000, 小刘=15_000)
    assert read("1. 小刘 30", goods=Goods(default_unit="公斤"))[1] == parts(小刘=30_000)
    assert waiting(read("1. 小刘 30", goods=Goods())[0]) == [(1, "小刘", "unit_missing")]


def test_another_crop_is_not_counted_and_is_not_noise():
    rows, booked = read("1. 蒋老板 丝瓜100斤 辣椒50斤")

    assert booked == parts(蒋老板=50_000)
    assert [(row.crop, row.action, row.is_noise) for row in rows] == [("丝瓜", "new", False), ("辣椒", "ignore", False)]


def test_a_share_for_several_days_is_asked_with_the_share_of_one():
    rows, booked = read("1. 万家惠 每天300斤 连要3天")

    assert booked == {}
    assert [(row.waits, row.firm_g) for row in rows] == [(True, 150_000)]


# --- the longer list ---


def test_the_longer_list_changes_only_what_is_different():
    before = known(parts(周满香=50_000, 老李=100_000), counted="1. 周满香 100斤\n2. 老李 200斤")
    rows, booked = read("#接龙\n白关丝瓜\n1. 周满香 150斤\n2. 老李 200斤\n3. 王姐 50斤", before)

    assert waiting(rows) == []
    assert booked == parts(周满香=75_000, 老李=100_000, 王姐=25_000)
    assert outcome_of(rows, before.prior).changes == [
        ("周满香", Part(50_000, 50_000), Part(75_000, 75_000)),
        ("王姐", None, Part(25_000, 25_000)),
    ]


def test_a_list_with_an_addition_in_it_is_the_same_when_it_comes_again():
    text = FIRST + "\n3. 周满香 再加30斤"
    _rows, first = read(text)
    rows, again = read(text, known(first, counted="1. 周满香 100斤\n2. 老李 200斤\n3. 周满香 再加30斤"))

    assert first == again == parts(周满香=65_000, 老李=100_000)
    assert waiting(rows) == []


def test_an_addition_alone_goes_on_top_of_what_there_is():
    assert read("再加50斤 王姐", known(parts(王姐=25_000)))[1] == parts(王姐=50_000)
    assert read("王姐 不要了", known(parts(王姐=25_000, 老李=1_000)))[1] == parts(老李=1_000)
    assert read("王姐 翻倍", known(parts(王姐=25_000)))[1] == parts(王姐=50_000)


def test_an_addition_counted_before_is_asked_when_it_comes_alone():
    rows, booked = read("再加50斤 王姐", known(parts(王姐=50_000), counted="再加50斤 王姐"))

    assert booked == parts(王姐=50_000)
    assert waiting(rows) == [(1, "王姐", "seen_before")]


def test_chat_that_was_counted_before_begins_at_nothing():
    text = "老何：我要认购100斤。\n老何：再要50斤。"
    _rows, first = read(text)
    rows, again = read(text + "\n阿芳：我要20斤", known(first, counted=text))

    assert first == parts(老何=75_000)
    assert again == parts(老何=75_000, 阿芳=10_000)
    assert waiting(rows) == []


def test_who_left_the_list_is_asked_and_keeps_the_goods_until_answered():
    before = known(parts(周满香=50_000, 老李=100_000))
    rows, booked = read("#接龙\n1. 周满香 100斤\n2. 王姐 50斤", before)

    assert waiting(rows) == [(0, "老李", "vanished")]
    assert booked == parts(周满香=50_000, 老李=100_000, 王姐=25_000)


def test_a_few_lines_of_chat_make_nobody_vanish():
    rows, _booked = read("王姐：我要50斤", known(parts(周满香=50_000)))

    assert waiting(rows) == []


def test_who_left_a_later_copy_of_the_same_paste_is_asked_once():
    text = "#接龙\n1. 周满香 100斤\n2. 老李 200斤\n3. 王姐 50斤\n\n#接龙\n1. 周满香 100斤\n2. 王姐 50斤"
    for before in (Known(), known(parts(老李=100_000))):
        rows, _booked = read(text, before)

        assert [(stall, flags) for _no, stall, flags in waiting(rows)] == [("老李", "vanished")]


def test_copies_of_a_list_are_never_added_up():
    assert read(FIRST + "\n\n" + FIRST + "\n3. 王姐 50斤")[1] == parts(周满香=50_000, 老李=100_000, 王姐=25_000)


# --- names and stalls ---


def test_what_the_group_calls_a_stall_leads_to_it():
    before = known(stalls={"建宁菜场老李"}, aliases={"老李": "建宁菜场老李"})
    rows, booked = read("1. 老李 200斤", before)

    assert booked == parts(建宁菜场老李=100_000)
    assert [(row.name, row.stall, row.known) for row in rows] == [("老李", "建宁菜场老李", True)]


def test_a_name_like_a_known_stall_is_asked():
    rows, booked = read("1. 老李 200斤", known(stalls={"建宁菜场老李", "王姐"}))

    assert booked == {}
    assert waiting(rows) == [(1, "老李", "stall_alike")]
    assert rows[0].maybe == "建宁菜场老李"


def test_two_names_of_one_stall_in_one_list_are_asked():
    before = known(stalls={"建宁菜场老李"}, aliases={"老李": "建宁菜场老李"})
    rows, booked = read("1. 建宁菜场老李 200斤\n2. 老李 30斤", before)

    assert booked == parts(建宁菜场老李=100_000)
    assert waiting(rows) == [(2, "建宁菜场老李", "same_name")]


def test_a_stall_that_was_renamed_meanwhile_is_followed():
    rows, _booked = read("1. 老李 200斤")

    moved = in_stalls(rows, Known(stalls={"李记"}, aliases={"老李": "李记"}))

    assert outcome_of(moved, {}).parts == parts(李记=100_000)


# --- what is kept ---


def test_no_telephone_number_is_kept_and_the_stored_text_reads_the_same():
    text = "5. 郭师傅 13812345678 120斤 自提\n6. 小刘 0731-88889999 30斤"
    rows, booked = read(text)
    stored = hide_phones(text)

    assert booked == parts(郭师傅=60_000, 小刘=15_000)
    assert "13812345678" not in stored
    assert "88889999" not in stored
    assert [row.line for row in rows] == stored.splitlines()
    assert read_rows(stored, Known(), LOOFAH) == rows
    assert hide_phones(stored) == stored


def test_rows_come_back_from_json_as_they_were():
    rows, _booked = read(FIRST + "\n3. 曾叔 五百来斤\n4. 廖老板 三四百斤")

    assert from_json(to_json(rows)) == rows
    assert from_json([{"pk": 3, "no": 1, "unknown_key": 5}]) == [Row(3, 1, "", "", "ignore")]


def test_what_was_answered_is_not_asked_again():
    rows, _booked = read("1. 曾叔 五百来斤\n2. 刘玉兰")
    answered = [
        Row(**{**vars(rows[0]), "action": "replace", "firm_g": 260_000, "decided": True}),
        Row(**{**vars(rows[1]), "action": "ignore", "decided": True}),
    ]
    later, _booked = read("1. 小唐 20斤\n2. 曾叔 五百来斤\n3. 刘玉兰")

    told = with_decisions(later, answered)

    assert [row.waits for row in told] == [False, False, False]
    assert outcome_of(told, {}).parts == parts(小唐=10_000, 曾叔=260_000)
    assert [row.no for row in told] == [1, 2, 3]


def test_an_answer_that_adds_is_taken_over_only_on_top_of_this_paste():
    alone, _booked = read("王姐 50斤", known(parts(王姐=25_000)))
    added = [Row(**{**vars(alone[0]), "action": "add", "decided": True})]
    again, _booked = read("王姐 50斤", known(parts(王姐=50_000)))

    assert waiting(again) == [(1, "王姐", "same_name")]
    assert with_decisions(again, added)[0].waits


def test_what_was_corrected_stays_corrected_in_the_longer_list():
    rows, _booked = read("1. 陈总 100000斤\n2. 彭老板 半吨\n3. 王姐 50斤\n王姐 再加20斤\n王姐 再加20斤")
    told = {0: {"firm_g": 25_000, "action": "replace"}, 1: {"action": "cancel"}, 4: {"action": "ignore"}}
    corrected = [Row(**{**vars(row), **told[row.pk], "decided": True}) if row.pk in told else row for row in rows]
    later, _booked = read("1. 陈总 100000斤\n2. 彭老板 半吨\n3. 王姐 50斤\n4. 小唐 20斤\n王姐 再加20斤\n王姐 再加20斤")

    again = with_decisions(later, corrected)

    assert outcome_of(again, {}).parts == parts(陈总=25_000, 王姐=35_000, 小唐=10_000)
    changed, _booked = read("1. 陈总 80斤\n2. 彭老板 60斤")
    assert outcome_of(with_decisions(changed, corrected), {}).parts == parts(陈总=40_000, 彭老板=30_000)


def test_a_correction_is_one_lines_of_several_that_say_the_same():
    alone, _booked = read("王姐 再加20斤", known(parts(王姐=25_000)))
    skipped = [Row(**{**vars(alone[0]), "action": "ignore", "decided": True})]
    new, _booked = read("王姐 再加20斤", known(parts(王姐=25_000)))

    assert outcome_of(with_decisions(new, skipped), parts(王姐=25_000)).parts == parts(王姐=35_000)


def test_the_same_paste_read_again_keeps_every_answer():
    rows, _booked = read("1. 曾叔 五百来斤")
    answered = [Row(**{**vars(rows[0]), "action": "ignore", "decided": True})]

    assert with_answers(rows, answered) == answered


def test_the_digest_tells_other_parts_apart():
    assert prior_digest(parts(甲=1, 乙=2)) == prior_digest(parts(乙=2, 甲=1))
    assert prior_digest(parts(甲=1)) != prior_digest(parts(甲=2)) != prior_digest({})


LINES = [
    "1. 周满香 100斤",
    "2. 老李 200斤",
    "3. 周满香 再加30斤",
    "老何：我要50斤",
    "老李 不要了",
    "王姐改80斤",
    "#接龙",
    "曾叔 五百来斤",
    "小刘 三四百斤",
    "3号取消",
    "王姐的转给老李",
    "收到🌹",
    "老李 少要20斤",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12), st.booleans())
def test_whatever_is_pasted_nothing_is_below_zero_and_a_second_paste_changes_nothing(lines, has_prior):
    before = known(parts(周满香=50_000, 王姐=25_000)) if has_prior else Known()
    text = "\n".join(lines)
    rows, booked = read(text, before)

    assert all(part.firm_g > 0 and part.most_g >= part.firm_g for part in booked.values())
    counted = "\n".join(row.line for row in rows if row.counts)
    again, twice = read(text, known(booked, counted=counted, stalls=set(booked)))
    if not waiting(rows):  # nothing is saved before everything is answered
        assert twice == booked or waiting(again)
    assert from_json(to_json(again)) == again


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text):
    rows, booked = read(text, known(parts(周满香=50_000)))

    assert all(part.firm_g > 0 for part in booked.values())
    assert all(len(row.stall) <= 40 for row in rows)


@pytest.mark.parametrize("sign", ["\u202e", "\U0001f966", "<b>", "\u0000", "\ud800"])
def test_signs_that_do_not_belong_in_a_name_do_no_harm(sign):
    rows, _booked = read(f"1. 周{sign}满香 100斤")

    assert all(row.stall.isprintable() for row in rows)
