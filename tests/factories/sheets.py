"""Sheets as people send them: the same rows as CSV in several encodings and as XLSX."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from market.sheets import Sheet, read_sheet, write_xlsx


def as_csv(titles: Sequence[str], rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    out = StringIO()
    csv.writer(out).writerows([titles, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    return write_xlsx(titles, rows)


WRITERS = {
    "csv": lambda titles, rows: as_csv(titles, rows),
    "csv with a mark": lambda titles, rows: as_csv(titles, rows, "utf-8-sig"),
    "csv in GB18030": lambda titles, rows: as_csv(titles, rows, "gb18030"),
    "xlsx": as_xlsx,
}


def formula_xlsx(titles: Sequence[str], row: Sequence[Any], column: int, formula: str) -> bytes:
    """A workbook with a formula in one cell, which our own writer never makes."""
    from xlsxwriter import Workbook

    out = BytesIO()
    book = Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, titles)
    page.write_row(1, 0, [str(value) for value in row])
    page.write_formula(1, column, formula)
    book.close()
    return out.getvalue()


def sheet_of(importer: Any, content: bytes, name: str = "表.csv") -> Sheet:
    return read_sheet(content, name, importer.columns)


def upload(content: bytes, name: str = "表.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
