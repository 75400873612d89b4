"""Workbooks: what Excel, WPS and attackers put into an XLSX file, and the files we write ourselves."""

# ruff: noqa: DTZ001 - spreadsheets know no time zones

import struct
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from market.sheets import Column, SheetError, read_sheet, safe_cell, workbooks, write_xlsx

TITLES = ["品名", "数量", "单价", "备注"]
COLUMNS = [Column(title, (title,), required=title != "备注") for title in TITLES]


def saved(workbook: Workbook) -> bytes:
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def workbook_of(*rows) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    return saved(workbook)


def problems(content: bytes) -> list[str]:
    with pytest.raises(SheetError) as caught:
        read_sheet(content, "货源.xlsx", COLUMNS)
    return [str(problem) for problem in caught.value.problems]


def note(value) -> str:
    """What a cell holding this value reads as."""
    return read_sheet(workbook_of(TITLES, ["丝瓜", 1, 2, value]), "货源.xlsx", COLUMNS).rows[0].cells["备注"]


def with_part(content: bytes, part: str, body: bytes) -> bytes:
    """The package with one part replaced or added."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != part:
                new.writestr(one, old.read(one))
        new.writestr(part, body)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
SHEET_XML = (
    b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"%s<sheetData>%s</sheetData></worksheet>"
)
PLAIN = workbook_of(TITLES, ["丝瓜", 10, 2.4, None])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (15.0, "15"),
        (2.4, "2.4"),
        (2.4000000000000004, "2.4"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (13800138000, "13800138000"),
        (123456789012345, "123456789012345"),
        (True, "是"),
        (False, "否"),
        (date(2022, 4, 11), "2022-04-11"),
        (datetime(2022, 4, 11), "2022-04-11"),
        (datetime(2022, 4, 11, 7, 30), "2022-04-11 07:30"),
        (datetime(2022, 4, 11, 7, 59, 59, 990_000), "2022-04-11 08:00"),
        (time(7, 30), "07:30"),
        (time(0, 0), "00:00"),
        (timedelta(hours=26, minutes=5), "26:05"),
        ("　 10 吨 ", "10 吨"),
        ("两行\r\n字", "两行\n字"),
        (None, ""),
    ],
)
def test_cell_reads_as_the_person_sees_it(value, text):
    assert note(value) == text


@pytest.mark.parametrize("value", [430224199001010011, 1e15, -(10**18)])
def test_number_that_lost_its_end_is_refused(value):
    assert problems(workbook_of(TITLES, ["丝瓜", 1, 2, value])) == [
        "第 2 行 D 列「备注」：数字太长，表格软件已丢掉第 15 位以后的数字；请先把这一列设成“文本”，再重新输入"
    ]


def test_formula_cells_are_refused_with_their_places():
    rows = [TITLES, ["丝瓜", "=B1*2", 2, None], ["早稻", 1, "=2+2", "=A1"]]

    assert problems(workbook_of(*rows)) == [
        "第 2 行 B 列「数量」：这一格是公式，请复制后用“选择性粘贴—数值”改成结果",
        "第 3 行 C 列「单价」：这一格是公式，请复制后用“选择性粘贴—数值”改成结果",
        "第 3 行 D 列「备注」：这一格是公式，请复制后用“选择性粘贴—数值”改成结果",
    ]


def test_text_that_looks_like_a_formula_and_error_values_are_refused():
    workbook = Workbook()
    workbook.active.append(TITLES)
    workbook.active.append(["丝瓜", 1, "#DIV/0!", "x"])
    workbook.active["D2"].value = "=cmd|' /C calc'!A0"
    workbook.active["D2"].data_type = "s"

    assert problems(saved(workbook)) == [
        "第 2 行 C 列「单价」：这一格是错误值 #DIV/0!",
        "第 2 行 D 列「备注」：“=cmd|' /C calc'!A0”像是公式，请去掉开头的 =",
    ]


def test_merged_title_rows_above_the_header_are_skipped():
    workbook = Workbook()
    for row in (["白关镇待售农产品登记表"], [None, "填表人", "=NOW()"], TITLES, ["丝瓜", 10, 2.4]):
        workbook.active.append(row)
    workbook.active.merge_cells("A1:D1")

    rows = read_sheet(saved(workbook), "货源.xlsx", COLUMNS).rows

    assert [(row.number, row.cells["数量"]) for row in rows] == [(4, "10")]


def test_first_visible_sheet_is_read():
    workbook = Workbook()
    workbook.active.append(["草稿"])
    workbook.active.sheet_state = "hidden"
    shown = workbook.create_sheet("货源")
    shown.append(TITLES)
    shown.append(["丝瓜", 1, 2])
    workbook.create_sheet("说明").append(["别的"])

    assert len(read_sheet(saved(workbook), "货源.xlsx", COLUMNS).rows) == 1


def test_content_decides_and_not_the_name():
    assert len(read_sheet(PLAIN, "货源.csv", COLUMNS).rows) == 1
    assert len(read_sheet("品名,数量,单价\n丝瓜,1,2\n".encode(), "货源.xlsx", COLUMNS).rows) == 1


def test_rows_keep_the_numbers_of_the_sheet_over_gaps():
    xml = SHEET_XML % (
        b"",
        b'<dimension ref="A1:B2"/>',
        b'<row r="3"><c r="A3" t="inlineStr"><is><t>\xe5\x93\x81\xe5\x90\x8d</t></is></c>'
        b'<c r="B3" t="inlineStr"><is><t>\xe6\x95\xb0\xe9\x87\x8f</t></is></c>'
        b'<c r="D3" t="inlineStr"><is><t>\xe5\x8d\x95\xe4\xbb\xb7</t></is></c></row>'
        b'<row r="70"><c r="A70"><v>1</v></c><c r="D70"><v>2.4</v></c></row>',
    )

    sheet = read_sheet(with_part(PLAIN, SHEET, xml), "货源.xlsx", COLUMNS)

    assert [(row.number, row.cells["单价"]) for row in sheet.rows] == [(70, "2.4")]
    assert sheet.letters["单价"] == "D"


def test_dates_of_programs_that_write_iso_text_are_read():
    cells = "".join(f'<c t="inlineStr"><is><t>{title}</t></is></c>' for title in TITLES)
    values = '<c t="d"><v>2022-04-11</v></c><c t="d"><v>07:30:00</v></c><c><v>2.40000</v></c>'
    xml = SHEET_XML % (b"", b"", f"<row>{cells}</row><row>{values}</row>".encode())

    (row,) = read_sheet(with_part(PLAIN, SHEET, xml), "货源.xlsx", COLUMNS).rows

    assert list(row.cells.values()) == ["2022-04-11", "07:30", "2.4", ""]


TOO_LARGE = ["表格太大；请删掉多余的工作表、空行和图片，或者分成几个文件"]
UNREADABLE = ["这个 Excel 文件打不开，可能已损坏；请重新另存为 .xlsx 再传"]


def test_package_that_unpacks_too_large_is_refused_unread():
    bomb = with_part(PLAIN, SHEET, bytes(workbooks.MAX_UNPACKED_BYTES + 1))
    assert len(bomb) < 100_000

    assert problems(bomb) == TOO_LARGE


def test_package_that_lies_about_its_size_is_refused():
    bomb = with_part(PLAIN, SHEET, bytes(workbooks.MAX_UNPACKED_BYTES + 1))
    true, false = struct.pack("<I", workbooks.MAX_UNPACKED_BYTES + 1), struct.pack("<I", 100)

    assert problems(bomb.replace(true, false)) == UNREADABLE


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="999999999"><c r="A999999999"><v>1</v></c></row>',
        b'<row><c r="XFD1"/></row>' * 200_000,
    ],
)
def test_sheet_of_endless_empty_cells_is_refused(rows):
    header = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % title.encode() for title in TITLES)
    xml = SHEET_XML % (b"", b"", b"<row>" + header + b"</row>" + rows)

    assert problems(with_part(PLAIN, SHEET, xml)) == TOO_LARGE


def test_entities_are_refused():
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    xml = SHEET_XML % (laughs, b"", b'<row><c t="inlineStr"><is><t>&b;</t></is></c></row>')

    assert problems(with_part(PLAIN, SHEET, xml)) == UNREADABLE


def test_other_packages_and_damaged_workbooks_get_their_own_sentence():
    odt = BytesIO()
    with ZipFile(odt, "w") as package:
        package.writestr("content.xml", "<x/>")
    locked = bytearray(PLAIN)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1

    assert problems(odt.getvalue()) == ["这是压缩包或别的文件，不是 Excel 表格；请另存为 .xlsx 再传"]
    assert problems(bytes(locked)) == ["这个文件有密码，请去掉密码再传"]
    assert problems(PLAIN[: len(PLAIN) // 2]) == UNREADABLE
    assert problems(with_part(PLAIN, "xl/workbook.xml", b"<workbook")) == UNREADABLE
    assert problems(saved(Workbook())) == ["表格里没有内容"]


def test_workbook_without_a_visible_sheet_is_refused(monkeypatch):
    with ZipFile(BytesIO(PLAIN)) as package:
        body = package.read("xl/workbook.xml").replace(b'state="visible"', b'state="veryHidden"')

    assert problems(with_part(PLAIN, "xl/workbook.xml", body)) == ["这个 Excel 文件里没有可见的工作表"]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 20_000), st.binary(min_size=1, max_size=6))
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_workbook_is_read_or_refused_and_nothing_worse(at, damage):
    at %= len(PLAIN)
    content = PLAIN[:at] + damage + PLAIN[at + len(damage) :]

    try:
        read_sheet(content, "货源.xlsx", COLUMNS)
    except SheetError as error:
        found = error.problems
    else:
        found = [None]
    assert found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("＋1+1", "'＋1+1"),
        ("丝瓜", "丝瓜"),
        ("-5", "-5"),
        ("+86 138 0013 8000", "+86 138 0013 8000"),
        ("", ""),
        (-5, -5),
        (None, None),
    ],
)
def test_safe_cell_neutralises_only_formulas(value, expected):
    assert safe_cell(value) == expected


def test_written_workbook_holds_numbers_moments_and_text_but_no_formula():
    row = ["=1+1", Decimal("2.40"), 10**18, "https://example.org/", date(2022, 4, 11), None]

    sheet = load_workbook(BytesIO(write_xlsx(["甲", "乙", "丙", "丁", "戊", "己"], [row]))).active

    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert [cell.value for cell in sheet[2]] == [
        "'=1+1", 2.4, str(10**18), "https://example.org/", datetime(2022, 4, 11), None,
    ]  # fmt: skip
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "s", "s", "d", "n"]
    assert sheet["D2"].hyperlink is None


def test_values_excel_cannot_hold_become_text():
    row = [Decimal("1.2345678901234567"), float("nan"), date(1899, 1, 1), "a\x00\ud800b", True]

    sheet = load_workbook(BytesIO(write_xlsx(TITLES, [row]))).active

    assert [cell.value for cell in sheet[2]] == ["1.2345678901234567", "nan", "1899-01-01", "a  b", "是"]


def test_aware_moments_are_written_on_the_local_clock(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    moment = datetime(2022, 4, 10, 23, 30, tzinfo=UTC)

    assert load_workbook(BytesIO(write_xlsx(["时刻"], [[moment]]))).active["A2"].value == datetime(2022, 4, 11, 7, 30)


SAFE_TEXT = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Cf")), min_size=1, max_size=30)
    .map(str.strip)
    .filter(lambda text: text and safe_cell(text) == text and "_x" not in text)
)
NUMBERS = st.one_of(
    st.integers(-(10**14), 10**14), st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False)
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(SAFE_TEXT, NUMBERS, st.dates(date(1901, 1, 1)), st.times().map(lambda at: at.replace(second=0, microsecond=0))),
        min_size=1,
        max_size=8,
    )
)  # fmt: skip
def test_what_is_written_reads_back(rows):
    sheet = read_sheet(write_xlsx(TITLES, rows), "货源.xlsx", COLUMNS)

    assert [row.number for row in sheet.rows] == list(range(2, len(rows) + 2))
    for row, (text, number, day, clock) in zip(sheet.rows, rows, strict=True):
        assert row.cells["品名"] == text
        assert Decimal(row.cells["数量"]) == number
        assert row.cells["单价"] == day.isoformat()
        assert row.cells["备注"] == clock.strftime("%H:%M")
