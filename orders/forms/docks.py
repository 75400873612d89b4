"""A dock: shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.models import Organisation, Place
from orders.forms.fields import ClockField, PhoneField
from orders.models import Dock

TOO_LONG = {"max_length": _("写得太长，请写短一点")}


class DockForm(forms.Form):
    """Two statements for the places: the counties, and the townships of the county chosen."""

    organisation = forms.TypedChoiceField(
        label=_("单位"),
        error_messages={"required": _("请选单位"), "invalid_choice": _("请从列表里选自己的单位")},
    )
    name = forms.CharField(
        label=_("收货点名称"), max_length=60, error_messages={**TOO_LONG, "required": _("请给收货点起个名字，例如北门")}
    )
    county = forms.ChoiceField(label=_("县区"), error_messages={"required": _("请选县区")})
    place = forms.TypedChoiceField(
        label=_("乡镇街道"),
        error_messages={"required": _("请选乡镇街道"), "invalid_choice": _("请选这个县区里的乡镇街道")},
    )
    address = forms.CharField(label=_("详细地址"), max_length=120, required=False, error_messages=TOO_LONG)
    opens_at = ClockField(label=_("开始收货"), initial="04:00")
    closes_at = ClockField(label=_("停止收货"), initial="20:00")
    contact_name = forms.CharField(
        label=_("收货人"), max_length=40, error_messages={**TOO_LONG, "required": _("请写收货人的姓名")}
    )
    contact_phone = PhoneField(
        label=_("收货电话"), error_messages={**TOO_LONG, "required": _("请写收货电话，司机到了要打")}
    )

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_organisations(organisations)
        counties = [(place.code, place.name) for place in Place.objects.counties()]
        self.fields["county"].choices = [("", _("请选")), *counties]  # type: ignore[attr-defined]
        towns = {town.code: town for town in townships_of(self["county"].value())}
        field = self.fields["place"]
        field.choices = [("", _("请选")), *((code, town.name) for code, town in towns.items())]  # type: ignore[attr-defined]
        field.coerce = towns.__getitem__  # type: ignore[attr-defined]

    def _offer_organisations(self, organisations: Sequence[Organisation]) -> None:
        by_key = {str(one.pk): one for one in organisations}
        field = self.fields["organisation"]
        field.choices = [(key, one.name) for key, one in by_key.items()]  # type: ignore[attr-defined]
        field.coerce = by_key.__getitem__  # type: ignore[attr-defined]
        if len(organisations) == 1:
            field.widget = forms.HiddenInput()
            field.initial = organisations[0].pk

    def facts(self) -> dict[str, Any]:
        """What the actions take beside the organisation."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("organisation", "county")}


def townships_of(county: object) -> list[Place]:
    """The townships of a county named by its code; none for anything else. One statement."""
    return list(Place.objects.townships().filter(parent=str(county or "")[:12]))


def as_it_is(dock: Dock) -> dict[str, Any]:
    names = ("name", "address", "opens_at", "closes_at", "contact_name", "contact_phone")
    county = f"{dock.place.county_code}000000"
    facts = {name: getattr(dock, name) for name in names}
    return {**facts, "organisation": dock.organisation_id, "county": county, "place": dock.place_id}
