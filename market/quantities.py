"""Weights: the units of the trade, a typed quantity read as whole grams, and grams said again in people's words.

Every conversion is exact: whole grams, fractions and decimals, nothing that rounds behind one's back. Money here
is only price times weight, rounded once. Numerals are spelled in `market.numerals`, the weights of units stand in
`market.units`; prices, dates and clocks are said in `market.wording`; lines of chat (接龙) are the relay reader's,
ranges are read by `market.ranges`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from market.numerals import NUMBER_SIGNS, TWO_DIGITS_IN_A_ROW, read_number, tidied
from market.units import ALSO, GRAMS, PACK_SPELLINGS, PACK_WORDS

MAX_GRAMS = 1_000_000 * 1_000_000  # a million tonnes; far inside a bigint
MAX_TYPED = 40  # characters


class Unit(StrEnum):
    """A unit with a fixed weight. `grams` is exact; `label` is its name in the reader's language."""

    grams: int
    label: Any
    also: tuple[str, ...]

    JIN = "斤", _("斤")
    KG = "公斤", _("公斤")
    TONNE = "吨", _("吨")
    DAN = "担", _("担")
    LIANG = "两", _("两")
    WAN_JIN = "万斤", _("万斤")
    GRAM = "克", _("克")

    def __new__(cls, word: str, label: Any) -> "Unit":
        unit = str.__new__(cls, word)
        unit._value_ = word
        unit.grams, unit.label, unit.also = GRAMS[word], label, ALSO[word]
        return unit

    @classmethod
    def named(cls, word: str) -> "Unit | None":
        """The unit called `word` by any of its names, in any width or case; None if not in the table."""
        return _UNITS.get(_compact(tidied(word)))


_UNITS = {name: unit for unit in Unit for name in (unit.value, *unit.also)}

_SENTENCES = {
    "empty": _("请写上数量，例如 100斤"),
    "too_long": _("数量写得太长，请只写一个数和单位，例如 100斤"),
    "negative": _("数量不能是负数，“%(text)s”请改成正数"),
    "zero": _("数量要大于零"),
    "vague": _("“%(word)s”不是准数，请写一个确定的数，例如 100斤"),
    "range": _("“%(text)s”是一个范围，请只写一个数，例如 300斤"),
    "bad_range": _("看不懂“%(text)s”这个范围，请把少的写在前面，例如 3-4吨 或 300到400斤"),
    "wide_range": _("“%(text)s”两头差得太多，请把两头的单位都写上，例如 50斤-1000斤"),
    "several": _("“%(text)s”里不止一个数，请只写一个数和单位，例如 100斤"),
    "ambiguous": _("“%(text)s”有两种读法，请换个写法，例如 35000斤"),
    "no_number": _("“%(text)s”里没有写多少，请写成 100斤 这样"),
    "no_unit": _("“%(text)s”没有写单位，请写明斤、公斤或吨"),
    "unknown_unit": _("不认识单位“%(word)s”，请用斤、公斤或吨"),
    "unknown_unit_or_pack": _("不认识单位“%(word)s”，请用斤、公斤、吨或%(pack)s"),
    "no_pack_weight": _("“%(word)s”没有写明每%(word)s多重，请用斤、公斤或吨"),
    "wrong_pack": _("这批货按“%(pack)s”装，不按“%(word)s”，请用斤、公斤、吨或%(pack)s"),
    "bad_pack": _("每%(word)s的重量要大于零"),
    "bad_pack_word": _("“%(word)s”不能当包装的名字，请写筐、箱、袋这样的词"),
    "not_whole": _("“%(text)s”不是整克数，请写到克为止"),
    "too_large": _("数量太大，一次最多 100 万吨"),
    "not_understood": _("看不懂“%(text)s”，请写成 100斤 或 1.5吨 这样"),
    "bad_price": _("价格“%(text)s”不是一个可用的数"),
}


