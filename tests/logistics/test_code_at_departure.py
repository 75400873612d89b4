"""A truck that nobody cleared has its pass code when it leaves, where the rules ask for a pass."""

import datetime as dt

from django.utils import timezone

from orders.logistics.enums import TripState
from orders.logistics.models import PassCode, Trip
from tests.factories.logistics import commit, load_up, make_health_check, make_pass, make_rules


def leave(day) -> Trip:
    day.pledge("1000斤")
    truck = day.truck()
    until = timezone.now() + dt.timedelta(days=3)
    make_pass(truck, timezone.localdate(), valid_to=until, by=day.cast.dispatcher)
    make_health_check(truck.driver, by=day.cast.dispatcher)
    (trip,) = commit(day)
    load_up(trip)
    return Trip.objects.get(pk=trip.pk)


def test_it_leaves_with_a_code(day):
    make_rules()

    trip = leave(day)

    assert trip.state == TripState.EN_ROUTE
    assert PassCode.objects.live().filter(trip=trip).count() == 1


def test_without_rules_there_is_none(day):
    trip = leave(day)

    assert trip.state == TripState.EN_ROUTE
    assert not PassCode.objects.exists()
