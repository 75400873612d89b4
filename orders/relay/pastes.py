"""A whole paste: relay copies, chat exports, quotes. `read_text` walks its lines and keeps the ledger.

What a line is by its shape is told by `structure`; what a copy of the list changes is settled in `ledger`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from orders.relay import structure
from orders.relay.amounts import unit_of
from orders.relay.ledger import Item, Ledger
from orders.relay.lexicon import CROPS
from orders.relay.lines import read_line
from orders.relay.model import MAX_LINE, Action, Context, Entry, Reading
from orders.relay.scanner import Token, scan
from orders.relay.signs import Tidy, masked, tidy
from orders.relay.weighing import line_packs

_ITEM_INSIDE = re.compile(r"(?:(?<=\s)|(?<=[斤吨件筐箱袋份担;；，,。]))(?P<no>\d{1,3})[.、．)）]\s*(?=[^\d\s])")
_SPACED_RULE = re.compile(r"\s*-(?:\s-){4,}\s*")
_QUOTE_LINES = 40
MOST_KG = 10**9
_UNIT_ALONE = re.compile(
    r"(?:按(?P<by>公斤|千克|kg|斤|件|筐|箱|袋|份)|(?P<of>公斤|斤|件|筐|箱|袋|份)数(?=接龙|登记|$|\s)|(?:^|[\s(:，,])(?P<unit>公斤|千克|kg|斤|件|筐|箱|袋|份)\s*\)?\s*$)"
)
_FORM = re.compile(
    r"\s*(?:店名|门店|姓名|客户|客户名称|采购单位|收货单位|单位名称)\s*:\s*(?P<who>[^\s:，。,\d][^\s:，。,]{1,19})\s*"
)
# Yesterday's relay, unless it goes on today.
_PAST = re.compile(r"^(?!.*(?:今[天日晚早]|明[天日早晚]|后天|继续|改)).*(?:昨[天日晚]|前天|上[次回周])")
_DATED = re.compile(r"\d[-/.年月]\d")


@dataclass
class _Walk:
    """Where the walk stands: who speaks, what the list says of units and packs, the copy being collected."""

    base: Context
    ledger: Ledger = field(default_factory=Ledger)
    sender: str | None = None
    when: str = ""
    unit: str | None = None
    packs: dict[str, int] = field(default_factory=dict)
    crop: str | None = None
    in_relay: bool = False
    is_past: bool = False
    has_past_items: bool = False
    numbered: bool = True
    items: list[Item] = field(default_factory=list)
    said: set[tuple[str | None, str, str]] = field(default_factory=set)
    read: dict[tuple[object, ...], tuple[Entry, ...]] = field(default_factory=dict)

    def context(self, sender: str | None = None, expected: int | None = None) -> Context:
        packs = {**self.base.pack_g, **self.packs}
        return Context({}, packs, self.unit or self.base.default_unit, sender, expected)


def read_text(text: str, context: Context | None = None) -> Reading:
    """What a paste of relays and chat comes to. Never raises, whatever the text."""
    walk = _Walk(context or Context(), sender=context.sender if context else None)
    walk.ledger.begin(walk.base.prior_g)
    lines = _once(list(_lines(text)))
    quoted = _quoted([tidy(line).text if len(line) <= MAX_LINE else "" for line in lines])
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        if place in quoted:
            walk.ledger.note(_ignored(line, place + 1, "quoted"))
        else:
            _step(walk, lines, place)
    _close(walk)
    return walk.ledger.reading()


def _lines(text: str) -> Iterator[str]:
    """The lines; a relay that lost its line breaks is cut at its numbers."""
    for line in text.splitlines():
        yield from _cut_at_numbers(line) if len(line) > 12 else (line,)


def _once(lines: list[str]) -> list[str]:
    """A paste that was pasted twice counts once."""
    said = [place for place, line in enumerate(lines) if line.strip()]
    half = len(said) // 2
    if (
        half < 2
        or len(said) % 2
        or any(lines[one].strip() != lines[other].strip() for one, other in zip(said[:half], said[half:], strict=True))
    ):
        return lines
    return lines[: said[half]]


def _cut_at_numbers(line: str) -> Iterator[str]:
    found = list(_ITEM_INSIDE.finditer(line))
    first = structure.list_number(line[:20])
    expected = first.no + 1 if first else 1
    cuts = []
    for mark in found:
        if int(mark["no"]) == expected:
            cuts.append(mark.start())
            expected += 1
    if not cuts or (not first and len(cuts) < 2):
        yield line
        return
    for one, other in zip([0, *cuts], [*cuts, len(line)], strict=True):
        yield line[one:other]


def _quoted(texts: Sequence[str]) -> set[int]:
    """Lines of a quoted reply: within 「 … 」, or right above a line of spaced dashes."""
    quoted: set[int] = set()
    for place, text in enumerate(texts):
        plain = text.strip()
        if plain.startswith("「") and place not in quoted:
            ends = (
                other
                for other in range(place, min(place + _QUOTE_LINES, len(texts)))
                if texts[other].rstrip().endswith("」")
            )
            quoted |= set(range(place, next(ends, place) + 1))
        elif _SPACED_RULE.fullmatch(text) and place - 1 not in quoted:
            quoted |= set(_above(texts, place))
    return quoted


def _above(texts: Sequence[str], place: int) -> Iterator[int]:
    for other in range(place - 1, max(place - 6, -1), -1):
        text = texts[other]
        if (
            not text.strip()
            or structure.is_divider(text)
            or structure.is_chat_header(text)
            or structure.starts_relay(text)
        ):
            return
        if structure.list_number(text):
            return
        yield other


def _ignored(line: str, line_no: int, *flags: str) -> Entry:
    return Entry(None, Action.IGNORE, line=masked(line[:MAX_LINE]).strip(), line_no=line_no, flags=flags)


def _step(walk: _Walk, lines: Sequence[str], place: int) -> None:
    line, line_no = lines[place], place + 1
    known = tidy(line[: MAX_LINE + 1])
    if structure.starts_relay(known.text):
        _open_relay(walk, lines, place, known.text)
        walk.ledger.note(_ignored(line, line_no))
        return
    header = structure.chat_header(known)
    if header:
        _close(walk)
        walk.in_relay = False
        walk.sender, walk.when = header.sender, header.when
        if header.rest_at < 0:
            walk.ledger.note(replace(_ignored(line, line_no), sets_sender=header.sender))
            return
        known = known.after(header.rest_at)
    elif sender := _sender_line(known) or _stamped(lines, place, known.text):
        _close(walk)
        walk.sender, walk.when = sender, ""
        walk.ledger.note(replace(_ignored(line, line_no), sets_sender=sender))
        return
    if walk.is_past and _in_past(walk, known.text):
        walk.ledger.note(_ignored(line, line_no))
        return
    if structure.is_noise(known.text):
        if walk.in_relay and not walk.items and structure.is_example(known.text):
            _learn_unit(walk, known.text)
        walk.ledger.note(_ignored(line, line_no))
        return
    _say(walk, line, known.text, line_no, header is not None)


def _sender_line(known: Tidy) -> str | None:
    """王姐： alone names who speaks next, and so does 店名：王姐米粉."""
    if form := _FORM.fullmatch(known.text):
        return known.cut(*form.span("who"))
    found = re.fullmatch(r"\s*@?(?P<who>[^\s\d:，。,、#]{2,20})\s*:\s*", known.text)
    is_label = found and re.search("备注|地址|电话|如下|接龙|名单|通知|格式|合计|总计|单位|截止|时间", found["who"])
    return known.cut(*found.span("who")) if found and not is_label else None


def _stamped(lines: Sequence[str], place: int, text: str) -> str | None:
    """A name alone on the line above a time."""
    above = lines[place - 1][:MAX_LINE].strip() if place else ""
    is_name = re.fullmatch(r"[^\W\d_]{2,12}", above)
    return above if is_name and structure.is_stamp(text) else None


def _open_relay(walk: _Walk, lines: Sequence[str], place: int, text: str) -> None:
    _close(walk)
    walk.in_relay, walk.crop, walk.is_past, walk.has_past_items = True, None, bool(_PAST.match(text)), False
    walk.numbered = _has_numbers(lines, place)
    title = re.sub(r"^[#\s(]*(?:接龙|群接龙|group ?note)", "", text)
    _learn(walk, title)


def _in_past(walk: _Walk, text: str) -> bool:
    """Yesterday's relay ends with its last item: what is said below it is said today."""
    is_item = bool(structure.list_number(text))
    if walk.in_relay and (is_item or not walk.numbered or not walk.has_past_items):
        walk.has_past_items |= is_item
        return True
    walk.in_relay = walk.is_past = False
    return False


