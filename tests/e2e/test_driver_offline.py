"""A driver's whole trip without a network: pressed, reloaded, sent when there is one again, each thing done once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from market.models import Event
from orders.logistics.actions.reports import VERBS, Verb
from orders.logistics.actions.trips import unplan_load
from orders.logistics.enums import LoadState, TripState
from orders.logistics.models import Handover, Load, RoadReport, Trip
from tests.e2e.pages.driving import DriverApp
from tests.factories.logistics import Day, commit, driver_of, make_day, stops

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def day(cast, reference, settings) -> Day:
    settings.PLANNER_SECONDS, settings.PLANNER_ENGINE = 1, "greedy"
    day = make_day(cast, reference)
    day.pledge("1000斤")
    day.truck(rated_g=5_000_000)
    return day


@pytest.fixture
def trip(day, request) -> Trip:
    """One load, or two of one stop to one dock where the test is about what waits."""
    if "waits" in request.node.name:
        day.pledge("600斤")
    return commit(day)[0]


@pytest.fixture
def app(trip, open_as) -> Iterator[DriverApp]:
    """The page was opened once with a network, and the worker keeps it."""
    app = DriverApp(open_as(driver_of(trip))).opened()
    yield app
    app.forgive()


def test_a_whole_trip_without_a_network_is_sent_once_and_in_order(app, trip):
    pickup, delivery = stops(trip)
    load = Load.objects.get()

    app.go_offline()
    app.at(pickup).press("到达")
    app.at(pickup).says("还没发出去，有网就发")
    app.at(pickup).load_other(load, "480", "公斤")
    app.reload()  # still without a network
    app.at(pickup).says("实装 丝瓜 960 斤 = 480 公斤")
    app.waits_with(2)
    app.at(pickup).press("装完，离开")
    app.at(delivery).press("到达")
    app.at(delivery).photo()
    app.at(delivery).press("卸完，离开")
    app.waits_with(6)
    trip.refresh_from_db()
    assert (trip.state, RoadReport.objects.count()) == (TripState.PLANNED, 0)

    app.go_online()
    app.all_sent()

    trip.refresh_from_db()
    load.refresh_from_db()
    pickup.refresh_from_db()
    assert (trip.state, load.state, load.loaded_g) == (TripState.COMPLETED, LoadState.LOADED, 480_000)
    assert trip.evidence.get().stop == delivery
    verbs = list(RoadReport.objects.order_by("pk").values_list("verb", "refusal"))
    assert verbs == [(verb, "") for verb in ("arrive", "loaded", "depart", "arrive", "depart", "photo")]
    first = RoadReport.objects.earliest("pk")
    assert pickup.arrived_at == first.made_at < first.received_at
    assert Event.objects.filter(subject="logistics.stop", verb="arrived").count() == 2
    app.page.reload()
    app.ready()
    assert RoadReport.objects.count() == 6


def test_an_answer_that_is_lost_does_nothing_twice(app, trip):
    pickup = stops(trip)[0]
    app.lose_answers()
    app.at(pickup).press("到达")
    app.at(pickup).says("还没发出去，有网就发")
    app.waits_with(1)
    app.find_answers()
    app.all_sent()

    assert RoadReport.objects.count() == 1
    assert Event.objects.filter(subject="logistics.stop", verb="arrived").count() == 1


def test_after_a_refusal_the_rest_waits_until_the_wrong_one_is_dropped(app, trip, day):
    """The dispatcher takes a load off while the driver, out of reach, puts it on."""
    pickup = stops(trip)[0]
    gone, kept = Load.objects.order_by("pk")
    app.go_offline()
    app.at(pickup).press("到达")
    app.at(pickup).load_as_planned(gone)
    app.at(pickup).load_as_planned(kept)
    app.at(pickup).press("装完，离开")
    unplan_load(gone, reason="买方不要了", by=day.cast.dispatcher)

    app.go_online()
    app.refused_with(1)

    app.at(pickup).says("没办成")
    app.at(pickup).says("等前面没办成的那一条改好再发")
    assert [(one.verb, bool(one.refusal)) for one in RoadReport.objects.order_by("pk")] == [
        ("arrive", False),
        ("loaded", True),
    ]
    app.at(pickup).drop()
    app.all_sent()
    trip.refresh_from_db()
    assert trip.state == TripState.EN_ROUTE
    assert [load.loaded_g for load in Load.objects.order_by("pk")] == [None, kept.planned_g]


def test_what_the_server_fails_at_is_set_aside_and_the_rest_goes_on(app, trip, monkeypatch):
    """A fault of ours in one report may not keep the photograph, nor a call for help, on the phone."""
    pickup = stops(trip)[0]

    def fail(doing):
        raise RuntimeError("a fault of ours")

    app.go_offline()
    app.at(pickup).press("到达")
    app.at(pickup).load_as_planned(Load.objects.get())
    app.at(pickup).photo()
    app.at(pickup).press("装完，离开")
    app.at(stops(trip)[1]).problem("路不通", "白关桥封了")
    with monkeypatch.context() as broken:
        broken.setitem(VERBS, "loaded", Verb(fail))
        app.go_online()
        expect(app.bar).to_contain_text("有 1 条服务器没收下，先放在一边，没有丢", timeout=20_000)
        expect(app.bar).to_contain_text("有 1 条还没发出去")
        app.at(pickup).says("先放在一边")
        app.at(pickup).says("等前面放在一边的那一条发出去再发")
        assert [one.verb for one in RoadReport.objects.order_by("pk")] == ["arrive", "problem", "photo"]

    app.forgive_failures()
    app.page.get_by_role("button", name=re.compile("现在就发")).tap()
    app.all_sent()
    assert [one.verb for one in RoadReport.objects.order_by("pk")][3:] == ["loaded", "depart"]
    trip.refresh_from_db()
    assert trip.state == TripState.EN_ROUTE


def test_a_code_typed_wrongly_is_noticed_without_a_network(app, trip):
    pickup = stops(trip)[0]
    wrong = f"{(int(pickup.code) + 1) % 1_000_000:06d}"
    app.go_offline()
    app.at(pickup).press("到达")
    app.at(pickup).load_as_planned(Load.objects.get())
    app.at(pickup).hand_over(wrong, refused="交接码不对")
    app.at(pickup).hand_over(pickup.code)
    app.waits_with(3)
    app.go_online()
    app.all_sent()

    assert Handover.objects.get().with_code is True
    assert RoadReport.objects.exclude(refusal="").count() == 0


def test_a_photo_and_a_problem_reach_the_dispatcher(app, trip, day):
    pickup = stops(trip)[0]
    app.at(pickup).problem("路不通", "白关桥封了")
    app.all_sent()

    assert Event.objects.get(verb="road_closed").reason == "白关桥封了"
    assert "白关桥封了" in str(RoadReport.objects.get().facts)


def test_the_page_says_what_is_wrong_before_it_is_sent(app, trip):
    pickup = stops(trip)[0]
    app.go_offline()
    app.at(pickup).press("到达")
    app.at(pickup).load_other(Load.objects.get(), "1001", "斤", refused="计划只有 1,000 斤 = 500 公斤")
    app.at(pickup).load_other(Load.objects.get(), "几筐", "斤", refused="请写一个大于零的数")
    app.waits_with(1)


def test_somebody_else_on_the_same_phone_sends_none_of_it(app, trip, day, open_as):
    pickup = stops(trip)[0]
    app.go_offline()
    app.at(pickup).press("到达")
    other = day.truck().driver.user
    app.become(other)
    app.go_online()
    expect(app.bar).to_contain_text("换了人登录")
    assert not RoadReport.objects.exists()


def test_a_log_in_that_ran_out_keeps_everything(app, trip):
    pickup = stops(trip)[0]
    app.go_offline()
    app.at(pickup).press("到达")
    app.page.context.clear_cookies()
    app.go_online()
    expect(app.bar).to_contain_text("请重新登录")
    app.become(driver_of(trip))
    app.page.get_by_role("button", name=re.compile("现在就发")).tap()
    app.all_sent()
    assert RoadReport.objects.get().verb == "arrive"
