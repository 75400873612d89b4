"""Refusals. Each carries a sentence fit for the person who asked, saying where possible what would cure it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818 - reads as what happened
    """The one base of all refusals: a view catches this and shows `str(refusal)`. Nothing has been written."""

    sentence: Any = _("这个操作没有成功，请重试")

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(facts)

    def __str__(self) -> str:
        return str(self.sentence) % self.facts


class NotAllowed(Refused):
    sentence = _("您没有权限做这个操作")


class NotVerified(Refused):
    sentence = _("“%(organisation)s”还没有通过主管部门核实，核实后才能交易")


class WrongState(Refused):
    sentence = _("现在的状态是“%(state)s”，不能做这个操作；请刷新页面")


class NotEnoughLeft(Refused):
    """`left` is worded, e.g. "50 斤 = 25 公斤"."""

    sentence = _("只剩 %(left)s，请减少数量")


class LotClosed(Refused):
    sentence = _("这批货已经下架或过了最晚时间，不能再认购")


class OfferBelowReserved(Refused):
    """`day`, `offered`, `reserved` are worded."""

    sentence = _("%(day)s 已被认购 %(reserved)s，供应量不能降到 %(offered)s")


class AlreadyDecided(Refused, PermissionDenied):
    """Also a PermissionDenied, which Wagtail's own screens know how to show."""

    sentence = _("这条货源已经被处理过了，请刷新列表")


class UnseenRevision(Refused, PermissionDenied):
    sentence = _("审核期间卖方又改了内容，请重新查看后再决定")
