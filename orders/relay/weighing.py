"""Amounts turned into grams: packs written in the line, times signs, parts (六斤八两), the unit of the list.

Gives back the tokens with every amount that weighs something as a `weight`; a number that is none becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from market.units import GRAMS
from orders.relay.amounts import PACKS, Amount, unit_of
from orders.relay.model import MAX_GRAMS
from orders.relay.scanner import Token

_PACK = "|".join(sorted(PACKS, key=len, reverse=True))
_OF_PACK = re.compile(
    rf"\s*(?:/|每(?!\s*(?:{_PACK})\s*(?:装|有|重|约|是|净重)*\s*[\d.零一二两三四五六七八九十百半]{{1,5}}\s*(?:公斤|斤|kg|千克)))\s*(?P<of>{_PACK})|\s*的(?P<its>{_PACK})(?=[\s,，要]*[\d一二两三四五六七八九十]{{1,3}}\s*(?:{_PACK}))|(?!\s+装\s*[\d一二两三四五六七八九十])\s*(?:一|1)?(?P<in>{_PACK})?\s*(?:装|规格|的?包装)|\s*(?:一|1)(?P<one>{_PACK})(?:的|，|,)|\s*的(?=\s*[\d一二两三四五六七八九十]{{1,3}}\s*(?:{_PACK}))"
)


MOST_IN_A_PACK = 50_000  # grams; a heavier pack is a doubt

_ONE_PACK = re.compile(rf"(?:一|1)({_PACK})")


@dataclass(frozen=True)
class Weight:
    """Grams `low` to `high`, exact; None where nothing can be said. `kind` and `unit` are of the amount."""

    low: Fraction | None
    high: Fraction | None
    kind: str
    unit: str
    flags: frozenset[str] = frozenset()

    def times(self, factor: Fraction) -> Weight:
        low, high = (None if grams is None else grams * factor for grams in (self.low, self.high))
        return replace(self, low=low, high=high)

    def plus(self, other: Weight) -> Weight:
        flags = self.flags | other.flags
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return replace(self, low=None, high=None, flags=flags)
        return replace(self, low=self.low + other.low, high=self.high + other.high, flags=flags)


@dataclass(frozen=True)
class Weighed(Token):
    """A token that weighs something."""

    weight: Weight | None = None


def weigh(tokens: list[Token], text: str, packs: Mapping[str, int], default_unit: str | None) -> list[Token]:
    tokens, in_line = _line_packs(tokens, text)
    tokens = _counted(tokens, in_line)
    known = {unit_of(word)[1]: Fraction(grams) for word, grams in packs.items()} | in_line
    said = (
        next((token.value for token in tokens if token.kind == "unit_is"), None)
        or default_unit
        or _unit_of_total(tokens)
    )
    tokens = _without_bare(tokens, bool(said))
    said = said or _changed_unit(tokens) or _unit_of_crops(tokens)
    weighed = [_weighed(token, known, said) if token.kind == "amount" else token for token in tokens]
    return _parts(_products(weighed))


def _changed_unit(tokens: list[Token]) -> str | None:
    """100斤→150: both figures of a change are in the one unit that is written."""
    units = {token.amount.unit for token in tokens if token.amount and token.amount.kind in ("weight", "pack")}
    changes = any(token.kind in ("w_set", "w_neg") or token.text == "+" for token in tokens)
    return units.pop() if changes and len(units) == 1 else None


def _counted(tokens: list[Token], packs: Mapping[str, Fraction]) -> list[Token]:
    """20斤装*5: the number behind the times sign counts the packs."""
    if len(packs) != 1:
        return tokens
    word = next(iter(packs))
    left = tokens[:2]
    for token in tokens[2:]:
        counts = [one.kind for one in left[-2:]] == ["note", "op"] and token.amount and token.amount.kind == "bare"
        made = replace(token.amount, kind="pack", unit=word) if counts and token.amount else token.amount
        left.append(replace(token, amount=made))
    return left


def _unit_of_crops(tokens: list[Token]) -> str | None:
    """丝瓜100、辣椒50斤: the unit at the end is that of both."""
    amounts = [token.amount for token in tokens if token.amount]
    crops = sum(token.kind == "crop" for token in tokens)
    if crops < 2 or crops != len(amounts) or amounts[-1].kind != "weight":
        return None
    return amounts[-1].unit if all(amount.kind == "bare" for amount in amounts[:-1]) else None


def line_packs(tokens: list[Token], text: str, *, is_head: bool = False) -> dict[str, Fraction]:
    """Pack weights a line states (每筐40斤, 10斤/件), in grams; the one without a word stands under "".

    In the head of a list nobody orders: 一件15斤 states one as well.
    """
    return _line_packs(tokens, text, is_head=is_head)[1]


def _line_packs(tokens: list[Token], text: str, *, is_head: bool = False) -> tuple[list[Token], dict[str, Fraction]]:
    left: list[Token] = []
    packs: dict[str, Fraction] = {}
    counted = [token.amount.unit for token in tokens if token.amount and token.amount.kind == "pack"]
    counted = counted * 2 if is_head else counted
    skip_to = 0
    for token in tokens:
        if token.start < skip_to:
            continue
        stated = _stated(token, left, text, counted)
        if stated is None or token.amount is None or token.amount.low is None:
            left.append(token)
            continue
        packs[stated.word], skip_to = token.amount.low * GRAMS[token.amount.unit], stated.end
        if stated.with_last:
            left.pop()
        unsure = "approximate" in token.amount.flags or packs[stated.word] > MOST_IN_A_PACK  # 200斤装10筐
        kind = "w_maybe" if unsure else "note"
        left.append(replace(token, kind=kind, amount=None))
    return left, packs


@dataclass(frozen=True)
class _Stated:
    """A pack whose weight is stated; `with_last`: the token before belongs to what states it (每筐, 一袋)."""

    word: str
    end: int
    with_last: bool = False


def _stated(token: Token, before: list[Token], text: str, counted: list[str]) -> _Stated | None:
    amount = token.amount
    if not amount or amount.kind != "weight" or amount.is_range:
        return None
    if before and before[-1].kind == "pack_is":
        return _Stated(PACKS[before[-1].value], token.end, with_last=True)
    last = before[-1].amount if before else None
    if last and last.kind == "pack" and last.low == 1 and last.end == token.start and counted.count(last.unit) > 1:
        return _Stated(last.unit, token.end, with_last=True)
    if found := _OF_PACK.match(text, token.end):
        word = found["of"] or found["its"] or found["in"] or found["one"]
        return _Stated(PACKS[word] if word else "", found.end())
    one = _ONE_PACK.match(text, token.end)
    weighed_before = any(earlier.amount and earlier.amount.kind == "weight" for earlier in before)  # 20斤（10斤一袋）
    if one and (counted.count(PACKS[one[1]]) > 1 or weighed_before):
        return _Stated(PACKS[one[1]], one.end())
    return None


def _unit_of_total(tokens: list[Token]) -> str | None:
    """丝瓜30 苦瓜20 共50斤 counts in 斤."""
    at = next((place for place, token in enumerate(tokens) if token.kind == "w_total"), len(tokens))
    rest = [token.amount for token in tokens[at + 1 :] if token.kind not in ("space", "w_want")][:1]
    return next((amount.unit for amount in rest if amount and amount.kind in ("weight", "pack")), None)


def _without_bare(tokens: list[Token], has_unit: bool) -> list[Token]:
    """Where the line has a weight with its unit, other numbers are house numbers, unless a crop stands before one."""
    with_unit = any(token.amount and token.amount.kind != "bare" for token in tokens)
    priced = any(token.kind == "money" for token in tokens)
    left = []
    for at, token in enumerate(tokens):
        if token.amount and "unknown_word" in token.amount.flags and len([one for one in tokens if one.amount]) > 1:
            left.append(replace(token, kind="num", amount=None))
            continue
        bare = token.amount is not None and token.amount.kind == "bare"
        is_price = bare and priced and _is_price(tokens, at)
        if (
            is_price
            or (bare and with_unit and not _counts(tokens, at, has_unit))
            or (bare and _is_part_of_name(tokens, at))
        ):
            token = replace(token, kind="num", amount=None)
        left.append(token)
    return left


def _counts(tokens: list[Token], at: int, has_unit: bool) -> bool:
    """Does this bare number weigh beside others with a unit: after a crop, at a times sign, a change, or a name?"""
    near = [tokens[place].kind for place in (at - 1, at + 1) if 0 <= place < len(tokens)]
    if at > 1 and (tokens[at - 2].kind, tokens[at - 1].kind) == ("crop", "space"):
        return True
    if at and tokens[at - 1].kind in ("crop", "w_neg", "w_set", "w_want", "w_add", "w_cut", "w_old"):
        return True
    behind = [token.kind for token in tokens[at + 1 :] if token.kind != "space"][:1]
    before = [token.kind for token in tokens[:at] if token.kind != "space"][-1:]
    if {"op", "w_set"} & set(near) or before in (["w_set"], ["w_add"], ["w_cut"]):  # 100斤 改 80
        return True
    return has_unit and before == ["text"] and behind in (["text"], ["split"])


def _is_price(tokens: list[Token], at: int) -> bool:
    """丝瓜1.8一斤 冬瓜0.8: a fraction without a unit, beside a price."""
    amount = tokens[at].amount
    beside = {token.kind for token in tokens[max(at - 1, 0) : at + 2]}
    return bool(amount and amount.low and amount.low.denominator > 1 and "op" not in beside)


def _is_part_of_name(tokens: list[Token], at: int) -> bool:
    """7-11, and a number at the start with words behind it and another number after them."""
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    return bool(behind and behind.kind == "text" and behind.text.startswith("-"))


def _weighed(token: Token, packs: Mapping[str, Fraction], default_unit: str | None) -> Token:
    amount = token.amount
    assert amount is not None
    return Weighed("weight", token.start, token.end, token.text, amount, weight=_weight(amount, packs, default_unit))


def _weight(amount: Amount, packs: Mapping[str, Fraction], default_unit: str | None) -> Weight:
    kind, unit, flags = amount.kind, amount.unit, amount.flags
    if kind == "bare" and default_unit:
        kind, unit = unit_of(default_unit)
    if amount.low == amount.high == 0:
        return Weight(Fraction(0), Fraction(0), kind, unit, flags)
    size = None
    if kind == "weight":
        size = Fraction(GRAMS[unit])
    elif kind == "pack":
        size = packs.get(unit, packs.get(""))
    missing = {"pack": "pack_weight_missing", "piece": "unit_unknown", "bare": "unit_missing"}
    if size is None:
        return Weight(None, None, amount.kind, unit, flags | {missing.get(kind, "unit_unknown")})
    low, high = (None if value is None else value * size for value in (amount.low, amount.high))
    if low is not None and (low.denominator != 1 or high is None or high.denominator != 1 or high > MAX_GRAMS):
        return Weight(None, None, amount.kind, unit, flags | {"not_understood"})
    return Weight(low, high, amount.kind, unit, flags | ({"range"} if amount.is_range else frozenset()))


def weight_of(token: Token) -> Weight | None:
    return token.weight if isinstance(token, Weighed) else None


def _products(tokens: list[Token]) -> list[Token]:
    """10斤x5, 20份*5斤, 500g*40."""
    left: list[Token] = []
    for token in tokens:
        if [one.kind for one in left[-2:]] == ["weight", "op"] and left[-2].value == "price" and token.kind == "weight":
            left.append(replace(token, kind="num", amount=None))  # 200斤*1.8=360
            continue
        if (
            len(left) >= 2
            and left[-1].kind == "op"
            and left[-1].text.strip() in ("*", "x", "乘", "乘以")
            and token.kind == "weight"
        ):
            first = left[-2]
            if first.kind == "weight" and first.amount and token.amount:
                left[-2:] = [_product(first, token)]
                continue
        left.append(token)
    return left


def _product(first: Token, second: Token) -> Token:
    one, other = weight_of(first), weight_of(second)
    assert one is not None
    assert other is not None
    assert first.amount is not None
    assert second.amount is not None
    if first.amount.kind == "weight" and second.amount.kind in ("bare", "pack", "piece"):
        made, count = one, second.amount
    elif second.amount.kind == "weight" and first.amount.kind in ("bare", "pack", "piece"):
        made, count = other, first.amount
    elif second.amount.kind == "bare" and first.amount.kind == "pack":
        made, count = one, second.amount
    else:
        made, count = replace(one, low=None, high=None, flags=one.flags | {"ambiguous"}), second.amount
    factor = count.low if count.low is not None and not count.is_range else None
    if made is one and second.amount.kind == "bare" and factor is not None and factor.denominator != 1 and factor < 20:
        return replace(first, end=second.end, value="price")  # 500斤*1.8
    if factor is not None and factor.denominator != 1:  # 1.8*50斤 is a price
        factor, made = None, replace(made, flags=made.flags | {"ambiguous"})
    weight = made.times(factor) if factor is not None else replace(made, low=None, high=None)
    flags = (made.flags | count.flags) - {"unit_missing"}
    return Weighed("weight", first.start, second.end, first.text, first.amount, weight=replace(weight, flags=flags))


def _parts(tokens: list[Token]) -> list[Token]:
    """六斤八两 and 3吨200斤 are one weight each: the part is in a smaller unit and less than one of the first."""
    left: list[Token] = []
    for token in tokens:
        last = left[-1] if left else None
        if last and last.kind == token.kind == "weight" and _is_part(last, token):
            one, other = weight_of(last), weight_of(token)
            assert one is not None
            assert other is not None
            left[-1] = Weighed("weight", last.start, token.end, last.text, last.amount, weight=one.plus(other))
            continue
        left.append(token)
    return left


def _is_part(last: Token, token: Token) -> bool:
    one, other = weight_of(last), weight_of(token)
    if not one or not other or last.end != token.start or one.kind != "weight" or other.kind != "weight":
        return False
    size = GRAMS[one.unit]
    return other.low is not None and GRAMS[other.unit] < size and 0 < other.low < size
