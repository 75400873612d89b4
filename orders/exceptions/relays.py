"""Refusals of relay text and stalls. Each says what would cure it; nothing has been written."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused

MAX_NAMED, MAX_WORDS = 6, 16


class NothingPasted(Refused):
    sentence = _("还没有贴文字，请把群里的接龙复制过来贴上")


class PasteTooLong(Refused):
    """`limit`, `length` are numbers of characters."""

    sentence = _("一次最多贴 %(limit)s 个字，您贴了 %(length)s 个；请从最后一次“#接龙”开始复制，或者分几次贴")


class PasteTooManyLines(Refused):
    sentence = _("一次最多贴 %(limit)s 行，您贴了 %(lines)s 行；请从最后一次“#接龙”开始复制，或者分几次贴")


class RelayUnconfirmed(Refused):
    """Takes the rows that wait: their line as it was pasted, or the stall that is asked about."""

    sentence = _("还有 %(count)s 处要您确认：%(rows)s；确认后再保存")

    def __init__(self, waiting: Sequence[Any]) -> None:
        named = [f"“{(row.line or row.stall)[:MAX_WORDS]}”" for row in waiting[:MAX_NAMED]]
        more = ["…"] if len(waiting) > MAX_NAMED else []
        super().__init__(count=len(waiting), rows="".join([*named, *more]))


class RelayOutdated(Refused):
    sentence = _("核对的时候摊位明细被别人改过了，请按现在的明细重新比较一遍，再保存")


class RelayApplied(Refused):
    sentence = _("这份接龙已经保存过了；要改请到认购里改，或者再贴一次群里的接龙")


class RelayEmpty(Refused):
    sentence = _("接龙里没有读到要货的人，没有可以保存的；请看看每一行的识别，或者重新贴")


class RelayAllCancelled(Refused):
    sentence = _("接龙里的人都不要货了；要取消整笔认购，请到“我的认购”里取消")


class RelayOtherLot(Refused):
    sentence = _("这笔认购不是这批货的，请从这笔认购的页面重新贴")


class StallNameTaken(Refused):
    """`name` of the other stall."""

    sentence = _("已经有叫“%(name)s”的摊位；是同一家就点“并到”，不是请换个名字")


class StallNameMissing(Refused):
    sentence = _("请写 1 到 40 个字的摊位或姓名")


class StallGone(Refused):
    sentence = _("这个摊位刚才已经并到另一家了，请回到摊位列表看看")


class StallMergesItself(Refused):
    sentence = _("请选另一个摊位")


class RowUnreadable(Refused):
    """What a clerk corrected cannot be booked: `said` is a sentence."""

    sentence = "%(said)s"
    missing = _("这一行已经不在了，请刷新页面")
    nobody = _("请写明是哪个摊位，1 到 40 个字")
    nothing = _("请写明要多少，例如 100斤")
    nowhere = _("请选收货点和送达时段")
