"""Refusals of disputes. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class DisputeTooLate(Refused):
    """`until_at` is worded."""

    sentence = _("异议期限到 %(until)s 为止，已经过了；请直接和买方商量，或者打电话给商粮局")


class DisputeOfCorrected(Refused):
    sentence = _("这笔收货已经更正，请看更正后的记录")


class DisputeAnswered(Refused):
    sentence = _("这笔收货的异议已经答复过；仍不同意时请打电话给商粮局")


class DisputeAlreadyOpen(Refused):
    sentence = _("这笔收货已经有一条异议在等答复，请先看那一条")


class DisputeWhyNeeded(Refused):
    field = "why"
    sentence = _("请写明哪里不对，最多 %(limit)s 个字")


class DisputeAnswerNeeded(Refused):
    field = "answer"
    sentence = _("请写明答复，最多 %(limit)s 个字")
