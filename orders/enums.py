"""States of what is promised, asked for and proposed, with the tables of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from market.enums import Grade


class PledgeState(TextChoices):
    HELD = "held", _("预留中")
    PLACED = "placed", _("已认购")
    PLANNED = "planned", _("已派车")
    MOVING = "moving", _("运输中")
    RECEIVED = "received", _("已收货")
    CANCELLED = "cancelled", _("已取消")
    LAPSED = "lapsed", _("预留已过期")


# A pledge over several trucks is `planned` when the first of them is planned, `moving` when the first departs, and
# `received` when nothing of it is under way or waiting any more. A hold has no dock's truck yet: it becomes a pledge or ends.
PLEDGE_MOVES: dict[PledgeState, set[PledgeState]] = {
    PledgeState.HELD: {PledgeState.PLACED, PledgeState.CANCELLED, PledgeState.LAPSED},
    PledgeState.PLACED: {PledgeState.PLANNED, PledgeState.CANCELLED},
    PledgeState.PLANNED: {PledgeState.PLACED, PledgeState.MOVING, PledgeState.CANCELLED},
    PledgeState.MOVING: {PledgeState.RECEIVED},
    PledgeState.RECEIVED: {PledgeState.MOVING},  # a receipt was reversed: goods are to be received again
    PledgeState.CANCELLED: set(),
    PledgeState.LAPSED: set(),
}
ENDED_PLEDGES = frozenset({PledgeState.CANCELLED, PledgeState.LAPSED})
LIVE_PLEDGES = frozenset(set(PledgeState) - ENDED_PLEDGES)  # their grams are reserved
PROMISED_PLEDGES = LIVE_PLEDGES - {PledgeState.HELD}  # what a seller may count on
WAITING_PLEDGES = (PledgeState.PLACED, PledgeState.PLANNED, PledgeState.MOVING)  # goods still to come
CHANGEABLE_PLEDGES = frozenset({PledgeState.PLACED, PledgeState.PLANNED})

# Why a stretch was granted, where it was to fill a truck: this word and the truck's plate.
FILL_TRUCK = "fill_truck"

# From best to least; 统货 is ungraded and satisfies only who asks for no grade.
GRADE_RANK: dict[str, int] = {Grade.PREMIUM: 3, Grade.FIRST: 2, Grade.SECOND: 1, Grade.MIXED: 0}


class DemandState(TextChoices):
    """Of an open pledge (求购). How much of it is met is read from its pledges, never stored."""

    OPEN = "open", _("求购中")
    CANCELLED = "cancelled", _("已撤回")
    ENDED = "ended", _("已到期")


DEMAND_MOVES: dict[DemandState, set[DemandState]] = {
    DemandState.OPEN: {DemandState.CANCELLED, DemandState.ENDED},
    DemandState.CANCELLED: set(),
    DemandState.ENDED: set(),
}


class StandingState(TextChoices):
    RUNNING = "running", _("每天自动认购")
    PAUSED = "paused", _("已暂停")
    ENDED = "ended", _("已结束")


STANDING_MOVES: dict[StandingState, set[StandingState]] = {
    StandingState.RUNNING: {StandingState.PAUSED, StandingState.ENDED},
    StandingState.PAUSED: {StandingState.RUNNING, StandingState.ENDED},
    StandingState.ENDED: set(),
}


class StandingOutcome(TextChoices):
    """What the clock did with one day of a standing pledge."""

    PLACED = "placed", _("已认购")
    SHORT = "short", _("只认购到一部分")
    SKIPPED = "skipped", _("这天不要")
    FAILED = "failed", _("没有认购到")


class OfferSide(TextChoices):
    """Who made an offer; the other side answers it."""

    BUYER = "buyer", _("买方")
    SELLER = "seller", _("卖方")


class OfferState(TextChoices):
    OPEN = "open", _("等对方答复")
    ACCEPTED = "accepted", _("已成交")
    REFUSED = "refused", _("已谢绝")
    COUNTERED = "countered", _("已还价")
    WITHDRAWN = "withdrawn", _("已撤回")
    EXPIRED = "expired", _("已过期")


OFFER_MOVES: dict[OfferState, set[OfferState]] = {
    OfferState.OPEN: set(OfferState) - {OfferState.OPEN},
    OfferState.ACCEPTED: set(),
    OfferState.REFUSED: set(),
    OfferState.COUNTERED: set(),
    OfferState.WITHDRAWN: set(),
    OfferState.EXPIRED: set(),
}


class PolicyKind(TextChoices):
    """The published rules by which a day is matched. Each has versions with a text and parameters."""

    SOONEST = "soonest", _("先救快坏的")
    CARE_FIRST = "care_first", _("医院食堂优先")
    PRO_RATA = "pro_rata", _("不够时按比例分")
    FIRST_SHARE = "first_share", _("每家合作社先保一份")
    NEAREST = "nearest", _("就近优先")


class MatchState(TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("计算中")
    READY = "ready", _("待确认")
    COMMITTED = "committed", _("已执行")
    DISCARDED = "discarded", _("已放弃")
    FAILED = "failed", _("未成功")


MATCH_MOVES: dict[MatchState, set[MatchState]] = {
    MatchState.QUEUED: {MatchState.RUNNING, MatchState.FAILED},
    MatchState.RUNNING: {MatchState.READY, MatchState.FAILED},
    MatchState.READY: {MatchState.COMMITTED, MatchState.DISCARDED},
    MatchState.COMMITTED: set(),
    MatchState.DISCARDED: set(),
    MatchState.FAILED: set(),
}


UNDER_WAY = (MatchState.QUEUED, MatchState.RUNNING)  # somebody waits for the worker


class ProposalOutcome(TextChoices):
    """What became of one line of a match when it was committed."""

    PROPOSED = "proposed", _("待执行")
    BOOKED = "booked", _("已落实")
    GONE = "gone", _("情况已变，没有落实")
