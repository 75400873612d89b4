"""Two dispatchers at one board on PostgreSQL: the same load moved twice, and the rest planned anew while a load moves."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from market.exceptions import Refused
from market.models import User
from orders.logistics.actions import locking, trips
from orders.logistics.actions.placing import place
from orders.logistics.actions.replanning import commit_replan, request_replan
from orders.logistics.actions.solving import run_plan
from orders.logistics.actions.trips import add_trip
from orders.logistics.models import Load, Trip
from orders.logistics.queries.reconcile import breaks
from tests.cast import make_cast
from tests.factories import make_reference
from tests.factories.logistics import Day, make_day

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def day(settings) -> Day:
    settings.PLANNER_ENGINE, settings.PLANNER_SECONDS = "greedy", 1
    reference = make_reference()
    return make_day(make_cast(reference), reference)


def ride(day: Day, text: str = "1吨") -> Trip:
    return add_trip(day.day, day.truck(), [(day.pledge(text).allocations.get().pk, None)], by=day.cast.dispatcher)


def together(by: int, *acts: Callable[[User], object]) -> list[str]:
    """All at once, each on a connection of its own: "done", or the name of what it raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[User], object]) -> str:
        try:
            person = User.objects.get(pk=by)
            with contextlib.suppress(threading.BrokenBarrierError):
                start.wait(timeout=5)
            act(person)
            return "done"
        except Refused as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_load_moved_by_two_goes_to_one(day):
    source, first, second = ride(day), ride(day), ride(day)
    load = source.loads.get()
    done = together(
        day.cast.dispatcher.pk,
        lambda by: place(load, first, by=by),
        lambda by: place(load, second, by=by),
    )
    assert sorted(done) == ["WrongState", "done"]
    live = Load.objects.live().filter(allocation=load.allocation)
    assert [row.planned_g for row in live] == [1_000_000]
    assert not breaks()


def test_goods_that_wait_put_twice_ride_once(day):
    first, second = ride(day), ride(day)
    waiting = day.pledge("1吨").allocations.get()
    done = together(
        day.cast.dispatcher.pk,
        lambda by: place(waiting, first, by=by),
        lambda by: place(waiting, second, by=by),
    )
    assert sorted(done) == ["NotSoMuchUnplanned", "done"]
    assert not breaks()


def test_two_swap_loads_without_waiting_for_each_other_forever(day):
    """Each moves onto the trip the other moves from: locks are taken in one order, so nobody dies of a deadlock."""
    one, two = ride(day), ride(day)
    mine, its = one.loads.get(), two.loads.get()
    done = together(day.cast.dispatcher.pk, lambda by: place(mine, two, by=by), lambda by: place(its, one, by=by))
    assert set(done) <= {"done", "AlreadyRolling"}  # the first move empties and ends the trip the second goes to
    assert "done" in done
    assert sum(Load.objects.live().values_list("planned_g", flat=True)) == 2_000_000
    assert not breaks()


def test_the_rest_planned_anew_while_a_load_moves(day):
    one, two = ride(day), ride(day)
    day.pledge("1吨")
    run = run_plan(request_replan(day.day, by=day.cast.dispatcher).pk)
    load = two.loads.get()
    done = together(
        day.cast.dispatcher.pk,
        lambda by: commit_replan(run, by=by),
        lambda by: place(load, one, by=by),
    )
    assert done in (["done", "done"], ["DayMovedOn", "done"], ["done", "WrongState"])
    grams = sum(Load.objects.live().values_list("planned_g", flat=True))
    assert grams == (3_000_000 if done[0] == "done" else 2_000_000)
    assert not breaks()


def test_a_plan_of_the_rest_taken_twice_is_taken_once(day):
    ride(day)
    day.pledge("1吨")
    run = run_plan(request_replan(day.day, by=day.cast.dispatcher).pk)
    done = together(day.cast.dispatcher.pk, *[lambda by: commit_replan(run, by=by)] * 2)
    assert sorted(done) == ["WrongState", "done"]
    assert not breaks()


def test_locking_while_a_load_comes(day):
    """The lock comes first or the load does; a locked trip never takes one."""
    source, target = ride(day), ride(day)
    load = source.loads.get()
    done = together(
        day.cast.dispatcher.pk,
        lambda by: locking.lock_trip(target, by=by),
        lambda by: trips.move_load(load, target, by=by),
    )
    assert done in (["done", "done"], ["done", "TripLocked"])
    assert Load.objects.live().filter(trip=target).count() == (2 if done[1] == "done" else 1)
    assert not breaks()
