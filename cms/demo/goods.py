"""What is offered. Weights and prices are ours; seasons, packs and shelf lives are the catalogue's."""

from dataclasses import dataclass

from market.enums import Grade

LOOFAH = "sigua"
DAYS = 5  # loofah is picked every day; a listing runs from the day of the play for so many days


@dataclass(frozen=True)
class Offer:
    """One listing as its seller would type it. `stop` is how far the bureau takes it before the curtain rises."""

    seller: str
    produce: str
    quantity: str
    price: str = ""
    grade: Grade = Grade.MIXED
    variety: str = ""
    unit: str = "jin"
    minimum: str = ""
    pack: str = ""
    days: int = DAYS
    place: str = ""
    note: str = ""
    certificate: bool = True
    photos: int = 1
    helper: bool = False
    stop: str = "published"


AGRICULTURE, CHANGES, COMMERCE = "agriculture", "changes", "commerce"

OFFERS = (
    Offer("baiguan", LOOFAH, "1.2万斤", "1.10", Grade.PREMIUM, "白关丝瓜", minimum="100斤", pack="筐 40斤", photos=2,
          note="当天清早现摘，筐装，可送到镇上集货点。"),
    Offer("dongshan", LOOFAH, "1万斤", "0.95", Grade.FIRST, "白关丝瓜", minimum="100斤", pack="筐 40斤", helper=True,
          note="村里统一收，卡车能开到村部。"),
    Offer("guashi", LOOFAH, "8000斤", "0.80", Grade.SECOND, "白关丝瓜", minimum="50斤", note="大小不齐，好吃不贵。"),
    Offer("household", LOOFAH, "2500斤", "0.90", Grade.FIRST, "白关丝瓜", helper=True, photos=2),
    Offer("peach", "huangtao", "6000斤", "6.50", Grade.PREMIUM, "炎陵黄桃", minimum="50斤", pack="箱 5公斤", days=14, photos=2,
          note="海拔 1000 米以上，七八成熟采摘。"),
    Offer("peach_small", "huangtao", "800斤", "5.00", Grade.FIRST, "炎陵黄桃", pack="箱 5公斤", days=10),
    Offer("rice", "zaodao", "40吨", "2560", Grade.SECOND, "早籼稻", unit="tonne", minimum="5吨", days=10,
          note="已烘干，水分 13.5% 以下。", photos=0),
    Offer("pepper", "lajiao", "3000斤", "2.20", Grade.FIRST, "黄辣椒", minimum="50斤", pack="袋 40斤", days=7),
    Offer("ginger", "shengjiang", "1500斤", "", Grade.MIXED, "茶陵子姜", days=7, photos=0),
)  # fmt: skip

# Growers' households of the town and its neighbours: (village, produce, quantity in 斤, price, grade, days).
HOUSEHOLDS = (
    ("430203100244", LOOFAH, 1800, "0.85", Grade.SECOND, DAYS),
    ("430203100239", LOOFAH, 1200, "0.90", Grade.FIRST, DAYS),
    ("430203100237", LOOFAH, 3000, "0.80", Grade.MIXED, DAYS),
    ("430203100242", LOOFAH, 900, "", Grade.MIXED, DAYS),
    ("430202100220", "kongxincai", 600, "1.50", Grade.MIXED, 4),
    ("430202100210", "jiangdou", 800, "2.40", Grade.FIRST, 5),
    ("430211102203", "qiezi", 1500, "1.10", Grade.MIXED, 6),
    ("430211103204", "donggua", 4000, "0.50", Grade.MIXED, 20),
    ("430212110207", "jidan", 400, "5.20", Grade.FIRST, 10),
    ("430281128221", "xianyumi", 1000, "1.30", Grade.MIXED, 4),
    ("430211101005", "xigua", 5000, "0.75", Grade.FIRST, 12),
)

# What still lies on a desk when the curtain rises, so that every desk has something to do.
WAITING = (
    Offer("dongshan", "maodou", "1000斤", "1.90", Grade.MIXED, days=5, stop=AGRICULTURE, note="昨天刚下的新豆。"),
    Offer("household", "kugua", "600斤", "1.40", Grade.FIRST, days=4, stop=CHANGES, certificate=False),
    Offer("guashi", LOOFAH, "2000斤", "0.70", Grade.MIXED, "白关丝瓜", stop=COMMERCE, note="摘晚了两天的，适合食堂。"),
)  # fmt: skip
ASKED = "请补一张合格证照片，并写明是哪一天采摘的。"
