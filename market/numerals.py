"""Numbers as people write them, 1,200 or 三万五千 or 两百五, read as exact fractions.

Only numbers: units, packs and sentences for people live in `market.quantities`. Nothing here rounds.
The text is expected `tidy` (see `tidied`) and without white space.
"""

import re
from fractions import Fraction

DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True))
STEPS = {"亿": 10**8, "万": 10**4, "千": 1000, "百": 100, "十": 10}

# One sign, one spelling: full width to half width, traditional and cheque-writing signs to the plain ones.
_PLAIN: dict[int, int | str] = {0xFEE0 + sign: sign for sign in range(0x21, 0x7F)}
_PLAIN |= {shift + capital: capital + 32 for shift in (0, 0xFEE0) for capital in range(ord("A"), ord("Z") + 1)}
_PLAIN_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_PLAIN |= str.maketrans(
    "〇兩萬億點噸擔壹贰貳叁參肆伍陆陸柒捌玖拾佰仟俩倆",
    "零两万亿点吨担一二二三三四五六六七八九十百千两两",
)
_PLAIN |= {ord("廿"): "二十", ord("卅"): "三十", ord("㎏"): "kg", ord("−"): "-", ord("\u3000"): " "}
_PLAIN |= dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), " ")

ARABIC = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+", re.ASCII)
NUMBER_SIGNS = "0-9.,零一二两三四五六七八九十百千万亿点半"
_SPOKEN_POINT = re.compile(r"(.*[零一二两三四五六七八九十百千万亿])点([零一二三四五六七八九]+)")
_SPELLED_OUT = re.compile(r"[一二三四五六七八九][零一二三四五六七八九]*零[零一二三四五六七八九]*")
TWO_DIGITS_IN_A_ROW = re.compile(r"[一二两三四五六七八九][一二三四五六七八九]|[一二三四五六七八九]两(?!$)")


def plain_digits(text: str) -> str:
    """Full-width digits as plain ones and nothing else changed: for plates and numbers that people copy from paper."""
    return text.translate(_PLAIN_DIGITS)


def tidied(text: str) -> str:
    """`text` in plain signs and small letters. What has no plain form stays, to be refused by name."""
    return text.translate(_PLAIN)


def read_number(text: str) -> Fraction | None:
    """The one value `text` has as a number, or None: also None for a range (三四百) and for words left over.

    半 alone is a half; a last digit after a step is one step lower (一百五 = 150, as it is said).
    """
    if text == "半":
        return Fraction(1, 2)
    return _decimal(text) if text else None


def _decimal(text: str) -> Fraction | None:
    """A number that may have a fraction: 1.5, 二点五, 1.5万, 二点五万."""
    if ARABIC.fullmatch(text):
        return Fraction(text.replace(",", ""))
    if spoken := _SPOKEN_POINT.fullmatch(text):
        whole, behind = _whole(spoken[1]), "".join(str(DIGITS[sign]) for sign in spoken[2])
        return None if whole is None else whole + Fraction(int(behind), 10 ** len(behind))
    head, step = text[:-1], text[-1]
    if step in "亿万千百" and ("." in head or "点" in head):
        times = _decimal(head)
        return times * STEPS[step] if times is not None and (step in "亿万" or times < 10) else None
    whole = _whole(text)
    return None if whole is None else Fraction(whole)


def _whole(text: str) -> int | None:
    """A whole number of at least one sign, in Chinese or with Arabic heads (3万, 3千5百)."""
    for step, size in STEPS.items():
        head, found, tail = text.partition(step)
        if found:
            return _joined(_head(head, size), _tail(tail, size), size)
    if text in DIGITS:
        return DIGITS[text]
    if text == "两":
        return 2
    if _SPELLED_OUT.fullmatch(text):
        return int("".join(str(DIGITS[sign]) for sign in text))
    return int(text.replace(",", "")) if re.fullmatch(r"\d+|\d{1,3}(,\d{3})+", text, re.ASCII) else None


def _joined(head: int | None, tail: int | None, size: int) -> int | None:
    return None if head is None or tail is None else head * size + tail


def _head(text: str, size: int) -> int | None:
    """How many times the step: 十 may stand alone, 百 and 千 take one digit, 万 and 亿 any number."""
    if not text:
        return 1 if size == 10 else None
    value = _whole(text)
    return value if value and (size >= 10**4 or len(text) == 1) else None


def _tail(text: str, size: int) -> int | None:
    """What follows a step of `size`, less than it: nothing, 零五, 五 (one step lower), 5百 or all digits."""
    if not text:
        return 0
    if text.startswith("零"):
        value = _whole(text[1:])
        return value if text != "零两" and value and value < size // 10 else None
    if re.fullmatch("[1-9一二三四五六七八九]", text):
        return DIGITS.get(text, 0) * size // 10 or int(text) * size // 10
    if re.fullmatch(r"\d+", text, re.ASCII):
        return int(text) if 10 ** len(text) == size else None
    value = _whole(text) if text != "两" and not _SPELLED_OUT.fullmatch(text) else None
    return value if value is not None and value < size else None
