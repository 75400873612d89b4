"""Why a listing is taken down, and how much of one day is taken back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.models import Lot
from market.quantities import MAX_TYPED, Quantity, QuantityError


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_("为什么下架"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"maxlength": 200, "placeholder": _("例如 卖完了")}),
    )


class StockWithdrawalForm(forms.Form):
    """How much of a day is not for sale any more. `known` is what had been withdrawn when the form was opened."""

    known = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)
    quantity = forms.CharField(
        label=_("收回多少"),
        widget=forms.TextInput(attrs={"maxlength": MAX_TYPED, "autocomplete": "off", "placeholder": _("例如 300斤")}),
        help_text=_("只写数字就是斤"),
        error_messages={"required": _("请写收回多少，例如 300斤")},
    )
    reason = forms.CharField(
        label=_("为什么收回"),
        max_length=200,
        widget=forms.TextInput(attrs={"maxlength": 200, "autocomplete": "off"}),
        error_messages={
            "required": _("请写为什么收回，例如 坏了"),
            "max_length": _("最多 200 个字，请写短一点"),
        },
    )

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, initial={"known": lot.withdrawn_g}, **kwargs)
        self.pack = lot.listing.pack

    def clean_quantity(self) -> Quantity:
        try:
            return Quantity.parse(self.cleaned_data["quantity"], pack=self.pack, default_unit="斤")
        except QuantityError as error:
            raise ValidationError(str(error)) from None
