"""What changing or cancelling a planned pledge does to its trucks: loads shrink or come off, trips end, and all adds up."""

import datetime as dt
from functools import partial

import pytest
from django.urls import reverse

from market.models import Event, Lot
from market.quantities import Quantity
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.actions.shortfalls import cut_pledge
from orders.enums import PledgeState
from orders.exceptions import AlreadyLoading, NotChangeable
from orders.logistics.actions.road import arrive, record_loaded
from orders.logistics.actions.trips import add_load, add_trip
from orders.logistics.enums import LoadState, StopKind, TripState
from orders.logistics.models import Load, Stop, Trip
from orders.logistics.queries.reconcile import breaks
from orders.models import Allocation, Pledge
from tests.factories.logistics import driver_of, load_up, stops
from tests.factories.orders import fresh, kg, make_dock

TONNE = 1_000_000


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Lot, Pledge, Allocation, Trip, Stop, Load, Event)]


@pytest.fixture
def pledge(day) -> Pledge:
    """3 t, up to 4 t."""
    return day.pledge("3吨", most=kg("4吨"))


@pytest.fixture
def trip(day, pledge) -> Trip:
    return add_trip(day.day, day.truck(), [(pledge.allocations.get().pk, None)], by=day.cast.dispatcher)


@pytest.fixture
def buyer(day):
    return fresh(day.cast.buyer)


@pytest.fixture
def loading(trip) -> Trip:
    """The driver has begun to load."""
    (pickup,) = stops(trip, StopKind.PICKUP)
    arrive(pickup, by=driver_of(trip))
    load = trip.loads.get()
    record_loaded(load, load.planned_g, by=driver_of(trip))
    return trip


def now(thing):
    return type(thing).objects.get(pk=thing.pk)


def loads(trip) -> list[int]:
    return list(Load.objects.live().filter(trip=trip).order_by("pk").values_list("planned_g", flat=True))


def test_less_comes_off_the_truck_and_goes_back_on_sale(day, pledge, trip, buyer):
    change_pledge(pledge, quantity=kg("1吨"), by=buyer)

    assert (now(pledge).state, now(trip).state, loads(trip)) == (PledgeState.PLANNED, TripState.PLANNED, [TONNE])
    assert Lot.objects.get(pk=day.lot.pk).reserved_g == TONNE
    assert breaks() == []


def test_more_waits_for_another_truck(day, pledge, trip, buyer):
    change_pledge(pledge, quantity=kg("5吨"), most=kg("5吨"), by=buyer)

    assert (now(pledge).state, loads(trip)) == (PledgeState.PLANNED, [3 * TONNE])
    assert pledge.allocations.get().grams == 5 * TONNE
    added = add_load(now(trip), pledge.allocations.get().pk, by=day.cast.dispatcher)
    assert added.planned_g == 5 * TONNE
    assert breaks() == []


def test_the_load_planned_last_comes_off_first(day, pledge, buyer):
    allocation = pledge.allocations.get().pk
    first = add_trip(day.day, day.truck(), [(allocation, 2 * TONNE)], by=day.cast.dispatcher)
    last = add_trip(day.day, day.truck(), [(allocation, None)], by=day.cast.dispatcher)

    change_pledge(pledge, quantity=kg("1.5吨"), by=buyer)

    assert (loads(first), loads(last)) == ([1_500_000], [])
    assert (now(first).state, now(last).state) == (TripState.PLANNED, TripState.CANCELLED)
    assert now(pledge).state == PledgeState.PLANNED
    assert breaks() == []


@pytest.mark.parametrize("what", ["dock", "window"])
def test_another_dock_or_window_takes_all_of_it_off(day, pledge, trip, buyer, what):
    changes = {"dock": make_dock(day.cast.supermarket)} if what == "dock" else {"window_to": dt.time(12)}

    change_pledge(pledge, quantity=kg("3吨"), by=buyer, **changes)

    assert (now(pledge).state, now(trip).state, loads(trip)) == (PledgeState.PLACED, TripState.CANCELLED, [])
    assert Lot.objects.get(pk=day.lot.pk).reserved_g == 3 * TONNE
    assert breaks() == []


def test_what_else_rides_on_the_truck_stays(day, pledge, trip, buyer):
    other = day.pledge("1吨")
    add_load(trip, other.allocations.get().pk, by=day.cast.dispatcher)

    cancel_pledge(pledge, reason="不要了", by=buyer)

    assert (now(trip).state, loads(trip)) == (TripState.PLANNED, [TONNE])
    assert (now(pledge).state, now(other).state) == (PledgeState.CANCELLED, PledgeState.PLANNED)
    assert Lot.objects.get(pk=day.lot.pk).reserved_g == TONNE
    assert breaks() == []


