"""Relay text of an association, read and saved through its actions."""

import datetime as dt
from typing import Any

from market.models import Lot, Organisation, User
from orders.actions.relays import apply_relay, read_relay
from orders.models import Dock, Pledge, RelayReading
from orders.queries.relays import relay_page


def make_reading(association: Organisation, lot: Lot, text: str, *, by: User, **facts: Any) -> RelayReading:
    """What the person pasted for the lot; bare numbers are 斤."""
    known = Lot.objects.select_related("listing__produce").get(pk=lot.pk)
    return read_relay(**{"association": association, "lot": known, "text": text, "unit": "斤", "by": by, **facts})


def save_reading(reading: RelayReading, market: Dock, *, by: User, **facts: Any) -> Pledge:
    """Saved by somebody who has just looked at it; delivered to `market` where it is a new pledge."""
    delivery = {"dock": market, "window_from": dt.time(6), "window_to": dt.time(10)}
    page = relay_page(RelayReading.objects.select_related("lot__listing__produce").get(pk=reading.pk))
    facts = {"seen": page.digest, "by": by, **(delivery if page.target is None else {}), **facts}
    return apply_relay(reading, **facts).pledge


def row_of(reading: RelayReading, stall: str) -> int:
    """The key of the first row booked under the stall."""
    reading.refresh_from_db()
    return next(row["pk"] for row in reading.rows["rows"] if row.get("stall") == stall)
