"""Refusals of pledging. Each says what would cure it; nothing has been written."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import NotEnoughLeft, PriceAboveCeiling, Refused, WrongState


class BelowMinimum(Refused):
    """`minimum` is worded."""

    field = "quantity"
    sentence = _("这批货的起订量是 %(minimum)s，请把数量加到起订量以上")


class OwnProduce(Refused):
    sentence = _("这是“%(organisation)s”自己的货，不用认购")


class LotAboveCeiling(PriceAboveCeiling):
    """For a buyer, who cannot lower the seller's price. About the lot, not about a field."""

    field = ""
    sentence = _("%(produce)s现在限价 %(price)s，这批货超过了，请等卖方改低，或者看别的货。原因：%(reason)s")


class DayPast(Refused):
    """`day` is worded."""

    sentence = _("这批货是 %(day)s 的，日子已经过了，请选今天或以后的货")


class DockNotUsable(Refused):
    field = "dock"
    sentence = _("收货点“%(dock)s”不属于这个单位或者已经停用，请换一个收货点")


class WindowBackwards(Refused):
    field = "window_to"
    sentence = _("最晚送到的时间要晚于最早送到的时间，请改送达时段")


class WindowPast(Refused):
    """`until` is worded."""

    field = "window_to"
    sentence = _("%(until)s 已经过了，请把送达时段改晚一点，或者选后面日子的货")


class OutsideDockHours(Refused):
    """`opens`, `closes` are clock times."""

    field = "window_to"
    sentence = _("“%(dock)s”的收货时间是 %(opens)s 到 %(closes)s，请把送达时段改到这个时间里")


class ReferenceTooLong(Refused):
    field = "reference"
    sentence = _("单号 / 备注最多 %(limit)s 个字，请写短一点")


class KeyUsedOtherwise(Refused):
    """The form was sent before with other contents. `placed` is the worded quantity of the first pledge."""

    sentence = _("这张表刚才已经认购了 %(placed)s。要改数量，请到“我的认购”里改；要再认购一笔，请重新打开这批货")


class LinesOnlyForAssociations(Refused):
    sentence = _("只有农贸市场协会可以按摊位认购，请改用普通认购")


class LineIncomplete(Refused):
    sentence = _("第 %(row)s 行要写 1 到 40 个字的摊位或姓名")


class TooManyLines(Refused):
    sentence = _("一笔认购最多 %(limit)s 行，请分成几笔")


class LinesDoNotAddUp(Refused):
    """`total`, `quantity` are worded."""

    sentence = _("各摊位加起来是 %(total)s，和认购量 %(quantity)s 不一样，请改摊位的数量")


class RaiseTooLarge(NotEnoughLeft):
    """`left` and `most` are worded."""

    sentence = _("货源只剩 %(left)s，连同已经认购的最多改到 %(most)s")


class NotChangeable(WrongState):
    """Change and cancel end where a truck leaves."""

    sentence = _("这笔认购%(state)s，不能再改或取消；请打电话给调度员")


class AlreadyLoading(Refused):
    """`plate` of the truck that has begun."""

    sentence = _("%(plate)s 已经开始装这批货，不能再改少或取消；请打电话给调度员")


class MostBelowFirm(Refused):
    """`firm`, `most` are worded."""

    field = "quantity"
    sentence = _("最多可收的 %(most)s 比认购量 %(firm)s 还少，请改大或者留空")


class NotFreshEnough(Refused):
    """`until` is worded."""

    field = "fresh_hours"
    sentence = _("这批货只能放到 %(until)s，送到后放不满 %(hours)s 小时；请把送达时段提前，或者少要几个小时")


class TooLateToChange(Refused):
    """`until` is worded."""

    sentence = _("送达时段到 %(until)s 已经结束，不能再改；没有送到请取消或打电话给卖方")


class ReasonMissing(Refused):
    field = "reason"
    sentence = _("请写明取消的原因，卖方要看")


class DockNameTaken(Refused):
    field = "name"
    sentence = _("“%(organisation)s”已经有叫“%(dock)s”的收货点，请换个名字")


class DockHoursBackwards(Refused):
    field = "closes_at"
    sentence = _("停止收货的时间要晚于开始收货的时间")


class DockAwaitsGoods(Refused):
    sentence = _("“%(dock)s”还有 %(count)s 笔没有收完的认购，请先给它们换收货点，再停用")


class DockStillNamed(Refused):
    """`count` demands, standing pledges and open offers name it."""

    sentence = _(
        "“%(dock)s”还有 %(count)s 笔求购、每日认购或报价写着送到这里，请先给它们换收货点，或者结束它们，再停用"
    )


class HoldsOnlyForAssociations(Refused):
    sentence = _("只有农贸市场协会可以先预留再填摊位，请直接认购")


class OneHoldALot(Refused):
    sentence = _("这批货您已经有一笔预留，请先确认或放弃那一笔")


class HoldLapsed(Refused):
    sentence = _("预留时间已经过了，货已放回；请重新认购")


class StretchTooLarge(Refused):
    """`left` is worded."""

    sentence = _("买方最多还可以多收 %(left)s")


class CutIsNoCut(Refused):
    """`taken` is worded."""

    field = "quantity"
    sentence = _("现在要供 %(taken)s，请写一个更少的数；一点也供不上请取消")
