"""Reading what people fill in: encodings, delimiters, headers, cells and every refusal of `market.sheets`."""

import csv
from hashlib import sha256
from io import BytesIO, StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from market.sheets import Column, Problem, Row, SheetError, column_letter, read_sheet

COLUMNS = [
    Column("produce", ("品名", "produce"), required=True),
    Column("quantity", ("数量（公斤）", "数量", "quantity_kg"), required=True),
    Column("price", ("单价", "unit price"), required=True),
    Column("phone", ("联系电话", "phone")),
    Column("note", ("备注", "note")),
]
TABLE = "品名,数量（公斤）,单价,联系电话\n丝瓜,10000,2.4,13800138000\n早稻,5000000,2.62,\n"
ROWS = [
    Row(2, {"produce": "丝瓜", "quantity": "10000", "price": "2.4", "phone": "13800138000", "note": ""}),
    Row(3, {"produce": "早稻", "quantity": "5000000", "price": "2.62", "phone": "", "note": ""}),
]


def read(text: str | bytes, name: str = "货源.csv", **limits):
    return read_sheet(text.encode() if isinstance(text, str) else text, name, COLUMNS, **limits)


def problems(text: str | bytes, **limits) -> list[str]:
    with pytest.raises(SheetError) as caught:
        read(text, **limits)
    assert all(isinstance(problem, Problem) for problem in caught.value.problems)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_column_letter_is_the_one_in_excel(number, letters):
    assert column_letter(number) == letters


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_encoding_and_delimiter_are_recognised(encoding, delimiter):
    content = TABLE.replace(",", delimiter).encode(encoding)

    sheet = read(content)

    assert sheet.rows == ROWS
    assert sheet.digest == sha256(content).hexdigest()


def test_rare_characters_of_names_survive_both_encodings():
    for encoding in ("utf-8", "gb18030"):
        assert read(TABLE.replace("丝瓜", "喆翀燚䶮𠮷").encode(encoding)).rows[0].cells["produce"] == "喆翀燚䶮𠮷"


def test_file_object_is_read_from_its_start():
    file = BytesIO(TABLE.encode())
    file.read()

    assert read_sheet(file, "货源.csv", COLUMNS).rows == ROWS


def test_commas_inside_cells_do_not_choose_the_delimiter():
    table = "品名;数量;单价;备注\n丝瓜;100;2.4;鲜,嫩,直\n"

    assert read(table).rows[0].cells["note"] == "鲜,嫩,直"


def test_quoted_cells_keep_commas_quotes_and_line_breaks_as_one_row():
    out = StringIO()
    csv.writer(out).writerows(
        [["品名", "数量", "单价", "备注"], ["丝瓜", "1", "2", '"顺直",\r\n鲜嫩'], ["早稻", "3", "4", ""]]
    )

    rows = read(out.getvalue()).rows

    assert rows[0].cells["note"] == '"顺直",\n鲜嫩'
    assert rows[1].number == 3


def test_unpaired_quotation_mark_is_refused_rather_than_swallowing_rows():
    assert problems('品名,数量,单价\n丝瓜,1,2\n"早稻,3,4\n莲藕,5,6\n') == [
        "第 3 行：从这一行起读不出来，请检查双引号是否成对"
    ]


def test_titles_are_recognised_whatever_their_width_case_and_stars():
    table = "\ufeff＊品名, Quantity_KG ,ＵＮＩＴ　Price：,ＰＨＯＮＥ\n丝瓜,1,2,3\n"

    sheet = read(table)

    assert sheet.rows[0].cells == {"produce": "丝瓜", "quantity": "1", "price": "2", "phone": "3", "note": ""}
    assert sheet.letters == {"produce": "A", "quantity": "B", "price": "C", "phone": "D"}
    assert sheet.titles["price"] == "ＵＮＩＴ　Price："


def test_title_rows_above_the_header_and_blank_rows_are_skipped():
    table = "白关镇待售农产品,,,\n填表日期,2022-04-11,=TODAY(),\n,,,\n" + TABLE + ",,,\n 　,,,\n莲藕,1,2,\n"

    assert [row.number for row in read(table).rows] == [5, 6, 9]


def test_unit_in_brackets_of_a_title_is_not_overlooked():
    assert problems("品名,数量(斤),单价\n丝瓜,1,2\n") == [
        "第 1 行：缺少「数量（公斤）」这一列",
        "第 1 行 B 列「数量(斤)」：不认识这一列，是不是「数量（公斤）」？",
    ]


def test_all_problems_of_header_and_cells_are_told_at_once():
    table = "品名,单介,品名,单位,数量\n丝瓜,1,2,3,=1+1\n早稻,1,2,3,@SUM(A1)\n"

    assert problems(table) == [
        "第 1 行：缺少「单价」这一列",
        "第 1 行 B 列「单介」：不认识这一列，是不是「单价」？",
        "第 1 行 C 列「品名」：和 A 列重复，只能留一列",
        "第 1 行 D 列「单位」：不认识这一列，是不是「单价」？",
        "第 2 行 E 列「数量」：“=1+1”像是公式，请去掉开头的 =",
        "第 3 行 E 列「数量」：“@SUM(A1)”像是公式，请去掉开头的 @",
    ]


def test_unknown_column_without_a_near_title_lists_the_known():
    assert problems("品名,数量,单价,身高\n丝瓜,1,2,3\n") == [
        "第 1 行 D 列「身高」：不认识这一列，请删掉；能用的列有：品名、数量（公斤）、单价、联系电话、备注"
    ]


