"""The upload of a sheet."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("表格文件"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text=_("Excel（.xlsx）或 CSV，最大 1 MB"),
        error_messages={"required": _("请选一个文件"), "invalid": _("请选一个文件")},
    )
