"""A sheet of listings. Each row is handed in for review like a listing from the form."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from market.actions.listings import ListingTerms, require_submittable, submit_listing
from market.enums import SELLERS, Grade, PlaceLevel, PriceUnit
from market.models import Listing, Organisation, Produce, User
from market.permissions import SELLING_ROLES, can_enter_for_others, organisations_for
from market.pricing import unit_word
from market.quantities import PACK_WORDS, Pack, Quantity, QuantityError, describe, unit_grams
from market.queries.listings import submitted
from market.sheets import Column
from market.wording import calendar_day, yuan

from .cells import CellError, Cells, read_choice, read_day, read_decimal
from .engine import Importer, Outcome
from .keys import content_key
from .lookups import Catalogue, Organisations, Places

UNITS_IN_TITLES = ("斤", "公斤", "千克", "吨", "担", "万斤", "kg")
PRICE_UNITS_IN_TITLES = ("元/斤", "元/公斤", "元/千克", "元/吨", "元/件", "元/kg")
PRICE_UNITS = {
    "元/斤": PriceUnit.JIN,
    "元/公斤": PriceUnit.KG,
    "元/千克": PriceUnit.KG,
    "元/吨": PriceUnit.TONNE,
    "元/件": PriceUnit.PACK,
    **{f"元/{word}": PriceUnit.PACK for word in PACK_WORDS},
    **dict.fromkeys(PACK_WORDS, PriceUnit.PACK),
    "斤": PriceUnit.JIN, "公斤": PriceUnit.KG, "千克": PriceUnit.KG, "吨": PriceUnit.TONNE,
    "元/kg": PriceUnit.KG, "kg": PriceUnit.KG, "jin": PriceUnit.JIN, "tonne": PriceUnit.TONNE, "t": PriceUnit.TONNE,
    "pack": PriceUnit.PACK,
}  # fmt: skip
GRADES = {
    **{str(label): Grade(value) for value, label in (("premium", "精品"), ("first", "一等"), ("second", "二等"), ("mixed", "统货"))},
    "一级": Grade.FIRST, "二级": Grade.SECOND, "特级": Grade.PREMIUM, "混装": Grade.MIXED,
    "premium": Grade.PREMIUM, "first": Grade.FIRST, "second": Grade.SECOND, "mixed": Grade.MIXED,
}  # fmt: skip
MOST_YUAN = Decimal("9999999.99")
MOST_PACK_KG = Decimal(1000)


def with_units(bases: Sequence[str], units: Sequence[str]) -> tuple[str, ...]:
    """The bare titles, then each with its unit in brackets: 单价, 单价(元/斤)."""
    return (*bases, *(f"{base}({unit})" for base in bases for unit in units))


COLUMNS = (
    Column("organisation", ("卖方", "organisation", "卖方名称", "供货方", "合作社/农户", "organization")),
    Column("produce", ("农产品", "produce", "品名", "品种名称", "产品"), required=True),
    Column("variety", ("品种", "variety")),
    Column("grade", ("等级", "grade")),
    Column(
        "quantity_per_day",
        with_units(("每天数量", "quantity_per_day", "每天供应", "每日供应", "日供应量"), UNITS_IN_TITLES),
        required=True,
    ),
    Column("unit", ("数量单位", "unit", "计量单位")),
    Column("pack_kg", ("每件公斤", "pack_kg", "每件重(公斤)", "每件重量(公斤)")),
    Column("price", with_units(("单价", "price", "价格"), PRICE_UNITS_IN_TITLES)),
    Column("price_unit", ("计价单位", "price_unit")),
    Column("from", ("开始日期", "from", "起始日期"), required=True),
    Column("to", ("结束日期", "to", "截止日期"), required=True),
    Column("place_code", ("产地代码", "place_code", "区划代码", "产地")),
    Column("note", ("说明", "note", "备注")),
)


@dataclass(frozen=True)
class ListingRow:
    seller: Organisation
    terms: ListingTerms
    key: UUID


class ListingImport(Importer[ListingRow]):
    kind = "listings"
    columns = COLUMNS
    most_rows = 40  # a review is started for each
    column_of: ClassVar[dict[str, str]] = {
        "produce": "produce", "place": "place_code", "first_day": "from", "last_day": "to", "price": "price",
        "price_unit": "price_unit", "pack_weight": "pack_kg", "pack_g": "pack_kg", "quantity_per_day_g": "quantity_per_day",
        "variety": "variety", "note": "note", "NotVerified": "organisation", "NotAllowed": "organisation",
    }  # fmt: skip

    def __init__(self, by: User) -> None:
        super().__init__(by)
        self.sellers = Organisations(sellers_for(by))
        self.catalogue = Catalogue()
        self.places = Places([PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE])

    @classmethod
    def is_open_to(cls, user: User) -> bool:
        return can_enter_for_others(user) or bool(organisations_for(user, SELLERS, SELLING_ROLES))

    @classmethod
    def example(cls) -> list[Sequence[object]]:
        today = timezone.localdate()
        return [
            [
                "",
                "丝瓜",
                "白关丝瓜",
                "一等",
                20000,
                "斤",
                "",
                Decimal("1.20"),
                "元/斤",
                today,
                today,
                "430203100000",
                "",
            ],
            ["", "黄桃", "", "精品", 500, "筐", 20, "面议", "", today, today, "430203100000", "早上六点装车"],
        ]

    @property
    def shown(self) -> list[str]:
        return [_("卖方"), _("农产品"), _("每天"), _("单价"), _("日期"), _("产地")]

    def read(self, cells: Cells) -> ListingRow | None:
        seller = cells.read("organisation", self.sellers.read)
        if not cells["organisation"] and (seller := self.sellers.only) is None:
            cells.refuse("organisation", _("这一格要填"))
        produce = cells.read("produce", self.catalogue.read, required=True)
        place = cells.read("place_code", self.places.read) or (seller.place if seller else None)
        grade = cells.read("grade", lambda text: read_choice(text, GRADES)) or Grade.MIXED
        first, last = (cells.read(key, read_day, required=True) for key in ("from", "to"))
        if first and last and last < first:
            cells.refuse("to", _("结束日期不能早于开始日期"))
        pack = read_pack(cells, produce)
        quantity = read_quantity(cells, "quantity_per_day", pack)
        price, price_unit = read_price(cells, pack)
        if price_unit == PriceUnit.PACK and price and pack is None and not cells.has_problem("pack_kg"):
            cells.refuse("pack_kg", _("按件计价，这里要写每件多少公斤"))
        if cells.problems or not (seller and produce and place and first and last and quantity):
            return None
        terms = ListingTerms(
            produce=produce, place=place, quantity=quantity, first_day=first, last_day=last, grade=grade, price=price,
            price_unit=price_unit, pack=pack, variety=cells["variety"], note=cells["note"],
            contact_name=seller.contact_name, contact_phone=seller.contact_phone,
        )  # fmt: skip
        return ListingRow(seller, terms, listing_key(seller, terms))

    def identity(self, item: ListingRow) -> object:
        return item.key

    def order(self, item: ListingRow) -> int:
        return item.seller.pk

    def attempt(self, item: ListingRow) -> Outcome:
        """Asks what the action asks, without writing: a review that is only tried must tell no desk."""
        if submitted(item.seller, item.key):
            return Outcome.UNCHANGED
        require_submittable(item.terms, seller=item.seller, by=self.by)
        return Outcome.NEW

    def do(self, item: ListingRow) -> Outcome:
        known = submitted(item.seller, item.key)
        submit_listing(item.terms, seller=item.seller, key=item.key, by=self.by)
        return Outcome.UNCHANGED if known else Outcome.NEW

    def show(self, item: ListingRow) -> list[str]:
        terms = item.terms
        price = yuan(terms.price, unit_word(terms.price_unit, terms.pack.word if terms.pack else ""))
        days = calendar_day(terms.first_day)
        if terms.last_day != terms.first_day:
            days = _("%(first)s 到 %(last)s") % {"first": days, "last": calendar_day(terms.last_day)}
        produce = f"{terms.produce.name} {terms.variety} {Grade(terms.grade).label}"
        return [item.seller.name, produce, describe(terms.quantity.grams), price, days, terms.place.full_name_zh]

    def note(self, item: ListingRow, outcome: Outcome) -> str:
        """A corrected sheet sent again would offer the same goods twice: say so before it happens."""
        if outcome != Outcome.NEW:
            return ""
        terms = item.terms
        alike = (
            Listing.objects.filter(
                seller=item.seller, produce=terms.produce, variety=terms.variety, grade=terms.grade, place=terms.place
            )
            .filter(first_day__lte=terms.last_day, last_day__gte=terms.first_day)
            .exclude(submission_key=item.key)
            .order_by("pk")
            .first()
        )
        if alike is None:
            return ""
        return _("已有一条同样的货源（每天 %(quantity)s）；如果只是改数，请去“我的货源”里改") % {
            "quantity": describe(alike.quantity_per_day_g)
        }


def sellers_for(user: User) -> list[Organisation]:
    """The sellers the person may import for. One statement, or the memberships."""
    if can_enter_for_others(user):
        return list(Organisation.objects.sellers().select_related("place"))
    return organisations_for(user, SELLERS, SELLING_ROLES)


def listing_key(seller: Organisation, terms: ListingTerms) -> UUID:
    """What the row means, wherever and however it was saved."""
    pack = (terms.pack.word, terms.pack.grams) if terms.pack else ()
    return content_key(
        "listing", seller.pk, terms.produce.slug, terms.variety, terms.grade, terms.quantity.grams, pack, terms.price,
        terms.price_unit, terms.first_day, terms.last_day, terms.place.pk, terms.note,
    )  # fmt: skip


def read_unit(cells: Cells, key: str) -> str:
    """The unit of the row's own column, or the one in the brackets of the quantity's title."""
    return cells["unit"] or bracketed(cells.title(key))


def bracketed(title: str) -> str:
    found = re.search(r"\(([^)]+)\)", unicodedata.normalize("NFKC", title))
    return found[1].strip() if found else ""


def read_pack(cells: Cells, produce: Produce | None) -> Pack | None:
    """How the goods are packed: by the weight given, else as the catalogue says when the row counts in packs."""
    usual = produce.usual_pack if produce else None
    named = {word for word in (cells["unit"], cells["price_unit"].removeprefix("元/")) if word in PACK_WORDS}
    if len(named - {"件"}) > 1:
        cells.refuse("price_unit", _("数量和单价用了不同的包装，请统一"))
        return None
    word = next(iter(named - {"件"}), "") or next(iter(named), "")
    weight = cells.read("pack_kg", lambda text: read_decimal(text, places=3, most=MOST_PACK_KG))
    if weight:
        return Pack(word or (usual.word if usual else "件"), int(weight * 1000))
    if not word or cells["pack_kg"]:
        return None
    if usual and word in {usual.word, "件"}:
        return usual
    cells.refuse("pack_kg", _("数量按%(word)s算，这里要写每%(word)s多少公斤") % {"word": word})
    return None


def read_quantity(cells: Cells, key: str, pack: Pack | None) -> Quantity | None:
    unit = read_unit(cells, key)
    if unit and not (unit in PACK_WORDS and pack is None):
        try:
            unit_grams(unit, pack)
        except QuantityError as error:
            cells.refuse("unit" if cells["unit"] else key, error)
            return None
    elif unit:
        return None  # the weight of the pack is what is missing, and has been asked for
    return cells.read(key, lambda text: Quantity.parse(text, pack=pack, default_unit=unit or None), required=True)


def read_price(cells: Cells, pack: Pack | None) -> tuple[Decimal | None, PriceUnit]:
    """The price and its unit, which stands in the cell, in its own column or in the title. Empty and 面议: no price."""
    text = unicodedata.normalize("NFKC", cells["price"]).replace(" ", "")
    units = [cells["price_unit"], bracketed(cells.title("price"))]
    if text in {"", "面议"}:
        return None, PriceUnit.JIN
    text, _slash, inside = text.removeprefix("¥").partition("/")
    units.append(inside)
    price = cells.read(
        "price",
        lambda _text: read_decimal(text.removesuffix("块").removesuffix("元"), places=2, most=MOST_YUAN),
    )
    known: set[PriceUnit] = set()
    for key, unit in zip(("price_unit", "price", "price"), units, strict=True):
        if unit:
            try:
                known.add(read_choice(unit, PRICE_UNITS))
            except CellError as error:
                cells.refuse(key, error)
                return price, PriceUnit.JIN
    if len(known) != 1:
        sentence = _("单价的单位写得不一样，请统一") if known else _("请写明单价的单位，例如 1.20元/斤")
        cells.refuse("price", sentence)
        return price, PriceUnit.JIN
    return price, known.pop()
