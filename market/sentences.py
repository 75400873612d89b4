"""Sentences that are read later than they are written: kept as a Chinese message with its facts, said in the reader's language.

A fact is a plain value, or one of the kinds below, which knows its words in any language and how JSON keeps it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from market.exceptions import Refused
from market.quantities import describe
from market.wording import calendar_day, clock_time, in_english, yuan

UNKNOWN = "—"
KIND = "kind"  # in JSON, beside the fields of a fact that is no plain value


@dataclass(frozen=True)
class Weight:
    grams: int

    def __str__(self) -> str:
        return describe(self.grams)


@dataclass(frozen=True)
class Price:
    """Yuan, for a unit as `market.pricing.unit_word` names it or for the whole; 面议 without an amount."""

    amount: Decimal | str | None
    unit: str = ""

    def __str__(self) -> str:
        return yuan(self.amount, self.unit)


@dataclass(frozen=True)
class Day:
    day: dt.date | str

    def __str__(self) -> str:
        return calendar_day(dt.date.fromisoformat(self.day) if isinstance(self.day, str) else self.day)


@dataclass(frozen=True)
class Moment:
    at: dt.datetime | str

    def __str__(self) -> str:
        return clock_time(dt.datetime.fromisoformat(self.at) if isinstance(self.at, str) else self.at)


@dataclass(frozen=True)
class Name:
    """A name that is kept in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if in_english() else self.zh


@dataclass(frozen=True)
class Saying:
    """A whole sentence, also as a fact of another one."""

    text: str
    facts: Mapping[str, Any]

    def __str__(self) -> str:
        return sentence_of(self.text, self.facts)


_KINDS: dict[str, type] = {one.__name__.lower(): one for one in (Weight, Price, Day, Moment, Name, Saying)}


def saying_of(refusal: Refused) -> Saying:
    """Why something was refused, to be said to people who read it later."""
    return Saying(message_of(refusal.sentence), facts_to_json(refusal.facts))


def message_of(words: object) -> str:
    """The Chinese message that these lazily translated words are made of."""
    with translation.override(None):  # in no language at all a message stands for itself
        return str(words)


def facts_to_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """As a JSON field keeps them."""
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Refused):
        value = saying_of(value)
    if isinstance(value, Promise):  # the label of a state
        value = Saying(message_of(value), {})
    if isinstance(value, Mapping):
        return facts_to_json(value)
    if type(value) in _KINDS.values():
        return {KIND: type(value).__name__.lower(), **facts_to_json(asdict(value))}
    if isinstance(value, dt.date):  # a moment too
        return value.isoformat()
    return value if isinstance(value, int | str | None) else str(value)


def sentence_of(text: str, facts: Any) -> str:
    """The Chinese message `text` in the reader's language with its facts said as people say them. Never raises.

    A fact named …_g is grams, …_on a day, …_at a moment; what cannot be read so is said as it stands, and what is missing is
    a dash.
    """
    if not text:
        return ""
    words = _Words(facts if isinstance(facts, Mapping) else {})
    try:
        return _(text) % words
    except (TypeError, ValueError):
        return str(_(text))


class _Words(dict[str, str]):
    """The facts in words, by name."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__({str(name): _word(str(name), value) for name, value in facts.items()})

    def __missing__(self, _name: str) -> str:
        return UNKNOWN


def _word(name: str, value: Any) -> str:
    kind = _WAYS.get(name.rpartition("_")[2]) if "_" in name else None
    try:
        if isinstance(value, Mapping):
            fields = dict(value)
            return str(_KINDS[fields.pop(KIND)](**fields))
        return str(kind(value) if kind else value)
    except (TypeError, ValueError, ArithmeticError, AttributeError, KeyError):
        return str(value)


_WAYS: dict[str, type] = {"g": Weight, "on": Day, "at": Moment}
