"""`manage.py read_relay`: the readings of a file, in words and as JSON; nothing is written."""

import json

import pytest
from django.core.management import CommandError, call_command

from orders.models import RelayReading

TEXT = "#接龙\n1. 周满香 100\n2. 苏大姐 2筐\n3. 郭师傅 13812345678 120斤\n4. 曾叔 五百来斤\n5. 何记 辣椒30斤\n"


@pytest.fixture
def told(tmp_path, capsys):
    def _told(text: str = TEXT, *options: str) -> str:
        path = tmp_path / "relay.txt"
        path.write_text(text, encoding="utf-8")
        call_command("read_relay", str(path), *options)
        return capsys.readouterr().out

    return _told


def test_each_line_is_said_beside_its_reading(told, db):
    said = told()

    assert "2\t1. 周满香 100\t周满香 · 新增 100 斤 = 50 公斤" in said
    assert "13812345678" not in said
    assert "苏大姐 · 要多少？（这批货没有写每件多重）" in said
    assert said.strip().endswith("合计 3 户 250 斤 = 125 公斤，2 处要确认")


def test_a_listing_gives_its_packs_and_its_produce(told, listing):
    found = json.loads(told(TEXT, "--listing", str(listing.pk), "--json"))

    assert found["final"] == {
        "周满香": {"firm_g": 50_000, "most_g": 50_000},
        "苏大姐": {"firm_g": 40_000, "most_g": 40_000},
        "郭师傅": {"firm_g": 60_000, "most_g": 60_000},
    }
    lines = {line["name"]: line for line in found["lines"] if line["name"]}
    assert (lines["曾叔"]["action"], lines["曾叔"]["qty_g"], lines["曾叔"]["flags"]) == (
        "ask",
        250_000,
        ["approximate"],
    )
    assert lines["何记"]["action"] == "ignore"
    assert RelayReading.objects.count() == 0


def test_without_a_unit_a_bare_number_is_asked(told, db):
    assert "（没有写单位）" in told("1. 周满香 100", "--unit", "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("", "还没有贴文字"), ("丝" * 100_001, "一次最多贴"), (b"\xff\xfe\x00", "不是 UTF-8")],
)
def test_what_cannot_be_read_ends_with_a_sentence(tmp_path, db, content, sentence):
    path = tmp_path / "relay.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(CommandError, match=sentence):
        call_command("read_relay", str(path))


def test_a_file_or_listing_that_is_not_there_ends_with_a_sentence(tmp_path, told, db):
    with pytest.raises(CommandError, match="读不到“gone"):
        call_command("read_relay", str(tmp_path / "gone.txt"))
    with pytest.raises(CommandError, match="没有编号 999 的货源"):
        told(TEXT, "--listing", "999")
