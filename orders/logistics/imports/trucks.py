"""A sheet of trucks with their drivers and passes: how a fleet stands. Rows register or update by the actions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from market.accounts import normalise_phone
from market.enums import OrganisationKind, PlaceLevel
from market.imports import Cells, Importer, Outcome
from market.imports.cells import read_choice, read_clock, read_decimal, read_moment, read_yes_no
from market.imports.lookups import Organisations, Places
from market.models import Organisation, Place, User
from market.quantities import Quantity, describe
from market.sheets import Column
from market.wording import clock_time
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.passes import issue_pass
from orders.logistics.actions.trucks import (
    assign_driver,
    normalise_plate,
    register_driver,
    register_truck,
    update_truck,
)
from orders.logistics.enums import PassIssuer, PlateColour
from orders.logistics.exceptions import PlateTaken
from orders.logistics.models import Truck
from orders.logistics.permissions import carriers_of, is_dispatcher

COLUMNS = (
    Column("carrier", ("运输企业", "carrier", "车队")),
    Column("plate", ("车牌号", "plate", "车牌"), required=True),
    Column("plate_colour", ("车牌颜色", "plate_colour", "plate_color"), required=True),
    Column("rated_kg", ("核定载质量(公斤)", "rated_kg", "核定载质量", "核定载质量(kg)", "载重(公斤)"), required=True),
    Column("volume_m3", ("车厢容积(立方米)", "volume_m3", "车厢容积", "车厢容积(m3)")),
    Column("cold", ("冷藏", "cold", "冷藏车")),
    Column("base_place_code", ("驻地代码", "base_place_code", "驻地")),
    Column("shift_from", ("出车时间", "shift_from")),
    Column("shift_to", ("收车时间", "shift_to")),
    Column("driver_name", ("司机", "driver_name", "司机姓名")),
    Column("driver_phone", ("司机手机", "driver_phone", "司机手机号", "司机电话")),
    Column("pass_number", ("通行证号", "pass_number")),
    Column("pass_issuer", ("签发单位", "pass_issuer")),
    Column("pass_from", ("生效时间", "pass_from")),
    Column("pass_to", ("失效时间", "pass_to")),
)
DRIVER_KEYS = ("driver_name", "driver_phone")
PASS_KEYS = ("pass_number", "pass_issuer", "pass_from", "pass_to")
COLOURS = {
    "蓝牌": PlateColour.BLUE, "黄牌": PlateColour.YELLOW, "绿牌": PlateColour.GREEN,
    "蓝": PlateColour.BLUE, "黄": PlateColour.YELLOW, "绿": PlateColour.GREEN,
    "蓝色": PlateColour.BLUE, "黄色": PlateColour.YELLOW, "绿色": PlateColour.GREEN,
    **{colour.value: colour for colour in PlateColour},
}  # fmt: skip
ISSUERS = {
    "市发改委": PassIssuer.NDRC, "交警支队": PassIssuer.POLICE, "交通运输局": PassIssuer.TRANSPORT,
    "发改委": PassIssuer.NDRC, "交警": PassIssuer.POLICE, "交通": PassIssuer.TRANSPORT, "交通局": PassIssuer.TRANSPORT,
    **{issuer.value: issuer for issuer in PassIssuer},
}  # fmt: skip
MOST_CUBIC_METRES = Decimal(200)


@dataclass(frozen=True)
class DriverFacts:
    name: str
    phone: str


@dataclass(frozen=True)
class PassFacts:
    issuer: str
    number: str
    valid_from: dt.datetime
    valid_to: dt.datetime


@dataclass(frozen=True)
class TruckRow:
    """`said` holds the facts the row names; what it leaves empty stays as it is, or is the usual for a new truck."""

    carrier: Organisation
    plate: str
    base: Place
    said: dict[str, Any] = field(hash=False)
    driver: DriverFacts | None
    green_pass: PassFacts | None


class TruckImport(Importer[TruckRow]):
    kind = "trucks"
    columns = COLUMNS
    most_rows = 100
    column_of: ClassVar[dict[str, str]] = {
        "PlateTaken": "plate", "BadPlate": "plate", "BadRatedMass": "rated_kg", "RatedBelowPlanned": "rated_kg",
        "BadVolume": "volume_m3", "BadShift": "shift_to", "PhoneTaken": "driver_phone", "BadPhone": "driver_phone",
        "NameNeeded": "driver_name", "BadPassNumber": "pass_number", "PassNumberTaken": "pass_number", "BadPassTimes": "pass_to",
        "NotACarrier": "carrier", "NotAllowed": "carrier",
    }  # fmt: skip

    def __init__(self, by: User) -> None:
        super().__init__(by)
        self.issues_passes = is_dispatcher(by)
        self.carriers = Organisations(
            Organisation.objects.filter(kind=OrganisationKind.CARRIER).select_related("place")
            if self.issues_passes
            else carriers_of(by)
        )
        self.places = Places([PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE])
        self.row_of_driver: dict[str, int] = {}

    @classmethod
    def is_open_to(cls, user: User) -> bool:
        return is_dispatcher(user) or bool(carriers_of(user))

    @classmethod
    def example(cls) -> list[Sequence[object]]:
        """Without a pass: carriers use it too, and passes are the dispatcher's."""
        return [
            [
                "", "湘B12345", "蓝牌", 1800, 12, "否", "430211000000", dt.time(4), dt.time(20), "王师傅", "13800009901",
                "", "", "", "",
            ],
            [
                "", "湘B23456", "黄牌", 5000, "", "是", "430203100000", dt.time(4), dt.time(20), "李师傅", "13800009902",
                "", "", "", "",
            ],
        ]  # fmt: skip

    @property
    def shown(self) -> list[str]:
        return [_("运输企业"), _("车牌号"), _("核定载质量"), _("驻地"), _("司机"), _("通行证")]

    def read(self, cells: Cells) -> TruckRow | None:
        carrier = cells.read("carrier", self.carriers.read)
        if not cells["carrier"] and (carrier := self.carriers.only) is None:
            cells.refuse("carrier", _("这一格要填"))
        plate = cells.read("plate", normalise_plate, required=True)
        colour = cells.read("plate_colour", lambda text: read_choice(text, COLOURS), required=True)
        rated = cells.read("rated_kg", lambda text: Quantity.parse(text, default_unit="公斤"), required=True)
        volume = cells.read("volume_m3", lambda text: read_decimal(text, places=3, most=MOST_CUBIC_METRES))
        base = cells.read("base_place_code", self.places.read)
        said = {
            "plate_colour": colour,
            "rated_g": rated.grams if rated else None,
            "volume_l": int(volume * 1000) if volume else None,
            "is_cold": cells.read("cold", read_yes_no),
            "base": base,
            "shift_from": cells.read("shift_from", read_clock),
            "shift_to": cells.read("shift_to", read_clock),
        }
        driver = self._driver(cells)
        green_pass = self._pass(cells)
        if cells.problems or not (carrier and plate):
            return None
        told = {name: value for name, value in said.items() if value is not None}
        return TruckRow(carrier, plate, base or carrier.place, told, driver, green_pass)

    def _driver(self, cells: Cells) -> DriverFacts | None:
        """Name and telephone, both or neither; nobody drives two trucks of one sheet."""
        if not any(cells[key] for key in DRIVER_KEYS):
            return None
        name = cells.read("driver_name", str, required=True)
        phone = cells.read("driver_phone", normalise_phone, required=True)
        if not (name and phone):
            return None
        first = self.row_of_driver.setdefault(phone, cells.row.number)
        if first != cells.row.number:
            cells.refuse("driver_phone", _("这个司机已经写在第 %(row)d 行的车上") % {"row": first})
        return DriverFacts(name, phone)

    def _pass(self, cells: Cells) -> PassFacts | None:
        """All four columns or none; passes are the dispatcher's to register."""
        if not any(cells[key] for key in PASS_KEYS):
            return None
        if not self.issues_passes:
            cells.refuse("pass_number", _("通行证由调度员登记，请清空通行证的四列，或者请调度员导入"))
            return None
        number = cells.read("pass_number", str, required=True)
        issuer = cells.read("pass_issuer", lambda text: read_choice(text, ISSUERS), required=True)
        begins = cells.read("pass_from", read_moment, required=True)
        ends = cells.read("pass_to", lambda text: read_moment(text, end_of_day=True), required=True)
        if not (number and issuer and begins and ends):
            return None
        return PassFacts(issuer, number, begins, ends)

    def identity(self, item: TruckRow) -> object:
        return item.plate

    def order(self, item: TruckRow) -> tuple[int, str]:
        return item.carrier.pk, item.plate

    def do(self, item: TruckRow) -> Outcome:
        lock_one(
            Organisation, item.carrier.pk
        )  # before its trucks, as everywhere: a driver is registered after a truck
        before = standing(item.plate)
        truck = self._truck(item)
        if item.driver:
            driver = register_driver(item.carrier, name=item.driver.name, phone=item.driver.phone, by=self.by)
            truck = assign_driver(truck, driver, by=self.by)
        if item.green_pass:
            facts = item.green_pass
            issue_pass(
                truck, issuer=facts.issuer, number=facts.number, valid_from=facts.valid_from, valid_to=facts.valid_to, by=self.by
            )  # fmt: skip
        if before is None:
            return Outcome.NEW
        return Outcome.UNCHANGED if standing(item.plate) == before else Outcome.CHANGED

    def _truck(self, item: TruckRow) -> Truck:
        truck = Truck.objects.filter(plate=item.plate).first()
        if truck is None:
            return register_truck(item.carrier, plate=item.plate, by=self.by, **{"base": item.base, **item.said})
        if truck.carrier_id != item.carrier.pk:
            raise PlateTaken(plate=item.plate)
        return update_truck(truck, by=self.by, **item.said)

    def show(self, item: TruckRow) -> list[str]:
        driver = f"{item.driver.name} {item.driver.phone.removeprefix('+86')}" if item.driver else "–"
        facts = item.green_pass
        shown_pass = (
            f"{PassIssuer(facts.issuer).label} {facts.number} {clock_time(facts.valid_from)} – {clock_time(facts.valid_to)}"
            if facts
            else "–"
        )
        rated = describe(item.said["rated_g"])
        return [item.carrier.name, item.plate, rated, item.base.full_name_zh, driver, shown_pass]


def standing(plate: str) -> tuple | None:
    """Everything a row can change, to tell an update from a repeat. None where there is no such truck. Two statements."""
    truck = Truck.objects.select_related("driver").filter(plate=plate).first()
    if truck is None:
        return None
    driver = (truck.driver_id, truck.driver.name, truck.driver.is_active) if truck.driver else None
    facts = (truck.plate_colour, truck.rated_g, truck.volume_l, truck.is_cold, truck.base_id, truck.shift_from)
    return (*facts, truck.shift_to, driver, truck.passes.count())
