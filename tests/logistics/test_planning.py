"""Asking for a plan and computing it: what is planned, what is left and why, and a worker that is gone."""

import datetime as dt
import subprocess

import pytest
from django.db import connection
from django.utils import timezone

from market.exceptions import NotAllowed
from market.models import Event
from orders.actions.pledges import cancel_pledge
from orders.logistics import exceptions as refusals
from orders.logistics.actions import solving
from orders.logistics.actions.planning import commit_plan, give_up_run, patience, request_plan
from orders.logistics.actions.solving import run_plan
from orders.logistics.actions.trucks import assign_driver
from orders.logistics.enums import RunState
from orders.logistics.models import PlanRun, Trip
from orders.logistics.queries.day import why_left
from tests.factories.logistics import commit, make_health_check, make_pass, make_rules, plan
from tests.factories.orders import make_pledge


def allocation_of(pledge):
    return pledge.allocations.get()


def take(day, run=None):
    return commit_plan(run or plan(day), by=day.cast.dispatcher)


# --- asking ---------------------------------------------------------------------------------------------------------


def test_the_button_queues_a_run_and_the_task_computes_it_after_the_commit(day, django_capture_on_commit_callbacks):
    day.pledge("1000斤")
    day.truck()

    with django_capture_on_commit_callbacks(execute=True) as after:
        run = request_plan(day.day, by=day.cast.dispatcher)

    run.refresh_from_db()
    assert (len(after), run.state, run.summary["served_g"], run.summary["unserved_g"]) == (
        1,
        RunState.READY,
        500_000,
        0,
    )


def test_a_second_press_finds_the_run_under_way(day):
    first = request_plan(day.day, by=day.cast.dispatcher)

    assert request_plan(day.day, by=day.cast.dispatcher).pk == first.pk
    assert PlanRun.objects.count() == 1


def test_a_past_day_is_not_planned(day):
    with pytest.raises(refusals.PlanInPast):
        request_plan(timezone.localdate() - dt.timedelta(days=1), by=day.cast.dispatcher)
    assert PlanRun.objects.count() == 0


@pytest.mark.parametrize("person", ["buyer", "farmer", "haulier", "driver", "commerce_desk", "outsider"])
def test_only_a_dispatcher_plans(day, person):
    run = plan(day)
    for do in (
        lambda by: request_plan(day.day, by=by),
        lambda by: commit_plan(run, by=by),
        lambda by: give_up_run(run, by=by),
    ):
        with pytest.raises(NotAllowed):
            do(getattr(day.cast, person))
    assert (PlanRun.objects.count(), Trip.objects.count()) == (1, 0)


# --- a run that hangs ----------------------------------------------------------------------------------------------


def stuck(day, state):
    run = request_plan(day.day, by=day.cast.dispatcher)
    long_ago = timezone.now() - patience() - dt.timedelta(seconds=1)
    PlanRun.objects.filter(pk=run.pk).update(state=state, created_at=long_ago)
    return PlanRun.objects.get(pk=run.pk)


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING])
def test_a_run_whose_worker_is_gone_is_failed_by_the_next_press(day, state):
    old = stuck(day, state)

    new = request_plan(day.day, by=day.cast.dispatcher)

    old.refresh_from_db()
    assert (old.state, old.failure, new.pk != old.pk, new.state) == (RunState.FAILED, "stuck", True, RunState.QUEUED)


def test_a_run_is_not_given_up_before_its_time(day):
    run = request_plan(day.day, by=day.cast.dispatcher)

    with pytest.raises(refusals.StillComputing):
        give_up_run(run, by=day.cast.dispatcher)

    assert give_up_run(stuck(day, RunState.RUNNING), by=day.cast.dispatcher).state == RunState.FAILED


def test_a_worker_that_comes_back_does_not_revive_what_was_given_up(day):
    run = stuck(day, RunState.RUNNING)
    give_up_run(run, by=day.cast.dispatcher)

    assert run_plan(run.pk).state == RunState.FAILED
    assert (
        solving._finish(run.pk, solving.day_problem(day.day, timezone.now()), solving.Plan((), (), "none")).plan == {}
    )


