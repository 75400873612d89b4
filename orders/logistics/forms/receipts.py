"""What was received, correcting it and disagreeing with it: shape only."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.forms.listings import PhotosInput
from market.quantities import format_exact
from orders.logistics.enums import ReceiptReason
from orders.logistics.forms.fields import GramsField, KeyField, ReasonField
from orders.logistics.models import Receipt

GRAMS = ("accepted", "downgraded", "rejected", "missing", "surplus")


def photos_field() -> forms.Field:
    return forms.Field(
        label=_("照片"),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/*", "multiple": True}),
        help_text=_("最多 6 张，只有买卖双方、车队和商粮局看得到；位置等信息会自动去掉"),
    )


class ReceiptForm(forms.Form):
    """What a buyer received; accepted is offered as all that is left."""

    accepted = GramsField(label=_("收下"), zero=True, required=True)
    missing = GramsField(label=_("短少"), zero=True, help_text=_("单子上有、车上没有的"))
    rejected = GramsField(label=_("拒收"), zero=True, help_text=_("坏了或不合要求、退回的"))
    downgraded = GramsField(label=_("降级收下"), zero=True, help_text=_("没有约定的那么好，但还是收下的"))
    downgraded_price = forms.DecimalField(
        label=_("降级后的单价"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
        help_text=_("和卖方商量好的；不填就按约定的单价"),
        error_messages={"invalid": _("单价要写数字，例如 1.20"), "min_value": _("单价要大于零")},
    )
    surplus = GramsField(label=_("比装车多出"), zero=True, help_text=_("多出的也要算进收下、降级或拒收里"))
    code = forms.ChoiceField(label=_("原因"), required=False, choices=[("", _("请选")), *ReceiptReason.choices])
    reason = ReasonField(label=_("说明"), required=False)
    photos = photos_field()
    key = KeyField()

    @classmethod
    def offered(cls, left_g: int) -> "ReceiptForm":
        return cls(initial={"accepted": format_exact(left_g, "斤")})

    @property
    def has_difference_errors(self) -> bool:
        """Whether the part of the form for differences must stand open."""
        return bool(self.is_bound and self.errors)

    def facts(self) -> dict[str, Any]:
        """For `record_receipt`, but for photographs and key."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("photos", "key")}


class UpholdForm(ReceiptForm):
    """The seller was right: what the receipt should have said, offered as it says now."""

    answer = forms.CharField(label=_("给卖方的答复"), max_length=300, error_messages={"required": _("请写明答复")})
    field_order = ("answer",)

    @classmethod
    def of(cls, receipt: Receipt) -> "UpholdForm":
        grams = {name: getattr(receipt, f"{name}_g") for name in GRAMS}
        offered: dict[str, Any] = {name: format_exact(mass, "斤") for name, mass in grams.items() if mass}
        offered |= {"downgraded_price": receipt.downgraded_price, "code": receipt.code, "reason": receipt.reason}
        return cls(initial=offered)

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts().items() if name != "answer"}


class ReversalForm(forms.Form):
    """Why a receipt is taken back."""

    reason = ReasonField(label=_("为什么要更正"))
    key = KeyField()


class DisputeForm(forms.Form):
    """What a seller disagrees with."""

    why = forms.CharField(
        label=_("哪里不对"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明哪里不对"), "max_length": _("最多写 300 个字")},
    )
    photos = photos_field()
    key = KeyField()


class AnswerForm(forms.Form):
    """Why a receipt stays as it is."""

    answer = forms.CharField(
        label=_("答复"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明答复"), "max_length": _("最多写 300 个字")},
    )
