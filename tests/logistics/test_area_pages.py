"""After an area is closed: its page keeps who is hit, and the page of a truck on the road says where it cannot go."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from orders.logistics.actions.areas import AreaFacts, draft_area, lift_area, publish_area
from orders.logistics.actions.road import arrive
from orders.logistics.models import RiskArea, TransferPoint, Trip
from orders.logistics.queries.areas import areas_ahead
from orders.logistics.queries.impact import impact_of
from tests.factories.logistics import at, commit, driver_of, load_up, stops
from tests.pages import logged_in


@pytest.fixture
def trip(day) -> Trip:
    day.pledge("1000斤")
    day.truck()
    return commit(day)[0]


@pytest.fixture
def morning(day):
    with time_machine.travel(at(day.day, 6), tick=False):
        yield


def closed(day, place, **changes) -> RiskArea:
    """Drafted by the supervisor, not yet published."""
    facts = {"level": "high", "starts_at": at(day.day, 5), "source": "第 12 号通告", "is_closed": True, **changes}
    return draft_area(AreaFacts(place=place, **facts), by=day.cast.supervisor)


def published(day, place, **changes) -> RiskArea:
    area = closed(day, place, **changes)
    return publish_area(area, seen=impact_of(area).key, by=day.cast.supervisor).area


def page_of(who, name, pk) -> str:
    return logged_in(who).get(reverse(name, args=[pk])).text


def test_the_truck_inside_stays_on_the_page_of_the_published_area(day, trip, morning):
    arrive(stops(trip)[0], by=driver_of(trip))
    area = published(day, day.listing.place.parent)

    page = page_of(day.cast.supervisor, "logistics:area", area.pk)

    assert trip.truck.plate in page
    assert "车在里面" in page
    assert reverse("logistics:area_publish", args=[area.pk]) not in page


def test_what_is_lifted_or_over_or_a_mere_warning_shows_no_impact(day, trip, morning):
    for changes in ({"is_closed": False}, {"state": "lifted"}, {"ends_at": at(day.day, 5, 30)}):
        area = published(day, day.listing.place.parent)
        RiskArea.objects.filter(pk=area.pk).update(**changes)
        assert "受影响" not in page_of(day.cast.supervisor, "logistics:area", area.pk), changes
        RiskArea.objects.filter(pk=area.pk).update(state="lifted")


def test_every_way_out_is_named_not_only_the_first(day, trip):
    stop = stops(trip)[0]
    TransferPoint.objects.create(
        name="白关接驳点", keeper=day.cast.bureau, place=day.dock.place, lat=stop.lat, lon=stop.lon,
        opens_at=dt.time(4), closes_at=dt.time(22), contact_name="周", contact_phone="073122222222",
    )  # fmt: skip
    area = closed(day, stop.place, starts_at=stop.planned_at + dt.timedelta(minutes=10))

    page = page_of(day.cast.supervisor, "logistics:area", area.pk)

    assert "分钟，赶在封闭前办完离开" in page
    assert "在白关接驳点换车" in page


def test_the_page_says_who_lifted_it_and_why(day, trip, morning):
    area = published(day, day.listing.place.parent)
    lift_area(area, reason="疫情平稳", by=day.cast.supervisor)

    page = page_of(day.cast.dispatcher, "logistics:area", area.pk)

    assert "解除了风险区" in page
    assert "疫情平稳" in page


def test_publishing_says_what_it_did_and_no_more(day, trip, morning):
    load_up(trip)
    area = closed(day, day.dock.place)
    client = logged_in(day.cast.supervisor)

    said = client.post(
        reverse("logistics:area_publish", args=[area.pk]), {"seen": impact_of(area).key}, follow=True
    ).text

    assert "另有 1 趟要调度另行安排" in said
    assert "通行码" not in said


@pytest.mark.parametrize("who", ["dispatcher", "supervisor", "haulier", "driver"])
def test_the_page_of_a_truck_on_the_road_says_which_stops_are_closed(day, trip, morning, who):
    load_up(trip)
    person = driver_of(trip) if who == "driver" else getattr(day.cast, who)
    assert "等调度员另行安排" not in page_of(person, "logistics:trip", trip.pk)
    area = published(day, day.dock.place)

    page = page_of(person, "logistics:trip", trip.pk)

    assert "第 2 站" in page
    assert "等调度员另行安排" in page
    assert (reverse("logistics:area", args=[area.pk]) in page) == (who in {"dispatcher", "supervisor"})


def test_the_driver_reads_it_on_the_phone_until_the_area_is_over(day, trip, morning):
    load_up(trip)
    area = published(day, day.dock.place)
    phone = logged_in(driver_of(trip))

    assert "等调度员另行安排" in phone.get(reverse("logistics:drive")).text
    RiskArea.objects.filter(pk=area.pk).update(ends_at=at(day.day, 6))
    assert "等调度员另行安排" not in phone.get(reverse("logistics:drive")).text


@pytest.mark.parametrize("areas", [1, 3])
def test_asking_what_lies_ahead_costs_one_statement(day, trip, morning, django_assert_num_queries, areas):
    load_up(trip)
    for n in range(areas):
        published(day, day.dock.place, detail=str(n))
    rows = list(Trip.objects.get(pk=trip.pk).stops.order_by("position"))

    with django_assert_num_queries(1):
        found = areas_ahead(rows, trip.ends_at, at(day.day, 6) + dt.timedelta(minutes=1))
        assert [(str(one.area) != "", one.numbers) for one in found] == [(True, (2,))] * areas
