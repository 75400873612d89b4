"""Applying for a pass and deciding about it: shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.models import Place
from orders.logistics.enums import PassIssuer
from orders.logistics.forms.fields import KeyField, MomentField, ReasonField
from orders.logistics.models import Pass


class PassApplicationForm(forms.Form):
    """What a carrier asks an issuer for. Places are the city and its counties."""

    issuer = forms.ChoiceField(label=_("向谁申请"), error_messages={"required": _("请选签发单位")})
    from_place = forms.TypedChoiceField(label=_("起点（县区）"), error_messages={"required": _("请选起点")})
    to_place = forms.TypedChoiceField(label=_("终点（县区）"), error_messages={"required": _("请选终点")})
    purpose = forms.CharField(
        label=_("运什么"),
        max_length=100,
        help_text=_("例如 运送丝瓜、辣椒到市区商超"),
        error_messages={"required": _("请写明运什么")},
    )
    valid_from = MomentField(label=_("从什么时候"))
    valid_to = MomentField(label=_("到什么时候"), help_text=_("最长 31 天"))
    key = KeyField()

    def __init__(self, *args: Any, issuers: Sequence[PassIssuer], places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issuer = self.fields["issuer"]
        issuer.choices = [(one.value, one.label) for one in issuers]  # type: ignore[attr-defined]
        by_code = {place.code: place for place in places}
        for name in ("from_place", "to_place"):
            field = self.fields[name]
            field.choices = [("", _("请选")), *((place.code, place.name) for place in places)]  # type: ignore[attr-defined]
            field.coerce = by_code.__getitem__  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """The reason that stopping or refusing needs."""

    reason = ReasonField()


def like(old: Pass) -> dict[str, Any]:
    """The application that would replace this pass, to begin with."""
    return {
        "issuer": old.issuer,
        "from_place": old.from_place_id,
        "to_place": old.to_place_id,
        "purpose": old.purpose,
        "valid_from": old.valid_to,
    }