def test_a_reference_or_a_freshness_alone_touches_no_truck(pledge, trip, buyer):
    change_pledge(pledge, quantity=kg("3吨"), reference="单 9", fresh_hours=6, by=buyer)

    assert (now(pledge).state, loads(trip)) == (PledgeState.PLANNED, [3 * TONNE])
    assert (now(pledge).fresh_hours, now(pledge).most_g) == (6, 4 * TONNE)


def test_the_seller_who_is_short_takes_it_off_the_truck_too(day, pledge, trip):
    cut_pledge(pledge, to=Quantity.of(2 * TONNE), reason="雨大", back_on_sale=False, by=fresh(day.cast.farmer))

    assert (now(pledge).short_g, loads(trip)) == (TONNE, [2 * TONNE])
    assert breaks() == []


@pytest.mark.parametrize("what", ["less", "dock", "cancel"])
def test_once_loading_has_begun_the_way_is_the_telephone(day, pledge, loading, buyer, what):
    dock = make_dock(day.cast.supermarket)
    before = snapshot()

    do = {
        "less": partial(change_pledge, quantity=kg("1吨")),
        "dock": partial(change_pledge, quantity=kg("3吨"), dock=dock),
        "cancel": partial(cancel_pledge, reason="不要了"),
    }[what]
    with pytest.raises(AlreadyLoading) as refusal:
        do(pledge, by=buyer)

    assert loading.truck.plate in str(refusal.value)
    assert snapshot() == before
    assert loading.loads.get().state == LoadState.LOADED


def test_once_it_moves_nothing_changes_any_more(pledge, trip, buyer):
    load_up(trip)
    before = snapshot()

    with pytest.raises(NotChangeable):
        change_pledge(pledge, quantity=kg("1吨"), by=buyer)
    with pytest.raises(NotChangeable):
        cancel_pledge(pledge, reason="不要了", by=buyer)
    assert snapshot() == before


# --- the pages say it first ---


def page_of(client, name: str, pledge: Pledge) -> str:
    response = client.get(reverse(f"orders:{name}", args=[pledge.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_pages_say_before_sending_what_happens_to_the_truck(client, day, pledge, trip):
    client.force_login(day.cast.buyer)
    plate = trip.truck.plate

    assert f"已派车 {plate}" in page_of(client, "pledge", pledge)
    change, cancel = page_of(client, "change", pledge), page_of(client, "cancel", pledge)
    assert (f"已派车 {plate}" in change, "改少：多出来的货从车上撤下" in change) == (True, True)
    assert (f"已派车 {plate}" in cancel, "取消后货从车上撤下" in cancel) == (True, True)


def test_the_pages_say_that_loading_has_begun(client, day, pledge, loading):
    client.force_login(day.cast.buyer)

    for name in ("pledge", "change", "cancel"):
        page = page_of(client, name, pledge)
        assert f"{loading.truck.plate} 已经开始装这批货" in page
        assert "请打热线" in page


def test_a_planned_pledge_is_changed_by_form(client, day, pledge, trip):
    client.force_login(day.cast.buyer)
    data = {
        "quantity": "2-2.5吨",
        "dock": pledge.dock_id,
        "window_from": "06:00",
        "window_to": "10:00",
        "reference": "",
    }

    answer = client.post(reverse("orders:change", args=[pledge.pk]), data, follow=True).content.decode()

    assert "已修改" in answer
    assert (now(pledge).firm_g, now(pledge).most_g, loads(trip)) == (2 * TONNE, 2_500_000, [2 * TONNE])
    assert "改为最多可收 5,000 斤 = 2.5 吨" in answer
    assert breaks() == []


def test_the_seller_reads_the_page_and_cannot_change(client, day, pledge, trip):
    client.force_login(day.cast.farmer)

    page = page_of(client, "pledge", pledge)

    assert reverse("orders:change", args=[pledge.pk]) not in page
    assert reverse("orders:cut", args=[pledge.pk]) in page
    assert client.get(reverse("orders:change", args=[pledge.pk])).status_code == 404


def test_the_page_of_a_planned_pledge_costs_the_same_on_one_truck_and_on_three(
    client, day, pledge, django_assert_num_queries
):
    client.force_login(day.cast.buyer)
    allocation = pledge.allocations.get().pk
    add_trip(day.day, day.truck(), [(allocation, TONNE)], by=day.cast.dispatcher)
    with django_assert_num_queries(8):
        page_of(client, "pledge", pledge)
    for _ in range(2):
        add_trip(day.day, day.truck(), [(allocation, TONNE)], by=day.cast.dispatcher)

    with django_assert_num_queries(8):
        page_of(client, "pledge", pledge)
