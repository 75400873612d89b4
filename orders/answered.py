"""What a clerk has made of the rows of a relay, taken over into a later paste or another reading of the same one. Pure functions."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from orders.readings import BEGINNING, REPEATED, SEEN, VANISHED, Row
from orders.relay import Action

_LIST_NUMBER = re.compile(r"^\W*\d{1,3}\W+")
Words = tuple[str, str]


def with_decisions(rows: Iterable[Row], earlier: Iterable[Row]) -> list[Row]:
    """What a clerk has said about the same words before is not asked again, and what was read rightly is not corrected again.

    "再加" is taken over only where this paste says what it comes on top of; who has vanished is asked every time.
    """
    told = [(key, row) for key, row in _numbered(earlier) if row.decided and not {VANISHED, SEEN} & set(row.flags)]
    asked, read = {words: row for (words, _nth), row in told}, dict(told)
    begun: set[str] = set()
    answered = []
    for key, row in _numbered(rows):
        before = asked.get(key[0]) if row.waits else read.get(key)
        if before and not {VANISHED, SEEN} & set(row.flags) and _stands(before, row, begun):
            row = _as_told(row, before)
        if row.action in BEGINNING:
            begun.add(row.stall)
        answered.append(row)
    return answered


def _numbered(rows: Iterable[Row]) -> Iterable[tuple[tuple[Words, int], Row]]:
    """Each row with its words and the how-manieth of its paste it says them. The copies of a list inside a paste are one."""
    times: Counter[Words] = Counter()
    last = -1
    for row in rows:
        if row.pk <= last:  # the next paste begins
            times.clear()
        last = row.pk
        words = _words(row)
        yield (words, -1 if REPEATED in row.flags else times[words]), row
        times[words] += REPEATED not in row.flags


def _stands(before: Row, row: Row, begun: Collection[str]) -> bool:
    """An addition, said or read, needs the start of its stall in the same paste."""
    return all(one.action != Action.ADD or one.stall in begun for one in ((before,) if row.waits else (before, row)))


def _as_told(row: Row, before: Row) -> Row:
    """The row as a clerk has told it, under the stall its name is linked to now."""
    if row.known and not row.waits:
        before = replace(before, stall=row.stall)
    return replace(before, pk=row.pk, no=row.no, line=row.line, known=before.stall == row.stall and row.known)


def _words(row: Row) -> Words:
    return _LIST_NUMBER.sub("", row.line), row.name


def with_answers(rows: Iterable[Row], same: Iterable[Row]) -> list[Row]:
    """The same paste read again: every answer stands."""
    made = {(row.no, row.line, row.name): row for row in same if row.decided}
    kept = ((row, made.get((row.no, row.line, row.name))) for row in rows)
    return [replace(before, pk=row.pk) if before else row for row, before in kept]
