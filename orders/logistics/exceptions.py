"""Refusals of trucks, trips and receipts. Each sentence says what would cure it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused
from market.wording import run_on


class BadPlate(Refused):
    sentence = _("车牌号“%(plate)s”写法不对，请写成 湘B12345 这样")


class PlateTaken(Refused):
    sentence = _("车牌号 %(plate)s 已经登记过；要改资料请打开这辆车")


class BadRatedMass(Refused):
    sentence = _("核定载质量要在 100 公斤到 60 吨之间")


class BadVolume(Refused):
    sentence = _("车厢容积要在 0.1 到 200 立方米之间")


class BadShift(Refused):
    sentence = _("收车时间要晚于出车时间")


class RatedBelowPlanned(Refused):
    sentence = _("这辆车已排 %(planned)s，核定载质量不能改到 %(rated)s；请先移走一些货")


class NotACarrier(Refused):
    sentence = _("“%(organisation)s”不是运输企业，不能登记车辆和司机")


class PhoneTaken(Refused):
    sentence = _("手机号 %(phone)s 已经登记为别的车队的司机，请先在原车队注销")


class BadPhone(Refused):
    sentence = _("请输入 11 位手机号，例如 138 0000 0000")


class NameNeeded(Refused):
    sentence = _("请写上姓名，最多 40 个字")


class OtherCarriersDriver(Refused):
    sentence = _("司机和车辆不是同一家运输企业的，请选本企业的司机")


class DriverJustMoved(Refused):
    sentence = _("%(name)s 刚刚换了车，请刷新后再试")


class BadPassNumber(Refused):
    sentence = _("通行证号要 12 位数字：6 位区划代码加 6 位流水号")


class PassNumberTaken(Refused):
    sentence = _("%(issuer)s 已有同号通行证 %(number)s，请核对号码")


class BadPassTimes(Refused):
    sentence = _("失效时间要晚于生效时间")


class ReasonNeeded(Refused):
    sentence = _("请写明原因")


class SampledInFuture(Refused):
    sentence = _("采样时间不能晚于现在")


class SampleIncomplete(Refused):
    sentence = _("核酸结果和采样时间要一起填")


class BadTemperature(Refused):
    sentence = _("体温应在 30 到 45 ℃ 之间")


class RulesUnnamed(Refused):
    sentence = _("请写上规则的名称（最多 80 个字）和依据（最多 200 个字）")


class BadRulesDay(Refused):
    sentence = _("日期不对，请检查年份")


class RulesEndBeforeBegin(Refused):
    sentence = _("结束日期不能早于开始日期")


class RulesOver(Refused):
    sentence = _("这条规则 %(day)s 已经结束，要再用请登记一条新的")


class BadTestHours(Refused):
    sentence = _("核酸有效小时数要在 1 到 %(most)s 之间")


class PlanInPast(Refused):
    sentence = _("%(day)s 已经过去，请选今天或以后的日子")


class StillComputing(Refused):
    sentence = _("方案还在计算，请再等 %(seconds)s 秒；仍没有结果时可以重新计算")


class NothingHolds(Refused):
    sentence = _("方案里的货和车都已经变化，没有一项还能采用，请重新生成方案")


class TruckNotFit(Refused):
    """Carries its reasons, so that a screen may list them for those who may see them."""

    sentence = _("%(plate)s 这趟不能出车：%(reasons)s")

    def __init__(self, *, plate: str, reasons: Iterable[Any]) -> None:
        self.reasons = list(reasons)
        super().__init__(plate=plate, reasons=run_on(self.reasons))


class DoesNotFit(Refused):
    """`why` is one or more sentences of `orders.logistics.wording.violation_word`."""

    sentence = _("%(plate)s 装不下这批货：%(why)s")


class CannotBePlanned(Refused):
    """`why` is the sentence of `orders.logistics.wording.left_behind_word`."""

    sentence = _("这批货不能排车：%(why)s")


class NotSoMuchUnplanned(Refused):
    sentence = _("这批货只剩 %(left)s 没有排车，请减少数量")


class AllocationGone(Refused):
    sentence = _("买方已经取消或改了这笔认购，请刷新页面")


class OtherDay(Refused):
    sentence = _("这批货是 %(day)s 送的，不能排进这一天的车次")


class AlreadyRolling(Refused):
    sentence = _("%(plate)s 的这趟车已经开始装货，不能再改；请选还没出发的车次")


class JustChanged(Refused):
    sentence = _("这趟车的货刚刚有变动，请刷新后再试")


class NothingToFill(Refused):
    sentence = _("%(plate)s 没有可以多装的：车已装满，或者车上的认购没有弹性量，或者货源没有剩的了")


class SameTrip(Refused):
    sentence = _("货已经在这趟车上了，请选另一趟")


class NothingChosen(Refused):
    sentence = _("请至少选一批货")


class NotNextStop(Refused):
    sentence = _("请先完成第 %(position)s 站（%(address)s）")


class NotArrived(Refused):
    sentence = _("请先点“到达”，再填数量或离开")


class AlreadyDeparted(Refused):
    sentence = _("已经离开这一站，数量不能再改；请联系调度员")


class LoadsOpen(Refused):
    sentence = _("还有 %(count)s 批货没有填实装量，请先填写；没装上的点“没有装”")


class BadLoadedQuantity(Refused):
    sentence = _("实装量要大于零，最多 %(planned)s；没装上的点“没有装”")


class NothingOnBoard(Refused):
    sentence = _("车上没有货，请联系调度员取消这趟车")


class MoreThanLoaded(Refused):
    sentence = _("这批货还有 %(left)s 没有收，收下、拒收和短少加起来不能超过这个数")


class ReceiptKeyUsedOtherwise(Refused):
    """The form was sent before with other contents. `received` is the worded quantity of the first receipt."""

    sentence = _("这张表刚才已经记下 %(received)s 的收货。要再记一笔，请重新打开这批货")


class NotOnTheRoad(Refused):
    sentence = _("车还没有装好出发，出发以后才能收货")


class NegativeQuantity(Refused):
    sentence = _("数量不能是负数")


class NothingReceived(Refused):
    sentence = _("请填写收下、拒收或短少的数量")


def no_reason_given(reason: str) -> bool:
    """Whether what was typed as a reason says nothing."""
    return not reason.strip()


def words(sentences: Iterable[str]) -> str:
    """Several sentences as one, for a refusal's facts."""
    return run_on(sentences)


class OnlyAtOwnCost(Refused):
    sentence = _("卖方只能记少收的钱，买方只能记多付的钱；要反过来请对方记，或者打电话给商粮局")


class AdjustmentUnfit(Refused):
    """`most` is worded."""

    field = "amount"
    sentence = _("金额要大于零、不超过 %(most)s，最多写到分")


class PledgeNotBetweenThem(Refused):
    field = "pledge"
    sentence = _("这笔认购不是这两个单位之间的，请重新选")


class AdjustmentKeyUsedOtherwise(Refused):
    """The form was sent before with other contents. `amount` is worded."""

    sentence = _("这张表刚才已经记了 %(amount)s。要再记一笔，请重新打开对账单")


class StatementTooLong(Refused):
    sentence = _("这段时间有 %(count)s 行，一份文件最多 %(most)s 行，请把日期改短")
