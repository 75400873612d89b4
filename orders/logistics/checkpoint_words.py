"""What officers read: the verdicts' words, a sentence and a cure for each reason, and the other words of the installable page.

The page carries them as JSON, so that a phone without a network speaks the reader's language too.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.logistics.enums import AlarmKind, Verdict, VisitState

# Reason of `codes.verdicts` → what is so, and what would cure it.
REASONS: dict[str, tuple[Any, Any]] = {
    "genuine": (gettext_lazy("通行码有效"), gettext_lazy("看一眼车牌，对得上就放行。")),
    "bad_signature": (
        gettext_lazy("通行码被改过，签名不对"),
        gettext_lazy("请司机联系调度员，从系统里重新打开通行码。"),
    ),
    "bad_key": (
        gettext_lazy("通行码用作废的密钥签名，可能是伪造的"),
        gettext_lazy("扣下这张码的照片，报告指挥部；真车请调度员重发通行码。"),
    ),
    "specimen": (gettext_lazy("这是样张，不能通行"), gettext_lazy("请出示正式的通行码。")),
    "pass_revoked": (gettext_lazy("通行证已吊销"), gettext_lazy("车主要向签发单位重新申请。")),
    "by_hand": (gettext_lazy("签发单位已作废这张通行码"), gettext_lazy("请司机联系调度员，换新码再来。")),
    "trip_ended": (gettext_lazy("这个车次已结束或取消"), gettext_lazy("请调度员另排车次、发新码。")),
    "broken_down": (
        gettext_lazy("这辆车已报故障，货转到了别的车上"),
        gettext_lazy("车修好后，请调度员发新码。"),
    ),
    "expired": (gettext_lazy("通行码已过期"), gettext_lazy("请司机联系调度员续码。")),
    "copied": (
        gettext_lazy("同一张码刚在别处出现过，可能被复制"),
        gettext_lazy("核对车牌、司机手机号和货单，打调度电话问清楚。"),
    ),
    "never_issued": (
        gettext_lazy("系统没有签发过这张通行码"),
        gettext_lazy("先留查，报告指挥部；打调度电话核对通行证号。"),
    ),
    "pass_suspended": (gettext_lazy("通行证已暂停"), gettext_lazy("请车主联系签发单位，恢复后再走。")),
    "unfit": (
        gettext_lazy("这趟车已不符合通行条件"),
        gettext_lazy("打调度电话，问清楚缺什么，补齐后再走。"),
    ),
    "crew_changed": (
        gettext_lazy("司机或车辆和通行码不一致"),
        gettext_lazy("核对司机手机号和车牌，请调度员换新码。"),
    ),
    "not_yet": (gettext_lazy("还没到生效时间"), gettext_lazy("等到生效时间再走，或者请调度员改时间。")),
    "area_closed": (
        gettext_lazy("要去的地方正在封控"),
        gettext_lazy("先停下，打调度电话改路线，或在边界换车。"),
    ),
    "clock_wrong": (
        gettext_lazy("本机时钟被调过，不能判断"),
        gettext_lazy("把手机改成自动对时，联网更新一次再查。"),
    ),
    "no_bundle": (gettext_lazy("本机还没有核验包，不能判断"), gettext_lazy("先联网打开本页一次。")),
    "stale_bundle": (
        gettext_lazy("核验包太旧，不能判断"),
        gettext_lazy("联网更新后再查；没有网就打调度电话核对通行证号。"),
    ),
    "unreadable": (
        gettext_lazy("读不出来，这不是本市的通行码"),
        gettext_lazy("擦干、展平再扫，或者输入通行证号和校验码。"),
    ),
    "not_found": (
        gettext_lazy("在用的通行码里没有这个号"),
        gettext_lazy("再核对一遍 12 位号码和 4 位校验码，或者打调度电话。"),
    ),
    "goods_changed": (
        gettext_lazy("货单已变，司机有新码"),
        gettext_lazy("请司机打开新码再扫；打不开就核对货单和车上的货。"),
    ),
    "renewed": (gettext_lazy("已续新码"), gettext_lazy("请司机打开新码再扫；打不开就核对车牌和司机。")),
    "newer_than_bundle": (
        gettext_lazy("通行码比本机的核验包新"),
        gettext_lazy("核对车牌和司机；联网更新后会自动核实。"),
    ),
    "not_here": (
        gettext_lazy("通行码的路线不经过这里"),
        gettext_lazy("问司机走哪条路，核对货单上的目的地。"),
    ),
}

# The drawing of each verdict: colour alone tells nobody anything.
SIGNS = (
    (Verdict.PASS.value, "circle-check-big"),
    (Verdict.CHECK.value, "eye"),
    (Verdict.HOLD.value, "hand"),
    (Verdict.REFUSE.value, "octagon-x"),
    (Verdict.UNKNOWN.value, "circle-question-mark"),
)


def quick_reasons() -> list[str]:
    """What an officer in gloves can press instead of typing."""
    return [_("电话核实过"), _("纸质通行单有效"), _("车牌不符"), _("货不对"), _("司机不配合")]


def decisions(moves: Collection[str]) -> list[tuple[str, str]]:
    """What an officer can do of these, as it is said on a button."""
    said = ((VisitState.PASSED, _("放行")), (VisitState.HELD, _("留查")), (VisitState.TURNED_BACK, _("劝返")))
    return [(state.value, word) for state, word in said if state in moves]


def sentences_of(reasons: Iterable[str]) -> list[str]:
    """What the reasons say, the gravest first."""
    return [str(REASONS[reason][0]) for reason in reasons if reason in REASONS]


def page_words() -> dict[str, Any]:
    """All that the installable page says by script, in the reader's language."""
    return {
        "verdicts": {verdict.value: str(verdict.label) for verdict in Verdict},
        "reasons": {code: {"say": str(say), "cure": str(cure)} for code, (say, cure) in REASONS.items()},
        "states": {state.value: str(state.label) for state in VisitState},
        "alarms": {kind.value: str(kind.label) for kind in AlarmKind},
        "kinds": {"green": _("运货"), "transfer": _("接驳"), "empty_return": _("空车返回")},
        "plates": {"blue": _("蓝牌"), "yellow": _("黄牌"), "green": _("绿牌")},
        **_facts(),
        **_age(),
        **_sending(),
    }


