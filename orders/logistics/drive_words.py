"""What the driver's page says by its script, and what it says after a form sent without one."""

from typing import Any

from django.utils.translation import gettext as _


def script_words() -> dict[str, Any]:
    """Sentences of the script, in the reader's language."""
    return {
        "verbs": {
            "arrive": _("到达"),
            "loaded": _("实装 %(what)s"),
            "taken": _("接货 %(what)s"),
            "not_loaded": _("没有装 %(what)s"),
            "handover": _("交接"),
            "seal": _("封条 %(what)s"),
            "depart": _("离开"),
            "repaired": _("车修好了"),
            "problem": _("报告情况：%(what)s"),
            "photo": _("照片"),
        },
        "sent": _("已发送"),
        "waiting": _("还没发出去，有网就发"),
        "sending": _("正在发…"),
        "behind": _("等前面没办成的那一条改好再发"),
        "aside": _("服务器没收下，先放在一边；没有丢，还在手机上，过几分钟自动再发"),
        "after": _("等前面放在一边的那一条发出去再发"),
        "refused": _("没办成：%(sentence)s"),
        "count_waiting": _("有 %(count)s 条还没发出去，有网就发"),
        "count_refused": _("有 %(count)s 条没办成，请往下看怎么改"),
        "count_aside": _("有 %(count)s 条服务器没收下，先放在一边，没有丢；着急请打电话给调度员"),
        "all_sent": _("都发出去了"),
        "no_network": _("没有网，照常按，有网就发"),
        "weights": _("%(jin)s 斤 = %(kg)s 公斤"),
        "of_rated": _("车上 %(aboard)s，核定 %(rated)s"),
        "over": _("超载 %(over)s，请卸下一些再走"),
        "more_than_planned": _("计划只有 %(planned)s；多出来的请先问调度员"),
        "bad_number": _("请写一个大于零的数，例如 1200"),
        "bad_code": _("交接码不对，请再看一遍对方给的六位数"),
        "code_or_why": _("请填六位交接码；没有码就写原因"),
        "expired": _("通行码已过期，有网时打开这个页面会换新的；没有网就打电话给调度员"),
        "not_kept": _("这部手机存不下记录，请连着网操作"),
        "again": _("登录已过期，请重新登录；没发出去的都还在手机上"),
        "other_person": _("手机上换了人登录；请原来的司机登录后再发"),
        "arrived_at": _("已到 %(at)s"),
        "left_at": _("已离开 %(at)s"),
    }


def said_when_done(verb: str) -> str:
    """Only where the page does not show it by itself."""
    said = {
        "loaded": _("实装量已记下"),
        "taken": _("接货已记下"),
        "not_loaded": _("已记下没有装，调度员会另外安排"),
        "handover": _("交接已记下"),
        "seal": _("封条号已记下"),
        "problem": _("调度员已收到"),
        "repaired": _("已记下车修好了，可以接着走"),
        "photo": _("照片已存下"),
    }
    return said.get(verb, "")