def _has_numbers(lines: Sequence[str], place: int) -> bool:
    for line in lines[place + 1 : place + 12]:
        text = tidy(line[:40]).text
        if structure.starts_relay(text) or structure.is_chat_header(text):
            return False
        if structure.list_number(text):
            return True
    return False


def _say(walk: _Walk, line: str, text: str, line_no: int, inline: bool) -> None:
    """A line that may pledge: an item of the list, a head line of it, or chat."""
    last = walk.items[-1].no if walk.items else 0
    item = structure.list_number(text, last + 1 if walk.items or walk.in_relay else None)
    if item and not inline:
        if walk.items and item.no <= 1 and last >= 1:
            _close(walk)
        walk.items.append(_item(walk, item.no, line, line_no))
        walk.in_relay = True
        return
    if walk.in_relay and not walk.items and walk.numbered:
        _learn(walk, text)
        walk.ledger.note(_ignored(line, line_no))
        return
    if walk.in_relay and not walk.numbered and _unnumbered_item(walk, line, line_no):
        return
    if walk.items and _states_unit(walk, text):
        walk.ledger.note(_ignored(line, line_no))
        return
    _close(walk)
    _chat(walk, line, text, line_no)


def _states_unit(walk: _Walk, text: str) -> bool:
    """单位都是斤 below the list is of the lines above it."""
    tokens = scan(text)
    if [token.kind for token in tokens if token.kind not in ("text", "space", "split")] != ["unit_is"]:
        return False
    _learn(walk, text)
    items, walk.items = walk.items, []
    for item in items:
        walk.items.append(_item(walk, item.no, item.line, item.entries[0].line_no))
    return True


