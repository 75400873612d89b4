"""What a day's matching is and what an answer to it is, as frozen values.

Units: whole grams; a score is per kilogram and whole, so a sum of scores is counted in thousandths and never
rounded. The JSON text of these values, and every refusal of a malformed one, lives in ``parsing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from orders.solving import SolvingError


class MatchingError(SolvingError):
    """Base of everything the matching refuses; its text is a sentence fit for a person."""


class ProblemError(MatchingError):
    """The problem or result given is malformed; the sentence names the field."""


class EngineError(MatchingError):
    """An engine is missing, crashed, or gave no usable answer."""


@dataclass(frozen=True, slots=True)
class Lot:
    """So much of one thing on offer. ``minimum_g`` is the least that it gives to one pledge."""

    id: str
    available_g: int
    minimum_g: int = 0
    seller: str = ""


@dataclass(frozen=True, slots=True)
class Pledge:
    """So much of one thing wanted; ``whole``: all of it or nothing, over all the lots it is taken from."""

    id: str
    wanted_g: int
    whole: bool = False


class Arc(NamedTuple):
    """This lot may serve this pledge, for so much a kilogram. A tuple: a large day has half a million."""

    lot: str
    pledge: str
    score_per_kg: int


@dataclass(frozen=True, slots=True)
class FairShare:
    """A bonus per kilogram on the first ``grams`` taken from each seller named, over all its lots."""

    bonus_per_kg: int = 0
    grams: Mapping[str, int] = field(default_factory=dict)


class Allocation(NamedTuple):
    """So many grams of a lot for a pledge."""

    lot: str
    pledge: str
    grams: int


@dataclass(frozen=True)
class Problem:
    """One matching to make. No pair of lot and pledge has two arcs."""

    lots: tuple[Lot, ...]
    pledges: tuple[Pledge, ...]
    arcs: tuple[Arc, ...]
    fair_share: FairShare = FairShare()

    @cached_property
    def lot_by_id(self) -> dict[str, Lot]:
        """Lots by their id."""
        return {lot.id: lot for lot in self.lots}

    @cached_property
    def pledge_by_id(self) -> dict[str, Pledge]:
        """Pledges by their id."""
        return {pledge.id: pledge for pledge in self.pledges}

    @classmethod
    def from_json(cls, value: str | bytes | Mapping[str, Any]) -> Problem:
        """Read JSON text or an already parsed object. Raises: ProblemError naming the field."""
        from orders.matching.parsing import read_problem

        return read_problem(value)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of this problem, as ``from_json`` reads it."""
        from orders.matching.parsing import write_problem

        return write_problem(self)


@dataclass(frozen=True)
class Result:
    """An answer: ``method`` made it in ``cpu_s`` CPU seconds; ``note`` says why it is not the usual one.

    ``is_cut``: a clock ended the work, so the same inputs may give another answer another time.
    Score and its proven upper bound are kept in thousandths, which are whole. ``log`` tells what happened
    on the way, for the record and not for a buyer.
    """

    allocations: tuple[Allocation, ...]
    score_thousandths: int
    bound_thousandths: int
    method: str
    cpu_s: float = 0.0
    note: str = ""
    log: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def score(self) -> int | float:
        """The worth of the allocations, bonus included."""
        return as_number(self.score_thousandths)

    @property
    def bound(self) -> int | float:
        """No valid set of allocations is worth more than this."""
        return as_number(self.bound_thousandths)

    @property
    def gap(self) -> float:
        """How far below the bound the score is, as a share of the bound."""
        if self.bound_thousandths <= 0:
            return 0.0
        return (self.bound_thousandths - self.score_thousandths) / self.bound_thousandths

    @classmethod
    def from_json(cls, value: str | bytes | Mapping[str, Any]) -> Result:
        """Read JSON text or an already parsed object. Raises: ProblemError naming the field."""
        from orders.matching.parsing import read_result

        return read_result(value)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of this result; ``note``, ``cut`` and ``log`` only where there is something to say."""
        from orders.matching.parsing import write_result

        return write_result(self)


def as_number(thousandths: int) -> int | float:
    """A whole number where it is one. Rounding keeps the order, so a bound stays above its score."""
    return thousandths // 1000 if thousandths % 1000 == 0 else thousandths / 1000
