"""A seller takes grams back while buyers take them, on PostgreSQL. The control first."""

import time
from collections import Counter

import pytest
from django.db import transaction
from django.db.models import Sum

from market.actions import lots as actions
from market.actions.events import record
from market.actions.lots import WITHDRAWN_STOCK
from market.exceptions import WithdrawnTooMuch
from market.models import Event, Lot, User
from tests.races.test_pledge_races import GRAMS, ROOM_FOR, THREADS, at_once, dock, lots, placing, promised  # noqa: F401

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@transaction.atomic
def unguarded_withdraw_stock(lot: Lot, *, grams: int, reason: str, by: User) -> None:
    """What a shop does that reads, decides and writes."""
    now = Lot.objects.select_related("listing").get(pk=lot.pk)
    if now.remaining_g < grams:
        raise WithdrawnTooMuch(left="")
    time.sleep(0.01)  # what a busy server does between the two
    Lot.objects.filter(pk=lot.pk).update(offered_g=now.offered_g - grams, withdrawn_g=now.withdrawn_g + grams)
    record(now.listing, WITHDRAWN_STOCK, by=by, grams=grams, reason=reason)


def taking_back(lot: Lot, user: User):
    def piece() -> None:
        actions.withdraw_stock(lot, grams=GRAMS, reason="坏了", by=User.objects.get(pk=user.pk))

    return piece


def race(lot: Lot, dock, cast) -> Counter:  # noqa: F811 - the fixture's thing
    half = THREADS // 2
    buyers = [placing(lot, dock, cast.buyer) for _ in range(half)]
    return at_once([*buyers, *(taking_back(lot, cast.farmer) for _ in range(half))])


def is_whole(lot: Lot) -> bool:
    """Every gram offered at first is promised, taken back, or still there, and the history says the same."""
    now = Lot.objects.get(pk=lot.pk)
    said = Event.objects.filter(verb=WITHDRAWN_STOCK).aggregate(sum=Sum("grams"))["sum"] or 0
    return (
        now.offered_g + now.withdrawn_g == GRAMS * ROOM_FOR
        and promised(now) == now.reserved_g <= now.offered_g
        and said == now.withdrawn_g
    )


def test_control_without_the_guard_the_stock_does_not_add_up(lots, dock, cast, monkeypatch):  # noqa: F811
    """If this ever fails, the test below proves nothing."""
    monkeypatch.setattr(actions, "withdraw_stock", unguarded_withdraw_stock)

    found = race(lots[0], dock, cast)

    assert any(name.startswith("IntegrityError") for name in found) or not is_whole(lots[0])


def test_taking_back_and_pledging_at_once_share_what_is_there(lots, dock, cast):  # noqa: F811
    found = race(lots[0], dock, cast)

    assert found["done"] == ROOM_FOR
    assert set(found) <= {"done", "NotEnoughLeft", "SoldOut", "LotClosed", "WithdrawnTooMuch"}
    assert is_whole(lots[0])
    assert Lot.objects.get(pk=lots[0].pk).remaining_g == 0
