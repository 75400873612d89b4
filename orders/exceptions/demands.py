"""Refusals of open pledges (求购) and of what answers them."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused, WrongState


class DemandStartsInThePast(Refused):
    """`day` is worded."""

    field = "first_day"
    sentence = _("%(day)s 已经过去，请从今天或以后开始求购")


class DemandEndsInThePast(Refused):
    """`day` is worded."""

    field = "last_day"
    sentence = _("%(day)s 已经过去，请把结束日期改成今天或以后")


class DemandDaysBackwards(Refused):
    field = "last_day"
    sentence = _("结束日期不能早于开始日期，请改结束日期")


class DemandTooLong(Refused):
    field = "last_day"
    sentence = _("一条求购最多 %(most)d 天，您填了 %(days)d 天，请改短或分几条发布")


class DemandTooFarAhead(Refused):
    """`latest` is worded."""

    field = "first_day"
    sentence = _("开始日期太远，最晚写到 %(latest)s")


class DemandPriceByWeight(Refused):
    field = "price_unit"
    sentence = _("最高单价要按斤、公斤或吨写，每家的包装不一样重")


class DemandNumberTooLarge(Refused):
    """`label` names the field."""

    sentence = _("%(label)s：最多写 %(most)d")

    def __init__(self, field: str, **facts: object) -> None:
        super().__init__(**facts)
        self.field = field


class DemandKeyUsedOtherwise(Refused):
    """`placed` is the worded quantity of the first demand."""

    sentence = _("这张表刚才已经发布了求购 %(placed)s。要改请到“求购”里改；要再发一条，请重新打开这张表")


class DemandNotOpen(WrongState):
    """`state` is worded."""

    sentence = _("这条求购%(state)s，不能再改也不能再报价；要买请另发一条求购")


class DemandFilled(Refused):
    """`left` is worded: what is welcome still on that day."""

    sentence = _("这一天最多还要 %(left)s，请把数量改到这以内")


class DemandMet(DemandFilled):
    sentence = _("这一天的求购已经落实完了，请看别的求购或别的日子")


class DemandWhole(Refused):
    """`missing` is worded."""

    sentence = _("这条求购不够就不要：这一天还差 %(missing)s，请一次供足")


class DoesNotFit(Refused):
    """`why` is one of `orders.fitting.WORDS`."""

    sentence = _("这批货不符合求购：%(why)s。请换一批货")


class PriceAboveWanted(DoesNotFit):
    """`price` is worded."""

    field = "price"
    sentence = _("单价高于买方的最高价 %(price)s，请把单价改到这以内")
