"""One amount as people write it at a place of a line: 100斤, 三四百斤, 一吨半, 五百来斤, 3筐, 半车, 60.

Only what the words say: numbers stay exact fractions, units stay words. Grams come later, with the pack weights.
Text is tidy (see `signs`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from market.numerals import DIGITS, STEPS, read_number
from market.units import GRAMS, NAMES, PACK_SPELLINGS, PACK_WORDS
from orders.relay.lexicon import BARE_END

PACKS = {
    **{word: word for word in PACK_WORDS},
    **PACK_SPELLINGS,
    "份": "份",
    "盒": "盒",
    "泡沫": "泡沫箱",
    "box": "箱",
    "boxes": "箱",
}
PACKS |= {"bag": "袋", "bags": "袋", "crate": "筐", "crates": "筐"}
TYPOS = {
    "近": "斤",
    "进": "斤",
    "今": "斤",
    "金": "斤",
    "巾": "斤",
    "紧": "斤",
    "津": "斤",
    "筋": "斤",
    "斥": "斤",
    "觔": "斤",
    "井": "斤",
    "劲": "斤",
    "厅": "斤",
}
TYPOS |= {
    "公近": "公斤",
    "公今": "公斤",
    "公金": "公斤",
    "公进": "公斤",
    "公厅": "公斤",
    "工斤": "公斤",
    "屯": "吨",
    "顿": "吨",
    "敦": "吨",
    "墩": "吨",
    "蹲": "吨",
}
WEIGHTS = {
    **NAMES,
    "石": "担",
    "kgs": "公斤",
    "gongjin": "公斤",
    "dun": "吨",
    "w斤": "万斤",
    "catty": "斤",
    "catties": "斤",
    "ton": "吨",
    "tons": "吨",
    "kilo": "公斤",
    "kilos": "公斤",
}
_PIECES = "三轮车 板车 斗车 面包车 小货车 大货车 网袋 个 条 根 只 头 车 卡车 货车 瓶 罐 桶 串 棵 株 蔸 兜 颗 粒 朵 板 托 盘 篓 篮 提 扎 坨 斗 亩 单 把子 蛇皮袋 编织袋 大筐 小筐 大箱 小箱 大袋 小袋 箩 挑 k"
_NOT_A_PIECE = (
    "(?!人|月|小时|星期|礼拜|周|钟|点|店|客|群|位|要|能|有|是|子|家|号|袋|箱子|筐子|盒子|放|赞|谢|间|站|主|辆|数)"
)
_END = r"(?=$|[\s,.，。、;；:：!?！？)(/*+→~-])"
MAX_RUN = 24

_FIXED = "|".join(
    sorted(
        (
            re.escape(name) + (r"(?![a-wyz]|x(?!\d))" if name.isascii() else "")
            for name in WEIGHTS
            if name not in ("两", "石")
        ),
        key=len,
        reverse=True,
    )
)
_UNIT = (
    rf"(?P<weight>{_FIXED}|两(?![零一二三四五六七八九十百千万\d斤吨])|石{_END})"
    rf"|(?P<typo>(?:{'|'.join(sorted(TYPOS, key=len, reverse=True))}){_END})"
    rf"|(?P<piece>(?:{'|'.join(sorted(_PIECES.split(), key=len, reverse=True))})(?![a-wyz]|x(?!\d)){_NOT_A_PIECE})"
    rf"|(?P<pack>(?:{'|'.join(sorted(PACKS, key=len, reverse=True))})(?![a-wyz]|x(?!\d)))"
)
_AFTER = re.compile(
    rf"\s*(?P<about>多|来|余|把|几|十来|\+)?\s*(?P<and_half>个半)?[个整]?(?:{_UNIT})(?P<half>半(?!天|价))?(?P<tenth>[一二三四五六七八九](?=$|[\s,，。])|[1-9]$)?(?P<over>多(?!了)|出头|左右|上下|以上|以下|以内|之内|封顶|打底|保底|往上|\+(?=$|[\s,，。]))?"
)
_RUN = re.compile("(?:[0-9.,零一二两三四五六七八九十百千万亿点半几]|w(?![a-z]))+")
_VAGUE_HALF = re.compile(
    rf"(?:[大小]半|千儿八百|百儿八十|千八百|百八十|个把|数[十百千万]+|[好大]?几[十百千万]*)(?:{_UNIT})|(?:公斤|斤|吨|担|件|筐)把{_END}"
)
_UNKNOWN_UNIT = re.compile(
    r"(\d{1,6}(?:\.\d+)?)((?![万千百]|w$|明天|今天|后天|自提|谢|也|都|可以|就|吧|啊|哈|呢|吗|改|不|取消|行|够|好|能)(?:[a-z]{1,10}|[\u4e00-\u9fff]{1,3}))\s*$"
)
_FRACTION = re.compile(
    r"(?:(?P<above>[13])/(?P<below>[234])|(?P<of>[二三四五])分之(?P<part>[一二三四]))\s*(?P<unit>公斤|斤|吨|担|件|筐|箱|袋)"
)
_HALF_MORE = re.compile(
    rf"个半(?:公斤|斤|吨|担)|(?:{'|'.join(('公斤', '斤', '吨', '担', '件', '筐', '箱', '袋'))})半(?![天价])"
)
_SHORT_STEP = re.compile("[百千万][二三四五六七八九]")
_RANGE = re.compile(r"\s*(-{1,2}|~+|到|至|或者?|/|、)\s*")
_NEXT_DOOR = re.compile("(.*?)([一二两三四五六七八九])([一二两三四五六七八九])([十百千万]*)")
_VAGUE = re.compile("[零一二三四五六七八九十百千万]*几[十百千万亿]*|几")


@dataclass(frozen=True)
class Amount:
    """`low` to `high` of `unit`; `low` is None where there is no figure (几百斤). `kind` says what the unit is."""

    low: Fraction | None
    high: Fraction | None
    unit: str
    kind: str  # weight, pack, piece, bare
    start: int
    end: int
    flags: frozenset[str] = frozenset()

    @property
    def is_range(self) -> bool:
        return self.low != self.high


def amount_at(text: str, at: int, glued: int = 0) -> Amount | None:
    """The amount that begins at `at`; `glued` signs of a name stand right before it (张三三十斤)."""
    if half := _HALF_MORE.match(text, at):
        return _made(Fraction(3, 2), half[0].replace("半", "").removeprefix("个"), at, half.end())
    if part := _FRACTION.match(text, at):
        return _made(_fraction(part), part["unit"], at, part.end())
    if vague := _VAGUE_HALF.match(text, at):
        return Amount(None, None, "斤", "weight", at, vague.end(), frozenset({"approximate"}))
    first = _figure(text, at, glued)
    if first is None:
        return None
    return _ranged(text, first) or first


def _fraction(part: re.Match[str]) -> Fraction:
    """1/2吨, 四分之三吨."""
    if part["above"]:
        return Fraction(int(part["above"]), int(part["below"]))
    return Fraction(DIGITS[part["part"]], DIGITS[part["of"]])


def unit_of(word: str) -> tuple[str, str]:
    """The kind and the one name of a unit."""
    if word in WEIGHTS:
        return "weight", WEIGHTS[word]
    if word in PACKS:
        return "pack", PACKS[word]
    return "piece", word


def _made(value: Fraction, word: str, start: int, end: int) -> Amount:
    kind, unit = unit_of(word)
    return Amount(value, value, unit, kind, start, end)


def _ranged(text: str, first: Amount) -> Amount | None:
    sign = _RANGE.match(text, first.end)
    second = _figure(text, sign.end(), 0) if sign else None
    if not sign or second is None or first.low is None or second.low is None:
        return None
    if first.unit != second.unit and first.kind == second.kind == "weight" and sign[1] in "/、":
        return None
    first, second = _in_one_step(text, *_in_one_unit(first, second))
    if first.low is None or second.high is None or first.unit != second.unit or not 0 < first.low < second.high:
        return None
    if sign[1] == "、" and not _side_by_side(first, second):
        return None
    flags = first.flags | second.flags | ({"ambiguous"} if second.high > 5 * first.low else set())
    return replace(second, low=first.low, start=first.start, flags=frozenset(flags))


def _in_one_unit(first: Amount, second: Amount) -> tuple[Amount, Amount]:
    if first.kind == "bare":
        return replace(first, unit=second.unit, kind=second.kind), second
    if first.kind == second.kind == "weight" and first.unit != second.unit:  # 500斤到1吨
        factor = Fraction(GRAMS[second.unit], GRAMS[first.unit])
        low, high = (None if value is None else value * factor for value in (second.low, second.high))
        return first, replace(second, unit=first.unit, low=low, high=high)
    if second.kind == "bare":
        return first, replace(second, unit=first.unit, kind=first.kind)
    return first, second


def _in_one_step(text: str, first: Amount, second: Amount) -> tuple[Amount, Amount]:
    """两到三百斤: the first digit counts in the step of the second."""
    one, other = (
        text[first.start : first.end],
        re.match(f"[1-9一二两三四五六七八九]([{''.join(STEPS)}])(?![0-9零一二三四五六七八九])", text[second.start :]),
    )
    if first.low is not None and len(one) == 1 and other and first.low * STEPS[other[1]] < (second.high or 0):
        low = first.low * STEPS[other[1]]
        first = replace(first, low=low, high=low)
    return first, second


def _side_by_side(first: Amount, second: Amount) -> bool:
    """3、4吨 and 30、40斤 are ranges; 80、200 are two things."""
    assert first.low is not None
    assert second.high is not None
    step = second.high - first.low
    return second.kind != "bare" and (
        step == 1 or (first.low >= 10 and step in (10, 100, 1000) and first.low % step == 0)
    )


def _figure(text: str, at: int, glued: int) -> Amount | None:
    if (
        text[at : at + 1].isdigit()
        and at
        and (text[at - 1].isdigit() or (text[at - 1] in ".," and text[at - 2 : at - 1].isdigit()))
    ):
        return None  # inside a number nobody can read
    run = _RUN.match(text, at)
    if not run or run.end() - at > MAX_RUN:
        return None
    if with_unit := _with_unit(text, at, run.end(), glued):
        return with_unit
    return _bare(text, at, run.end(), glued)


def _with_unit(text: str, at: int, end: int, glued: int) -> Amount | None:
    if found := _longest(text, at, end):
        return _doubtful(found, text, at, glued)
    if _AFTER.match(text, end) is None:
        return None
    if glued and text[at] in DIGITS:  # 张三三十斤: the name ends in a numeral
        return None
    return _amount(text, at, end, (None, None), frozenset({"number_unclear"}))


def _doubtful(found: Amount, text: str, at: int, glued: int) -> Amount | None:
    """A numeral right after one sign of a name may belong to the name: 老三十斤, 李四五斤."""
    if glued == 1 and text[at - 1] in "送发配寄运":
        return found  # 送三十斤
    is_numeral = text[at] in DIGITS or text[at] == "两"
    if glued and is_numeral and (glued == 1 or (found.is_range and glued <= 2)):
        run = _RUN.match(text, at)
        rest = run.end() if run else at
        if found.is_range or (glued == 1 and (rest - at > 1 or text[at] in DIGITS)):
            return replace(found, flags=found.flags | {"ambiguous"})
    return found


def _longest(text: str, at: int, end: int) -> Amount | None:
    for stop in range(end, at, -1):
        reading = read_figure(text[at:stop])
        if reading is None and stop == end and text[at:stop] in STEPS and _AFTER.match(text, stop):
            reading = _about_a_step(text, at, stop)
        if reading is None:
            continue
        if made := _amount(text, at, stop, reading[:2], reading[2]):
            return made
    return None


def _about_a_step(text: str, at: int, stop: int) -> tuple[Fraction | None, Fraction | None, frozenset[str]] | None:
    """百把斤, 千来斤, 万多斤: a step stands for one of it only where the words say "about"."""
    after = _AFTER.match(text, stop)
    if not after or not after["about"]:
        return None
    size = Fraction(STEPS[text[at:stop]])
    return size, size, frozenset({"approximate"})


def _amount(
    text: str, at: int, stop: int, values: tuple[Fraction | None, Fraction | None], flags: frozenset[str]
) -> Amount | None:
    after = _AFTER.match(text, stop)
    if after is None:
        return None
    about, word = after["about"], after["weight"] or after["typo"] or after["piece"] or after["pack"]
    low, high = values
    if about in ("几", "十来"):
        low = high = None
    if about or after["over"]:
        flags |= {"approximate"}
    if after["typo"]:
        flags |= {"typo_unit"}
        word = TYPOS[word]
    low, high = (None if value is None else value + _behind(after) for value in (low, high))
    if word == "克" and len(text[at:stop]) > 1 and text[stop - 1] == "千":
        flags |= {"ambiguous"}  # 一万三千克
    kind, unit = unit_of(word)
    return Amount(low, high, unit, kind, at, after.end(), frozenset(flags))


def _behind(after: re.Match[str]) -> Fraction:
    """What is said behind the unit: 一吨半, 一吨二, 1个半吨."""
    half = Fraction(1, 2) if after["half"] or after["and_half"] else Fraction(0)
    return half + Fraction(_tenths(after["tenth"]), 10)


def _tenths(sign: str | None) -> int:
    return 0 if not sign else int(sign) if sign.isdigit() else DIGITS[sign]


def _bare(text: str, at: int, end: int, glued: int) -> Amount | None:
    """A number alone: Arabic, or Chinese of two signs (一百五), or of one where it stands alone."""
    unknown = _UNKNOWN_UNIT.match(text, at) if at == 0 or text[at - 1] == " " else None
    if unknown and not BARE_END.match(text, unknown.end(1)):
        value = read_number(unknown[1])
        return Amount(value, value, unknown[2], "piece", at, unknown.end(), frozenset({"unknown_word"}))
    if not glued and _SHORT_STEP.fullmatch(text, at, end):  # 千二, 百五
        return Amount(None, None, "斤", "weight", at, end, frozenset({"number_unclear"}))
    for stop in range(end, at, -1):
        reading = read_figure(text[at:stop])
        if reading is None or not BARE_END.match(text, stop):
            continue
        signs = text[at:stop]
        alone = not glued and (at == 0 or text[at - 1] in " ,，:：+*→乘以")
        is_number = signs[0].isdigit() or signs[0] == "." or len(signs) > 1 or alone
        if is_number and len(signs) <= 12 and signs != "半" and signs != "几":
            return Amount(*reading[:2], "", "bare", at, stop, reading[2])
    return None


def read_figure(signs: str) -> tuple[Fraction | None, Fraction | None, frozenset[str]] | None:
    """(low, high, flags) of a number or of a range said in one word (三四百, 一两百, 十七八); None if unreadable."""
    plain = signs[:-1] + "万" if signs.endswith("w") else signs
    value = read_number(plain)
    if value is not None:
        return value, value, frozenset()
    if _VAGUE.fullmatch(plain):
        return None, None, frozenset({"approximate"})
    return next(_next_door(plain), None)


def _next_door(signs: str) -> Iterator[tuple[Fraction, Fraction, frozenset[str]]]:
    found = _NEXT_DOOR.fullmatch(signs)
    if not found:
        return
    head, one, other, steps = found.groups()
    if head and head[-1] not in STEPS:
        return
    low, high = read_number(head + one + steps), read_number(head + other + steps)
    close = low is not None and high is not None and low < high
    if close and _digit(other) - _digit(one) <= 2:
        assert low is not None
        assert high is not None
        yield low, high, frozenset()


def _digit(sign: str) -> int:
    return 2 if sign == "两" else DIGITS[sign]
