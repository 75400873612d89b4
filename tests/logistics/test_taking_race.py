"""Two rescuing drivers take from one load, and one driver's phone sends twice, at the same moment; with the control."""

import contextlib
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from market.exceptions import Refused
from market.models import User
from orders.logistics.actions import taking_on
from orders.logistics.actions.rescues import rescue
from orders.logistics.actions.taking_on import take_on
from orders.logistics.models import Handover, Load, Trip
from orders.logistics.queries.reconcile import breaks
from tests.cast import make_cast
from tests.factories import make_reference
from tests.factories.logistics import commit, driver_of, load_up, make_day
from tests.factories.road import break_down, come_to, meet

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def parts(settings) -> list[Load]:
    """600 and 400 kg of one stranded load, both drivers standing there with the code typed."""
    settings.PLANNER_ENGINE, settings.PLANNER_SECONDS = "greedy", 1
    reference = make_reference()
    day = make_day(make_cast(reference), reference)
    day.pledge("2000斤")
    day.truck()
    (trip,) = commit(day)
    load_up(trip)
    breakdown = break_down(Trip.objects.get(pk=trip.pk))
    load, found = trip.loads.get(), []
    for grams in (600_000, 400_000):
        made = rescue(breakdown, day.truck(), {load.pk: grams}, by=day.cast.dispatcher).loads.get()
        come_to(made.pickup)
        meet(made.pickup)
        found.append(made)
    return found


@pytest.fixture
def _both_look_before_either_writes(monkeypatch):
    barrier, look = threading.Barrier(2), taking_on.left_to_give

    def look_and_wait(load):
        left = look(load)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1.0)
        return left

    monkeypatch.setattr(taking_on, "left_to_give", look_and_wait)


def at_once(jobs) -> list[str]:
    def run(job):
        load, grams, by = job
        try:
            take_on(load, grams, key=uuid.uuid4(), by=User.objects.get(pk=by.pk), reason="清点")
            return "taken"
        except Refused as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, jobs))


@pytest.mark.usefixtures("_both_look_before_either_writes")
def test_both_parts_are_taken_and_the_load_is_handed_over_once(parts):
    jobs = [(part, part.planned_g, driver_of(part.trip)) for part in parts]
    assert at_once(jobs) == ["taken", "taken"]
    before = parts[0].continues
    before.refresh_from_db()
    assert before.state == "handed_over"
    assert breaks() == []


@pytest.mark.usefixtures("_both_look_before_either_writes")
def test_the_same_driver_twice_takes_once(parts):
    part = parts[0]
    assert at_once([(part, 600_000, driver_of(part.trip))] * 2) == ["taken", "taken"]
    assert Handover.objects.filter(to_load=part).count() == 1
    assert breaks() == []


@pytest.mark.usefixtures("_both_look_before_either_writes")
def test_without_the_locks_it_would_be_taken_twice(parts, monkeypatch):
    """The control: the races above are real."""

    def unlocked(model, ids):
        return {row.pk: row for row in model.objects.filter(pk__in=[pk for pk in ids if pk])}

    monkeypatch.setattr(taking_on, "lock_all", unlocked)
    monkeypatch.setattr(taking_on, "lock_one", lambda model, pk: model.objects.get(pk=pk))
    monkeypatch.setattr("orders.logistics.actions.at_stop.lock_all", unlocked)
    monkeypatch.setattr("orders.logistics.actions.at_stop.lock_one", lambda model, pk: model.objects.get(pk=pk))
    part = parts[0]
    at_once([(part, 600_000, driver_of(part.trip))] * 2)
    assert Handover.objects.filter(to_load=part).count() == 2
    assert breaks() != []
