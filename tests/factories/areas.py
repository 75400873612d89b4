"""Areas at risk, made by the actions."""

import datetime as dt
from typing import Any

from django.utils import timezone

from market.models import Place, User
from orders.logistics.actions.areas import AreaFacts, draft_area
from orders.logistics.models import RiskArea


def make_area(place: Place, *, by: User, **facts: Any) -> RiskArea:
    """A draft: closed from in an hour for a day."""
    now = timezone.now()
    values = {
        "level": "high",
        "starts_at": now + dt.timedelta(hours=1),
        "ends_at": now + dt.timedelta(days=1),
        "source": "市指挥部第 12 号通告",
        "is_closed": True,
        **facts,
    }
    return draft_area(AreaFacts(place=place, **values), by=by)
