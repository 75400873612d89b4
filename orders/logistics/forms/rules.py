"""The rules of passage: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.days import require_usable
from orders.logistics import exceptions as refusals
from orders.logistics.actions.rules import RulesFacts
from orders.logistics.enums import TestCountsFrom
from orders.logistics.exceptions_health import BadKeepDays, RecordTooShort
from orders.logistics.queries.fitness import HEALTH_DAYS

FIELDS_OF_REFUSALS = {
    refusals.RulesUnnamed: "name",
    refusals.RulesEndBeforeBegin: "until",
    refusals.BadTestHours: "test_hours",
    refusals.BadTemperature: "temperature_limit",
    BadKeepDays: "keep_days",
    RecordTooShort: "keep_days",
}


class DateField(forms.DateField):
    """A day, from the phone's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"required": _("请选日期"), "invalid": _("日期要写成 2021-08-08 这样")},
            validators=[require_usable],
            **kwargs,
        )


class RulesForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80)
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("哪一份通知，例如 市指挥部第 5 号通告"))
    since = DateField(label=_("开始日期"))
    until = DateField(label=_("结束日期"), required=False, help_text=_("含这一天；留空为到另行通知"))
    pass_needed = forms.BooleanField(label=_("需要通行证"), required=False, initial=True)
    travel_card_needed = forms.BooleanField(label=_("需要查行程卡"), required=False)
    green_code_needed = forms.BooleanField(label=_("需要绿码"), required=False, initial=True)
    test_hours = forms.IntegerField(label=_("核酸有效小时数"), required=False, help_text=_("留空为不需要"))
    test_from = forms.ChoiceField(
        label=_("核酸时间"), choices=TestCountsFrom.choices, initial=TestCountsFrom.SAMPLED, required=False
    )
    temperature_limit = forms.DecimalField(
        label=_("体温上限（℃）"), max_digits=3, decimal_places=1, required=False, help_text=_("留空为不需要")
    )
    keep_days = forms.IntegerField(
        label=_("健康信息保留天数"), initial=14, required=False, help_text=_("从查验那天起，到期自动删除，只留人数")
    )

    def facts(self) -> RulesFacts:
        """What was left out of the form is as it usually is."""
        usual = {"test_from": TestCountsFrom.SAMPLED, "keep_days": HEALTH_DAYS}
        said = {
            name: value for name, value in self.cleaned_data.items() if name not in usual or value not in ("", None)
        }
        return RulesFacts(**said)


class EndRulesForm(forms.Form):
    until = DateField(label=_("最后一天"))
