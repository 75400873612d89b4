"""Plans of a day side by side, and putting one aside: every state pair of a run, exact figures, the loads that differ."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from market.exceptions import NotAllowed, WrongState
from market.models import Event
from orders.logistics.actions.discarding import discard_run
from orders.logistics.actions.planning import commit_plan
from orders.logistics.actions.solving import run_plan
from orders.logistics.enums import RUN_MOVES, RunState
from orders.logistics.models import PlanRun, Trip
from orders.logistics.queries.run_compare import compare, two_of
from tests.factories.logistics import plan
from tests.pages import words_of


@pytest.fixture
def two(day) -> tuple[PlanRun, PlanRun]:
    """First one truck for 1 t; then with 2 t more and a second, smaller truck."""
    day.pledge("1吨")
    day.truck()
    first = plan(day)
    day.pledge("2吨")
    return first, plan(day)


def test_two_plans_side_by_side(day, two):
    both = compare(*two)
    assert (both.before.served_g, both.after.served_g) == (1_000_000, 3_000_000)
    assert (both.before.trucks, both.after.trucks) == (1, 1)
    assert both.before.distance_m == two[0].summary["distance_m"]
    assert (both.before.on_time, both.before.deliveries, both.after.on_time, both.after.deliveries) == (1, 1, 2, 2)
    assert both.before.cost > 0
    (other,) = both.differences
    (truck,) = day.trucks
    assert (other.before, other.after, both.alike) == ([], [truck.plate], 1)


def test_the_newest_two_unless_asked_otherwise(two, day):
    first, second = two
    third = plan(day)
    runs = [third, second, first]
    assert two_of(runs, None, None) == (second, third)
    assert two_of(runs, first.pk, third.pk) == (first, third)
    assert two_of(runs, first.pk, first.pk) == (second, third)
    assert two_of(runs, 999, first.pk) == (second, third)
    assert two_of([first], None, None) is None


@pytest.mark.parametrize("old", list(RunState))
def test_only_a_plan_that_waits_is_discarded(day, old):
    desk = day.cast.dispatcher
    run = PlanRun.objects.create(day=day.day, by=desk, state=old, summary={"from": "2021-08-08T00:00:00+08:00"})
    if RunState.DISCARDED in RUN_MOVES[old]:
        assert discard_run(run, by=desk).state == RunState.DISCARDED
        return
    with pytest.raises(WrongState):
        discard_run(run, by=desk)
    assert PlanRun.objects.get().state == old


def test_a_discarded_plan_is_not_taken_and_nothing_else_changes(two, day):
    first, _second = two
    discard_run(first, by=day.cast.dispatcher)
    with pytest.raises(WrongState):
        commit_plan(first, by=day.cast.dispatcher)
    assert run_plan(first.pk).state == RunState.DISCARDED
    assert not Trip.objects.exists()
    assert Event.objects.filter(subject="logistics.planrun", subject_id=first.pk, verb="discarded").count() == 1


def test_only_a_dispatcher_discards(two, day):
    with pytest.raises(NotAllowed):
        discard_run(two[0], by=day.cast.haulier)


def test_the_page_of_plans(client, day, two):
    client.force_login(day.cast.dispatcher)
    url = reverse("logistics:runs")

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(url, {"day": day.day.isoformat()})
        return len(caught)

    count()
    before = count()
    words = words_of(client.get(url, {"day": day.day.isoformat()}))
    assert "1,000 公斤" in words
    assert "3,000 公斤" in words
    day.pledge("300斤")
    plan(day)
    assert count() == before
    done = client.post(reverse("logistics:run_discard", args=[two[0].pk]), follow=True)
    assert "方案已放弃" in done.content.decode()
    for query in ("a=x&b=-1", "a=99999999999999999999999", "day=x"):
        assert client.get(f"{url}?{query}").status_code == 200
