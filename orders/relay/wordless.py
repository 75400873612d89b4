"""Lines without a weight: cancels, doublings, transfers, bare names, chat."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from orders.relay.deciding import TAKERS, line_flags
from orders.relay.lexicon import CROPS, LONG_CROPS, TITLE
from orders.relay.model import Action, Entry
from orders.relay.names import looks_like_name
from orders.relay.weighing import weight_of

if TYPE_CHECKING:
    from orders.relay.lines import Line

_TRANSFER = re.compile(
    rf"^\s*(?:请|麻烦)?(?:把|将)?(?P<one>[^\s,，。:\d转让换给]{{1,12}}?)\s*(?:的|那份|那个|这份|名下的?|名额|的那份|的份额?)*(?:不要了?|要不了了?|拿不了了?)?[，,\s]*(?:{CROPS})?\s*(?:全部|都)?(?:转让给|转给|(?<=[的份额])给|(?<=的全部)给|(?<=的都)给|转(?![账发身给让到])|让给|换给|换成|转到|改到|算给|过给)\s*(?P<other>我|[^\s,，。:\d转让给的]{{2,12}}?)(?:了|吧|名下|那里|名上|头上|账上)*\s*[。!！~]*$"
)
_HALF = re.compile(
    r"^\s*(?:请)?(?P<one>[^\s,，。:\d给转让分匀]{1,12}?)\s*的?(?:转|让|分|匀)(?:出)?一半(?:转|让)?给\s*(?P<other>[^\s,，。:\d给]{2,12}?)(?:了|吧)?\s*[。!！~]*$"
)
_AMOUNT = r"(?=[\d一二两三四五六七八九十百半])[^,，。给]{2,10}?"
_WHO = r"(?:请|麻烦)?(?:把|将)?(?P<one>[^\s,，。:\d给转让退]{1,12}?)\s*(?:把|的|那|这)*\s*"
_TO = r"(?P<other>我|[^\s,，。:\d给]{2,12}?)(?:了|吧)?"
_SOME = (
    re.compile(
        rf"^\s*{_WHO}(?:转让|转|让|分|匀|拨|退|挪|拿)?\s*(?:出|掉)?{_AMOUNT}\s*(?:转让|转|让|分|匀)?给\s*{_TO}\s*[。!！~]*$"
    ),
    re.compile(rf"^\s*{_WHO}(?:转让|转|让|分|匀|拨)给\s*{_TO}\s*{_AMOUNT}\s*[。!！~]*$"),
)
_KEEPS = re.compile("(?:别|勿|没有?|不想|不会|不)(?:取消|撤|退|删)|恢复|还原")
_ASKS_FOR_SOME = re.compile(
    rf"(?:{LONG_CROPS})(?:全部|都|没有)?就?[换改][成为]?(?:{LONG_CROPS})|来(?:一?点|些)|要(?:一?点|些)|买点|留(?:一?点|些)|(?:我|我们|我家)也?要|算我|加我|报名|我跟(?=[一了团单上 ]|$)|跟一|我也|也来|参加|带我|来一份|几[斤件筐箱袋吨]|一些|一点$|少许|若干|全要|全包|都要了|包圆|全部?给我|剩下的.{{0,4}}要|^\s*(?:我们?|我家)?也?要\s*[。!！~]*$|count me|me too"
)
_IS_OVER = re.compile("活动|团购|本次|(?<!取消)(?<!退出)(?<!撤回)接龙|发货|送货|会议")


def transfer(line: Line) -> list[Entry]:
    """王姐的转给汤师傅: one pledge falls to zero, the other grows by it."""
    half = _HALF.match(line.text)
    found = half or _TRANSFER.match(line.text)
    if not found:
        return []
    context, blank = line.context, line.blank
    one, other = (_whose(line, found.span(group)) for group in ("one", "other"))
    if (
        not one
        or not other
        or one == other
        or not (
            other in context.prior_g
            or (one in context.prior_g and other == (line.speaker or context.sender))
            or TITLE.search(other)
            or (one in context.prior_g and looks_like_name(other))
        )
    ):
        return []
    moved = context.prior_g.get(one)
    if not moved:
        return [replace(blank, name=name, action=Action.ASK, flags=("transfer",)) for name in (one, other)]
    if half:
        given = moved // 2
        shares = ((one, -given), (other, given))
        return [replace(blank, name=name, action=Action.ADD, qty_g=qty, flags=("transfer",)) for name, qty in shares]
    return [
        replace(blank, name=one, action=Action.CANCEL, flags=("transfer",)),
        replace(blank, name=other, action=Action.ADD, qty_g=moved, flags=("transfer",)),
    ]


def transfer_of_some(line: Line) -> list[Entry]:
    """雷姐让20斤给小马: one pledge shrinks by what the other grows."""
    found = next((match for pattern in _SOME if (match := pattern.match(line.text))), None)
    if not found or len(line.weights) != 1:
        return []
    one, other = (_whose(line, found.span(group)) for group in ("one", "other"))
    weight = weight_of(line.tokens[line.weights[0]])
    if one is None and other and looks_like_name(other):  # 我匀20斤给阿红, and nobody knows who speaks
        return [replace(line.blank, name=other, action=Action.ASK, flags=("transfer",))]
    gives = one in line.context.prior_g or looks_like_name(one or "") or one == (line.speaker or line.context.sender)
    if (
        not one
        or not other
        or not gives
        or one == other
        or weight is None
        or weight.low is None
        or weight.low != weight.high
    ):
        return []
    had, grams = line.context.prior_g.get(one), int(weight.low)
    if weight.flags or (had is not None and had < grams) or not grams:
        return [replace(line.blank, name=name, action=Action.ASK, flags=("transfer",)) for name in (one, other)]
    all_of_it = replace(line.blank, name=one, action=Action.CANCEL, flags=("transfer",))
    return [
        all_of_it if had == grams else replace(all_of_it, action=Action.ADD, qty_g=-grams),
        replace(line.blank, name=other, action=Action.ADD, qty_g=grams, flags=("transfer",)),
    ]


def _whose(line: Line, span: tuple[int, int]) -> str | None:
    name = line.known.cut(*span).strip(" @")
    own = re.match(r"(?:我们?|俺们?|咱们?|自己)(?:[的家店]|自己)*", name)
    if not own:
        return name
    return (line.speaker or line.context.sender) if own.end() == len(name) else None


def read_wordless(line: Line, name: str | None, ref: int | None) -> Entry:
    """The one entry of a line in which nothing weighs anything."""
    if ref is not None:
        name = None
    crops = [token.text for token in line.tokens if token.kind == "crop"]
    entry = replace(line.blank, name=name, ref_no=ref, crop=crops[0] if len(crops) == 1 else None)
    flags = line_flags(line.text, line.tokens)
    known = name is not None or ref is not None
    if {"double", "half"} & line.words:
        return _multiplied(entry, line)
    if "cancel" in line.words and known and not _IS_OVER.search(line.text):
        if (
            flags & {"question", "approximate", "conditional"}
            or (line.weights and re.search("昨[天日晚]|前天|上[次回]", line.text))
            or line.takes_over
            or _KEEPS.search(line.text)
            or re.search("给(?!我|别人|其他|大家|他人)", line.text)
        ):
            return _asked(entry, *(flags or {"ambiguous"}))
        return replace(entry, action=Action.CANCEL)
    return _without_figure(entry, line, flags)


def _without_figure(entry: Entry, line: Line, flags: frozenset[str]) -> Entry:
    if TAKERS.search(line.text) and not line.is_item:
        return line.blank
    if "price_question" in flags or line.weights:
        return line.blank if not (line.is_item and entry.name) else _asked(entry, "no_quantity")
    if "refer" in line.words:
        return _asked(entry, "no_quantity", "refers_back")
    if line.is_item and entry.name:
        return _asked(entry, "no_quantity")
    if entry.name and (
        _ASKS_FOR_SOME.search(line.text) or ({"set", "cut", "add"} & line.words and "money" not in line.words)
    ):
        return _asked(entry, "no_quantity") if not _chat(line) else line.blank
    return line.blank


def _chat(line: Line) -> bool:
    """改天再说: a word of change that changes nothing here."""
    return bool({"date", "phone", "money"} & line.words) and "want" not in line.words


def _multiplied(entry: Entry, line: Line) -> Entry:
    prior = line.context.prior_g.get(entry.name or "")
    if not prior:
        return _asked(entry, "no_prior") if entry.name or entry.ref_no else line.blank
    grams = prior * 2 if "double" in line.words else prior // 2
    return replace(entry, action=Action.REPLACE, qty_g=grams)


def _asked(entry: Entry, *flags: str) -> Entry:
    return replace(entry, action=Action.ASK, flags=tuple(sorted({*entry.flags, *flags})))
