"""A checkpoint: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.models import Organisation
from orders.logistics.actions.checkpoints import CheckpointFacts
from orders.logistics.forms.fields import TownField
from orders.logistics.models import Checkpoint
from orders.logistics.permissions_checkpoints import CHECKPOINT_KINDS


class CheckpointForm(forms.Form):
    """Two statements: the units and the places."""

    name = forms.CharField(
        label=_("查验点名称"),
        max_length=60,
        help_text=_("例如 沪昆高速白关出口"),
        error_messages={"required": _("请写名称"), "max_length": _("名称最多 %(limit_value)d 个字")},
    )
    organisation = forms.ModelChoiceField(
        label=_("由哪个单位查验"),
        queryset=Organisation.objects.filter(kind__in=CHECKPOINT_KINDS).order_by("name"),
        empty_label=_("请选择"),
        help_text=_("这个单位的查验员可以在这里查验"),
        error_messages={"required": _("请选单位"), "invalid_choice": _("请从列表里选单位")},
    )
    place = TownField(label=_("所在地"), error_messages={"required": _("请选所在地")})
    lat = forms.FloatField(
        label=_("纬度"),
        required=False,
        min_value=-90,
        max_value=90,
        help_text=_("例如 27.8210；填了才能查出复制的通行码"),
    )
    lon = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180, help_text=_("例如 113.2040"))
    is_active = forms.BooleanField(label=_("使用中"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].fill()  # type: ignore[attr-defined]

    def facts(self) -> CheckpointFacts:
        return CheckpointFacts(**self.cleaned_data)


def as_it_is(checkpoint: Checkpoint) -> dict[str, Any]:
    names = ("name", "organisation", "lat", "lon", "is_active")
    return {**{name: getattr(checkpoint, name) for name in names}, "place": checkpoint.place_id}
