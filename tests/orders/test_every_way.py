"""Whatever anybody does, in whatever order and as often as they like: law 2 of DESIGN.md holds after every step.

The live allocations of each lot add up to its reservation, never over its offer; each pledge takes what it says; the pledges of a
demand never exceed it on a day. A step that is refused changes nothing that counts.
"""

import contextlib

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.exceptions import Refused
from market.models import Lot
from orders.actions import computing
from orders.actions.policies import publish_first_policies
from orders.logistics.queries.reconcile import breaks
from orders.matching.greedy import greedy_result
from orders.models import Pledge
from tests.factories import make_live_listing
from tests.factories.matching import tomorrow
from tests.orders.game import Game

OFFERED = 1_000_000
GRAMS = st.integers(min_value=1, max_value=OFFERED + 10)
NUMBER = st.integers(0, 9)
STEPS = [name for name in vars(Game) if not name.startswith("_") and name != "nth"]
STEP = st.tuples(st.sampled_from(STEPS), NUMBER, GRAMS, st.integers(0, OFFERED // 2))
NOT_PLANNED_BY_A_TRUCK = {"pledge_planned"}  # the game marks pledges planned without a truck

KG = 1000
# Each step where nothing stands in its way: its number (who, or which of the rows in order), grams, more grams.
WHOLE_GAME = [
    ("place", 0, 100 * KG, 20 * KG + 1),
    ("change", 0, 120 * KG, 20 * KG + 1),
    ("repeat", 0, 100 * KG, 0),
    ("grant", 0, KG, 0),
    ("cut", 0, 50 * KG, 1),
    ("place", 3, 30 * KG, 0),
    ("plan", 1, 0, 0),
    ("unplan", 1, 0, 0),
    ("cancel", 1, 0, 0),
    ("place", 4, 30 * KG, 0),
    ("refuse", 2, 0, 1),
    ("hold", 2, 30 * KG, 0),
    ("confirm", 3, 20 * KG, 0),
    ("hold", 3, 30 * KG, 0),
    ("give_up", 4, 0, 0),
    ("wait", 0, 0, 0),
    ("stand", 0, 10 * KG, 1),
    ("skip", 0, 0, 1),
    ("skip", 0, 0, 0),
    ("bring_sheet", 0, 5 * KG, 7 * KG),
    ("want", 1, 200 * KG, 100 * KG + 1),
    ("answer", 0, 50 * KG, 2),
    ("counter", 0, 40 * KG, 0),
    ("accept", 1, 0, 0),
    ("talk_price", 0, 50 * KG, 0),
    ("decline", 2, 0, 0),
    ("substitute", 0, 10 * KG, 0),
    ("match", 0, 0, 0),
    ("commit", 0, 0, 4),
    ("match", 0, 0, 0),
    ("put_away", 1, 0, 0),
    ("want_otherwise", 0, 300 * KG, 0),
    ("want_no_more", 0, 0, 0),
    ("offer_otherwise", 0, 900 * KG, 0),
    ("evening", 0, 0, 0),
]


def assert_laws(game: Game) -> None:
    assert [found for found in breaks() if found.rule not in NOT_PLANNED_BY_A_TRUCK] == []
    for lot in Lot.objects.filter(pk__in=[lot.pk for lot in (*game.lots, game.talk)]):
        assert 0 <= lot.reserved_g <= lot.offered_g
    for row in (
        Pledge.objects.live()
        .filter(demand__isnull=False)
        .exclude(demand__in=game.changed_by_buyer)
        .values("demand", "day", "demand__most_g")
        .annotate(taken=Sum("allocations__grams"))
        .order_by()
    ):
        assert row["taken"] <= row["demand__most_g"]


@pytest.fixture
def lots(listing) -> list[Lot]:
    """Tomorrow's lot and the next, a tonne each, without a minimum."""
    type(listing).objects.filter(pk=listing.pk).update(minimum_g=None, quantity_per_day_g=OFFERED)
    coming = listing.lots.filter(day__gt=timezone.localdate()).order_by("day")
    coming.update(offered_g=OFFERED)
    return list(coming.select_related("listing")[:2])


@pytest.fixture
def talk(cast, reference) -> Lot:
    """A tonne of the same for tomorrow whose price is open."""
    facts = {"price": None, "minimum_g": None, "quantity_per_day_g": OFFERED}
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer, **facts)
    return listing.lots.select_related("listing__produce").get(day=tomorrow())


@pytest.fixture
def start(cast, lots, talk, monkeypatch):
    """The engine answers in this process: what it may propose is tested elsewhere."""
    publish_first_policies()
    monkeypatch.setattr(computing, "match", lambda problem, **_limits: greedy_result(problem))
    return lambda clock: Game(cast, lots, talk, clock)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=16))
def test_law_2_holds_after_every_step(start, steps):
    with time_machine.travel(timezone.now(), tick=False) as clock, transaction.atomic():
        game = start(clock)
        for name, *facts in steps:
            with contextlib.suppress(Refused):
                getattr(game, name)(*facts)
            assert_laws(game)
        transaction.set_rollback(True)


def test_no_step_of_the_game_is_always_refused(start):
    """Otherwise the game would play without it and nobody would see."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        game = start(clock)
        for name, *facts in WHOLE_GAME:
            getattr(game, name)(*facts)
            assert_laws(game)
    assert {name for name, *_facts in WHOLE_GAME} == set(STEPS)
