"""Refusals of checkpoints, their visits and alarms."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class DeviceElsewhere(Refused):
    """A phone's chain of records belongs to one checkpoint."""

    sentence = _("这台设备登记在别的查验点；请在查验页面重新选择查验点，再同步")


class DecisionNeedsReason(Refused):
    field = "reason"
    sentence = _("处理和核验结论不一致，请写原因")


class NoSuchVisit(Refused):
    sentence = _("这次查验还没有同步上来，请先同步查验记录")


class AlarmNeedsNote(Refused):
    field = "note"
    sentence = _("请写处理结果，例如 已电话核实，是同一辆车折返")


class CheckpointNameTaken(Refused):
    field = "name"
    sentence = _("已经有叫“%(name)s”的查验点。要改它的位置请打开它修改，要另设请换一个名称")


class HalfAPoint(Refused):
    field = "lat"
    sentence = _("纬度和经度要一起填，或者都留空")


class NotACheckpointUnit(Refused):
    field = "organisation"
    sentence = _("查验点要属于交警或查验点单位；请先在后台登记这个单位")
