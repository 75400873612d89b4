"""Days said from today on: a suite that runs over midnight would carry yesterday's tomorrow in its parameters."""

import datetime as dt
from typing import Any

from django.utils import timezone

DAY = dt.timedelta(days=1)


def dated(facts: dict[str, Any]) -> dict[str, Any]:
    """Each span becomes the day so far from today; everything else stays."""
    today = timezone.localdate()
    return {name: today + fact if isinstance(fact, dt.timedelta) else fact for name, fact in facts.items()}
