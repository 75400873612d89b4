"""Whose line it is: the name cut from what is neither a number nor a word of the trade."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from orders.relay.lexicon import FILLERS, HEAD, KIN, NOTE, SHOP, SURNAMES, TAIL, TITLE
from orders.relay.scanner import Token
from orders.relay.signs import Tidy

_OF_NAMES = {"text", "place", "space", "num", "bracket", "stop", "number", "count"}
_HOLDS = {"text", "place"}
_SELF = r"我们?|俺们?|咱们?|自己|本人|本店"
_BEHALF = re.compile(
    rf"(?:(?:{_SELF})?\s*(?:替|帮忙|帮|代替|代表|给)|(?<![\u4e00-\u9fff])(?:{_SELF})?\s*[代为](?![购收付销班金]))(?P<who>[^\s,，。:：;\d()（）]{{1,12}}?)\s*"
    r"(?=(?:再|先|也|多|一起|代|少)*(?:要|订|定|带|买|拿|留|报|认购|认领|来|下单|加(?!油)|接|搞|整|弄|预|购|减|改|换|退|增)|\s*[\d一二两三四五六七八九十百半])"
)
_STANDS_IN = re.compile(r"\s*([^\s,，。:：;\d]{2,4}?)代(?P<who>[^\s,，。:：;\d]{2,6}?)\s*[要订带买拿报]?\s*(?=\d)")
_SENT_BY = re.compile(rf"(?P<who>[^\s,，。:：;\d]{{2,12}}?)(?:让|叫|托|委托|喊|请|要(?=我[代帮]))(?:{_SELF})")
_RELATIVE = re.compile(rf"(?P<self>(?:{_SELF})(?:的|家)?)?(?P<kin>(?:{KIN})(?:们|家|单位|公司|那边|学校|店里)?)?")
_I_AM = re.compile(
    r"(?:我是|我?这[里边]是|我们是|我这是|我叫)(?P<who>[^\s,，。!！\d的]{2,12}?)[哈啊哦呢]?(?=\s*(?:$|[,，。!！]))"
)
_VOCATIVE = re.compile("老板娘?|师傅|群主|团长|大哥|大姐|美女|帅哥|掌柜|店家|叔叔|阿姨|老弟|老妹|老哥|兄弟|伙计|师父")
_I_WHO = re.compile(r"\s*我(?:这[里边])?(?P<who>[^\s,，。:：\d们的自]{2,8})\s")  # 我冯总 白菜要300斤
_FRIEND = re.compile("(?:我们?的?)?(?:同事|朋友|邻居|亲戚|老乡)(?=.{2})")
_PLACE = re.compile(r"(?:[\da-zA-Z]+-?(?:号楼|[号栋楼室区座幢层]|单元))+\d*")
_MARKET = re.compile(r"(?:市场|菜场|[街路城巷里]|广场|大厦|小区)$")
_STRAY = " |｜　—－–、,，.。-:：;；!！~@#*+=_·/&【】[]《》\"'“”‘’"


def on_behalf(text: str) -> tuple[str | None, tuple[int, int]] | None:
    """Who a line speaks for (我替大学店要) and where that stands; the name is None where it is the sender's own."""
    if (sent := _SENT_BY.match(text.lstrip())) and looks_like_name(sent["who"]):
        return sent["who"], (0, len(text))
    found = _BEHALF.search(text)
    if not found and (stood := _STANDS_IN.match(text)) and all(map(looks_like_name, stood.groups())):
        return stood["who"], stood.span("who")
    if not found:
        return None
    who = found["who"]
    relative = _RELATIVE.match(who)
    rest = who[relative.end() :] if relative else who
    if relative and relative["self"] and not relative["kin"]:
        rest = ""  # 我们食堂 is the sender's own
    return (rest if len(rest) >= 2 else None), found.span()


def says_who(text: str) -> tuple[int, int] | None:
    """Where a line says who speaks: 丝瓜一百斤，我是老伍."""
    if (at_once := _I_WHO.match(text)) and TITLE.search(at_once["who"]) and not is_relative(at_once["who"]):
        return at_once.span("who")
    found = _I_AM.search(text)
    return found.span("who") if found and found.start() and looks_like_name(found["who"]) else None


def find_name(known: Tidy, tokens: Sequence[Token], *, strict: bool = False, behind: bool = False) -> str | None:
    """The first piece of `tokens` that can be a name. `strict`: it must look like one; `behind`: notes stand here."""
    fallback = None
    for start, end in _pieces(tokens):
        name = clean_name(known.cut(start, end), behind=behind)
        if not name or _RELATIVE.fullmatch(name) or (behind and not _may_be_name(name)):
            continue
        if strict and _VOCATIVE.fullmatch(name):  # 老板来50斤
            continue
        if strict and behind and _PLACE.fullmatch(name):  # 100斤，送南大门，2号楼
            continue
        if (friend := _FRIEND.match(name)) and looks_like_name(name[friend.end() :]):
            name = name[friend.end() :]  # 同事小陈
        if looks_like_name(name):
            return name
        fallback = fallback or name
    return None if strict else fallback


def all_names(known: Tidy, tokens: Sequence[Token]) -> list[str]:
    """Every name of a row of names: 老李、王姐各."""
    cuts = [known.cut(start, end) for start, end in _pieces(tokens, apart=True)]
    parts = [part for cut in cuts for part in re.split("[和与及跟]", cut)]
    cleaned = [name for part in parts if (name := clean_name(part, behind=False))]
    return [name for glued in cleaned for name in _glued_apart(glued)]


