"""Whole small units of the database written as people say them: tonnes, kilometres, minutes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

PLACES = 3


class ScaledField(forms.DecimalField):
    """The person writes `5` tonnes; the cleaned value is 5,000,000 grams. Shows what is stored in the large unit."""

    def __init__(self, scale: int, **kwargs: Any) -> None:
        self.scale = scale
        super().__init__(max_digits=9, decimal_places=PLACES, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return in_units(value, self.scale) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount * self.scale)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


def in_units(value: int, scale: int) -> str:
    """9600 seconds in minutes: "160"; 2,500,000 grams in tonnes: "2.5". No zeros behind the comma."""
    return f"{Decimal(value) / scale:.{PLACES}f}".rstrip("0").rstrip(".")


def scaled_fields() -> dict[str, ScaledField]:
    """By the name of the column; fresh ones for each form."""
    return {
        "over_g": ScaledField(
            1_000_000, label=_("核定载质量超过（吨）"), min_value=Decimal("0.1"), max_value=100,
            help_text=_("例如 5：核定载质量 5 吨以上的车这段时间不能停"),
        ),
        "metres": ScaledField(1000, label=_("路程（公里）"), min_value=Decimal("0.1"), max_value=2000),
        "seconds": ScaledField(60, label=_("时间（分钟）"), min_value=1, max_value=2880),
        "motorway_from_m": ScaledField(1000, label=_("多长的路才走高速（公里）"), min_value=0, max_value=500),
    }  # fmt: skip
