"""Days and pages with nothing left to do: what they offer can be done, and the way back keeps the day."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.logistics.models import Trip
from tests.factories.logistics import commit, load_up
from tests.factories.road import break_down


@pytest.fixture
def at(client, day):
    client.force_login(day.cast.dispatcher)

    def get(page, days):
        when = timezone.localdate() + dt.timedelta(days=days)
        return when, client.get(f"{reverse(f'logistics:{page}')}?day={when:%Y-%m-%d}").content.decode()

    return get


@pytest.mark.parametrize("name", ["dispatch", "board"])
def test_a_day_that_is_over_is_not_said_to_be_planned_with_a_button(at, name):
    assert "“生成方案”" in at(name, 5)[1]
    over = at(name, -5)[1]
    assert "这一天还没有车次" in over
    assert "“生成方案”" not in over


def test_from_a_day_without_goods_the_way_back_leads_to_that_day(at):
    when, words = at("trip_add", 5)
    assert words.count(f"{reverse('logistics:dispatch')}?day={when:%Y-%m-%d}") == 2


def test_trucks_to_the_rescue_are_listed_only_while_goods_need_one(day, client):
    day.pledge("2000斤")
    day.truck()
    (trip,) = commit(day)
    load_up(trip)
    breakdown = break_down(Trip.objects.get(pk=trip.pk))
    rescuer, load = day.truck(), trip.loads.get()
    client.force_login(day.cast.dispatcher)
    url = reverse("logistics:breakdown", args=[breakdown.pk])
    assert "哪些车能来" in client.get(url).content.decode()
    sent = {"truck": rescuer.pk, f"grams_{load.pk}": "2000斤"}
    client.post(reverse("logistics:breakdown_rescue", args=[breakdown.pk]), sent)
    words = client.get(url).content.decode()
    assert "车上的货都安排好了" in words
    assert "哪些车能来" not in words
