"""Why a listing is taken down."""

from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_("为什么下架"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"maxlength": 200, "placeholder": _("例如 卖完了")}),
    )
