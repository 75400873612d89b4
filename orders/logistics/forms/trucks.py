"""Trucks, drivers, passes and checks: shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.days import require_usable
from market.models import Organisation
from market.quantities import format_exact
from orders.forms.fields import ClockField
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_trucks as truck_refusals
from orders.logistics.enums import PassIssuer, PlateColour
from orders.logistics.forms.fields import CubicMetresField, GramsField, MomentField, TownField
from orders.logistics.models import Driver, Truck

FIELDS_OF_REFUSALS = {
    refusals.BadPlate: "plate",
    refusals.PlateTaken: "plate",
    refusals.BadRatedMass: "rated_g",
    refusals.RatedBelowPlanned: "rated_g",
    refusals.BadVolume: "volume_l",
    refusals.BadShift: "shift_to",
    refusals.PhoneTaken: "phone",
    refusals.BadPhone: "phone",
    refusals.NameNeeded: "name",
    refusals.BadPassNumber: "number",
    refusals.PassNumberTaken: "number",
    refusals.BadPassTimes: "valid_to",
    truck_refusals.BadColdPart: "cold_g",
}


class PaperDateField(forms.DateField):
    """The last day of a paper. Left empty nothing is asked about it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("留空为不查"),
            error_messages={"invalid": _("日期要写成 2021-08-08 这样")},
            validators=[require_usable],
            **kwargs,
        )


class TruckFactsForm(forms.Form):
    """What may change of a truck. One statement for the places."""

    plate_colour = forms.ChoiceField(label=_("车牌颜色"), choices=PlateColour.choices)
    rated_g = GramsField(label=_("核定载质量"), unit="公斤", help_text=_("行驶证上的数，例如 4995公斤、5吨"))
    volume_l = CubicMetresField(label=_("车厢容积（立方米）"), required=False)
    is_cold = forms.BooleanField(label=_("冷藏车"), required=False)
    cold_g = GramsField(
        label=_("冷藏隔舱载质量"), unit="公斤", required=False, help_text=_("分舱车填冷藏舱能装多少；留空为整车冷藏")
    )
    inspection_until = PaperDateField(label=_("年检有效期至"))
    insurance_until = PaperDateField(label=_("保险有效期至"))
    base = TownField(label=_("驻地"), error_messages={"required": _("请选驻地")})
    shift_from = ClockField(label=_("出车时间"), initial="04:00")
    shift_to = ClockField(label=_("收车时间"), initial="20:00")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base"].fill()  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("carrier", "plate")}


class TruckForm(TruckFactsForm):
    """A new truck."""

    carrier = forms.TypedChoiceField(label=_("运输企业"))
    plate = forms.CharField(label=_("车牌号"), max_length=20, help_text=_("例如 湘B12345"))
    field_order = ("carrier", "plate")

    def __init__(self, *args: Any, carriers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_carriers(self, carriers)


class TruckChangeForm(TruckFactsForm):
    is_active = forms.BooleanField(label=_("可派"), required=False)


class DriverForm(forms.Form):
    """A new driver of a carrier."""

    carrier = forms.TypedChoiceField(label=_("运输企业"))
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("手机号"), max_length=20, help_text=_("司机用这个号码登录，就能看到自己的车次"))

    def __init__(self, *args: Any, carriers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.update({"type": "tel", "inputmode": "numeric"})
        offer_carriers(self, carriers)


class DriverChangeForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40)
    licence_until = PaperDateField(label=_("驾驶证有效期至"))
    is_active = forms.BooleanField(label=_("可派"), required=False)


class AssignForm(forms.Form):
    """Who is on duty on a truck, among the carrier's drivers."""

    driver = forms.TypedChoiceField(label=_("当班司机"), required=False, empty_value=None)

    def __init__(self, *args: Any, drivers: Sequence[Driver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["driver"]
        field.choices = [("", _("没有司机")), *((str(d.pk), d.name) for d in drivers)]  # type: ignore[attr-defined]
        field.coerce = {str(d.pk): d for d in drivers}.__getitem__  # type: ignore[attr-defined]


class PassForm(forms.Form):
    issuer = forms.ChoiceField(label=_("签发单位"), choices=PassIssuer.choices)
    number = forms.CharField(label=_("通行证号"), max_length=20, help_text=_("12 位：6 位区划代码 + 6 位流水号"))
    valid_from = MomentField(label=_("生效时间"))
    valid_to = MomentField(label=_("失效时间"))


def offer_carriers(form: forms.Form, carriers: Sequence[Organisation]) -> None:
    """The only carrier is not asked for."""
    field = form.fields["carrier"]
    field.choices = [(str(one.pk), one.name) for one in carriers]  # type: ignore[attr-defined]
    field.coerce = {str(one.pk): one for one in carriers}.__getitem__  # type: ignore[attr-defined]
    if len(carriers) == 1:
        field.widget = forms.HiddenInput()
        field.initial = str(carriers[0].pk)


def as_it_is(truck: Truck) -> dict[str, Any]:
    names = ("plate_colour", "is_cold", "inspection_until", "insurance_until", "shift_from", "shift_to", "is_active")
    return {
        **{name: getattr(truck, name) for name in names},
        "rated_g": format_exact(truck.rated_g, "公斤"),
        "cold_g": "" if truck.cold_g is None else format_exact(truck.cold_g, "公斤"),
        "volume_l": None if truck.volume_l is None else truck.volume_l / 1000,
        "base": truck.base_id,
    }
