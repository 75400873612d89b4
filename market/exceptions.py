"""Refusals. Each carries a sentence fit for the person who asked, saying where possible what would cure it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818 - reads as what happened
    """The one base of all refusals: a view catches this and shows `str(refusal)`. Nothing has been written."""

    sentence: Any = _("这个操作没有成功，请重试")
    # The name of the form field the refusal is about; empty when it is about the whole.
    field: str = ""

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

    field = "quantity"
    sentence = _("只剩 %(left)s，请减少数量")


class SoldOut(NotEnoughLeft):
    sentence = _("这批货刚被认购完，请到集市看别的货")


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


class NotOnOffer(Refused):
    field = "produce"
    sentence = _("“%(produce)s”暂时不能发布，请换一种或拨打热线")


class ProduceFixed(Refused):
    field = "produce"
    sentence = _("已经有人认购，不能改成别的农产品；请另发一条货源")


class PlaceTooWide(Refused):
    field = "place"
    sentence = _("产地要写到乡镇或村，“%(place)s”太大了")


class PastDay(Refused):
    """`day` is worded."""

    field = "first_day"
    sentence = _("%(day)s 已经过去，请从今天或以后的日期开始")


class EndsInThePast(Refused):
    field = "last_day"
    sentence = _("结束日期 %(day)s 已经过去，请改成今天或以后")


class TooFarAhead(Refused):
    """`latest` is worded."""

    field = "first_day"
    sentence = _("开始日期太远，最晚写到 %(latest)s；更晚的请临近时再发布")


class TooManyDays(Refused):
    field = "last_day"
    sentence = _("一条货源最多 %(most)d 天，您填了 %(days)d 天，请改短或分几条发布")


class PackTooHeavy(Refused):
    field = "pack_weight"
    sentence = _("每件最多 %(most)s，请检查每件的重量")


class UnfitText(Refused):
    """What a field or a constraint of the row says; `said` is already a sentence."""

    sentence = _("%(label)s：%(said)s")

    def __init__(self, field: str, **facts: Any) -> None:
        super().__init__(**facts)
        self.field = field


class TooManyPhotos(Refused):
    field = "photos"
    sentence = _("最多 %(most)d 张照片，请去掉几张")


class NotYourPhoto(Refused):
    field = "photos"
    sentence = _("有一张照片不是您上传的或已经清理，请去掉后重新拍照上传")


class BadPhoto(Refused):
    """`said` is the sentence of `market.photos`."""

    field = "photos"
    sentence = _("%(said)s")


class TooManyUploads(Refused):
    field = "photos"
    sentence = _("您今天上传了太多没有用上的照片，请先提交货源，或明天再传")


class InReview(Refused):
    sentence = _("正在审核，暂时不能修改；审核结束后再改，或者先下架")


class LockedByBureau(Refused):
    sentence = _("主管部门已锁定这条货源，暂时不能修改；请拨打热线询问")


class NoReview(Refused):
    sentence = _("主管部门还没有设置审核流程，暂时不能提交；请拨打热线")


class ReasonMissing(Refused):
    field = "comment"
    sentence = _("请写明原因，卖方会在手机上看到")


class LockedByColleague(Refused):
    """`name` is the colleague who locked the listing."""

    sentence = _("%(name)s 锁定了这条货源，请先解锁再处理")


class ReasonNeeded(Refused):
    field = "reason"
    sentence = _("请写明原因，对方要看；最多 %(limit)d 个字")


class NotRegistrable(Refused):
    field = "kind"
    sentence = _("“%(kind)s”由主管部门登记，请拨打热线")


class WorkplaceTooWide(Refused):
    field = "place"
    sentence = _("“%(place)s”太大了，请选到%(level)s")


class AlreadyRegistered(Refused):
    field = "name"
    sentence = _("%(place)s已经登记过“%(organisation)s”；是您的单位请让负责人把您加进去，不是请换个名称")


class TooManyWaiting(Refused):
    sentence = _("您有 %(count)d 个单位还在等核实，请等核实以后再登记")


class RoleNotGiven(Refused):
    field = "role"
    sentence = _("%(kind)s里不能添加“%(role)s”，请选别的角色")


class PhoneUnfit(Refused):
    """`said` is the sentence of `normalise_phone`."""

    field = "phone"
    sentence = _("%(said)s")


class NameNeeded(Refused):
    field = "name"
    sentence = _("请写 1 到 %(limit)d 个字的姓名")


class OtherPersonsNumber(Refused):
    field = "name"
    sentence = _("这个号码登记的不是“%(name)s”，请核对号码和姓名")


class AlreadyMember(Refused):
    field = "phone"
    sentence = _("%(name)s已经是这个单位的%(role)s")


class TooManyMembers(Refused):
    sentence = _("一个单位最多 %(limit)d 人，请先移除不再需要的人")


class LastManager(Refused):
    sentence = _("“%(organisation)s”只有这一位负责人，不能移除；要换负责人请拨打热线")


class PriceAboveCeiling(Refused):
    """`price` is worded."""

    field = "price"
    sentence = _("%(produce)s现在限价 %(price)s，请把单价降到限价以内。原因：%(reason)s")


class WithdrawnTooMuch(Refused):
    """`left` is worded."""

    sentence = _("这一天最多还能收回 %(left)s，其余的已经有人认购")


class StockMoved(Refused):
    """`left` is worded."""

    sentence = _("这一天的数刚刚变过，现在还有 %(left)s 没人认购；请看清楚再收回")
