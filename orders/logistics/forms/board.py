"""Where goods are put on the board: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

GOODS = r"(?P<kind>load|waiting)-(?P<pk>[1-9][0-9]{0,17})"
TARGET = r"(?:trip|truck)-[1-9][0-9]{0,17}|pool"


class PlaceForm(forms.Form):
    """`target` is trip-3, truck-7 or pool."""

    target = forms.RegexField(
        rf"\A(?:{TARGET})\Z",
        error_messages={name: _("请选移到哪里") for name in ("required", "invalid")},
    )
