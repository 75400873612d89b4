"""The rest of the day planned anew: its gain, what stays fixed, all or nothing, and everything adds up afterwards."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed, WrongState
from market.models import Event, Place
from orders.actions.pledges import cancel_pledge
from orders.enums import PledgeState
from orders.logistics.actions import solving
from orders.logistics.actions.locking import lock_trip
from orders.logistics.actions.planning import commit_plan
from orders.logistics.actions.replanning import commit_replan, request_replan
from orders.logistics.actions.solving import run_plan
from orders.logistics.actions.trips import add_trip, move_load
from orders.logistics.enums import LoadState, RunScope, RunState, TripState
from orders.logistics.exceptions import PlanInPast
from orders.logistics.exceptions_board import DayMovedOn, NotARest, NothingGained, RestNotFromNow
from orders.logistics.models import Load, PlanRun, Stop, Trip, Truck
from orders.logistics.planner.model import NoPlanError
from orders.logistics.queries.reconcile import breaks
from orders.logistics.queries.rest import rest_problem
from orders.models import Pledge
from tests.factories.logistics import at, load_up, plan
from tests.factories.orders import fresh
from tests.pages import words_of


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (PlanRun, Pledge, Trip, Stop, Load, Event)]


@pytest.fixture
def desk(day):
    return day.cast.dispatcher


def ride(day, text="1吨", **facts) -> Trip:
    return add_trip(
        day.day, day.truck(**facts), [(day.pledge(text).allocations.get().pk, None)], by=day.cast.dispatcher
    )


@pytest.fixture
def wasteful(day, reference, settings) -> tuple[Trip, Trip]:
    """Two trucks of 5 t from one yard to one dock, half a tonne on each; the second comes 60 km for it."""
    Place.objects.filter(pk=reference["yanling"].pk).update(lat=27.3, lon=113.25)  # a county nearer than any here
    settings.PLANNER_ENGINE = "auto"  # the greedy fallback leaves planned loads where they are
    return ride(day, "500公斤"), ride(day, "500公斤", base=Place.objects.get(pk=reference["yanling"].pk))


def replan(day) -> PlanRun:
    return run_plan(request_replan(day.day, by=day.cast.dispatcher).pk)


def now(thing):
    return type(thing).objects.get(pk=thing.pk)


def test_two_half_empty_trucks_become_one(day, wasteful, desk):
    run = replan(day)
    gain = run.summary["gain"]
    assert (run.state, run.scope, gain["is_gain"]) == (RunState.READY, RunScope.REST, True)
    assert (gain["more_g"], gain["moved"], gain["drivers"], gain["new_trucks"]) == (0, 1, 2, 0)
    assert gain["less_m"] == wasteful[1].distance_m
    assert gain["less_yuan"] >= 60 + 1.2 * gain["less_m"] / 1000 - 0.01  # and what it paid on the motorway
    assert not breaks()

    taken = commit_replan(run, by=desk)

    assert (len(taken.changed), taken.added, len(taken.cancelled)) == (1, [], 1)
    (kept,) = taken.changed
    assert kept == wasteful[0]
    assert sum(load.planned_g for load in kept.loads.live()) == 1_000_000
    assert now(taken.cancelled[0]).state == TripState.CANCELLED
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.PLANNED}
    assert Event.objects.filter(subject="logistics.load", verb="unplanned", reason="replanned").count() == 1
    assert now(run).state == RunState.COMMITTED
    assert not breaks()


def test_goods_that_wait_come_along(day, desk):
    trip = ride(day)
    waiting = day.pledge("2吨")
    run = replan(day)
    gain = run.summary["gain"]
    assert (gain["more_g"], gain["moved"], gain["drivers"]) == (2_000_000, 0, 1)
    before = trip.loads.get()
    commit_replan(run, by=desk)
    assert now(before).state == LoadState.PLANNED
    assert now(before).trip == trip
    assert sorted(trip.loads.live().values_list("planned_g", flat=True)) == [1_000_000, 2_000_000]
    assert now(waiting).state == PledgeState.PLANNED
    assert not breaks()


def test_what_runs_or_is_locked_stays_as_it_is(day, wasteful, desk):
    locked, running = ride(day, "500公斤"), ride(day, "500公斤")
    lock_trip(locked, by=desk)
    load_up(running)
    fixed = Trip.objects.filter(pk__in=[locked.pk, running.pk])
    before = [
        list(rows)
        for rows in (
            fixed.values(),
            Stop.objects.filter(trip__in=fixed).values(),
            Load.objects.filter(trip__in=fixed).values(),
        )
    ]
    run = replan(day)
    assert set(run.summary["before"]) == {str(trip.pk) for trip in wasteful}
    commit_replan(run, by=desk)
    after = [
        list(rows)
        for rows in (
            fixed.values(),
            Stop.objects.filter(trip__in=fixed).values(),
            Load.objects.filter(trip__in=fixed).values(),
        )
    ]
    assert after == before
    assert not breaks()


def test_without_a_gain_the_old_plan_stays(day, desk):
    ride(day)
    run = replan(day)
    assert run.summary["gain"]["is_gain"] is False
    assert run.summary["gain"]["drivers"] == 0
    before = snapshot()
    with pytest.raises(NothingGained):
        commit_replan(run, by=desk)
    assert snapshot() == before


def test_a_trip_that_does_not_change_is_not_touched(day, desk):
    full = ride(day, "1吨", rated_g=1_000_000)
    day.pledge("4吨")
    truck = day.truck()
    before = [list(rows) for rows in (Stop.objects.values(), Load.objects.values(), Trip.objects.values())]
    taken = commit_replan(replan(day), by=desk)
    assert (taken.changed, taken.cancelled, [trip.truck for trip in taken.added]) == ([], [], [truck])
    after = [list(rows) for rows in (Stop.objects.filter(trip=full).values(), Load.objects.filter(trip=full).values())]
    assert after == before[:2]
    assert list(Trip.objects.filter(pk=full.pk).values()) == before[2]
    assert not breaks()


CHANGES = {
    "a load moved": lambda day, trips: move_load(trips[0].loads.get(), trips[1], by=day.cast.dispatcher),
    "a trip locked": lambda day, trips: lock_trip(trips[0], by=day.cast.dispatcher),
    "a pledge cancelled": lambda day, trips: cancel_pledge(
        trips[0].loads.get().allocation.pledge, reason="不要了", by=fresh(day.cast.buyer)
    ),
    "a truck begun to load": lambda _day, trips: load_up(trips[0]),
    "waiting goods cancelled": lambda day, _trips: cancel_pledge(
        Pledge.objects.get(state=PledgeState.PLACED), reason="不要了", by=fresh(day.cast.buyer)
    ),
    "the trucks put aside": lambda _day, _trips: Truck.objects.update(is_active=False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_day_that_moved_on_is_refused_and_stays(day, wasteful, desk, change):
    day.pledge("300公斤")
    run = replan(day)
    assert run.summary["gain"]["is_gain"]
    CHANGES[change](day, wasteful)
    before = snapshot()
    with pytest.raises(DayMovedOn) as refusal:
        commit_replan(run, by=desk)
    assert str(refusal.value).endswith("原来的安排没有动，请再重排一次")
    assert snapshot() == before
    assert not breaks()


@pytest.fixture
def busy(day) -> Trip:
    return ride(day, "5吨")


def two_become_one(day, trips) -> PlanRun:
    """A plan that only brings what rides on the second of two trips onto the first."""
    run = replan(day)
    ways = {route["vehicle"]: route["steps"] for route in run.problem["initial_routes"]}
    one, other = (ways.pop(str(trip.truck_id)) for trip in trips)
    ways[str(trips[0].truck_id)] = [one[0], other[0], one[1], other[1]]
    run.plan["routes"] = [{"vehicle": vehicle, "steps": steps} for vehicle, steps in ways.items()]
    run.summary["gain"]["is_gain"] = True
    run.save()
    return run


ELSEWHERE = {
    "begins to load": lambda _day, trip: load_up(trip),
    "is locked": lambda day, trip: lock_trip(trip, by=day.cast.dispatcher),
    "cannot run": lambda _day, trip: Truck.objects.filter(pk=trip.truck_id).update(is_active=False),
    "is called off": lambda day, trip: cancel_pledge(
        trip.loads.get().allocation.pledge, reason="不要了", by=fresh(day.cast.buyer)
    ),
    "gets company": lambda day, _trip: ride(day, "1吨", rated_g=1_000_000),
}


@pytest.mark.parametrize("change", ELSEWHERE)
def test_a_trip_the_plan_leaves_as_it_is_does_not_spoil_it(day, busy, wasteful, desk, change):
    run = two_become_one(day, wasteful)
    ELSEWHERE[change](day, busy)
    before = [list(rows) for rows in (Trip.objects.filter(pk=busy.pk).values(), busy.loads.values())]
    taken = commit_replan(run, by=desk)
    assert (taken.changed, taken.added, taken.cancelled) == ([wasteful[0]], [], [wasteful[1]])
    assert [list(rows) for rows in (Trip.objects.filter(pk=busy.pk).values(), busy.loads.values())] == before
    assert not breaks()


def test_two_trips_of_a_truck_stay_two_where_nothing_changes_for_it(day, wasteful, desk):
    first = ride(day)
    second = add_trip(day.day, first.truck, [(day.pledge("1吨").allocations.get().pk, None)], by=desk)
    assert first.starts_at < first.ends_at <= second.starts_at
    both = Trip.objects.filter(truck=first.truck)
    before = [list(rows) for rows in (both.values(), Stop.objects.filter(trip__in=both).values())]
    run = two_become_one(day, wasteful)
    assert run.summary["stuck"] == []
    taken = commit_replan(run, by=desk)
    assert (taken.changed, taken.cancelled) == ([wasteful[0]], [wasteful[1]])
    assert [list(rows) for rows in (both.values(), Stop.objects.filter(trip__in=both).values())] == before
    assert not breaks()


def test_a_new_pledge_does_not_spoil_the_plan(day, wasteful, desk):
    run = replan(day)
    late = day.pledge("100公斤")
    commit_replan(run, by=desk)
    assert now(late).state == PledgeState.PLACED
    assert not breaks()


def test_a_truck_that_cannot_run_gives_its_goods_to_one_that_can(day, desk):
    broken, other = ride(day), ride(day)
    Truck.objects.filter(pk=broken.truck_id).update(is_active=False)
    run = replan(day)
    assert run.summary["stuck"] == [broken.pk]
    assert run.summary["gain"]["more_g"] == 1_000_000
    commit_replan(run, by=desk)
    assert now(broken).state == TripState.CANCELLED
    assert sum(load.planned_g for load in other.loads.live()) == 2_000_000
    assert not breaks()


def test_goods_nobody_else_can_take_stay_where_they_are(day, desk):
    """The plan gains something elsewhere; what only the stuck truck carries is left on it."""
    big = ride(day, "5吨")
    small = day.truck(rated_g=1_000_000, shift_from=dt.time(4), shift_to=dt.time(9))
    Truck.objects.filter(pk=big.truck_id).update(is_active=False)
    day.pledge("500公斤")
    run = replan(day)
    assert run.summary["gain"]["is_gain"]
    taken = commit_replan(run, by=desk)
    assert [trip.truck for trip in taken.added] == [small]
    assert now(big).state == TripState.PLANNED
    assert big.loads.live().get().planned_g == 5_000_000
    assert not breaks()


def test_a_stuck_truck_that_gets_other_goods_leaves_its_own(day, wasteful, desk):
    """It cannot run with both, so that its own wait again."""
    other, stuck = wasteful
    waiting = day.pledge("2吨")
    run = replan(day)
    (name,) = [s["id"] for s in run.problem["shipments"] if s["mass_g"] == 2_000_000]
    run.problem["initial_routes"] = [r for r in run.problem["initial_routes"] if r["vehicle"] == str(other.truck_id)]
    steps = [{"kind": kind, "shipment": name} for kind in ("pickup", "delivery")]
    run.plan["routes"] = [*run.problem["initial_routes"], {"vehicle": str(stuck.truck_id), "steps": steps}]
    run.summary = {**run.summary, "stuck": [stuck.pk], "gain": {**run.summary["gain"], "is_gain": True}}
    run.save()
    old = stuck.loads.get()
    assert commit_replan(run, by=desk).changed == [stuck]
    assert (now(old).state, now(old.allocation.pledge).state) == (LoadState.UNPLANNED, PledgeState.PLACED)
    assert [load.allocation.pledge for load in stuck.loads.live()] == [waiting]
    assert not breaks()


def test_a_run_without_a_plan_leaves_everything(day, wasteful, monkeypatch, client, desk):
    def fails(*_args, **_options):
        raise NoPlanError(["one"])

    monkeypatch.setattr(solving, "solve_in_subprocess", fails)
    before = snapshot()[2:5]
    run = replan(day)
    assert (run.state, run.failure) == (RunState.FAILED, "no_plan")
    assert snapshot()[2:5] == before
    client.force_login(desk)
    assert "原来的安排没有动" in words_of(client.get(reverse("logistics:run", args=[run.pk])))


def test_each_kind_of_plan_is_taken_in_its_own_way(day, wasteful, desk):
    rest, new = replan(day), plan(day)
    before = snapshot()
    with pytest.raises(RestNotFromNow):
        commit_plan(rest, by=desk)
    with pytest.raises(NotARest):
        commit_replan(new, by=desk)
    assert snapshot() == before
    commit_replan(rest, by=desk)
    with pytest.raises(WrongState):
        commit_replan(rest, by=desk)


def test_only_a_dispatcher_plans_anew(day, wasteful):
    run = replan(day)
    with pytest.raises(NotAllowed):
        request_replan(day.day, by=day.cast.haulier)
    with pytest.raises(NotAllowed):
        commit_replan(run, by=day.cast.haulier)


def test_a_day_that_is_over_is_not_planned(day, desk):
    with pytest.raises(PlanInPast):
        request_replan(timezone.localdate() - dt.timedelta(days=1), by=desk)


def test_the_problem_costs_the_same_with_more_trips(day):
    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            rest_problem(day.day, at(day.day, 0))
        return len(caught)

    ride(day)
    day.pledge("100斤")
    one = statements()
    for _n in range(3):
        ride(day)
        day.pledge("100斤")
    assert statements() == one


def test_the_page_shows_the_gain_and_takes_it(day, wasteful, client, desk):
    client.force_login(desk)
    run = replan(day)
    words = words_of(client.get(reverse("logistics:run", args=[run.pk])))
    for word in ("重排剩下的一天", "少走", "少花", "换车的货 1 批", "要另外通知的司机 2 位", "采用新方案"):
        assert word in words
    done = client.post(reverse("logistics:replan_commit", args=[run.pk]), follow=True)
    assert "已按新方案改排：改了 1 趟，新增 0 趟，取消 1 趟" in done.content.decode()
    again = client.post(reverse("logistics:replan_commit", args=[run.pk]), follow=True)
    assert again.redirect_chain[-1][0] == reverse("logistics:run", args=[run.pk])
    run = replan(day)
    words = words_of(client.get(reverse("logistics:run", args=[run.pk])))
    assert "重排没有好处，原来的安排保持不变" in words
    assert "采用新方案" not in words


def test_a_day_that_is_all_locked_is_not_said_to_be_unserved(day, client, desk):
    ride(day)
    lock_trip(Trip.objects.get(), by=desk)
    client.force_login(desk)
    words = words_of(client.get(reverse("logistics:run", args=[replan(day).pk])))
    assert "重排没有好处，原来的安排保持不变" in words
    assert "没有一辆车能排上货" not in words


def test_the_button_asks_for_it(day, client, desk):
    client.force_login(desk)
    answer = client.post(reverse("logistics:replan"), {"day": f"{day.day:%Y-%m-%d}"})
    run = PlanRun.objects.get()
    assert (answer.headers["Location"], run.scope) == (reverse("logistics:run", args=[run.pk]), RunScope.REST)
    assert client.post(reverse("logistics:replan"), {"day": "x"}).headers["Location"] == reverse("logistics:board")


def test_a_truck_that_is_late_today_has_no_time_yet(day, desk):
    """It should be back by now and is still out: today it gets nothing more, tomorrow it is taken to be back."""
    out = ride(day)
    load_up(out)
    after = Trip.objects.get(pk=out.pk).ends_at + dt.timedelta(minutes=1)
    late = rest_problem(day.day, after)
    assert (late.problem.vehicles, [reason.code for one in late.excluded for reason in one.reasons]) == ((), ["busy"])
    assert len(rest_problem(day.day + dt.timedelta(days=1), after).problem.vehicles) == 1
