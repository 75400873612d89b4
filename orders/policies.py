"""What the parameters of a matching policy mean. Points are whole numbers for each kilogram, so that anybody can add them up.

points of a kilogram = firm, rest or stretch + care + urgency × how soon it spoils + near × how near it is + price × how far it
is below the buyer's limit; the first share of each seller earns `share_bonus` more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.enums import PolicyKind

MOST_POINTS = 100_000


@dataclass(frozen=True)
class Parameter:
    """One number of a policy: what it is called, between what it lies, what it does."""

    label: Any
    unit: Any
    help: Any
    least: int = 0
    most: int = MOST_POINTS


POINTS = _("分/公斤")
PARAMETERS: dict[str, Parameter] = {
    "firm": Parameter(_("确定要的量"), POINTS, _("买方说定要的每公斤得多少分"), least=1),
    "rest": Parameter(_("按比例以外的量"), POINTS, _("货不够时，超过按比例那一份的每公斤得多少分")),
    "stretch": Parameter(_("弹性量"), POINTS, _("买方“最多可收”里多出来的每公斤得多少分，要比确定的量低")),
    "urgency": Parameter(_("快坏"), POINTS, _("越快坏分越高，马上要坏的得满分")),
    "urgent_hours": Parameter(
        _("多少小时内算快坏"), _("小时"), _("从第二天早上五点算起，还能放这么久的不加分"), 1, 240
    ),
    "near": Parameter(_("近"), POINTS, _("越近分越高，零公里得满分")),
    "near_km": Parameter(_("多远以内算近"), _("公里"), _("路程到这么远就不加分"), 1, 500),
    "price": Parameter(_("便宜"), POINTS, _("比买方的最高价低得越多分越高")),
    "care": Parameter(_("医院食堂"), POINTS, _("买方是医院或食堂时，每公斤多得多少分")),
    "share_percent": Parameter(_("每家先保的一份"), _("%"), _("每个卖方当天供应量的百分之几算先保的一份"), 0, 100),
    "share_bonus": Parameter(_("先保的一份"), POINTS, _("先保的那一份每公斤多得多少分")),
}


@dataclass(frozen=True)
class Weights:
    """The parameters of one version of a policy. `pro_rata` follows from the kind."""

    firm: int
    rest: int
    stretch: int
    urgency: int
    urgent_hours: int
    near: int
    near_km: int
    price: int
    care: int
    share_percent: int
    share_bonus: int
    pro_rata: bool = False

    @classmethod
    def of(cls, kind: str, parameters: Mapping[str, int]) -> "Weights":
        """Of a published version. Raises: ValueError naming the parameter that is missing or out of bounds."""
        for name in PARAMETERS:
            if not is_within(name, parameters.get(name)):
                raise ValueError(name)
        return cls(**{name: parameters[name] for name in PARAMETERS}, pro_rata=kind == PolicyKind.PRO_RATA)

    def to_json(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def is_within(name: str, value: Any) -> bool:
    """A whole number within the bounds of the parameter; true and false are none."""
    known = PARAMETERS[name]
    return type(value) is int and known.least <= value <= known.most


_COMMON = {
    "firm": 1000, "rest": 600, "stretch": 300, "urgency": 100, "urgent_hours": 72, "near": 100, "near_km": 100,
    "price": 20, "care": 0, "share_percent": 0, "share_bonus": 0,
}  # fmt: skip

# The first version of each, published with the system. Chinese only: a published text is data, and quoted as it was published.
FIRST_VERSIONS: dict[PolicyKind, tuple[str, dict[str, int]]] = {
    PolicyKind.SOONEST: (
        "离坏得越近的货越先安排；一样急的，先安排买方说定要的量，再近的优先，最后才用买方“最多可收”的弹性量。",
        {**_COMMON, "urgency": 900},
    ),
    PolicyKind.CARE_FIRST: (
        "医院和食堂说定要的量先安排够，其余的买方按先说定的量、后弹性量安排；一样的，快坏的和近的优先。",
        {**_COMMON, "care": 900},
    ),
    PolicyKind.PRO_RATA: (
        "某种农产品合适的货少于大家说定要的量时，每个买方先按同一个比例分到一份，余下的再补；"
        "一家要的比全部合适的货还多，多出的不算进比例；"
        "“不够就不要”的求购不拆开，排在按比例分的后面。",
        {**_COMMON},
    ),
    PolicyKind.FIRST_SHARE: (
        "每家合作社和农户当天供应量的前 35% 先安排，小户不会被大户挤掉；其余的再按快坏和远近安排。",
        {**_COMMON, "share_percent": 35, "share_bonus": 900},
    ),
    PolicyKind.NEAREST: (
        "路程越近的货越先安排，少跑路、少损耗；一样近的，快坏的优先。",
        {**_COMMON, "near": 900},
    ),
}
