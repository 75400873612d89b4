"""The state behind a paste: what each name has pledged, which copies of the list came, who vanished or forked.

A copy of the list repeats every earlier line, so it is compared with the copy it was made from: a line more is a
pledge more, a changed figure a new total, a missing name a question. Figures are never added up over copies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orders.relay.lines import read_line
from orders.relay.model import Action, Context, Entry, Reading

_LOOK_BACK = 8  # copies; who answers an older one than that answers a very old message
_LIVE = (Action.NEW, Action.ADD, Action.REPLACE)

Grams = dict[str, int]  # by crop; "" where none is named


@dataclass(frozen=True)
class Item:
    """One numbered line of a copy, as read alone."""

    no: int
    line: str
    entries: tuple[Entry, ...]
    context: Context


@dataclass
class Copy:
    """One copy of a list: what each name has in it, and at which number."""

    crop: str
    pledges: dict[str, Grams] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    starts_at_one: bool = True

    def adds_to(self, parent: Copy) -> bool:
        return any(parent.pledges.get(name) != grams for name, grams in self.pledges.items())


class Sums(Mapping[str, int]):
    """Grams by name, all crops together, as `pledges` is when it is asked: nothing is copied for each line of a paste."""

    def __init__(self, pledges: Mapping[str, Grams], *, least: int = 0) -> None:
        self._pledges, self._least = pledges, least

    def __getitem__(self, name: str) -> int:
        grams = sum(self._pledges[name].values())
        if grams < self._least:
            raise KeyError(name)
        return grams

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._pledges if name in self)

    def __len__(self) -> int:
        return sum(1 for _name in self)


class Ledger:
    def __init__(self) -> None:
        self._pledges: dict[str, Grams] = {}
        self._entries: list[Entry] = []
        self._copies: list[Copy] = []
        self._listed: set[str] = set()  # every name of any copy
        self._vanished: dict[str, None] = {}
        self._forked: dict[str, None] = {}

    def begin(self, prior_g: Mapping[str, int]) -> None:
        self._pledges = {name: {"": grams} for name, grams in prior_g.items() if grams > 0}

    def prior_g(self) -> Mapping[str, int]:
        return Sums(self._pledges, least=1)

    def note(self, entry: Entry) -> None:
        """A line that pledges nothing."""
        self._entries.append(entry)

    def reading(self) -> Reading:
        final, later = dict(self.prior_g()), self._in_last_copy()
        vanished = tuple(name for name in self._vanished if name not in final)
        forked = tuple(name for name in self._forked if name in final)
        entries = tuple(sorted(self._entries, key=lambda entry: entry.line_no))
        asked = tuple(entry for entry in entries if _is_open(entry, final, later))
        return Reading(final, entries, asked, vanished, forked)

    def _in_last_copy(self) -> dict[str | None, list[Entry]]:
        found: dict[str | None, list[Entry]] = defaultdict(list)
        for entry in self._copies[-1].entries if self._copies else ():
            found[entry.name].append(entry)
        return found

    # --- chat ---

    def chat(self, entries: Iterable[Entry]) -> None:
        """What people say between the copies, applied at once."""
        told = [self._checked(self._pointed(entry)) for entry in entries]
        self._entries += told
        for entry in _added_up(told):
            _apply(self._pledges, entry)

    def _pointed(self, entry: Entry) -> Entry:
        """3号取消: the name at that number of the list as it stands."""
        if entry.name or entry.ref_no is None or entry.action is Action.IGNORE:
            return entry
        numbers = self._copies[-1].numbers if self._copies else {}
        named = [name for name, no in numbers.items() if no == entry.ref_no]
        if len(named) == 1 and named[0] in self._pledges:
            return replace(entry, name=named[0])
        return _asked(entry, "unknown_number")

    def _checked(self, entry: Entry) -> Entry:
        """What does not fit what the name has is for a person to say."""
        entry = _of_other_crop(entry, self._pledges.get(entry.name or "", {}))
        if entry.action in (Action.ASK, Action.IGNORE, Action.NEW) or not entry.name:
            return entry
        return self._fits(entry, self._pledges.get(entry.name))

    def _fits(self, entry: Entry, had: Grams | None) -> Entry:
        if had is None:
            alike = [name for name in self._pledges if entry.name and (entry.name in name or name in entry.name)]
            if alike:
                return _asked(entry, "name_alike")
            lacks = entry.action is Action.CANCEL or (entry.qty_g is not None and entry.qty_g < 0)
            return _asked(entry, "unknown_name") if lacks else entry
        if entry.action is not Action.CANCEL and not entry.crop and len(had) > 1:
            return _asked(entry, "which_crop")
        if entry.action is Action.CANCEL and entry.crop and _key(had, entry.crop) not in had:
            return _asked(entry, "which_crop")
        if entry.action is Action.ADD and entry.qty_g is not None:
            return (
                entry if had.get(_key(had, entry.crop or ""), 0) + entry.qty_g >= 0 else _asked(entry, "cut_too_large")
            )
        return entry

    # --- copies ---

    def copy(self, items: Sequence[Item], crop: str | None) -> None:
        """A whole copy of the list has been read."""
        new = _made(items, crop or "")
        parent = self._parent(new)
        if not new.starts_at_one and self._copies:
            self._continue(new)
            return
        missing = [name for name in (parent.pledges if parent else {}) if name not in new.pledges]
        forked = parent is not None and bool(missing) and _is_fork(parent, new, missing)
        self._entries += [self._settled(entry, parent, new) for entry in new.entries]
        for name in missing:
            self._miss(name, parent, new, forked=forked)
        self._note_forks(new, parent)
        self._copies.append(new)
        self._listed |= new.pledges.keys()

    def _parent(self, new: Copy) -> Copy | None:
        """The earlier copy this one was made from: the one it lacks least of, the latest of equals.

        One that adds nothing to an old copy was made from the last, by taking lines out.
        """
        copies = [copy for copy in self._copies[-_LOOK_BACK:] if _same_crop(copy.crop, new.crop)]
        if not copies:
            return None
        best = min(reversed(copies), key=lambda copy: _distance(copy, new))
        return best if new.adds_to(best) else copies[-1]

    def _settled(self, entry: Entry, parent: Copy | None, new: Copy) -> Entry:
        """The entry of an item with what it does beyond the copy before; the pledges follow."""
        name = entry.name
        if name is None or entry.action is Action.IGNORE:
            return entry
        now, before = new.pledges.get(name), parent.pledges.get(name) if parent else None
        if before is not None and now == before:
            return replace(entry, action=Action.IGNORE, flags=(*entry.flags, "repeated"))
        if before is None:
            return self._joins(entry, now)
        if now is not None and entry.action is not Action.ASK:
            kept = {crop: grams for crop, grams in self._pledges.get(name, {}).items() if crop not in before}
            self._pledges[name] = kept | now
            if entry.action is Action.NEW:
                return replace(entry, action=Action.REPLACE if before else Action.NEW)
        return entry

    def _joins(self, entry: Entry, now: Grams | None) -> Entry:
        """A name the copy before did not have; chat or another branch of the list may have."""
        name = entry.name
        assert name is not None
        had = self._pledges.get(name, {})
        if entry.action is Action.ASK or now is None:
            return entry
        same = {crop: grams for crop, grams in had.items() if any(_same_crop(crop, other) for other in now)}
        if same and name not in self._listed and sum(same.values()) != sum(now.values()):
            return _asked(entry, "same_name")
        self._pledges[name] = {crop: grams for crop, grams in had.items() if crop not in same} | now
        return entry

    def _miss(self, name: str, parent: Copy | None, new: Copy, *, forked: bool) -> None:
        if forked or name not in self._pledges:
            return
        left = {crop: grams for crop, grams in self._pledges[name].items() if not _same_crop(crop, new.crop)}
        self._pledges.pop(name)
        if left:
            self._pledges[name] = left
        self._vanished[name] = None
        line_no = new.entries[-1].line_no if new.entries else 0
        lines = [entry.line for entry in parent.entries if entry.name == name] if parent else []
        was = lines[0] if lines else ""
        self._entries.append(Entry(name, Action.ASK, line=was, flags=("vanished",), line_no=line_no))

    def _note_forks(self, new: Copy, parent: Copy | None) -> None:
        listed = {name for copy in self._copies[-_LOOK_BACK:] for name in copy.pledges}
        for name in self._pledges:
            if name in listed and name not in new.pledges and (not new.crop or parent is not None):
                self._forked[name] = None
            elif name in new.pledges:
                self._forked.pop(name, None)

    def _continue(self, new: Copy) -> None:
        """A list that does not begin at one goes on with the last: only its own lines count."""
        last = self._copies[-1]
        for entry in new.entries:
            name = entry.name
            same_place = name is not None and last.numbers.get(name) == new.numbers.get(name)
            if name in self._pledges and entry.action is Action.NEW and not same_place:
                entry = _asked(entry, "same_name")
            elif name in self._pledges and entry.action is Action.NEW:
                entry = replace(entry, action=Action.REPLACE)
            self._entries.append(entry)
            _apply(self._pledges, entry)
        last.numbers |= new.numbers
        last.pledges |= new.pledges
        self._listed |= new.pledges.keys()


def _is_open(entry: Entry, final: Mapping[str, int], later: Mapping[str | None, list[Entry]]) -> bool:
    """Must a person still be asked, or has a later copy of the list answered?"""
    if entry.action is not Action.ASK:
        return False
    if "vanished" in entry.flags:
        return entry.name not in final
    again = later.get(entry.name, []) if entry.list_no is not None else []
    return not again or any(one.action is Action.ASK for one in again)


def _of_other_crop(entry: Entry, had: Grams) -> Entry:
    """The same name again, but for a crop it has nothing of yet, is a pledge of its own."""
    if entry.action is Action.ASK and "same_name" in entry.flags and entry.crop and _key(had, entry.crop) not in had:
        flags = tuple(flag for flag in entry.flags if flag != "same_name")
        return replace(entry, action=Action.NEW, flags=flags)
    return entry


def _made(items: Sequence[Item], crop: str) -> Copy:
    """A copy read from its start: a later line may change an earlier one (5、苏大姐 再加1筐)."""
    new = Copy(crop, starts_at_one=not items or items[0].no <= 1)
    had = Sums(new.pledges)
    for item in items:
        entries = item.entries
        if any(entry.name in had or entry.ref_no is not None for entry in entries):
            entries = read_line(item.line, replace(item.context, prior_g=had), line_no=entries[0].line_no)
        for entry in entries:
            entry = _of_other_crop(entry, new.pledges.get(entry.name or "", {}))
            entry = replace(entry, list_no=item.no, crop=entry.crop or crop or None)
            if entry.name is None and entry.ref_no is not None and entry.action is not Action.IGNORE:
                named = [name for name, no in new.numbers.items() if no == entry.ref_no]
                entry = replace(entry, name=named[0]) if len(named) == 1 else _asked(entry, "unknown_number")
            new.entries.append(entry)
            if entry.name and entry.action is not Action.IGNORE:
                new.numbers.setdefault(entry.name, item.no)
                new.pledges.setdefault(entry.name, {})
        for entry in _added_up(new.entries[-len(entries) :]):
            _apply(new.pledges, entry, keep=True)
    return new


def _distance(copy: Copy, new: Copy) -> tuple[int, int]:
    missing = sum(name not in new.pledges for name in copy.pledges)
    changed = sum(name in new.pledges and new.pledges[name] != grams for name, grams in copy.pledges.items())
    return missing, changed


def _is_fork(parent: Copy, new: Copy, missing: Sequence[str]) -> bool:
    """Two answered at once: the missing stood last, and new names stand at their numbers."""
    kept = [parent.numbers[name] for name in parent.pledges if name in new.pledges]
    if not kept or min(parent.numbers[name] for name in missing) < max(kept):
        return False
    added = {new.numbers[name] for name in new.pledges if name not in parent.pledges}
    return min((parent.numbers[name] for name in missing), default=0) in added


def _same_crop(one: str, other: str) -> bool:
    """One list, as far as the titles tell: a title that names no crop may be of any."""
    return not one or not other or one in other or other in one


def _key(had: Grams, crop: str) -> str:
    """The crop of `had` that `crop` means: the same, a longer or shorter name of it, or the only unnamed one."""
    if crop in had:
        return crop
    if not crop:
        return next(iter(had)) if len(had) == 1 else ""
    alike = [known for known in had if known and (known in crop or crop in known)]
    if alike:
        return alike[0]
    return "" if set(had) == {""} else crop


def _apply(pledges: dict[str, Grams], entry: Entry, *, keep: bool = False) -> None:
    """What an entry that is certain does. `keep` leaves a cancelled name in the list, with nothing."""
    name = entry.name
    if name is None or entry.action not in (*_LIVE, Action.CANCEL):
        return
    had = pledges.setdefault(name, {})
    if entry.action is Action.CANCEL:
        if entry.crop and len(had) > 1:
            had.pop(_key(had, entry.crop), None)
        else:
            had.clear()
    elif entry.qty_g is not None:
        key = _key(had, entry.crop or "")
        had[key] = max(had.get(key, 0) + entry.qty_g, 0) if entry.action is Action.ADD else entry.qty_g
    if not keep and not sum(had.values()):
        del pledges[name]


def _added_up(entries: Iterable[Entry]) -> Iterable[Entry]:
    """一等100斤 二等50斤: the second of one crop comes on top of the first."""
    seen: set[tuple[str | None, str | None]] = set()
    for entry in entries:
        again = (entry.name, entry.crop) in seen and entry.action is Action.NEW
        seen.add((entry.name, entry.crop))
        yield replace(entry, action=Action.ADD) if again else entry


def _asked(entry: Entry, flag: str) -> Entry:
    return replace(entry, action=Action.ASK, flags=tuple(sorted({*entry.flags, flag})))
