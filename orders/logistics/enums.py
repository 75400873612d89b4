"""States of passes, trips, loads and planning runs, with the tables of allowed moves."""

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
    ISSUED = "issued", _("有效")
    SUSPENDED = "suspended", _("已暂停")
    REVOKED = "revoked", _("已吊销")


PASS_MOVES: dict[PassState, set[PassState]] = {
    PassState.ISSUED: {PassState.SUSPENDED, PassState.REVOKED},
    PassState.SUSPENDED: {PassState.ISSUED, PassState.REVOKED},
    PassState.REVOKED: set(),
}


class HealthCode(TextChoices):
    GREEN = "green", _("绿码")
    YELLOW = "yellow", _("黄码")
    RED = "red", _("红码")


class SampleResult(TextChoices):
    NEGATIVE = "negative", _("阴性")
    POSITIVE = "positive", _("阳性")
    PENDING = "pending", _("待出结果")


class TripState(TextChoices):
    PLANNED = "planned", _("已排班")
    LOADING = "loading", _("装货中")
    EN_ROUTE = "en_route", _("运输中")
    COMPLETED = "completed", _("已完成")
    CANCELLED = "cancelled", _("已取消")


TRIP_MOVES: dict[TripState, set[TripState]] = {
    TripState.PLANNED: {TripState.LOADING, TripState.CANCELLED},
    TripState.LOADING: {TripState.EN_ROUTE, TripState.CANCELLED},
    TripState.EN_ROUTE: {TripState.COMPLETED},
    TripState.COMPLETED: set(),
    TripState.CANCELLED: set(),
}
OPEN_TRIPS = frozenset({TripState.PLANNED, TripState.LOADING, TripState.EN_ROUTE})


class StopKind(TextChoices):
    PICKUP = "pickup", _("装货")
    DELIVERY = "delivery", _("卸货")


class LoadState(TextChoices):
    PLANNED = "planned", _("待装车")
    LOADED = "loaded", _("已装车")
    DELIVERED = "delivered", _("已收货")
    UNPLANNED = "unplanned", _("已撤下")


LOAD_MOVES: dict[LoadState, set[LoadState]] = {
    LoadState.PLANNED: {LoadState.LOADED, LoadState.UNPLANNED},
    LoadState.LOADED: {LoadState.DELIVERED, LoadState.UNPLANNED},
    LoadState.DELIVERED: set(),
    LoadState.UNPLANNED: set(),
}


class RunState(TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("计算中")
    READY = "ready", _("待确认")
    COMMITTED = "committed", _("已采用")
    FAILED = "failed", _("未成功")


RUN_MOVES: dict[RunState, set[RunState]] = {
    RunState.QUEUED: {RunState.RUNNING, RunState.FAILED},
    RunState.RUNNING: {RunState.READY, RunState.FAILED},
    RunState.READY: {RunState.COMMITTED},
    RunState.COMMITTED: set(),
    RunState.FAILED: set(),
}
