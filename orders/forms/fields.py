"""Fields that read what people type."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.quantities import MAX_TYPED, Pack, Quantity, QuantityError

PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")


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
