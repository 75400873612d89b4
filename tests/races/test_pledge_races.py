"""Many buyers at once on PostgreSQL. The control first: without the guard the same race must oversell."""

import datetime as dt
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from market.exceptions import NotEnoughLeft, Refused
from market.models import Event, Lot, User
from market.quantities import Quantity
from orders.actions import placing as placing_actions
from orders.actions import pledges as actions
from orders.actions.pledges import cancel_pledge, change_pledge, place_pledge
from orders.enums import PledgeState
from orders.models import Allocation, Dock, Pledge
from tests.factories import make_live_listing
from tests.factories.orders import make_dock

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

THREADS = 32
GRAMS = 50_000
ROOM_FOR = 10


@pytest.fixture
def lots(cast, reference) -> list[Lot]:
    """Two lots of tomorrow and the day after, each with room for ten pledges of 100 斤."""
    listing = make_live_listing(
        cast.household, reference["loofah"], reference["village"], by=cast.farmer, quantity_per_day_g=GRAMS * ROOM_FOR
    )
    return list(listing.lots.filter(day__gt=timezone.localdate()).order_by("pk"))


@pytest.fixture
def dock(cast) -> Dock:
    return make_dock(cast.supermarket)


def at_once(work: list[Callable[[], object]]) -> Counter:
    """Run every piece in a thread of its own, all starting together; count results by name."""
    start = threading.Barrier(len(work))
    found: list[str] = []

    def run(piece: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            piece()
            found.append("done")
        except Refused as refusal:
            found.append(type(refusal).__name__)
        except Exception as error:  # noqa: BLE001 - a deadlock or a broken constraint must show by name
            found.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(piece,)) for piece in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs: deadlock"
    return Counter(found)


def placing(lot: Lot, dock: Dock, user: User, *, key: uuid.UUID | None = None, grams: int = GRAMS) -> Callable:
    def piece() -> None:
        place_pledge(
            buyer=dock.organisation,
            lot_id=lot.pk,
            quantity=Quantity.of(grams),
            dock=dock,
            window_from=dt.time(6),
            window_to=dt.time(10),
            key=key or uuid.uuid4(),
            by=User.objects.get(pk=user.pk),
        )

    return piece


def promised(lot: Lot) -> int:
    return Allocation.objects.live().filter(lot=lot).aggregate(sum=Sum("grams"))["sum"] or 0


def unguarded_reserve(lot_id: int, grams: int) -> None:
    """What a shop does that reads, decides and writes."""
    lot = Lot.objects.get(pk=lot_id)
    if lot.remaining_g < grams:
        raise NotEnoughLeft(left="")
    time.sleep(0.01)  # what a busy server does between the two
    Lot.objects.filter(pk=lot_id).update(reserved_g=lot.reserved_g + grams)


def test_control_without_the_guard_the_race_oversells(lots, dock, cast, monkeypatch):
    """If this ever fails, the tests below prove nothing."""
    monkeypatch.setattr(placing_actions, "reserve", unguarded_reserve)

    at_once([placing(lots[0], dock, cast.buyer) for _ in range(THREADS)])

    assert promised(lots[0]) > GRAMS * ROOM_FOR


def test_thirty_two_buyers_on_one_lot_never_oversell(lots, dock, cast):
    found = at_once([placing(lots[0], dock, cast.buyer) for _ in range(THREADS)])

    assert found == {"done": ROOM_FOR, "SoldOut": THREADS - ROOM_FOR}
    assert promised(lots[0]) == GRAMS * ROOM_FOR
    assert Lot.objects.get(pk=lots[0].pk).remaining_g == 0
    assert Pledge.objects.count() == ROOM_FOR
    assert Event.objects.filter(subject="orders.pledge").count() == ROOM_FOR


def test_of_two_who_want_the_last_fifty_jin_one_gets_it(lots, dock, cast):
    lot = lots[0]
    rival = make_dock(cast.rival_supermarket)
    Lot.objects.filter(pk=lot.pk).update(offered_g=25_000)

    found = at_once([placing(lot, dock, cast.buyer, grams=25_000), placing(lot, rival, cast.rival_buyer, grams=25_000)])

    assert found == {"done": 1, "SoldOut": 1}
    assert Pledge.objects.count() == 1


def test_a_double_tap_with_one_key_places_once(lots, dock, cast):
    key = uuid.uuid4()

    found = at_once([placing(lots[0], dock, cast.buyer, key=key) for _ in range(THREADS)])

    assert found == {"done": THREADS}
    assert Pledge.objects.count() == 1
    assert promised(lots[0]) == Lot.objects.get(pk=lots[0].pk).reserved_g == GRAMS