class QuantityError(ValueError):
    """What was typed is not one weight. `str()` is a sentence for the person who typed it, in their language.

    `code`, `message` and `params` have the shape Django's `ValidationError` takes.
    """

    def __init__(self, code: str, **params: str) -> None:
        self.code, self.message = code, _SENTENCES[code]
        self.params = {name: _printable(value) for name, value in params.items()}
        super().__init__(code, self.params)

    def __str__(self) -> str:
        return str(self.message) % self.params


@dataclass(frozen=True)
class Pack:
    """How one listing is packed: the word (筐) and the grams of one. Raises QuantityError for weight zero."""

    word: str
    grams: int

    def __post_init__(self) -> None:
        _require_int(self.grams)
        if not 0 < self.grams <= MAX_GRAMS:
            raise QuantityError("bad_pack", word=self.word)
        if Unit.named(self.word) or not _compact(self.word):
            raise QuantityError("bad_pack_word", word=self.word)


@dataclass(frozen=True, order=True)
class Quantity:
    """A weight of 1 gram to `MAX_GRAMS` and what the person typed. Equal when the grams are equal."""

    grams: int
    typed: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        _require_int(self.grams)
        if self.grams <= 0:
            raise QuantityError("negative" if self.grams else "zero", text=self.typed or str(self.grams))
        if self.grams > MAX_GRAMS:
            raise QuantityError("too_large")

    @classmethod
    def of(cls, grams: int) -> "Quantity":
        """A weight nobody typed. Raises QuantityError outside 1 … `MAX_GRAMS`, TypeError if not an int."""
        return cls(grams)

    @classmethod
    def parse(cls, text: str, *, pack: Pack | None = None, default_unit: str | None = None) -> "Quantity":
        """The one weight `text` says: 100斤, 1.5 吨, 两吨半, 3吨200斤, 三万五千斤, 20筐 (when `pack` is 筐).

        A bare number counts in `default_unit` (a unit, the pack's word, or "pack"); a written unit wins.
        Raises QuantityError for anything else, also for what has two readings; never another exception.
        """
        typed = " ".join(_printable(text.strip(), " ").split())
        if not typed:
            raise QuantityError("empty")
        if len(text.strip()) > MAX_TYPED:
            raise QuantityError("too_long")
        readings = _all_readings(tidied(typed).rstrip(_FULL_STOPS), pack, default_unit)
        grams = {int(reading) for reading in readings if reading.denominator == 1}
        if len(grams) == 1:
            return cls(grams.pop(), typed)
        if readings:
            raise QuantityError("ambiguous" if grams else "not_whole", text=typed)
        raise _why_not(typed, pack)

    def __str__(self) -> str:
        return describe(self.grams)

    @property
    def echo(self) -> str:
        """What was typed and what it means: "20 筐 = 800 斤 = 400 公斤", "100 斤 = 50 公斤"."""
        typed = re.sub(r"^([0-9.,]+)\s*([^0-9\s]+)$", r"\1 \2", self.typed.rstrip(_FULL_STOPS))
        said = _compact(tidied(typed)).replace(",", "")
        others = [words for words in _both_ways(self.grams) if _compact(words).replace(",", "") != said]
        return " = ".join([typed, *others] if typed else others)


def unit_grams(unit: str, pack: Pack | None = None) -> int:
    """Grams in one `unit`: a name in the table, the pack's own word, or "pack". Raises QuantityError."""
    if known := Unit.named(unit):
        return known.grams
    word = _compact(tidied(unit))
    if pack and (word == "pack" or word in _pack_names(pack)):
        return pack.grams
    raise _unknown(word, pack)


def format_grams(grams: int, unit: str = "auto") -> str:
    """Exactly `grams` in one unit, thousands set apart: "2,700 公斤". "auto" is 斤, the growers' unit."""
    return _in_unit(grams, Unit.JIN if unit == "auto" else _fixed(unit))


def format_exact(grams: int, unit: str) -> str:
    """For files and fields: "2469.134斤" in any language; `Quantity.parse` reads the same grams back."""
    return _number(grams, _fixed(unit).grams).replace(",", "") + _fixed(unit).value


