"""The header row: finding it under title rows, and saying what is missing, doubled or unknown in it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .cells import BadCell, RawCell, RawRow, shown
from .problems import Problem, SheetError, column_letter

HEADER_WITHIN = 10


@dataclass(frozen=True)
class Column:
    """A column an importer knows. All titles are accepted; the first is Chinese, one at least is English."""

    key: str
    titles: tuple[str, ...]
    required: bool = False

    @property
    def title(self) -> str:
        """The one shown to people, in the reader's language."""
        in_chinese = (get_language() or "zh").startswith("zh")
        return self.titles[0] if in_chinese else next(filter(str.isascii, self.titles), self.titles[0])

    @property
    def other_titles(self) -> list[str]:
        return [title for title in self.titles if title != self.title]


@dataclass
class Header:
    """The header row found. By position (from 0): keys, titles as the person wrote them, cells refused."""

    row: int
    keys: dict[int, str] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


class Titles:
    """All accepted titles of an importer's columns, compared without regard to width, case, spaces and stars."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.keys = {plain(title): column.key for column in columns for title in column.titles}
        self.required = {column.key for column in columns if column.required}

    def key(self, title: object) -> str | None:
        return self.keys.get(plain(title)) if isinstance(title, str) else None

    def known(self, cells: Sequence[object]) -> int:
        """Count the different columns recognised in a row."""
        return len({self.key(cell) for cell in cells} - {None})

    def find(self, rows: list[RawRow]) -> Header:
        """Return the first row that has all required columns, else the one with most. Raises: SheetError."""
        if not any(any(cells) for _number, cells in rows):
            raise SheetError.of_file(_("表格里没有内容"))
        best = max(rows, key=lambda row: self.known(row[1]))
        if not self.known(best[1]):
            wanted = _("、").join(column.title for column in self.columns if column.required)
            message = _("没有找到表头：前 %(rows)d 行里要有一行写着列名（%(titles)s）")
            raise SheetError.of_file(message % {"rows": HEADER_WITHIN, "titles": wanted})
        complete = (row for row in rows if self.known(row[1]) and self.required <= set(map(self.key, row[1])))
        number, cells = next(complete, best)
        return self._header(number, cells)

    def _header(self, number: int, cells: list[RawCell]) -> Header:
        header = Header(number)
        for index, cell in enumerate(cells):
            if isinstance(cell, BadCell):
                header.titles[index] = ""
                header.refused[index] = cell.message
            elif cell:
                header.titles[index] = shown(cell)
            key = self.key(cell)
            if key and key not in header.keys.values():
                header.keys[index] = key
        return header

    def problems(self, header: Header) -> list[Problem]:
        """Return what is wrong with a header row: columns missing, doubled, unknown."""
        missing = [
            Problem(header.row, "", _("缺少「%(title)s」这一列") % {"title": column.title})
            for column in self.columns
            if column.required and column.key not in header.keys.values()
        ]
        others = [
            Problem(
                header.row, column_letter(index + 1), header.refused.get(index) or self._trouble(header, title), title
            )
            for index, title in header.titles.items()
            if index not in header.keys
        ]
        return missing + others

    def _trouble(self, header: Header, title: str) -> str:
        key = self.key(title)
        if key:
            first = next(index for index, one in header.keys.items() if one == key)
            return _("和 %(column)s 列重复，只能留一列") % {"column": column_letter(first + 1)}
        free = {
            plain(one): one
            for column in self.columns
            for one in column.titles
            if column.key not in header.keys.values()
        }
        close = get_close_matches(plain(title), free, n=1, cutoff=0.5)
        if close:
            return _("不认识这一列，是不是「%(title)s」？") % {"title": free[close[0]]}
        return _("不认识这一列，请删掉；能用的列有：%(titles)s") % {
            "titles": _("、").join(column.title for column in self.columns)
        }


def plain(title: str) -> str:
    """Return a title as it is compared: `＊Unit_Price：` → `unitprice`. Brackets stay: they may hold a unit."""
    return re.sub(r"[\s_*:]+", "", unicodedata.normalize("NFKC", title).casefold())
