"""Refusals of the dispatcher's board: what is agreed, where goods can be put, and planning the rest of a day anew."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class TripLocked(Refused):
    sentence = _("%(plate)s 的这趟车已经谈好并锁定，不能改排；要改请先解锁")


class NothingToLock(Refused):
    sentence = _("%(plate)s 的这趟车已经开始装货或已结束，不用锁定")


class RestNotFromNow(Refused):
    sentence = _("这个方案是重排剩下的一天，请在重排的页面采用")


class NotARest(Refused):
    sentence = _("这个方案只排新货，请在方案页面采用")


class NothingGained(Refused):
    sentence = _("重排没有好处，原来的安排保持不变")


class DayMovedOn(Refused):
    """`what` says what is different now."""

    sentence = _("重排以后这一天又有变动：%(what)s。原来的安排没有动，请再重排一次")


class AlreadyWaiting(Refused):
    sentence = _("这批货还没有排车，不用撤下")
