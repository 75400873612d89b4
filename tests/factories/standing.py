"""Standing pledges."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from market.models import Listing, User
from market.quantities import Quantity
from orders.actions.standing import start_standing
from orders.models import Dock, StandingPledge


def make_standing(listing: Listing, dock: Dock, text: str = "100斤", *, by: User, **fields: Any) -> StandingPledge:
    """Started through its action for tomorrow and the day after, between 06:00 and 10:00."""
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    values = {
        "first_day": tomorrow,
        "last_day": tomorrow + dt.timedelta(days=1),
        "window_from": dt.time(6),
        "window_to": dt.time(10),
        "key": uuid.uuid4(),
        **fields,
    }
    return start_standing(
        buyer=dock.organisation, listing=listing, quantity=Quantity.parse(text), dock=dock, by=by, **values
    )
