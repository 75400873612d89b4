"""What is wrong with a sheet, said with the row and column as the person sees them in their spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


def column_letter(number: int) -> str:
    """Return the letters of a column counted from 1: 1 → A, 27 → AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `row` counts from 1, None means the whole file; `column` is a letter, or empty."""

    row: int | None
    column: str
    message: str
    title: str = ""

    @property
    def place(self) -> str:
        """Where it stands, in words; empty for the whole file."""
        where = {"row": self.row, "column": self.column, "title": self.title}
        if self.row is None:
            return ""
        if not self.column:
            return _("第 %(row)d 行") % where
        if not self.title:
            return _("第 %(row)d 行 %(column)s 列") % where
        return _("第 %(row)d 行 %(column)s 列「%(title)s」") % where

    def __str__(self) -> str:
        if not self.place:
            return self.message
        return _("%(place)s：%(message)s") % {"place": self.place, "message": self.message}


class SheetError(ValueError):
    """A sheet that cannot be taken. `problems` holds all that was found, in the order of the sheet."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = list(problems)

    @classmethod
    def of_file(cls, message: str) -> "SheetError":
        """A refusal of the whole file."""
        return cls([Problem(None, "", message)])

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
