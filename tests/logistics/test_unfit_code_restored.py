"""A code that was withdrawn does not come back for a trip that may not run any more."""

import pytest

from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.code_upkeep import restore_by_hand
from orders.logistics.actions.codes import issue_code, restore_code, withdraw_by_hand
from orders.logistics.actions.passes import restore_pass, suspend_pass
from orders.logistics.enums import CodeEnd, TripState
from orders.logistics.models import PassCode, Trip
from tests.factories.logistics import make_health_check
from tests.factories.passes import cleared_trip, make_office


@pytest.fixture
def trip(day):
    """On the road with a live code."""
    trip = cleared_trip(day)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.EN_ROUTE)
    trip = Trip.objects.get(pk=trip.pk)
    issue_code(trip, by=day.cast.dispatcher)
    return trip


def live(trip) -> int:
    return PassCode.objects.live().filter(trip=trip).count()


def fall_ill(trip, day):
    make_health_check(trip.driver, by=day.cast.dispatcher, code="red")


def test_a_code_that_ended_because_the_trip_is_unfit_is_not_restored(day, trip):
    fall_ill(trip, day)
    code = PassCode.objects.get(trip=trip)
    assert code.end == CodeEnd.UNFIT

    with pytest.raises(pass_refusals.CodeNotRestorable):
        restore_code(code, by=day.cast.dispatcher)

    assert live(trip) == 0


def test_a_code_withdrawn_by_hand_is_not_restored_once_the_trip_is_unfit(day, trip, client):
    code = PassCode.objects.get(trip=trip)
    withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)
    fall_ill(trip, day)

    with pytest.raises(refusals.TruckNotFit):
        restore_by_hand(code, by=day.cast.dispatcher)
    client.force_login(day.cast.dispatcher)
    client.post(f"/logistics/codes/{code.pk}/restore/")

    assert live(trip) == 0


def test_a_restored_pass_brings_no_code_back_to_an_unfit_trip(day, trip):
    make_office(day.cast)
    suspend_pass(trip.green_pass, reason="超载", by=day.cast.issuer)
    fall_ill(trip, day)

    restore_pass(trip.green_pass, by=day.cast.issuer)

    assert live(trip) == 0


def test_of_a_trip_that_is_fit_it_comes_back(day, trip):
    code = PassCode.objects.get(trip=trip)
    withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)

    restore_by_hand(code, by=day.cast.dispatcher)

    assert live(trip) == 1