def describe(grams: int) -> str:
    """Both ways, exactly: "100 斤 = 50 公斤", from a tonne on "3,000 斤 = 1.5 吨", "2 万斤 = 10 吨"."""
    return " = ".join(_both_ways(grams))


def growers_words(grams: int) -> str:
    """The first half of `describe`, where there is no room for both: "100 斤", "1.8 万斤"."""
    return _both_ways(grams)[0]


def price_per_kg(price: Decimal, unit: str, pack: Pack | None = None) -> Fraction:
    """Yuan for one kilogram, not rounded: prices in different units compare. Raises QuantityError."""
    return _exact(price) * Unit.KG.grams / unit_grams(unit, pack)


def amount(grams: int, price: Decimal, unit: str, pack: Pack | None = None) -> Decimal:
    """Yuan for `grams` at `price` per `unit`, rounded once, half up (away from zero), to the fen."""
    _require_int(grams)
    hundredths = _exact(price) * grams * 100 / unit_grams(unit, pack)
    fen = (2 * abs(hundredths.numerator) + hundredths.denominator) // (2 * hundredths.denominator)
    return Decimal(f"{'-' if hundredths < 0 and fen else ''}{fen // 100}.{fen % 100:02d}")


# --- reading ---

# White space may stand between words, not inside a number: "5 100斤" is a list number and a weight, "8点 5斤" a
# clock. A stop at the end, which voice input writes, says nothing.
_NUMBER_BROKEN = re.compile("[0-9.,] +[0-9.,]| 点|点 |[十百千万亿] +[1-9一二三四五六七八九](?! ?[零十百千万亿])")
_FULL_STOPS = "。.!,;"
_NEGATIVE = re.compile(r"[-–—负]")
_VAGUE = re.compile("左右|上下|大概|差不多|以上|以下|不到|超过|至少|最多|大约|[几数多余约来]")
_RANGE = re.compile(rf"[{NUMBER_SIGNS}].*[-‐‑‒–—―~〜∼至到、或/].*[{NUMBER_SIGNS}]")


def _compact(text: str) -> str:
    return "".join(text.split())


def _pack_names(pack: Pack) -> list[str]:
    word = _compact(tidied(pack.word))
    return [word, *(other for other, usual in PACK_SPELLINGS.items() if usual == word)]


def _sizes(pack: Pack | None) -> dict[str, int]:
    sizes = {name: unit.grams for name, unit in _UNITS.items()}
    return sizes | dict.fromkeys(_pack_names(pack), pack.grams) if pack else sizes


def _all_readings(tidy: str, pack: Pack | None, default_unit: str | None) -> set[Fraction]:
    if _NUMBER_BROKEN.search(tidy):
        return set()
    readings = set(_readings(_compact(tidy), _sizes(pack)))
    if default_unit and (number := read_number(_compact(tidy))) is not None:
        readings.add(number * unit_grams(default_unit, pack))
    return readings


def _readings(text: str, sizes: dict[str, int], below: int | None = None) -> Iterator[Fraction]:
    """Every weight in grams all of `text` can mean: number and unit, then 半 or a smaller part (3吨200斤).

    A part weighs less than one of the unit before it (`below`): "1吨2000斤" says the same weight twice.
    """
    for at in range(1, len(text)):
        words = [word for word in sizes if text.startswith(word, at)]
        number = read_number(text[:at]) if words else None
        if number is None:
            continue
        for word in words:
            size, rest = sizes[word], text[at + len(word) :]
            if below is not None and number * size >= below:
                continue
            if not rest:
                yield number * size
            elif number.denominator == 1 and number > 0:
                parts = [Fraction(size, 2)] if rest == "半" else _readings(rest, sizes, size)
                yield from (number * size + part for part in parts)


