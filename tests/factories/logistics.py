"""Trucks with drivers, passes, checks and rules; a day of pledges, planned or on the road. All made by the actions."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from market.models import Listing, Lot, Organisation, Place, User
from orders.logistics.actions.health import record_health_check
from orders.logistics.actions.passes import issue_pass
from orders.logistics.actions.planning import commit_plan, request_plan
from orders.logistics.actions.road import arrive, depart, record_loaded
from orders.logistics.actions.trucks import assign_driver, register_driver, register_truck
from orders.logistics.enums import StopKind
from orders.logistics.models import Driver, HealthCheck, Load, Pass, PlanRun, Rules, Stop, Trip, Truck, TruckBan
from orders.logistics.queries.journeys import midnight
from orders.logistics.queries.loads import legs_of, live_loads
from orders.models import Dock, Pledge
from tests.factories.market import make_live_listing
from tests.factories.orders import make_dock, make_pledge

_numbers = itertools.count(1)


def tomorrow() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=1)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return midnight(day) + dt.timedelta(hours=hour, minutes=minute)


def make_truck(
    carrier: Organisation, base: Place, *, by: User, driver: Driver | str | None = "new", **facts: Any
) -> Truck:
    """A 5-tonne truck with a driver of its own, on duty from 04:00 to 20:00."""
    number = next(_numbers)
    values = {"plate": f"湘B{number:05d}", "plate_colour": "blue", "rated_g": 5_000_000, **facts}
    truck = register_truck(carrier, base=base, by=by, **values)
    if driver == "new":
        driver = register_driver(carrier, name=f"司机{number}", phone=f"137{number:08d}", by=by)
    return assign_driver(truck, driver, by=by) if driver else truck


def make_pass(truck: Truck, day: dt.date, *, by: User, **facts: Any) -> Pass:
    """Valid for the whole day."""
    values = {
        "issuer": "police",
        "number": f"430200{next(_numbers):06d}",
        "valid_from": midnight(day),
        "valid_to": midnight(day) + dt.timedelta(days=1),
        **facts,
    }
    return issue_pass(truck, by=by, **values)


def make_health_check(driver: Driver, *, by: User, **facts: Any) -> HealthCheck:
    """Green, 36.5 ℃, negative; sampled a moment ago."""
    values = {
        "code": "green",
        "sampled_at": timezone.now() - dt.timedelta(minutes=5),
        "result": "negative",
        "temperature": Decimal("36.5"),
        **facts,
    }
    return record_health_check(driver, by=by, **values)


def make_rules(**facts: Any) -> Rules:
    """Pass, green code, a test of 48 hours, 37.3 ℃; in force since yesterday."""
    values = {
        "name": "封控期间通行规则",
        "source": "市指挥部通知",
        "since": timezone.localdate() - dt.timedelta(days=1),
        "test_hours": 48,
        "temperature_limit": Decimal("37.3"),
        **facts,
    }
    return Rules.objects.create(**values)


@dataclass
class Day:
    """A listing, a dock and trucks of one day, and what was made of them."""

    day: dt.date
    cast: Any
    listing: Listing
    lot: Lot
    dock: Dock
    trucks: list[Truck] = field(default_factory=list)

    def pledge(self, text: str = "1000斤", **fields: Any) -> Pledge:
        return make_pledge(self.lot, self.dock, text, by=self.cast.buyer, **fields)

    def truck(self, **facts: Any) -> Truck:
        truck = make_truck(self.cast.carrier, facts.pop("base", self.dock.place), by=self.cast.haulier, **facts)
        self.trucks.append(truck)
        return truck

    def run(self) -> PlanRun:
        """Needs `django_capture_on_commit_callbacks(execute=True)` around it, or `solve`."""
        return request_plan(self.day, by=self.cast.dispatcher)


def make_day(cast: Any, reference: dict[str, Any]) -> Day:
    """10 t of loofah for tomorrow from the village, and the supermarket's dock. No pledge and no truck yet."""
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    day = tomorrow()
    lot = Lot.objects.get(listing=listing, day=day)
    return Day(day, cast, listing, lot, make_dock(cast.supermarket))


def plan(day: Day) -> PlanRun:
    """Requested and computed."""
    from orders.logistics.actions.solving import run_plan

    return run_plan(day.run().pk)


def commit(day: Day) -> list[Trip]:
    return commit_plan(plan(day), by=day.cast.dispatcher).trips


def driver_of(trip: Trip) -> User:
    return User.objects.get(driver=trip.driver_id)


def stops(trip: Trip, kind: str = "") -> list[Stop]:
    legs = legs_of(trip.stops.all(), live_loads(trip))
    return [leg.stop for leg in legs if not kind or leg.stop.kind == kind]


def load_up(trip: Trip, grams: dict[int, int] | None = None) -> None:
    """The driver loads everything planned (or `grams` by load), up to leaving the last pickup."""
    driver = driver_of(trip)
    way = stops(trip)
    last = max(n for n, stop in enumerate(way) if stop.kind == StopKind.PICKUP)
    for stop in way[: last + 1]:
        arrive(stop, by=driver)
        for load in Load.objects.live().filter(pickup=stop):
            record_loaded(load, (grams or {}).get(load.pk, load.planned_g), by=driver)
        depart(stop, by=driver)


def ban_at_dock(day: Day) -> TruckBan:
    """Trucks over two tonnes keep out of the dock's place until eleven at night."""
    return TruckBan.objects.create(
        place=day.dock.place,
        over_g=2_000_000,
        from_time=dt.time(0),
        to_time=dt.time(23),
        since=day.day,
        source="交警通告",
    )
