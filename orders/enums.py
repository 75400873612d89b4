"""States of a pledge and the table of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PledgeState(TextChoices):
    PLACED = "placed", _("已认购")
    PLANNED = "planned", _("已派车")
    MOVING = "moving", _("运输中")
    RECEIVED = "received", _("已收货")
    CANCELLED = "cancelled", _("已取消")


# A pledge over several trucks is `planned` when the first of them is planned, `moving` when the first departs, and
# `received` when nothing of it is under way or waiting any more.
PLEDGE_MOVES: dict[PledgeState, set[PledgeState]] = {
    PledgeState.PLACED: {PledgeState.PLANNED, PledgeState.CANCELLED},
    PledgeState.PLANNED: {PledgeState.PLACED, PledgeState.MOVING},
    PledgeState.MOVING: {PledgeState.RECEIVED},
    PledgeState.RECEIVED: set(),
    PledgeState.CANCELLED: set(),
}
LIVE_PLEDGES = frozenset(set(PledgeState) - {PledgeState.CANCELLED})
