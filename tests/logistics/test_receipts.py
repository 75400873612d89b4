"""What was received is never more than was loaded, and never counted twice."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from market.exceptions import BadPhoto, NotAllowed, WrongState
from market.models import Event, Membership, Notice, Produce
from market.sentences import sentence_of
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_receipts as unfit
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.road import arrive, record_loaded
from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import LoadState, TripState
from orders.logistics.exceptions_receipts import ReceiptReasonNeeded
from orders.logistics.models import Evidence, Load, Receipt, Trip
from orders.logistics.queries.reconcile import breaks
from tests.factories.evidence import picture_file
from tests.factories.logistics import commit, driver_of, load_up, stops


@pytest.fixture
def load(day) -> Load:
    """1,000 斤 on the road."""
    day.pledge("1000斤")
    day.truck()
    (trip,) = commit(day)
    load_up(trip)
    return trip.loads.get()


def receive(load, by, accepted=0, key=None, **facts):
    return record_receipt(load, accepted=accepted, key=key or uuid.uuid4(), by=by, **facts)


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
        ({"accepted": 499_000, "rejected": 1_000}, ReceiptReasonNeeded),
        ({"accepted": 499_000, "downgraded": 1_000}, ReceiptReasonNeeded),
        ({"accepted": 499_000, "missing": 1_000, "reason": "  "}, ReceiptReasonNeeded),
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

    # What stayed behind waits for another truck, until the clock ends it after its day.
    assert states(load) == (LoadState.DELIVERED, TripState.COMPLETED, PledgeState.MOVING)


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


# --- downgraded, surplus, tolerance, photographs ---


def test_all_five_account_for_what_was_loaded(day, load):
    facts = {"downgraded": 50_000, "rejected": 20_000, "missing": 10_000, "code": "bruised"}
    receipt = receive(load, day.cast.buyer, accepted=420_000, downgraded_price=Decimal("0.80"), **facts)

    assert states(load) == (LoadState.DELIVERED, TripState.COMPLETED, PledgeState.RECEIVED)
    assert (receipt.reason, receipt.code, receipt.downgraded_price) == ("磕碰压伤", "bruised", Decimal("0.80"))
    assert breaks() == []


def test_other_alone_is_no_reason(day, load):
    with pytest.raises(ReceiptReasonNeeded):
        receive(load, day.cast.buyer, accepted=400_000, rejected=100_000, code="other")
    assert Receipt.objects.count() == 0


def test_what_came_beyond_is_its_own_fact_and_promises_nothing_more(day, load):
    pledge = load.allocation.pledge
    receipt = receive(load, day.cast.buyer, accepted=510_000, surplus=10_000)

    assert receipt.surplus_g == 10_000
    assert states(load)[0] == LoadState.DELIVERED
    pledge.refresh_from_db()
    load.allocation.refresh_from_db()
    assert (pledge.taken_g, load.allocation.grams) == (500_000, 500_000)
    assert breaks() == []


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"accepted": 551_000, "surplus": 51_000}, unfit.TooMuchSurplus),
        ({"accepted": 9_999, "surplus": 10_000}, unfit.SurplusNotInside),
        ({"accepted": 500_000, "surplus": 1_000, "missing": 1_000}, unfit.MissingAndSurplus),
        ({"accepted": 510_001, "surplus": 10_000}, refusals.MoreThanLoaded),
        ({"accepted": 1, "surplus": -1}, refusals.NegativeQuantity),
        ({"accepted": 500_000, "downgraded_price": Decimal("1")}, unfit.DowngradedPriceAlone),
        ({"downgraded": 500_000, "downgraded_price": Decimal("1.21"), "code": "size"}, unfit.DowngradedPriceUnfit),
        ({"downgraded": 500_000, "downgraded_price": Decimal(0), "code": "size"}, unfit.DowngradedPriceUnfit),
        ({"downgraded": 500_000, "downgraded_price": Decimal("0.001"), "code": "size"}, unfit.DowngradedPriceUnfit),
        ({"downgraded": 500_000, "downgraded_price": Decimal("NaN"), "code": "size"}, unfit.DowngradedPriceUnfit),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(day, load, facts, refusal):
    with pytest.raises(refusal):
        receive(load, day.cast.buyer, **facts)
    assert (Receipt.objects.count(), states(load)[0]) == (0, LoadState.LOADED)


def test_surplus_is_bounded_over_all_receipts(day, load):
    receive(load, day.cast.buyer, accepted=130_000, surplus=30_000)
    with pytest.raises(unfit.TooMuchSurplus):
        receive(load, day.cast.buyer, accepted=130_000, surplus=30_000)


def test_the_usual_loss_needs_no_word_and_more_does(day, load):
    Produce.objects.update(shrink_permille=20)  # 10 kg of 500 kg
    receive(load, day.cast.buyer, accepted=100_000, missing=6_000)
    with pytest.raises(ReceiptReasonNeeded) as refusal:
        receive(load, day.cast.buyer, accepted=100_000, missing=4_001)
    assert "20 斤 = 10 公斤" in str(refusal.value)
    receive(load, day.cast.buyer, accepted=390_000, missing=4_000)
    assert states(load)[0] == LoadState.DELIVERED


def test_nothing_at_all_needs_a_reason_within_tolerance_too(day):
    Produce.objects.update(shrink_permille=200)
    day.pledge("1000斤")
    day.truck()
    (trip,) = commit(day)
    load = trip.loads.get()
    load_up(trip, {load.pk: 4})
    Produce.objects.update(shrink_permille=0)
    receive(load, day.cast.buyer, missing=3, code="lost")
    with pytest.raises(ReceiptReasonNeeded):
        receive(load, day.cast.buyer, missing=1)


def test_photographs_are_kept_with_the_receipt_once(day, load):
    key = uuid.uuid4()
    facts = {"accepted": 400_000, "rejected": 100_000, "code": "rotten", "key": key}
    receipt = receive(load, day.cast.buyer, photos=[picture_file(), picture_file("red")], **facts)
    assert receive(load, day.cast.buyer, photos=[picture_file()], **facts).pk == receipt.pk

    kept = Evidence.objects.filter(receipt=receipt)
    assert [(one.kind, one.load_id, one.trip_id) for one in kept] == [("receipt", load.pk, load.trip_id)] * 2


def test_a_bad_photograph_loses_nothing_and_writes_nothing(day, load):
    with pytest.raises(BadPhoto):
        receive(load, day.cast.buyer, accepted=500_000, photos=[io.BytesIO(b"no picture")])
    assert (Receipt.objects.count(), states(load)[0]) == (0, LoadState.LOADED)


def test_the_seller_is_told_of_a_difference_only(day, load):
    receive(load, day.cast.buyer, accepted=100_000)
    assert Notice.objects.filter(recipient=day.cast.household, key__startswith="receipt-").count() == 0
    receive(load, day.cast.buyer, accepted=300_000, rejected=100_000, reason="压坏")

    notice = Notice.objects.get(recipient=day.cast.household, key__startswith="receipt-")
    assert "步步高天元店收到您的丝瓜" in sentence_of(notice.text, notice.facts)
    assert "压坏" in sentence_of(notice.text, notice.facts)
    assert notice.url == reverse("logistics:load_receipts", args=[load.pk])


def test_the_commerce_desk_takes_down_what_a_buyer_telephones(day, load):
    receive(load, day.cast.commerce_desk, accepted=500_000)
    event = Event.objects.about(load).filter(verb="received").get()
    assert (event.by, event.on_behalf_of) == (day.cast.commerce_desk, day.cast.supermarket)
