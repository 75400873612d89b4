"""Who plays: invented persons and organisations with visibly false telephone numbers. `key` is how the script calls them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from market.enums import OrganisationKind as Kind

MARK = "（演示·虚构）"
PREFIX = "+861380000"


@dataclass(frozen=True)
class Person:
    """`role` is what the table of log-ins says; empty for people nobody needs to log in as."""

    key: str
    name: str
    serial: int
    role: object = ""

    @property
    def phone(self) -> str:
        """138 0000 and a serial number: never given to a subscriber in the demo's world, and seen to be false."""
        return f"{PREFIX}{self.serial:04d}"


@dataclass(frozen=True)
class Party:
    """An organisation with its manager, and who else acts in it as (person, role)."""

    key: str
    name: str
    kind: Kind
    place: str
    manager: str
    address: str = ""
    others: tuple[tuple[str, str], ...] = ()


PEOPLE = (
    Person("farmer", "黄稻香", 1, _("农户")),
    Person("helper", "文家望", 2, _("村代办人")),
    Person("cooperative", "易春田", 3, _("合作社")),
    Person("buyer", "谭采宁", 4, _("商超采购")),
    Person("association", "罗市和", 5, _("农贸市场协会")),
    Person("dispatcher", "凌路明", 6, _("调度员")),
    Person("haulier", "汤远行", 7, _("运输企业")),
    Person("driver", "彭安驰", 8, _("司机")),
    Person("agriculture", "颜禾青", 9, _("农业农村局审核")),
    Person("commerce", "邓商通", 10, _("商粮局发布")),
    Person("admin", "管理员", 11, _("系统管理员")),
    Person("supervisor", "值守正", 26, _("值班领导")),
    Person("issuer", "关通明", 27, _("通行证签发员")),
    Person("officer", "严查岗", 28, _("查验员")),
    Person("dongshan", "言东升", 12),
    Person("guashi", "刘石生", 13),
    Person("peach", "郭桃红", 14),
    Person("peach_small", "盘山月", 15),
    Person("rice", "陈早禾", 16),
    Person("pepper", "文红椒", 17),
    Person("ginger", "谭姜生", 18),
    Person("jianshe", "贺建市", 19),
    Person("xiangshi", "石响林", 20),
    Person("hospital", "周安康", 21),
    Person("college", "钟学勤", 22),
    Person("fresh", "袁鲜来", 23),
    Person("cold_haulier", "苏冰行", 24),
    Person("bureau_head", "曾统筹", 25),
    Person("transport_issuer", "路运生", 29),
    Person("transport_head", "运长清", 31),
    Person("officer_north", "岗北明", 30),
)

BAIGUAN, DONGSHAN, GUASHI = "430203100201", "430203100244", "430203100233"
PARTIES = (
    Party("household", "白关村黄稻香家", Kind.HOUSEHOLD, BAIGUAN, "farmer", others=(("helper", "helper"),)),
    Party("baiguan", "白关丝瓜种植合作社", Kind.COOPERATIVE, "430203100001", "cooperative"),
    Party("dongshan", "东山村蔬菜合作社", Kind.COOPERATIVE, DONGSHAN, "dongshan", others=(("helper", "helper"),)),
    Party("guashi", "卦石村丝瓜合作社", Kind.COOPERATIVE, GUASHI, "guashi"),
    Party("peach", "炎陵高山黄桃合作社", Kind.COOPERATIVE, "430225209201", "peach"),
    Party("peach_small", "梨树洲盘山月家", Kind.HOUSEHOLD, "430225202211", "peach_small"),
    Party("rice", "龙船稻米合作社", Kind.COOPERATIVE, "430212111203", "rice"),
    Party("pepper", "皇图岭辣椒合作社", Kind.COOPERATIVE, "430223122222", "pepper"),
    Party("ginger", "严塘生姜合作社", Kind.COOPERATIVE, "430224113203", "ginger"),
    Party("supermarket", "河西惠民超市", Kind.RETAILER, "430211001000", "buyer", "长江北路演示段 1 号"),
    Party("fresh", "云龙鲜到家", Kind.RETAILER, "430271006000", "fresh", "学林路演示段 2 号"),
    Party("association", "市农贸市场协会", Kind.ASSOCIATION, "430202001000", "association", "红旗中路演示段 3 号"),
    Party("jianshe", "建设路农贸市场", Kind.WHOLESALE, "430203002000", "jianshe", "建设中路演示段 4 号"),
    Party("xiangshi", "响石岭农贸市场", Kind.WHOLESALE, "430204002000", "xiangshi", "建设北路演示段 5 号"),
    Party("hospital", "城东医院食堂", Kind.CANTEEN, "430202003000", "hospital", "新华东路演示段 6 号"),
    Party("college", "职教城食堂", Kind.CANTEEN, "430271006000", "college", "智慧路演示段 7 号"),
    Party("carrier", "株洲鲜运车队", Kind.CARRIER, "430203004000", "haulier", "董家段演示停车场"),
    Party("cold_carrier", "渌江冷链车队", Kind.CARRIER, "430202005000", "cold_haulier", "金山演示冷库"),
)

# Opened by the administrator, as on a real installation: (key, name, kind, place, its first person).
AUTHORITIES = (
    ("police", "市交警支队", Kind.POLICE, "430211001000", "issuer"),
    ("transport", "市交通运输局", Kind.BUREAU, "430211001000", "transport_head"),
    ("gate_baiguan", "白关收费站查验点", Kind.CHECKPOINT, BAIGUAN, "officer"),
    ("gate_north", "云龙北查验点", Kind.CHECKPOINT, "430271006000", "officer_north"),
)

# Growers' households that the seed names, one for each listing of theirs in `goods.HOUSEHOLDS`.
SURNAMES = "黄文易刘言罗谭彭贺袁汤凌颜邓苏钟周郭陈曾"
GIVEN = (
    "满仓",
    "秋生",
    "桂英",
    "国华",
    "冬梅",
    "建新",
    "春莲",
    "铁牛",
    "喜珍",
    "望春",
    "长根",
    "玉翠",
    "阳生",
    "翀",
    "喆",
)


def by_key(key: str) -> Person:
    return next(person for person in PEOPLE if person.key == key)
