"""A line as a row of tokens: amounts, money, dates, phones, words, crops, stops, and the text left between them.

Names are later cut from what is left as text. Text is tidy (see `signs`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from orders.relay.amounts import PACKS, WEIGHTS, Amount, amount_at
from orders.relay.lexicon import CROPS, GRADE, LABEL, LONG_CROPS, SURNAMES, WORDS
from orders.relay.signs import PHONE

_CN = "零一二两三四五六七八九十"
_D = rf"(?:\d+(?:\.\d+)?|[{_CN}百千万半点]+)"
_PER = "|".join(sorted((re.escape(name) for name in {*WEIGHTS, *PACKS, "个", "车", "单"}), key=len, reverse=True))
_PK = "|".join(sorted(PACKS, key=len, reverse=True))
_FAMILY = "".join(sorted(SURNAMES))
_CLOCK = r"(?:上午|下午|早上(?!好)|晚上|中午|凌晨|傍晚|夜里|今晚|今早|明早|明晚|清早|天亮)"
_DAY = "早晚|今天|明天|后天|大后天|昨天|前天|今晚|今早|明早|明晚|今儿|明儿|昨晚|今日|明日|昨日|次日|当天|周末|月底|月初|这周|下周|本周"

_PATTERNS = {
    "phone": PHONE.pattern,
    "plate": r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·. ]?[a-z0-9]{5,6}(?![a-z0-9])",
    "date": r"(?:要|订|一直|持续)到\s*(?:\d{1,2}月)?\d{1,2}[日号](?![门店铺楼栋摊档仓])|\d{1,2}点(?=\s*\d{2,}\s*(?:斤|公斤|吨|kg|件|筐))|(?:19|20)\d\d[-/.年]\d{1,2}(?:[-/.月]\d{1,2})?日?|\d{1,2}月\d{0,2}(?:[日号]|底|初)?(?:\s*(?:-|~|到|至)\s*(?:\d{1,2}月)?\d{1,2}[日号])?"
    rf"|[{_CN}]{{1,3}}月[{_CN}]{{1,3}}[日号]?|(?:1[0-2]|0?[1-9])/(?:[12]\d|3[01]|0?[1-9])(?=\s|$|[,，])|\d{{1,2}}[./]\d{{1,2}}[日号]|\d{{1,2}}[日号]?\s*(?:-|~|到|至)\s*\d{{1,2}}(?:日|号(?!门|店|铺|摊|档|楼|栋))"
    rf"|[{_CN}]{{1,3}}号(?=\s*(?:要|送|来|到|前))|\d{{1,2}}日|\d{{1,2}}:\d{{2}}(?::\d{{2}})?|(?:{_CLOCK}\s*)?(?!一点(?:\s*$|[,，。吧啊]))(?:\d{{1,2}}|[{_CN}]{{1,3}})(?:点半|点钟|点(?:\d{{1,2}}|[{_CN}]{{1,3}})分?(?![{_CN}\d吨斤公万千百担件kt])|点(?=前|后|左右|之前|以前|来|到|送|拉|拖|截|整|多|出|发|\s|$|[,，。]))(?:前|后)?|{_CLOCK}"
    rf"|(?:周|星期|礼拜|下周|上周|这周)[一二三四五六日天](?![里大哥姐叔姨嫂爷总])|(?:{_DAY})|初[{_CN}]{{1,2}}",
    "money": rf"[一二两三四五六七八九]块[一二三四五六七八九]\s*[/一每](?:斤|公斤)|(?:付款?|已付|出价|转账?|转了|付了|定金|押金|红包|收款|货款|单价|价格?|实付|总价|合计金额|金额|@)(?:是|为|了|[:：])?\s*¥?\s*(?P<paid>\d+(?:\.\d+)?)(?!\d)\s*(?:元|块|¥|(?!\s*(?:{_PER})))(?:钱)?(?:\s*(?:/|一|每)\s*(?:{_PER}))?"
    rf"|(?:¥|rmb)\s*(?P<yen>\d+(?:\.\d+)?)(?:元|块)?(?:\s*(?:/|一|每)\s*(?P<per1>{_PER}))?"
    rf"|(?:每|一|1|/)\s*(?:{_PER})\s*(?:是|卖|只要|才|不超过|不高于|最[多高])?\s*(?:\d+(?:\.\d+)?|[{_CN}]+)\s*(?:元|块|毛|角)(?:钱)?(?:\d|[{_CN}半])?"
    rf"|每\s*(?P<per3>斤|公斤|kg)\s*(?P<each>\d+(?:\.\d+)?)(?!\d|\s*(?:{_PER}))"
    rf"|(?P<yuan>(?![百千万点]+元){_D})\s*(?:元|块钱?|毛钱?|角钱?|rmb|yuan)(?!钱?门)(?:钱)?(?:[{_CN}\d](?![\d.{_CN}斤公千吨件筐箱袋担]|百)毛?)?(?:\s*(?:/|一|每|per)\s*(?P<per2>{_PER}))?"
    rf"|(?P<plain>\d+(?:\.\d+)?)\s*(?:/|一|每)\s*(?P<per4>{_PER})(?!起)"
    r"|\d+(?:\.\d+)?折|(?:多少钱?|好多钱|几块钱?|几多钱|什么价)\s*(?:一|每|/)\s*(?:斤|公斤|kg|吨|件|筐|箱|袋)|块[一二三四五六七八九](?=\s|一|$|[,，])|[一二两三四五六七八九]块[一二三四五六七八九](?:\s*[/一每](?:斤|公斤))?",
    "minimum": rf"(?:\d+(?:\.\d+)?|[{_CN}百千万半]+)\s*(?:{_PER})\s*(?:起(?:订|定|批|送|售|卖|购|拿|步|发|接)?(?!来)|以上(?=\s*(?:送|包|免|\d+(?:\.\d+)?\s*(?:元|块)))|以上起\S{{0,2}}|包邮|包送|成团|发车|封车|一车(?=发|走))",
    "unit_is": rf"(?:单位|都是|均为|units?)(?:都)?(?:是|为|[:：]|in|is)?\s*(?P<unit>{_PER})(?![a-z])",
    "pack_is": rf"(?:每|整|[一1](?=\s*(?:{_PK})\s*(?:能|可|可以)?(?:装|净重|毛重)))\s*(?P<each_pack>{'|'.join(sorted(PACKS, key=len, reverse=True))})\s*(?:能装|可装|可以装|毛重|装|有|重|是|约|大概|净重|按|算|就|[:：])*\s*(?=[\d{_CN}半])",
    "minus": r"(?:(?<=\s)|^)-(?=\s*[\d一二两三四五六七八九十百半])",
    "op": r"\s*(?:\*|乘以?(?!2倍)|x(?!\d+[号区栋座档库室]))\s*(?=[\d.一二两三四五六七八九十])|\+(?!\s*1\s*(?:$|[!！。,，]))|=",
    "place": rf"\d{{1,2}}-\d{{1,2}}-\d{{2,4}}(?![\d.]|\s*(?:{_PER}))|[a-z]{{1,2}}-?\d{{1,4}}(?:号|区|栋|座|档|库|室)?(?![\d.]|\s*(?:{_PER}))|(?:\d{{1,4}}|[{_CN}]{{1,3}})(?:号门面|号店|号铺|号摊位?|号档口?|号楼|号栋|号院|号门|号仓|号库|号线|号车间|号食堂|号市场|号铺面|号厅|号柜|号馆|号桥|号基地|号大棚|号冷库|号棚"
    r"|栋|幢|楼(?!上)|单元|室|房|档口?|队|区|街|路|弄|巷|座|排|层|期|村|组|中(?=食堂|学|$|\s)|小(?=食堂|学)|班|厂|处|医院|药店|便利店|超市)(?:-?\d{1,4}(?![\d.]|\s*(?:斤|公斤|吨|kg|件|筐|箱|袋|份)))?",
    "number": r"^\s*(?P<no6>\d{1,3})(?=\s*(?:取消|不要了|作废|退出|撤))|(?:第\s*)?(?P<no>\d{1,3})\s*(?:号|楼上)(?=[^斤]|$)|第\s*(?P<no2>\d{1,3})\s*[个行名项位条]?|(?P<no7>[一二三四五六七八九十]{1,3})号(?=的?\s*(?:取消|不要|作废|改[成为到]|退|撤))|第(?P<no5>[一二三四五六七八九十]{1,3})[个行名项位条]|(?:no\.?|序号|编号)\s*(?P<no3>\d{1,3})(?!\d)|#(?P<no4>\d{1,3})(?!\d)",
    "days": rf"(?!一[天周]\s*[\d{_CN}百千半要])(?:(?:连(?:续|着|要|送|订)?|要|送|供|共|一共|总共|持续|订|先|for)\s*)?(?P<of_days>\d{{1,3}}|[{_CN}]{{1,3}})\s*(?:天|日|days?)(?!天|然|猫|虹|快递|国际|大酒|湖|门|山|鹅|连锁|酒店|便利|假日)|(?!一周\s*[\d{_CN}百半])(?P<weeks>[一二两三1-4])\s*个?(?:星期|礼拜|周)(?![一二三四五六日天边围])",
    "count": rf"(?:\d+|[{_CN}]+)\s*车(?=[拉装拖运送])|(?!一人\s*[\d{_CN}百半])(?:[下上这那头每]一?(?:车|批|趟|次|期|班)(?:能?[装拉运送])?|(?:\d+|[{_CN}]+)\s*(?:个|家|间)(?:人(?!民)|店|门店|食堂|摊位?|档口|单位|饭店|超市|学校)|(?:\d+|[{_CN}]+)\s*(?:%|人(?!民)|位|户|趟|次(?!果)|公里|km|米(?!粉|线|面|饭|店)|度|岁|票|辆|小时|分钟|个月|个点|年|家(?!里|常|乡|园|和|电|具|居|家|味)|桌|顿(?=饭)))",
    "label": rf"(?:确认|核对|对|统计)一下[,，\s]+|尾号\s*\d{{3,4}}|(?:{LABEL})\s*[:：]|(?:数量|斤数)(?=改|要|是|\s*\d)",
    "each": WORDS["each"],
    "fetch": r"(?:来|去|过来|上门|自己?|派车)(?:拉|拖|取|拿|提|装|接)|自提|送货(?:上门)?|送到[^\s,，。;；]*",
    "refused": r"多退少补|带\d+个(?:塑料)?袋子|(?<![^\s,，。斤件筐箱袋份吨])(?:[太有带发]|不要)?[老烂嫩大小坏黄虫长短粗细弯空干蔫丑破]{1,2}[子眼了]?的(?:都|也|就|可)?不要[了啊哈]?",
    "later": rf"(?:不够|好卖|好吃|卖完|卖得好|后面|到时候?|以后|有?需要)(?:了|的话)?[^，,。\d]{{0,3}}再(?:加|要|来|订|说|补|拿|买)(?![{_CN}\d百千半])",
    "refer": r"有(?:多少|好多|几多)就?要(?:多少|好多|几多)|看着(?:给|来|办|送|发)|随便|随意|照着?(?:上次|昨天|原来|之前)的?|同上|照旧|照样|老样子|跟上|同楼上|跟楼上|跟一[份单]|一样(?:多)?|同样|不变|\+\s*1(?=\s*$|[!！。,，]|\s)|[三四五六3-6]倍|翻[两三四]番|same",
    **{f"w_{name}": pattern for name, pattern in WORDS.items() if name not in ("split", "each")},
    "grade": GRADE,
    "crop": rf"(?<![\u4e00-\u9fff])(?![老小阿大{_FAMILY}])[\u4e00-\u9fff]{{1,2}}(?:[芽苗葱蒜姜桃梨藕莓枣果柑橙柚](?<=[斤吨筐箱袋件][\s,，、][\u4e00-\u9fff]{{2}})|[菜瓜椒豆菇菌笋薯鸡鸭鱼蛋])(?=\s*[\d一二两三四五六七八九十半])|(?:{CROPS})(?=\s*[:：]?\s*(?:(?:也|都|就|各|先|给我)?(?:要|来|订|留|拿|搞|整)?)\s*[\d{_CN}百千半]|一样|不超|最[多少]|大概|大约|差不多|共|[和跟与及](?:{LONG_CROPS})|改|再|加|减|少要|多要|不要|取消|退|\s*$|[\s,，。、;；)+]|(?:{LONG_CROPS})|各|每[样种个]|\()|(?<=[斤吨筐箱袋])(?:{LONG_CROPS})(?=[\u4e00-\u9fff]{{2,4}}\s*$)",
    "split": r"[,，。;；!！?？:：~…]+|\.(?!\d)",
    "stop": r"[、/&\"'“”‘’「」『』·_#@^=\\<>{}]+",
    "bracket": r"[()]",
    "space": r"\s+",
}
_MASTER = re.compile("|".join(f"(?P<k_{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_STARTS_AMOUNT = frozenset("0123456789.大小个数好零一二两三四五六七八九十百千万半几斤公吨担件筐箱袋")
_BEFORE_AMOUNTS = (
    "phone",
    "plate",
    "date",
    "money",
    "minimum",
    "unit_is",
    "pack_is",
    "place",
    "number",
    "days",
    "count",
    "label",
    "each",
    "refer",
)
_FEW_SIGNS = {"w_want", "w_add", "w_cut", "w_supply", "w_set"}


@dataclass(frozen=True)
class Token:
    """`kind` as in the patterns, or amount, or text. `value` is what a later step needs of it."""

    kind: str
    start: int
    end: int
    text: str
    amount: Amount | None = None
    price: Decimal | None = None
    value: str = ""

    @property
    def word(self) -> str:
        """The class of a word (want, add …), or nothing."""
        return self.kind[2:] if self.kind.startswith("w_") else ""


def scan(text: str) -> list[Token]:
    tokens: list[Token] = []
    at, begun = 0, -1
    while at < len(text):
        token = _token_at(text, at, at - begun if begun >= 0 else 0)
        if token is None:
            begun = at if begun < 0 else begun
            at += 1
            continue
        if begun >= 0:
            tokens.append(Token("text", begun, at, text[begun:at]))
            begun = -1
        tokens.append(token)
        at = token.end
    if begun >= 0:
        tokens.append(Token("text", begun, len(text), text[begun:]))
    return tokens


def _token_at(text: str, at: int, glued: int) -> Token | None:
    found = _MASTER.match(text, at)
    kind = (found.lastgroup or "")[2:] if found else ""
    if found and found.end() > at and kind in _BEFORE_AMOUNTS and not _inside_number(text, at):
        return _made(kind, found)
    if text[at] in _STARTS_AMOUNT and (amount := amount_at(text, at, glued)):
        return Token("amount", amount.start, amount.end, text[amount.start : amount.end], amount)
    if not found or found.end() == at or kind in _BEFORE_AMOUNTS:
        return None
    if glued and kind == "crop" and len(found[0]) == 1:  # 小桃
        return None
    if glued and kind in _FEW_SIGNS and _belongs_to_name(text, found, glued):
        return None
    return _made(kind, found)


def _inside_number(text: str, at: int) -> bool:
    return at > 0 and text[at].isdigit() and (text[at - 1].isdigit() or text[at - 1] == ".")


def _belongs_to_name(text: str, found: re.Match[str], glued: int) -> bool:
    """周定 100斤, 好又多 2筐: a word of one sign, glued to a name and with a gap behind it, is of the name.

    But for a name of more than one sign 要 and 改 are what they seem: 王姐改 80斤.
    """
    of_one_sign = found.end() - found.start() == 1 and text[found.end() : found.end() + 1] == " "
    return of_one_sign and (glued == 1 or found.lastgroup in ("k_w_add", "k_w_cut"))


def _made(kind: str, found: re.Match[str]) -> Token:
    groups = found.groupdict()
    price, value = None, ""
    if kind == "money":
        said = groups["paid"] or groups["yen"] or groups["yuan"] or groups["plain"] or groups["each"]
        value = next((groups[name] for name in ("per1", "per2", "per3", "per4") if groups[name]), "")
        price = Decimal(said) if said and re.fullmatch(r"\d+(?:\.\d+)?", said) and value else None
    elif kind == "number":
        value = next((groups[name] for name in ("no", "no2", "no3", "no4", "no5", "no6", "no7") if groups[name]), "")
    elif kind in ("days", "unit_is", "pack_is", "grade"):
        value = groups["weeks"] and f"{groups['weeks']}周"
        value = (
            value
            or groups[{"days": "of_days", "unit_is": "unit", "pack_is": "each_pack", "grade": "of_grade"}[kind]]
            or ""
        )
    return Token(kind, found.start(), found.end(), found[0], price=price, value=value)
