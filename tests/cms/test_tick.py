"""The clock: every job is run, one that breaks stops no other, and a second run changes nothing."""

import datetime as dt
import logging
import uuid

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from cms.management.commands import tick
from market.models import Event, Lot, Notice
from orders.actions.holds import hold_lot, lapse_holds
from orders.actions.standing_days import place_due_standing
from orders.enums import PledgeState
from orders.models import Pledge, StandingDay
from tests.factories import make_live_listing
from tests.factories.orders import kg, make_dock
from tests.factories.standing import make_standing


@pytest.fixture
def lot(cast, reference) -> Lot:
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    return listing.lots.get(day=timezone.localdate() + dt.timedelta(days=1))


def test_holds_lapse_and_standing_pledges_are_placed_once(cast, lot):
    """An hour's hold of all there is lapses, and in the same minute the standing pledge has its grams."""
    make_standing(lot.listing, make_dock(cast.supermarket), "100斤", by=cast.buyer)
    hold = hold_lot(
        buyer=cast.association,
        lot_id=lot.pk,
        quantity=kg("10吨"),
        dock=make_dock(cast.association),
        window_from=dt.time(6),
        window_to=dt.time(10),
        key=uuid.uuid4(),
        by=cast.association_clerk,
    )
    evening = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time(23)))
    with time_machine.travel(max(evening, timezone.now() + dt.timedelta(hours=2)), tick=False):
        call_command("tick")
        counts = (Event.objects.count(), Notice.objects.count(), Pledge.objects.count())
        call_command("tick")

    assert Pledge.objects.get(pk=hold.pk).state == PledgeState.LAPSED
    assert StandingDay.objects.get().outcome == "placed"
    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000
    assert (Event.objects.count(), Notice.objects.count(), Pledge.objects.count()) == counts


def test_one_broken_job_does_not_stop_the_others(db, monkeypatch, caplog):
    done = []

    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(tick, "JOBS", (broken, lambda: done.append(1)))
    with caplog.at_level(logging.CRITICAL + 1):
        call_command("tick")

    assert done == [1]


def test_what_a_hold_gives_back_is_on_sale_before_the_standing_pledges():
    assert tick.JOBS.index(lapse_holds) < tick.JOBS.index(place_due_standing)
