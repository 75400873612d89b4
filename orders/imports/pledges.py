"""A sheet of pledges. Each row is placed like a pledge from the form; stock is taken for all rows or for none."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from market.enums import BUYERS
from market.imports import CellError, Cells, Importer, Outcome, content_key
from market.imports.cells import plain, read_clock, read_day, read_decimal
from market.imports.listings import MOST_YUAN, PRICE_UNITS_IN_TITLES, UNITS_IN_TITLES, bracketed, read_unit, with_units
from market.imports.lookups import Catalogue, Organisations
from market.models import Lot, Organisation, Produce, User
from market.permissions import can_enter_for_others, organisations_for
from market.pricing import unit_word
from market.quantities import PACK_WORDS, Pack, Quantity, QuantityError, Unit, price_per_kg, unit_grams
from market.ranges import range_words, read_range
from market.sheets import Column
from market.wording import calendar_day, yuan
from orders.actions.pledges import place_pledge
from orders.models import Dock, Pledge
from orders.models.deliveries import MAX_FRESH_HOURS
from orders.permissions import BUYING_ROLES, buying_for

COLUMNS = (
    Column("buyer", ("买方", "buyer", "采购单位")),
    Column("listing", ("货源号", "listing", "货源编号")),
    Column("produce", ("农产品", "produce", "品名", "产品")),
    Column("day", ("送货日", "day", "日期", "到货日"), required=True),
    Column("firm", with_units(("认购数量", "firm", "数量", "认购量"), UNITS_IN_TITLES), required=True),
    Column("unit", ("数量单位", "unit", "计量单位")),
    Column("max_price", with_units(("最高单价", "max_price", "最高价"), PRICE_UNITS_IN_TITLES)),
    Column("dock", ("收货点", "dock", "收货地点")),
    Column("window_from", ("最早送到", "window_from")),
    Column("window_to", ("最晚送到", "window_to")),
    Column("reference", ("单号", "reference", "订单号", "备注")),
    Column("fresh_hours", ("送到后还要能放(小时)", "fresh_hours", "保鲜小时", "送到后还要能放")),
)
MOST_NAMED = 6


@dataclass(frozen=True)
class Limit:
    """The highest price a row pays, with the unit it counts in."""

    yuan: Decimal
    unit: str

    def allows(self, lot: Lot) -> bool:
        listing = lot.listing
        if listing.price is None:
            return False
        asked = price_per_kg(listing.price, unit_word(listing.price_unit, listing.pack_word), listing.pack)
        return asked <= price_per_kg(self.yuan, self.unit, listing.pack)

    def __str__(self) -> str:
        return yuan(self.yuan, self.unit)


@dataclass(frozen=True)
class PledgeRow:
    buyer: Organisation
    lot: Lot
    quantity: Quantity
    most: Quantity
    dock: Dock
    window_from: dt.time
    window_to: dt.time
    reference: str
    fresh_hours: int
    key: UUID


class PledgeImport(Importer[PledgeRow]):
    kind = "pledges"
    columns = COLUMNS
    most_rows = 150
    column_of: ClassVar[dict[str, str]] = {
        "quantity": "firm", "KeyUsedOtherwise": "firm", "LotClosed": "listing", "OwnProduce": "listing", "PriceAboveCeiling": "listing",
        "DayPast": "day", "dock": "dock", "window_to": "window_to", "OutsideDockHours": "window_from",
        "reference": "reference", "NotVerified": "buyer", "NotAllowed": "buyer", "fresh_hours": "fresh_hours",
    }  # fmt: skip

    def __init__(self, by: User) -> None:
        super().__init__(by)
        self.buyers = Organisations(buyers_for(by))
        self.catalogue = Catalogue()
        self.docks: dict[int, list[Dock]] = {}
        for dock in Dock.objects.filter(organisation__in=[one.pk for one in self.buyers.allowed], is_active=True):
            self.docks.setdefault(dock.organisation_id, []).append(dock)

    @classmethod
    def is_open_to(cls, user: User) -> bool:
        return can_enter_for_others(user) or bool(buying_for(user))

    @classmethod
    def example(cls) -> list[Sequence[object]]:
        day = timezone.localdate() + dt.timedelta(days=1)
        return [
            ["", "", "丝瓜", day, "3-4吨", "", "2.80元/公斤", "", dt.time(5), dt.time(9), "CG-001", 12],
            ["", "", "黄桃", day, 100, "斤", "", "", "", "", "CG-002", ""],
        ]

    @property
    def shown(self) -> list[str]:
        return [_("买方"), _("货源"), _("送货日"), _("数量"), _("单价"), _("收货"), _("单号")]

    def read(self, cells: Cells) -> PledgeRow | None:
        buyer = cells.read("buyer", self.buyers.read)
        if not cells["buyer"] and (buyer := self.buyers.only) is None:
            cells.refuse("buyer", _("这一格要填"))
        day = cells.read("day", read_day, required=True)
        produce = cells.read("produce", self.catalogue.read)
        number = cells.read("listing", read_number)
        if not cells["produce"] and not cells["listing"]:
            cells.refuse("produce", _("请写农产品，或者写货源号"))
        dock = self._dock(cells, buyer) if buyer else None
        opens = cells.read("window_from", read_clock) or (dock.opens_at if dock else None)
        closes = cells.read("window_to", read_clock) or (dock.closes_at if dock else None)
        cells.read("unit", known_unit)
        limit = None if cells.has_problem("unit") else read_limit(cells)
        fresh_hours = cells.read("fresh_hours", read_hours) or 0
        if cells.problems or not (buyer and day and dock and opens and closes and cells["firm"]):
            cells.read("firm", str, required=True)
            return None
        key = pledge_key(cells, buyer, number, produce, day, dock, (opens, closes), limit)
        known = (
            Pledge.objects.filter(buyer=buyer, key=key).select_related("lot__listing__produce", "lot__seller").first()
        )
        lot = known.lot if known else self._lot(cells, number, produce, day, limit)
        amount = read_amount(cells, lot.listing.pack) if lot else None
        if not (lot and amount):
            return None
        return PledgeRow(buyer, lot, *amount, dock, opens, closes, cells["reference"].strip(), fresh_hours, key)

    def _dock(self, cells: Cells, buyer: Organisation) -> Dock | None:
        docks = self.docks.get(buyer.pk, [])
        if not docks:
            cells.refuse("dock", _("“%(buyer)s”还没有收货点，请先登记收货点") % {"buyer": buyer.name})
        elif cells["dock"]:
            return cells.read("dock", lambda text: named_dock(text, docks))
        elif len(docks) > 1:
            known = _("、").join(dock.name for dock in docks[:MOST_NAMED])
            cells.refuse("dock", _("有几个收货点，请写一个：%(known)s") % {"known": known})
        else:
            return docks[0]
        return None

    def _lot(
        self, cells: Cells, number: int | None, produce: Produce | None, day: dt.date, limit: Limit | None
    ) -> Lot | None:
        """The lot meant: by the number of its listing, or the only one of the produce on that day."""
        lots = Lot.objects.filter(day=day).select_related("listing__produce", "seller").order_by("pk")
        if number is not None:
            return self._numbered(cells, lots.filter(listing_id=number).first(), number, produce, day, limit)
        found = list(lots.open().with_stock().filter(produce=produce))
        fit = [lot for lot in found if limit is None or limit.allows(lot)]
        if len(fit) == 1:
            return fit[0]
        facts = {"day": calendar_day(day), "produce": produce.name if produce else "", "limit": limit}
        if fit:
            facts["several"] = _("、").join(f"{lot.listing_id}（{lot.seller.name}）" for lot in fit[:MOST_NAMED])
            cells.refuse("listing", _("%(day)s 有几批%(produce)s，请写货源号：%(several)s") % facts)
        elif found:
            cells.refuse("max_price", _("%(day)s 的%(produce)s没有不超过 %(limit)s 的") % facts)
        else:
            cells.refuse("produce", _("%(day)s 没有在售的%(produce)s") % facts)
        return None

    def _numbered(
        self, cells: Cells, lot: Lot | None, number: int, produce: Produce | None, day: dt.date, limit: Limit | None
    ) -> Lot | None:
        facts = {"number": number, "day": calendar_day(day), "limit": limit}
        if lot is None:
            cells.refuse("listing", _("货源 %(number)d 在 %(day)s 没有货") % facts)
            return None
        facts |= {"is": lot.listing.produce.name, "said": produce.name if produce else "", "price": listing_price(lot)}
        if produce and produce.pk != lot.produce_id:
            cells.refuse("produce", _("货源 %(number)d 是%(is)s，不是%(said)s") % facts)
        elif limit and lot.listing.price is None:
            cells.refuse("max_price", _("货源 %(number)d 的价格是面议，请电话谈好以后清空这一格") % facts)
        elif limit and not limit.allows(lot):
            cells.refuse("max_price", _("货源 %(number)d 的单价是 %(price)s，超过 %(limit)s") % facts)
        else:
            return lot
        return None

    def identity(self, item: PledgeRow) -> object:
        return item.key

    def order(self, item: PledgeRow) -> int:
        return item.lot.pk

    def do(self, item: PledgeRow) -> Outcome:
        known = Pledge.objects.filter(buyer=item.buyer, key=item.key).exists()
        place_pledge(
            buyer=item.buyer, lot_id=item.lot.pk, quantity=item.quantity, most=item.most, dock=item.dock,
            window_from=item.window_from, window_to=item.window_to, key=item.key, by=self.by, reference=item.reference,
            fresh_hours=item.fresh_hours,
        )  # fmt: skip
        return Outcome.UNCHANGED if known else Outcome.NEW

    def show(self, item: PledgeRow) -> list[str]:
        window = f"{item.dock.name} {item.window_from:%H:%M}–{item.window_to:%H:%M}"
        goods = f"{item.lot.listing_id} {item.lot.seller.name} {item.lot.listing.produce.name}"
        return [
            item.buyer.name, goods, calendar_day(item.lot.day), range_words(item.quantity.grams, item.most.grams), listing_price(item.lot),
            window, item.reference or "–",
        ]  # fmt: skip


def buyers_for(user: User) -> list[Organisation]:
    """The buyers the person may import for. One statement, or the memberships."""
    if can_enter_for_others(user):
        return list(Organisation.objects.buyers().select_related("place"))
    return organisations_for(user, BUYERS, BUYING_ROLES)


def listing_price(lot: Lot) -> str:
    return yuan(lot.listing.price, unit_word(lot.listing.price_unit, lot.listing.pack_word))


def pledge_key(
    cells: Cells,
    buyer: Organisation,
    number: int | None,
    produce: Produce | None,
    day: dt.date,
    dock: Dock,
    window: tuple[dt.time, dt.time],
    limit: Limit | None,
) -> UUID:
    """With a reference the row is known by it, so that a corrected quantity never pledges twice (docs/imports.md)."""
    what = ("pledge", buyer.pk, number or produce.slug if produce else number, day, dock.pk)
    if reference := cells["reference"].strip():
        return content_key(*what, "reference", reference)
    try:
        firm, most = read_range(cells["firm"], default_unit=read_unit(cells, "firm") or None)
        amount = str(firm.grams) if firm == most else f"{firm.grams}-{most.grams}"
    except QuantityError:
        amount = f"{cells['firm']} {cells['unit']}"  # in packs: what they weigh is the lot's to say
    fresh = [cells["fresh_hours"].strip()] if cells["fresh_hours"].strip() else []
    return content_key(*what, amount, *window, limit, *fresh)


def read_number(text: str) -> int:
    digits = text.strip().lstrip("#№").removesuffix("号")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
        raise CellError(_("“%(text)s”不是货源号，货源号是一个数，写在货源页上") % {"text": text[:30]})
    return int(digits)


def known_unit(text: str) -> str:
    """A unit of the table or a word for a package; whether the lot is packed so is asked once it is known."""
    if text not in PACK_WORDS:
        unit_grams(text)
    return text


def named_dock(text: str, docks: Sequence[Dock]) -> Dock:
    for dock in docks:
        if plain(dock.name) == plain(text):
            return dock
    known = _("、").join(dock.name for dock in docks[:MOST_NAMED])
    raise CellError(_("没有收货点“%(text)s”，在用的有：%(known)s") % {"text": text[:30], "known": known})


def read_hours(text: str) -> int:
    """12, 12小时, 2天."""
    found = re.fullmatch(r"([0-9]{1,3})(小时|h|天)?", plain(text))
    hours = int(found[1]) * (24 if found[2] == "天" else 1) if found else MAX_FRESH_HOURS + 1
    if hours > MAX_FRESH_HOURS:
        facts = {"text": text[:30], "most": MAX_FRESH_HOURS}
        raise CellError(_("“%(text)s”不是小时数，请写 12 这样，最多 %(most)s 小时") % facts)
    return hours


def read_amount(cells: Cells, pack: Pack | None) -> tuple[Quantity, Quantity] | None:
    """Firm and at most; the same twice for a single weight."""
    unit = read_unit(cells, "firm")
    if unit:
        try:
            unit_grams(unit, pack)
        except QuantityError as error:
            cells.refuse("unit" if cells["unit"] else "firm", error)
            return None
    return cells.read("firm", lambda text: read_range(text, pack=pack, default_unit=unit or None), required=True)


def read_limit(cells: Cells) -> Limit | None:
    """A price counts in the unit it names, in its title, or else in the row's own unit."""
    text, _slash, inside = cells["max_price"].partition("/")
    price = cells.read(
        "max_price",
        lambda _text: read_decimal(text.strip().lstrip("￥¥").removesuffix("元"), places=2, most=MOST_YUAN),
    )
    if price is None:
        return None
    titled = bracketed(cells.title("max_price")).removeprefix("元/")
    unit = inside.strip() or titled or read_unit(cells, "firm") or written_unit(cells["firm"])
    if Unit.named(unit) is None:
        cells.refuse("max_price", _("请写明单价的单位，例如 1.20元/斤"))
        return None
    return Limit(price, str(Unit.named(unit)))


def written_unit(text: str) -> str:
    """The unit at the end of a quantity that names its own: 300斤."""
    names = sorted((name for unit in Unit for name in (unit.value, *unit.also)), key=len, reverse=True)
    return next((name for name in names if plain(text).endswith(name)), "")
