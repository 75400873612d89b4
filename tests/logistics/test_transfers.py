"""Goods change truck at a transfer point: planned, handed over by two crews, and every gram counted once."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from market.exceptions import NotAllowed, WrongState
from market.models import Notice
from orders.actions.pledges import cancel_pledge
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.road import arrive, record_loaded, record_not_loaded
from orders.logistics.actions.seals import put_seal
from orders.logistics.actions.taking_on import expected_g, take_on
from orders.logistics.actions.transfers import plan_onward, plan_relay
from orders.logistics.actions.trips import add_load, add_trip, cancel_trip, move_load, unplan_load
from orders.logistics.enums import LoadState, StopKind, TripState
from orders.logistics.models import Handover, Load, Trip
from orders.logistics.queries.loads import planned_by_allocation
from orders.logistics.queries.progress import progress_of_listing, progress_of_rides, rides_of
from orders.logistics.queries.reconcile import breaks
from tests.cast import PEOPLE
from tests.factories.logistics import commit, driver_of, stops
from tests.factories.road import come_to, fetch, leave, make_point, meet, take


@pytest.fixture
def point(day, reference):
    return make_point(day.cast.bureau, reference["tianyuan"])


@pytest.fixture
def first(day) -> Load:
    day.pledge("2000斤")
    day.truck()
    return commit(day)[0].loads.get()


@pytest.fixture
def onward(day, first, point) -> Load:
    return plan_relay(first, point, day.truck(), by=day.cast.dispatcher)


@pytest.fixture
def brought(first, onward):
    """The first truck stands at the point with all of it."""
    fetch(first)
    leave(first.pickup)
    first.refresh_from_db()
    come_to(first.delivery)
    return first


def progress(load):
    return progress_of_rides(load.allocation.pledge, rides_of(load.allocation.pledge))


def receive(load, day, **facts):
    load.refresh_from_db()
    return record_receipt(load, **{"accepted": load.loaded_g, "key": uuid.uuid4(), "by": day.cast.buyer, **facts})


def test_two_trips_over_the_point(day, first, onward, point):
    first.refresh_from_db()
    assert (onward.continues, onward.allocation_id, onward.planned_g) == (first, first.allocation_id, 1_000_000)
    gives, takes = first.delivery, onward.pickup
    for stop, kind in ((gives, StopKind.DELIVERY), (takes, StopKind.PICKUP)):
        assert (stop.kind, stop.is_transfer, stop.transfer_point, stop.organisation) == (
            kind,
            True,
            point,
            day.cast.bureau,
        )
    assert takes.planned_at >= gives.planned_at + dt.timedelta(minutes=15)  # 1 t is off by then
    assert onward.delivery.dock == day.dock
    assert planned_by_allocation([first.allocation_id]) == {first.allocation_id: 1_000_000}
    assert progress(first).planned_g == 1_000_000
    assert Notice.objects.filter(key__startswith=f"relay-{onward.pk}").count() == 2
    assert breaks() == []


def test_the_whole_way_with_both_crews_on_record(day, brought, onward):
    first, giver, taker = brought, driver_of(brought.trip), driver_of(onward.trip)
    put_seal(first.trip, "A1", by=giver)
    meet(first.delivery)
    leave(first.delivery)
    come_to(onward.pickup)
    meet(onward.pickup)
    put_seal(onward.trip, "B1", by=taker)
    take_on(onward, 1_000_000, key=uuid.uuid4(), by=taker)

    first.refresh_from_db(), onward.refresh_from_db()
    assert (first.state, onward.state, onward.loaded_g) == (LoadState.HANDED_OVER, LoadState.LOADED, 1_000_000)
    given, taken, goods = Handover.objects.order_by("pk")
    assert (given.by, given.stop, given.other_stop, given.old_seals) == (giver, first.delivery, onward.pickup, "A1")
    assert (taken.by, taken.stop, taken.other_stop) == (taker, onward.pickup, first.delivery)
    assert (goods.from_load, goods.to_load, goods.grams, goods.missing_g) == (first, onward, 1_000_000, 0)
    assert (goods.with_code, goods.old_seals) == (True, "A1")
    assert Trip.objects.get(pk=first.trip_id).state == TripState.COMPLETED

    leave(onward.pickup)
    come_to(onward.delivery)
    receive(onward, day)
    pledge = onward.allocation.pledge
    pledge.refresh_from_db()
    now = progress(onward)
    assert (now.planned_g, now.loaded_g, now.accepted_g, now.waiting_g) == (1_000_000, 1_000_000, 1_000_000, 0)
    assert progress_of_listing(day.listing).total.loaded_g == 1_000_000
    assert pledge.state == PledgeState.RECEIVED
    assert breaks() == []


def test_less_than_was_brought_is_missing_with_a_reason(day, brought, onward):
    with pytest.raises(unfit.MissingNeedsReason) as refusal:
        take(onward, 990_000)
    assert "20 斤" in str(refusal.value)
    take_on(onward, 990_000, reason="破了一筐", key=uuid.uuid4(), by=driver_of(onward.trip))
    leave(onward.pickup)
    come_to(onward.delivery)
    receive(onward, day)

    now = progress(onward)
    assert (now.loaded_g, now.accepted_g, now.missing_g, now.waiting_g) == (1_000_000, 990_000, 10_000, 0)
    assert progress_of_listing(day.listing).total.missing_g == 10_000
    assert breaks() == []


def test_the_driver_may_say_loaded_for_all_that_came(day, brought, onward):
    """As the page without a network does."""
    come_to(onward.pickup)
    taker = driver_of(onward.trip)
    with pytest.raises(unfit.HandOverFirst):
        record_loaded(onward, 1_000_000, by=taker)
    meet(onward.pickup)
    with pytest.raises(unfit.ComesByTruck):
        record_loaded(onward, 900_000, by=taker)
    record_loaded(onward, 1_000_000, by=taker)
    record_loaded(onward, 1_000_000, by=taker)  # pressed again
    assert Handover.objects.filter(to_load=onward).count() == 1
    assert breaks() == []


def test_a_repeat_of_taking_on_changes_nothing(brought, onward):
    take(onward, 1_000_000)
    before = list(Handover.objects.values())
    take_on(onward, 5, key=uuid.uuid4(), by=driver_of(onward.trip))
    assert list(Handover.objects.values()) == before


def test_what_was_loaded_short_is_what_is_expected_at_the_point(first, onward):
    fetch(first, 800_000)
    leave(first.pickup)
    first.refresh_from_db()
    come_to(first.delivery)
    assert expected_g(Load.objects.get(pk=onward.pk)) == 800_000
    take(Load.objects.get(pk=onward.pk), 800_000)
    assert breaks() == []


def test_nothing_is_taken_before_it_is_there_nor_more_than_came(first, onward):
    come_to(onward.pickup)
    meet(onward.pickup)
    taker = driver_of(onward.trip)
    with pytest.raises(unfit.NotThereYet) as refusal:
        take_on(onward, 1, key=uuid.uuid4(), by=taker)
    assert first.trip.truck.plate in str(refusal.value)
    fetch(first)
    leave(first.pickup)
    first.refresh_from_db()
    come_to(first.delivery)
    for grams, error in ((1_000_001, unfit.MoreThanHandedOver), (-1, refusals.NegativeQuantity)):
        with pytest.raises(error):
            take_on(onward, grams, key=uuid.uuid4(), by=taker)
    assert not Handover.objects.filter(to_load=onward).exists()


def test_where_nothing_came_the_taking_trip_ends(day, brought, onward):
    take(onward, 0, reason="全烂了")
    brought.refresh_from_db(), onward.refresh_from_db()
    assert (brought.state, onward.state) == (LoadState.HANDED_OVER, LoadState.UNPLANNED)
    assert Trip.objects.get(pk=onward.trip_id).state == TripState.CANCELLED
    assert progress(brought).missing_g == 1_000_000
    assert breaks() == []


def test_the_buyer_receives_the_last_link_only(day, brought, onward):
    with pytest.raises(unfit.ReceivedFromAnother):
        receive(brought, day)
    take(onward, 1_000_000)
    with pytest.raises(WrongState):
        receive(brought, day)


def test_what_is_not_loaded_is_off_the_second_truck_too(day, first, onward):
    arrive(first.pickup, by=driver_of(first.trip))
    record_not_loaded(first, reason="没货", by=driver_of(first.trip))
    onward.refresh_from_db()
    assert onward.state == LoadState.UNPLANNED
    assert Trip.objects.get(pk=onward.trip_id).state == TripState.CANCELLED
    assert planned_by_allocation([first.allocation_id]) == {}
    assert breaks() == []


@pytest.mark.parametrize("way", ["unplan", "cancel"])
def test_the_dispatcher_takes_both_off_at_once(day, first, onward, way):
    by = day.cast.dispatcher
    if way == "unplan":
        unplan_load(first, reason="改期", by=by)
    else:
        cancel_trip(first.trip, reason="改期", by=by)
    assert set(Load.objects.values_list("state", flat=True)) == {LoadState.UNPLANNED}
    assert set(Trip.objects.values_list("state", flat=True)) == {TripState.CANCELLED}
    assert breaks() == []


def test_a_cancelled_pledge_takes_both_off(day, first, onward):
    cancel_pledge(first.allocation.pledge, reason="不要了", by=day.cast.buyer)
    assert set(Load.objects.values_list("state", flat=True)) == {LoadState.UNPLANNED}
    assert breaks() == []


def test_another_truck_takes_on_where_the_second_trip_was_cancelled(day, first, onward):
    cancel_trip(onward.trip, reason="车坏了", by=day.cast.dispatcher)
    again = plan_onward(Load.objects.get(pk=first.pk), day.truck(), by=day.cast.dispatcher)
    assert (again.continues, again.pickup.transfer_point) == (first, onward.pickup.transfer_point)
    with pytest.raises(unfit.CannotChangeTruck):
        plan_onward(Load.objects.get(pk=first.pk), day.truck(), by=day.cast.dispatcher)
    assert breaks() == []


def test_a_trip_of_a_relay_is_added_to_and_still_leads_over_the_point(day, first, onward, point):
    more = day.pledge("500斤")
    add_load(first.trip, more.allocations.get().pk, by=day.cast.dispatcher)
    first.refresh_from_db()
    assert first.delivery.transfer_point == point
    assert [leg.transfer_point_id for leg in stops(first.trip)].count(point.pk) == 1
    assert breaks() == []


def test_goods_of_a_relay_are_not_moved_alone(day, first, onward):
    other = day.pledge("500斤")
    trip = add_trip(day.day, day.truck(), [(other.allocations.get().pk, None)], by=day.cast.dispatcher)
    for load in (first, onward):
        with pytest.raises(unfit.ChangesTruck):
            move_load(load, trip, by=day.cast.dispatcher)


def test_what_cannot_be_relayed(day, first, point):
    by = day.cast.dispatcher
    with pytest.raises(unfit.SameTruck):
        plan_relay(first, point, first.trip.truck, by=by)
    point.closes_at, point.opens_at = dt.time(4, 30), dt.time(4)
    point.save()
    with pytest.raises(unfit.CannotReach):
        plan_relay(first, point, day.truck(), by=by)
    point.is_active = False
    point.save()
    with pytest.raises(unfit.CannotChangeTruck):
        plan_relay(first, point, day.truck(), by=by)
    assert Trip.objects.count() == 1
    assert breaks() == []


@pytest.mark.parametrize("old", [state for state in LoadState if state != LoadState.PLANNED])
def test_only_what_is_planned_is_relayed(day, first, point, old):
    Load.objects.filter(pk=first.pk).update(state=old, loaded_g=1)
    with pytest.raises(unfit.CannotChangeTruck):
        plan_relay(first, point, day.truck(), by=day.cast.dispatcher)


@pytest.mark.parametrize("person", [name for name in PEOPLE if name != "dispatcher"])
def test_only_dispatchers_plan_it_and_only_drivers_take(day, first, brought, onward, point, person):
    by = getattr(day.cast, person)
    with pytest.raises(NotAllowed):
        plan_relay(first, point, onward.trip.truck, by=by)
    with pytest.raises(NotAllowed):
        plan_onward(first, onward.trip.truck, by=by)
    come_to(onward.pickup)
    meet(onward.pickup)
    with pytest.raises(NotAllowed):
        take_on(onward, 1_000_000, key=uuid.uuid4(), by=by)


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_dispatcher_plans_it_by_the_page(day, first, point, client):
    client.force_login(day.cast.dispatcher)
    url = reverse("logistics:load_relay", args=[first.pk])
    assert point.name in client.get(url).content.decode()
    truck = day.truck()

    client.post(url, {"point": point.pk, "truck": truck.pk})

    assert Load.objects.get(continues=first).trip.truck == truck


def test_where_there_is_no_transfer_point_the_page_says_what_to_do(day, first, point, client):
    client.force_login(day.cast.dispatcher)
    url = reverse("logistics:load_relay", args=[first.pk])
    assert "还没有接驳点" not in client.get(url).content.decode()
    type(point).objects.update(is_active=False)
    words = client.get(url).content.decode()
    assert "还没有接驳点" in words
    assert 'name="point"' not in words


def test_each_crew_shows_the_code_the_other_types(day, brought, onward, client):
    def page(trip):
        client.force_login(driver_of(trip))
        return client.get(reverse("logistics:trip", args=[trip.pk])).content.decode()

    def digits(stop):
        return f"{stop.code[:3]} {stop.code[3:]}"

    giver, taker = page(brought.trip), page(onward.trip)
    assert (digits(onward.pickup) in giver, digits(brought.delivery) in giver) == (True, False)
    assert (digits(brought.delivery) in taker, digits(onward.pickup) in taker) == (True, False)


def test_the_taking_driver_takes_by_the_page(day, brought, onward, client):
    come_to(onward.pickup)
    client.force_login(driver_of(onward.trip))
    url = reverse("logistics:load_take_on", args=[onward.pk])
    assert "2,000 斤" in client.get(url).content.decode()
    said = {"code": onward.pickup.code, "grams": "1990斤", "new_seals": "c1 c2", "key": str(uuid.uuid4())}
    answer = client.post(url, said).content.decode()
    assert "请写明短少的原因" in answer
    assert not Handover.objects.exists()

    client.post(url, {**said, "reason": "压坏"})

    onward.refresh_from_db()
    assert onward.loaded_g == 995_000
    assert list(onward.trip.seals.values_list("number", flat=True)) == ["C1", "C2"]
    assert "C1 C2" in client.get(reverse("logistics:trip", args=[onward.trip_id])).content.decode()
    assert breaks() == []
