"""Rows of a CSV file, whatever program saved it: encoding by evidence, delimiter by the header it makes readable."""

import csv
import re
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import islice

from django.utils.translation import gettext as _

from .cells import RawRows, text_cell
from .problems import Problem, SheetError

DELIMITERS = ",\t;，"
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")


def decode(content: bytes) -> str | None:
    """Return the text of UTF-8, UTF-16 with its mark, or GB18030; None when it is no text."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _BINARY.search(text) else text
    return None


def csv_rows(text: str, within: int, recognised: Callable[[list[str]], int]) -> RawRows:
    """Yield every row with its number. `recognised` counts the known titles in a row, `within` the first rows.

    Raises: SheetError where the quotation marks do not pair.
    """
    delimiter = max(DELIMITERS, key=lambda one: _score(text, one, within, recognised))
    for number, cells in _records(text, delimiter):
        yield number, [text_cell(cell) for cell in cells]


def _score(text: str, delimiter: str, within: int, recognised: Callable[[list[str]], int]) -> int:
    best = 0
    try:
        for _number, cells in islice(_records(text, delimiter), within):
            best = max(best, recognised(cells))
    except SheetError:
        return best
    return best


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number as a spreadsheet counts, cells): a quoted line break does not begin a new row."""
    number = 0
    try:
        for cells in csv.reader(
            StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True
        ):
            number += 1
            yield number, cells
    except csv.Error as error:
        message = _("从这一行起读不出来，请检查双引号是否成对")
        raise SheetError([Problem(number + 1, "", message)]) from error
