"""States of passes, codes, trips, loads, visits and planning runs, with the tables of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlateColour(TextChoices):
    BLUE = "blue", _("蓝牌")
    YELLOW = "yellow", _("黄牌")
    GREEN = "green", _("绿牌")


class PassIssuer(TextChoices):
    """Who issues green-channel passes; each issues its own."""

    NDRC = "ndrc", _("市发改委")
    POLICE = "police", _("交警支队")
    TRANSPORT = "transport", _("交通运输局")


class PassState(TextChoices):
    APPLIED = "applied", _("待初审")
    VETTED = "vetted", _("待签发")
    ISSUED = "issued", _("有效")
    SUSPENDED = "suspended", _("已暂停")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")
    REVOKED = "revoked", _("已吊销")
    SUPERSEDED = "superseded", _("已换证")
    EXPIRED = "expired", _("已到期")


PASS_MOVES: dict[PassState, set[PassState]] = {
    PassState.APPLIED: {PassState.VETTED, PassState.REFUSED, PassState.WITHDRAWN},
    PassState.VETTED: {PassState.ISSUED, PassState.REFUSED, PassState.WITHDRAWN},
    PassState.ISSUED: {PassState.SUSPENDED, PassState.REVOKED, PassState.SUPERSEDED, PassState.EXPIRED},
    PassState.SUSPENDED: {PassState.ISSUED, PassState.REVOKED, PassState.SUPERSEDED, PassState.EXPIRED},
    PassState.REFUSED: set(),
    PassState.WITHDRAWN: set(),
    PassState.REVOKED: set(),
    PassState.SUPERSEDED: set(),
    PassState.EXPIRED: set(),
}
OPEN_APPLICATIONS = frozenset({PassState.APPLIED, PassState.VETTED})
GRANTED_PASSES = frozenset({PassState.ISSUED, PassState.SUSPENDED})


class CodeKind(TextChoices):
    """What a truck with this code is about."""

    GREEN = "green", _("运货")
    TRANSFER = "transfer", _("接驳")
    EMPTY_RETURN = "empty_return", _("空车返回")


class CodeState(TextChoices):
    LIVE = "live", _("有效")
    WITHDRAWN = "withdrawn", _("已作废")


CODE_MOVES: dict[CodeState, set[CodeState]] = {
    CodeState.LIVE: {CodeState.WITHDRAWN},
    CodeState.WITHDRAWN: {CodeState.LIVE},  # withdrawn by mistake
}


class CodeEnd(TextChoices):
    """Why a code no longer counts. What the checkpoint says depends on it (`codes.verdicts`)."""

    GOODS_CHANGED = "goods_changed", _("货单已变，已换新码")
    RENEWED = "renewed", _("已续新码")
    CREW_CHANGED = "crew_changed", _("司机或车辆已变，已换新码")
    TRIP_ENDED = "trip_ended", _("车次已结束或取消")
    BROKEN_DOWN = "broken_down", _("车辆故障，货已转车")
    PASS_SUSPENDED = "pass_suspended", _("通行证已暂停")
    PASS_REVOKED = "pass_revoked", _("通行证已吊销")
    UNFIT = "unfit", _("不再符合通行条件")
    BY_HAND = "by_hand", _("签发单位作废")


class KeyPurpose(TextChoices):
    CODES = "codes", _("签通行码")
    BUNDLE = "bundle", _("签核验包")


class KeyState(TextChoices):
    WAITING = "waiting", _("待启用")
    ACTIVE = "active", _("使用中")
    RETIRED = "retired", _("已退役")
    WITHDRAWN = "withdrawn", _("已撤销")


KEY_MOVES: dict[KeyState, set[KeyState]] = {
    KeyState.WAITING: {KeyState.ACTIVE, KeyState.WITHDRAWN},
    KeyState.ACTIVE: {KeyState.RETIRED, KeyState.WITHDRAWN},
    KeyState.RETIRED: {KeyState.WITHDRAWN},
    KeyState.WITHDRAWN: set(),
}


class Verdict(TextChoices):
    """What a checkpoint is told. Never green when it cannot be known."""

    PASS = "pass", _("放行")
    CHECK = "check", _("核对后放行")
    HOLD = "hold", _("先停下")
    REFUSE = "refuse", _("不能通行")
    UNKNOWN = "unknown", _("无法判断")


class VisitState(TextChoices):
    SEEN = "seen", _("待决定")
    PASSED = "passed", _("已放行")
    HELD = "held", _("已留查")
    TURNED_BACK = "turned_back", _("已劝返")


VISIT_MOVES: dict[VisitState, set[VisitState]] = {
    VisitState.SEEN: {VisitState.PASSED, VisitState.HELD, VisitState.TURNED_BACK},
    VisitState.HELD: {VisitState.PASSED, VisitState.TURNED_BACK},
    VisitState.PASSED: set(),
    VisitState.TURNED_BACK: set(),
}


class AlarmKind(TextChoices):
    COPIED = "copied", _("同一通行码短时间内出现在两处")
    NEVER_ISSUED = "never_issued", _("签名有效但系统没有签发过")
    BAD_KEY = "bad_key", _("用已撤销的密钥签名")
    UNFIT = "unfit", _("查验点放行，服务器判断不该放行")
    CHAIN_BROKEN = "chain_broken", _("查验记录不连续")
    CLOCK_WRONG = "clock_wrong", _("查验设备的时钟不准")


class HealthCode(TextChoices):
    GREEN = "green", _("绿码")
    YELLOW = "yellow", _("黄码")
    RED = "red", _("红码")


class TravelCard(TextChoices):
    """What the 14-day travel card showed; a star says a city has an area at risk, not that the person is ill."""

    CLEAN = "clean", _("无星号")
    STARRED = "starred", _("有星号")


class SampleResult(TextChoices):
    NEGATIVE = "negative", _("阴性")
    POSITIVE = "positive", _("阳性")
    PENDING = "pending", _("待出结果")


class TestCountsFrom(TextChoices):
    SAMPLED = "sampled", _("从采样时间起算")
    REPORTED = "reported", _("从出报告时间起算")


class RiskLevel(TextChoices):
    LOW = "low", _("低风险")
    MEDIUM = "medium", _("中风险")
    HIGH = "high", _("高风险")


class AreaState(TextChoices):
    DRAFT = "draft", _("未发布")
    PUBLISHED = "published", _("已发布")
    LIFTED = "lifted", _("已解除")


AREA_MOVES: dict[AreaState, set[AreaState]] = {
    AreaState.DRAFT: {AreaState.PUBLISHED, AreaState.LIFTED},
    AreaState.PUBLISHED: {AreaState.LIFTED},
    AreaState.LIFTED: set(),
}


class TripState(TextChoices):
    PLANNED = "planned", _("已排班")
    CLEARED = "cleared", _("已放行待装")
    LOADING = "loading", _("装货中")
    EN_ROUTE = "en_route", _("运输中")
    BROKEN_DOWN = "broken_down", _("车辆故障")
    COMPLETED = "completed", _("已完成")
    CANCELLED = "cancelled", _("已取消")


TRIP_MOVES: dict[TripState, set[TripState]] = {
    TripState.PLANNED: {TripState.CLEARED, TripState.CANCELLED},
    TripState.CLEARED: {TripState.PLANNED, TripState.LOADING, TripState.CANCELLED},
    TripState.LOADING: {TripState.EN_ROUTE, TripState.BROKEN_DOWN, TripState.CANCELLED},
    TripState.EN_ROUTE: {TripState.BROKEN_DOWN, TripState.COMPLETED},
    TripState.BROKEN_DOWN: {TripState.LOADING, TripState.EN_ROUTE, TripState.COMPLETED, TripState.CANCELLED},
    TripState.COMPLETED: set(),
    TripState.CANCELLED: set(),
}
EDITABLE_TRIPS = frozenset({TripState.PLANNED, TripState.CLEARED})  # not begun: a dispatcher may change what rides
RUNNING_TRIPS = frozenset({TripState.LOADING, TripState.EN_ROUTE, TripState.BROKEN_DOWN})
OPEN_TRIPS = EDITABLE_TRIPS | RUNNING_TRIPS


class StopKind(TextChoices):
    """A stop at a transfer point is a delivery of the truck that gives and a pickup of the one that takes."""

    PICKUP = "pickup", _("装货")
    DELIVERY = "delivery", _("卸货")


class LoadState(TextChoices):
    PLANNED = "planned", _("待装车")
    LOADED = "loaded", _("已装车")
    HANDED_OVER = "handed_over", _("已转车")
    DELIVERED = "delivered", _("已收货")
    UNPLANNED = "unplanned", _("已撤下")


LOAD_MOVES: dict[LoadState, set[LoadState]] = {
    LoadState.PLANNED: {LoadState.LOADED, LoadState.UNPLANNED},
    LoadState.LOADED: {LoadState.DELIVERED, LoadState.HANDED_OVER, LoadState.UNPLANNED},
    LoadState.HANDED_OVER: set(),
    LoadState.DELIVERED: {LoadState.LOADED},  # a receipt was reversed
    LoadState.UNPLANNED: set(),
}


class BreakdownState(TextChoices):
    OPEN = "open", _("等待救援")
    REPAIRED = "repaired", _("已修好")
    RESCUED = "rescued", _("货已转车")
    CLOSED = "closed", _("已结束")


BREAKDOWN_MOVES: dict[BreakdownState, set[BreakdownState]] = {
    BreakdownState.OPEN: {BreakdownState.REPAIRED, BreakdownState.RESCUED, BreakdownState.CLOSED},
    BreakdownState.REPAIRED: set(),
    BreakdownState.RESCUED: set(),
    BreakdownState.CLOSED: set(),
}


class RoadProblem(TextChoices):
    """What a driver may report; only a breakdown stops the trip."""

    BREAKDOWN = "breakdown", _("车坏了")
    DELAY = "delay", _("要晚到")
    ROAD_CLOSED = "road_closed", _("路不通")
    OTHER = "other", _("其他")


class DisputeState(TextChoices):
    OPEN = "open", _("待处理")
    UPHELD = "upheld", _("已更正")
    REFUSED = "refused", _("维持原记录")
    WITHDRAWN = "withdrawn", _("已撤回")


DISPUTE_MOVES: dict[DisputeState, set[DisputeState]] = {
    DisputeState.OPEN: {DisputeState.UPHELD, DisputeState.REFUSED, DisputeState.WITHDRAWN},
    DisputeState.UPHELD: set(),
    DisputeState.REFUSED: set(),
    DisputeState.WITHDRAWN: set(),
}


class ReceiptReason(TextChoices):
    """Why not all was accepted as it was promised."""

    ROTTEN = "rotten", _("腐烂变质")
    BRUISED = "bruised", _("磕碰压伤")
    WILTED = "wilted", _("失水萎蔫")
    SIZE = "size", _("规格不符")
    GRADE = "grade", _("等级不符")
    MIXED = "mixed", _("混有杂物")
    LATE = "late", _("送晚了")
    SHORT = "short", _("装少了")
    LOST = "lost", _("路上丢失")
    SCALE = "scale", _("两边秤不一致")
    OTHER = "other", _("其他")


class EvidenceKind(TextChoices):
    RECEIPT = "receipt", _("收货照片")
    ROAD = "road", _("路上照片")
    DISPUTE = "dispute", _("异议照片")
    PAPER = "paper", _("签字单据")


class PaperKind(TextChoices):
    WAYBILL = "waybill", _("货运单")
    PASS = "pass", _("通行单")


class RunState(TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("计算中")
    READY = "ready", _("待确认")
    COMMITTED = "committed", _("已采用")
    DISCARDED = "discarded", _("已放弃")
    FAILED = "failed", _("未成功")


RUN_MOVES: dict[RunState, set[RunState]] = {
    RunState.QUEUED: {RunState.RUNNING, RunState.FAILED},
    RunState.RUNNING: {RunState.READY, RunState.FAILED},
    RunState.READY: {RunState.COMMITTED, RunState.DISCARDED},
    RunState.COMMITTED: set(),
    RunState.DISCARDED: set(),
    RunState.FAILED: set(),
}


class RunScope(TextChoices):
    NEW = "new", _("只排新货")
    REST = "rest", _("重排剩下的一天")
