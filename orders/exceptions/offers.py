"""Refusals of offers: counter-offers, answers to a demand, and other goods in place of a pledge."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused, WrongState


class PriceIsFixed(Refused):
    """`price` is worded."""

    sentence = _("这批货已经定价 %(price)s，不用报价，请直接认购")


class OfferByWeight(Refused):
    field = "price_unit"
    sentence = _("报价要按斤、公斤或吨写，请换算成这三种单位")


class OfferPriceUnfit(Refused):
    field = "price"
    sentence = _("单价要大于零，最多写到分，例如 1.55")


class OfferTooLate(Refused):
    """`until` is worded."""

    sentence = _("这批货只到 %(until)s，来不及再报价，请打电话商量或看别的货")


class OfferTalkOpen(Refused):
    sentence = _("这批货已经有一个报价在等答复，请在“报价”里还价或者先撤回")


class OfferKeyUsedOtherwise(Refused):
    """The form was sent before with other contents. `offered` and `price` are worded."""

    sentence = _("这张表刚才已经发出报价：%(offered)s，%(price)s。要改请先撤回那个报价，再重新打开这张表")


class OfferNoteTooLong(Refused):
    field = "note"
    sentence = _("附言最多 %(limit)d 个字，请写短一点")


class OfferOver(WrongState):
    """`state` is worded."""

    sentence = _("这个报价%(state)s，不能再答复；还想买卖请重新报价")


class OfferExpired(OfferOver):
    """`until` is worded."""

    sentence = _("这个报价只到 %(until)s，已经过期；还想买卖请重新报价")


class OfferTakesNoCounter(Refused):
    sentence = _("替代的货只能接受或谢绝；想改数量或价格，请谢绝后打电话商量")


class SameTerms(Refused):
    sentence = _("这和对方提的一样，要是同意，直接点接受就行")


class SubstituteSameLot(Refused):
    field = "lot"
    sentence = _("替代的货和原来的是同一批，请选另一批货")


class SubstituteNotYours(Refused):
    field = "lot"
    sentence = _("只能用原来卖方自己当天的货来替代，请选列表里的货")


class SubstituteTooLarge(Refused):
    """`taken` is worded."""

    field = "quantity"
    sentence = _("原来这笔认购还要供 %(taken)s，替代的数量请写在这以内")


class SubstituteOpen(Refused):
    sentence = _("这笔认购已经有一个替代在等买方答复，请等答复或者先撤回")
