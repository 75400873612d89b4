"""A wrong receipt is taken back by a further one; nothing is deleted, and everything can be received anew."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from market.exceptions import NotAllowed
from market.models import Event, Membership, Notice, User
from market.sentences import sentence_of
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_receipts as unfit
from orders.logistics.actions.receipt_reversals import reverse_receipt
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.enums import DisputeState, LoadState, TripState
from orders.logistics.models import Dispute, Load, Receipt
from orders.logistics.queries.loads import received_of
from orders.logistics.queries.reconcile import breaks
from tests.factories import new_user
from tests.factories.receipts import on_the_road


@pytest.fixture
def receipt(day):
    """1,000 斤 received at once."""
    load = on_the_road(day, day.pledge("1000斤"))
    return record_receipt(load, accepted=490_000, missing=10_000, reason="少一筐", key=uuid.uuid4(), by=day.cast.buyer)


@pytest.fixture
def colleague(day) -> User:
    person = new_user("同事")
    person.save()
    Membership.objects.create(user=person, organisation=day.cast.supermarket, role="clerk")
    return person


def reverse_it(receipt, by, reason="记错了", key=None):
    return reverse_receipt(receipt, reason=reason, key=key or uuid.uuid4(), by=by)


def states(load):
    load = Load.objects.select_related("trip", "allocation__pledge").get(pk=load.pk)
    return load.state, load.trip.state, load.allocation.pledge.state


def test_everything_is_to_be_received_again(day, receipt, colleague):
    back = reverse_it(receipt, colleague)

    assert (back.accepted_g, back.missing_g, back.reverses_id, back.reason) == (-490_000, -10_000, receipt.pk, "记错了")
    assert states(receipt.load) == (LoadState.LOADED, TripState.COMPLETED, PledgeState.MOVING)
    assert Receipt.objects.count() == 2
    assert received_of(receipt.load).parts == (0, 0, 0, 0, 0)
    assert breaks() == []

    record_receipt(receipt.load, accepted=500_000, key=uuid.uuid4(), by=day.cast.buyer)
    assert states(receipt.load) == (LoadState.DELIVERED, TripState.COMPLETED, PledgeState.RECEIVED)
    assert breaks() == []


def test_one_of_several_is_taken_back_while_the_load_is_open(day, colleague):
    load = on_the_road(day, day.pledge("1000斤"))
    first = record_receipt(load, accepted=100_000, key=uuid.uuid4(), by=day.cast.buyer)
    record_receipt(load, accepted=200_000, key=uuid.uuid4(), by=day.cast.buyer)

    reverse_it(first, colleague)

    assert received_of(load).accepted_g == 200_000
    assert states(load) == (LoadState.LOADED, TripState.EN_ROUTE, PledgeState.MOVING)


def test_a_repeat_changes_nothing(receipt, colleague):
    key = uuid.uuid4()
    first = reverse_it(receipt, colleague, key=key)
    events = Event.objects.count()

    assert reverse_it(receipt, colleague, key=key).pk == first.pk
    assert (Receipt.objects.count(), Event.objects.count()) == (2, events)


def test_another_person_takes_it_back(day, receipt):
    with pytest.raises(unfit.SecondPersonNeeded):
        reverse_it(receipt, day.cast.buyer)
    assert Receipt.objects.count() == 1


def test_the_commerce_desk_takes_back_on_behalf_of_the_buyer(day, receipt):
    reverse_it(receipt, day.cast.commerce_desk)
    event = Event.objects.about(receipt.load).get(verb="receipt_reversed")
    assert (event.by, event.on_behalf_of) == (day.cast.commerce_desk, day.cast.supermarket)


@pytest.mark.parametrize("person", ["farmer", "rival_buyer", "driver", "dispatcher", "agriculture_desk", "outsider"])
def test_nobody_else_does(day, receipt, person):
    with pytest.raises(NotAllowed):
        reverse_it(receipt, getattr(day.cast, person))
    assert Receipt.objects.count() == 1


def test_only_once_and_never_a_reversal(receipt, colleague, day):
    back = reverse_it(receipt, colleague)
    with pytest.raises(unfit.AlreadyReversed):
        reverse_it(receipt, colleague)
    with pytest.raises(unfit.ReversalStands):
        reverse_it(back, day.cast.commerce_desk)
    assert Receipt.objects.count() == 2


def test_it_says_why(receipt, colleague):
    with pytest.raises(refusals.ReasonNeeded):
        reverse_it(receipt, colleague, reason="  ")
    assert states(receipt.load)[0] == LoadState.DELIVERED


def test_the_seller_is_told(day, receipt, colleague):
    back = reverse_it(receipt, colleague)
    notice = Notice.objects.get(recipient=day.cast.household, key=f"receipt-{back.pk}")
    assert "更正了一笔丝瓜的收货记录" in sentence_of(notice.text, notice.facts)


def test_an_open_dispute_is_upheld_by_it(day, receipt, colleague):
    dispute = Dispute.objects.create(receipt=receipt, why="没有少", until=receipt.at, by=day.cast.farmer)
    reverse_it(receipt, colleague, reason="称错了")
    dispute.refresh_from_db()
    assert (dispute.state, dispute.answer, dispute.answered_by) == (DisputeState.UPHELD, "称错了", colleague)


def test_reconcile_finds_a_reversal_that_is_no_mirror(receipt, colleague):
    back = reverse_it(receipt, colleague)
    Receipt.objects.filter(pk=back.pk).update(accepted_g=-480_000)
    assert "receipt_reversed" in {one.rule for one in breaks()}


def test_by_the_page(day, receipt, colleague):
    browser = Client()
    browser.force_login(colleague)
    page = browser.get(reverse("logistics:load_receipts", args=[receipt.load_id])).content.decode()
    url = reverse("logistics:receipt_reverse", args=[receipt.pk])
    assert url in page

    key = str(uuid.uuid4())
    for _ in range(2):
        browser.post(url, {"reason": "记错了", "key": key})
    assert Receipt.objects.count() == 2
    assert "已更正" in browser.get(reverse("logistics:load_receipts", args=[receipt.load_id])).content.decode()
