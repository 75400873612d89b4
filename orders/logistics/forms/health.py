"""What a checker saw of a driver: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_health as health
from orders.logistics.enums import HealthCode, SampleResult, TravelCard
from orders.logistics.forms.fields import MomentField

FIELDS_OF_REFUSALS = {
    refusals.SampledInFuture: "sampled_at",
    refusals.SampleIncomplete: "result",
    refusals.BadTemperature: "temperature",
    health.ReportBeforeSample: "reported_at",
    health.ReportWithoutSample: "sampled_at",
}


class HealthForm(forms.Form):
    code = forms.ChoiceField(label=_("健康码"), choices=HealthCode.choices)
    travel_card = forms.ChoiceField(label=_("行程卡"), choices=[("", _("没有查")), *TravelCard.choices], required=False)
    result = forms.ChoiceField(
        label=_("核酸结果"), choices=[("", _("没有检测")), *SampleResult.choices], required=False
    )
    sampled_at = MomentField(label=_("采样时间"), required=False)
    reported_at = MomentField(label=_("出报告时间"), required=False)
    temperature = forms.DecimalField(label=_("体温（℃）"), max_digits=3, decimal_places=1, required=False)
