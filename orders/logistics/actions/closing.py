"""What the clock ends: pledges of past days whose remainder never got a truck."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from orders.enums import PledgeState
from orders.logistics.actions.endings import follow_pledges
from orders.logistics.actions.locks import lock_one
from orders.models import Pledge


def close_past_pledges(today: dt.date | None = None) -> int:
    """Pledges of past days of which everything loaded is received do not go on moving for what no truck fetched. Returns how many.

    Locks: pledge, one after the other. A repeat changes nothing.
    """
    today = today or timezone.localdate()
    past = Pledge.objects.filter(day__lt=today, state=PledgeState.MOVING).order_by("pk")
    return sum(_close(pk, today) for pk in past.values_list("pk", flat=True))


@transaction.atomic
def _close(pk: int, today: dt.date) -> bool:
    lock_one(Pledge, pk)
    follow_pledges([pk], by=None, today=today)
    return Pledge.objects.filter(pk=pk, state=PledgeState.RECEIVED).exists()
