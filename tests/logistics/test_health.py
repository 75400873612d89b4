"""A driver's health: who writes it down, who may look, that each look is written down, and that it is erased on time."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed
from market.models import Event
from orders.logistics import exceptions as refusals
from orders.logistics.actions.clearing import clear_trip
from orders.logistics.actions.health import erase_old_health_checks, look_at_health, record_health_check
from orders.logistics.enums import TripState
from orders.logistics.exceptions_health import ReportBeforeSample, ReportWithoutSample
from orders.logistics.models import Checkpoint, CheckpointVisit, HealthCheck, HealthTally, Trip
from tests.cast import PEOPLE
from tests.factories.logistics import commit, make_health_check, make_rules

SECRET = ("37.9 ℃", "核酸阴性")  # words that no form offers to choose


@pytest.fixture
def trip(day) -> Trip:
    day.pledge("1000斤")
    day.truck()
    (made,) = commit(day)
    return made


@pytest.fixture
def post(day) -> Checkpoint:
    return Checkpoint.objects.create(organisation=day.cast.checkpoint, name="白关出口", place=day.cast.checkpoint.place)


def visit(post, trip, by, at=None):
    return CheckpointVisit.objects.create(
        checkpoint=post, trip=trip, verdict="hold", by=by, seen_at=at or timezone.now()
    )


def seen(driver) -> int:
    return Event.objects.about(driver).filter(verb="health_seen").count()


def ill(driver, by):
    return make_health_check(driver, by=by, code="yellow", temperature=Decimal("37.9"), travel_card="starred")


@pytest.mark.parametrize("name", sorted(set(PEOPLE) - {"dispatcher"}))
def test_nobody_else_writes_or_looks(client, day, trip, name):
    ill(trip.driver, day.cast.dispatcher)
    person, before = getattr(day.cast, name), Event.objects.count()
    client.force_login(person)

    with pytest.raises(NotAllowed):
        make_health_check(trip.driver, by=person)
    with pytest.raises(NotAllowed):
        look_at_health(trip.driver, by=person)
    for url in ("driver_health", "driver_health_look"):
        assert client.post(reverse(f"logistics:{url}", args=[trip.driver_id])).status_code == 404
    assert (HealthCheck.objects.count(), Event.objects.count()) == (1, before)


def test_the_dispatcher_of_the_trip_sees_it_covered_until_asked_and_each_look_is_written_down(client, day, trip):
    ill(trip.driver, day.cast.dispatcher)
    client.force_login(day.cast.dispatcher)
    page = client.get(reverse("logistics:driver_health", args=[trip.driver_id]))
    assert not any(word in page.content.decode() for word in SECRET)
    assert "no-store" in page.headers["Cache-Control"]
    assert seen(trip.driver) == 0

    for count in (1, 2):
        page = client.post(reverse("logistics:driver_health_look", args=[trip.driver_id]))
        assert all(word in page.content.decode() for word in SECRET)
        assert "no-store" in page.headers["Cache-Control"]
        assert seen(trip.driver) == count
    event = Event.objects.about(trip.driver).filter(verb="health_seen").first()
    assert (event.by, event.reason) == (day.cast.dispatcher, "")


def test_without_an_open_trip_even_the_dispatcher_does_not_look(client, day, trip):
    ill(trip.driver, day.cast.dispatcher)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.COMPLETED)
    client.force_login(day.cast.dispatcher)

    assert client.get(reverse("logistics:driver_health", args=[trip.driver_id])).status_code == 200
    assert client.post(reverse("logistics:driver_health_look", args=[trip.driver_id])).status_code == 404
    assert seen(trip.driver) == 0


def test_the_officer_with_the_trip_before_him_writes_and_looks_today_only(client, day, trip, post):
    officer = day.cast.officer
    ill(trip.driver, day.cast.dispatcher)
    visit(post, trip, officer, timezone.now() - dt.timedelta(days=1))
    client.force_login(officer)
    url = reverse("logistics:driver_health", args=[trip.driver_id])
    assert client.get(url).status_code == 404

    visit(post, trip, officer)
    assert not any(word in client.get(url).content.decode() for word in SECRET)
    client.post(url, {"code": "green", "travel_card": "clean"})
    made = HealthCheck.objects.first()
    assert (made.checked_by, made.checkpoint, made.code, made.travel_card) == (officer, post, "green", "clean")
    assert "黄码" in client.post(reverse("logistics:driver_health_look", args=[trip.driver_id])).content.decode()
    assert seen(trip.driver) == 1


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"sampled_at": None, "result": "", "reported_at": 1}, ReportWithoutSample),
        ({"sampled_at": 2, "reported_at": 3}, ReportBeforeSample),
        ({"sampled_at": 2, "reported_at": -1}, refusals.SampledInFuture),
        ({"sampled_at": 2, "result": ""}, refusals.SampleIncomplete),
    ],
)
def test_nonsense_is_not_written_down(day, trip, facts, refusal):
    now = timezone.now()
    hours = {key: now - dt.timedelta(hours=value) if isinstance(value, int) else value for key, value in facts.items()}
    with pytest.raises(refusal):
        record_health_check(trip.driver, code="green", by=day.cast.dispatcher, **{"result": "negative", **hours})
    assert HealthCheck.objects.count() == 0


def test_a_check_that_fails_puts_a_cleared_trip_back_at_once(day, trip):
    make_rules(pass_needed=False, temperature_limit=None, test_hours=None)
    make_health_check(trip.driver, by=day.cast.dispatcher)
    clear_trip(trip, by=day.cast.dispatcher)

    make_health_check(trip.driver, by=day.cast.dispatcher, code="red")

    assert Trip.objects.get(pk=trip.pk).state == TripState.PLANNED
    event = Event.objects.about(trip).filter(verb="uncleared").get()
    assert (event.by, event.reason) == (None, "health")


def test_what_the_rules_of_the_day_keep_is_erased_and_counted_without_a_name(day, trip):
    make_rules(since=timezone.localdate() - dt.timedelta(days=30), keep_days=3)
    now = timezone.now()
    for days, code in ((2, "green"), (5, "red"), (5, "green")):
        moment = now - dt.timedelta(days=days)
        make_health_check(trip.driver, by=day.cast.dispatcher, code=code, at=moment, sampled_at=moment)

    assert (erase_old_health_checks(at=now), erase_old_health_checks(at=now)) == (2, 0)

    assert HealthCheck.objects.count() == 1
    tallies = HealthTally.objects.values_list("day", "checked", "stopped")
    assert list(tallies) == [(timezone.localdate(now) - dt.timedelta(days=5), 2, 1)]


def test_the_page_costs_the_same_with_one_check_and_with_three(client, day, trip, django_assert_num_queries):
    client.force_login(day.cast.dispatcher)
    url = reverse("logistics:driver_health_look", args=[trip.driver_id])
    ill(trip.driver, day.cast.dispatcher)
    client.post(url)
    with django_assert_num_queries(15) as first:
        client.post(url)
    ill(trip.driver, day.cast.dispatcher), ill(trip.driver, day.cast.dispatcher)
    with django_assert_num_queries(len(first)):
        client.post(url)
