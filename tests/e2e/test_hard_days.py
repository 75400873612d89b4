"""Three bad mornings of the demo day, in the browser: a township is closed, a driver tests positive, a truck breaks down.

Each ends with every sum right (`reconcile`).
"""

import datetime as dt
from collections.abc import Iterator
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from cms.demo.people import by_key
from cms.demo.play import play
from market.exceptions import Refused
from market.models import User
from orders.logistics.actions.clearing import clear_trip
from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import BreakdownState, LoadState, StopKind, TripState
from orders.logistics.models import Breakdown, Load, PassCode, RiskArea, Stop, Trip, Truck
from orders.logistics.queries.day import unserved_rows
from orders.logistics.queries.journeys import midnight
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.pages.looks import look


@pytest.fixture
def morning(transactional_db, settings, tmp_path) -> Iterator[dt.date]:
    """Five past nine of the demo day: trucks on the road, others still to load."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PLANNER_ENGINE = "greedy"
    call_command("load_reference", stdout=StringIO())
    today = timezone.localdate()
    with time_machine.travel(midnight(today) + dt.timedelta(hours=9, minutes=5)):
        play("moving", on=today)
        yield today


def person(key: str) -> User:
    return User.objects.get(phone=by_key(key).phone)


def moment(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def waiting_trip(day: dt.date) -> Trip:
    """The dispatcher puts what was pledged this morning on a truck that has not left: the first that fits."""
    for row in unserved_rows(day):
        for truck in Truck.objects.filter(is_active=True).order_by("plate"):
            try:
                return add_trip(day, truck, [(row.allocation.pk, None)], by=person("dispatcher"))
            except Refused:
                continue
    raise AssertionError("nothing that waits fits any truck")


def test_a_township_is_closed_and_the_rest_of_the_day_goes_on(open_as, morning):
    trip = waiting_trip(morning)
    stop = Stop.objects.filter(trip=trip, kind=StopKind.PICKUP).select_related("place__parent").earliest("position")
    town = stop.place.parent if stop.place.level == "village" else stop.place
    page = open_as(person("dispatcher"), DESK)

    page.goto("/logistics/areas/new/")
    page.locator("[name=place]").select_option(town.code)
    page.locator("[name=level]").select_option("high")
    page.get_by_label("封闭，车辆不得进出").check()
    page.locator("[name=starts_at]").fill(moment(timezone.now()))
    page.locator("[name=ends_at]").fill(moment(timezone.now() + dt.timedelta(days=1)))
    page.locator("[name=source]").fill("市指挥部第 12 号通告")
    look(page).get_by_role("button", name="看影响").click()

    look(page)
    expect(page.locator("main")).to_contain_text(trip.truck.plate)
    expect(page.locator("[data-map=area-map] .leaflet-pane").first).to_be_attached()
    assert not RiskArea.objects.in_force(timezone.now(), timezone.now() + dt.timedelta(hours=1)).exists()

    page.get_by_role("button", name="发布并重排").click()
    page.locator("#confirm-dialog [data-yes]").click()
    expect(page.locator("main")).to_contain_text("已发布")
    look(page)

    assert RiskArea.objects.in_force(timezone.now(), timezone.now() + dt.timedelta(hours=1)).count() == 1
    inside = Load.objects.live().filter(state=LoadState.PLANNED, pickup__place__code__startswith=town.code[:9])
    assert not inside.filter(trip__state__in=[TripState.PLANNED, TripState.CLEARED]).exists()
    call_command("reconcile", stdout=StringIO())


def test_a_driver_tests_positive_and_the_truck_does_not_go(open_as, morning):
    trip = waiting_trip(morning)
    clear_trip(trip, by=person("dispatcher"))
    page = open_as(person("dispatcher"), DESK)

    page.goto(f"/logistics/drivers/{trip.driver_id}/health/")
    look(page)
    form = page.locator("form", has=page.get_by_role("button", name="记下查验"))
    form.locator("[name=code]").select_option("red")
    form.locator("[name=sampled_at]").fill(moment(timezone.now() - dt.timedelta(hours=2)))
    form.locator("[name=result]").select_option("positive")
    form.locator("[name=temperature]").fill("37.0")
    form.get_by_role("button", name="记下查验").click()
    look(page)

    page.goto(f"/logistics/trips/{trip.pk}/")
    look(page)
    expect(page.locator("main")).to_contain_text("司机最近一次核酸为阳性")
    assert Trip.objects.get(pk=trip.pk).state == TripState.PLANNED
    assert not PassCode.objects.live().filter(trip=trip).exists()
    call_command("reconcile", stdout=StringIO())


def test_a_truck_breaks_down_and_another_takes_its_goods_over(open_as, morning):
    trip = (
        Trip.objects.filter(state=TripState.EN_ROUTE, loads__state=LoadState.LOADED)
        .select_related("driver__user")
        .first()
    )
    assert trip is not None
    on_the_phone, desk = open_as(trip.driver.user, PHONE), open_as(person("dispatcher"), DESK)

    on_the_phone.goto(f"/logistics/trips/{trip.pk}/breakdown/")
    look(on_the_phone)
    on_the_phone.locator("[name=what]").fill("发动机过热，走不了")
    place = on_the_phone.locator("[name=place]")
    if place.count() and place.evaluate("e => e.tagName") == "SELECT":
        place.select_option(index=1)
    on_the_phone.get_by_role("button", name="报故障").tap()
    expect(on_the_phone.locator("main")).to_contain_text("发动机过热")
    look(on_the_phone)
    breakdown = Breakdown.objects.get()
    assert Trip.objects.get(pk=trip.pk).state == TripState.BROKEN_DOWN

    desk.goto(f"/logistics/breakdowns/{breakdown.pk}/")
    look(desk)
    choices = desk.locator("[name=truck] option:not([value=''])")
    assert choices.count() > 0
    desk.locator("[name=truck]").select_option(index=1)
    desk.get_by_role("button", name="派这辆车去接").click()
    look(desk)

    assert Breakdown.objects.get().state in {BreakdownState.OPEN, BreakdownState.RESCUED}
    assert Load.objects.filter(continues__trip=trip).exists()
    call_command("reconcile", stdout=StringIO())
