"""Reading a sheet: from the bytes of an upload to rows of text under known columns, or all that is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _

from .cells import BadCell, RawCell, RawRows, shown
from .csv_files import csv_rows, decode
from .headers import HEADER_WITHIN, Column, Header, Titles
from .problems import Problem, SheetError, column_letter
from .workbooks import workbook_rows

MAX_ROWS = 5000
MAX_BYTES = 5 * 1024 * 1024
MAX_PROBLEMS = 200
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")

__all__ = ["MAX_BYTES", "MAX_ROWS", "Column", "Row", "Sheet", "read_sheet"]


@dataclass(frozen=True)
class Row:
    """One row that is not blank. `number` is the one the person sees in their spreadsheet."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet read without problems. `digest` is the SHA-256 of the file: the same file, the same digest.

    Every row has a cell for every column asked for; it is empty where the file has no such column.
    """

    rows: list[Row]
    digest: str
    letters: dict[str, str]
    titles: dict[str, str]

    def problem(self, row: Row, key: str, message: str) -> Problem:
        """Return a problem an importer found, with the place of that cell."""
        return Problem(row.number, self.letters.get(key, ""), message, self.titles.get(key, ""))


def read_sheet(
    file: BinaryIO | bytes,
    name: str,
    columns: Sequence[Column],
    *,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
) -> Sheet:
    """Return the rows of a CSV or XLSX file; which of the two is decided by content.

    `name` only tells the person which file is meant. `max_bytes` is the size of the file as sent.
    Raises: SheetError with every problem found, or the first 200.
    """
    name = shown("".join(filter(str.isprintable, PurePosixPath(name).name)), 60)
    content = _content(file, name, max_bytes)
    titles = Titles(columns)
    rows = _raw_rows(content, name, titles)
    head = list(islice(rows, HEADER_WITHIN))
    header = titles.find(head)
    problems = titles.problems(header)
    below = chain((row for row in head if row[0] > header.row), rows)
    found = _read_rows(below, header, [column.key for column in columns], problems, max_rows)
    if not found and not problems:
        problems.append(Problem(header.row, "", _("表头下面没有内容")))
    if problems:
        raise SheetError(_first(problems))
    letters = {key: column_letter(index + 1) for index, key in header.keys.items()}
    shown_titles = {key: header.titles[index] for index, key in header.keys.items()}
    return Sheet(found, sha256(content).hexdigest(), letters, shown_titles)


def _first(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= MAX_PROBLEMS:
        return problems
    message = _("问题太多，这里只列出前 %(limit)d 处；改好以后再传，会接着检查") % {"limit": MAX_PROBLEMS}
    return [*problems[:MAX_PROBLEMS], Problem(None, "", message)]


def _content(file: BinaryIO | bytes, name: str, max_bytes: int) -> bytes:
    if isinstance(file, bytes):
        content = file
    else:
        if file.seekable():
            file.seek(0)
        content = file.read(max_bytes + 1)
    if not content.strip():
        raise SheetError.of_file(_("文件“%(name)s”是空的") % {"name": name})
    if len(content) > max_bytes:
        limit = {"name": name, "megabytes": f"{max_bytes / 2**20:.3g}"}
        raise SheetError.of_file(_("文件“%(name)s”超过 %(megabytes)s MB，请分成几个文件") % limit)
    return content


def _raw_rows(content: bytes, name: str, titles: Titles) -> RawRows:
    """Return the rows of whichever kind of file this is. Raises: SheetError, also while the rows are read."""
    if content.startswith(b"PK\x03\x04"):
        return workbook_rows(content)
    if content.startswith(_OLE):
        sentence = _("文件“%(name)s”是旧的 .xls 格式，请用“另存为”存成 .xlsx 再传")
        if "EncryptedPackage".encode("utf-16-le") in content:
            sentence = _("文件“%(name)s”有打开密码，请去掉密码再传")
        raise SheetError.of_file(sentence % {"name": name})
    text = decode(content)
    if text is None or text.lstrip().startswith("<"):
        sentence = _("文件“%(name)s”不是能读的表格，请另存为 .xlsx 或 .csv 再传")
        raise SheetError.of_file(sentence % {"name": name})
    return csv_rows(text, HEADER_WITHIN, titles.known)


def _read_rows(rows: RawRows, header: Header, keys: list[str], problems: list[Problem], max_rows: int) -> list[Row]:
    """Return the rows that are not blank, and add what is wrong in them to `problems`."""
    found: list[Row] = []
    try:
        for number, cells in rows:
            if not any(cells):
                continue
            if len(found) == max_rows:
                message = _("超过 %(limit)d 行，请分成几个文件") % {"limit": max_rows}
                problems.append(Problem(number, "", message))
                break
            if len(problems) > MAX_PROBLEMS:
                break
            problems += _cell_problems(number, cells, header)
            found.append(_row(number, cells, header, keys))
    except SheetError as error:
        problems += error.problems
    return found


def _cell_problems(number: int, cells: list[RawCell], header: Header) -> Iterator[Problem]:
    for index, cell in enumerate(cells):
        letter = column_letter(index + 1)
        if cell and index not in header.titles:
            yield Problem(number, letter, _("这一格有内容，但这一列没有列名"))
        elif isinstance(cell, BadCell) and index in header.keys:
            yield Problem(number, letter, cell.message, header.titles[index])


def _row(number: int, cells: list[RawCell], header: Header, keys: list[str]) -> Row:
    values = dict.fromkeys(keys, "")
    for index, cell in enumerate(cells):
        if index in header.keys and isinstance(cell, str):
            values[header.keys[index]] = cell
    return Row(number, values)
