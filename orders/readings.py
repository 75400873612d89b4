"""The rows of a relay reading: what the reader understood of each line, what a clerk made of it, and what they come to.

Pure functions over frozen rows: nothing here reads or writes the database. `orders.relay` reads names; here a name is a stall.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from hashlib import sha256
from typing import Any

from orders.relay import Action, Context, Entry, read_text
from orders.relay.signs import masked

MAX_LINES = 5_000
MAX_NAME = 40
# Said about a row by this module; the reader's own flags are in `orders.relay`.
OTHER_CROP, SEEN, ALIKE, VANISHED, PER_DAY = "other_crop", "seen_before", "stall_alike", "vanished", "daily"
REPEATED = "repeated"  # by the reader: a line of an earlier copy of the list
COUNTING = (Action.NEW, Action.ADD, Action.REPLACE, Action.CANCEL)
BEGINNING = (Action.NEW, Action.REPLACE, Action.CANCEL)  # after them it does not matter what there was
_HIDDEN_PHONE = re.compile(r"(?<!\d)(\d{3})\*{4}(\d{4})(?!\d)")


@dataclass(frozen=True)
class Part:
    """What one stall takes: promised, and at most."""

    firm_g: int
    most_g: int


@dataclass(frozen=True)
class Row:
    """One reading of (a part of) a line. `action` and the grams are what counts now; `read` is what the reader said first.

    `stall` is the stall it is booked under, `known` whether the association had it, `maybe` a stall of nearly that name.
    `decided`: a clerk has confirmed or corrected it.
    """

    pk: int
    no: int
    line: str
    name: str
    action: str
    firm_g: int | None = None
    most_g: int | None = None
    flags: tuple[str, ...] = ()
    crop: str = ""
    stall: str = ""
    known: bool = False
    maybe: str = ""
    read: str = ""
    decided: bool = False
    typed: str = ""

    @property
    def waits(self) -> bool:
        """A person must say what it means."""
        return self.action == Action.ASK

    @property
    def counts(self) -> bool:
        return self.action in COUNTING and bool(self.stall)

    @property
    def is_noise(self) -> bool:
        """Nobody's wish: headings, thanks, the seller's words, lines repeated in a later copy."""
        return self.action == Action.IGNORE and not self.decided and OTHER_CROP not in self.flags

    @property
    def has_vanished(self) -> bool:
        return VANISHED in self.flags


@dataclass(frozen=True)
class Known:
    """What the association has already: its stalls by name, what the group calls them, what each takes of the lot now,
    and the lines that were counted by an earlier reading."""

    stalls: Collection[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    prior: Mapping[str, Part] = field(default_factory=dict)
    counted: Collection[str] = ()

    def stall_of(self, name: str) -> str:
        """The known stall of that name; empty where there is none. What a clerk has linked goes before the stall's own name."""
        return self.aliases.get(name) or (name if name in self.stalls else "")


@dataclass(frozen=True)
class Goods:
    """What a lot says about itself: its names, its packs, the unit a bare number counts in."""

    crops: Collection[str] = ()
    pack_g: Mapping[str, int] = field(default_factory=dict)
    default_unit: str = ""

    def is_other(self, crop: str | None) -> bool:
        if not crop or not self.crops:
            return False
        return not any(crop in known or known in crop for known in self.crops)


@dataclass(frozen=True)
class Step:
    """What a row does to its stall."""

    before: Part | None
    after: Part | None


@dataclass(frozen=True)
class Outcome:
    """What the rows come to: every stall's part, row by row, and what is different from before."""

    parts: dict[str, Part]
    steps: dict[int, Step]
    prior: Mapping[str, Part]

    @property
    def firm_g(self) -> int:
        return sum(part.firm_g for part in self.parts.values())

    @property
    def most_g(self) -> int:
        return sum(part.most_g for part in self.parts.values())

    @property
    def changes(self) -> list[tuple[str, Part | None, Part | None]]:
        """(stall, before, after) of those that differ: new ones, changed ones, gone ones."""
        names = [*self.prior, *(name for name in self.parts if name not in self.prior)]
        pairs = [(name, self.prior.get(name), self.parts.get(name)) for name in names]
        return [(name, before, after) for name, before, after in pairs if before != after]