def _glued_apart(name: str) -> list[str]:
    """小陈小张 as two: nothing but short names of two signs."""
    pairs = [name[at : at + 2] for at in range(0, len(name), 2)]
    short = all(len(pair) == 2 and (pair[0] in "老小阿" or TITLE.fullmatch(pair[1])) for pair in pairs)
    return pairs if short and len(pairs) > 1 else [name]


def _pieces(tokens: Sequence[Token], *, apart: bool = False) -> list[tuple[int, int]]:
    pieces: list[list[Token]] = [[]]
    for at, token in enumerate(tokens):
        if _belongs(tokens, at, apart):
            pieces[-1].append(token)
        elif pieces[-1]:
            pieces.append([])
    return [(piece[0].start, piece[-1].end) for piece in pieces if any(token.kind in _HOLDS for token in piece)]


def _belongs(tokens: Sequence[Token], at: int, apart: bool) -> bool:
    token = tokens[at]
    if token.kind in ("number", "count"):  # 建宁市场8号 is a stall; "老李 8号" a day
        return at > 0 and (tokens[at - 1].kind in _HOLDS or _is_its_door(tokens, at))
    if apart and token.kind in ("stop", "space"):
        return False
    if token.kind == "num" and "." in token.text:  # a day or a price
        return False
    return token.kind in _OF_NAMES


def _is_its_door(tokens: Sequence[Token], at: int) -> bool:
    """建宁路市场 5 号 李爹: a number between a market and a name is a stall of the market."""
    around = [token.kind for token in tokens[max(at - 2, 0) : at + 3]]
    if around != ["text", "space", tokens[at].kind, "space", "text"]:
        return False
    return bool(_MARKET.search(tokens[at - 2].text)) and not _is_note(tokens[at + 2].text, behind=True)


def clean_name(piece: str, *, behind: bool) -> str:
    parts = [_without_of(part) for part in piece.split()]
    parts = [part for part in parts if not _is_note(part, behind=behind)]
    name = " ".join(parts).strip(_STRAY)
    name = re.sub(r"[(（][^)）]*(?:付|自提|转|要|送|代购|代接|加急)[^)）]*[)）]?", "", name)
    name = HEAD.sub("", TAIL.sub("", name)).strip(_STRAY)
    name = HEAD.sub("", _balanced(name).strip(_STRAY))
    has_letter = any(sign.isalpha() and sign not in "和与及跟第" for sign in name)
    return name if has_letter and not FILLERS.match(name) and not _is_note(name, behind=behind) else ""


def _without_of(part: str) -> str:
    """汤师傅的."""
    bare = HEAD.sub("", part[:-1]) if part.endswith("的") else ""
    return bare if len(bare) > 1 and looks_like_name(bare) else part


def _balanced(name: str) -> str:
    """A bracket without its other half is a stop."""
    for one, other in ("()", "（）"):
        if name.count(one) != name.count(other):
            name = name.replace(one, " ").replace(other, " ")
    return re.sub(r"[(（]\s*[)）]", "", name)


def _is_note(part: str, *, behind: bool) -> bool:
    part = part.strip("()（） ")
    found = NOTE.search(part)
    if not part or not found:
        return not part
    if behind or part[-1] in "了的吧哈哦啊呢嘛呀吗么啦":
        return True
    return len(part) - len(found[0]) <= 1


def _may_be_name(name: str) -> bool:
    return 2 <= len(name) <= 12 and not re.search(
        "已转|转账|尾号|^每|[的了吗呢吧啊嘛呀不没]|^[好有在是把被让去来到]", name
    )


def looks_like_name(name: str) -> bool:
    """A surname with one or two signs, a title, a shop, or 老/小/阿 before a sign or two."""
    if not name.strip() or re.search("[的了吗呢吧啊嘛呀不没]", name):
        return False
    plain = name.split()[-1]
    if TITLE.search(plain) or (SHOP.search(plain) and len(plain) >= 2):
        return True
    if plain[0] in "老小阿" and 2 <= len(plain) <= 3:
        return True
    return (
        2 <= len(plain) <= 4 and (plain[0] in SURNAMES or plain[:2] in ("欧阳", "司马", "上官", "诸葛"))
    ) or _ends_in_surname(plain)


def known_apart(name: str | None, known: Collection[str]) -> list[str | None]:
    """王姐和汤师傅 as two, where both are known and the two together are not."""
    parts = re.split("[、和与及跟]", name or "")
    return [*parts] if name not in known and len(parts) > 1 and all(part in known for part in parts) else [name]


def is_relative(name: str) -> bool:
    """我妹, 老婆: nobody who pledges by that name."""
    return bool(_RELATIVE.fullmatch(name))


def is_two_names(name: str) -> bool:
    """阳姐和小马: whose is it?"""
    found = re.fullmatch("(.{2,}?)[和与跟及](.{2,})", name)
    return found is not None and all(looks_like_name(part) for part in found.groups())


def _ends_in_surname(plain: str) -> bool:
    """长沙市场周: a place and a surname."""
    return len(plain) > 2 and plain[-1] in SURNAMES and bool(SHOP.search(plain[:-1]))