def _why_not(typed: str, pack: Pack | None) -> QuantityError:
    """The sentence for a text without a reading. The first thing wrong is named."""
    text = _compact(tidied(typed))
    if _NEGATIVE.match(text):
        return QuantityError("negative", text=typed)
    if vague := _VAGUE.search(text):
        return QuantityError("vague", word=vague[0])
    if _RANGE.search(text) or TWO_DIGITS_IN_A_ROW.search(text):
        return QuantityError("range", text=typed)
    return _why_no_unit(typed, pack)


def _why_no_unit(typed: str, pack: Pack | None) -> QuantityError:
    """Units, packs and numbers, in the order they stand in the text."""
    tidy = tidied(typed)
    known = _sizes(pack) | dict.fromkeys((*PACK_WORDS, *PACK_SPELLINGS), 0)
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    kinds = f"[{NUMBER_SIGNS}]+|(?:{names})(?![a-z])|[a-z]+|[^{NUMBER_SIGNS}a-z]+"
    words = re.findall(kinds, _compact(tidy))
    is_number = [bool(re.match(f"[{NUMBER_SIGNS}]", word)) for word in words]
    for word, after_number in zip(words[1:], is_number, strict=False):
        if after_number and word[0].isalpha() and word not in _sizes(pack):
            return _unknown(word, pack)
    if not any(is_number):
        return QuantityError("no_number", text=typed)
    if sum(is_number) > 1 or _NUMBER_BROKEN.search(tidy):
        return QuantityError("several", text=typed)
    lacks_unit = read_number(_compact(tidy)) is not None
    return QuantityError("no_unit" if lacks_unit else "not_understood", text=typed)


def _unknown(word: str, pack: Pack | None) -> QuantityError:
    if word == "pack":
        return QuantityError("no_pack_weight", word=PACK_WORDS[0])
    is_pack = word in PACK_WORDS or word in PACK_SPELLINGS
    if not pack:
        return QuantityError("no_pack_weight" if is_pack else "unknown_unit", word=word)
    return QuantityError("wrong_pack" if is_pack else "unknown_unit_or_pack", word=word, pack=pack.word)


# --- saying ---


def _both_ways(grams: int) -> tuple[str, str]:
    """The grower's reading and the official's. 万斤 from 1 万斤 on, in Chinese, with at most two decimals."""
    tonnes, wan = abs(grams) >= Unit.TONNE.grams, abs(grams) >= Unit.WAN_JIN.grams
    if wan and grams % (Unit.WAN_JIN.grams // 100) == 0 and (get_language() or "zh").startswith("zh"):
        grower = Unit.WAN_JIN
    else:
        grower = Unit.JIN
    return _in_unit(grams, grower), _in_unit(grams, Unit.TONNE if tonnes else Unit.KG)


def _in_unit(grams: int, unit: Unit) -> str:
    return f"{_number(grams, unit.grams)} {unit.label}"


def _number(grams: int, size: int) -> str:
    """`grams` counted in `size`, exactly: every size in the table divides ten million."""
    _require_int(grams)
    whole, rest = divmod(abs(grams), size)
    behind = f"{rest * (10**7 // size):07d}".rstrip("0")
    return f"{'-' if grams < 0 else ''}{whole:,}" + (f".{behind}" if behind else "")


def _fixed(unit: str) -> Unit:
    if known := Unit.named(unit):
        return known
    raise _unknown(unit, None)


def _printable(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    return "".join(sign if sign.isprintable() else instead for sign in text[:MAX_TYPED])


# --- money and types ---


def _exact(price: Decimal) -> Fraction:
    if not isinstance(price, Decimal | int) or isinstance(price, bool):
        raise TypeError(f"a price is a Decimal, not {type(price).__name__}")
    price = Decimal(price)
    exponent = price.as_tuple().exponent
    if not price.is_finite() or not isinstance(exponent, int) or abs(exponent) > 12 or abs(price) > 10**12:
        raise QuantityError("bad_price", text=str(price))
    return Fraction(price)


def _require_int(grams: object) -> None:
    if not isinstance(grams, int) or isinstance(grams, bool):
        raise TypeError(f"grams are a whole number, not {type(grams).__name__}")
