"""A weight or a range of weights as people write it: 3-4吨, 3~4 吨, 3到4吨, 三四百斤, 100斤.

Each end is read by `Quantity.parse`, exactly; what stands between the ends, and what the first leaves out because the second says
it, is read here. A single weight is a range whose ends are the same.
"""

import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from market.numerals import tidied
from market.quantities import Pack, Quantity, QuantityError, describe
from market.units import NAMES

_BETWEEN = re.compile(r"\s*(?:[-‐‑‒–—―]{1,2}|[~〜∼～]+|到|至)\s*")
_SIDE_BY_SIDE = re.compile(r"(.*?)([一二两三四五六七八九1-9])\s*、?\s*([一二两三四五六七八九1-9])(\D*)", re.DOTALL)
_DIGITS = {
    **{sign: int(sign) for sign in "123456789"},
    **dict(zip("一二三四五六七八九两", (*range(1, 10), 2), strict=True)),
}
_FIGURE = re.compile(r"[0-9.,]+|[零一二两三四五六七八九]+")
_NUMBER = re.compile(r"[0-9.,零一二两三四五六七八九十百千万亿点半\s]+")
_MAY_BE_A_RANGE = frozenset({"range", "several", "unknown_unit", "unknown_unit_or_pack", "not_understood"})
_UNITS_WRONG = frozenset(
    {"unknown_unit", "unknown_unit_or_pack", "no_pack_weight", "wrong_pack", "no_unit", "too_large"}
)
_NOT_SO_WIDE = 10  # "3-500斤" may mean 300: a unit that is only borrowed must not make a range this wide


def read_range(text: str, *, pack: Pack | None = None, default_unit: str | None = None) -> tuple[Quantity, Quantity]:
    """The firm weight and the most that is welcome, both with all that was typed. The same twice for a single weight.

    A unit or a step (百, 千, 万) that only the second end names counts for both: 3-4吨, 三到五百斤. Units as in `Quantity.parse`.
    Raises QuantityError for anything else, also for a range that may mean two things; never another exception.
    """
    try:
        one = Quantity.parse(text, pack=pack, default_unit=default_unit)
    except QuantityError as error:
        if error.code not in _MAY_BE_A_RANGE:
            raise
        typed = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        low, high = _read(typed, pack, default_unit, error)
        return Quantity(low, typed), Quantity(high, typed)
    return one, one


def range_words(firm_g: int, most_g: int, *, say: Callable[[int], str] = describe) -> str:
    """ "保底 6,000 斤 = 3 吨，最多 8,000 斤 = 4 吨"; a single weight as `say` says it."""
    if most_g <= firm_g:
        return say(firm_g)
    return _("保底 %(firm)s，最多 %(most)s") % {"firm": say(firm_g), "most": say(most_g)}


def _read(text: str, pack: Pack | None, default_unit: str | None, error: QuantityError) -> tuple[int, int]:
    """The grams of both ends. Raises QuantityError: what is wrong with the second end, or that this is no range."""
    for low, high, is_borrowed in _pairs(tidied(text).rstrip("。.!,;"), pack):
        try:
            other = Quantity.parse(high, pack=pack, default_unit=default_unit).grams
            one = Quantity.parse(low, pack=pack, default_unit=default_unit).grams
        except QuantityError as end:
            error = end if end.code in _UNITS_WRONG else error
            continue
        if one < other:
            if is_borrowed and other > _NOT_SO_WIDE * one:
                raise QuantityError("wide_range", text=text)
            return one, other
    raise QuantityError("bad_range", text=text) if error.code == "range" else error


def _pairs(text: str, pack: Pack | None) -> Iterator[tuple[str, str, bool]]:
    """What the two ends may be, the likeliest first, and whether the first end took its unit from the other."""
    ends = _BETWEEN.split(text)
    if len(ends) == 2 and all(ends):
        yield from _lent(ends[0].strip(), ends[1].strip(), pack)
    elif len(ends) == 1:
        yield from _next_to_each_other(text)


def _lent(low: str, high: str, pack: Pack | None) -> Iterator[tuple[str, str, bool]]:
    """3-4吨, 三到五百斤, 3吨到5."""
    if _NUMBER.fullmatch(low):
        figure = _FIGURE.match(high)
        if figure and _FIGURE.fullmatch(low):
            yield low + high[figure.end() :], high, True
        yield low + _unit_of(high, pack), high, True
    elif _NUMBER.fullmatch(high):
        yield low, high + _unit_of(low, pack), True
    else:
        yield low, high, False


def _unit_of(text: str, pack: Pack | None) -> str:
    """The unit `text` ends with, "" for a bare number."""
    names = [*NAMES, *([pack.word] if pack else ())]
    return max((name for name in names if text.endswith(name)), key=len, default="")


def _next_to_each_other(text: str) -> Iterator[tuple[str, str, bool]]:
    """三四百斤, 两三吨, 十七八斤, 三五百斤; with a stop between them also in figures: 3、4吨."""
    found = _SIDE_BY_SIDE.fullmatch(text)
    if not found:
        return
    head, one, other, tail = found.groups()
    step = _DIGITS[other] - _DIGITS[one]
    in_figures = (one + other).isdigit()
    if (in_figures and "、" not in text) or not (step == 1 or (one, other) == ("三", "五")):
        return
    if head[-1:] not in ("", "十", "百", "千", "万") or _DIGITS.keys() & set(tail):
        return
    yield head + one + tail, head + other + tail, False
