"""What a reader of the board may ask for. Wrong values get a sentence and are left out; nothing here costs a statement.

The form of the set checks shapes only and is never drawn: a page draws its own controls from `market.views.options`.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet
from django_filters.filters import Filter

from market.enums import Grade, PlaceLevel, ProduceKind
from market.models import Lot
from market.quantities import Quantity, QuantityError
from market.queries.reference import KnownPlace, KnownProduce, reference
from market.queries.search import text_condition, within

JIN, KG = "jin", "kg"
PER_KG = {JIN: 2, KG: 1}
DAYS_AHEAD = 60
SHOWN_VALUE = 20  # characters of a wrong value that its sentence repeats


class WordField(forms.CharField):
    """One line of text; control characters become blanks, the rest is shown back as typed."""

    def to_python(self, value: Any) -> str:
        text = "".join(sign if sign.isprintable() else " " for sign in str(value or ""))
        return " ".join(text.split())


class KnownField(forms.Field):
    """A value out of what the market knows; `sentence` is what is said about any other."""

    sentence: Any = ""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        found = self.find(text)
        if found is None:
            raise ValidationError(self.sentence, params={"value": text[:SHOWN_VALUE]})
        return found

    def find(self, text: str) -> Any:
        raise NotImplementedError


class ProduceField(KnownField):
    sentence = _("目录里没有“%(value)s”，请从列表里选农产品")

    def find(self, text: str) -> KnownProduce | None:
        return reference().by_slug.get(text)


class KindField(KnownField):
    sentence = _("没有“%(value)s”这个品类，请从列表里选")

    def find(self, text: str) -> ProduceKind | None:
        return ProduceKind(text) if text in ProduceKind.values else None


class GradeField(KnownField):
    sentence = _("没有“%(value)s”这个等级，请从列表里选")

    def find(self, text: str) -> Grade | None:
        return Grade(text) if text in Grade.values else None


class CountyField(KnownField):
    sentence = _("没有“%(value)s”这个县区，请从列表里选")
    level, digits = PlaceLevel.COUNTY, 6

    def find(self, text: str) -> KnownPlace | None:
        place = reference().places.get(text.ljust(12, "0")) if len(text) == self.digits else None
        return place if place and place.level == self.level else None


class TownshipField(CountyField):
    sentence = _("没有“%(value)s”这个乡镇，请从列表里选")
    level, digits = PlaceLevel.TOWNSHIP, 9


class DayField(KnownField):
    sentence = _("“%(value)s”不是可选的日期，请选今天或以后 60 天内的日子")

    def find(self, text: str) -> dt.date | None:
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            return None
        today = timezone.localdate()
        return day if today <= day <= today + dt.timedelta(days=DAYS_AHEAD) else None


class PriceField(forms.DecimalField):
    default_error_messages = {
        "invalid": _("最高价要写成数字，例如 1.5"),
        "min_value": _("最高价要大于零，例如 1.5"),
        "max_value": _("最高价太大，请写 100000 元以内的数"),
        "max_decimal_places": _("最高价最多写到分，例如 1.55"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal("0.01"), max_value=100_000, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(str(value or "").translate(str.maketrans("０１２３４５６７８９．", "0123456789.")))


class WeightField(forms.Field):
    """A weight as people type it; a bare number counts in 斤."""

    def to_python(self, value: Any) -> Quantity | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return Quantity.parse(text, default_unit="斤")
        except QuantityError as error:
            raise ValidationError(str(error)) from None


class UnitField(KnownField):
    sentence = _("价格只能按斤或公斤筛选，“%(value)s”没有用上")

    def find(self, text: str) -> str | None:
        return text if text in PER_KG else None


class TickField(KnownField):
    sentence = _("“%(value)s”不是一个勾选，没有用上")

    def find(self, text: str) -> bool | None:
        return True if text in ("1", "on") else None


def _filter(field: type[forms.Field], method: str, **kwargs: Any) -> Filter:
    made = Filter(method=method, label="", **kwargs)
    made.field_class = field
    return made


class LotFilter(FilterSet):
    """`asked` is what was understood, `sentences` what was not; `qs` are the lots."""

    q = _filter(WordField, "by_text", max_length=40, error_messages={"max_length": _("搜索词最多 40 个字，请写短一些")})
    produce = _filter(ProduceField, "by_produce")
    kind = _filter(KindField, "by_column")
    county = _filter(CountyField, "by_place")
    town = _filter(TownshipField, "by_place")
    day = _filter(DayField, "by_column")
    grade = _filter(GradeField, "by_column")
    price = _filter(PriceField, "by_price")
    unit = _filter(UnitField, "as_it_is")
    left = _filter(WeightField, "by_left")
    gone = _filter(TickField, "as_it_is")

    class Meta:
        model = Lot
        fields: list[str] = []

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What was understood, by name; empty and wrong values are left out, and a place is named once.

        A township outside the county means that the county was changed after it: the county counts.
        """
        self.form.errors  # noqa: B018 - validates
        asked = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}
        county, town = asked.get("county"), asked.get("town")
        if county and town:
            asked.pop("county" if town.code.startswith(county.prefix) else "town")
        if "price" not in asked:
            asked.pop("unit", None)
        return asked

    @property
    def sentences(self) -> list[str]:
        """What was not understood, one sentence for each value left out."""
        return [str(errors[0]) for errors in self.errors.values()]

    def filter_queryset(self, lots: QuerySet[Lot]) -> QuerySet[Lot]:
        """Those asked for, of which something is left unless sold-out ones are asked for too."""
        for name, value in self.asked.items():
            lots = self.filters[name].filter(lots, value)
        return lots if self.asked.get("gone") else lots.with_stock()

    def by_column(self, lots: QuerySet[Lot], name: str, value: Any) -> QuerySet[Lot]:
        return lots.filter(**{name: value})

    def by_text(self, lots: QuerySet[Lot], _name: str, value: str) -> QuerySet[Lot]:
        return lots.filter(text_condition(value))

    def by_produce(self, lots: QuerySet[Lot], _name: str, value: KnownProduce) -> QuerySet[Lot]:
        return lots.filter(produce_id=value.id)

    def by_place(self, lots: QuerySet[Lot], _name: str, value: KnownPlace) -> QuerySet[Lot]:
        return lots.filter(within(value))

    def by_price(self, lots: QuerySet[Lot], _name: str, value: Decimal) -> QuerySet[Lot]:
        """Open prices (面议) are not known to be within it and are left out."""
        return lots.filter(price_per_kg__lte=value * PER_KG[self.asked.get("unit", JIN)])

    def by_left(self, lots: QuerySet[Lot], _name: str, value: Quantity) -> QuerySet[Lot]:
        """`offered_g` alone rules most lots out, and an index knows it."""
        return lots.filter(offered_g__gte=value.grams, reserved_g__lte=F("offered_g") - value.grams)

    def as_it_is(self, lots: QuerySet[Lot], _name: str, _value: Any) -> QuerySet[Lot]:
        return lots
