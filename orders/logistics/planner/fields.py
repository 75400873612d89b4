"""Reading one JSON object field by field, each refusal a sentence that names the field."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from orders.logistics.planner.model import WHOLE_DAY, ProblemError, Window

MOST = 10**9
"""Largest distance, duration or time: the engines keep these in 32 bits and add a few of them up."""
MOST_GRAMS = 10**12
MOST_YUAN = 10**9


class Fields:
    """One JSON object being read; every getter names the field when it refuses."""

    def __init__(self, value: Any, name: str) -> None:
        if not isinstance(value, Mapping):
            raise ProblemError(f"{name} must be an object.")
        self.value, self.name = value, name

    def path(self, key: str) -> str:
        """The full name of a field, for a sentence."""
        return f"{self.name}.{key}" if self.name else key

    def has(self, key: str) -> bool:
        """Is the field there and not null?"""
        return self.value.get(key) is not None

    def get(self, key: str) -> Any:
        """The field's raw value."""
        if key not in self.value:
            raise ProblemError(f"{self.path(key)} is missing.")
        return self.value[key]

    def text(self, key: str) -> str:
        """A non-empty text."""
        value = self.get(key)
        if not isinstance(value, str) or not value:
            raise ProblemError(f"{self.path(key)} must be a non-empty text.")
        return value

    def whole(self, key: str, default: int | None = None, most: int = MOST) -> int:
        """A whole number from 0 to ``most``."""
        if default is not None and key not in self.value:
            return default
        return whole(self.get(key), self.path(key), most)

    def number(self, key: str, default: float | None = None) -> float:
        """A finite amount of yuan or seconds, not negative."""
        if default is not None and key not in self.value:
            return default
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ProblemError(f"{self.path(key)} must be a number.")
        if not 0 <= value <= MOST_YUAN:
            raise ProblemError(f"{self.path(key)} must be between 0 and {MOST_YUAN}.")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.value.get(key, default)
        if not isinstance(value, bool):
            raise ProblemError(f"{self.path(key)} must be true or false.")
        return value

    def window(self, key: str) -> Window:
        """A pair [from, to] of seconds; the whole day where the field is left out."""
        if key not in self.value:
            return WHOLE_DAY
        return span(self.value[key], self.path(key))

    def windows(self, key: str) -> tuple[Window, ...] | None:
        """Several windows in order that do not overlap; None where the field is left out or null."""
        if not self.has(key):
            return None
        name = self.path(key)
        found = tuple(span(item, f"{name}[{n}]") for n, item in enumerate(items(self.value[key], name)))
        if any(before[1] >= after[0] for before, after in itertools.pairwise(found)):
            raise ProblemError(f"{name} must be in order and not overlap.")
        return found

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of some words."""
        value = self.value.get(key, default)
        if value not in allowed:
            raise ProblemError(f"{self.path(key)} must be one of {', '.join(allowed)}.")
        return str(value)

    def names(self, key: str) -> frozenset[str]:
        """A set of texts; empty where the field is left out."""
        return frozenset(self.list_of_names(key))

    def list_of_names(self, key: str) -> tuple[str, ...]:
        """Texts in order; none where the field is left out."""
        values = items(self.value.get(key, []), self.path(key))
        for position, value in enumerate(values):
            if not isinstance(value, str) or not value:
                raise ProblemError(f"{self.path(key)}[{position}] must be a non-empty text.")
        return tuple(values)


def whole(value: Any, name: str, most: int = MOST) -> int:
    """Refuse everything but a whole number from 0 to ``most``; true and false are not numbers here."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError(f"{name} must be a whole number.")
    if not 0 <= value <= most:
        raise ProblemError(f"{name} must be between 0 and {most}.")
    return value


def span(value: Any, name: str) -> Window:
    """A pair [from, to] of seconds."""
    pair = items(value, name)
    if len(pair) != 2:
        raise ProblemError(f"{name} must have two times, from and to.")
    start, end = whole(pair[0], f"{name}[0]"), whole(pair[1], f"{name}[1]")
    if start > end:
        raise ProblemError(f"{name} ends before it begins.")
    return start, end


def items(value: Any, name: str) -> Sequence[Any]:
    """Refuse everything but a list."""
    if not isinstance(value, list | tuple):
        raise ProblemError(f"{name} must be a list.")
    return value


def load(value: str | bytes | Mapping[str, Any], name: str) -> Fields:
    """Parse JSON text, or take an object that is parsed already."""
    if isinstance(value, str | bytes):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise ProblemError(f"{name} is not JSON: {error}.") from error
    if not isinstance(value, Mapping):
        raise ProblemError(f"{name} must be an object.")
    return Fields(value, "")
