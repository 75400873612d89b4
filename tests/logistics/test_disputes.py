"""A seller who does not agree with a receipt says so in time, and gets an answer."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed, WrongState
from market.models import Event, Notice
from market.sentences import sentence_of
from orders.logistics import exceptions_disputes as refusals
from orders.logistics.actions.disputes import raise_dispute, refuse_dispute, uphold_dispute, withdraw_dispute
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.enums import DISPUTE_MOVES, DisputeState, LoadState
from orders.logistics.exceptions import MoreThanLoaded
from orders.logistics.models import Dispute, Evidence, Load, Receipt
from orders.logistics.queries.loads import received_of
from orders.logistics.queries.reconcile import breaks
from tests.factories.evidence import picture_file
from tests.factories.receipts import on_the_road


@pytest.fixture
def receipt(day):
    """100 斤 of 1,000 said to be rotten."""
    load = on_the_road(day, day.pledge("1000斤"))
    return record_receipt(load, accepted=450_000, rejected=50_000, code="rotten", key=uuid.uuid4(), by=day.cast.buyer)


@pytest.fixture
def dispute(day, receipt):
    return raise_it(receipt, day.cast.farmer)


def raise_it(receipt, by, why="装车时都是好的", **facts):
    return raise_dispute(receipt, why=why, key=uuid.uuid4(), by=by, **facts)


RIGHT = {"accepted": 490_000, "rejected": 10_000, "code": "rotten"}


def uphold(dispute, by, answer="看了照片，是我们看错了", key=None, right=None):
    return uphold_dispute(dispute, answer=answer, right=right or RIGHT, key=key or uuid.uuid4(), by=by)


def test_raised_with_a_photograph_the_buyer_is_told(day, receipt):
    dispute = raise_it(receipt, day.cast.farmer, photos=[picture_file()])

    assert (dispute.state, dispute.why, dispute.until) == (
        DisputeState.OPEN,
        "装车时都是好的",
        receipt.at + dt.timedelta(hours=48),
    )
    assert Evidence.objects.get(dispute=dispute).kind == "dispute"
    notice = Notice.objects.get(recipient=day.cast.supermarket, key=f"dispute-{dispute.pk}-raised")
    assert "王建国家对一笔丝瓜的收货记录有异议：装车时都是好的" in sentence_of(notice.text, notice.facts)
    assert notice.url == reverse("logistics:dispute", args=[dispute.pk])


def test_a_repeat_is_the_same_and_another_text_is_refused(day, receipt, dispute):
    events = Event.objects.count()
    assert raise_it(receipt, day.cast.farmer).pk == dispute.pk
    assert Event.objects.count() == events
    with pytest.raises(refusals.DisputeAlreadyOpen):
        raise_it(receipt, day.cast.farmer, why="另一个理由")
    assert Dispute.objects.count() == 1


def test_in_time_only(day, receipt, settings):
    settings.DISPUTE_HOURS = 2
    late = timezone.now() + dt.timedelta(hours=2, minutes=1)
    with time_machine.travel(late), pytest.raises(refusals.DisputeTooLate):
        raise_it(receipt, day.cast.farmer)
    assert Dispute.objects.count() == 0
    assert raise_it(receipt, day.cast.farmer).state == DisputeState.OPEN


def test_it_says_what_is_wrong(day, receipt):
    for why in ("  ", "x" * 301):
        with pytest.raises(refusals.DisputeWhyNeeded):
            raise_it(receipt, day.cast.farmer, why=why)


@pytest.mark.parametrize("person", ["buyer", "rival_farmer", "rival_buyer", "driver", "dispatcher", "outsider"])
def test_only_the_seller_raises_and_takes_back(day, receipt, person):
    with pytest.raises(NotAllowed):
        raise_it(receipt, getattr(day.cast, person))
    dispute = raise_it(receipt, day.cast.farmer)
    with pytest.raises(NotAllowed):
        withdraw_dispute(dispute, by=getattr(day.cast, person))


@pytest.mark.parametrize("person", ["farmer", "rival_farmer", "rival_buyer", "driver", "dispatcher", "outsider"])
def test_only_buyer_and_desk_answer(day, dispute, person):
    with pytest.raises(NotAllowed):
        refuse_dispute(dispute, answer="不改", by=getattr(day.cast, person))
    with pytest.raises(NotAllowed):
        uphold(dispute, getattr(day.cast, person))
    dispute.refresh_from_db()
    assert (dispute.state, Receipt.objects.count()) == (DisputeState.OPEN, 1)


def test_upheld_the_receipt_is_recorded_anew(day, receipt, dispute):
    key = uuid.uuid4()
    anew = uphold(dispute, day.cast.buyer, key=key)

    assert (anew.accepted_g, anew.rejected_g) == (490_000, 10_000)
    assert Receipt.objects.count() == 3
    assert received_of(receipt.load).parts == (490_000, 0, 10_000, 0, 0)
    assert Load.objects.get(pk=receipt.load_id).state == LoadState.DELIVERED
    dispute.refresh_from_db()
    assert (dispute.state, dispute.answered_by) == (DisputeState.UPHELD, day.cast.buyer)
    assert breaks() == []
    assert uphold(dispute, day.cast.buyer, key=key).pk == anew.pk
    assert Receipt.objects.count() == 3
    assert Notice.objects.filter(recipient=day.cast.household, key=f"dispute-{dispute.pk}-upheld").exists()
    assert not Notice.objects.filter(recipient=day.cast.supermarket, key=f"dispute-{dispute.pk}-upheld").exists()


def test_what_cannot_be_recorded_anew_leaves_everything(day, receipt, dispute):
    with pytest.raises(MoreThanLoaded):
        uphold(dispute, day.cast.buyer, right={"accepted": 500_001})
    dispute.refresh_from_db()
    assert (Receipt.objects.count(), dispute.state) == (1, DisputeState.OPEN)


def test_the_desk_answers_and_both_are_told(day, dispute):
    refuse_dispute(dispute, answer="照片上看得到烂的", by=day.cast.commerce_desk)

    told = Notice.objects.filter(key=f"dispute-{dispute.pk}-refused")
    assert {one.recipient for one in told} == {day.cast.household, day.cast.supermarket}
    assert all("照片上看得到烂的" in sentence_of(one.text, one.facts) for one in told)


def test_a_refused_one_is_not_raised_again_a_withdrawn_one_may(day, receipt, dispute):
    withdraw_dispute(dispute, by=day.cast.farmer)
    again = raise_it(receipt, day.cast.farmer)
    refuse_dispute(again, answer="不改", by=day.cast.buyer)
    with pytest.raises(refusals.DisputeAnswered):
        raise_it(receipt, day.cast.farmer)


def test_a_corrected_receipt_is_not_disputed(day, receipt, dispute):
    uphold(dispute, day.cast.buyer)
    with pytest.raises(refusals.DisputeOfCorrected):
        raise_it(receipt, day.cast.farmer)


MOVES = {
    DisputeState.UPHELD: lambda dispute, cast: uphold(dispute, cast.buyer),
    DisputeState.REFUSED: lambda dispute, cast: refuse_dispute(dispute, answer="不改", by=cast.buyer),
    DisputeState.WITHDRAWN: lambda dispute, cast: withdraw_dispute(dispute, by=cast.farmer),
}


@pytest.mark.parametrize("to", list(MOVES))
@pytest.mark.parametrize("state", list(DisputeState))
def test_every_pair_of_the_table(day, dispute, state, to):
    Dispute.objects.filter(pk=dispute.pk).update(state=state)
    if to in DISPUTE_MOVES[state]:
        MOVES[to](dispute, day.cast)
        assert Dispute.objects.get(pk=dispute.pk).state == to
    elif (state, to) == (DisputeState.WITHDRAWN, DisputeState.WITHDRAWN):
        assert MOVES[to](dispute, day.cast).state == to  # a repeat
    else:
        with pytest.raises(WrongState):
            MOVES[to](dispute, day.cast)
        assert (Dispute.objects.get(pk=dispute.pk).state, Receipt.objects.count()) == (state, 1)


# --- pages ---


def browser_of(person):
    browser = Client()
    browser.force_login(person)
    return browser


def test_the_seller_reads_loaded_beside_received_and_disagrees(day, receipt):
    browser = browser_of(day.cast.farmer)
    page = browser.get(reverse("logistics:sent")).content.decode()
    assert "-100 斤" in page
    url = reverse("logistics:load_receipts", args=[receipt.load_id])
    assert url in page
    page = browser.get(url).content.decode()
    assert "腐烂变质" in page
    assert reverse("logistics:dispute_raise", args=[receipt.pk]) in page

    answer = browser.post(
        reverse("logistics:dispute_raise", args=[receipt.pk]),
        {"why": "装车时都是好的", "key": str(uuid.uuid4()), "photos": [picture_file()]},
    )
    assert answer.status_code == 302
    dispute = Dispute.objects.get()
    assert dispute.evidence.count() == 1
    page = browser.get(reverse("logistics:dispute", args=[dispute.pk])).content.decode()
    assert "撤回异议" in page
    assert "更正记录" not in page


def test_the_buyer_corrects_by_form(day, dispute):
    browser = browser_of(day.cast.buyer)
    url = reverse("logistics:dispute_uphold", args=[dispute.pk])
    assert 'value="900斤"' in browser.get(url).content.decode()
    form = {
        "answer": "是我们看错了",
        "accepted": "980斤",
        "rejected": "20斤",
        "code": "rotten",
        "key": str(uuid.uuid4()),
    }
    assert browser.post(url, form | {"accepted": "981斤"}).status_code == 200
    assert Receipt.objects.count() == 1
    assert browser.post(url, form).status_code == 302
    assert received_of(dispute.receipt.load).accepted_g == 490_000


def test_the_desk_finds_it_on_its_list(day, dispute):
    page = browser_of(day.cast.commerce_desk).get(reverse("logistics:disputes")).content.decode()
    assert reverse("logistics:dispute", args=[dispute.pk]) in page


def test_a_rival_learns_nothing(day, receipt, dispute):
    for person in (day.cast.rival_farmer, day.cast.rival_buyer):
        browser = browser_of(person)
        assert (
            reverse("logistics:dispute", args=[dispute.pk])
            not in browser.get(reverse("logistics:disputes")).content.decode()
        )
        for name, pk in (("load_receipts", receipt.load_id), ("dispute", dispute.pk), ("dispute_raise", receipt.pk)):
            assert browser.get(reverse(f"logistics:{name}", args=[pk])).status_code == 404


@pytest.mark.parametrize(
    ("person", "name", "most"), [("farmer", "sent", 9), ("farmer", "disputes", 7), ("commerce_desk", "disputes", 9)]
)
def test_pages_cost_the_same_with_one_row_and_with_many(day, receipt, person, name, most):
    costs = []
    browser = browser_of(getattr(day.cast, person))
    raise_it(receipt, day.cast.farmer)
    for _ in range(2):
        browser.get(reverse(f"logistics:{name}"))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse(f"logistics:{name}"))
        costs.append(len(queries))
        for _n in range(2):
            load = on_the_road(day, day.pledge("100斤"))
            more = record_receipt(
                load, accepted=40_000, rejected=10_000, code="rotten", key=uuid.uuid4(), by=day.cast.buyer
            )
            raise_it(more, day.cast.farmer)
    assert costs[0] == costs[1] <= most


def test_a_loads_page_costs_the_same_with_one_receipt_and_with_many(day):
    load = on_the_road(day, day.pledge("1000斤"))
    browser = browser_of(day.cast.farmer)
    costs = []
    for _ in range(2):
        for _n in range(1 + 2 * len(costs)):
            record_receipt(
                load,
                accepted=1_000,
                rejected=1_000,
                code="rotten",
                photos=[picture_file()],
                key=uuid.uuid4(),
                by=day.cast.buyer,
            )
        browser.get(reverse("logistics:load_receipts", args=[load.pk]))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("logistics:load_receipts", args=[load.pk]))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 9
