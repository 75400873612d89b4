"""A part is received before the truck stands: what the receipts speak of is not handed over once more. No gram appears or vanishes."""

import uuid

import pytest

from market.models import Membership
from orders.enums import PledgeState
from orders.logistics import exceptions_receipts as unfit_receipts
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.breakdowns import close_breakdown
from orders.logistics.actions.receipt_reversals import reverse_receipt
from orders.logistics.actions.rescues import rescue
from orders.logistics.enums import LoadState, TripState
from orders.logistics.models import Handover, Load, Receipt
from orders.logistics.queries.reconcile import breaks
from orders.logistics.queries.rescues import open_g, rescue_page
from tests.factories import new_user
from tests.factories.receipts import make_receipt, on_the_road
from tests.factories.road import break_down, leave, take


@pytest.fixture
def load(day) -> Load:
    """1,000 kg on the road, of which the dock has taken 400 kg."""
    load = on_the_road(day, day.pledge("2000斤"))
    make_receipt(load, day.cast.buyer, 400_000)
    return load


@pytest.fixture
def breakdown(load):
    return break_down(fresh(load.trip))


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def accounted(load) -> int:
    """Grams of the pledge that receipts and hand-overs speak of, over all trucks."""
    pledge = load.allocation.pledge_id
    receipts = Receipt.objects.filter(load__allocation__pledge=pledge)
    taken = sum(one.accepted_g + one.rejected_g + one.missing_g for one in receipts)
    lost = Handover.objects.filter(from_load__allocation__pledge=pledge)
    return taken + sum(one.missing_g for one in lost)


def test_only_the_rest_is_rescued(day, load, breakdown):
    assert open_g(fresh(load)) == 600_000
    assert rescue_page(breakdown, breakdown.at).open_g == 600_000
    with pytest.raises(unfit.NotSoMuchAboard):
        rescue(breakdown, day.truck(), {load.pk: 600_001}, by=day.cast.dispatcher)


def test_the_rest_on_another_truck_and_the_part_received_are_all_of_it(day, load, breakdown):
    onward = rescue(breakdown, day.truck(), {load.pk: 600_000}, by=day.cast.dispatcher).loads.get()
    take(onward, 600_000)

    assert (fresh(load).state, fresh(load.trip).state) == (LoadState.HANDED_OVER, TripState.COMPLETED)
    assert breaks() == []

    leave(onward.pickup)
    make_receipt(fresh(onward), day.cast.buyer, 600_000)

    assert fresh(load.allocation.pledge).state == PledgeState.RECEIVED
    assert accounted(load) == 1_000_000
    assert breaks() == []


def test_what_is_lost_is_only_the_rest(day, load, breakdown):
    close_breakdown(breakdown, back=set(), reason="烂了", by=day.cast.dispatcher)

    assert Handover.objects.get(from_load=load).missing_g == 600_000
    assert accounted(load) == 1_000_000
    assert breaks() == []


def test_what_was_received_in_part_does_not_go_back_to_the_yard(day, load, breakdown):
    with pytest.raises(unfit.NotBackAfterReceipt):
        close_breakdown(breakdown, back={load.pk}, reason="退回", by=day.cast.dispatcher)
    assert fresh(load).state == LoadState.LOADED


@pytest.mark.parametrize("is_taken_on", [False, True])
def test_a_receipt_stands_once_the_rest_rides_on_another_truck(day, load, breakdown, is_taken_on):
    """Taken back, its grams would belong to no truck and could be received no more."""
    onward = rescue(breakdown, day.truck(), {load.pk: 600_000}, by=day.cast.dispatcher).loads.get()
    if is_taken_on:
        take(onward, 600_000)
    colleague = new_user("同事")
    colleague.save()
    Membership.objects.create(user=colleague, organisation=day.cast.supermarket, role="clerk")

    with pytest.raises(unfit_receipts.RestOnAnotherTruck):
        reverse_receipt(load.receipts.get(), reason="记错了", by=colleague, key=uuid.uuid4())

    assert Receipt.objects.count() == 1
    assert breaks() == []


def test_a_receipt_of_a_load_given_up_stands(day, load, breakdown):
    close_breakdown(breakdown, back=set(), reason="烂了", by=day.cast.dispatcher)
    with pytest.raises(unfit_receipts.RestOnAnotherTruck):
        reverse_receipt(load.receipts.get(), reason="记错了", by=day.cast.commerce_desk, key=uuid.uuid4())
