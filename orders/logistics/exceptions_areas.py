"""Refusals of orders about areas at risk. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class AreaTimesWrong(Refused):
    field = "ends_at"
    sentence = _("结束时间要晚于开始时间，也要晚于现在")


class AreaUnsaid(Refused):
    field = "source"
    sentence = _("请写上依据（文件或通告的名称），最多 200 个字")


class AreaCircleUnfit(Refused):
    field = "radius_m"
    sentence = _("只封一个圆圈，要把半径（50 米到 50 公里）和中心点的经纬度都填上；封整个地点，三项都不填")


class AreaOver(Refused):
    sentence = _("结束时间已经过去，发布了也不起作用。请放弃这份登记，重新登记")


class AreaMovedOn(Refused):
    sentence = _("影响刚刚有变化，请看过新的影响再发布")
