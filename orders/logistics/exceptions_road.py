"""Refusals of the road: loading, seals, hand-overs, breakdowns and changes of truck. Each says the cure."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class NotItsDay(Refused):
    """`day` and `since` are worded."""

    sentence = _("这趟车是 %(day)s 的，%(since)s 以后才能点“到达”；要提前或改期请联系调度员")


class ItsDayIsOver(Refused):
    sentence = _("这趟车是 %(day)s 的，那天已经过去；请联系调度员取消，货另外安排")


class Overloaded(Refused):
    sentence = _("装上这些就有 %(aboard)s，%(plate)s 核定只能装 %(rated)s；请少装一些，装不下的会退回待排")


class AlreadyOnAnother(Refused):
    sentence = _("没装上的已排给别的车，这里最多 %(most)s；要多装请先请调度员从那辆车上撤下")


class ComesByTruck(Refused):
    """Goods that another truck brings are counted when they change truck."""

    sentence = _("这批货由 %(plate)s 转来，应有 %(grams)s；少了请点“接货”写明短少的原因")


# --- seals ---


class BadSealNumber(Refused):
    field = "number"
    sentence = _("请填封条号，只用字母、数字和短横，最多 20 个字符")


class SealUsed(Refused):
    field = "number"
    sentence = _("封条 %(number)s 已经在 %(plate)s 用过，一个封条只能用一次；请核对号码或换一个新封条")


class SealAlreadyBroken(Refused):
    sentence = _("封条 %(number)s 已经拆了；要再封请换一个新封条")


class SealNeeded(Refused):
    sentence = _("这趟车用封条，现在车门上没有封条；请上新封条、填好号码再离开")


class NothingToSeal(Refused):
    sentence = _("车次还没有开始装货或已经结束，不能上封条")


# --- hand-over ---


class CodeOrReason(Refused):
    field = "code"
    sentence = _("请填对方出示的六位交接码；拿不到交接码就写明原因")


class WrongCode(Refused):
    field = "code"
    sentence = _("交接码不对，请再看一遍对方出示的六位数；确实拿不到就不填码、写明原因")


class TooManyGuesses(Refused):
    field = "code"
    sentence = _("这一站的交接码填错太多次，不再收码；请不填码、写明原因")


class HandOverFirst(Refused):
    sentence = _("请先在第 %(position)s 站填交接码（或写明没有码的原因），再记接了多少货")


# --- changing truck ---


class NotThereYet(Refused):
    sentence = _("%(plate)s 还没有把货送到换车的地方，请等它到了再接")


class MoreThanHandedOver(Refused):
    sentence = _("前一辆车转来的只有 %(most)s，接上的不能更多")


class MissingNeedsReason(Refused):
    field = "reason"
    sentence = _("比转来的少 %(missing)s，请写明短少的原因")


class ChangesTruck(Refused):
    sentence = _("这批货要换车，不能单独改排；请先撤下，再重新安排")


class CannotChangeTruck(Refused):
    sentence = _("这批货已经装车或已经安排换车，不能再安排换车")


class SameTruck(Refused):
    field = "truck"
    sentence = _("接货的车不能是送货的同一辆车，请选另一辆")


class CannotReach(Refused):
    """`why` is one or more sentences of `orders.logistics.wording.violation_word`."""

    sentence = _("%(plate)s 不能这样换车：%(why)s")


class ReceivedFromAnother(Refused):
    sentence = _("这批货要转到 %(plate)s，请等那辆车送到再收货")


# --- breakdowns ---


class WhatNeeded(Refused):
    field = "what"
    sentence = _("请写明车出了什么问题")


class NotOnTheWay(Refused):
    sentence = _("%(plate)s 没有在装货或运输中，不能报故障")


class StillBroken(Refused):
    sentence = _("这趟车已经报了故障、还没有处理完，请到救援页面处理")


class BreakdownOver(Refused):
    sentence = _("这次故障已经处理完，请看车次页面")


class NothingToRescue(Refused):
    sentence = _("请至少选一批车上的货，并填要转的数量")


class NotSoMuchAboard(Refused):
    sentence = _("“%(produce)s”还剩 %(left)s 没有安排，请减少数量")


class RescuedWhole(Refused):
    sentence = _("“%(produce)s”还要在接驳点换车，要整批（%(left)s）转到一辆车上")


class RescueTooSmall(Refused):
    sentence = _("%(plate)s 装不下 %(grams)s，核定 %(rated)s；请少选一些，其余的再派一辆车")


class GoodsStillWaiting(Refused):
    sentence = _("还有 %(count)s 批货在等救援车接，请等接完或先取消救援车次")


class NotBackAfterChange(Refused):
    sentence = _("“%(produce)s”已经换过车，不能退回产地，只能记为短少")


class NotBackAfterReceipt(Refused):
    sentence = _("“%(produce)s”买方已经收了一部分，剩下的不能退回产地，请派救援车或记为短少")