def _facts() -> dict[str, str]:
    return {
        "number": _("通行证号"),
        "kind": _("类别"),
        "until": _("有效到"),
        "from": _("从何时起"),
        "rated": _("核定载质量"),
        "kg": _("公斤"),
        "by_number": _("按号码查到，请核对车牌、司机和纸上的内容"),
        "seen_before": _("本机 %(minutes)s 分钟前查过这张码"),
        "crew_same": _("手机号和通行码一致"),
        "crew_other": _("手机号和通行码不一致，请先停下核对"),
        "crew_typed": _("请输入 11 位手机号"),
        "not_code": _("请输入整段通行码，或 12 位通行证号加 4 位校验码"),
        "no_camera": _("打不开相机，请在手机设置里允许，或者用下面的输入框"),
        "why_needed": _("和核验结论不一致，请写原因"),
        "health_needed": _("现行规则要查健康信息：看健康码、核酸和体温"),
        "decided": _("已记下：%(state)s"),
        "not_kept": _("没有存下来，请再试一次；手机空间可能满了"),
    }


def _age() -> dict[str, str]:
    return {
        "age_none": _("没有核验包，请联网打开一次"),
        "age_fresh": _("核验包 %(age)s前更新"),
        "age_usable": _("核验包 %(age)s前更新，有网时请更新"),
        "age_stale": _("核验包已过时（%(age)s前），不能判断放行"),
        "minutes": _("%(number)s 分钟"),
        "hours": _("%(number)s 小时"),
        "days": _("%(number)s 天"),
        "clock_wrong": _("手机时钟被调过，请改为自动对时"),
    }


def _sending() -> dict[str, str]:
    return {
        "offline_ready": _("没有网也能查"),
        "offline_waiting": _("正在存到手机，请先别断网"),
        "queue_none": _("记录都已送到"),
        "queue_some": _("%(number)s 条记录等网络"),
        "refused": _("服务器没有收下：%(why)s"),
        "alarm": _("警报：%(kind)s。请先停下"),
        "server_says": _("本机的核验包里还没有这条；服务器刚刚判断的"),
        "server_agrees": _("服务器刚核实过：通行码有效"),
        "late": _("先停下：%(when)s 查过的 %(name)s，服务器判断不该放行。点这里看原因"),
        "alarmed": _("有警报"),
        "none_yet": _("本机今天还没有查验"),
        "sent": _("已送到"),
        "waiting": _("等网络"),
        "unknown_plate": _("车牌不明"),
    }
