"""What a share does to the pledge of its name: new, add, replace, cancel, or ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from market.numerals import read_number
from orders.relay.lexicon import OFFERED
from orders.relay.model import Action, Entry
from orders.relay.names import clean_name, is_two_names, looks_like_name
from orders.relay.scanner import Token
from orders.relay.settling import Share
from orders.relay.weighing import Weight

if TYPE_CHECKING:
    from orders.relay.lines import Line

_QUESTION = re.compile(
    r"[?？]|[吗嘛么啵]\s*(?=[。!！~,，]|$)|[吗啵]\s|^谁|谁(?:取消|改|删|把)|[对是]吧|[\u4e00-\u9fff](?<!要)不\s+(?=[\u4e00-\u9fff])|不$|(?<!要)不\s*[。]*$|([送行能够好包])不\1|能不能|可不可以|行不行|有没有|有没(?=\s|$|[,，])|够不够|是不是|多少|怎么|什么|几点|哪"
)
_PRICE_ASKED = re.compile(
    r"多少钱|运费(?:多少|怎么|好多|几)|几多钱|什么价|价格?(?:是|怎么|多少|好多|几|呢|[?？])|单价多少|几块|[斤吨件筐箱袋](?:就|那)?(?:是|要)\s*[\d.]+\s*(?:块|元)[钱\s,，]*(?:对|是|吧|吗|不)|怎么卖|咋卖|好多钱|贵不贵|啥价|几钱|多少一|多少元|(?:一|1|每)[件筐箱袋份捆包框](?:大概|有|是|装|重|净重)*(?:多少|几|好多)|最[少低]\S{0,3}(?:几|多少)"
)
_CONDITION = re.compile(
    "(?:没[有得]?|冇得?)[^，,。\\d]{0,8}(?:就(?:算|不|换|要)|的话)|(?:不够|好卖|好吃|卖完|卖得好|到时候?)(?:了|的话)?[^，,。\\d]{0,3}再(?:加|要|来|订|补|拿)|(?:便宜|[元块毛]|送的话|能[^，,\\d]{0,4})[^，,\\d]{0,4}就[要来订拿买]"
)
_LEFT_BY_OTHERS = re.compile(
    r"(?:不要的|比[^\s\d]{1,4}[多少]|多(?=一斤都?[不别])|不是我[^\d]{1,8}|(?<![说帮替给让])[她他]也?[要来]?)\s*[\d一二两三四五六七八九十百]"
)  # 阿红不要的20斤我要
_EVERYBODY = re.compile("(?:所有人|大家|全体|每个?人)(?:都|再|各)*[加减退改少多]")
_INSTEAD = re.compile("还是|那就|就[行够]|不够|多了|少点")
_NOTICE = re.compile(
    r"就满|^\s*(?:本次|今[日天])[^\d]{0,6}(?:共|合)计|以下的?(?:不|免)|不[收送接]\s*\d|成团|不发[货车]|给[你您]们?(?:留|记|送|发|装|带|准备)|^\s*起[步订送]|才(?:能|可以)?(?:发|成团|走车|开车|起送)|以[上内]的?(?:联系|私|找)"
    r"|^\s*(?:目前|今[日天]|昨[日天]|本次|截[至止][^\d\s]{0,4})?已?(?:统计|汇总|订单|销量|销售)"
    r"|(?:[斤吨]|kg)(?:以[上下])?[\s:]*\d{1,2}\.\d{1,2}(?!\d|\s*(?:斤|公斤|吨)).*(?:[斤吨]|kg)(?:以[上下])?[\s:]*\d{1,2}\.\d{1,2}(?!\d|\s*(?:斤|公斤|吨))"
)
_GIVES = re.compile(
    r"(?:满|买|订|购)\s*[\d一二两三四五六七八九十百千]+\s*(?:斤|公斤|吨|件|筐|箱|袋|份)(?:以上)?\s*(?:就|可)?(?:免|[送赠返]\s*[\d一二两三四五六七八九十])"
)
_WISHES = frozenset(["want", "add", "set", "self", "cut", "minus", "total", "cancel"])
_FOR_ANOTHER = re.compile("[替帮代][他她]")
_ADDRESSED = re.compile(r"^\s*(?:要得|额|呃|那个|这个|捐)|食堂的|到[\u4e00-\u9fff]{2}|\d点")
_THANKS = re.compile(r"\s*(?:收到|谢谢|感谢|多谢|欢迎|恭喜)[^\s,，。!！我]{1,12}?\d")
TAKERS = re.compile(
    "^(?:大家|各位)|要加的|还要的|谁要|谁还要|有人要(?!拼|一起)|有要的|要的(?:快|抓紧|接龙|报名|联系|赶[紧快]|私|速|找我)"
)
_EMBEDDED = re.compile(r"[^\d\s]\d+(?![栋幢楼单元室号座排期区中\d])[\u4e00-\u9fff]+\d+")
_FIGURE = re.compile(r"[^\d\s]\s\d{1,2}$")  # 唐嗲 1，200斤
_DOUBTS = frozenset(
    [
        "price_question",
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


def line_flags(text: str, tokens: Sequence[Token]) -> frozenset[str]:
    flags = set()
    if _PRICE_ASKED.search(text):
        flags.add("price_question")
    elif _QUESTION.search(text):
        flags.add("question")
    if any(token.word == "maybe" for token in tokens):
        flags.add("approximate")
    if _LEFT_BY_OTHERS.search(text):
        flags.add("ambiguous")
    if _counted(tokens) > 1 and re.search("也行|也可以|也要得", text):  # 3吨，没有2吨也行
        flags.add("ambiguous")
    if _EVERYBODY.search(text):
        flags.add("each")
    if (said := _CONDITION.search(text)) and ("再" not in said[0] or _counted(tokens) > 1):
        flags.add("conditional")
    if any(token.word == "daily" for token in tokens) or _times_days(tokens):
        flags.add("daily")
    return frozenset(flags)


def _counted(tokens: Sequence[Token]) -> int:
    return sum(token.kind == "weight" for token in tokens)


def _times_days(tokens: Sequence[Token]) -> bool:
    """100斤×3天."""
    kinds = [token.kind for token in tokens if token.kind != "space"]
    return any(one == "op" and other == "days" for one, other in pairwise(kinds))


def decide(share: Share, line: Line, flags: frozenset[str], ref: int | None) -> Entry:
    """The entry of one share."""
    flags = flags | share.weight.flags | share.doubts | ({"not_understood"} if _is_talk(share, line) else set())
    if share.name and _FIGURE.search(share.name):  # 唐嗲 1，200斤
        share, flags = replace(share, name=share.name.rpartition(" ")[0]), flags | {"ambiguous"}
    entry = replace(line.blank, name=share.name, crop=share.crop, grade=share.grade, ref_no=ref)
    if share.name and (_EMBEDDED.search(share.name) or is_two_names(share.name)):
        flags |= {"ambiguous"}  # 雷姐50小马30老范, 阳姐和小马
    if not line.is_item and (_only_asks_the_price(line, flags) or _is_offer(line)):
        return line.blank
    weight, entry = _for_days(share.weight, line, entry, flags)
    low, high = _grams(weight)
    entry = replace(entry, qty_g=low, qty_max_g=high, flags=tuple(sorted(flags)))
    if not low:
        entry = replace(entry, qty_g=None, qty_max_g=None) if share.name is None else entry
    if share.name is None and ref is None:
        return _nobody(entry, line)
    action, why = _action(share, line, entry, flags)
    if action is Action.ASK and not low:
        entry = replace(entry, qty_g=None, qty_max_g=None)
    if why:
        entry = replace(entry, flags=tuple(sorted({*entry.flags, *why})))
    if action is Action.ADD and (_is_cut(share) or "taken_back" in entry.flags):
        entry = replace(entry, qty_g=None if low is None else -low, qty_max_g=None)
    if action is Action.CANCEL:
        entry = replace(entry, qty_g=None, qty_max_g=None)
    return replace(entry, action=action)


def _is_talk(share: Share, line: Line) -> bool:
    """Who speaks says words we do not know around a weight, and none that wants it: 他的500斤先留着."""
    own = not line.is_item and share.name is not None and share.name == (line.speaker or line.context.sender)
    if own and _FOR_ANOTHER.search(line.text):
        return True
    if not own or line.words & _WISHES or _ADDRESSED.search(line.text) or _INSTEAD.search(line.text):
        return False
    kinds = [token.kind for token in line.tokens]
    ends = kinds.index("crop") if "crop" in kinds else len(kinds)  # 白菜300斤 明天务必到
    rest = (clean_name(token.text, behind=True) for token in line.tokens[:ends] if token.kind == "text")
    return any(word and word not in (share.name or "") and not looks_like_name(word) for word in rest)


def _only_asks_the_price(line: Line, flags: frozenset[str]) -> bool:
    return "price_question" in flags and not ("want" in line.words and "self" in line.words) and not _then_wants(line)


def _then_wants(line: Line) -> bool:
    """多少钱一斤，便宜的话要100斤: the question first, then a wish."""
    asked = _PRICE_ASKED.search(line.text)
    if not asked or not line.weights:
        return False
    at = line.weights[-1]
    before = [token for token in line.tokens[:at] if token.kind not in ("space", "w_self")]
    return bool(before) and before[-1].word in ("want", "add") and before[-1].start >= asked.end()


def _is_offer(line: Line) -> bool:
    """今天丝瓜8000斤，求扩散: who sells says what there is."""
    if _THANKS.match(line.text) or _GIVES.search(line.text) or _NOTICE.search(line.text) or TAKERS.search(line.text):
        return True
    offers = OFFERED.search(line.text) or (
        line.context.sender and any(token.kind == "minimum" for token in line.tokens)
    )
    return bool(offers) and not {"want", "self", "add", "set"} & line.words


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
    prior = line.context.prior_g.get(share.name or "")
    if doubt := _doubt(share, entry, flags):
        return Action.ASK, doubt
    if entry.qty_g and line.takes_back and len(line.weights) == 1:
        dated = len([token for token in line.tokens if token.kind == "date"]) > 1
        return (Action.ASK, {"ambiguous"}) if dated else (Action.REPLACE if prior else Action.NEW, set())
    old_is_off = "old" in line.words and "set" in share.words  # 3斤，原5斤作废
    if "cancel" in line.words and line.ends_in_cancel and not old_is_off:
        return _cancelled(entry.qty_g, prior)
    if "set" in share.words or ("set" in line.words and len(line.weights) <= 2):
        if line.changes_something_else:
            return Action.ASK, {"ambiguous"}
        return (Action.REPLACE if entry.qty_g else Action.CANCEL), set()
    if not entry.qty_g:
        return Action.ASK, {"zero"}
    return _of_figure(share, line, entry.qty_g, prior)


def _of_figure(share: Share, line: Line, grams: int, prior: int | None) -> tuple[Action, set[str]]:
    """What a figure does that is no change of an old one: cut, cancel, total, addition, or the first pledge."""
    alone = len(line.weights) == 1
    words = line.words if alone else {*share.words, *(line.words & {"cancel"})}
    if "cut" in share.words or _is_minus(share, line, prior):
        return _cut(grams, prior)
    if "cancel" in words or share.words[-1:] == ("neg",):
        return _cancelled(grams, prior)
    if "total" in line.words and "summed" not in share.words:
        return _of_total(share, line, prior)
    if "add" in words or (share.words[-1:] == ("plus",) and (prior or not line.is_item)):
        return Action.ADD, set()
    if prior == grams and (line.speaker or line.context.sender) not in (None, share.name):  # 团长: 好的小贺40斤
        return Action.IGNORE, {"repeated"}
    instead = share.name == (line.speaker or line.context.sender) and _INSTEAD.search(line.text)
    if prior:
        return (Action.REPLACE, set()) if "neg" in line.words or instead else (Action.ASK, {"same_name"})
    return Action.NEW, set()


def _is_minus(share: Share, line: Line, prior: int | None) -> bool:
    """王姐 -20斤 is a cut where there is something to cut; elsewhere the dash is only a stop."""
    return "minus" in share.words and bool(prior or line.is_told_by(share.name))


def _of_total(share: Share, line: Line, prior: int | None) -> tuple[Action, set[str]]:
    """一共150斤 states the total; whoever adds up the list (共计1200斤) wants nothing."""
    if prior:
        return Action.REPLACE, set()
    if line.is_told_by(share.name) and "count" in line.words:
        return Action.IGNORE, set()  # 共12人，合计2300斤
    told = line.is_told_by(share.name) or (not line.is_item and share.name == line.speaker)
    sums_up = not {"want", "self"} & set(share.words) and told
    return (Action.ASK, {"total"}) if sums_up else (Action.NEW, set())


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


def _cancelled(grams: int | None, prior: int | None) -> tuple[Action, set[str]]:
    """取消20斤 of a larger pledge is a cut; of the whole, or of one we do not know, a cancel."""
    if prior is None or not grams or prior == grams:
        return Action.CANCEL, set()
    return (Action.ADD, {"taken_back"}) if grams < prior else (Action.ASK, {"cut_too_large"})
