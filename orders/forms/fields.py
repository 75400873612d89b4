"""Fields that read what people type."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.days import require_usable
from market.quantities import MAX_TYPED, Pack, Quantity, QuantityError
from market.ranges import read_range

PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")


def day_field(label: Any) -> forms.DateField:
    """A day that the market has (`market.days`)."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请选日期"), "invalid": _("日期要写成 2021-08-08 这样")},
        validators=[require_usable],
    )


def key_field() -> forms.UUIDField:
    """What makes a second sending of the form harmless."""
    said = _("请重新打开这张表")
    return forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": said, "invalid": said})


class QuantityField(forms.CharField):
    """A weight in any unit; a bare number counts in 斤. The cleaned value is a `Quantity`."""

    def __init__(self, *, pack: Pack | None = None, **kwargs: Any) -> None:
        self.pack = pack
        kwargs.setdefault("error_messages", {"required": _("请写上数量，例如 100斤")})
        super().__init__(**kwargs)
        self.widget.attrs.update({"maxlength": MAX_TYPED, "autocomplete": "off", "inputmode": "text"})

    def clean(self, value: Any) -> Quantity | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Quantity.parse(text, pack=self.pack, default_unit="斤")
        except QuantityError as error:
            raise ValidationError(str(error)) from None


class RangeField(QuantityField):
    """A weight or a range: 100斤, 3-4吨. The cleaned value is (firm, most), the same twice for a single weight."""

    is_range = True

    def clean(self, value: Any) -> tuple[Quantity, Quantity] | None:  # type: ignore[override]
        text = forms.CharField.clean(self, value)
        if not text:
            return None
        try:
            return read_range(text, pack=self.pack, default_unit="斤")
        except QuantityError as error:
            raise ValidationError(str(error)) from None


class FreshField(forms.TypedChoiceField):
    """How many hours the produce must still keep when the window ends. The cleaned value is None where nothing was sent."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("送到后还要能放"))
        kwargs.setdefault("error_messages", {"invalid_choice": _("请从列表里选")})
        super().__init__(coerce=int, empty_value=None, required=False, choices=fresh_choices, **kwargs)

    def offer(self, hours: int) -> None:
        """What is already agreed can be kept, also when it is none of the usual answers."""
        self.choices = fresh_choices(hours)


FRESH_HOURS = (0, 6, 12, 24, 48)


def fresh_choices(hours: int = 0) -> list[tuple[int, str]]:
    return [(one, fresh_words(one)) for one in sorted({*FRESH_HOURS, hours})]


def fresh_words(hours: int) -> str:
    """不要求, 12 小时."""
    return gettext("%(hours)s 小时") % {"hours": hours} if hours else gettext("不要求")


class ClockField(forms.TimeField):
    """A time of day to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
            error_messages={"required": _("请选时间"), "invalid": _("时间要写成 06:30 这样")},
            **kwargs,
        )

    def to_python(self, value: Any) -> dt.time | None:
        return super().to_python(str(value).replace("：", ":") if value not in self.empty_values else value)


class PhoneField(forms.CharField):
    """A number one can call, mobile or fixed line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs.update({"inputmode": "tel", "autocomplete": "tel"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not PHONE.fullmatch(text):
            raise ValidationError(_("“%(value)s”不像电话号码，请写 11 位手机号或带区号的座机"), params={"value": text})
        return text
