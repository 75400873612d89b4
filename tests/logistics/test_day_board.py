"""The board: halts on one clock, what can be put where, the answer before the drop, and locking by its buttons."""

import datetime as dt
import json
import re

import pytest
from django.urls import reverse

from market.quantities import describe
from orders.logistics.actions.locking import lock_trip
from orders.logistics.actions.road import arrive
from orders.logistics.actions.trips import add_trip
from orders.logistics.models import Load, RoadDistance, Stop, Trip, Yard
from orders.logistics.queries.board import board_of, clock_of, map_of
from orders.logistics.queries.journeys import midnight
from tests.factories.logistics import at, driver_of, load_up, stops
from tests.pages import words_of


@pytest.fixture
def desk(client, day):
    client.force_login(day.cast.dispatcher)
    return client


def ride(day, text="1吨", **facts) -> Trip:
    return add_trip(
        day.day, day.truck(**facts), [(day.pledge(text).allocations.get().pk, None)], by=day.cast.dispatcher
    )


def values(page, name: str) -> set[str]:
    return set(re.findall(rf'{name}="([^"]+)"', page.content.decode()))


def board_page(client, day):
    return client.get(reverse("logistics:board"), {"day": day.day.isoformat()})


def test_the_clock_of_a_trip(day):
    """From the village to the dock: on the clock in minutes, with the kilograms aboard."""
    trip = ride(day, "1吨")
    board = board_of(day.day, at(day.day, 0))
    (line,) = clock_of(board, at(day.day, 0))["trips"]
    pickup, delivery = line["halts"]
    first, last = stops(trip)
    assert line["rated_kg"] == 5000
    assert (pickup["kind"], pickup["aboard_kg"], delivery["kind"], delivery["aboard_kg"]) == (
        "pickup",
        1000,
        "delivery",
        0,
    )
    assert pickup["begins"] == (first.planned_at - midnight(day.day)) // dt.timedelta(minutes=1)
    assert pickup["done"] - pickup["begins"] == 15  # five minutes a load and ten a tonne
    assert pickup["reaches"] == pickup["begins"]
    assert delivery["arrived"] is delivery["departed"] is None
    assert last.planned_at >= first.planned_at


def test_waiting_before_a_dock_opens_is_shown(day):
    trip = ride(day)
    waits = lambda: [stop.waits_minutes for stop in board_of(day.day, at(day.day, 0)).trips[0].stops]  # noqa: E731
    before, last = waits(), stops(trip)[-1]
    Stop.objects.filter(pk=last.pk).update(planned_at=last.planned_at + dt.timedelta(hours=1))
    assert (before[0], waits()) == (0, [0, before[1] + 60])


def test_a_distance_put_right_a_gate_and_the_pace_of_a_yard_move_the_clock_as_they_move_the_plan(day):
    trip = ride(day, "1吨")
    first, last = stops(trip)
    Stop.objects.filter(pk=last.pk).update(planned_at=last.planned_at + dt.timedelta(hours=3))
    reaches = lambda: board_of(day.day, at(day.day, 0)).trips[0].stops[-1].reaches_at  # noqa: E731
    RoadDistance.objects.create(
        from_place=first.place if len(first.place_id.rstrip("0")) <= 9 else first.place.parent,
        to_place=last.place,
        metres=60_000,
        seconds=5400,
        by=day.cast.dispatcher,
    )
    assert reaches() == first.planned_at + dt.timedelta(minutes=15 + 90 + day.dock.gate_minutes)

    type(day.dock).objects.filter(pk=day.dock.pk).update(gate_minutes=25)
    assert reaches() == first.planned_at + dt.timedelta(minutes=15 + 90 + 25)

    Yard.objects.create(organisation=day.listing.seller, minutes_a_tonne=30)
    assert reaches() == first.planned_at + dt.timedelta(minutes=35 + 90 + 25)


def test_what_came_true_is_on_the_clock(day):
    trip = ride(day)
    (pickup, _delivery) = stops(trip)
    came = pickup.planned_at + dt.timedelta(minutes=20)
    arrive(pickup, by=driver_of(trip), at=came)
    board = board_of(day.day, at(day.day, 0))
    assert board.trips[0].stops[0].late_minutes == 20
    halt = clock_of(board, came)["trips"][0]["halts"][0]
    assert halt["arrived"] == halt["begins"] + 20


def test_trips_and_waiting_goods_are_on_the_map(day):
    ride(day)
    day.pledge("200斤")
    shown = map_of(board_of(day.day, at(day.day, 0)))
    assert len(shown["routes"]) == 1
    assert {point["kind"] for point in shown["points"]} == {"dock", "warm"}  # the yard has goods waiting


