"""Who can come to a truck that broke down, and the pages of it."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.logistics.enums import (
    BreakdownState,
)
from orders.logistics.models import Breakdown, Stop, Trip
from orders.logistics.queries.rescues import rescue_page
from tests.factories.logistics import commit, driver_of, load_up
from tests.factories.road import break_down


@pytest.fixture
def trip(day) -> Trip:
    """1,000 kg on the way to the supermarket."""
    day.pledge("2000斤")
    day.truck()
    (trip,) = commit(day)
    load_up(trip)
    return Trip.objects.get(pk=trip.pk)


@pytest.fixture
def breakdown(trip) -> Breakdown:
    return break_down(trip)


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


# --- who can come ------------------------------------------------------------------------------------------------


def test_trucks_are_ranked_by_what_they_carry_and_how_near_they_are(day, trip, breakdown, reference):
    near, small = day.truck(), day.truck(rated_g=500_000)
    far = day.truck(base=reference["village"])
    none = day.truck(driver=None)
    page = rescue_page(breakdown, timezone.now())
    found = {row.truck: row for row in page.trucks}

    able = [row.truck for row in page.trucks if row.can]
    assert set(able) == {near, small, far}
    assert able[-1] == small  # carries a part only
    assert [row.distance_m for row in page.trucks if row.can][:2] == sorted(found[t].distance_m for t in (near, far))
    assert [str(reason) for reason in found[none].why_not] == ["没有当班司机，请先指定司机"]
    assert trip.truck not in found
    assert found[near].hours_left > 0
    assert page.open_g == 1_000_000


def test_a_truck_too_late_for_the_goods_says_so_and_comes_after_those_in_time(day, trip, breakdown):
    truck = day.truck()
    lot = trip.loads.get().allocation.lot
    (row,) = rescue_page(breakdown, lot.best_before + dt.timedelta(hours=1)).trucks
    assert (row.truck, row.spoils_first) == (truck, True) or row.why_not


def test_the_page_costs_the_same_with_one_truck_and_with_three(day, trip, breakdown, django_assert_num_queries):
    day.truck()
    with django_assert_num_queries(15):
        rescue_page(breakdown, timezone.now())
    day.truck(), day.truck()
    with django_assert_num_queries(15):
        rescue_page(breakdown, timezone.now())


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_driver_reports_by_the_page(day, trip, reference, client):
    client.force_login(driver_of(trip))
    url = reverse("logistics:breakdown_new", args=[trip.pk])
    assert "车坏了" in client.get(url).content.decode()
    said = {"what": "爆胎", "place": reference["tianyuan"].code, "address": "收费站边", "key": str(uuid.uuid4())}

    answer = client.post(url, said, follow=True)

    breakdown = Breakdown.objects.get()
    assert (breakdown.what, breakdown.lat, breakdown.address) == ("爆胎", None, "收费站边")
    assert "调度员正在安排" in answer.content.decode()
    assert "派车来接" not in answer.content.decode()


def test_the_dispatcher_rescues_by_the_page(day, trip, breakdown, client):
    truck, load = day.truck(), trip.loads.get()
    client.force_login(day.cast.dispatcher)
    page = client.get(reverse("logistics:breakdown", args=[breakdown.pk])).content.decode()
    assert "派车来接" in page
    assert 'value="2000斤"' in page
    url = reverse("logistics:breakdown_rescue", args=[breakdown.pk])
    refused = client.post(url, {"truck": truck.pk, f"grams_{load.pk}": "9吨"}).content.decode()
    assert "请减少数量" in refused

    answer = client.post(url, {"truck": truck.pk, f"grams_{load.pk}": "2000斤"}, follow=True).content.decode()

    assert Trip.objects.get(rescues=trip).truck == truck
    assert "车上的货都安排好了" in answer


def test_repaired_and_closed_by_the_page(day, trip, breakdown, client):
    client.force_login(day.cast.dispatcher)
    client.post(reverse("logistics:breakdown_repaired", args=[breakdown.pk]))
    assert fresh(breakdown).state == BreakdownState.REPAIRED
    again = break_down(fresh(trip))
    client.post(reverse("logistics:breakdown_close", args=[again.pk]), {"reason": ""})
    assert fresh(again).state == BreakdownState.OPEN
    client.post(
        reverse("logistics:breakdown_close", args=[again.pk]), {"reason": "没车", "back": [trip.loads.get().pk]}
    )
    assert fresh(again).state == BreakdownState.CLOSED
    assert Stop.objects.filter(trip=trip, is_transfer=True).exists()
