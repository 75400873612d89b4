"""Cells as text: what a cell of either kind of file holds, or why it is refused."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from .formulas import looks_like_formula

# Never translated: importers read them back.
YES, NO = "是", "否"

MAX_CELL_CHARACTERS = 5000
# Excel keeps 15 digits of a number; what is longer has already lost its end.
_EXCEL_NUMBERS_END = 10**15
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"


class BadCell(NamedTuple):
    """A cell that is refused, with the sentence for the person."""

    message: str


RawCell = str | BadCell
RawRow = tuple[int, list[RawCell]]
RawRows = Iterator[RawRow]


def text_cell(text: str) -> RawCell:
    """Return the text trimmed, or the refusal of one that is too long or would run as a formula."""
    text = text.replace("_x000D_", "").replace("\r\n", "\n").strip().strip(_INVISIBLE).strip()
    if len(text) > MAX_CELL_CHARACTERS:
        return BadCell(_("内容太长，最多 %(limit)d 个字") % {"limit": MAX_CELL_CHARACTERS})
    if looks_like_formula(text):
        return BadCell(_("“%(text)s”像是公式，请去掉开头的 %(sign)s") % {"text": shown(text), "sign": text[0]})
    return text


def shown(text: str, limit: int = 30) -> str:
    """Return the text short enough to be named in a sentence."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def number_cell(value: int | float) -> RawCell:
    """Return the number as the person sees it: 15.0 → 15, 2.4000000000000004 → 2.4, never with an exponent."""
    if not abs(value) < _EXCEL_NUMBERS_END:
        return BadCell(_("数字太长，表格软件已丢掉第 15 位以后的数字；请先把这一列设成“文本”，再重新输入"))
    if isinstance(value, int):
        return str(value)
    exact = Decimal(format(value, ".15g"))
    return format(exact, "f") if exact else "0"


def moment_cell(value: datetime | date | time | timedelta) -> str:
    """Return YYYY-MM-DD, HH:MM or both. Spreadsheets store fractions of a day, so seconds are rounded first."""
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds()) // 60
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, time):
        return _whole_second(datetime.combine(date(2000, 1, 1), value)).strftime("%H:%M")
    if isinstance(value, datetime):
        value = _whole_second(value)
        return value.strftime("%Y-%m-%d %H:%M" if value.time() != time() else "%Y-%m-%d")
    return value.isoformat()


def _whole_second(value: datetime) -> datetime:
    return (value + timedelta(milliseconds=500)).replace(microsecond=0)
