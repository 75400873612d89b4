"""The trucks, their drivers, passes and checks: five may run, three show why a truck is not planned."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.logistics.enums import PassIssuer, PlateColour

GOOD, EXPIRED, NONE = "good", "expired", "none"


@dataclass(frozen=True)
class TruckPlan:
    """`paper` is the pass: good, expired or none. `tested_hours_before` is the age of the driver's sample on the eve."""

    carrier: str
    plate: str
    colour: PlateColour
    rated_kg: int
    volume_m3: int
    driver: str
    serial: int
    issuer: PassIssuer = PassIssuer.NDRC
    paper: str = GOOD
    tested_hours_before: int = 8
    is_cold: bool = False


# Plates of nought and a serial number: seen to be false. The first driver is the one of the table of log-ins.
FLEET = (
    TruckPlan("carrier", "湘B00001", PlateColour.YELLOW, 5_000, 28, "彭安驰", 8, PassIssuer.NDRC),
    TruckPlan("carrier", "湘B00002", PlateColour.YELLOW, 10_000, 45, "丁平顺", 32, PassIssuer.TRANSPORT),
    TruckPlan("carrier", "湘B00003", PlateColour.YELLOW, 3_000, 18, "龙达通", 33, PassIssuer.POLICE, EXPIRED),
    TruckPlan("carrier", "湘B00004", PlateColour.BLUE, 1_500, 12, "夏早行", 34, PassIssuer.POLICE),
    TruckPlan("carrier", "湘B00005", PlateColour.BLUE, 1_500, 12, "邱待检", 35, PassIssuer.POLICE,
              tested_hours_before=70),
    TruckPlan("carrier", "湘B00006", PlateColour.BLUE, 1_500, 11, "田未办", 36, PassIssuer.POLICE, NONE),
    TruckPlan("cold_carrier", "湘B00007", PlateColour.YELLOW, 5_000, 30, "冷小鲜", 37, PassIssuer.TRANSPORT, is_cold=True),
    TruckPlan("cold_carrier", "湘B00008", PlateColour.YELLOW, 5_000, 30, "旷跑勤", 38, PassIssuer.TRANSPORT, is_cold=True),
)  # fmt: skip

TEST_HOURS = 48
TOLLS: dict[str, Any] = {
    "source": "演示：鲜活农产品运输绿色通道政策，费率为估计",
    "yuan_small": Decimal("0.45"),
    "yuan_medium": Decimal("0.90"),
    "yuan_large": Decimal("1.35"),
}
# Yanling lies at the far end of a motorway: township there, townships of the city, metres and seconds (estimates).
FAR_TOWN = "430225209000"
CITY_TOWNS = ("430203004000", "430202005000", "430211001000", "430271006000")
FAR_M, FAR_S = 178_000, 9_600
RULES: dict[str, Any] = {
    "name": "市区交通管控期间货车通行规则",
    "source": "演示：据 2021 年 8 月上旬公开报道整理，核酸 48 小时，体温 37.3 ℃",
    "test_hours": TEST_HOURS,
}