def test_a_task_repeated_computes_nothing_twice(day):
    day.pledge()
    day.truck()
    run = plan(day)
    before = Event.objects.about(run).count()

    run_plan(run.pk)

    assert Event.objects.about(run).count() == before


def test_a_run_that_breaks_is_failed_and_says_so(day, settings):
    settings.ROAD_FACTOR = 0.0
    run = request_plan(day.day, by=day.cast.dispatcher)
    with pytest.raises(ValueError, match="road_factor"):
        run_plan(run.pk)

    run.refresh_from_db()
    assert (run.state, run.failure) == (RunState.FAILED, "error")


class KilledAtOnce(subprocess.Popen):
    """What the machine does to a worker that takes too much memory."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kill()


def test_a_killed_planner_leaves_a_greedy_plan(day, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", KilledAtOnce)
    day.pledge("2000斤")
    day.truck()

    run = plan(day)

    assert (run.state, run.summary["engine"], run.summary["is_fallback"]) == (RunState.READY, "greedy", True)
    assert run.summary["served_g"] == 1_000_000


def test_the_planner_runs_in_a_process_of_its_own_outside_any_transaction(day, monkeypatch, transactional_db):
    seen = []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            seen.append(connection.in_atomic_block)
            super().__init__(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    day.pledge()
    day.truck()

    assert plan(day).summary["is_fallback"] is False
    assert seen == [False]


# --- what is planned ------------------------------------------------------------------------------------------------


def test_nothing_to_carry_gives_an_empty_plan(day):
    day.truck()
    run = plan(day)

    assert (run.state, run.summary["loads"], run.plan["routes"]) == (RunState.READY, 0, [])
    with pytest.raises(refusals.NothingHolds):
        take(day, run)


def test_a_load_too_heavy_for_any_truck_is_cut_and_no_gram_is_lost(day):
    day.pledge("14001斤")
    day.truck(rated_g=3_000_000)
    day.truck(rated_g=3_000_000)

    masses = [shipment["mass_g"] for shipment in plan(day).problem["shipments"]]

    assert masses == [2_333_500, 2_333_500, 2_333_500]
    assert sum(masses) == 7_000_500


def test_without_a_truck_everything_is_left_with_the_reason(day):
    pledge = day.pledge()
    run = plan(day)

    assert why_left(run) == {allocation_of(pledge).pk: "没有合适的车（需要冷藏车或通行证）"}


def test_trucks_that_may_not_run_are_excluded_with_every_reason(day):
    make_rules()
    day.pledge()
    fit, unfit = day.truck(), day.truck()
    make_pass(fit, day.day, by=day.cast.dispatcher)
    make_health_check(fit.driver, by=day.cast.dispatcher)
    assign_driver(unfit, None, by=day.cast.haulier)

    run = plan(day)

    assert [(row["plate"], [r["code"] for r in row["reasons"]]) for row in run.excluded] == [
        (unfit.plate, ["driver_missing", "pass_missing"])
    ]
    assert [route["vehicle"] for route in run.plan["routes"] if route["steps"]] == [str(fit.pk)]


def test_pork_rides_in_a_cold_truck_only(day, reference):
    reference["loofah"].__class__.objects.filter(pk=reference["loofah"].pk).update(ambient_hours=12, cold_hours=96)
    pledge = day.pledge()
    day.truck()
    assert allocation_of(pledge).pk in why_left(plan(day))

    cold = day.truck(is_cold=True)

    assert [trip.truck for trip in commit(day)] == [cold]


def test_a_dock_that_is_closed_in_the_window_is_left_out_with_its_reason(day):
    pledge = day.pledge()
    day.dock.opens_at, day.dock.closes_at = dt.time(12), dt.time(18)
    day.dock.save()
    day.truck()

    assert why_left(plan(day)) == {allocation_of(pledge).pk: "收货时间和收货点的开放时间对不上，请与买方商量"}


def test_a_pledge_of_another_day_and_a_cancelled_one_are_not_planned(day):
    from market.models import Lot

    later = Lot.objects.get(listing=day.listing, day=day.day + dt.timedelta(days=1))
    make_pledge(later, day.dock, "100斤", by=day.cast.buyer)
    cancel_pledge(day.pledge("300斤"), reason="不要了", by=day.cast.buyer)
    day.truck()

    assert plan(day).problem["shipments"] == []
