"""Refusals of standing pledges. Each says what would cure it; nothing has been written."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class ListingNotOffered(Refused):
    sentence = _("这批货已经下架，不能每天认购；请到集市另选一批")


class MoreThanADay(Refused):
    """`offered` is worded."""

    field = "quantity"
    sentence = _("卖方每天只供 %(offered)s，请把每天的数量减到这个数以内")


class StandingDaysBackwards(Refused):
    field = "last_day"
    sentence = _("结束日期不能早于开始日期，请改日期")


class StandingTooLong(Refused):
    field = "last_day"
    sentence = _("一笔每日认购最多 %(most)s 天，您填了 %(days)s 天，请把结束日期改早")


class StandingStartsTooLate(Refused):
    """`day`, `next` are worded."""

    field = "first_day"
    sentence = _("%(day)s 的送达时段已经开始，请从 %(next)s 开始")


class BeyondListing(Refused):
    """`day` is worded."""

    field = "last_day"
    sentence = _("卖方只供到 %(day)s，请把结束日期改到这天或以前")


class BeforeListing(Refused):
    """`day` is worded."""

    field = "first_day"
    sentence = _("卖方从 %(day)s 才开始供货，请把开始日期改到这天或以后")


class LastDayOver(Refused):
    field = "last_day"
    sentence = _("结束日期不能早于今天；现在就不要了，请按“结束”")


class DayNotOfStanding(Refused):
    """`day`, `first`, `last` are worded."""

    sentence = _("%(day)s 不在这笔每日认购里，它从 %(first)s 到 %(last)s")


class DayPlacedAlready(Refused):
    """`day` is worded."""

    sentence = _("%(day)s 已经处理过了，不能再改；不要了请打开那天的认购去取消")


class DayBegun(Refused):
    """`day` is worded."""

    sentence = _("%(day)s 的送达时段已经开始，来不及了；要货请到集市直接认购")


class NoLotThatDay(Refused):
    """Why the clock could not place: said in the day's outcome."""

    sentence = _("卖方这一天没有供货")


class LeftBelowMinimum(Refused):
    """`left`, `minimum` are worded."""

    sentence = _("只剩 %(left)s，不到起订量 %(minimum)s")


class PriceChanged(Refused):
    """`now` is worded."""

    sentence = _("卖方把价格改成了 %(now)s；同意请打开这笔每日认购，按“同意新价”")


class ClockWasLate(Refused):
    sentence = _("系统没有按时下单，送达时段已经开始；要货请到集市直接认购")


class KeyUsedForOtherStanding(Refused):
    """The form was sent before with other contents."""

    sentence = _("这张表刚才已经开始了一笔每日认购。要改请到“每日认购”里改；要再开一笔，请重新打开这批货")
