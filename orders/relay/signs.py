"""One spelling per sign, with the way back to the original, and telephone numbers hidden.

`tidy` is `market.numerals.tidied` that remembers where each sign stood, so that names are cut from the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from market.numerals import tidied

# Beside what every number needs: arrows, dashes, times signs, fractions, circled numbers of lists.
_MORE = dict.fromkeys("~〜∼～˜", "~") | dict.fromkeys("‐‑‒–—―－−─", "-") | dict.fromkeys("×✕✖＊⨉", "*")
_MORE |= dict.fromkeys("→➜➡⇒➔", "→") | {"½": ".5", "¼": ".25", "¾": ".75", "➕": "+", "￥": "¥", "＠": "@"}
_MORE |= dict.fromkeys("，", "，") | {"\ufe0f": "", "\u20e3": "、", "㎏": "kg", "㌔": "kg", "萬": "万"}
_MORE |= {"【": "(", "】": ")", "[": "(", "]": ")", "〔": "(", "〕": ")", "》": " ", "《": " ", "｜": " ", "|": " "}
_MORE |= {chr(0x2460 + at): f"({at + 1})" for at in range(20)} | {chr(0x2474 + at): f"({at + 1})" for at in range(20)}
_MORE |= {chr(0x2488 + at): f"({at + 1})" for at in range(20)} | {chr(0x2776 + at): f"({at + 1})" for at in range(10)}
_MORE |= {chr(0x3251 + at): f"({at + 21})" for at in range(15)} | {chr(0x32B1 + at): f"({at + 36})" for at in range(15)}
_MORE |= {chr(0x3220 + at): f"({at + 1})" for at in range(10)}
_MORE |= {chr(0x2160 + at): f"({at + 1})" for at in range(12)}
_MORE |= dict.fromkeys("\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "")  # of no width
_MORE |= dict.fromkeys("\t\u00a0\u2002\u2003\u2004\u2005\u2009\u202f", " ")

_FORMAL = set("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟俩倆")
_AFTER_FORMAL = _FORMAL | set("百千万十斤吨公克件筐箱袋担两份点 ") - {" "}

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0f\u20e3\ue000-\uf8ff]+"
    r"|\[[\u4e00-\u9fffA-Za-z]{1,6}\]"
)


@dataclass(frozen=True)
class Tidy:
    """`text` in plain signs; `at[i]` is where its sign `i` stood in `original`."""

    original: str
    text: str
    at: tuple[int, ...]

    def after(self, start: int) -> Tidy:
        return Tidy(self.original, self.text[start:], self.at[start:])

    def cut(self, start: int, end: int) -> str:
        """The original between two places of `text`, digits and letters in half width, white space as one space."""
        if start >= end:
            return ""
        last = self.at[end] if end < len(self.at) else len(self.original)
        piece = "".join(_half_width(sign) for sign in self.original[self.at[start] : last])
        return " ".join(_EMOJI.sub(" ", piece).split())


def _half_width(sign: str) -> str:
    """Digits and letters; a full-width bracket in a name stays as it was written."""
    if sign == "\u3000":
        return " "
    plain = chr(ord(sign) - 0xFEE0) if "\uff01" <= sign <= "\uff5e" else sign
    return plain if plain.isalnum() else sign


def _beside_a_number(line: str, place: int) -> bool:
    """伍佰斤 and 伍斤 are numbers, 伍大姐 and 退伍 are not."""
    return line[place + 1 : place + 2] in _AFTER_FORMAL or line[place - 1 : place] in _FORMAL


# 6 点, 2 号摊, 8 月 8 日: one word however it is spaced. 3 点心铺 and 2 月亮湾 are a place in the list and a name.
_APART = re.compile(
    r"(?<=\d) +(?=号(?!称)|点(?!心)|月(?![亮饼季华娥])|日(?![杂用本式])|[楼栋幢](?![梁下上外房兰]))"
    r"|(?<=\d)、(?=(?:公?斤|千克|kg|吨)(?:$|[\s,，]))"
    r"|(?<=\d月) +(?=\d{1,2} *[日号](?!摊))|(?<=\d 月) +(?=\d{1,2} *[日号](?!摊))"
)


@lru_cache(maxsize=1024)  # a relay repeats its lines
def tidy(line: str) -> Tidy:
    signs: list[str] = []
    at: list[int] = []
    for place, sign in enumerate(line):
        plain = _MORE[sign] if sign in _MORE else tidied(sign)
        if sign in _FORMAL and not _beside_a_number(line, place):
            plain = sign
        if plain.isdecimal() and not plain.isascii():
            plain = str(int(plain))
        signs.append(plain)
        at.extend([place] * len(plain))
    return _joined(Tidy(line, "".join(signs), tuple(at)))


def _joined(known: Tidy) -> Tidy:
    """Without the spaces inside a word."""
    spaces = {place for found in _APART.finditer(known.text) for place in range(*found.span())}
    if not spaces:
        return known
    kept = [place for place in range(len(known.text)) if place not in spaces]
    return Tidy(known.original, "".join(known.text[place] for place in kept), tuple(known.at[place] for place in kept))


# 138-0000-0000 however it is grouped or spelled out, a landline, a bank card, or so many digits that they weigh nothing.
_GAP = r"[-._·•() ]{0,3}"
_PHONES = (
    rf"(?<!\d)(?:\+?(?:00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)",
    r"(?<!\d)1[3-9](?:\d\d[- ]{1,2}\d{7}|\d{3}[- ]{1,2}\d{6}|\d{4}[- ]{1,2}\d{5}|\d{5}[- ]{1,2}\d{4})(?!\d)",
    r"(?<!\d)1[-. 、,()·]{1,3}[3-9](?:[-. 、,()·]{1,3}\d){9}(?!\d)",
    r"[一幺][三四五六七八九][零一二三四五六七八九幺]{9}(?![零一二三四五六七八九十百千万幺])",
    r"(?<!\d)0\d{2,3}[-() ]{0,3}\d{3,4}[- ]?\d{4}(?!\d)",
    r"(?<!\d)[48]00-\d{3,4}-\d{3,4}(?!\d)",
    r"(?<![\d.])2\d{7}(?!\d| *(?:斤|公斤|kg|克|g))",
    r"(?<!\d)62\d\d(?: \d{4}){3,4}(?: \d{1,3})?(?!\d)",
    r"\d{9,}[x]?",
)
PHONE = re.compile("|".join(_PHONES), re.ASCII)


def masked(line: str) -> str:
    """`line` with every telephone number as 138****0000 (see `market.wording.mask_phone`)."""
    known = tidy(line)
    parts, done = [], 0
    for found in PHONE.finditer(known.text):
        start, end = known.at[found.start()], known.at[found.end() - 1] + 1
        digits = "".join(sign for sign in found[0] if sign.isdigit())
        digits = re.sub(r"^(?:00)?86(?=\d{11}$)", "", digits)
        parts += [line[done:start], f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else "****"]
        done = end
    return "".join([*parts, line[done:]])


def has_phone(text: str) -> bool:
    return bool(PHONE.search(text))
