"""A report that says it is older than what its trip reported already: it counts from the newest of that."""

import datetime as dt

import pytest
from django.utils import timezone

from orders.logistics.models import HealthCheck, RoadReport, Trip
from orders.logistics.queries.facts import newest_fact
from tests.factories.logistics import make_health_check, make_rules
from tests.factories.reports import answers, report

pytestmark = pytest.mark.usefixtures("_fresh_counts")


def test_nothing_was_before_what_the_trip_reported_already(phone, trip, pickup):
    """A departure said to be from before the loading would be judged by what was valid then."""
    now = timezone.now()
    Trip.objects.filter(pk=trip.pk).update(created_at=now - dt.timedelta(days=1))
    arrived, loaded = now - dt.timedelta(minutes=50), now - dt.timedelta(minutes=20)
    load = trip.loads.get()

    said = answers(
        phone,
        report("arrive", arrived, stop=pickup.pk),
        report("loaded", loaded, load=load.pk, quantity="1000斤"),
        report("depart", now - dt.timedelta(hours=20), stop=pickup.pk),
    )

    assert said == [("done", "")] * 3
    pickup.refresh_from_db()
    assert (pickup.arrived_at, pickup.departed_at) == (arrived, loaded)


def test_a_test_that_ran_out_before_the_loading_is_no_good_for_an_earlier_departure(phone, day, trip, pickup):
    """The test ran out 90 minutes ago: enough for the departure as planned, not for the one after the loading."""
    now, hour = timezone.now(), dt.timedelta(hours=1)
    make_rules(pass_needed=False, temperature_limit=None, since=timezone.localdate() - dt.timedelta(days=3))
    Trip.objects.filter(pk=trip.pk).update(created_at=now - 24 * hour, starts_at=now - 4 * hour, ends_at=now - 2 * hour)
    trip.stops.update(planned_at=now - 3 * hour)
    check = make_health_check(trip.driver, by=day.cast.dispatcher, sampled_at=now - 49.5 * hour)
    HealthCheck.objects.filter(pk=check.pk).update(checked_at=now - 6 * hour)

    said = answers(
        phone,
        report("arrive", now - hour, stop=pickup.pk),
        report("loaded", now - hour / 3, load=trip.loads.get().pk, quantity="1000斤"),
        report("depart", now - 3 * hour, stop=pickup.pk),
    )

    assert [state for state, _ in said] == ["done", "done", "refused"]
    assert "健康查验" in said[2][1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_newest_fact_is_two_statements(phone, trip, pickup, count, django_assert_num_queries):
    now = timezone.now()
    Trip.objects.filter(pk=trip.pk).update(created_at=now - dt.timedelta(days=1))
    reports = [("arrive", {"stop": pickup.pk})]
    reports += [("loaded", {"load": trip.loads.get().pk, "quantity": f"{900 + n}斤"}) for n in range(count)]
    times = [now - dt.timedelta(minutes=50 - n) for n in range(len(reports))]
    answers(phone, *(report(verb, at, **facts) for at, (verb, facts) in zip(times, reports, strict=True)))

    with django_assert_num_queries(2):
        assert newest_fact(trip) == times[-1]


def test_what_was_refused_or_from_a_clock_ahead_is_no_fact(phone, trip, pickup):
    arrived = timezone.now()
    answers(
        phone, report("arrive", arrived, stop=pickup.pk), report("loaded", load=trip.loads.get().pk, quantity="2吨")
    )
    assert newest_fact(trip) == arrived

    RoadReport.objects.update(made_at=arrived + dt.timedelta(days=1), refusal="")
    assert newest_fact(trip) == arrived
