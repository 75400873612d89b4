"""Refusals about clearing trips and about supervisors' overrides. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class NothingToClear(Refused):
    sentence = _("这趟车没有货，请先排上货再放行")


class NothingToOverride(Refused):
    sentence = _("没有什么不符合，不需要特批，直接放行就行")


class CannotOverride(Refused):
    """`reasons` are sentences."""

    sentence = _("这几项不能特批，请先办好：%(reasons)s")


class OverrideTooShort(Refused):
    """`ends` is worded."""

    field = "until"
    sentence = _("特批要到车回来为止，请填 %(ends)s 或以后")


class OverrideTooLong(Refused):
    field = "until"
    sentence = _("特批最多到第二天结束，请填早一点的时间")


class OverrideTooLate(Refused):
    sentence = _("车已经出发或结束，不能再特批")