def hide_phones(text: str) -> str:
    """The paste with every telephone number hidden, as it may be stored."""
    return "\n".join(masked(line) for line in text.splitlines())


def read_rows(text: str, known: Known, goods: Goods) -> list[Row]:
    """The rows of a paste whose telephone numbers are hidden already.

    A list, or chat that was counted before, says a name's figure from the start: such a name begins at nothing, so that
    pasting the longer list again changes only what is different. Anybody else's "再加" goes on top of what there is.
    """
    shown = _HIDDEN_PHONE.sub(r"\g<1>0000\g<2>", text)  # a number again, so that the reader sees that it weighs nothing
    packs, unit = dict(goods.pack_g), goods.default_unit or None
    entries = read_text(shown, Context({}, packs, unit)).entries
    prior = _prior_of(entries, known)
    if prior:
        entries = read_text(shown, Context(prior, packs, unit)).entries
    rows = [_row(pk, entry, known, goods) for pk, entry in enumerate(entries) if _is_said(entry)]
    rows = _with_doubts(_without_found(rows), known)
    return rows + _missing(rows, entries, known)


def _prior_of(entries: Iterable[Entry], known: Known) -> dict[str, int]:
    """What each name takes already, without the names this paste says from the start."""
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.name and entry.action is not Action.IGNORE:
            first.setdefault(_clean(entry.name), entry)
    restated = {known.stall_of(name) or name for name, entry in first.items() if _restates(entry, known)}
    prior = {name: part.firm_g for name, part in known.prior.items() if name not in restated}
    called = {name: prior[stall] for name in first if (stall := known.stall_of(name)) in prior}
    return {**prior, **called}


def _restates(entry: Entry, known: Known) -> bool:
    return entry.action is not Action.ADD and (entry.list_no is not None or entry.line in known.counted)


def _is_said(entry: Entry) -> bool:
    return bool(entry.line.strip()) or VANISHED in entry.flags


def can_be_booked(name: str) -> bool:
    """A stall may be called so."""
    return 0 < len(name) <= MAX_NAME and name.isprintable()


