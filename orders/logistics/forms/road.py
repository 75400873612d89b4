"""Seals, breakdowns, rescues and changes of truck: shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.quantities import Quantity, QuantityError, format_exact
from orders.logistics.forms.fields import GramsField, KeyField, ReasonField, TownField
from orders.logistics.models import TransferPoint, Truck
from orders.logistics.queries.rescues import Stranded

MAX_KEY = 2**63 - 1


class SealForm(forms.Form):
    number = forms.CharField(
        label=_("封条号"),
        max_length=30,
        error_messages={"required": _("请填封条号"), "max_length": _("封条号最多 20 个字符")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class BreakdownForm(forms.Form):
    """What is wrong and where the truck stands; the phone may fill in the point."""

    what = forms.CharField(label=_("车怎么了"), max_length=200, error_messages={"required": _("请写明车出了什么问题")})
    place = TownField(label=_("在哪个县区、乡镇附近"), error_messages={"required": _("请选车停在哪里附近")})
    address = forms.CharField(
        label=_("具体位置"), max_length=120, required=False, help_text=_("例如 106 国道白关收费站往北 500 米")
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput())
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput())
    key = KeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].fill()  # type: ignore[attr-defined]


class TruckForm(forms.Form):
    """Which truck takes on."""

    truck = forms.TypedChoiceField(label=_("接货的车"), error_messages={"required": _("请选一辆车")})

    def __init__(self, *args: Any, trucks: Sequence[Truck], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["truck"]
        field.choices = [("", _("请选")), *((str(truck.pk), str(truck.plate)) for truck in trucks)]
        field.coerce = {str(truck.pk): truck for truck in trucks}.__getitem__


class RescueForm(TruckForm):
    """A truck, and how much of each load it takes; left empty it takes none of it."""

    def __init__(self, *args: Any, stranded: Sequence[Stranded], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stranded = stranded

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["grams"] = {row.load.pk: self._grams(row) for row in self.stranded}
        return said

    def _grams(self, row: Stranded) -> int:
        """What was left as it was offered is all of it, however the unit rounds."""
        text = str(self.data.get(f"grams_{row.load.pk}", "")).strip()[:40]
        if not text or text in ("0", "无"):
            return 0
        if text == format_exact(row.open_g, "斤"):
            return row.open_g
        try:
            return Quantity.parse(text, default_unit="斤").grams
        except QuantityError as error:
            raise ValidationError(str(error)) from None


class CloseForm(forms.Form):
    """What becomes of the loads still aboard: those ticked go back, the others are missing."""

    back = forms.TypedMultipleChoiceField(coerce=int, required=False)
    reason = ReasonField()

    def __init__(self, *args: Any, stranded: Sequence[Stranded], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["back"]
        field.choices = [(str(row.load.pk), "") for row in stranded]


class RelayForm(TruckForm):
    point = forms.ModelChoiceField(
        TransferPoint.objects.none(),
        label=_("接驳点"),
        empty_label=_("请选"),
        error_messages={"required": _("请选接驳点")},
    )
    field_order = ("point", "truck")

    def __init__(self, *args: Any, points: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["point"]
        field.queryset = points


class TakeOnForm(forms.Form):
    """How much the taking driver counts; less than was brought needs a reason. The code only until both crews have met."""

    code = forms.CharField(
        label=_("交接码"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("送货的司机手机上这一站的六位数；没有就在下面写原因"),
    )
    grams = GramsField(label=_("接到多少"), zero=True, required=True)
    new_seals = forms.CharField(label=_("新封条号"), max_length=60, required=False)
    reason = ReasonField(label=_("短少或没有交接码的原因"), required=False)
    key = KeyField()


class NextTruckForm(forms.Form):
    trip = forms.IntegerField(min_value=1, max_value=MAX_KEY)
    grams = forms.IntegerField(min_value=1, max_value=MAX_KEY)
