"""Rows of an XLSX workbook: its first visible sheet, with limits a hostile file cannot talk its way around."""

from datetime import date, time, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from .cells import NO, YES, BadCell, RawCell, RawRows, moment_cell, number_cell, text_cell
from .problems import SheetError

MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_PARTS = 1000
# Rows and cells walked through, empty ones included: a single cell far to the right or below counts for all
# that openpyxl fills in before it.
MAX_CELLS = 2_000_000


def workbook_rows(content: bytes) -> RawRows:
    """Yield every row of the first visible sheet with its number. Raises: SheetError."""
    try:
        _check_package(content)
        yield from _rows(content)
    except SheetError:
        raise
    except Exception as error:
        # Hostile bytes make zipfile, expat and openpyxl raise nearly anything.
        raise SheetError.of_file(_("这个 Excel 文件打不开，可能已损坏；请重新另存为 .xlsx 再传")) from error


def _check_package(content: bytes) -> None:
    """Refuse what is too large once unpacked, by the sizes that zipfile enforces while reading."""
    with ZipFile(BytesIO(content)) as package:
        parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise SheetError.of_file(_("这个文件有密码，请去掉密码再传"))
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise _too_large()
    if "[Content_Types].xml" not in package.namelist():
        raise SheetError.of_file(_("这是压缩包或别的文件，不是 Excel 表格；请另存为 .xlsx 再传"))


def _rows(content: bytes) -> RawRows:
    # Not data_only: the stored result of a formula may be stale, so formulas are shown and refused.
    workbook = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = next((one for one in workbook.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise SheetError.of_file(_("这个 Excel 文件里没有可见的工作表"))
        # The stated size may be false: it would cut off cells, or pad every row to 16,384.
        sheet.reset_dimensions()
        walked = 0
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            walked += 1 + len(cells)
            if walked > MAX_CELLS:
                raise _too_large()
            yield number, [_cell(cell.value, cell.data_type) for cell in cells]
    finally:
        workbook.close()


def _too_large() -> SheetError:
    return SheetError.of_file(_("表格太大；请删掉多余的工作表、空行和图片，或者分成几个文件"))


def _cell(value: Any, kind: str) -> RawCell:
    if kind == "f":
        return BadCell(_("这一格是公式，请复制后用“选择性粘贴—数值”改成结果"))
    if value is None:
        return ""
    if kind == "e":
        return BadCell(_("这一格是错误值 %(value)s") % {"value": value})
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int | float):
        return number_cell(value)
    if isinstance(value, date | time | timedelta):
        return moment_cell(value)
    return text_cell(str(value))
