"""Fields that read weights, moments and places."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.days import require_usable
from market.enums import PlaceLevel
from market.models import Place
from market.quantities import Quantity, QuantityError

NOTHING = {"0", "０", "零", "无", "没有"}


class GramsField(forms.CharField):
    """A weight in any unit; the cleaned value is whole grams. `zero` lets nothing at all be said too."""

    def __init__(self, *, unit: str = "斤", zero: bool = False, **kwargs: Any) -> None:
        self.unit, self.zero = unit, zero
        kwargs.setdefault("error_messages", {"required": _("请写上数量，例如 100斤")})
        super().__init__(required=kwargs.pop("required", not zero), max_length=40, **kwargs)
        self.widget.attrs.update({"autocomplete": "off", "inputmode": "text"})

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return 0 if self.zero else None
        if self.zero and text.rstrip("斤公").strip() in NOTHING:
            return 0
        try:
            return Quantity.parse(text, default_unit=self.unit).grams
        except QuantityError as error:
            raise ValidationError(str(error)) from None


class MomentField(forms.DateTimeField):
    """A day and a time, from the phone's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
            error_messages={"required": _("请选日期和时间"), "invalid": _("时间要写成 2021-08-08 06:30 这样")},
            validators=[require_usable],
            **kwargs,
        )


class CubicMetresField(forms.DecimalField):
    """Cubic metres; the cleaned value is whole litres."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=6, decimal_places=1, min_value=Decimal("0.1"), **kwargs)

    def clean(self, value: Any) -> int | None:
        metres = super().clean(value)
        return None if metres is None else int(metres * 1000)


class TownField(forms.TypedChoiceField):
    """A county or one of its townships. One statement when the form is made."""

    def fill(self) -> None:
        places = list(Place.objects.filter(level__in=[PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP]).order_by("code"))
        groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
        for place in places:
            if place.level == PlaceLevel.COUNTY:
                groups[place.county_code] = (place.name, [(place.code, place.name)])
        for place in places:
            if place.level == PlaceLevel.TOWNSHIP and place.county_code in groups:
                groups[place.county_code][1].append((place.code, place.name))
        self.choices = [("", _("请选")), *groups.values()]
        self.coerce = {place.code: place for place in places}.__getitem__


class KeyField(forms.UUIDField):
    """The hidden key that makes a form sent twice count once."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput(), initial=uuid.uuid4)


class ReasonField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("原因"))
        super().__init__(
            max_length=200,
            error_messages={"required": _("请写明原因"), "max_length": _("原因最多写 200 个字")},
            **kwargs,
        )
