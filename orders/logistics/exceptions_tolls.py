"""Refusals of toll rules. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class TollRulesUnfit(Refused):
    sentence = _("请核对：要写依据；开始日期不能晚于结束日期；百分比在 0 到 100 之间；费率在 0 到 99.99 元/公里之间")
