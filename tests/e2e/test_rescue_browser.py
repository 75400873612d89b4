"""The dispatcher finds a rescue and a way over a transfer point, on a phone and at the desk; nothing runs over the edge."""

import pytest
from django.urls import reverse

from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import BreakdownState
from orders.logistics.models import Breakdown, Load, Trip
from orders.logistics.queries.reconcile import breaks
from tests.e2e.conftest import DESK, PHONE
from tests.factories.logistics import driver_of, load_up, make_day
from tests.factories.road import break_down, fetch, make_point, take

pytestmark = pytest.mark.e2e


@pytest.fixture
def road(cast, reference, settings):
    """A truck that stands, a trip not begun, three trucks that can come."""
    settings.PLANNER_ENGINE, settings.PLANNER_SECONDS = "greedy", 1
    day = make_day(cast, reference)
    pledge, later, short = day.pledge("2000斤"), day.pledge("1000斤"), day.pledge("800斤")
    trips = [
        add_trip(day.day, day.truck(), [(p.allocations.get().pk, None)], by=cast.dispatcher)
        for p in (pledge, later, short)
    ]
    load_up(trips[0])
    fetch(trips[2].loads.get(), 300_000)
    day.truck(), day.truck(rated_g=600_000), day.truck(driver=None)
    make_point(cast.bureau, reference["tianyuan"])
    return day, trips


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["390", "1280"])
def test_pages_of_the_road_fit(road, cast, open_as, screen):
    _day, (broken, planned, short) = road
    breakdown = break_down(Trip.objects.get(pk=broken.pk))
    page = open_as(cast.dispatcher, screen)
    for name, pk in (
        ("breakdown", breakdown.pk),
        ("breakdown_new", short.pk),
        ("load_relay", planned.loads.get().pk),
        ("next_trucks", short.loads.get().allocation_id),
        ("trip", short.pk),
    ):
        page.goto(reverse(f"logistics:{name}", args=[pk]))
        assert fits(page), name
    for person, url in ((cast.farmer, "orders:to_bring"), (cast.buyer, "logistics:receiving")):
        page = open_as(person, screen)
        page.goto(reverse(url))
        assert fits(page), url


def test_a_broken_truck_from_the_report_to_the_rescue(road, cast, open_as):
    _day, (broken, _planned, _short) = road
    page = open_as(driver_of(broken), PHONE)
    page.goto(reverse("logistics:trip", args=[broken.pk]))
    page.get_by_role("link", name="车坏了").click()
    page.get_by_label("车怎么了").fill("水箱漏了")
    page.get_by_label("在哪个县区、乡镇附近").select_option(index=1)
    page.get_by_role("button", name="报故障").click()
    page.get_by_text("调度员正在安排").wait_for()

    desk = open_as(cast.dispatcher, DESK)
    desk.goto(reverse("logistics:breakdown", args=[Breakdown.objects.get().pk]))
    desk.get_by_label("接货的车").select_option(index=1)
    desk.get_by_role("button", name="派这辆车去接").click()
    desk.get_by_text("车上的货都安排好了").wait_for()

    onward = Load.objects.get(continues__trip=broken)
    take(onward, onward.planned_g)
    assert Breakdown.objects.get().state == BreakdownState.RESCUED
    desk.goto(reverse("logistics:trip", args=[broken.pk]))
    desk.get_by_text("货在谁手里").wait_for()
    assert fits(desk)
    assert breaks() == []
