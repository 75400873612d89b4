"""Several weights of one name and crop in one line: a sum, a change, a total, the same said twice, or a question."""

from __future__ import annotations

from dataclasses import dataclass, replace

from orders.relay.model import Context
from orders.relay.weighing import Weight


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
    grade: str | None = None
    doubts: frozenset[str] = frozenset()


def settle_same(shares: list[Share], context: Context) -> list[Share]:
    """The shares with those of one name and crop made one."""
    settled: list[Share] = []
    for share in shares:
        last = settled[-1] if settled else None
        if "total" in share.words and _sums_up(settled, share):
            settled = [replace(one, words=(*one.words, "summed")) for one in settled]
            continue
        if last is None or share.is_own or (share.name, share.crop) != (last.name, last.crop):
            settled.append(share)
        else:
            settled[-1] = _joined(last, share, context)
    return settled


def _sums_up(settled: list[Share], share: Share) -> bool:
    """丝瓜30斤 苦瓜20斤 共50斤: the total of several crops, where it is what they come to."""
    weights = [one.weight.low for one in settled if one.name == share.name]
    if len({one.crop for one in settled}) < 2 or len(weights) != len(settled) or share.is_own:
        return False
    return sum(weight or 0 for weight in weights) == share.weight.low


def _joined(last: Share, share: Share, context: Context) -> Share:
    words = set(share.words)
    if _is_change(last, words):
        return replace(share, words=(*share.words, "set"), is_own=last.is_own)
    if {"total", "equals"} & words:
        return _total(last, share)
    if "old" in words:
        return replace(last, words=(*last.words, "set"))  # 150斤（原100斤）
    if "bracket" in words:
        return _in_brackets(last, share)
    if "add" in words and {"cut", "cancel"} & set(last.words):
        return _what_is_left(last, share, context)
    if {"plus", "add"} & words and _is_prior(last, context):
        return replace(share, is_own=last.is_own)
    if {"plus", "add"} & words:
        return replace(last, weight=last.weight.plus(share.weight))
    if last.weight.kind == "piece" and share.weight.low is not None:
        return _proposed(last, share)  # 一车3吨
    return last if _is_same(last, share) else _several(last)


def _is_change(last: Share, words: set[str]) -> bool:
    """100斤改80斤, 取消200斤，改要100斤, 原来100斤，现在要150斤."""
    if "set" in words or ("cancel" in words and "want" in words):
        return True
    return ("cancel" in last.words and "want" in words) or ("old" in last.words and "old" not in words)


def _total(last: Share, share: Share) -> Share:
    """3筐共60斤: what is said as the total holds, if it does not contradict the parts."""
    agree = last.weight.low in (None, share.weight.low) or bool({"add", "cut"} & set(last.words))
    doubts = last.doubts if agree else last.doubts | {"several_amounts"}
    return replace(share, words=last.words, is_own=last.is_own, doubts=doubts)


def _in_brackets(last: Share, share: Share) -> Share:
    """100斤（50公斤） says one weight twice; 3件（30公斤）, where 件 has no weight, is a proposal."""
    if _is_same(last, share) or share.weight.kind == "piece":  # 5吨（分两车）
        return last
    if last.weight.flags & {"pack_weight_missing", "unit_unknown"} and share.weight.low is not None:
        return _proposed(last, share)
    return _several(last)


def _proposed(last: Share, share: Share) -> Share:
    return replace(last, weight=replace(share.weight, flags=share.weight.flags | last.weight.flags))


def _several(last: Share) -> Share:
    unsaid = replace(last.weight, low=None, high=None)
    return replace(last, weight=unsaid, doubts=last.doubts | {"several_amounts"})


def _what_is_left(last: Share, share: Share, context: Context) -> Share:
    """退60斤 还要40斤, of 100斤: what is left is said as well."""
    had, cut, left = context.prior_g.get(share.name or ""), last.weight.low, share.weight.low
    if had is not None and cut is not None and had - cut == left:
        return replace(share, words=("set",), is_own=last.is_own)
    return _several(last)


def _is_same(last: Share, share: Share) -> bool:
    """The same grams in another unit."""
    if last.weight.kind == share.weight.kind == "pack":  # 2件1筐
        return False
    same = last.weight.low is not None and (last.weight.low, last.weight.high) == (share.weight.low, share.weight.high)
    return same and last.weight.unit != share.weight.unit


def _is_prior(share: Share, context: Context) -> bool:
    low = share.weight.low
    return share.name is not None and low is not None and context.prior_g.get(share.name) == low
