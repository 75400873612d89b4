"""Somebody looks at a driver's health while the clock erases it, on PostgreSQL: each look stands, nothing is counted twice."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from market.models import Event
from orders.logistics.actions.clearing import clear_trip
from orders.logistics.actions.health import erase_old_health_checks, look_at_health
from orders.logistics.enums import TripState
from orders.logistics.models import HealthCheck, HealthTally, Trip
from tests.factories.logistics import commit, make_day, make_health_check
from tests.factories.passes import cleared_trip

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_erasing_twice_at_once_while_somebody_looks_counts_once(cast, reference, settings):
    settings.PLANNER_SECONDS, settings.PLANNER_ENGINE = 1, "greedy"
    day = make_day(cast, reference)
    day.pledge("1000斤")
    day.truck()
    (trip,) = commit(day)
    old = timezone.now() - dt.timedelta(days=20)
    for _number in range(3):
        make_health_check(trip.driver, by=cast.dispatcher, at=old, sampled_at=old)
    ready, errors = threading.Barrier(4), []

    def run(do) -> None:
        try:
            ready.wait(timeout=20)
            do()
        except Exception as error:  # noqa: BLE001 - an error of the database must show by name
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    looks = [lambda: look_at_health(trip.driver, by=cast.dispatcher)] * 2
    threads = [threading.Thread(target=run, args=(do,)) for do in [*looks, *[erase_old_health_checks] * 2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert (HealthCheck.objects.count(), HealthTally.objects.get().checked) == (0, 3)
    assert Event.objects.filter(verb="health_seen").count() == 2


@pytest.mark.parametrize(("code", "state"), [("red", TripState.PLANNED), ("green", TripState.CLEARED)])
def test_a_trip_being_cleared_while_its_driver_is_checked_is_judged_by_that_check(
    cast, reference, settings, code, state
):
    """With a good one, for comparison, it stays cleared."""
    settings.PLANNER_SECONDS, settings.PLANNER_ENGINE = 1, "greedy"
    trip = cleared_trip(make_day(cast, reference))
    Trip.objects.filter(pk=trip.pk).update(state=TripState.PLANNED)
    errors = []

    def check() -> None:
        try:
            make_health_check(trip.driver, by=cast.dispatcher, code=code)
        except Exception as error:  # noqa: BLE001 - an error of the database must show by name
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    thread = threading.Thread(target=check)
    with transaction.atomic():
        clear_trip(trip, by=cast.dispatcher)
        thread.start()
        thread.join(timeout=1)
    thread.join(timeout=20)

    assert errors == []
    assert Trip.objects.get(pk=trip.pk).state == state
