"""Two dispatchers take two plans of one day at the same moment; on PostgreSQL, with the control that shows the race."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import Sum

from market.exceptions import Refused
from market.models import User
from orders.logistics.actions import planning
from orders.logistics.actions.planning import commit_plan
from orders.logistics.models import Load, PlanRun, Trip
from orders.logistics.queries.reconcile import breaks
from tests.cast import make_cast
from tests.factories import make_reference
from tests.factories.logistics import make_day, plan

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def runs(settings) -> list[PlanRun]:
    """Two plans of the same 1,000 斤, both ready, with two trucks."""
    settings.PLANNER_ENGINE, settings.PLANNER_SECONDS = "greedy", 1
    reference = make_reference()
    day = make_day(make_cast(reference), reference)
    day.pledge("1000斤")
    day.truck(), day.truck()
    return [plan(day), plan(day)]


@pytest.fixture
def _both_look_before_either_writes(monkeypatch):
    """Each waits for the other after reading what is planned, as long as nothing holds the other back."""
    barrier, look = threading.Barrier(2), planning.planned_by_allocation

    def look_and_wait(ids):
        planned = look(ids)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1.5)
        return planned

    monkeypatch.setattr(planning, "planned_by_allocation", look_and_wait)


def take_both(runs: list[PlanRun]) -> list[str]:
    def take(run: PlanRun) -> str:
        try:
            commit_plan(run, by=User.objects.get(pk=run.by_id))
            return "taken"
        except Refused as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(take, runs))


def planned() -> int:
    return Load.objects.live().aggregate(total=Sum("planned_g"))["total"]


@pytest.mark.usefixtures("_both_look_before_either_writes")
def test_of_two_dispatchers_one_gets_the_load(runs):
    assert take_both(runs) == ["NothingHolds", "taken"]
    assert (planned(), Trip.objects.count(), breaks()) == (500_000, 1, [])


@pytest.mark.usefixtures("_both_look_before_either_writes")
def test_without_the_locks_the_same_grams_ride_twice(runs, monkeypatch):
    def only_read(model, ids):
        return model._default_manager.in_bulk([pk for pk in ids if pk is not None])

    monkeypatch.setattr(planning, "lock_all", only_read)

    assert take_both(runs) == ["taken", "taken"]
    assert planned() == 1_000_000
    assert "allocation_planned" in {row.rule for row in breaks()}
