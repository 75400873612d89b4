"""Goods received, by the actions: a pledge on a truck of its own, loaded and received."""

import uuid
from typing import Any

from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.trips import add_trip
from orders.logistics.models import Load, Receipt
from orders.models import Pledge
from tests.factories.logistics import Day, load_up


def on_the_road(day: Day, pledge: Pledge) -> Load:
    """All of the pledge loaded on a truck that has left."""
    trip = add_trip(day.day, day.truck(), [(pledge.allocations.get().pk, None)], by=day.cast.dispatcher)
    load_up(trip)
    return trip.loads.get()


def make_receipt(load: Load, by: Any, accepted: int = 0, rejected: int = 0, missing: int = 0) -> Receipt:
    reason = "压坏" if rejected + missing else ""
    facts = {"accepted": accepted, "rejected": rejected, "missing": missing, "reason": reason}
    return record_receipt(load, key=uuid.uuid4(), by=by, **facts)
