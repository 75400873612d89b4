"""The screens: who sees what, constant statements, forms that refuse with a sentence, each press once."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.logistics.actions.trips import add_trip
from orders.logistics.actions.trucks import register_driver
from orders.logistics.enums import LoadState, RunState, TripState
from orders.logistics.models import HealthCheck, Load, PlanRun, Receipt, Trip
from tests.factories.logistics import commit, load_up, make_health_check, make_pass, make_rules, plan, stops
from tests.factories.reports import press

DESK = frozenset({"dispatcher"})
FLEET = DESK | {"haulier"}


@pytest.fixture
def as_(client):
    def login(person):
        client.force_login(type(person).objects.get(pk=person.pk))
        return client

    return login


@pytest.fixture
def trip(day) -> Trip:
    """The cast's driver drives the cast's haulier's truck to the cast's buyer."""
    day.pledge("1000斤")
    driver = register_driver(day.cast.carrier, name="郑师傅", phone=day.cast.driver.phone, by=day.cast.haulier)
    day.truck(driver=driver)
    return commit(day)[0]


def statuses(as_, cast, url):
    return {role for role, person in cast.people().items() if as_(person).get(url).status_code == 200}


def test_the_board_and_the_plans_are_the_dispatchers_only(as_, day, trip):
    for url in (
        reverse("logistics:dispatch"),
        reverse("logistics:trip_add"),
        reverse("logistics:run", args=[trip.run_id]),
        reverse("logistics:pass_new", args=[trip.truck_id]),
    ):
        assert statuses(as_, day.cast, url) == DESK


def test_a_trip_is_seen_by_dispatcher_carrier_and_driver(as_, day, trip):
    for name in ("trip", "manifest"):
        url = reverse(f"logistics:{name}", args=[trip.pk])
        assert statuses(as_, day.cast, url) == FLEET | {"driver", "supervisor"}
    assert statuses(as_, day.cast, reverse("logistics:trips")) == FLEET | {"driver", "supervisor"}
    assert statuses(as_, day.cast, reverse("logistics:drive")) == {"driver"}


def test_trucks_and_drivers_are_seen_by_their_carrier_and_the_dispatcher(as_, day, trip):
    for url in (
        reverse("logistics:trucks"),
        reverse("logistics:truck", args=[trip.truck_id]),
        reverse("logistics:truck_change", args=[trip.truck_id]),
        reverse("logistics:driver", args=[trip.driver_id]),
        reverse("logistics:truck_new"),
        reverse("logistics:driver_new"),
    ):
        assert statuses(as_, day.cast, url) == FLEET


def test_a_load_is_received_by_its_buyer_only(as_, day, trip):
    assert statuses(as_, day.cast, reverse("logistics:receipt", args=[trip.loads.get().pk])) == {"buyer"}
    assert statuses(as_, day.cast, reverse("logistics:receiving")) == {"buyer", "rival_buyer", "association_clerk"}


@pytest.mark.parametrize("person", ["rival_buyer", "farmer", "outsider", "buyer"])
def test_a_press_by_a_stranger_is_a_404_and_changes_nothing(as_, day, trip, person):
    load, stop = trip.loads.get(), stops(trip)[0]
    doors = [
        ("logistics:plan", [], {"day": day.day}),
        ("logistics:run_commit", [trip.run_id], {}),
        ("logistics:run_again", [trip.run_id], {}),
        ("logistics:trip_cancel", [trip.pk], {"reason": "x"}),
        ("logistics:load_move", [load.pk], {"to_trip": trip.pk}),
        ("logistics:load_unplan", [load.pk], {"reason": "x"}),
        ("logistics:truck_driver", [trip.truck_id], {"driver": ""}),
        ("logistics:driver_change", [trip.driver_id], {"name": "x"}),
        ("logistics:driver_health", [trip.driver_id], {"code": "green"}),
        ("logistics:drive_report", [], {"verb": "arrive", "stop": stop.pk, "key": uuid.uuid4()}),
        ("logistics:drive_report", [], {"verb": "not_loaded", "load": load.pk, "reason": "x", "key": uuid.uuid4()}),
    ]
    browser = as_(getattr(day.cast, person))
    for name, args, data in doors:
        assert browser.post(reverse(name, args=args), data).status_code == 404, name
    assert (Trip.objects.get().state, PlanRun.objects.count(), HealthCheck.objects.count()) == (TripState.PLANNED, 1, 0)


# --- statements ---------------------------------------------------------------------------------------------------


def three_of_everything(day):
    for _ in range(3):
        truck = day.truck()
        make_pass(truck, day.day, by=day.cast.dispatcher)
        make_health_check(truck.driver, by=day.cast.dispatcher)
        pledge = day.pledge("1000斤")
        add_trip(day.day, truck, [(pledge.allocations.get().pk, 250_000)], by=day.cast.dispatcher)


@pytest.mark.parametrize(
    ("person", "name", "count"),
    [
        ("dispatcher", "dispatch", 15),
        ("dispatcher", "trips", 8),
        ("haulier", "trips", 8),
        ("dispatcher", "trucks", 11),
        ("haulier", "trucks", 10),
        ("buyer", "receiving", 8),
    ],
)
def test_a_list_costs_the_same_with_one_row_and_with_more(
    as_, day, trip, person, name, count, django_assert_num_queries
):
    make_rules()
    day.pledge("300斤")
    browser = as_(getattr(day.cast, person))
    url = f"{reverse(f'logistics:{name}')}?day={day.day}"
    with django_assert_num_queries(count):
        assert browser.get(url).status_code == 200
    three_of_everything_without_rules(day)
    with django_assert_num_queries(count):
        assert browser.get(url).status_code == 200


def three_of_everything_without_rules(day):
    from orders.logistics.models import Rules

    rules = Rules.objects.get()
    Rules.objects.all().delete()
    three_of_everything(day)
    rules.save(force_insert=True)


# --- planning on the screen ---------------------------------------------------------------------------------------


def test_the_dispatcher_plans_previews_and_commits(as_, day, django_capture_on_commit_callbacks):
    day.pledge("1000斤")
    truck = day.truck()
    browser = as_(day.cast.dispatcher)

    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("logistics:plan"), {"day": day.day})
    run = PlanRun.objects.get()
    assert answer.url == reverse("logistics:run", args=[run.pk])
    page = browser.get(answer.url).content.decode()
    assert truck.plate in page
    assert "采用这个方案" in page

    page = browser.post(reverse("logistics:run_commit", args=[run.pk]), follow=True).content.decode()
    assert "已安排 1 趟车" in page
    page = browser.post(reverse("logistics:run_commit", args=[run.pk]), follow=True).content.decode()
    assert "现在的状态是“已采用”" in page
    assert Trip.objects.count() == 1


def test_a_plan_under_way_asks_again_with_and_without_a_script(as_, day):
    from orders.logistics.actions.planning import request_plan

    run = request_plan(day.day, by=day.cast.dispatcher)
    browser, url = as_(day.cast.dispatcher), reverse("logistics:run", args=[run.pk])

    page = browser.get(url).content.decode()
    assert 'http-equiv="refresh"' in page
    assert "hx-get" in page
    fragment = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    PlanRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - dt.timedelta(hours=1))
    assert "重新计算" in browser.get(url).content.decode()
    PlanRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, failure="stuck")
    answer = browser.get(url, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == url
    assert "没有在规定时间内算完" in browser.get(url).content.decode()


def test_the_preview_says_what_is_left_and_which_trucks_are_not_used(as_, day):
    make_rules()
    day.pledge("1000斤", window_from=dt.time(4), window_to=dt.time(5))
    good, bad = day.truck(), day.truck()
    make_pass(good, day.day, by=day.cast.dispatcher)
    make_health_check(good.driver, by=day.cast.dispatcher)
    make_health_check(bad.driver, by=day.cast.dispatcher)

    page = as_(day.cast.dispatcher).get(reverse("logistics:run", args=[plan(day).pk])).content.decode()

    assert "收货时间内送不到，请与买方商量改收货时间" in page
    assert f"{bad.plate}" in page
    assert "没有通行证，请先办理" in page


@pytest.mark.parametrize("day_typed", ["2021-08-08", "nonsense", "", "9999-99-99"])
def test_a_day_that_cannot_be_planned_is_refused_with_a_sentence(as_, day, day_typed):
    page = as_(day.cast.dispatcher).post(reverse("logistics:plan"), {"day": day_typed}, follow=True).content.decode()

    assert "is-refusal" in page
    assert PlanRun.objects.count() == 0


def test_a_trip_by_hand_on_the_screen(as_, day):
    pledge, truck = day.pledge("6000斤"), day.truck()
    browser, url = as_(day.cast.dispatcher), f"{reverse('logistics:trip_add')}?day={day.day}"
    pk = pledge.allocations.get().pk

    page = browser.post(url, {"truck": truck.pk}).content.decode()
    assert "请至少选一批货" in page
    page = browser.post(url, {"truck": truck.pk, "allocations": [pk], "part": "6001斤"}).content.decode()
    assert "只剩 6,000 斤" in page
    assert Trip.objects.count() == 0
    browser.post(url, {"truck": truck.pk, "allocations": [pk], "part": "1吨"})
    assert Load.objects.get().planned_g == 1_000_000


def test_moving_and_taking_off_on_the_screen(as_, day, trip):
    other = add_trip(day.day, day.truck(), [(day.pledge("600斤").allocations.get().pk, None)], by=day.cast.dispatcher)
    browser, load = as_(day.cast.dispatcher), trip.loads.get()

    page = browser.post(
        reverse("logistics:load_move", args=[load.pk]), {"to_trip": "999"}, follow=True
    ).content.decode()
    assert "is-refusal" in page
    browser.post(reverse("logistics:load_move", args=[load.pk]), {"to_trip": other.pk})
    assert Load.objects.live().filter(trip=other).count() == 2
    one = Load.objects.live().filter(trip=other).first()
    browser.post(reverse("logistics:load_unplan", args=[one.pk]), {"reason": ""})
    assert Load.objects.live().count() == 2
    browser.post(reverse("logistics:load_unplan", args=[one.pk]), {"reason": "改期"})
    assert Load.objects.live().count() == 1
    browser.post(reverse("logistics:trip_cancel", args=[other.pk]), {"reason": "<b>车坏了</b>"})
    assert Load.objects.live().count() == 0
    assert "<b>车坏了" not in browser.get(reverse("logistics:trip", args=[other.pk])).content.decode()


# --- the driver's page and receiving ---------------------------------------------------------------------------------


def test_the_driver_presses_arrive_loaded_depart(as_, day, trip):
    browser, (pickup, delivery), load = as_(day.cast.driver), stops(trip), trip.loads.get()
    drive = reverse("logistics:drive")

    page = browser.get(drive).content.decode()
    assert "tel:" in page
    assert "到达" in page
    press(browser, "arrive", stop=pickup.pk)
    for nonsense in ("", "-5斤", "0", "1001斤", "一大堆", "999999999吨"):
        page = press(browser, "loaded", load=load.pk, quantity=nonsense).content
        assert "is-refusal" in page.decode(), nonsense
    load.refresh_from_db()
    assert load.loaded_g is None
    press(browser, "loaded", load=load.pk, quantity="490", unit="公斤")
    press(browser, "depart", stop=pickup.pk)
    press(browser, "arrive", stop=delivery.pk)
    press(browser, "depart", stop=delivery.pk)
    load.refresh_from_db()
    trip.refresh_from_db()
    assert (load.loaded_g, load.state, trip.state) == (490_000, LoadState.LOADED, TripState.COMPLETED)


def test_the_driver_of_another_trip_sees_none_of_it(as_, day, trip):
    stranger = day.truck().driver.user
    browser = as_(stranger)

    assert trip.truck.plate not in browser.get(reverse("logistics:drive")).content.decode()
    assert "不在您的车次里" in press(browser, "arrive", stop=stops(trip)[0].pk).content.decode()
    assert stops(trip)[0].arrived_at is None


def test_the_buyer_receives_with_what_was_loaded_filled_in(as_, day, trip):
    load_up(trip, {trip.loads.get().pk: 490_000})
    browser, load = as_(day.cast.buyer), trip.loads.get()
    url = reverse("logistics:receipt", args=[load.pk])

    page = browser.get(url).content.decode()
    assert 'value="980斤"' in page
    assert reverse("logistics:receipt", args=[load.pk]) in browser.get(reverse("logistics:receiving")).content.decode()
    form = {"accepted": "960斤", "missing": "20斤", "rejected": "0", "reason": "", "key": uuid.uuid4()}
    assert "请选一个原因或写明原因" in browser.post(url, form).content.decode()
    assert "还有 980 斤" in browser.post(url, {**form, "accepted": "990斤", "reason": "少"}).content.decode()
    assert Receipt.objects.count() == 0
    form["reason"] = "少一筐"
    for _ in range(2):  # a double tap
        browser.post(url, form)
    receipt = Receipt.objects.get()
    assert (receipt.accepted_g, receipt.missing_g, receipt.rejected_g) == (480_000, 10_000, 0)
    load.refresh_from_db()
    assert load.state == LoadState.DELIVERED
    assert "已收完" in browser.get(reverse("logistics:receiving")).content.decode()


def test_the_progress_of_a_pledge_and_of_a_listing_are_shown_to_their_owners(as_, day, trip):
    load_up(trip)
    pledge = trip.loads.get().allocation.pledge

    assert "已装车" in as_(day.cast.buyer).get(reverse("orders:pledge", args=[pledge.pk])).content.decode()
    page = as_(day.cast.farmer).get(reverse("market:listing", args=[day.listing.pk])).content.decode()
    assert "运到哪里了" in page
