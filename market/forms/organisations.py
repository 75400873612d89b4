"""Registering an organisation. The place is chosen from county to village; without a script a button shows the next list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.accounts import PhoneField
from market.actions.organisations import OrganisationDetails
from market.enums import REGISTRABLE, OrganisationKind, PlaceLevel
from market.exceptions import Refused
from market.models import Place, User


class PlaceFields(forms.Form):
    """County, township, village: each list follows the choice above it."""

    county = forms.ChoiceField(label=_("县区"), error_messages={"required": _("请选县区")})
    township = forms.ChoiceField(label=_("乡镇街道"), required=False)
    village = forms.ChoiceField(label=_("村 / 社区"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counties = Place.objects.counties().order_by("code")
        self.fields["county"].choices = [("", _("请选择")), *((one.code, one.name) for one in counties)]
        self._follow("township", "county", PlaceLevel.TOWNSHIP)
        self._follow("village", "township", PlaceLevel.VILLAGE)
        for name in ("township", "village"):
            self.fields[name].error_messages["invalid_choice"] = _("不在上面所选的地方里，请重新选")

    def _follow(self, name: str, above: str, level: PlaceLevel) -> None:
        code = str(self[above].value() or "")
        known = {value for value, _label in self.fields[above].choices}
        places = Place.objects.filter(parent_id=code, level=level).order_by("code") if code in known else []
        choices = [(one.code, one.name) for one in places] if code else []
        self.fields[name].choices = [("", _("请选择") if choices else _("先选上一级")), *choices]

    def place(self) -> Place:
        """The narrowest place chosen. Call on a valid form only."""
        cleaned = self.cleaned_data
        return Place.objects.get(pk=cleaned["village"] or cleaned["township"] or cleaned["county"])


class OrganisationForm(PlaceFields):
    kind = forms.ChoiceField(
        label=_("您是"),
        choices=[(kind.value, kind.label) for kind in OrganisationKind if kind in REGISTRABLE],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一种"), "invalid_choice": _("这一种由主管部门登记，请拨打热线")},
    )
    name = forms.CharField(
        label=_("单位名称"),
        max_length=80,
        help_text=_("农户可以写户主姓名，例如：王建国家；单位写执照上的名称"),
        error_messages={"required": _("请写名称"), "max_length": _("名称最多 %(limit_value)d 个字")},
    )
    address = forms.CharField(
        label=_("详细地址"),
        max_length=120,
        required=False,
        error_messages={"max_length": _("地址最多 %(limit_value)d 个字")},
    )
    contact_name = forms.CharField(
        label=_("联系人"),
        max_length=40,
        error_messages={"required": _("请写联系人"), "max_length": _("姓名最多 %(limit_value)d 个字")},
    )
    contact_phone = PhoneField(
        label=_("联系电话"),
        help_text=_("主管部门核实时会打这个电话"),
        error_messages={"required": _("请写联系电话")},
    )
    field_order = ("kind", "name", "county", "township", "village", "address", "contact_name", "contact_phone")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not any(one.isalnum() for one in name):
            raise ValidationError(_("请写名称"))
        return name

    def details(self) -> OrganisationDetails:
        """What the action takes. Call on a valid form only. One statement for the place."""
        cleaned = self.cleaned_data
        names = ("name", "kind", "contact_name", "contact_phone", "address")
        return OrganisationDetails(place=self.place(), **{name: cleaned[name] for name in names})

    def refuse(self, refusal: Refused) -> None:
        """Put the action's sentence beside its field, or on top."""
        name = {"place": "township"}.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal))


def initial_for(person: User) -> dict[str, Any]:
    return {"contact_name": person.name, "contact_phone": person.local_phone}