def test_content_without_a_title_is_not_dropped():
    assert problems("品名,数量,单价\n丝瓜,1,2,4\n早稻,1,000,2\n") == [
        "第 2 行 D 列：这一格有内容，但这一列没有列名",
        "第 3 行 D 列：这一格有内容，但这一列没有列名",
    ]


def test_missing_header_names_the_titles_wanted():
    assert problems("丝瓜,1,2\n" * 12) == ["没有找到表头：前 10 行里要有一行写着列名（品名、数量（公斤）、单价）"]
    assert problems("说明\n" * 10 + TABLE) == ["没有找到表头：前 10 行里要有一行写着列名（品名、数量（公斤）、单价）"]
    assert len(read("说明\n" * 9 + TABLE).rows) == 2


def test_header_that_is_a_formula_is_named():
    assert problems("品名,数量,单价,=备注\n丝瓜,1,2,3\n") == ["第 1 行 D 列：“=备注”像是公式，请去掉开头的 ="]


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+1+1", "-2+3", "＝1", "\t=1+1", " =1", "-新鲜", '="1"', "+1|2"]
)
def test_text_that_would_run_as_a_formula_is_refused(text):
    quoted = '"' + text.replace('"', '""') + '"'

    (problem,) = problems(f"品名,数量,单价,备注\n丝瓜,1,2,{quoted}\n")

    assert problem.startswith(f"第 2 行 D 列「备注」：“{text.strip()}”像是公式")


@pytest.mark.parametrize(
    "text", ["-5", "-5.5", "+8613800138000", "+86 138 0013 8000", "-1,200", "-18℃", "-", "--", "\t13800138000", "3-4"]
)
def test_signed_numbers_telephones_and_dashes_are_no_formulas(text):
    assert read(f'品名;数量;单价;备注\n丝瓜;1;2;"{text}"\n').rows[0].cells["note"] == text.strip()


def test_cell_of_endless_text_is_refused():
    assert problems(f"品名,数量,单价\n{'瓜' * 5001},1,2\n") == ["第 2 行 A 列「品名」：内容太长，最多 5000 个字"]


def test_limits_of_rows_and_bytes():
    assert len(read(TABLE, max_rows=2).rows) == 2
    assert problems(TABLE, max_rows=1) == ["第 3 行：超过 1 行，请分成几个文件"]
    assert len(read(TABLE, max_bytes=len(TABLE.encode())).rows) == 2
    assert problems(bytes(6 * 2**20) + b"x") == ["文件“货源.csv”超过 5 MB，请分成几个文件"]


def test_number_of_problems_is_limited():
    found = problems("品名,数量,单价\n" + "丝瓜,=1,2\n" * 500)

    assert len(found) == 201
    assert found[199] == "第 201 行 B 列「数量」：“=1”像是公式，请去掉开头的 ="
    assert found[200] == "问题太多，这里只列出前 200 处；改好以后再传，会接着检查"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件“货源.csv”是空的"),
        (b" \r\n\n", "文件“货源.csv”是空的"),
        (b",,,\n,,\n", "表格里没有内容"),
        ("品名,数量,单价\n,,\n".encode(), "第 1 行：表头下面没有内容"),
        (bytes(range(256)), "文件“货源.csv”不是能读的表格，请另存为 .xlsx 或 .csv 再传"),
        (b"%PDF-1.7\n\x00\x01", "文件“货源.csv”不是能读的表格，请另存为 .xlsx 或 .csv 再传"),
        (b"<html><table><tr><td>x</td></tr></table>", "文件“货源.csv”不是能读的表格，请另存为 .xlsx 或 .csv 再传"),
        (b"\xff\xfeA", "文件“货源.csv”不是能读的表格，请另存为 .xlsx 或 .csv 再传"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"W\0o\0r\0k\0", "文件“货源.csv”是旧的 .xls 格式，请用“另存为”存成 .xlsx 再传"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
            "文件“货源.csv”有打开密码，请去掉密码再传",
        ),
    ],
)  # fmt: skip
def test_file_that_is_no_table_gets_its_own_sentence(content, sentence):
    assert problems(content) == [sentence]


def test_name_in_a_sentence_has_no_folder_and_nothing_unprintable():
    with pytest.raises(SheetError, match=r"^文件“a\.csv”是空的$"):
        read(b"", name="../../up/a\x00\udc80\n.csv")


def test_importer_names_a_problem_with_the_place_of_the_cell():
    sheet = read(TABLE)

    assert str(sheet.problem(sheet.rows[0], "price", "单价太低")) == "第 2 行 C 列「单价」：单价太低"
    assert str(sheet.problem(sheet.rows[0], "note", "要写")) == "第 2 行：要写"


def read_or_refuse(content: bytes, name: str) -> None:
    try:
        sheet = read_sheet(content, name, COLUMNS)
    except SheetError as error:
        found = error.problems
        str(error).encode()
    else:
        found = []
        assert sheet.rows
    assert len(found) <= 201


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b"", b"\xff\xfe", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")]), st.binary(), st.text())
def test_random_bytes_and_names_are_refused_and_nothing_worse(start, rest, name):
    read_or_refuse(start + rest, name)


@settings(max_examples=300, deadline=None)
@given(st.text(), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
@example('"', "utf-8")
def test_random_text_under_a_header_is_read_or_refused(text, encoding):
    read_or_refuse(("品名,数量,单价\n" + text).encode(encoding, "replace"), "a.csv")
