"""Cells as values. Each reader takes the text of a cell and returns a value or raises CellError with a sentence."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from market.days import is_usable, moment
from market.exceptions import Refused
from market.quantities import QuantityError
from market.sheets import Problem, Row, Sheet

T = TypeVar("T")
YES = frozenset({"是", "有", "yes", "y", "true", "1", "√", "冷藏", "冷藏车"})
NO = frozenset({"否", "无", "没有", "no", "n", "false", "0", "×", "", "普通", "常温"})
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})[:点时](\d{1,2})?分?(?::00)?")


class CellError(Exception):
    """What is wrong with one cell, as a sentence."""


class Cells:
    """One row while it is read. Every problem is kept with its column; a cell with a problem reads as None."""

    def __init__(self, sheet: Sheet, row: Row) -> None:
        self.sheet, self.row = sheet, row
        self.problems: list[Problem] = []

    def __getitem__(self, key: str) -> str:
        return self.row.cells[key]

    def title(self, key: str) -> str:
        """The title of the column as the person wrote it; empty where the file has no such column."""
        return self.sheet.titles.get(key, "")

    def has_problem(self, key: str) -> bool:
        letter = self.sheet.letters.get(key, "")
        return any(problem.column == letter for problem in self.problems)

    def refuse(self, key: str, sentence: object) -> None:
        self.problems.append(self.sheet.problem(self.row, key, str(sentence)))

    def read(self, key: str, reader: Callable[[str], T], *, required: bool = False) -> T | None:
        """The cell's value; None where it is empty or wrong."""
        text = self[key]
        if not text:
            if required:
                self.refuse(key, _("这一格要填"))
            return None
        try:
            return reader(text)
        except ValidationError as error:
            self.refuse(key, error.messages[0])
        except (CellError, QuantityError, Refused) as error:
            self.refuse(key, error)
        return None


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_day(text: str) -> dt.date:
    """2021-08-08, 2021/8/8, 2021年8月8日, 20210808; a moment at midnight is its day."""
    narrow = unicodedata.normalize("NFKC", text).strip().removesuffix(" 00:00")
    found = _DAY.fullmatch(narrow)
    try:
        day = dt.date(*(int(part) for part in found.groups() if part)) if found else None
        if day is not None and is_usable(day):
            return day
    except ValueError:
        pass
    raise CellError(_("“%(text)s”不是日期，请写成 2021-08-08 这样") % {"text": text[:30]})


def read_clock(text: str) -> dt.time:
    """4:00, 04:00, 4点, 4点30分."""
    found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    try:
        if found:
            return dt.time(int(found[1]), int(found[2] or 0))
    except ValueError:
        pass
    raise CellError(_("“%(text)s”不是钟点，请写成 06:30 这样") % {"text": text[:30]})


def read_moment(text: str, *, end_of_day: bool = False) -> dt.datetime:
    """A day and a clock time; a day alone is its first minute, or its last one."""
    day, _space, clock = unicodedata.normalize("NFKC", text).strip().partition(" ")
    if clock and not (end_of_day and clock == "00:00"):
        time = read_clock(clock)
    else:
        time = dt.time(23, 59) if end_of_day else dt.time()
    return moment(read_day(day), time)


def read_decimal(text: str, *, places: int, most: Decimal) -> Decimal:
    """A number above zero, at most `most`, with at most so many places. Thousands may be set apart by commas."""
    narrow = unicodedata.normalize("NFKC", text).replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", narrow):
        narrow = narrow.replace(",", "")
    try:
        number = Decimal(narrow) if re.fullmatch(r"-?[0-9]*\.?[0-9]+", narrow) else None
    except InvalidOperation:
        number = None
    if number is None:
        raise CellError(_("“%(text)s”不是数字") % {"text": text[:30]})
    if number <= 0:
        raise CellError(_("“%(text)s”要改成大于零的数") % {"text": text[:30]})
    if number > most:
        raise CellError(_("“%(text)s”太大了，最多 %(most)s，请检查") % {"text": text[:30], "most": f"{most:,f}"})
    if number != round(number, places):
        raise CellError(_("“%(text)s”小数太多，最多 %(places)d 位") % {"text": text[:30], "places": places})
    return round(number, places)


def read_yes_no(text: str) -> bool:
    word = plain(text)
    if word not in YES | NO:
        raise CellError(_("“%(text)s”请写 是 或 否") % {"text": text[:30]})
    return word in YES


def read_choice(text: str, words: Mapping[str, T]) -> T:
    """One of the words, in any width and case. The refusal names the Chinese ones."""
    found = {plain(word): value for word, value in words.items()}.get(plain(text))
    if found is None:
        known = _("、").join(word for word in words if not word.isascii())
        raise CellError(_("不认识“%(text)s”，能写的有：%(known)s") % {"text": text[:30], "known": known})
    return found


def suggest(text: str, names: Iterable[str]) -> str:
    """The known name that is meant most likely, or nothing."""
    known = {plain(name): name for name in names}
    word = plain(text)
    for name in known:
        if len(word) > 1 and (word in name or name in word):
            return known[name]
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    return known[close[0]] if close else ""


def unknown(text: str, names: Iterable[str], said: Any, said_with_guess: Any) -> CellError:
    guess = suggest(text, names)
    return CellError((said_with_guess if guess else said) % {"text": text[:30], "guess": guess})
