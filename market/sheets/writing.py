"""Writing a sheet: plain values into an XLSX file in which nothing runs."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from math import isfinite
from typing import Any

from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .cells import NO, YES
from .formulas import safe_cell

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MAX_TEXT = 32_767
_MAX_WIDTH = 40
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMATS = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", time: "hh:mm"}


def write_xlsx(titles: Sequence[object], rows: Iterable[Sequence[object]], *, name: str | None = None) -> bytes:
    """Return a workbook of one sheet, called `name`, with a bold, fixed header row.

    Numbers and moments stay numbers and moments where the format can hold them exactly, else they become text;
    aware moments are put on the local clock; booleans read 是/否; text that would run as a formula gets an
    apostrophe, since people save such files as CSV again.
    """
    out = BytesIO()
    workbook = Workbook(out, _OPTIONS)
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True})
    formats = {kind: workbook.add_format({"num_format": mask}) for kind, mask in _FORMATS.items()}
    widths = [0] * len(titles)
    for row_index, row in enumerate([titles, *rows]):
        for index, value in enumerate(row):
            plain = _plain(value)
            _write(sheet, row_index, index, plain, formats.get(type(plain), None if row_index else bold))
            if index < len(widths):
                widths[index] = max(widths[index], _width(plain))
    for index, width in enumerate(widths):
        sheet.set_column(index, index, min(width, _MAX_WIDTH) + 2)
    sheet.freeze_panes(1, 0)
    workbook.close()
    return out.getvalue()


def _plain(value: object) -> Any:
    """Return None, a float or int Excel holds exactly, a naive moment Excel can hold, or safe text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, time) or (isinstance(value, date) and value.year > 1900):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(safe_cell(_UNWRITABLE.sub(" ", str(value))))[:_MAX_TEXT]


def _number(value: int | float | Decimal) -> int | float | str:
    if not (isfinite(value) and -(10**15) < value < 10**15):
        return str(value)
    if isinstance(value, Decimal):
        near = float(value)
        return near if Decimal(format(near, ".15g")) == value else format(value, "f")
    return value


def _write(sheet: Worksheet, row: int, column: int, value: Any, form: Format | None) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, form)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, form)
    elif value is not None:
        sheet.write_datetime(row, column, value, form)


def _width(value: object) -> int:
    """Return about how many digits wide the value stands; a Chinese character is two."""
    if isinstance(value, date | time):
        return 16
    return max((sum(2 if ord(one) > 0x2E7F else 1 for one in line) for line in str(value or "").split("\n")), default=0)
