"""Refusals about health facts and about how long they are kept. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class ReportBeforeSample(Refused):
    field = "reported_at"
    sentence = _("出报告时间不能早于采样时间，请核对")


class ReportWithoutSample(Refused):
    field = "sampled_at"
    sentence = _("填了出报告时间就要填采样时间和结果")


class BadKeepDays(Refused):
    field = "keep_days"
    sentence = _("保留天数要在 1 到 60 天之间")


class RecordTooShort(Refused):
    """`days` is the least that will do."""

    field = "keep_days"
    sentence = _("核酸还有效，记录就要删了：请至少保留 %(days)s 天")