def _item(walk: _Walk, no: int, line: str, line_no: int) -> Item:
    """A line of the list; most stood in the copy before as well and have been read."""
    context = walk.context(expected=(walk.items[-1].no if walk.items else 0) + 1)
    known = (line, context.expected_no, context.default_unit, tuple(context.pack_g.items()))
    if known not in walk.read:
        walk.read[known] = read_line(line, context)
    entries = tuple(replace(entry, line_no=line_no) for entry in walk.read[known])
    return Item(no, line, entries, context)


def _unnumbered_item(walk: _Walk, line: str, line_no: int) -> bool:
    """A relay typed without numbers: 周满香 100斤."""
    context = walk.context()
    entries = read_line(line, context, line_no=line_no)
    if not entries[0].name or entries[0].action not in (Action.NEW, Action.ASK):
        if not walk.items:
            _learn(walk, tidy(line).text)
            walk.ledger.note(_ignored(line, line_no))
            return True
        return False
    walk.items.append(Item(len(walk.items) + 1, line, entries, context))
    return True


def _chat(walk: _Walk, line: str, text: str, line_no: int) -> None:
    said = (walk.sender, walk.when, text)
    if _DATED.search(walk.when) and said in walk.said:
        walk.ledger.note(_ignored(line, line_no, "repeated"))
        return
    walk.said.add(said)
    context = replace(walk.context(walk.sender), prior_g=walk.ledger.prior_g())
    entries = read_line(line, context, line_no=line_no)
    if all(entry.action is Action.IGNORE for entry in entries):
        _learn(walk, text)
    walk.ledger.chat(entries)


def _close(walk: _Walk) -> None:
    """The copy of the list is complete: settle what it changes."""
    if walk.items:
        walk.ledger.copy(walk.items, walk.crop)
        walk.items, walk.in_relay = [], False
    if not walk.numbered:
        walk.in_relay, walk.numbered = False, True


def _learn(walk: _Walk, text: str) -> None:
    """What a head line says of the list: its unit, what a pack weighs, its crop."""
    if len(text) > MAX_LINE:
        return
    tokens = scan(text)
    walk.packs |= {
        word: int(grams)
        for word, grams in line_packs(tokens, text, is_head=walk.in_relay).items()
        if word and grams.denominator == 1
    }
    said = [unit_of(token.value)[1] for token in tokens if token.kind == "unit_is"]
    if said:
        walk.unit = said[0] or walk.unit
    elif not (walk.in_relay and _learn_unit(walk, text)):
        walk.unit = walk.unit or _implied_unit(tokens)
    crops = {found for found in re.findall(CROPS, text) if len(found) > 1}
    if walk.in_relay and len(crops) == 1:
        walk.crop = crops.pop()


def _learn_unit(walk: _Walk, text: str) -> bool:
    """丝瓜 斤, 按斤, 格式：店名+袋数."""
    alone = _UNIT_ALONE.search(text)
    if alone:
        walk.unit = unit_of(alone["by"] or alone["of"] or alone["unit"])[1]
    return bool(alone)


def _implied_unit(tokens: Sequence[Token]) -> str | None:
    """10斤起 and 1.8元/斤 count in 斤; where they differ, nothing is implied."""
    units = {unit_of(token.value)[1] for token in tokens if token.kind == "money" and token.value}
    units |= {
        unit_of(found[1])[1]
        for token in tokens
        if token.kind == "minimum"
        and (found := re.match(r"[\d.零一二两三四五六七八九十百千万半\s]+(公斤|千克|kg|斤|件|筐|箱|袋|份)", token.text))
    }
    return units.pop() if len(units) == 1 else None


def whole(kilograms: float | str) -> int:
    """Kilograms of a file as whole grams. Raises: ValueError."""
    try:
        weight = Decimal(str(kilograms))
    except InvalidOperation:
        raise ValueError(f"{kilograms!r} is not a weight in kilograms") from None
    if not weight.is_finite() or weight.copy_abs() > MOST_KG:
        raise ValueError(f"{kilograms!r} kilograms is more than anything weighs")
    return int(weight * 1000)
