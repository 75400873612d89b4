"""Driver and the other side of a stop meet: by the code, or with a reason; written once, never changed."""

import uuid

import pytest
from django.urls import reverse

from market.exceptions import NotAllowed, WrongState
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.handover_codes import give_codes
from orders.logistics.actions.handovers import hand_over
from orders.logistics.actions.road import arrive, depart
from orders.logistics.actions.trips import add_load
from orders.logistics.enums import TripState
from orders.logistics.models import Handover, Stop, Trip
from tests.cast import PEOPLE
from tests.factories.logistics import commit, driver_of, stops
from tests.factories.road import fetch, meet, wrong_code


@pytest.fixture
def trip(day):
    day.pledge("2000斤")
    day.truck()
    return commit(day)[0]


@pytest.fixture
def driver(trip):
    return driver_of(trip)


@pytest.fixture
def pickup(trip, driver):
    return arrive(stops(trip)[0], by=driver)


def test_every_stop_has_six_digits_of_its_own(trip):
    codes = [stop.code for stop in trip.stops.all()]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) == 2


def test_who_is_shown_a_code_keeps_it_when_the_trip_is_written_anew(day, trip):
    before = {(stop.kind, stop.place_id): stop.code for stop in trip.stops.all()}
    other = day.pledge("500斤")
    add_load(trip, other.allocations.get().pk, by=day.cast.dispatcher)
    assert {(stop.kind, stop.place_id): stop.code for stop in trip.stops.all()} == before


def test_stops_of_before_get_their_codes_with_the_first_arrival(trip, driver):
    Stop.objects.update(code="")
    arrive(stops(trip)[0], by=driver)
    assert all(len(stop.code) == 6 for stop in trip.stops.all())
    assert give_codes(trip) == 0


def test_the_right_code_is_a_hand_over(trip, driver, pickup):
    code = f"{pickup.code[:3]} {pickup.code[3:]}"
    handover = hand_over(pickup, code=code, reason="随便写", key=uuid.uuid4(), by=driver)
    assert (handover.with_code, handover.reason, handover.by) == (True, "", driver)


def test_without_a_code_it_needs_a_reason(trip, driver, pickup):
    with pytest.raises(unfit.CodeOrReason):
        hand_over(pickup, code=" ", reason=" ", key=uuid.uuid4(), by=driver)
    handover = hand_over(pickup, reason="对方手机没电", key=uuid.uuid4(), by=driver)
    assert (handover.with_code, handover.reason) == (False, "对方手机没电")


def test_a_wrong_code_is_refused_whatever_reason_stands_beside_it(trip, driver, pickup):
    with pytest.raises(unfit.WrongCode):
        hand_over(pickup, code=wrong_code(pickup), reason="x", key=uuid.uuid4(), by=driver)
    assert not Handover.objects.exists()


def test_a_repeat_changes_nothing(trip, driver, pickup):
    key = uuid.uuid4()
    first = hand_over(pickup, reason="没带手机", key=key, by=driver)
    assert hand_over(pickup, reason="别的", key=key, by=driver) == first
    final = hand_over(pickup, code=pickup.code, key=uuid.uuid4(), by=driver)
    assert hand_over(pickup, code=pickup.code, key=uuid.uuid4(), by=driver) == final
    assert Handover.objects.count() == 2


def test_only_where_the_truck_stands(trip, driver):
    with pytest.raises(WrongState):
        meet(stops(trip)[0])
    fetch(trip.loads.get())
    with pytest.raises(refusals.NotArrived):
        meet(stops(trip)[1])


def test_what_a_phone_kept_is_taken_after_the_trip_has_ended(trip, driver):
    fetch(trip.loads.get())
    pickup, dock = stops(trip)
    depart(pickup, by=driver)
    arrive(dock, by=driver)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.COMPLETED)
    meet(dock)
    assert dock.handovers.get().with_code
    assert depart(dock, by=driver).departed_at is not None


def test_it_is_never_edited_nor_deleted(trip, driver, pickup):
    meet(pickup)
    handover = Handover.objects.get()
    with pytest.raises(TypeError):
        handover.save()
    with pytest.raises(TypeError):
        handover.delete()


@pytest.mark.parametrize("person", [name for name in PEOPLE if name != "dispatcher"])
def test_only_the_driver_and_the_dispatcher_type_it(day, pickup, person):
    with pytest.raises(NotAllowed):
        hand_over(pickup, code=pickup.code, key=uuid.uuid4(), by=getattr(day.cast, person))
    assert not Handover.objects.exists()


def test_the_dispatcher_types_it_for_a_driver_who_calls_in(day, pickup):
    meet(pickup, by=day.cast.dispatcher)
    assert Handover.objects.get().by == day.cast.dispatcher


# --- who shows the code ---------------------------------------------------------------------------------------------


def grouped(stop):
    return f"{stop.code[:3]} {stop.code[3:]}"


def test_the_seller_shows_that_of_the_yard_and_the_buyer_that_of_the_dock(day, trip, client):
    pickup, dock = stops(trip)
    for person, url, own, other in [
        (day.cast.farmer, reverse("orders:to_bring"), pickup, dock),
        (day.cast.buyer, reverse("logistics:receiving"), dock, pickup),
    ]:
        client.force_login(person)
        page = client.get(url).content.decode()
        assert grouped(own) in page
        assert grouped(other) not in page


def test_the_driver_reads_neither(day, trip, client):
    client.force_login(driver_of(trip))
    for url in (reverse("logistics:drive"), reverse("logistics:trip", args=[trip.pk])):
        page = client.get(url).content.decode()
        for stop in stops(trip):
            assert grouped(stop) not in page
            assert stop.code not in page


def test_a_stranger_reads_no_code(day, trip, client):
    for person in (day.cast.rival_farmer, day.cast.rival_buyer):
        client.force_login(person)
        for url in (reverse("orders:to_bring"), reverse("logistics:receiving")):
            page = client.get(url).content.decode()
            assert not [stop for stop in stops(trip) if grouped(stop) in page]


def test_the_custody_history_names_who_met(day, trip, pickup, client):
    meet(pickup)
    client.force_login(day.cast.dispatcher)
    page = client.get(reverse("logistics:trip", args=[trip.pk])).content.decode()
    assert "货在谁手里" in page
    assert "对过交接码" in page
