"""What is known before a line is read, and what reading it gives. Frozen, plain Python, grams as whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

MAX_LINE = 300  # characters; nobody writes a longer line into a relay
MAX_GRAMS = 1_000_000 * 1_000_000


class Action(StrEnum):
    """What a line does to the pledge of its name. A cut is an `ADD` of grams below zero."""

    NEW = "new"
    ADD = "add"
    REPLACE = "replace"
    CANCEL = "cancel"
    ASK = "ask"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Context:
    """What stands around a line: earlier pledges, pack weights, the unit of the list, who posted it.

    `expected_no` is the number the next line of the list would have; it tells "3、4吨" (a range) from item three.
    """

    prior_g: Mapping[str, int] = field(default_factory=dict)
    pack_g: Mapping[str, int] = field(default_factory=dict)
    default_unit: str | None = None
    sender: str | None = None
    expected_no: int | None = None


@dataclass(frozen=True)
class Entry:
    """One reading of (a part of) a line. With action `ASK`, `qty_g` is a proposal for a person to confirm.

    `line` is the original with telephone numbers masked. `ref_no` is a place in the relay the line points at,
    `list_no` the one it stands at. `price` is yuan per `price_unit`.
    """

    name: str | None
    action: Action
    qty_g: int | None = None
    qty_max_g: int | None = None
    line: str = ""
    flags: tuple[str, ...] = ()
    crop: str | None = None
    grade: str | None = None
    price: Decimal | None = None
    price_unit: str = ""
    ref_no: int | None = None
    list_no: int | None = None
    line_no: int = 0
    per_day_g: int | None = None
    days: int | None = None
    sets_sender: str | None = None


@dataclass(frozen=True)
class Reading:
    """A whole paste: what each name ends with, every line's entries in order, and who must be asked.

    `vanished` are names a later copy of the list no longer holds: they are out of `final_g`, but a person should
    confirm it. `asked` are the entries nobody has answered yet. `forked` are names kept although the last copy lacks them, as two people answered at once.
    """

    final_g: dict[str, int]
    entries: tuple[Entry, ...]
    asked: tuple[Entry, ...] = ()
    vanished: tuple[str, ...] = ()
    forked: tuple[str, ...] = ()
