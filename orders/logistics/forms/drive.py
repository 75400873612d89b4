"""What a driver reports, by verb: shape only. The facts of a phone's report are the fields of these forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.quantities import Quantity, QuantityError
from orders.logistics.enums import RoadProblem
from orders.logistics.forms.fields import ReasonField
from orders.logistics.permissions import MAX_KEY

UNITS = [("斤", _("斤")), ("公斤", _("公斤")), ("吨", _("吨"))]


class StopForm(forms.Form):
    stop = forms.IntegerField(min_value=1, max_value=MAX_KEY, widget=forms.HiddenInput)


class LoadForm(forms.Form):
    load = forms.IntegerField(min_value=1, max_value=MAX_KEY, widget=forms.HiddenInput)


class LoadedForm(LoadForm):
    """A written unit wins over the chosen one. The cleaned quantity is grams."""

    quantity = forms.CharField(
        label=_("实装量"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("请写上数量，例如 100斤")},
    )
    unit = forms.ChoiceField(label=_("单位"), choices=UNITS, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "quantity" in values:
            try:
                values["quantity"] = Quantity.parse(
                    values["quantity"], default_unit=values.get("unit") or UNITS[0][0]
                ).grams
            except QuantityError as error:
                raise ValidationError({"quantity": str(error)}) from None
        return values


class TakenForm(LoadedForm):
    """Goods that another truck brought: less of them needs a reason."""

    reason = ReasonField(required=False)


class NotLoadedForm(LoadForm):
    reason = ReasonField()


class HandoverForm(StopForm):
    """The code that the other side shows, or why there is none."""

    code = forms.CharField(max_length=12, required=False)
    reason = ReasonField(required=False)


class SealForm(StopForm):
    number = forms.CharField(
        max_length=40,
        error_messages={"required": _("请填封条号"), "max_length": _("封条号最多 20 个字符")},
    )


class ProblemForm(StopForm):
    kind = forms.ChoiceField(label=_("什么情况"), choices=RoadProblem.choices)
    note = ReasonField(label=_("说一句"))
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)


FORMS: dict[str, type[forms.Form]] = {
    "arrive": StopForm,
    "loaded": LoadedForm,
    "taken": TakenForm,
    "not_loaded": NotLoadedForm,
    "handover": HandoverForm,
    "seal": SealForm,
    "depart": StopForm,
    "repaired": StopForm,
    "problem": ProblemForm,
    "photo": StopForm,
}
