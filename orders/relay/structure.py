"""What a line is before anybody reads a pledge in it: the start of a relay, an item, a chat header, a quote, noise.

All of it by the shape of the line; text is tidy (see `signs`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from orders.relay.amounts import amount_at
from orders.relay.lexicon import CROPS, SURNAMES
from orders.relay.signs import Tidy

_DATE = r"(?:(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.月]\d{1,2}日?|昨天|今天|前天|周[一二三四五六日天]|星期[一二三四五六日天])"
_TIME = r"(?:(?:上午|下午|早上|晚上|中午|凌晨)\s*)?\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?"
_STAMP = rf"(?:{_DATE},?\s*(?:(?:星期|周)[一二三四五六日天]\s*)?)?{_TIME}"
_HEADERS = (
    re.compile(rf"(?P<who>[^:\s][^:]{{0,39}}?)\s*\(?(?P<when>{_STAMP})\)?\s*:?\s*$"),
    re.compile(
        rf"\(?(?P<when>{_DATE},?\s*{_TIME})\)?\s*(?:-\s*)?(?P<who>[^:，。\d\s][^:，。]{{0,30}}?)(?:\s*:\s*(?P<rest>.*))?$"
    ),
    re.compile(rf"\((?P<when>{_STAMP})\)\s*(?P<who>[^:，。\s][^:，。]{{0,30}}?)(?:\s*:\s*(?P<rest>.*))?$"),
    re.compile(rf"(?P<when>{_TIME})\s+(?P<who>[^:，。\d\s][^:，。\d]{{0,20}})\s*:\s*(?P<rest>.*)$"),
)
_RELAY = re.compile(
    r"[#\s(]*(?:[昨今明][天日晚早]的?\s*)?(?:接龙|群接龙|group ?note|solitaire|relay)(?![^\s\d:)，。]*(?:取消|结束|截止|的|请|要))",
    re.IGNORECASE,
)
# 接龙 阿红 30斤 answers a relay; 接龙 丝瓜 50斤起 starts one
_ANSWER = re.compile(
    rf"\s*接龙[:,，\s]+(?!{CROPS})[^\s\d:，]{{2,6}}\s*[\d零一二两三四五六七八九十百千半]{{1,6}}\s*(?:斤|公斤|吨|件|筐|箱|袋)\s*$"
)
_DIVIDER = re.compile(r"(?:[-_=*·.~—]\s*){5,}$")
_DATE_RULE = re.compile(rf"[-_=*—\s]*{_DATE}[-_=*—\s]*(?:{_TIME})?[-_=*—\s]*$|[-_=*—\s]*{_STAMP}[-_=*—\s]*$")
_EXAMPLE = re.compile(
    r"\(?(?:例|例如|例子|示例|样例|范例|格式|模板|如例|如(?=\s*:)|参考|比如|example|e\.?g\.?|eg)(?=[\s:、,，.。)\d]|如|子|$)",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"撤回了一条消息|加入了?群聊|邀请.{0,30}(?:加入|进群)|移出了?群|退出了?群|修改群名|群公告|拍了拍|以[下上]是?为?新消息|领取了.{0,20}红包|开启了|已添加|聊天记录|"
    r"^\s*\((?:图片|视频|语音|表情|动画表情|文件|链接|位置|小程序|红包|名片|转账|合并转发|聊天记录|通话|语音通话|群收款|photo|sticker|video|image|voice).{0,20}\)\s*$|recalled a message|joined the group"
)
_NUMBERED = re.compile(
    r"\s*(?:no\.?\s*)?(?:\(\s*(?P<in>\d{1,3})\s*\)|第\s*(?P<nth>\d{1,3})\s*[个位名]?\s*[:、.，,]|(?P<no>\d{1,3})\s*(?P<sign>[.、):,，#]|-(?!\d+-)|\.、|。)(?!(?<=:)\d{2}(?!\d|[斤公吨件筐箱袋]))"
    r"|\(\s*(?P<cin>[一二三四五六七八九十]{1,3})\s*\)|(?P<cno>[一二三四五六七八九十]{1,3})\s*(?P<csign>[.、),，](?![一二三四五六七八九])))[.、):\s]*"
)
_SPACED = re.compile(r"\s*(?P<no>\d{1,3})\s+(?=[^\d\s.,*x/+-])")
_PRICE = re.compile(r"\s*\d{1,3}\.\d{1,2}\s*(?:元|块|毛|¥|/|[一每](?:斤|公斤|件|筐|箱|袋|份))")
_DAY = re.compile(r"\s*(?P<month>1[0-2]|0?[1-9])\.(?:[12]\d|3[01]|0?[1-9])(?=\s|$)")
_NUMERAL = re.compile("[0-9.零一二两三四五六七八九十百千万半几]")
_NAMED = re.compile(f"(?:[{''.join(sorted(SURNAMES))}]|欧阳|[老小阿])[\u4e00-\u9fff]{{1,2}}" + r"(?=\s*\d)")
_CN = {sign: value for value, sign in enumerate("一二三四五六七八九十", 1)}


@dataclass(frozen=True)
class Header:
    """A line of a chat export that says who speaks: `rest` is what it says in the same line."""

    sender: str
    when: str
    rest_at: int  # where the rest begins in the tidy text; -1 for none


@dataclass(frozen=True)
class Item:
    """The number a line carries in a list, where the rest begins, and whether that reading is certain."""

    no: int
    rest_at: int
    certain: bool = True


def chat_header(known: Tidy) -> Header | None:
    for pattern in _HEADERS:
        found = pattern.match(known.text)
        if found and not _no_sender(found["who"]):
            rest = found.start("rest") if "rest" in found.re.groupindex and found["rest"] is not None else -1
            sender = known.cut(*found.span("who")).strip(" <>()（）-@")
            return Header(sender, found["when"].strip(), rest)
    return None


def is_chat_header(text: str) -> bool:
    return any((found := pattern.match(text)) and not _no_sender(found["who"]) for pattern in _HEADERS)


def _no_sender(who: str) -> bool:
    """今晚 8:30, 截止 20:00 and 100斤 8:00 are no names."""
    if re.search(
        r"截止|开始|结束|之?前|以前|送|到|出发|发车|准时|上午|下午|早上|晚上|今晚|明早|明天|今早|后天|要|时间|\d\s*(?:斤|公斤|吨|kg|件|筐|箱|袋)|[，。,!！?？]",
        who,
    ):
        return True
    return (
        not re.search(r"[^\W\d_]", who)
        or bool(re.fullmatch(rf"(?:{_DATE})\s*", who))
        or bool(re.match(r"\s*\d{1,3}\s*[.、)]", who))
    )


def starts_relay(text: str) -> bool:
    return bool(_RELAY.match(text)) and not _ANSWER.match(text) and not is_chat_header(text)


def is_divider(text: str) -> bool:
    return bool(_DIVIDER.fullmatch(text.strip()))


def is_stamp(text: str) -> bool:
    """A date or a time and nothing else."""
    return bool(_DATE_RULE.fullmatch(text.strip()))


def is_example(text: str) -> bool:
    return bool(_EXAMPLE.match(text.strip()))


def is_noise(text: str) -> bool:
    """A line that is never a pledge, whatever stands around it."""
    plain = text.strip()
    if not re.search(r"\w", plain) or is_divider(plain) or is_stamp(plain) or is_example(plain):
        return True
    if re.fullmatch("[68]{3,}", plain):  # applause
        return True
    if _SYSTEM.search(plain) or starts_relay(plain):
        return True
    if re.match(r"“[^”:]{1,20}:|https?:", plain):  # a quote, a link
        return True
    return plain.startswith(("「", ">")) or (plain.endswith("」") and "「" not in plain)


def list_number(text: str, expected: int | None = None) -> Item | None:
    """The number at the start. 3、4吨 is a range and 1.5吨 a weight, unless the list has come to that number."""
    found = _NUMBERED.match(text)
    if _PRICE.match(text) or _is_day(text, expected):
        return None
    if not found:
        found = _SPACED.match(text)
        amount = amount_at(text, found.start("no")) if found else None
        if found and (amount is None or amount.kind == "bare"):
            return Item(int(found["no"]), found.end())
        return _glued(text, expected)
    arabic = found["in"] or found["nth"] or found["no"]
    no = int(arabic) if arabic else _chinese(found["cin"] or found["cno"])
    if no is None:
        return None
    sign = found["sign"] or found["csign"]
    if not sign or not _NUMERAL.match(text, found.end()):
        return Item(no, found.end())
    if (
        sign == "."
        and no != expected
        and re.match(r"\s*\d+\.\d(?!\d|[栋楼号幢座室])", text)
        and not amount_at(text, found.end())
    ):
        return None
    amount = amount_at(text, len(text) - len(text.lstrip()))
    if amount is None or amount.low is None or amount.kind == "bare" or amount.end <= found.end():
        return Item(no, found.end())
    if no == expected:
        return Item(no, found.end(), certain=sign != "." or found[0].endswith(" "))
    if sign == "." and re.match(r"\s*\d+\.(?:\d*0|\d{2,})(?!\d)", text):
        return Item(no, found.end(), certain=False)
    return None


def _is_day(text: str, expected: int | None) -> bool:
    """8.14 丝瓜, above a list that has not come to 8."""
    day = _DAY.match(text)
    return day is not None and expected not in (None, int(day["month"]))


def _glued(text: str, expected: int | None) -> Item | None:
    found = re.match(
        r"\s*(\d{1,3})(?![号栋幢楼单室点月日天年元块毛人位家个件筐箱袋斤吨担两克公份中小班组队])(?=[\u4e00-\u9fff]{2})",
        text,
    )
    if found and expected is None and amount_at(text, found.start(1)) is None:
        return Item(int(found[1]), found.end()) if _NAMED.match(text, found.end()) else None  # 9陈桂英20公斤
    if found and expected is not None and int(found[1]) == expected and amount_at(text, found.start(1)) is None:
        return Item(expected, found.end())
    return None


def _chinese(signs: str) -> int | None:
    if len(signs) == 1:
        return _CN.get(signs)
    head, found, tail = signs.partition("十")
    if not found:
        return None
    return (_CN.get(head, 0) if head else 1) * 10 + (_CN.get(tail, 0) if tail else 0)
