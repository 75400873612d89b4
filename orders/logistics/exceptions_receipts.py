"""Refusals of receipts and their corrections. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class ReceiptReasonNeeded(Refused):
    field = "reason"
    sentence = _("有降级、拒收，或者短少超过正常损耗（%(tolerance)s）、一点都没有收下时，请选一个原因或写明原因")


class TooMuchSurplus(Refused):
    field = "surplus"
    sentence = _("多出最多记 %(most)s。再多请先核对是不是别的货，或者打电话给调度员")


class MissingAndSurplus(Refused):
    field = "surplus"
    sentence = _("短少和多出不能同时填，请只填相差的那一个")


class SurplusNotInside(Refused):
    field = "surplus"
    sentence = _("多出的货也要算进收下、降级或拒收里；多出 %(surplus)s，三项加起来却不到这么多")


class DowngradedPriceUnfit(Refused):
    """`most` is worded."""

    field = "downgraded_price"
    sentence = _("降级后的单价要大于零、不超过约定的 %(most)s")


class DowngradedPriceAlone(Refused):
    field = "downgraded_price"
    sentence = _("写了降级后的单价，就要写降级收下多少")


class SecondPersonNeeded(Refused):
    sentence = _("收货记录要由另一位同事来更正，或者打电话给商粮局更正")


class AlreadyReversed(Refused):
    sentence = _("这笔收货已经更正过，请看更正后的记录")


class ReversalStands(Refused):
    sentence = _("更正不能再更正，请重新记一笔收货")


class RestOnAnotherTruck(Refused):
    sentence = _("这批货剩下的已经转到别的车或记为短少，这笔收货不能更正；差多少请在对账单里写一笔调整")
