"""What a share does to the pledge of its name: new, add, replace, cancel, or ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from market.numerals import read_number
from orders.relay.lexicon import OFFERED
from orders.relay.model import Action, Context, Entry
from orders.relay.scanner import Token
from orders.relay.weighing import Weight

if TYPE_CHECKING:
    from orders.relay.lines import Line

_QUESTION = re.compile(
    r"[?？]|[吗嘛么]\s*(?=[。!！~,，]|$)|不$|(?<!要)不\s*[。]*$|能不能|可不可以|行不行|有没有|够不够|是不是|多少|怎么|什么|几点|哪"
)
_PRICE_ASKED = re.compile(
    "多少钱|几多钱|什么价|价格?(?:是|怎么|多少|好多|几|呢|[?？])|单价多少|几块|怎么卖|咋卖|好多钱|贵不贵|啥价|几钱|多少一|多少元"
)
_DOUBTS = frozenset(
    [
        "approximate",
        "ambiguous",
        "typo_unit",
        "number_unclear",
        "question",
        "conditional",
        "each",
        "several_amounts",
        "not_understood",
    ]
)
_MISSING = frozenset(["pack_weight_missing", "unit_unknown", "unit_missing"])


@dataclass(frozen=True)
class Share:
    """One weight of a line with its name and crop. `words` are the classes of the words right before it.

    `is_own` is false where neither a name nor a crop stands between it and the weight before.
    """

    name: str | None
    crop: str | None
    weight: Weight
    words: tuple[str, ...]
    is_own: bool = True
    doubts: frozenset[str] = frozenset()


def line_flags(text: str, tokens: Sequence[Token]) -> frozenset[str]:
    flags = set()
    if _PRICE_ASKED.search(text):
        flags.add("price_question")
    elif _QUESTION.search(text):
        flags.add("question")
    if any(token.word == "maybe" for token in tokens):
        flags.add("approximate")
    if any(token.word == "daily" for token in tokens):
        flags.add("daily")
    return frozenset(flags)


def settle_same(shares: list[Share], context: Context) -> list[Share]:
    """Several weights of one name and crop become one: a sum, a change, the same said twice, or a question."""
    settled: list[Share] = []
    for share in shares:
        last = settled[-1] if settled else None
        if last is None or share.is_own or (share.name, share.crop) != (last.name, last.crop):
            settled.append(share)
        else:
            settled[-1] = _joined(last, share, context)
    return settled


def _joined(last: Share, share: Share, context: Context) -> Share:
    words = share.words
    if (
        "set" in words
        or ("cancel" in words and {"want", "set"} & set(words))
        or ("cancel" in last.words and "want" in words)
    ):
        return replace(share, words=(*words, "set"), is_own=last.is_own)
    if "total" in words or "equals" in words:
        return _total(last, share)
    if "add" in words and _is_prior(last, context):
        return replace(share, is_own=last.is_own)
    if "plus" in words or "add" in words:
        return replace(last, weight=last.weight.plus(share.weight))
    if "old" in words and "set" not in words:
        return replace(last, words=(*last.words, "set"))  # 150斤（原100斤）
    if "old" in last.words:
        return replace(share, words=(*words, "set"))
    same = last.weight.low is not None and (last.weight.low, last.weight.high) == (share.weight.low, share.weight.high)
    if same and last.weight.unit != share.weight.unit:
        return last  # 100斤（50公斤）
    unsaid = replace(last.weight, low=None, high=None)
    return replace(last, weight=unsaid, doubts=last.doubts | {"several_amounts"})


def _is_prior(share: Share, context: Context) -> bool:
    return (
        share.name is not None and share.weight.low is not None and context.prior_g.get(share.name) == share.weight.low
    )


def _total(last: Share, share: Share) -> Share:
    """3筐共60斤: what is said as the total holds, if it does not contradict the parts."""
    agree = last.weight.low is None or last.weight.low == share.weight.low
    doubts = last.doubts if agree else last.doubts | {"several_amounts"}
    return replace(share, words=last.words, is_own=last.is_own, doubts=doubts)


def decide(share: Share, line: Line, flags: frozenset[str], ref: int | None) -> Entry:
    """The entry of one share."""
    flags = flags | share.weight.flags | share.doubts
    entry = replace(line.blank, name=share.name, crop=share.crop, ref_no=ref)
    if not line.is_item and ("price_question" in flags or _is_offer(line)):
        return line.blank
    weight, entry = _for_days(share.weight, line, entry, flags)
    low, high = _grams(weight)
    entry = replace(entry, qty_g=low, qty_max_g=high, flags=tuple(sorted(flags)))
    if share.name is None and ref is None:
        return _nobody(entry, line)
    action, why = _action(share, line, entry, flags)
    if why:
        entry = replace(entry, flags=tuple(sorted({*entry.flags, *why})))
    if action is Action.ADD and _is_cut(share):
        entry = replace(entry, qty_g=None if low is None else -low, qty_max_g=None)
    if action is Action.CANCEL:
        entry = replace(entry, qty_g=None, qty_max_g=None)
    return replace(entry, action=action)


def _is_offer(line: Line) -> bool:
    """今天丝瓜8000斤，求扩散: who sells says what there is."""
    return bool(OFFERED.search(line.text)) and not {"want", "self", "add", "set"} & line.words


def _nobody(entry: Entry, line: Line) -> Entry:
    """A weight and no name: a person must say whose it is, unless nobody wants anything here."""
    wants = {"want", "add", "set", "cut", "self", "cancel"} & line.words or line.is_item
    bare_weight = not any(token.kind in ("text", "crop", "money", "place") for token in line.tokens)
    total_of_list = "total" in line.words and "want" not in line.words
    if total_of_list or not (wants or bare_weight):
        return line.blank
    return replace(entry, action=Action.ASK, flags=tuple(sorted({*entry.flags, "name_missing"})))


def _grams(weight: Weight) -> tuple[int | None, int | None]:
    if weight.low is None or weight.high is None:
        return None, None
    return int(weight.low), int(weight.high) if weight.high != weight.low else None


def _for_days(weight: Weight, line: Line, entry: Entry, flags: frozenset[str]) -> tuple[Weight, Entry]:
    """每天300斤 连要3天 is 900斤; without the days a person must say for how long."""
    if "daily" not in flags:
        return weight, entry
    days = [_days(token.value) for token in line.tokens if token.kind == "days"]
    per_day = _grams(weight)[0]
    if len(days) != 1 or not days[0]:
        return weight, replace(entry, per_day_g=per_day)
    return weight.times(Fraction(days[0])), replace(entry, per_day_g=per_day, days=int(days[0]))


def _days(said: str) -> Fraction | None:
    """3, 三, or weeks: 一周."""
    number = read_number(said.removesuffix("周"))
    return number * 7 if number is not None and said.endswith("周") else number


def _is_cut(share: Share) -> bool:
    return bool({"cut", "minus"} & set(share.words)) or ("cancel" in share.words and "set" not in share.words)


def _action(share: Share, line: Line, entry: Entry, flags: frozenset[str]) -> tuple[Action, set[str]]:
    if doubt := _doubt(share, entry, flags):
        return Action.ASK, doubt
    prior = line.context.prior_g.get(share.name or "")
    words = line.words if len(line.weights) == 1 else {*share.words, *(line.words & {"cancel"})}
    if "set" in share.words or ("set" in line.words and len(line.weights) <= 2):
        return (Action.REPLACE if entry.qty_g else Action.CANCEL), set()
    if not entry.qty_g:
        return Action.ASK, {"zero"}
    if "cut" in share.words:
        return _cut(entry.qty_g, prior)
    if "cancel" in words:
        return _cancelled(entry.qty_g, prior)
    if "total" in line.words and "each" not in flags:
        return (Action.REPLACE if prior else Action.NEW), set()
    if "minus" in share.words and (prior or not share.name or line.context.sender == share.name):
        return _cut(entry.qty_g, prior)
    if "add" in words or (share.words[-1:] == ("plus",) and (prior or not line.is_item)):
        return Action.ADD, set()
    if prior and "neg" in line.words:
        return Action.REPLACE, set()
    return (Action.ASK, {"same_name"}) if prior else (Action.NEW, set())


def _doubt(share: Share, entry: Entry, flags: frozenset[str]) -> set[str]:
    if flags & (_DOUBTS | _MISSING):
        return set(flags & (_DOUBTS | _MISSING))
    if share.weight.low is None:
        return {"not_understood"}
    if "daily" in flags and entry.days is None:
        return {"daily"}
    return set()


def _cut(grams: int, prior: int | None) -> tuple[Action, set[str]]:
    if prior is not None and grams > prior:
        return Action.ASK, {"cut_too_large"}
    return Action.ADD, set()


def _cancelled(grams: int, prior: int | None) -> tuple[Action, set[str]]:
    """取消20斤 of a larger pledge is a cut; of the whole, or of one we do not know, a cancel."""
    if prior is None or prior == grams:
        return Action.CANCEL, set()
    return (Action.ADD, set()) if grams < prior else (Action.ASK, {"cut_too_large"})
