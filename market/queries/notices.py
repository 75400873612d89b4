"""What the market told a person's organisations: the inbox, how many lines of it are new, and each as a sentence."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from market.models import Notice, User
from market.permissions import memberships_of
from market.quantities import describe
from market.wording import calendar_day, clock_time

PER_PAGE = 30
UNKNOWN = "—"


@dataclass(frozen=True)
class Told:
    """One line of the inbox. `url` is a page of ours, or empty; `recipient` is named where the person has several."""

    sentence: str
    at: dt.datetime
    is_new: bool
    url: str
    recipient: str


def notices_of(user: User, number: str | int | None) -> tuple[Page, list[Told]]:
    """A page of what the person's organisations were told, newest first. Two statements beside the memberships."""
    names = {one.organisation_id: one.organisation.name for one in memberships_of(user)}
    page = Paginator(Notice.objects.filter(recipient__in=names).order_by("-pk"), PER_PAGE).get_page(number)
    told = [
        Told(
            sentence=sentence_of(notice.text, notice.facts),
            at=notice.created_at,
            is_new=notice.seen_at is None,
            url=notice.url if _is_ours(notice.url) else "",
            recipient=names[notice.recipient_id] if len(names) > 1 else "",
        )
        for notice in page.object_list
    ]
    return page, told


def unseen_count(user: User) -> int:
    """How many notices nobody of the person's organisations has seen. No statement: the memberships bring the numbers along.

    Where those came with the docks, on the forms that stand in the way of a pledge, it is not known and 0.
    """
    counts = {one.organisation_id: getattr(one, "unseen_notices", 0) for one in memberships_of(user)}
    return sum(counts.values())


def _is_ours(url: str) -> bool:
    return url.startswith("/") and not url.startswith(("//", "/\\"))


def sentence_of(text: str, facts: Any) -> str:
    """The Chinese message `text` in the reader's language with its facts said as people say them. Never raises.

    A fact named …_g is grams, …_on a day, …_at a moment; what cannot be read so is said as it stands, and what is missing is
    a dash. `market.actions.notices` writes them.
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
    say = _WAYS.get(name.rpartition("_")[2]) if "_" in name else None
    try:
        return say(value) if say else str(value)
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return str(value)


def _moment(value: Any) -> str:
    return clock_time(dt.datetime.fromisoformat(value))


def _day(value: Any) -> str:
    return calendar_day(dt.date.fromisoformat(value))


_WAYS: dict[str, Callable[[Any], str]] = {"g": describe, "on": _day, "at": _moment}
