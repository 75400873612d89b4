"""Where the buyers take goods in, what they pledge and what they ask for. The numbers of the newspaper of 8 August 2021 are kept."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class DockPlan:
    """A dock with a point of its own: the catalogue knows the urban districts only by their centroids.

    The points are those of the subdistricts' built-up parts, to about a kilometre.
    """

    buyer: str
    name: str
    lat: float
    lon: float
    opens_at: dt.time = dt.time(4)
    closes_at: dt.time = dt.time(20)


DOCKS = (
    DockPlan("supermarket", "河西店后门", 27.8290, 113.1010),
    DockPlan("supermarket", "配送中心", 27.8060, 113.0870),
    DockPlan("fresh", "云龙前置仓", 27.9010, 113.1690),
    DockPlan("association", "红旗集散点", 27.8450, 113.1630, closes_at=dt.time(12)),
    DockPlan("jianshe", "建设市场北门", 27.8330, 113.1500, closes_at=dt.time(18)),
    DockPlan("xiangshi", "响石岭市场卸货区", 27.8680, 113.1260, closes_at=dt.time(19)),
    DockPlan("hospital", "食堂后院", 27.8560, 113.1750, dt.time(5), dt.time(16)),
    DockPlan("college", "学生食堂收货口", 27.8930, 113.1660, dt.time(5), dt.time(17)),
)


@dataclass(frozen=True)
class Wish:
    """A pledge as the buyer would type it, up to `most`. `days` after the day of the play; `stalls` are an association's lines."""

    buyer: str
    seller: str
    quantity: str
    window: tuple[int, int]
    produce: str = "sigua"
    days: int = 0
    dock: int = 0
    reference: str = ""
    stalls: tuple[tuple[str, str], ...] = ()
    most: str = ""


@dataclass(frozen=True)
class Ask:
    """An open pledge (求购) as the buyer would type it, from `days` after the day of the play for `span` days."""

    buyer: str
    produce: str
    quantity: str
    window: tuple[int, int]
    days: int = 0
    span: int = 1
    dock: int = 0
    most: str = ""
    grade: str = ""
    price: str = ""
    km: int | None = None
    whole: bool = False


# The chat of the association's group: “我要认购100斤。”“再要50斤。”
CHAT = (
    ("1 号摊 张嫂", "100斤"), ("2 号摊 老李", "50斤"), ("3 号摊 王记", "100斤"), ("5 号摊 小周", "50斤"),
    ("6 号摊 阿莲", "100斤"), ("8 号摊 陈叔", "100斤"), ("9 号摊 何记", "50斤"), ("11 号摊 满姐", "100斤"),
    ("12 号摊 龙哥", "50斤"), ("15 号摊 秀英", "100斤"),
)  # fmt: skip
NEXT_CHAT = (("1 号摊 张嫂", "100斤"), ("3 号摊 王记", "100斤"), ("8 号摊 陈叔", "50斤"), ("9 号摊 何记", "100斤"))

# On the eve, for the day of the play. The two markets together take over 2,700 公斤.
EVE = (
    Wish("jianshe", "guashi", "3000斤", (6, 8), reference="建设市场 8 月 8 日"),
    Wish("xiangshi", "dongshan", "2500斤", (6, 8), reference="响石岭市场"),
    Wish("association", "baiguan", "", (6, 9), reference="群里接龙", stalls=CHAT),
    Wish("hospital", "dongshan", "600斤", (6, 9)),
    Wish("hospital", "仙庾岭村", "120斤", (6, 9), "kongxincai"),
    Wish("college", "household", "800斤", (7, 10)),
    Wish("college", "南山村", "160斤", (7, 12), "jidan"),
    Wish("fresh", "baiguan", "2000斤", (7, 10), most="2400斤"),
    Wish("fresh", "霞石村委会", "500斤", (7, 11), "qiezi"),
    Wish("supermarket", "baiguan", "4000斤", (8, 10)),
    Wish("supermarket", "合花居委会", "1600斤", (6, 11), "xigua"),
    Wish("supermarket", "peach", "1200斤", (10, 18), "huangtao", dock=1),
)

# In the morning, after the trucks were planned: what the dispatcher finds waiting, for today and for tomorrow.
MORNING = (
    Wish("xiangshi", "guashi", "800斤", (14, 18)),
    Wish("college", "dongshan", "500斤", (13, 17)),
    Wish("supermarket", "baiguan", "3吨", (6, 10), days=1, dock=1, most="4吨", reference="先采购 3–4 吨，先定 3 吨"),
    Wish("jianshe", "dongshan", "2000斤", (6, 8), days=1),
    Wish("association", "baiguan", "", (6, 9), days=1, reference="群里接龙", stalls=NEXT_CHAT),
    Wish("fresh", "pepper", "300斤", (8, 16), "lajiao", days=1),
    Wish("fresh", "peach", "500斤", (10, 18), "huangtao", days=1),
)

# On the eve, from whoever has it: the desk matches them in the evening. Nobody has cowpeas at that price.
ASKS = (
    Ask("hospital", "sigua", "500斤", (6, 9), grade="first", price="1.20"),
    Ask("college", "donggua", "1500斤", (7, 12), most="2000斤", price="0.60", km=60),
    Ask("college", "kongxincai", "200斤", (7, 12), whole=True),
    Ask("fresh", "jiangdou", "300斤", (7, 11), price="1.80"),
)
# In the morning, for tomorrow: what the desk finds to match.
MORNING_ASKS = (
    Ask("fresh", "sigua", "3000斤", (7, 11), days=1, most="4000斤", price="1.00"),
    Ask("hospital", "sigua", "400斤", (6, 9), days=1, grade="first"),
    Ask("hospital", "kongxincai", "100斤", (6, 9), days=1, span=2, whole=True),
    Ask("xiangshi", "donggua", "2000斤", (6, 8), days=1, price="0.55"),
    Ask("college", "sigua", "9000斤", (7, 10), days=1, price="0.95"),
)


@dataclass(frozen=True)
class EveryDay:
    """A standing pledge of one seller's produce, from the day after the play for so many days."""

    buyer: str
    seller: str
    produce: str
    quantity: str
    window: tuple[int, int]
    span: int


STANDING = (EveryDay("college", "household", "sigua", "500斤", (7, 10), 3),)


@dataclass(frozen=True)
class Price:
    """What a buyer offers for tomorrow's lot of a seller whose price is open."""

    buyer: str
    seller: str
    produce: str
    quantity: str
    price: str
    window: tuple[int, int]


OFFER = Price("fresh", "ginger", "shengjiang", "200斤", "3.20", (8, 16))

# What the association's clerk has just pasted from the group, for tomorrow; two lines want an answer.
RELAY_SELLER, RELAY_PRODUCE = "pepper", "lajiao"
RELAY = """#接龙 明天辣椒，早上 6 点红旗集散点拿货
1. 1 号摊 张嫂 100斤
2. 2 号摊 老李 50斤
3. 王记 我要认购100斤
4. 5 号摊 小周 两筐
5. 8 号摊 陈叔 80斤
6. 阿莲：跟上次一样
王记：再要50斤
2 号摊 老李 改成80斤
市场办：明早 6 点前到齐，收到请回复"""
