"""What was received is never more than was loaded, and never counted twice."""

import datetime as dt
import uuid

import pytest

from market.exceptions import NotAllowed, WrongState
from market.models import Event, Membership
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.road import arrive, record_loaded
from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import LoadState, TripState
from orders.logistics.models import Load, Receipt, Trip
from orders.logistics.queries.reconcile import breaks
from tests.factories.logistics import commit, driver_of, load_up, stops


@pytest.fixture
def load(day) -> Load:
    """1,000 斤 on the road."""
    day.pledge("1000斤")
    day.truck()
    (trip,) = commit(day)
    load_up(trip)
    return trip.loads.get()


def receive(load, by, accepted=0, rejected=0, missing=0, reason="", key=None):
    return record_receipt(
        load, accepted=accepted, rejected=rejected, missing=missing, reason=reason, key=key or uuid.uuid4(), by=by
    )


def states(load):
    load = Load.objects.select_related("trip", "allocation__pledge").get(pk=load.pk)
    return load.state, load.trip.state, load.allocation.pledge.state


def test_one_receipt_of_everything_ends_load_trip_and_pledge(day, load):
    receive(load, day.cast.buyer, accepted=500_000)

    assert states(load) == (LoadState.DELIVERED, TripState.COMPLETED, PledgeState.RECEIVED)
    assert breaks() == []


def test_several_receipts_follow_each_other(day, load):
    receive(load, day.cast.buyer, accepted=200_000)
    receive(load, day.cast.buyer, rejected=50_000, reason="压坏")
    assert states(load) == (LoadState.LOADED, TripState.EN_ROUTE, PledgeState.MOVING)
    receive(load, day.cast.buyer, accepted=240_000, missing=10_000, reason="少一筐")

    assert states(load)[0] == LoadState.DELIVERED
    assert Receipt.objects.filter(load=load).count() == 3
    assert breaks() == []


def test_the_same_key_again_changes_nothing(day, load):
    key = uuid.uuid4()
    first = receive(load, day.cast.buyer, accepted=500_000, key=key)
    events = Event.objects.count()

    assert receive(load, day.cast.buyer, accepted=500_000, key=key).pk == first.pk
    assert (Receipt.objects.count(), Event.objects.count()) == (1, events)


@pytest.mark.parametrize(
    "facts",
    [
        {"accepted": 1},
        {"accepted": 200_000, "rejected": 10_000, "reason": "压坏"},
        {"accepted": 200_000, "missing": 10_000, "reason": "少一筐"},
        {"accepted": 200_000, "reason": "压坏"},
    ],
)
def test_the_same_key_with_other_contents_is_refused_with_what_was_written(day, load, facts):
    key = uuid.uuid4()
    receive(load, day.cast.buyer, accepted=200_000, key=key)
    events = Event.objects.count()

    with pytest.raises(refusals.ReceiptKeyUsedOtherwise) as refusal:
        receive(load, day.cast.buyer, key=key, **facts)

    assert "400 斤 = 200 公斤" in str(refusal.value)
    assert (Receipt.objects.count(), Event.objects.count()) == (1, events)
    receive(load, day.cast.buyer, accepted=300_000)
    assert breaks() == []


def test_the_same_key_again_with_a_spaced_reason_is_the_same_receipt(day, load):
    key = uuid.uuid4()
    first = receive(load, day.cast.buyer, missing=1_000, reason="少一筐", key=key)

    assert receive(load, day.cast.buyer, missing=1_000, reason=" 少一筐 ", key=key).pk == first.pk


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"accepted": 500_001}, refusals.MoreThanLoaded),
        ({"accepted": 400_000, "missing": 100_001, "reason": "少"}, refusals.MoreThanLoaded),
        ({"accepted": 10**18}, refusals.MoreThanLoaded),
        ({"accepted": -1}, refusals.NegativeQuantity),
        ({"accepted": 500_001, "missing": -1, "reason": "少"}, refusals.NegativeQuantity),
        ({}, refusals.NothingReceived),
        ({"accepted": 499_000, "rejected": 1_000}, refusals.ReasonNeeded),
        ({"accepted": 499_000, "missing": 1_000, "reason": "  "}, refusals.ReasonNeeded),
    ],
)
def test_nonsense_is_refused_and_nothing_written(day, load, facts, refusal):
    with pytest.raises(refusal):
        receive(load, day.cast.buyer, **facts)
    assert Receipt.objects.count() == 0
    assert states(load) == (LoadState.LOADED, TripState.EN_ROUTE, PledgeState.MOVING)