class Unlocked:
    """What an action does that trusts what it has read: both of a pledge have read it, then one writes after the other."""

    def __init__(self, pledges: Iterable[Pledge]) -> None:
        self.both_have_read = {pledge.pk: threading.Barrier(2) for pledge in pledges}
        self.changed = {pledge.pk: threading.Event() for pledge in pledges}
        self.this = threading.local()

    def __call__(self, pledge_id: int) -> Pledge:
        pledge = Pledge.objects.select_related("buyer", "seller", "dock", "lot__listing").get(pk=pledge_id)
        self.both_have_read[pledge_id].wait(timeout=30)
        if getattr(self.this, "is_last", False):
            self.changed[pledge_id].wait(timeout=30)
        return pledge


def test_control_without_the_lock_a_change_and_a_cancellation_lose_grams(lots, dock, cast, monkeypatch):
    """If this ever fails, the test below proves nothing."""
    lot = lots[0]
    for _ in range(4):
        placing(lot, dock, cast.buyer)()
    pledges = list(Pledge.objects.order_by("pk"))
    unlocked = Unlocked(pledges)
    monkeypatch.setattr(actions, "locked_pledge", unlocked)
    buyer = User.objects.get(pk=cast.buyer.pk)

    def change(pledge: Pledge) -> Callable:
        def run() -> None:
            change_pledge(pledge, quantity=Quantity.of(GRAMS * 2), by=buyer)
            unlocked.changed[pledge.pk].set()

        return run

    def cancel(pledge: Pledge) -> Callable:
        def run() -> None:
            unlocked.this.is_last = True
            cancel_pledge(pledge, reason="不要了", by=buyer)

        return run

    at_once([make(pledge) for pledge in pledges for make in (change, cancel)])

    assert promised(lot) == 0
    assert Lot.objects.get(pk=lot.pk).reserved_g == 4 * GRAMS


def test_change_and_cancel_at_once_give_the_grams_back_once(lots, dock, cast):
    lot = lots[0]
    for _ in range(5):
        placing(lot, dock, cast.buyer)()
    pledges = list(Pledge.objects.all())

    def change(pledge: Pledge) -> Callable:
        return lambda: change_pledge(pledge, quantity=Quantity.of(GRAMS * 2), by=User.objects.get(pk=cast.buyer.pk))

    def cancel(pledge: Pledge) -> Callable:
        return lambda: cancel_pledge(pledge, reason="不要了", by=User.objects.get(pk=cast.buyer.pk))

    work = [make(pledge) for pledge in pledges for make in (change, cancel, cancel)]
    random.Random(7).shuffle(work)
    found = at_once(work)

    assert set(found) <= {"done", "NotChangeable"}
    assert Pledge.objects.filter(state=PledgeState.CANCELLED).count() == 5
    assert promised(lot) == Lot.objects.get(pk=lot.pk).reserved_g == 0
    assert Event.objects.filter(verb="cancelled").count() == 5


def test_raises_at_once_never_oversell(lots, dock, cast):
    lot = lots[0]
    for _ in range(5):
        placing(lot, dock, cast.buyer)()

    def raise_to_four(pledge: Pledge) -> Callable:
        return lambda: change_pledge(pledge, quantity=Quantity.of(GRAMS * 4), by=User.objects.get(pk=cast.buyer.pk))

    found = at_once([raise_to_four(pledge) for pledge in Pledge.objects.all()])

    assert found["done"] == 1
    assert sum(found.values()) == 5
    assert set(found) == {"done", "RaiseTooLarge"}
    assert promised(lot) == Lot.objects.get(pk=lot.pk).reserved_g == GRAMS * 8


def test_placing_changing_and_cancelling_on_two_lots_in_opposite_order_ends(lots, dock, cast):
    """No deadlock: every piece either is done or is refused with a sentence."""
    Lot.objects.update(offered_g=F("offered_g") * 10)
    for lot in lots:
        for _ in range(4):
            placing(lot, dock, cast.buyer, grams=1_000)()

    def rounds(order: list[Lot], pledges: list[Pledge]) -> Callable:
        def piece() -> None:
            buyer = User.objects.get(pk=cast.buyer.pk)
            for lot, pledge in zip(order * 2, pledges, strict=False):
                placing(lot, dock, cast.buyer, grams=500)()
                change_pledge(pledge, quantity=Quantity.of(1_500), by=buyer)

        return piece

    there, back = lots, lots[::-1]
    mine = list(Pledge.objects.order_by("pk"))
    found = at_once([rounds(there, mine), rounds(back, mine[::-1])] * 8)

    assert found == {"done": 16}
    for lot in lots:
        assert promised(lot) == Lot.objects.get(pk=lot.pk).reserved_g
