"""Transfer points, trucks that stand, and what a driver does at a stop, for tests."""

import uuid
from typing import Any

from market.models import Organisation, Place, User
from orders.logistics.actions.breakdowns import report_breakdown
from orders.logistics.actions.handovers import hand_over
from orders.logistics.actions.road import arrive, depart, record_loaded
from orders.logistics.actions.taking_on import take_on
from orders.logistics.actions.transfers import plan_relay
from orders.logistics.models import Breakdown, Load, Stop, TransferPoint, Trip
from tests.factories.logistics import Day, commit, driver_of


def make_point(keeper: Organisation, place: Place, **facts: Any) -> TransferPoint:
    """Between the village and the town, open all day."""
    values = {
        "name": f"接驳点{TransferPoint.objects.count() + 1}",
        "lat": 27.85,
        "lon": 113.2,
        "contact_name": "值班员",
    }
    return TransferPoint.objects.create(
        keeper=keeper, place=place, **{**values, "contact_phone": "073128680000", **facts}
    )


def meet(stop: Stop, *, by: User | None = None) -> None:
    """The driver types the right code."""
    stop.refresh_from_db()
    hand_over(stop, code=stop.code, key=uuid.uuid4(), by=by or driver_of(stop.trip))


def wrong_code(stop: Stop, n: int = 1) -> str:
    """The n-th after the right one."""
    return f"{(int(stop.code) + n) % 10**6:06d}"


def come_to(stop: Stop) -> None:
    arrive(stop, by=driver_of(stop.trip))


def leave(stop: Stop) -> None:
    depart(stop, by=driver_of(stop.trip))


def fetch(load: Load, grams: int | None = None) -> Load:
    """The driver comes to the yard and loads; not yet gone."""
    come_to(load.pickup)
    return record_loaded(load, load.planned_g if grams is None else grams, by=driver_of(load.trip))


def take(load: Load, grams: int, reason: str = "") -> Load:
    """The driver who takes on comes, types the code and counts."""
    come_to(load.pickup)
    meet(load.pickup)
    return take_on(load, grams, reason=reason, key=uuid.uuid4(), by=driver_of(load.trip))


def break_down(trip: Trip, **facts: Any) -> Breakdown:
    place = facts.pop("place", None) or trip.stops.first().place
    values = {"what": "水箱漏了", "place": place, "lat": 27.8, "lon": 113.18, "key": uuid.uuid4(), **facts}
    return report_breakdown(trip, by=values.pop("by", None) or driver_of(trip), **values)


def both_at_point(day: Day, place: Place) -> Load:
    """2,000 斤 on a truck that stands at a transfer point beside the one that is to take them on; what that one will carry."""
    day.pledge("2000斤")
    day.truck()
    first = commit(day)[0].loads.get()
    onward = plan_relay(first, make_point(day.cast.bureau, place), day.truck(), by=day.cast.dispatcher)
    fetch(first)
    leave(first.pickup)
    first.refresh_from_db()
    come_to(first.delivery)
    come_to(onward.pickup)
    return onward
