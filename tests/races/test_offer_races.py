"""Answers at once on PostgreSQL: an offer ends once and books once; a demand is never overfilled. Controls first."""

import datetime as dt
import time
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from market.models import Event, Lot, User
from orders.actions import accepting, answers, offer_rows
from orders.actions.accepting import accept_offer
from orders.actions.answers import Answer, answer_demand
from orders.actions.demands import cancel_demand
from orders.actions.offers import counter_offer, expire_offers, refuse_offer, withdraw_offer
from orders.actions.placing import Who
from orders.enums import OfferState
from orders.models import Allocation, Demand, Dock, Offer, Pledge
from tests.factories import make_live_listing
from tests.factories.orders import fresh, make_dock, make_pledge
from tests.factories.talks import (
    make_answer,
    make_buyers_offer,
    make_demand,
    make_offer_terms,
    make_substitute,
    tomorrow,
)
from tests.races.test_pledge_races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

T = 1_000_000


@pytest.fixture
def dock(cast) -> Dock:
    return make_dock(cast.supermarket)


@pytest.fixture
def open_lot(cast, reference) -> Lot:
    listing = make_live_listing(cast.household, reference["peach"], reference["village"], by=cast.farmer, price=None)
    return listing.lots.get(day=tomorrow())


@pytest.fixture
def lots(cast, reference) -> list[Lot]:
    """Two lots of loofah tomorrow, of two sellers."""
    made = [
        make_live_listing(seller, reference["loofah"], reference["village"], by=by)
        for seller, by in ((cast.household, cast.farmer), (cast.rival_household, cast.rival_farmer))
    ]
    return [listing.lots.get(day=tomorrow()) for listing in made]


@pytest.fixture
def offer(open_lot, dock, cast) -> Offer:
    return make_buyers_offer(open_lot, dock, by=fresh(cast.buyer))


def by(user: User, act: Callable, thing, **facts) -> Callable:
    return lambda: act(thing, by=User.objects.get(pk=user.pk), **facts)


def held(lot: Lot) -> int:
    grams = Allocation.objects.live().filter(lot=lot).aggregate(sum=Sum("grams"))["sum"] or 0
    assert Lot.objects.get(pk=lot.pk).reserved_g == grams
    return grams


def endings(offer: Offer) -> list[str]:
    return list(Event.objects.about(offer).exclude(verb="offered").values_list("verb", flat=True))


def unlocked_demand(demand_id: int) -> Demand:
    """What a shop does that reads, decides and writes."""
    return Demand.objects.select_related("buyer", "produce", "dock", "placed_by").get(pk=demand_id)


def slow_room(demand: Demand, day: dt.date):
    room = answers.rooms_of([demand], (day, day))[demand.pk, day]
    time.sleep(0.05)  # what a busy server does between reading and writing
    return room


def test_control_without_the_lock_a_demand_is_overfilled(lots, dock, cast, reference, monkeypatch):
    """If this ever fails, the test below proves nothing."""
    demand = make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer))
    monkeypatch.setattr(answers, "locked_demand", unlocked_demand)
    monkeypatch.setattr(answers, "room_in", slow_room)
    at_once([_answering(demand, lot, n) for n in range(4) for lot in lots])

    assert Pledge.objects.aggregate(sum=Sum("firm_g"))["sum"] > 3 * T


def test_answers_at_once_never_overfill_a_demand(lots, dock, cast, reference):
    demand = make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer))

    found = at_once([_answering(demand, lot, n) for n in range(8) for lot in lots])

    assert found == {"done": 3, "DemandMet": 13}
    assert Pledge.objects.aggregate(sum=Sum("firm_g"))["sum"] == 3 * T
    assert sum(held(lot) for lot in lots) == 3 * T


def _answering(demand: Demand, lot: Lot, number: int) -> Callable:
    return lambda: answer_demand(demand, Answer(lot.pk, T, source=f"{lot.pk}-{number}"), Who(None))


def test_the_same_answer_at_once_books_once(lots, dock, cast, reference):
    demand = make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer))

    found = at_once([_answering(demand, lots[0], 1) for _ in range(12)])

    assert found == {"done": 12}
    assert Pledge.objects.count() == 1
    assert held(lots[0]) == T


