"""Read every row, try all, then all or none. What a row means and does is each importer's own."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from market.exceptions import Refused
from market.models import User
from market.sheets import Column, Problem, Row, Sheet

from .cells import Cells

Item = TypeVar("Item")


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Result:
    """What a row did or would do. `note` is something to look at that is not wrong."""

    row: Row
    outcome: Outcome
    cells: Sequence[str]
    note: str = ""


@dataclass(frozen=True)
class Report:
    """A sheet after trying or doing it. With problems nothing has been written."""

    results: list[Result] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        return sum(one.outcome == outcome for one in self.results)

    @property
    def changes_nothing(self) -> bool:
        return not self.problems and self.count(Outcome.UNCHANGED) == len(self.results)


@dataclass(frozen=True)
class Line(Generic[Item]):
    row: Row
    item: Item


class Importer(ABC, Generic[Item]):
    """One kind of sheet. `kind` is its name in addresses and signed forms; `shown` are the titles of the preview."""

    kind: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    # On the web; what a request does in two seconds. The commands take longer sheets.
    most_rows: ClassVar[int]
    # The column a refusal is about, by its name or by that of its field; without an entry it is about the whole row.
    column_of: ClassVar[dict[str, str]] = {}

    def __init__(self, by: User) -> None:
        self.by = by

    @classmethod
    @abstractmethod
    def is_open_to(cls, user: User) -> bool:
        """Whether the person may import anything of this kind."""

    @classmethod
    @abstractmethod
    def example(cls) -> list[Sequence[object]]:
        """Rows of the template, in the order of the columns."""

    @property
    @abstractmethod
    def shown(self) -> list[str]: ...

    @abstractmethod
    def read(self, cells: Cells) -> Item | None:
        """What the row means. Problems are left in `cells`."""

    @abstractmethod
    def identity(self, item: Item) -> object:
        """Two rows of one sheet with the same identity are a slip, not two orders."""

    @abstractmethod
    def order(self, item: Item) -> Any:
        """Rows are done in this order, so that two imports lock in the same one."""

    @abstractmethod
    def do(self, item: Item) -> Outcome:
        """Call the actions. Raises: Refused."""

    def attempt(self, item: Item) -> Outcome:
        """What `do` would do; whatever it writes is undone. Raises: Refused."""
        return self.do(item)

    @abstractmethod
    def show(self, item: Item) -> list[str]:
        """The row in the words of the preview."""

    def note(self, item: Item, outcome: Outcome) -> str:
        return ""


def try_out(importer: Importer, sheet: Sheet) -> Report:
    """What the sheet would do and all that is wrong with it. Nothing is written."""
    lines, problems = _read_all(importer, sheet)
    with transaction.atomic():
        results, refused = _each(importer, sheet, lines, importer.attempt)
        transaction.set_rollback(True)
    return Report(_in_order(results), _in_order_of_place([*problems, *refused]))


def carry_out(importer: Importer, sheet: Sheet) -> Report:
    """Do all rows in one transaction, or none where one is refused. A repeat changes nothing."""
    lines, problems = _read_all(importer, sheet)
    if problems:
        return Report(problems=_in_order_of_place(problems))
    with transaction.atomic():
        results, refused = _each(importer, sheet, lines, importer.do)
        if refused:
            transaction.set_rollback(True)
    return Report([] if refused else _in_order(results), _in_order_of_place(refused))


def _read_all(importer: Importer, sheet: Sheet) -> tuple[list[Line], list[Problem]]:
    lines: list[Line] = []
    problems: list[Problem] = []
    first: dict[object, int] = {}
    for row in sheet.rows:
        cells = Cells(sheet, row)
        item = importer.read(cells)
        problems += cells.problems
        if item is None or cells.problems:
            continue
        same = first.setdefault(importer.identity(item), row.number)
        if same != row.number:
            problems.append(Problem(row.number, "", _("和第 %(row)d 行重复，请删掉一行") % {"row": same}))
            continue
        lines.append(Line(row, item))
    return lines, problems


def _each(importer: Importer, sheet: Sheet, lines: Iterable[Line], do: Any) -> tuple[list[Result], list[Problem]]:
    results: list[Result] = []
    refused: list[Problem] = []
    for line in sorted(lines, key=lambda line: (importer.order(line.item), line.row.number)):
        try:
            with transaction.atomic():
                outcome = do(line.item)
        except Refused as refusal:
            key = importer.column_of.get(type(refusal).__name__) or importer.column_of.get(refusal.field, "")
            refused.append(sheet.problem(line.row, key, str(refusal)))
        else:
            note = importer.note(line.item, outcome)
            results.append(Result(line.row, outcome, importer.show(line.item), note))
    return results, refused


def _in_order(results: list[Result]) -> list[Result]:
    return sorted(results, key=lambda one: one.row.number)


def _in_order_of_place(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: (one.row or 0, len(one.column), one.column))
