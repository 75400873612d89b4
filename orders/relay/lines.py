"""One line of a group read as entries: who, what it does, how many grams.

`read_line` finds the parts (list number, speaker); whose each weight is is told in `shares`, what it does to a pledge
in `deciding`.
When a line cannot be read with certainty the action is `ASK`, and no gram is ever made up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from market.numerals import read_number
from orders.relay import names, structure
from orders.relay.bounds import as_range, respelled
from orders.relay.deciding import decide, line_flags
from orders.relay.model import MAX_LINE, Action, Context, Entry
from orders.relay.scanner import Token, scan
from orders.relay.settling import Share, settle_same
from orders.relay.shares import shares_of
from orders.relay.signs import Tidy, has_phone, masked, tidy
from orders.relay.weighing import weigh
from orders.relay.wordless import read_wordless, transfer, transfer_of_some

_BEHIND_A_NAME = re.compile(r"[\s\d,，]")
_MENTION = re.compile(
    r"\s*@(?:团长|群主|所有人|全体成员|老板|管理员|客服|店主)[^\s,，:]{0,4}[\s,，:]+(?=\S)|\s*@[^\s,，:@]{1,12}[\s,，:]+(?=我|[给帮]我|麻烦)"
)
_ANSWERED = re.compile("收到|好的|好嘞|记[了好]|ok")
_OTHER = re.compile(r"\s*@([^\s,，:@]{1,12})[\s,，:]")
_LONG_I_AM = re.compile(r"\s*我们?是(?![是的\d])[^\s,，。\d]{9,}")  # 我是建设路那个李记米粉今天给我送…
_NO_NAMES = re.compile(
    "^(?:卸货|已送|已发|配送|装车|产地|规格|汇总|统计|库存|现有|货源|余货|剩余|余量|到货|供应|可供|报价|行情|更正|备注|注意|通知|回复|补充|说明|合计|总计|共计|提示|地址|时间|单位|价格|单价|规格|要求|标题|数量|姓名|电话|ps|另)$"
)


@dataclass(frozen=True)
class Line:
    """A line taken apart. `speaker` is the name before a colon; `body` what follows it."""

    known: Tidy
    tokens: tuple[Token, ...]
    context: Context
    blank: Entry
    speaker: str | None = None
    flags: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        return frozenset(token.word or token.kind for token in self.tokens)

    @property
    def is_item(self) -> bool:
        return self.blank.list_no is not None

    @property
    def takes_back(self) -> bool:
        """The cancel is for what was said before, in a clause of its own: 前面的不要，重新报60斤."""
        kinds = [token.word or token.kind for token in self.tokens]
        at, weight = (kinds.index(kind) if kind in kinds else -1 for kind in ("cancel", "weight"))
        if at < 0 or weight < 0 or "split" not in kinds[min(at, weight) : max(at, weight)]:
            return False
        return at < weight or "old" in kinds[weight:at]

    @property
    def ends_in_cancel(self) -> bool:
        """A word of cancelling stands behind every weight: 100斤改为取消."""
        last = max(self.weights, default=-1)
        behind = [token.word for token in self.tokens[last + 1 :] if token.word]
        before = [token.word for token in self.tokens[: last + 1] if token.word]
        return behind[-1:] == ["cancel"] and ("set" in behind or "cancel" not in before)

    @property
    def takes_over(self) -> bool:
        """阿红不要了，我来: one gives up, and who speaks wants it."""
        kinds = [token.word or token.kind for token in self.tokens]
        at = kinds.index("cancel") if "cancel" in kinds else len(kinds)
        named = kinds[:at] == ["text"] and self.speaker is None
        return named and kinds[at + 1 : at + 2] in (["split"], ["space"]) and {"self", "want"} <= set(kinds[at:])

    @property
    def changes_something_else(self) -> bool:
        """100斤改自提, 100斤改为公斤: behind its weight the change names something that is no weight."""
        words = [token for token in self.tokens if token.kind != "space"]
        at = next((place for place, token in enumerate(words) if token.word == "set"), 0)
        if not at or len(self.weights) != 1 or words[at - 1].kind != "weight":
            return False
        return [token.kind for token in words[at + 1 : at + 2]] in (["text"], ["fetch"], ["date"])

    def is_told_by(self, name: str | None) -> bool:
        """The name is only that of who posted the line."""
        return not self.is_item and self.speaker is None and name == self.context.sender

    @property
    def text(self) -> str:
        return self.known.text

    @property
    def weights(self) -> list[int]:
        return [at for at, token in enumerate(self.tokens) if token.kind == "weight"]


def read_line(text: str, context: Context | None = None, *, line_no: int = 0) -> tuple[Entry, ...]:
    """The entries of one line; at least one. Never raises, whatever the text."""
    context = context or Context()
    blank = Entry(None, Action.IGNORE, line=masked(text[:MAX_LINE]).strip(), line_no=line_no)
    if len(text) > MAX_LINE:
        return (replace(blank, action=Action.ASK, flags=("too_long",)),)
    known = tidy(text.rstrip())
    if header := structure.chat_header(known):
        if header.rest_at < 0:
            return (replace(blank, sets_sender=header.sender),)
        known, context = known.after(header.rest_at), replace(context, sender=header.sender)
    if structure.is_noise(known.text):
        return (blank,)
    line = _taken_apart(known, context, blank)
    entries = tuple(_finished(entry, line) for entry in _entries(line))
    return tuple(entry for entry in entries if entry.action is not Action.IGNORE) or entries[:1]


def _taken_apart(known: Tidy, context: Context, blank: Entry) -> Line:
    flags = {"phone_in_text"} if has_phone(known.text) else set()
    if mention := _MENTION.match(known.text):
        known = known.after(mention.end())
    elif (
        not _ANSWERED.search(known.text)
        and (other := _OTHER.match(known.text))
        and known.cut(*other.span(1)) not in (context.sender, *context.prior_g)
    ):
        flags |= {"ambiguous"} if context.sender else set()
    known = respelled(known)
    item = structure.list_number(known.text, context.expected_no)
    if item:
        known = known.after(item.rest_at)
        blank = replace(blank, list_no=item.no)
        flags |= set() if item.certain else {"ambiguous"}
    known = as_range(known)
    tokens = _whole_names(scan(known.text))
    speaker, skip = _speaker(known, tokens)
    if skip:
        known = known.after(tokens[skip - 1].end)
        tokens = _whole_names(scan(known.text))
    tokens = _without_refused(weigh(tokens, known.text, context.pack_g, context.default_unit))
    return Line(known, tuple(tokens), context, blank, speaker, frozenset(flags))


def _without_refused(tokens: list[Token]) -> list[Token]:
    """丝瓜80斤，冬瓜不要: what is refused is another crop than the one that is weighed."""
    crops, left, weighed = list[str](), list[Token](), False
    for token in tokens:
        weighed |= token.kind == "weight"
        rest = weighed and any(one.text.strip() in ("其他", "其它", "别的", "其余") for one in left[-1:])
        other = rest or (weighed and len(set(crops)) > 1 and any(one.kind == "crop" for one in left[-1:]))
        mood = token.text == "算了" and weighed and any(one.word in ("set", "want") for one in left)  # 改30斤算了
        left.append(replace(token, kind="note") if token.word in ("cancel", "neg") and (other or mood) else token)
        crops += [token.text] if token.kind == "crop" else []
    return left


def _whole_names(tokens: list[Token]) -> list[Token]:
    """三斤妈 20斤: a weight in words that begins the line, glued to a name, before the one weight at its end."""
    at = 1 if tokens and tokens[0].kind == "space" else 0
    amounts = [place for place, token in enumerate(tokens) if token.amount]
    if len(amounts) != 2 or amounts[0] != at or len(tokens) < at + 4 or tokens[at + 1].kind != "text":
        return tokens
    rest = tokens[at + 2 : amounts[1]]
    glued, alone = tokens[at + 1].text.strip(), all(token.kind == "space" for token in rest)
    in_words = not tokens[at].text[0].isdigit()
    if rest and alone and in_words and 1 <= len(glued) <= 4 and amounts[1] == len(tokens) - 1:
        begun, ended = tokens[at], tokens[at + 1]
        name = Token("text", begun.start, ended.end, begun.text + ended.text)
        return [*tokens[:at], name, *tokens[at + 2 :]]
    return tokens


def _speaker(known: Tidy, tokens: Sequence[Token]) -> tuple[str | None, int]:
    """老李：200 — the name before a colon, and how many tokens it takes; (None, 0) without one."""
    for at, token in enumerate(tokens):
        if token.kind == "split":
            if token.text.strip() != ":" or at == 0:
                return None, 0
            if [one.kind for one in tokens[:at] if one.kind != "space"][-1:] == ["crop"]:  # 柳姐 丝瓜：100
                return None, 0
            name = names.find_name(known, tokens[:at])
            return (name, at + 1) if name and not _NO_NAMES.match(name) else (None, 0)
        if token.kind not in ("text", "place", "space", "num", "bracket", "stop", "number", "amount", "count", "crop"):
            return None, 0
        if token.amount and token.amount.kind != "bare":
            return None, 0
    return None, 0


def _entries(line: Line) -> list[Entry]:
    if moved := transfer(line) or transfer_of_some(line):
        return moved
    shares = shares_of(line)
    if not shares:
        if len(refs := _refs_cancelled(line)) > 1:
            return [replace(line.blank, action=Action.CANCEL, ref_no=ref) for ref in refs]
        name, ref = _head_known(_name_of_all(line), line), _ref(line)
        return [read_wordless(line, one, ref) for one in names.known_apart(name, line.context.prior_g)]
    shares = [_known_name(share, line) for share in shares]
    flags = line.flags | line_flags(line.text, line.tokens)
    if (
        line.takes_over
        or _LONG_I_AM.match(line.text)
        or (len(shares) > 1 and "其中" in line.text)
        or (re.search("扣[除掉]|抵扣", line.text) and len(line.weights) > len(shares))
        or _refers_after(line)
    ):
        flags |= {"ambiguous"}
    ref = _ref(line) if len(shares) == 1 and shares[0].name in (None, line.context.sender) else None
    entries = []
    for share in settle_same(shares, line.context):
        share = replace(share, name=None) if ref is not None else share
        entries.append(decide(share, line, flags, ref))
    return entries


def _refers_after(line: Line) -> bool:
    """丝瓜30斤 苦瓜一样."""
    kinds = [_kind_of_reference(token) for token in line.tokens if token.kind != "space"]
    last = max(place for place, kind in enumerate(kinds) if kind == "weight")
    return any(one in ("crop", "text") and other == "refer" for one, other in pairwise(kinds[last:]))


def _kind_of_reference(token: Token) -> str:
    """苦瓜随便 asks for nothing in particular."""
    return "note" if token.kind == "refer" and token.text[0] in "随看" else token.kind


def _known_name(share: Share, line: Line) -> Share:
    """阳姐 嗯呐 20斤: a name we know with a word behind it that we do not."""
    if not share.name or share.name in line.context.prior_g:
        return share
    known = _head_known(share.name, line)
    return share if known == share.name else replace(share, name=known, doubts=share.doubts | {"not_understood"})


def _head_known(name: str | None, line: Line) -> str | None:
    """肖姐 有事 as 肖姐, where she is known."""
    if not name or name in line.context.prior_g:
        return name
    heads = [name[: found.start()] for found in _BEHIND_A_NAME.finditer(name)]
    known = [head for head in heads if head in line.context.prior_g]
    return known[0] if len(known) == 1 else name


def _finished(entry: Entry, line: Line) -> Entry:
    """What the whole line says of each of its entries: flags, grade, price."""
    if entry.action is Action.IGNORE:
        return replace(line.blank, flags=entry.flags)
    price = next((token for token in line.tokens if token.kind == "money" and token.price is not None), None)
    grades = [token.value for token in line.tokens if token.kind == "grade" and token.value]
    grade = entry.grade or (grades[0] if len(grades) == 1 else None)
    flags = tuple(sorted({*entry.flags, *(line.flags & {"phone_in_text"})}))
    paid: Decimal | None = price.price if price else None
    return replace(entry, grade=grade, price=paid, price_unit=price.value if price else "", flags=flags)


# --- lines without a weight ---


def _name_of_all(line: Line) -> str | None:
    sender = line.context.sender if not line.is_item else None
    own = any(token.word == "self" for token in line.tokens) and not line.takes_over
    if line.speaker:
        return line.speaker
    if own and sender:
        return sender
    return names.find_name(line.known, line.tokens, strict=bool(sender)) or sender


def _refs_cancelled(line: Line) -> list[int]:
    """3号和5号取消: every place that is cancelled."""
    if "cancel" not in line.words or any(token.kind == "text" and token.text.strip("和跟与 ") for token in line.tokens):
        return []
    pointed = [read_number(token.value) for token in line.tokens if token.kind == "number" and token.value]
    first = [line.blank.list_no] if line.blank.list_no is not None else []
    return [*first, *(int(no) for no in pointed if no is not None)]


def _ref(line: Line) -> int | None:
    """3号取消, 取消第3个: the place in the relay a line points at."""
    if not {"cancel", "set", "add", "cut", "double", "half"} & line.words:
        return None
    if line.is_item and not any(token.kind == "text" for token in line.tokens):
        return line.blank.list_no
    pointed = [token for token in line.tokens if token.kind == "number" and token.value]
    if line.is_item or len(pointed) != 1:
        return None
    value = read_number(pointed[0].value)
    return int(value) if value is not None else None
