"""The supervisor's side of a trip's page: what would cure it, and letting it run without losing what was written."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.logistics.models import RiskArea, Trip, TripOverride
from tests.factories.logistics import commit, make_health_check, make_rules, stops

CLOSED = "改走接驳点、提前出发，或在边界换车"


@pytest.fixture
def trip(day) -> Trip:
    day.pledge("1000斤")
    day.truck()
    (made,) = commit(day)
    return made


def close(day, trip):
    area = {"place": stops(trip)[0].place, "level": "high", "is_closed": True, "source": "第 9 号通告"}
    starts_at = trip.starts_at - dt.timedelta(hours=1)
    RiskArea.objects.create(by=day.cast.dispatcher, starts_at=starts_at, state="published", **area)


def override(client, trip, **said):
    until = timezone.localtime(trip.ends_at + dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    return client.post(reverse("logistics:trip_override", args=[trip.pk]), {"why": "急救物资", "until": until, **said})


@pytest.mark.parametrize("person", ["dispatcher", "supervisor"])
def test_who_decides_reads_what_would_cure_it(day, trip, client, person):
    close(day, trip)
    client.force_login(getattr(day.cast, person))
    assert CLOSED in client.get(reverse("logistics:trip", args=[trip.pk])).content.decode()


def test_the_cure_does_not_tell_the_supervisor_of_a_positive_test(day, trip, client):
    make_rules(pass_needed=False, temperature_limit=None)
    make_health_check(trip.driver, by=day.cast.dispatcher, result="positive")
    client.force_login(day.cast.supervisor)
    page = client.get(reverse("logistics:trip", args=[trip.pk]))
    assert page.context["cures"] == ["请司机先查验"]
    assert "阳性" not in page.content.decode()
    assert "阳性" not in override(client, trip).content.decode()
    assert "阳性" not in client.get(reverse("logistics:trip", args=[trip.pk])).content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"until": "明天"}, "until"),
        ({"until": "2099-01-01T00:00"}, "until"),
        ({"until": "2020-01-01T00:00"}, "until"),
        ({"why": ""}, "why"),
    ],
)
def test_a_wrong_override_is_shown_again_with_what_was_written(day, trip, client, said, field):
    close(day, trip)
    client.force_login(day.cast.supervisor)
    page = override(client, trip, **said)
    assert page.status_code == 200
    assert list(page.context["override"].errors) == [field]
    assert said.get("why", "急救物资") in page.content.decode()
    assert "<details open>" in page.content.decode()
    assert not TripOverride.objects.exists()


def test_an_override_that_is_right_is_kept(day, trip, client):
    close(day, trip)
    client.force_login(day.cast.supervisor)
    assert override(client, trip).status_code == 302
    assert TripOverride.objects.get().why == "急救物资"


def test_the_day_says_in_words_that_a_trip_may_not_run(day, trip, client):
    client.force_login(day.cast.dispatcher)
    address = f"{reverse('logistics:dispatch')}?day={day.day:%Y-%m-%d}"
    assert "不能出发</span>" not in client.get(address).content.decode()
    close(day, trip)
    assert "不能出发</span>" in client.get(address).content.decode()
