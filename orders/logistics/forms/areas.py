"""Areas at risk: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.logistics.actions.areas import AreaFacts
from orders.logistics.enums import RiskLevel
from orders.logistics.forms.fields import MomentField, TownField


class AreaForm(forms.Form):
    place = TownField(label=_("县区或乡镇"), error_messages={"required": _("请选地点")})
    detail = forms.CharField(
        label=_("具体范围"), max_length=100, required=False, help_text=_("小区、楼栋等，例如 时代雅园 8 栋")
    )
    level = forms.ChoiceField(label=_("风险等级"), choices=RiskLevel.choices, initial=RiskLevel.MEDIUM)
    is_closed = forms.BooleanField(
        label=_("封闭，车辆不得进出"), required=False, help_text=_("不勾选只作提示，不影响车次")
    )
    starts_at = MomentField(label=_("开始时间"))
    ends_at = MomentField(label=_("结束时间"), required=False, help_text=_("留空为到另行通知"))
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("哪一份通告，例如 市指挥部第 12 号通告"))
    lat = forms.FloatField(label=_("中心纬度"), required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("中心经度"), required=False, min_value=-180, max_value=180)
    radius_m = forms.IntegerField(
        label=_("半径（米）"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("只封一个圆圈时填；留空为整个地点"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].fill()

    def facts(self) -> AreaFacts:
        return AreaFacts(**self.cleaned_data)