def test_the_board_shows_where_goods_can_be_put(desk, day):
    open_trip, locked, rolling = ride(day), ride(day), ride(day)
    lock_trip(locked, by=day.cast.dispatcher)
    load_up(rolling)
    waiting = day.pledge("200斤").allocations.get()
    free = day.truck()
    page = board_page(desk, day)
    targets = values(page, "data-target")
    assert {"pool", f"trip-{open_trip.pk}", f"truck-{free.pk}"} <= targets
    assert not {f"trip-{locked.pk}", f"trip-{rolling.pk}"} & targets
    assert values(page, "data-goods") == {f"load-{open_trip.loads.get().pk}", f"waiting-{waiting.pk}"}
    clock = re.search(r'<script id="board-clock" type="application/json">(.*?)</script>', page.content.decode()).group(
        1
    )
    assert {line["id"] for line in json.loads(clock)["trips"]} == {open_trip.pk, locked.pk, rolling.pk}
    assert "已锁定" in words_of(page)


def test_the_answer_before_the_drop(desk, day):
    small, load = ride(day, "1吨", rated_g=1_500_000), ride(day).loads.get()
    before = list(Load.objects.values())
    ask = lambda target: desk.get(  # noqa: E731
        reverse("logistics:move_check", args=["load", load.pk, target])
    ).json()
    yes, no = ask(f"truck-{day.truck().pk}"), ask(f"trip-{load.trip_id}")
    assert yes["fits"]
    assert "装得下" in yes["sentence"]
    assert no == {"fits": False, "sentence": "货已经在这趟车上了，请选另一趟"}
    assert ask("pool") == {"fits": True, "sentence": "可以撤下，退回待排"}
    assert list(Load.objects.values()) == before
    day.listing.refresh_from_db()
    answer = ask(f"trip-{small.pk}")
    assert answer["sentence"].startswith(small.truck.plate)


@pytest.mark.parametrize(
    "address",
    [
        "load-1/check/pool/",
        "load-0/",
        "load-999999999999999999/check/pool/",
        "waiting-999999999999999999/",
        "pallet-1/check/pool/",
        "load-1/check/trip-0/",
        "load-x/",
    ],
)
def test_what_is_not_there_is_not_found(desk, day, address):
    assert desk.get(f"/logistics/board/{address}").status_code == 404


def test_an_unknown_target_is_not_found_and_nonsense_is_told(desk, day):
    address = reverse("logistics:board_place", args=["load", ride(day).loads.get().pk])
    assert desk.post(address, {"target": "trip-999999999999999999"}).status_code == 404
    for target in ("", "trip-0", "pool\n", "pool or 1"):
        assert "请选移到哪里" in desk.post(address, {"target": target}, follow=True).content.decode()


def test_dropping_and_dropping_again(desk, day):
    trip, waiting = ride(day), day.pledge("200斤").allocations.get()
    address, data = reverse("logistics:board_place", args=["waiting", waiting.pk]), {"target": f"trip-{trip.pk}"}
    answer = desk.post(address, data)
    load = Load.objects.get(allocation=waiting)
    assert answer.headers["Location"] == f"/logistics/board/?day={day.day:%Y-%m-%d}#load-{load.pk}"
    again = desk.post(address, data, follow=True)
    assert f"这批货只剩 {describe(0)} 没有排车" in again.content.decode()
    back = desk.post(reverse("logistics:board_place", args=["load", load.pk]), {"target": "pool"})
    assert back.headers["Location"].endswith(f"#waiting-{waiting.pk}")
    assert Load.objects.live().filter(allocation=waiting).count() == 0


def test_a_page_without_a_script_asks_where(desk, day):
    trip = ride(day)
    waiting = day.pledge("200斤").allocations.get()
    page = desk.get(reverse("logistics:board_place", args=["waiting", waiting.pk]))
    assert "100 公斤" in words_of(page)
    assert f"trip-{trip.pk}" in values(page, "value")


def test_locking_by_the_button(desk, day):
    trip = ride(day)
    answer = desk.post(reverse("logistics:trip_lock", args=[trip.pk, "lock"]), {"board": "1"})
    assert answer.headers["Location"].endswith(f"#trip-{trip.pk}")
    assert Trip.objects.get(pk=trip.pk).is_locked
    assert "解锁" in desk.get(reverse("logistics:trip", args=[trip.pk])).content.decode()
    answer = desk.post(reverse("logistics:trip_lock", args=[trip.pk, "unlock"]))
    assert answer.headers["Location"] == reverse("logistics:trip", args=[trip.pk])
    assert not Trip.objects.get(pk=trip.pk).is_locked


def test_the_board_costs_the_same_with_more_trips(desk, day, django_assert_max_num_queries):
    def statements() -> int:
        with django_assert_max_num_queries(40) as caught:
            board_page(desk, day)
        return len(caught)

    ride(day)
    day.pledge("100斤")
    board_page(desk, day)
    one = statements()
    for _n in range(3):
        ride(day)
        day.pledge("100斤")
        day.truck()
    assert statements() == one


def test_an_empty_day(desk, day):
    assert "这一天还没有车次" in words_of(board_page(desk, day))
