"""Changing trips, driving and receiving: shape only."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.days import require_usable
from orders.logistics.forms.fields import GramsField, ReasonField
from orders.logistics.models import Trip, Truck
from orders.logistics.queries.day import Unserved


class DayForm(forms.Form):
    """Which day a dispatcher looks at."""

    day = forms.DateField(
        label=_("日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请选日期"), "invalid": _("日期要写成 2021-08-08 这样")},
        validators=[require_usable],
    )


def chosen_day(query: Any, today: dt.date) -> dt.date:
    """The day asked for, or today."""
    form = DayForm(query)
    return form.cleaned_data["day"] if form.is_valid() else today


class WhyForm(forms.Form):
    reason = ReasonField()


class MoveForm(forms.Form):
    """To which of the day's other trips that have not begun a load moves."""

    to_trip = forms.TypedChoiceField(label=_("移到"), error_messages={"required": _("请选一趟车")})

    def __init__(self, *args: Any, trips: Sequence[Trip], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_trip"]
        field.choices = [(str(trip.pk), trip.truck.plate) for trip in trips]  # type: ignore[attr-defined]
        field.coerce = {str(trip.pk): trip for trip in trips}.__getitem__  # type: ignore[attr-defined]


class AddTripForm(forms.Form):
    """A trip by hand: a truck, and what of the waiting goods rides on it."""

    truck = forms.TypedChoiceField(label=_("车辆"), error_messages={"required": _("请选一辆车")})
    allocations = forms.TypedMultipleChoiceField(
        label=_("装哪些货"), coerce=int, error_messages={"required": _("请至少选一批货")}
    )
    part = GramsField(label=_("只装一部分"), required=False, help_text=_("只选了一批货、车装不下时填写，例如 5吨"))

    def __init__(self, *args: Any, trucks: Sequence[Truck], rows: Sequence[Unserved], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["truck"]
        field.choices = [("", _("请选")), *((str(t.pk), f"{t.plate} · {t.carrier.name}") for t in trucks)]  # type: ignore[attr-defined]
        field.coerce = {str(t.pk): t for t in trucks}.__getitem__  # type: ignore[attr-defined]
        self.fields["allocations"].choices = [(row.allocation.pk, "") for row in rows]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("part") and len(values.get("allocations", ())) > 1:
            raise ValidationError(_("只装一部分时请只选一批货"))
        return values

    def wanted(self) -> list[tuple[int, int | None]]:
        return [(pk, self.cleaned_data["part"] or None) for pk in self.cleaned_data["allocations"]]


class FillForm(forms.Form):
    """What the dispatcher saw before sending: grams by load, "12:1000000,13:500000"."""

    expected = forms.RegexField(
        r"[0-9]{1,18}:[0-9]{1,15}(,[0-9]{1,18}:[0-9]{1,15}){0,199}",
        max_length=8000,
        widget=forms.HiddenInput,
        error_messages={name: _("请刷新页面再试") for name in ("required", "invalid", "max_length")},
    )

    @classmethod
    def of(cls, by_load: Mapping[int, int]) -> "FillForm":
        return cls(initial={"expected": ",".join(f"{pk}:{grams}" for pk, grams in by_load.items())})

    def clean_expected(self) -> dict[int, int]:
        pairs = (pair.split(":") for pair in self.cleaned_data["expected"].split(","))
        return {int(pk): int(grams) for pk, grams in pairs}