def test_control_without_the_lock_an_offer_ends_twice(offer, cast, monkeypatch):
    """If this ever fails, the tests below prove nothing."""

    def unlocked(offer_id: int) -> Offer:
        row = Offer.objects.select_related("lot__listing__produce", "buyer", "seller", "dock", "made_by").get(
            pk=offer_id
        )
        time.sleep(0.05)
        return row

    monkeypatch.setattr("orders.actions.offers.locked_offer", unlocked)
    at_once([by(cast.farmer, refuse_offer, offer), by(cast.buyer, withdraw_offer, offer)] * 4)

    assert len(endings(offer)) > 1


def test_two_acceptances_at_once_book_once(offer, open_lot, cast):
    found = at_once([by(cast.farmer, accept_offer, offer), by(cast.helper, accept_offer, offer)] * 8)

    assert found == {"done": 16}
    assert endings(offer) == ["accepted"]
    assert (Pledge.objects.count(), held(open_lot)) == (1, 500_000)


@pytest.mark.parametrize("round_", range(3))
def test_an_offer_accepted_withdrawn_refused_and_countered_at_once_ends_once(offer, open_lot, cast, round_):
    work = [
        by(cast.farmer, accept_offer, offer),
        by(cast.buyer, withdraw_offer, offer),
        by(cast.helper, refuse_offer, offer),
        by(cast.farmer, counter_offer, offer, terms=make_offer_terms("800斤"), key=uuid.uuid4()),
    ]

    found = at_once(work[round_:] + work[:round_])

    assert found == {"done": 1, "OfferOver": 3}
    assert len(endings(offer)) == 1
    state = Offer.objects.get(pk=offer.pk).state
    assert held(open_lot) == (500_000 if state == OfferState.ACCEPTED else 0)


def test_acceptance_against_the_clock(offer, open_lot, cast):
    """The offer's time comes while people press the button: it is accepted or expired, never both."""
    Offer.objects.filter(pk=offer.pk).update(expires_at=timezone.now() + dt.timedelta(seconds=0.4))

    def late(act: Callable, seconds: float) -> Callable:
        def piece() -> None:
            time.sleep(seconds)
            act()

        return piece

    work = [late(by(cast.farmer, accept_offer, offer), 0.4), *(late(expire_offers, 0.3 + n / 20) for n in range(6))]
    found = at_once(work)

    assert set(found) <= {"done", "OfferExpired"}
    expire_offers()
    kept = Offer.objects.get(pk=offer.pk)
    assert endings(offer) == [kept.state]
    assert (kept.pledge is not None) == (kept.state == OfferState.ACCEPTED) == (held(open_lot) > 0)


def test_acceptance_against_taking_the_demand_back(lots, dock, cast, reference):
    demand = make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer))
    offers = [
        make_answer(demand, lots[0], by=fresh(cast.farmer)), make_answer(demand, lots[1], by=fresh(cast.rival_farmer))
    ]  # fmt: skip

    work = [by(cast.buyer, cancel_demand, demand), *(by(cast.buyer, accept_offer, offer) for offer in offers)]
    found = at_once(work * 2)

    assert set(found) <= {"done", "OfferOver"}
    for offer in Offer.objects.all():
        assert len(endings(offer)) == 1
    assert Pledge.objects.count() == Offer.objects.filter(state=OfferState.ACCEPTED).count()
    assert sum(held(lot) for lot in lots) == 500_000 * Pledge.objects.count()


def test_substitutions_both_ways_at_once_end_without_a_deadlock(dock, cast, reference):
    """Two pledges of two lots, each to be replaced by the other's lot: the lots are locked by pk."""
    first, second = (
        make_live_listing(cast.household, reference[name], reference["village"], by=cast.farmer, price=Decimal("2.00"))
        for name in ("loofah", "peach")
    )
    lots = [first.lots.get(day=tomorrow()), second.lots.get(day=tomorrow())]
    offers = []
    for n, lot in enumerate(lots * 3):
        pledge = make_pledge(lot, dock, "200斤", by=fresh(cast.buyer))
        offers.append(make_substitute(pledge, lots[(n + 1) % 2], by=fresh(cast.farmer), text="100斤"))

    found = at_once([by(cast.buyer, accept_offer, offer) for offer in offers for _ in range(2)])

    assert found == {"done": 12}
    assert Pledge.objects.filter(parent__isnull=False).count() == 6
    assert [held(lot) for lot in lots] == [300_000, 300_000]


def test_the_modules_that_are_patched_are_those_that_are_used():
    assert accepting.locked_demand is answers.locked_demand is offer_rows.locked_demand