def _clean(name: str | None) -> str:
    """A name as it can be booked."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name or "").split())[:MAX_NAME].strip()


def _row(pk: int, entry: Entry, known: Known, goods: Goods) -> Row:
    name = _clean(entry.name)
    stall = known.stall_of(name)
    row = Row(
        pk=pk,
        no=entry.line_no,
        line=entry.line,
        name=name,
        action=entry.action.value,
        firm_g=entry.qty_g,
        most_g=entry.qty_max_g,
        flags=tuple(entry.flags),
        crop=entry.crop or "",
        stall=stall or name,
        known=bool(stall),
        read=_first_reading(entry),
    )
    if row.action != Action.IGNORE and goods.is_other(entry.crop):
        return replace(row, action=Action.IGNORE.value, flags=(*row.flags, OTHER_CROP))
    if entry.per_day_g and row.action != Action.IGNORE:  # a lot is one day's
        return replace(row, action=Action.ASK.value, firm_g=entry.per_day_g, most_g=None)
    return row


def _first_reading(entry: Entry) -> str:
    """What a line would do if nothing about it were uncertain. A cancel of somebody unknown is asked, without grams."""
    is_cancel = entry.qty_g is None and {"unknown_name", "name_alike"} & set(entry.flags)
    return (Action.CANCEL if is_cancel and "no_quantity" not in entry.flags else entry.action).value


def _without_found(rows: list[Row]) -> list[Row]:
    """A name that left the list has not vanished where its stall is in it by another name, or speaks later."""
    last: dict[str, int] = {}
    names: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.counts or row.waits or REPEATED in row.flags:
            last[row.stall] = max(last.get(row.stall, row.pk), row.pk)
            names[row.stall].add(row.name)
    return [
        row
        for row in rows
        if not row.has_vanished or not (last.get(row.stall, row.pk) > row.pk or names[row.stall] - {row.name})
    ]


def _with_doubts(rows: Iterable[Row], known: Known) -> list[Row]:
    """What must be asked because of what the association has already, or because two names are one stall."""
    asked, begun = [], set()
    for row in rows:
        doubt = _doubt(row, known, row.stall in begun)
        if row.action in BEGINNING:
            begun.add(row.stall)
        maybe = _alike(row.name, known) if not row.known and (row.counts or row.waits) else ""
        row = replace(row, maybe=maybe)
        asked.append(replace(row, action=Action.ASK.value, flags=(*row.flags, doubt)) if doubt else row)
    return asked


def _doubt(row: Row, known: Known, is_begun: bool) -> str:
    if not row.counts:
        return ""
    if not row.known and _alike(row.name, known):
        return ALIKE
    if row.action == Action.NEW and is_begun:
        return "same_name"
    return SEEN if row.action == Action.ADD and row.line in known.counted and not is_begun else ""


def _alike(name: str, known: Known) -> str:
    """A stall whose name holds this one or is held by it: 老李 and 建宁菜场老李 may be one."""
    if len(name) < 2:
        return ""
    alike = sorted(
        {
            known.stall_of(other)
            for other in (*known.stalls, *known.aliases)
            if len(other) >= 2 and other != name and (name in other or other in name)
        }
    )
    return alike[0] if alike else ""


def _missing(rows: list[Row], entries: Iterable[Entry], known: Known) -> list[Row]:
    """The stalls that take something already and stand nowhere in a list that was pasted from its first line."""
    if not any(entry.list_no is not None and entry.list_no <= 1 for entry in entries):
        return []
    there = {row.stall for row in rows if row.action != Action.IGNORE or REPEATED in row.flags}
    there |= {row.maybe for row in rows if row.maybe}
    gone = [name for name in known.prior if name not in there]
    start = max((row.pk for row in rows), default=-1) + 1
    return [
        Row(start + at, 0, "", name, Action.ASK.value, flags=(VANISHED,), stall=name, known=True, read=Action.ASK.value)
        for at, name in enumerate(gone)
    ]


def outcome_of(rows: Iterable[Row], prior: Mapping[str, Part]) -> Outcome:
    """What the rows come to on top of `prior`. A row that waits does nothing yet."""
    parts: dict[str, Part] = dict(prior)
    steps: dict[int, Step] = {}
    for row in rows:
        if not row.counts:
            continue
        before = parts.get(row.stall)
        after = _after(row, before)
        steps[row.pk] = Step(before, after)
        if after:
            parts[row.stall] = after
        else:
            parts.pop(row.stall, None)
    return Outcome(parts, steps, prior)


def _after(row: Row, before: Part | None) -> Part | None:
    firm = row.firm_g or 0
    most = max(row.most_g or firm, firm)
    if row.action == Action.CANCEL:
        return None
    if row.action == Action.ADD and before:
        firm, most = before.firm_g + firm, before.most_g + most
    return Part(firm, max(most, firm)) if firm > 0 else None


def prior_digest(prior: Mapping[str, Part]) -> str:
    """Says whether the stalls' parts are still those the clerk has seen."""
    plain = "|".join(f"{name}={part.firm_g}" for name, part in sorted(prior.items()))
    return sha256(plain.encode()).hexdigest()[:16]


def to_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Without what is empty: a paste of thousands of lines stays small."""
    plain = ({**asdict(row), "flags": list(row.flags)} for row in rows)
    return [{key: value for key, value in row.items() if value or key in ("pk", "no")} for row in plain]


def from_json(kept: Iterable[Mapping[str, Any]]) -> list[Row]:
    names = {one.name for one in fields(Row)}
    blank = {"pk": 0, "no": 0, "line": "", "name": "", "action": Action.IGNORE.value}
    return [
        Row(
            **{
                **blank,
                **{key: value for key, value in row.items() if key in names},
                "flags": tuple(row.get("flags", ())),
            }
        )
        for row in kept
    ]


def in_stalls(rows: Iterable[Row], known: Known) -> list[Row]:
    """The rows with the names their stalls have now: one may have been renamed or merged since."""
    return [
        row
        if row.stall in known.stalls or row.stall not in known.aliases
        else replace(row, stall=known.aliases[row.stall], known=True)
        for row in rows
    ]


def parts_to_json(parts: Mapping[str, Part]) -> dict[str, list[int]]:
    return {name: [part.firm_g, part.most_g] for name, part in parts.items()}


def parts_from_json(kept: Mapping[str, Iterable[int]]) -> dict[str, Part]:
    return {name: Part(*grams) for name, grams in kept.items()}
