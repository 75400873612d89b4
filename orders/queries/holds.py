"""What the page of holds shows."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from market.models import User
from orders.enums import PledgeState
from orders.models import Pledge
from orders.permissions import pledging_by_sheet_for

HOLDS_SHOWN = 100


@dataclass(frozen=True)
class Hold:
    """A hold as its page shows it. `is_over` also between its time and the clock's next round."""

    pledge: Pledge
    now: dt.datetime

    @property
    def is_over(self) -> bool:
        until = self.pledge.held_until
        return self.pledge.state != PledgeState.HELD or (until is not None and until <= self.now)


def holds_of(user: User) -> list[Hold]:
    """The holds of the person's associations: those running, the soonest first, then those that lapsed and whose goods could
    still be bought. One statement beside the memberships."""
    mine = [organisation.pk for organisation in pledging_by_sheet_for(user)]
    states = (PledgeState.HELD, PledgeState.LAPSED)
    rows = Pledge.objects.filter(buyer__in=mine, state__in=states, day__gte=timezone.localdate())
    rows = rows.select_related("buyer", "dock", "lot__listing__produce", "lot__listing__place")
    now = timezone.now()
    holds = [Hold(pledge, now) for pledge in rows.order_by(F("held_until").asc(nulls_last=True), "-pk")[:HOLDS_SHOWN]]
    return sorted(holds, key=lambda hold: hold.is_over)
