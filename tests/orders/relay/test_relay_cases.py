"""What people write, line by line and message by message, read as a person would."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from market.wording import mask_phone
from orders.relay import Action, Context, read_line, read_text
from orders.relay.__main__ import context_of, main, read_cases
from orders.relay.signs import masked
from tests.orders.relay.cases import FILES, cases, expected_line, grams


@pytest.mark.parametrize(("case_id", "case"), cases("lines"))
def test_a_line_is_read_as_a_person_reads_it(case_id, case):
    said = read_cases({"lines": [case]})["lines"][case_id]

    assert said == expected_line(case), case["text"]


def test_what_is_uncertain_or_special_carries_its_flags():
    for _, case in cases("lines"):
        entries = read_line(case["text"], context_of(case.get("context", {})))
        says_what_is_special(entries, case)


def says_what_is_special(entries, case):
    for entry, wanted in zip(entries, case["expect"], strict=True):
        assert set(wanted.get("flags", ())) <= set(entry.flags)
        assert wanted.get("ref_no") in (None, entry.ref_no)
        assert wanted.get("crop") in (None, entry.crop)
        assert wanted.get("grade") in (None, entry.grade)
        assert grams(wanted.get("per_day_kg")) in (None, entry.per_day_g)
        assert wanted.get("sets_sender") in (None, entry.sets_sender)
        assert entry.action is not Action.ASK or entry.flags


@pytest.mark.parametrize(("case_id", "case"), cases("messages"))
def test_a_message_comes_to_what_a_person_makes_of_it(case_id, case):
    reading = read_text(case["text"], context_of(case.get("context", {})))

    assert reading.final_g == {name: grams(kg) for name, kg in case["final_kg"].items()}
    assert set(reading.vanished) == set(case.get("vanished", reading.vanished))
    assert set(reading.forked) == set(case.get("forked", reading.forked))


def test_there_are_many_cases_and_each_has_its_own_id():
    ids = [case_id for kind in ("lines", "messages") for case_id, _ in cases(kind)]

    assert len(ids) == len(set(ids))
    assert len(cases("lines")) >= 1200


def test_a_name_that_vanished_is_out_and_asked_about():
    text = "#接龙\n1. 周满香 100斤\n2. 老李 200斤\n3. 王姐 50斤\n\n#接龙\n1. 周满香 100斤\n2. 王姐 50斤"

    reading = read_text(text)

    assert reading.vanished == ("老李",)
    assert [(entry.name, entry.flags) for entry in reading.asked] == [("老李", ("vanished",))]


def test_the_command_prints_what_the_lines_and_messages_come_to(capsys):
    assert main([str(FILES[0])]) == 0

    printed = json.loads(capsys.readouterr().out)

    assert set(printed) == {"lines", "messages"}
    assert printed == read_cases(json.loads(FILES[0].read_text(encoding="utf-8")))


def _with_prior(weight: str) -> str:
    return f'{{"lines": [{{"id": "a", "text": "3斤", "context": {{"prior_kg": {{"老李": {weight}}}}}}}]}}'


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", '{"lines": [{}]}', '{"lines": 3}', "[" * 100_000),
        *(_with_prior(weight) for weight in ('"1/0"', '"9e999999999"', "1e400", "NaN", '"abc"', "null")),
    ],
    ids=lambda content: content[:80],
)
def test_the_command_refuses_what_is_no_file_of_cases(content, tmp_path, capsys):
    path = tmp_path / "cases.json"
    path.write_text(content, encoding="utf-8")

    assert main([str(path)]) == 2
    assert main([]) == 2
    assert capsys.readouterr().out == ""


def test_half_a_pair_of_surrogates_in_a_name_is_printed_as_json_escapes_it(tmp_path, capsys):
    path = tmp_path / "cases.json"
    path.write_text('{"messages": [{"id": "\\ud800", "text": "老李 3斤"}]}', encoding="utf-8")

    assert main([str(path)]) == 0
    assert '"\\ud800"' in capsys.readouterr().out


def test_the_reader_starts_without_django():
    code = "import sys, orders.relay.__main__; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("郭师傅 13800000000 120斤", "郭师傅 138****0000 120斤"),
        ("郭师傅 138-0000-0000 120斤", "郭师傅 138****0000 120斤"),
        ("１３８００００００００ 老李", "138****0000 老李"),
        ("+86 13800000000", "138****0000"),
        ("0731-20000000 老李", "073****0000 老李"),
        ("老李 138  1234  5678 3斤", "老李 138****5678 3斤"),
        ("老李 138·1234·5678", "老李 138****5678"),
        ("老李 138_1234_5678", "老李 138****5678"),
        ("（138）12345678 老李", "（138****5678 老李"),
        ("+86（138）1234-5678", "138****5678"),
        ("0086-13812345678", "138****5678"),
        ("13812 345678", "138****5678"),
        ("1381234 5678", "138****5678"),
        ("138\u202e1234\u202c5678", "138****5678"),
        ("1 3 8 1 2 3 4 5 6 7 8", "138****5678"),
        ("①③⑧①②③④⑤⑥⑦⑧", "138****5678"),
        ("老李幺三八一二三四五六七八 3斤", "老李**** 3斤"),
        ("0731 2888 1234", "073****1234"),
        ("（0731）28881234", "（073****1234"),
        ("400-800-1234", "400****1234"),
        ("卡号6222 0212 3456 7890 123", "卡号622****0123"),
        ("老李 150 100 200 300 50", "老李 150 100 200 300 50"),
        ("老李 1500 2000 300", "老李 1500 2000 300"),
        ("一三五送货 3斤", "一三五送货 3斤"),
        ("老李 200斤", "老李 200斤"),
    ],
)
def test_telephone_numbers_are_masked_as_on_the_screens(written, shown):
    assert masked(written) == shown
    assert mask_phone("13800000000") == masked("13800000000")


def test_a_paste_over_prior_pledges_goes_on_from_them():
    reading = read_text("王姐：再要50斤\n老李：不要了", Context(prior_g={"王姐": 25_000, "老李": 10_000}))

    assert reading.final_g == {"王姐": 50_000}
    assert [entry.action for entry in reading.entries] == [Action.ADD, Action.CANCEL]
