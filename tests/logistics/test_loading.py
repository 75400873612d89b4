"""Planned and loaded are different facts; what stayed behind waits at once, and no truck carries more than it may."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from market.models import Notice
from market.sentences import sentence_of
from orders.enums import PledgeState
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.closing import close_past_pledges
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.road import arrive, depart, record_loaded, record_not_loaded
from orders.logistics.actions.trips import add_load, add_trip
from orders.logistics.enums import LoadState, TripState
from orders.logistics.models import Load, Trip, Truck
from orders.logistics.queries.day import unserved_rows
from orders.logistics.queries.loads import aboard_g, planned_by_allocation
from orders.logistics.queries.next_trucks import next_trucks, waiting_of
from orders.logistics.queries.progress import progress_of_rides, rides_of
from orders.logistics.queries.reconcile import breaks
from tests.factories.logistics import at, ban_at_dock, commit, driver_of, stops


@pytest.fixture
def trip(day) -> Trip:
    day.pledge("2000斤")
    day.truck()
    return commit(day)[0]


@pytest.fixture
def short(day, trip):
    """800 of 1,000 kg are loaded."""
    driver = driver_of(trip)
    arrive(stops(trip)[0], by=driver)
    return record_loaded(trip.loads.get(), 800_000, by=driver)


def waiting(day):
    return [(row.allocation.pk, row.grams) for row in unserved_rows(day.day)]


def test_what_stayed_behind_waits_for_a_truck_at_once(day, short):
    load = short
    assert (load.planned_g, load.loaded_g, load.riding_g, load.left_behind_g) == (1_000_000, 800_000, 800_000, 200_000)
    assert planned_by_allocation([load.allocation_id]) == {load.allocation_id: 800_000}
    assert waiting(day) == [(load.allocation_id, 200_000)]
    progress = progress_of_rides(load.allocation.pledge, rides_of(load.allocation.pledge))
    assert (progress.planned_g, progress.loaded_g) == (800_000, 800_000)
    assert breaks() == []


def test_the_dispatchers_are_told_once_with_a_link_to_the_next_truck(day, short):
    driver = driver_of(short.trip)
    record_loaded(short, 800_000, by=driver)

    notice = Notice.objects.get(key=f"left-{short.pk}-200000")
    assert notice.recipient == day.cast.bureau
    assert notice.url == reverse("logistics:next_trucks", args=[short.allocation_id])
    assert "400 斤" in sentence_of(notice.text, notice.facts)
    assert short.trip.truck.plate in sentence_of(notice.text, notice.facts)


def test_the_rest_rides_on_the_next_truck_and_each_gram_once(day, short):
    other = day.truck()
    second = add_trip(day.day, other, [(short.allocation_id, None)], by=day.cast.dispatcher)

    assert second.loads.get().planned_g == 200_000
    assert waiting(day) == []
    assert planned_by_allocation([short.allocation_id]) == {short.allocation_id: 1_000_000}
    assert breaks() == []


def test_more_is_loaded_again_only_while_nobody_else_carries_it(day, short):
    driver = driver_of(short.trip)
    assert record_loaded(short, 900_000, by=driver).loaded_g == 900_000
    add_trip(day.day, day.truck(), [(short.allocation_id, 60_000)], by=day.cast.dispatcher)

    with pytest.raises(unfit.AlreadyOnAnother) as refusal:
        record_loaded(short, 1_000_000, by=driver)
    assert "1,880 斤" in str(refusal.value)
    assert record_loaded(short, 940_000, by=driver).loaded_g == 940_000
    assert record_loaded(short, 500_000, by=driver).loaded_g == 500_000
    assert breaks() == []


def test_a_truck_is_not_loaded_over_its_rated_mass(day, trip):
    """The truck was rated down after it was planned."""
    driver = driver_of(trip)
    Truck.objects.filter(pk=trip.truck_id).update(rated_g=900_000)
    arrive(stops(trip)[0], by=driver)

    with pytest.raises(unfit.Overloaded) as refusal:
        record_loaded(trip.loads.get(), 900_001, by=driver)

    assert "1,800 斤 = 900 公斤" in str(refusal.value)
    assert trip.loads.get().loaded_g is None
    record_loaded(trip.loads.get(), 900_000, by=driver)
    assert aboard_g(trip) == 900_000


def test_what_was_brought_off_leaves_room(day):
    """Two runs to the same dock: the second load is put on after the first is off."""
    day.pledge("16000斤")
    day.truck()
    (trip,) = commit(day)
    driver = driver_of(trip)
    first, off, second, _last = stops(trip)
    for stop in (first, off, second):
        arrive(stop, by=driver)
        for load in Load.objects.filter(pickup=stop):
            record_loaded(load, load.planned_g, by=driver)
        assert aboard_g(trip) <= trip.truck.rated_g
        depart(stop, by=driver)


# --- the next truck ----------------------------------------------------------------------------------------------


def test_trips_that_pass_by_with_room_come_first(day, short, django_assert_num_queries):
    roomy, full, far = day.truck(), day.truck(rated_g=1_000_000), day.truck()
    pledges = [day.pledge("1000斤") for _ in range(2)] + [day.pledge("2000斤")]
    for truck, pledge in zip((roomy, far, full), pledges, strict=True):
        add_trip(day.day, truck, [(pledge.allocations.get().pk, None)], by=day.cast.dispatcher)
    allocation = waiting_of(short.allocation_id)

    with django_assert_num_queries(7):
        found = next_trucks(allocation, at(day.day, 5))

    assert {row.trip.truck_id for row in found[:2]} == {roomy.pk, far.pk}
    assert [(row.can, row.takes_all, row.grams, row.more_m) for row in found[:2]] == [(True, True, 200_000, 0)] * 2
    assert found[0].delivered_at is not None
    assert (found[2].trip.truck, found[2].room_g) == (full, 0)
    assert found[2].more_m > 40_000  # it would have to come again
    load = add_load(found[0].trip, allocation.pk, found[0].grams, by=day.cast.dispatcher)
    assert load.planned_g == 200_000
    assert next_trucks(waiting_of(allocation.pk)) == []
    assert breaks() == []


def test_a_truck_that_may_not_stop_at_the_dock_is_not_offered(day, short):
    """The next truck is asked under the same bans as the planner."""
    truck = day.truck()
    pledge = day.pledge("1000斤")
    trip = add_trip(day.day, truck, [(pledge.allocations.get().pk, None)], by=day.cast.dispatcher)
    assert next_trucks(waiting_of(short.allocation_id), at(day.day, 5))[0].can
    ban_at_dock(day)

    (row,) = next_trucks(waiting_of(short.allocation_id), at(day.day, 5))

    assert (row.trip, row.can) == (trip, False)


def test_only_as_much_as_there_is_room_for_is_offered(day, short):
    truck = day.truck(rated_g=600_000)
    pledge = day.pledge("1000斤")
    add_trip(day.day, truck, [(pledge.allocations.get().pk, None)], by=day.cast.dispatcher)

    (row,) = next_trucks(waiting_of(short.allocation_id), at(day.day, 5))

    assert (row.room_g, row.grams, row.takes_all, row.can) == (100_000, 100_000, False, True)


def test_the_page_offers_it_and_the_button_puts_it_on(day, short, client):
    truck, pledge = day.truck(), day.pledge("1000斤")
    trip = add_trip(day.day, truck, [(pledge.allocations.get().pk, None)], by=day.cast.dispatcher)
    client.force_login(day.cast.dispatcher)
    url = reverse("logistics:next_trucks", args=[short.allocation_id])

    assert truck.plate in client.get(url).content.decode()
    take = reverse("logistics:next_truck_take", args=[short.allocation_id])
    client.post(take, {"trip": trip.pk, "grams": 200_000})

    assert trip.loads.get(allocation=short.allocation_id).planned_g == 200_000
    assert "这批货都已排上车" in client.get(url).content.decode()


# --- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "refused"), [(-7, unfit.NotItsDay), (-5, None), (0, None), (26, unfit.ItsDayIsOver)])
def test_a_trip_begins_on_its_day(trip, settings, hours, refused):
    settings.BEGIN_EARLY_HOURS = 6
    trip.starts_at = at(trip.day, 5)
    Trip.objects.filter(pk=trip.pk).update(starts_at=trip.starts_at)
    moment = trip.starts_at + dt.timedelta(hours=hours)
    pickup = stops(trip)[0]

    if refused is None:
        assert arrive(pickup, by=driver_of(trip), at=moment).arrived_at == moment
    else:
        with pytest.raises(refused):
            arrive(pickup, by=driver_of(trip), at=moment)
        assert Trip.objects.get(pk=trip.pk).state == TripState.PLANNED


def test_a_remainder_without_a_truck_does_not_keep_a_pledge_moving_after_its_day(day, short):
    trip, driver = short.trip, driver_of(short.trip)
    depart(stops(trip)[0], by=driver)
    record_receipt(short, accepted=800_000, key=uuid.uuid4(), by=day.cast.buyer)
    pledge = short.allocation.pledge
    pledge.refresh_from_db()
    assert pledge.state == PledgeState.MOVING  # 200 kg still wait for a truck

    assert close_past_pledges(day.day) == 0
    assert close_past_pledges(day.day + dt.timedelta(days=1)) == 1
    pledge.refresh_from_db()
    assert pledge.state == PledgeState.RECEIVED
    assert close_past_pledges(day.day + dt.timedelta(days=1)) == 0
    assert breaks() == []


def test_goods_still_on_the_road_keep_a_pledge_moving(day, short):
    depart(stops(short.trip)[0], by=driver_of(short.trip))
    assert close_past_pledges(day.day + dt.timedelta(days=1)) == 0


def test_nothing_loaded_is_told_too_and_the_load_is_off(day, trip):
    driver, load = driver_of(trip), trip.loads.get()
    arrive(stops(trip)[0], by=driver)
    record_not_loaded(load, reason="没货", by=driver)

    load.refresh_from_db()
    assert load.state == LoadState.UNPLANNED
    assert Notice.objects.filter(key=f"left-{load.pk}-1000000", recipient=day.cast.bureau).count() == 1
    assert waiting(day) == [(load.allocation_id, 1_000_000)]
