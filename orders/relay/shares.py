"""The shares of a line: whose each weight is, of which crop, and the words right before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from orders.relay import names
from orders.relay.lexicon import DONE
from orders.relay.scanner import Token
from orders.relay.settling import Share
from orders.relay.weighing import Weight, weight_of

if TYPE_CHECKING:
    from orders.relay.lines import Line

_PAST = re.compile(r"(?:昨[天日晚]|前[天晚]|上[次回周]|前几天|去年|以前)[^，,。\d]{0,8}?(?:[的了过]|那)\s*$")
_JOINS = frozenset(["加", "加上", "另加", "另外加", "外加"])  # 茄子50斤 另加青椒20斤
_LIKE = re.compile(r"\s*我?[要也]?[跟和同像照][^\s,，。\d]{1,8}一样")
_LAST_TIME = re.compile(r"(?:昨[天日]|上[次回])(?:是|要|的)?\s*$")
_THIS_TIME = re.compile("今[天日]|这[次回]|现在")
_DELIVERED = re.compile(r"\s*(?:我?[吃用卖]不[完了]|(?:已经?)?(?:送到|收到|拿到|提走|拉走|发出|卖掉)了)")
_TAKES_REST = re.compile(r"\s*(?:都|全部?|就)?(?:给我|归我|我[要拿包全])")
_I_WANT = re.compile(r"(?:^|[,，。\s那])(?:我|我们|我家|我店)(?:就|也|再|只|先)*[要来订拿报加减退改]?\s*$")
_OWN_PLACES = frozenset(
    ["食堂", "单位", "公司", "学校", "店里", "饭店", "餐馆", "超市", "馆子", "厂里", "工地"]
)  # 食堂的200斤, said by its buyer
_ME_TOO = re.compile(r"(?:^|[帮给替和跟与、\s])(?:我|俺)(?=[和跟与、])|[和跟与、](?:我|俺)(?=$|\s*[各每])")


def shares_of(line: Line) -> list[Share]:
    """One share for each weight that counts, with its own name and crop."""
    places: list[int] = []
    last_is_told = False
    for at in line.weights:
        last_is_told = _is_told(line, at, last_is_told=last_is_told)
        places += [] if last_is_told else [at]
    if not places:
        return []
    gaps = _gaps(line, places)
    crops = _crops(gaps)
    name, found = _first_name(line, gaps), list[Share]()
    for number, at in enumerate(places):
        gap = gaps[number]
        other = _name_between(line, gap) if number else None
        grade = next((token.value for token in reversed(gap) if token.kind == "grade"), None)
        is_own = not number or bool(other and other != name) or crops[number] != crops[number - 1] or bool(grade)
        name = other or name
        words = _words(gap)
        if number and is_own:  # a plus between two crops adds nothing up
            own = other or any(token.kind == "crop" and token.text == crops[number] for token in gap)  # 苦瓜加10斤
            joined = any(token.text in _JOINS for token in gap) and not (own and words[-1:] == ("add",))
            joins = {"plus", "add"} if joined else {"plus"}
            words = tuple(word for word in words if word not in joins)
        share = Share(name, crops[number], _weight(line.tokens[at]), words, is_own, grade)
        found += _spread(line, gap, share)
    return _named_behind(line, found, gaps)


def _name_between(line: Line, gap: Sequence[Token]) -> str | None:
    """A name between two weights: one that looks like it, or one that stands right before the second."""
    own = line.speaker or (None if line.is_item else line.context.sender)
    if own and _I_WANT.search("".join(token.text for token in gap)):  # 王姐要30斤，那我要20斤
        return own
    if name := names.find_name(line.known, gap, strict=True, behind=True):
        return name
    near = [token for token in gap if token.kind != "space"][-1:]
    return names.find_name(line.known, near, behind=True)


def _crops(gaps: Sequence[Sequence[Token]]) -> list[str | None]:
    """The crop of each weight: the one before it, or, where the first has none before it, the one right behind.

    A weight without one is of the crop before (丝瓜50斤+30斤).
    """
    before = [next((token.text for token in reversed(gap) if token.kind == "crop"), None) for gap in gaps[:-1]]
    if not before[0]:
        before = [_crop_behind(gap) for gap in gaps[1:]]
    for at in range(1, len(before)):
        before[at] = before[at] or before[at - 1]
    return before


def _gaps(line: Line, places: Sequence[int]) -> list[Sequence[Token]]:
    """The tokens before each weight, and those behind the last."""
    edges = [-1, *places, len(line.tokens)]
    return [line.tokens[one + 1 : other] for one, other in pairwise(edges)]


def _weight(token: Token) -> Weight:
    weight = weight_of(token)
    assert weight is not None
    return weight


def _words(gap: Sequence[Token]) -> tuple[str, ...]:
    signs = {"+": "plus", "=": "equals"}
    return tuple(token.word or signs.get(token.text.strip(), token.kind) for token in gap if token.kind != "space")


def _is_told(line: Line, at: int, *, last_is_told: bool) -> bool:
    """Is this weight only told of: what there is (今天摘了8000斤), what is not (不是300斤)?"""
    behind = line.tokens[at + 1] if at + 1 < len(line.tokens) else None
    if _LAST_TIME.search(line.text, 0, line.tokens[at].start) and _THIS_TIME.search(line.text, line.tokens[at].end):
        return True
    if _DELIVERED.match(line.text, line.tokens[at].end):
        return True
    if _TAKES_REST.match(line.text, line.tokens[at].end):
        return False
    enough = line.text[: line.tokens[at].start].rstrip().endswith("我") and line.text.startswith(
        "够", line.tokens[at].end
    )
    if not enough and behind and behind.kind in ("text", "fetch", "w_supply") and DONE.match(behind.text):
        return True
    if _PAST.search(line.text, 0, line.tokens[at].start):
        return True
    for token in reversed(line.tokens[:at]):
        if token.kind in ("space", "w_maybe", "w_self") or token.text in ("了", "好", "完"):
            continue
        if token.kind == "w_supply" or (token.kind == "count" and token.text.startswith("每")):
            return True
        if token.kind == "w_total":  # 已经装了两车，共6吨
            return last_is_told
        return token.kind == "w_neg" and not (token.text == "不要" and len(line.weights) == 1)
    return False


def _crop_behind(gap: Sequence[Token]) -> str | None:
    kinds = [token for token in gap if token.kind not in ("space", "grade")]
    return kinds[0].text if kinds and kinds[0].kind == "crop" else None


def _first_name(line: Line, gaps: Sequence[Sequence[Token]]) -> str | None:
    sender = line.context.sender if not line.is_item else None
    head = gaps[0]
    if span := names.says_who(line.text):
        return line.known.cut(*span)
    behalf = names.on_behalf(line.text)
    if behalf and head and behalf[1][0] > head[-1].end:  # 我要50斤，帮王姐要30斤
        behalf = None
    if behalf and behalf[0]:
        start, end = _original(line, *behalf[1], behalf[0])
        return line.known.cut(start, end)
    if behalf:
        head = [token for token in head if token.end <= behalf[1][0] or token.start >= behalf[1][1]]
    own = bool(behalf) or any(token.word == "self" for token in head)
    own = own or bool(_LIKE.match(line.text))  # 跟肖姐一样 5斤
    if line.speaker and not own:
        return names.find_name(line.known, head, strict=True) or line.speaker
    if line.speaker or (own and sender):
        return line.speaker or sender
    name = names.find_name(line.known, head, strict=bool(sender))
    if sender and name in _OWN_PLACES and f"{name}的" in line.text:
        return sender
    return (
        name
        or (names.find_name(line.known, gaps[-1], strict=True, behind=True) if len(gaps) == 2 else None)
        or (sender or (names.find_name(line.known, gaps[-1], behind=True) if len(gaps) == 2 else None))
    )


def _original(line: Line, start: int, end: int, name: str) -> tuple[int, int]:
    at = line.text.find(name, start, end)
    return at, at + len(name)


def _spread(line: Line, gap: Sequence[Token], share: Share) -> Iterator[Share]:
    """各 and 都: one share for each name or crop that stands before it."""
    if not any(token.kind == "each" for token in gap):
        yield from _of_all(line, gap, share)
        return
    crops, people = [token.text for token in gap if token.kind == "crop"], _people(line, gap)
    counted = any(token.kind == "count" for token in gap)
    if any(names.is_relative(one) for one in people) or (len(crops) > 1 and len(people) > 1):
        yield replace(share, doubts=frozenset({"each"}))
    elif len(crops) > 1:
        yield from (replace(share, crop=crop, is_own=True) for crop in crops)
    elif len(people) > 1 and not counted:
        yield from (replace(share, name=name, is_own=True) for name in people)
    else:
        yield replace(share, doubts=frozenset({"each"}))


def _of_all(line: Line, gap: Sequence[Token], share: Share) -> Iterator[Share]:
    """丝瓜苦瓜都要30斤, 我和阿红都要20斤; 三个店都要50斤 is for a person."""
    crops = {token.text: None for token in gap if token.kind == "crop"}
    of_all = any("都" in token.text for token in gap)
    people = _people(line, gap) if of_all else []
    if of_all and len(crops) > 1:
        yield from (replace(share, crop=crop, is_own=True) for crop in crops)
    elif len(people) > 1:
        yield from (replace(share, name=name, is_own=True) for name in people)
    elif of_all and any(token.kind == "count" for token in gap):
        yield replace(share, doubts=share.doubts | {"each"})
    else:
        together = len(crops) > 1 and len(line.weights) == 1
        yield replace(share, doubts=share.doubts | {"each"}) if together else share


def _people(line: Line, gap: Sequence[Token]) -> list[str]:
    """The names of a row; in what somebody says only those that look like one."""
    sender = None if line.is_item else line.speaker or line.context.sender
    people = names.all_names(line.known, [token for token in gap if token.kind != "crop"])
    if sender:
        people = [one for one in people if _is_person(line, one)]
        said = "".join(token.text for token in gap)
        if any(token.word == "self" for token in gap) or _ME_TOO.search(said):
            people = [sender, *people]
    return people


def _is_person(line: Line, name: str) -> bool:
    return name in line.context.prior_g or names.looks_like_name(name) or names.is_relative(name)


def _named_behind(line: Line, shares: list[Share], gaps: Sequence[Sequence[Token]]) -> list[Share]:
    """200斤 老李，300斤 王姐: where the first has no name, each is named behind."""
    if shares[0].name or len(shares) != len(gaps) - 1 or len(shares) < 2:
        return shares
    behind = [names.find_name(line.known, gap, behind=True) for gap in gaps[1:]]
    if not all(behind):
        last = behind[-1]
        return (
            [replace(share, name=share.name or last) for share in shares] if last and not any(behind[:-1]) else shares
        )
    return [replace(share, name=name) for share, name in zip(shares, behind, strict=True)]
