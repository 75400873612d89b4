"""Letting a trip run in writing: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_clearing as clearing
from orders.logistics.forms.fields import MomentField, ReasonField

FIELDS_OF_REFUSALS = {
    refusals.ReasonNeeded: "why",
    clearing.OverrideTooShort: "until",
    clearing.OverrideTooLong: "until",
}


class OverrideForm(forms.Form):
    why = ReasonField(label=_("特批理由"), help_text=_("会印在单据上，路上查验时看得到"))
    until = MomentField(label=_("有效到"))