def test_what_is_left_is_said_in_the_refusal(day, load):
    receive(load, day.cast.buyer, accepted=450_000)
    with pytest.raises(refusals.MoreThanLoaded) as refusal:
        receive(load, day.cast.buyer, accepted=50_001)
    assert "100 斤 = 50 公斤" in str(refusal.value)


@pytest.mark.parametrize("person", ["rival_buyer", "farmer", "driver", "haulier", "dispatcher", "outsider"])
def test_only_the_buyer_receives(day, load, person):
    with pytest.raises(NotAllowed):
        receive(load, getattr(day.cast, person), accepted=500_000)
    assert Receipt.objects.count() == 0


def test_a_helper_receives_on_behalf_of_the_buyer(day, load):
    Membership.objects.create(user=day.cast.helper, organisation=day.cast.supermarket, role="helper")
    day.cast.helper.__dict__.pop("_memberships", None)

    receive(load, day.cast.helper, accepted=500_000)

    event = Event.objects.about(load).filter(verb="received").get()
    assert (event.by, event.on_behalf_of, event.grams) == (day.cast.helper, day.cast.supermarket, 500_000)


def test_nothing_is_received_before_the_truck_has_left(day):
    day.pledge("1000斤")
    day.truck()
    (trip,) = commit(day)
    load = trip.loads.get()
    with pytest.raises(refusals.NotOnTheRoad):
        receive(load, day.cast.buyer, accepted=1)
    arrive(stops(trip)[0], by=driver_of(trip))
    record_loaded(load, 500_000, by=driver_of(trip))
    with pytest.raises(refusals.NotOnTheRoad):
        receive(load, day.cast.buyer, accepted=1)
    assert Receipt.objects.count() == 0


@pytest.mark.parametrize("state", list(LoadState))
def test_receiving_follows_the_table_of_loads(day, load, state):
    Load.objects.filter(pk=load.pk).update(state=state)
    if state == LoadState.LOADED:
        receive(load, day.cast.buyer, accepted=500_000)
        assert states(load)[0] == LoadState.DELIVERED
        return
    with pytest.raises((WrongState, refusals.NotOnTheRoad)):
        receive(load, day.cast.buyer, accepted=500_000)
    assert (states(load)[0], Receipt.objects.count()) == (state, 0)


def test_receipts_come_in_after_the_driver_has_left_the_dock(day, load):
    Trip.objects.filter(pk=load.trip_id).update(state=TripState.COMPLETED)
    receive(load, day.cast.buyer, accepted=500_000)
    assert states(load) == (LoadState.DELIVERED, TripState.COMPLETED, PledgeState.RECEIVED)


def test_what_was_loaded_less_than_planned_is_received_as_loaded(day):
    day.pledge("1000斤")
    day.truck()
    (trip,) = commit(day)
    load = trip.loads.get()
    load_up(trip, {load.pk: 300_000})

    receive(load, day.cast.buyer, accepted=300_000)

    assert states(load) == (LoadState.DELIVERED, TripState.COMPLETED, PledgeState.RECEIVED)


def test_a_pledge_on_two_trucks_is_received_with_the_last_of_them(day):
    pledge = day.pledge("8000斤")
    pk = pledge.allocations.get().pk
    trips = [add_trip(day.day, day.truck(), [(pk, 2_000_000)], by=day.cast.dispatcher) for _ in range(2)]
    for trip in trips:
        load_up(trip)

    receive(trips[0].loads.get(), day.cast.buyer, accepted=2_000_000)
    assert states(trips[0].loads.get()) == (LoadState.DELIVERED, TripState.COMPLETED, PledgeState.MOVING)
    receive(trips[1].loads.get(), day.cast.buyer, accepted=2_000_000)
    assert states(trips[1].loads.get())[2] == PledgeState.RECEIVED


def test_a_pledge_with_a_part_that_waits_for_a_truck_is_not_received_yet(day):
    pledge = day.pledge("8000斤")
    trip = add_trip(day.day, day.truck(), [(pledge.allocations.get().pk, 3_000_000)], by=day.cast.dispatcher)
    load_up(trip)

    receive(trip.loads.get(), day.cast.buyer, accepted=3_000_000)

    pledge.refresh_from_db()
    assert pledge.state == PledgeState.MOVING


def test_receipts_are_never_edited(day, load):
    receipt = receive(load, day.cast.buyer, accepted=1_000)
    for change in (receipt.save, receipt.delete):
        with pytest.raises(TypeError):
            change()
    assert dt.datetime.now(tz=dt.UTC) > receipt.at
