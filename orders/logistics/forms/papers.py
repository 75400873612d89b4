"""A signed paper that came back: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from market.forms.listings import PhotosInput
from orders.logistics.forms.fields import KeyField


class PaperBackForm(forms.Form):
    photos = forms.Field(
        label=_("扫描或拍照"),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/*", "multiple": True}),
        help_text=_("可以以后再补"),
    )
    key = KeyField()
