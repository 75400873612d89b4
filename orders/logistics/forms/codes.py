"""A pass number with its check code, as they are read out; a reason: shape only."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.numerals import plain_digits
from orders.logistics.forms.fields import ReasonField


class CodeCheckForm(forms.Form):
    """Sent by GET: asking changes nothing."""

    number = forms.CharField(
        label=_("通行证号"),
        max_length=24,
        help_text=_("12 位数字"),
        error_messages={"required": _("请输入 12 位通行证号")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    check = forms.CharField(
        label=_("校验码"),
        max_length=8,
        help_text=_("4 位字母和数字，不分大小写"),
        error_messages={"required": _("请输入 4 位校验码")},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number = re.sub(r"[\s\-]", "", plain_digits(self.cleaned_data["number"]))
        if not re.fullmatch(r"\d{12}", number, re.ASCII):
            raise ValidationError(_("通行证号要 12 位数字"))
        return number


class WithdrawForm(forms.Form):
    reason = ReasonField()
