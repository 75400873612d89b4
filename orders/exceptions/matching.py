"""Refusals of matching and its policies. Each says what would cure it; nothing has been written."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused, WrongState


class PolicyTextMissing(Refused):
    sentence = _("请写规则全文，大家要看得到")
    field = "text"


class PolicyTextTooLong(Refused):
    sentence = _("规则全文最多 %(limit)s 个字，请写短一点")
    field = "text"


class ParameterOutOfBounds(Refused):
    """`label` is the parameter's name."""

    sentence = _("“%(label)s”要写 %(least)s 到 %(most)s 之间的整数")

    def __init__(self, *, name: str, **facts: object) -> None:
        super().__init__(**facts)
        self.field = name


class StretchAboveFirm(Refused):
    sentence = _("弹性量和按比例以外的量的分要比确定要的量低，否则说定的反而分不到；请改低")
    field = "stretch"


class SameAsBefore(Refused):
    """`version` is the version that says the same."""

    sentence = _("和第 %(version)s 版一样，不用再公布；请改了再公布")


class MatchInPast(Refused):
    """`day` is worded."""

    sentence = _("%(day)s 已经过了，请选今天或以后的日子")


class NotReady(WrongState):
    sentence = _("方案现在的状态是“%(state)s”，只有“待确认”的方案可以执行或放弃；请重新生成方案")


class StillMatching(Refused):
    sentence = _("还在计算，请再等 %(seconds)s 秒")


class CannotReplay(Refused):
    sentence = _("这个方案没有算完，不能核对；请重新生成方案")
