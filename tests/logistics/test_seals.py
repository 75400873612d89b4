"""Seals: each number once, broken with a reason, and no sealed truck leaves with goods unsealed."""

import pytest
from django.urls import reverse

from market.exceptions import NotAllowed
from market.models import Event
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.road import arrive, depart
from orders.logistics.actions.seals import break_seal, put_seal
from orders.logistics.actions.trips import add_trip
from orders.logistics.models import Seal
from tests.cast import PEOPLE
from tests.factories.logistics import commit, driver_of, stops
from tests.factories.road import fetch, meet


@pytest.fixture
def trip(day):
    """Loaded in the yard, not gone."""
    day.pledge("2000斤")
    day.truck()
    (trip,) = commit(day)
    fetch(trip.loads.get())
    return trip


@pytest.fixture
def driver(trip):
    return driver_of(trip)


def test_a_seal_is_put_once_whatever_is_pressed(trip, driver):
    seal = put_seal(trip, " zz 00123 ", by=driver)
    events = Event.objects.count()
    assert seal.number == "ZZ00123"
    assert put_seal(trip, "ZZ00123", by=driver) == seal
    assert (Seal.objects.count(), Event.objects.count()) == (1, events)


@pytest.mark.parametrize("number", ["", "  ", "号码", "-1", "A" * 21, "A/1"])
def test_what_is_no_seal_number_is_refused(trip, driver, number):
    with pytest.raises(unfit.BadSealNumber):
        put_seal(trip, number, by=driver)
    assert not Seal.objects.exists()


def test_a_number_is_used_on_one_truck_only(day, trip, driver):
    put_seal(trip, "A1", by=driver)
    pledge = day.pledge("500斤")
    other = add_trip(day.day, day.truck(), [(pledge.allocations.get().pk, None)], by=day.cast.dispatcher)
    fetch(other.loads.get())
    with pytest.raises(unfit.SealUsed) as refusal:
        put_seal(other, "a1", by=driver_of(other))
    assert trip.truck.plate in str(refusal.value)


def test_a_broken_seal_says_why_and_is_not_put_again(trip, driver):
    seal = put_seal(trip, "A1", by=driver)
    with pytest.raises(refusals.ReasonNeeded):
        break_seal(seal, reason=" ", by=driver)
    broken = break_seal(seal, reason="查验开箱", by=driver)
    assert (broken.broken_reason, broken.broken_at is not None) == ("查验开箱", True)
    assert break_seal(seal, reason="再一次", by=driver).broken_reason == "查验开箱"
    with pytest.raises(unfit.SealAlreadyBroken):
        put_seal(trip, "A1", by=driver)


def test_a_sealed_trip_does_not_leave_with_goods_unsealed(trip, driver):
    pickup = stops(trip)[0]
    break_seal(put_seal(trip, "A1", by=driver), reason="查验开箱", by=driver)
    with pytest.raises(unfit.SealNeeded):
        depart(pickup, by=driver)
    pickup.refresh_from_db()
    assert pickup.departed_at is None

    put_seal(trip, "A2", by=driver)
    assert depart(pickup, by=driver).departed_at is not None


def test_a_trip_that_uses_no_seals_needs_none(trip, driver):
    assert depart(stops(trip)[0], by=driver).departed_at is not None


def test_the_hand_over_at_the_dock_breaks_it_and_the_empty_truck_leaves(trip, driver):
    put_seal(trip, "A1", by=driver)
    pickup, dock = stops(trip)
    depart(pickup, by=driver)
    arrive(dock, by=driver)
    meet(dock)

    seal = Seal.objects.get()
    assert seal.broken_reason == "到站卸货"
    assert dock.handovers.get().old_seals == "A1"
    assert depart(dock, by=driver).departed_at is not None


def test_nothing_is_sealed_before_loading_begins(day):
    day.pledge("500斤")
    day.truck()
    (trip,) = commit(day)
    with pytest.raises(unfit.NothingToSeal):
        put_seal(trip, "A1", by=driver_of(trip))


@pytest.mark.parametrize("person", [name for name in PEOPLE if name != "dispatcher"])
def test_only_the_driver_and_the_dispatcher_seal(day, trip, driver, person):
    by = getattr(day.cast, person)
    with pytest.raises(NotAllowed):
        put_seal(trip, "A1", by=by)
    seal = put_seal(trip, "A1", by=driver)
    with pytest.raises(NotAllowed):
        break_seal(seal, reason="x", by=by)


def test_from_the_trip_page(day, trip, client):
    client.force_login(day.cast.dispatcher)
    page = reverse("logistics:trip", args=[trip.pk])
    client.post(reverse("logistics:seal_put", args=[trip.pk]), {"number": "b7"})
    assert "B7" in client.get(page).content.decode()

    client.post(reverse("logistics:seal_break", args=[Seal.objects.get().pk]), {"reason": "查验开箱"})

    assert "查验开箱" in client.get(page).content.decode()
