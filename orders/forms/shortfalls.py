"""A seller brings less than promised, or nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.fields import QuantityField
from orders.models import Pledge

YES, NO = "yes", "no"


class CannotBringForm(forms.Form):
    """Why, and whether somebody else may buy what is not brought."""

    reason = forms.CharField(
        label=_("为什么"),
        max_length=200,
        widget=forms.TextInput(attrs={"maxlength": 200, "autocomplete": "off"}),
        error_messages={"required": _("请写明原因，买方要看"), "max_length": _("最多 200 个字，请写短一点")},
    )
    back_on_sale = forms.ChoiceField(
        label=_("剩下的还能卖给别人吗？"),
        choices=[(YES, _("能，放回集市接着卖")), (NO, _("不能，货没有了"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选剩下的还能不能卖给别人"),
            "invalid_choice": _("请选剩下的还能不能卖给别人"),
        },
    )

    def facts(self) -> dict[str, Any]:
        """What the actions take, by name."""
        return {"reason": self.cleaned_data["reason"], "back_on_sale": self.cleaned_data["back_on_sale"] == YES}


class CutForm(CannotBringForm):
    """How much can be brought. Packs count as they were agreed."""

    quantity = QuantityField(label=_("能供多少"))
    field_order = ("quantity", "reason", "back_on_sale")

    def __init__(self, *args: Any, pledge: Pledge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].pack = pledge.pack  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "to": self.cleaned_data["quantity"]}
