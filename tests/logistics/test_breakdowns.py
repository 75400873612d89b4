"""A truck stands: it is reported, repaired, rescued by one truck or several, or given up; no gram is lost in between."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed
from market.models import Notice
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.breakdowns import close_breakdown, end_breakdown
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.rescues import rescue
from orders.logistics.actions.road import arrive, depart, record_loaded
from orders.logistics.actions.seals import put_seal
from orders.logistics.actions.taking_on import take_on
from orders.logistics.actions.transfers import plan_relay
from orders.logistics.actions.trips import cancel_trip
from orders.logistics.enums import (
    BREAKDOWN_MOVES,
    TRIP_MOVES,
    BreakdownState,
    LoadState,
    StopKind,
    TripState,
)
from orders.logistics.models import Breakdown, Handover, Load, PassCode, Seal, Trip
from orders.logistics.queries.day import unserved_rows
from orders.logistics.queries.progress import progress_of_rides, rides_of
from orders.logistics.queries.reconcile import breaks
from tests.cast import PEOPLE
from tests.factories.logistics import commit, driver_of, load_up, make_health_check, make_pass, stops
from tests.factories.orders import make_dock
from tests.factories.passes import sign_by_hand
from tests.factories.road import break_down, come_to, leave, make_point, meet, take


@pytest.fixture
def trip(day) -> Trip:
    """1,000 kg on the way to the supermarket."""
    day.pledge("2000斤")
    day.truck()
    (trip,) = commit(day)
    load_up(trip)
    return Trip.objects.get(pk=trip.pk)


@pytest.fixture
def breakdown(trip) -> Breakdown:
    return break_down(trip)


@pytest.fixture
def rescuing(day, trip, breakdown) -> Load:
    """Another truck is sent for all of it."""
    made = rescue(breakdown, day.truck(), {trip.loads.get().pk: 1_000_000}, by=day.cast.dispatcher)
    return made.loads.get()


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def receive(load, day):
    load = fresh(load)
    return record_receipt(load, accepted=load.loaded_g, key=uuid.uuid4(), by=day.cast.buyer)


# --- the report --------------------------------------------------------------------------------------------------


def test_the_trip_stands_and_everybody_knows(day, trip, breakdown):
    pledge = trip.loads.get().allocation.pledge
    assert (fresh(trip).state, breakdown.state) == (TripState.BROKEN_DOWN, BreakdownState.OPEN)
    told = Notice.objects.filter(key__startswith=f"breakdown-{breakdown.pk}").values_list("recipient_id", "url")
    desk = reverse("logistics:breakdown", args=[breakdown.pk])
    own = reverse("orders:pledge", args=[pledge.pk])
    assert set(told) == {(day.cast.bureau.pk, desk), (pledge.buyer_id, own), (pledge.seller_id, own)}
    assert breaks() == []


def test_a_repeat_of_the_report_is_the_first(trip):
    key = uuid.uuid4()
    first = break_down(trip, key=key)
    assert break_down(trip, key=key, what="又报一次") == first
    with pytest.raises(unfit.StillBroken):
        break_down(trip)
    assert Breakdown.objects.count() == 1


def test_a_report_says_what(trip):
    with pytest.raises(unfit.WhatNeeded):
        break_down(trip, what="  ")
    assert fresh(trip).state == TripState.EN_ROUTE


@pytest.mark.parametrize("old", list(TripState))
def test_breaking_down_follows_the_table_of_trips(trip, old):
    Trip.objects.filter(pk=trip.pk).update(state=old)
    if TripState.BROKEN_DOWN in TRIP_MOVES[old]:
        break_down(trip)
        assert fresh(trip).state == TripState.BROKEN_DOWN
    else:
        with pytest.raises((unfit.NotOnTheWay, unfit.StillBroken)):
            break_down(trip)
        assert (fresh(trip).state, Breakdown.objects.count()) == (old, 0)


@pytest.mark.parametrize("person", [name for name in PEOPLE if name != "dispatcher"])
def test_who_may_do_what(day, trip, breakdown, person):
    by, load = getattr(day.cast, person), trip.loads.get()
    truck = day.truck()
    for door in (
        lambda: break_down(trip, by=by),
        lambda: end_breakdown(breakdown, by=by),
        lambda: close_breakdown(breakdown, back=set(), reason="x", by=by),
        lambda: rescue(breakdown, truck, {load.pk: 1}, by=by),
    ):
        with pytest.raises(NotAllowed):
            door()
    assert fresh(breakdown).state == BreakdownState.OPEN


def test_while_it_stands_nothing_is_reported_from_stops(trip, breakdown):
    dock = stops(trip)[1]
    for door in (lambda: arrive(dock, by=driver_of(trip)), lambda: depart(dock, by=driver_of(trip))):
        with pytest.raises((unfit.StillBroken, refusals.NotArrived)):
            door()


# --- repaired ----------------------------------------------------------------------------------------------------


def test_repaired_it_goes_on_as_much_later_as_it_stood(day, trip, breakdown):
    dock, ends_at = stops(trip)[1], trip.ends_at
    end_breakdown(breakdown, by=driver_of(trip), at=breakdown.at + dt.timedelta(minutes=40))

    assert (fresh(trip).state, fresh(breakdown).state) == (TripState.EN_ROUTE, BreakdownState.REPAIRED)
    assert fresh(dock).planned_at == dock.planned_at + dt.timedelta(minutes=40)
    assert fresh(trip).ends_at == ends_at + dt.timedelta(minutes=40)
    assert Notice.objects.filter(key__startswith=f"repaired-{breakdown.pk}").count() == 2
    assert end_breakdown(breakdown, by=driver_of(trip)).state == BreakdownState.REPAIRED  # pressed again
    come_to(dock)
    receive(trip.loads.get(), day)
    assert breaks() == []


def test_broken_down_in_the_yard_it_goes_on_loading(day):
    day.pledge("2000斤")
    day.truck()
    (trip,) = commit(day)
    come_to(stops(trip)[0])
    breakdown = break_down(fresh(trip))
    end_breakdown(breakdown, by=driver_of(trip))
    assert fresh(trip).state == TripState.LOADING
    assert break_down(fresh(trip)).state == BreakdownState.OPEN  # and may break down again


@pytest.mark.parametrize("old", list(BreakdownState))
@pytest.mark.parametrize("to", [BreakdownState.REPAIRED, BreakdownState.RESCUED, BreakdownState.CLOSED])
def test_ends_follow_the_table_of_breakdowns(day, trip, breakdown, rescuing, old, to):
    if to != BreakdownState.RESCUED:
        cancel_trip(rescuing.trip, reason="不用了", by=day.cast.dispatcher)
    Breakdown.objects.filter(pk=breakdown.pk).update(state=old, ended_at=None if old == "open" else timezone.now())
    do = {
        BreakdownState.REPAIRED: lambda: end_breakdown(breakdown, by=day.cast.dispatcher),
        BreakdownState.RESCUED: lambda: take(rescuing, 1_000_000),
        BreakdownState.CLOSED: lambda: close_breakdown(breakdown, back=set(), reason="没车", by=day.cast.dispatcher),
    }[to]
    if to in BREAKDOWN_MOVES[old]:
        do()
        assert fresh(breakdown).state == to
    elif to == BreakdownState.RESCUED or old == to == BreakdownState.REPAIRED:
        do()  # the goods are taken on whatever became of the breakdown; a second repair is the first
        assert fresh(breakdown).state == old
    else:
        with pytest.raises(unfit.BreakdownOver):
            do()
        assert fresh(breakdown).state == old


# --- rescued -----------------------------------------------------------------------------------------------------


def test_the_rescue_comes_to_where_it_stands_and_goes_the_rest_of_the_way(day, trip, breakdown, rescuing):
    made = rescuing.trip
    here, dock = made.stops.order_by("position")
    assert (made.rescues, rescuing.continues, rescuing.planned_g) == (trip, trip.loads.get(), 1_000_000)
    assert (here.kind, here.is_transfer, here.lat, here.lon) == (StopKind.PICKUP, True, 27.8, 113.18)
    assert (dock.kind, dock.dock) == (StopKind.DELIVERY, day.dock)
    assert fresh(trip).state == TripState.BROKEN_DOWN  # until the other driver has the goods
    pledge = rescuing.allocation.pledge
    told = Notice.objects.filter(key__startswith=f"rescue-{rescuing.pk}").values_list("recipient_id", flat=True)
    assert set(told) == {pledge.buyer_id, pledge.seller_id}
    assert breaks() == []


def test_goods_seals_and_both_trips_when_the_other_driver_has_them(day, trip, breakdown, rescuing):
    put_seal(trip, "A1", by=driver_of(trip))
    take(rescuing, 1_000_000)

    old = trip.loads.get()
    assert (old.state, fresh(rescuing).state) == (LoadState.HANDED_OVER, LoadState.LOADED)
    assert (fresh(breakdown).state, fresh(trip).state) == (BreakdownState.RESCUED, TripState.COMPLETED)
    assert Seal.objects.get(number="A1").broken_reason == "车辆故障，货已转车"
    assert old.given.get().old_seals == "A1"
    put_seal(rescuing.trip, "B1", by=driver_of(rescuing.trip))
    leave(rescuing.pickup)
    come_to(rescuing.delivery)
    receive(rescuing, day)
    pledge = rescuing.allocation.pledge
    pledge.refresh_from_db()
    now = progress_of_rides(pledge, rides_of(pledge))
    assert (pledge.state, now.loaded_g, now.accepted_g, now.waiting_g) == (
        PledgeState.RECEIVED,
        1_000_000,
        1_000_000,
        0,
    )
    assert breaks() == []


def test_two_trucks_share_a_load_that_is_too_much_for_one(day, trip, breakdown):
    load, by = trip.loads.get(), day.cast.dispatcher
    small = [day.truck(rated_g=600_000) for _ in range(2)]
    with pytest.raises(unfit.RescueTooSmall):
        rescue(breakdown, small[0], {load.pk: 1_000_000}, by=by)
    one = rescue(breakdown, small[0], {load.pk: 600_000}, by=by).loads.get()
    with pytest.raises(unfit.NotSoMuchAboard):
        rescue(breakdown, small[1], {load.pk: 400_001}, by=by)
    two = rescue(breakdown, small[1], {load.pk: 400_000}, by=by).loads.get()

    take(one, 600_000)
    assert (fresh(load).state, fresh(breakdown).state) == (LoadState.LOADED, BreakdownState.OPEN)
    assert breaks() == []
    with pytest.raises(unfit.MissingNeedsReason):
        take(two, 390_000)
    take_on(two, 390_000, reason="压坏", key=uuid.uuid4(), by=driver_of(two.trip))
    assert (fresh(load).state, fresh(breakdown).state) == (LoadState.HANDED_OVER, BreakdownState.RESCUED)
    for part in (one, two):
        leave(part.pickup)
        come_to(part.delivery)
        receive(part, day)
    pledge = load.allocation.pledge
    now = progress_of_rides(pledge, rides_of(pledge))
    assert (now.loaded_g, now.accepted_g, now.missing_g, now.waiting_g) == (1_000_000, 990_000, 10_000, 0)
    assert breaks() == []


def test_the_stops_ahead_keep_their_order_and_what_was_not_loaded_comes_along(day):
    """Broken down between two yards: one load is aboard, one is still to be fetched."""
    far = make_dock(day.cast.supermarket, name="二号门")
    day.pledge("1000斤")
    day.dock = far
    day.pledge("600斤")
    day.truck()
    (trip,) = commit(day)
    pickup = stops(trip)[0]
    come_to(pickup)
    first, second = trip.loads.order_by("pk")
    record_loaded(first, first.planned_g, by=driver_of(trip))
    breakdown = break_down(fresh(trip))
    order = [stop.dock_id for stop in stops(trip) if stop.kind == StopKind.DELIVERY]
    everything = {first.pk: first.planned_g, second.pk: second.planned_g}

    made = rescue(breakdown, day.truck(), everything, by=day.cast.dispatcher)

    assert [stop.dock_id for stop in stops(made) if stop.kind == StopKind.DELIVERY] == order
    assert stops(made)[0].is_transfer
    assert fresh(second).state == LoadState.UNPLANNED
    assert sorted(made.loads.values_list("planned_g", "continues")) == [
        (second.planned_g, None),
        (first.planned_g, first.pk),
    ]
    assert breaks() == []


def test_what_a_rescue_refuses(day, trip, breakdown):
    load, by = trip.loads.get(), day.cast.dispatcher
    for truck, grams, error in [
        (trip.truck, {load.pk: 1}, unfit.SameTruck),
        (day.truck(), {}, unfit.NothingToRescue),
        (day.truck(), {load.pk: 0}, unfit.NothingToRescue),
        (day.truck(), {load.pk + 99: 5}, unfit.NothingToRescue),
        (day.truck(), {load.pk: 1_000_001}, unfit.NotSoMuchAboard),
        (day.truck(), {load.pk: -5}, unfit.NotSoMuchAboard),
        (day.truck(driver=None), {load.pk: 5}, refusals.TruckNotFit),
    ]:
        with pytest.raises(error):
            rescue(breakdown, truck, grams, by=by)
    assert Trip.objects.count() == 1
    assert breaks() == []


def test_while_a_rescue_is_under_way_it_is_neither_repaired_nor_closed(day, trip, breakdown, rescuing):
    for door in (
        lambda: end_breakdown(breakdown, by=day.cast.dispatcher),
        lambda: close_breakdown(breakdown, back=set(), reason="x", by=day.cast.dispatcher),
    ):
        with pytest.raises(unfit.GoodsStillWaiting):
            door()
    cancel_trip(rescuing.trip, reason="修好了", by=day.cast.dispatcher)
    end_breakdown(breakdown, by=day.cast.dispatcher)
    load = trip.loads.get()
    assert load.delivery.dock == day.dock  # on its old way again
    come_to(load.delivery)
    receive(load, day)
    assert breaks() == []


# --- given up ----------------------------------------------------------------------------------------------------


def test_what_goes_back_waits_for_a_truck_again(day, trip, breakdown):
    load = trip.loads.get()
    close_breakdown(breakdown, back={load.pk}, reason="没车可派", by=day.cast.dispatcher)

    assert (fresh(load).state, fresh(trip).state) == (LoadState.UNPLANNED, TripState.CANCELLED)
    assert fresh(breakdown).state == BreakdownState.CLOSED
    assert [row.grams for row in unserved_rows(day.day)] == [1_000_000]
    assert breaks() == []


def test_what_is_lost_is_missing_for_a_reason(day, trip, breakdown):
    load = trip.loads.get()
    with pytest.raises(refusals.ReasonNeeded):
        close_breakdown(breakdown, back=set(), reason=" ", by=day.cast.dispatcher)
    close_breakdown(breakdown, back=set(), reason="翻车", by=day.cast.dispatcher)

    (handover,) = Handover.objects.all()
    assert (handover.from_load, handover.to_load, handover.grams, handover.missing_g) == (load, None, 0, 1_000_000)
    assert (fresh(load).state, fresh(trip).state) == (LoadState.HANDED_OVER, TripState.COMPLETED)
    pledge = load.allocation.pledge
    now = progress_of_rides(pledge, rides_of(pledge))
    assert (now.missing_g, now.waiting_g) == (1_000_000, 0)
    assert Notice.objects.filter(key__startswith=f"lost-{load.pk}").count() == 2
    assert breaks() == []


def test_what_has_changed_truck_once_cannot_go_back_to_the_yard(day, trip, breakdown, rescuing):
    take(rescuing, 1_000_000)
    leave(rescuing.pickup)
    again = break_down(fresh(rescuing.trip))
    with pytest.raises(unfit.NotBackAfterChange):
        close_breakdown(again, back={rescuing.pk}, reason="没车", by=day.cast.dispatcher)
    third = rescue(again, day.truck(), {rescuing.pk: 1_000_000}, by=day.cast.dispatcher).loads.get()
    take(third, 1_000_000)
    assert fresh(again).state == BreakdownState.RESCUED
    assert breaks() == []


def test_where_nothing_came_the_truck_after_next_is_locked_before_the_loads(day, reference, locks_in_order):
    day.pledge("2000斤")
    day.truck()
    (trip,) = commit(day)
    point, truck = make_point(day.cast.bureau, reference["tianyuan"]), day.truck()
    make_pass(truck, day.day, by=day.cast.dispatcher)
    make_health_check(truck.driver, by=day.cast.dispatcher)
    onward = plan_relay(trip.loads.get(), point, truck, by=day.cast.dispatcher)
    code = sign_by_hand(onward.trip, by=day.cast.dispatcher)
    load_up(Trip.objects.get(pk=trip.pk))
    made = rescue(
        break_down(Trip.objects.get(pk=trip.pk)),
        day.truck(),
        {trip.loads.get().pk: 1_000_000},
        by=day.cast.dispatcher,
    )
    load = made.loads.get()
    come_to(load.pickup)
    meet(load.pickup)
    with locks_in_order():
        take_on(load, 0, reason="全烂了", key=uuid.uuid4(), by=driver_of(made))

    code.refresh_from_db()
    assert code.state == "withdrawn"
    assert breaks() == []


def test_a_repaired_truck_that_brings_goods_elsewhere_has_another_code(day, trip, breakdown):
    make_pass(trip.truck, day.day, by=day.cast.dispatcher)
    make_health_check(trip.driver, by=day.cast.dispatcher)
    code = sign_by_hand(Trip.objects.get(pk=trip.pk), by=day.cast.dispatcher)
    load = trip.loads.get()
    PassCode.objects.filter(pk=code.pk).update(manifest_hash="00" * 16)  # signed while it was to go off where it stands
    Trip.objects.filter(pk=trip.pk).update(green_pass=code.green_pass)

    end_breakdown(breakdown, by=driver_of(trip))

    assert not PassCode.objects.live().filter(pk=code.pk).exists()
    assert load.is_live
