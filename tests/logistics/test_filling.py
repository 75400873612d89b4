"""Filling a planned truck with the stretch of what it carries: what fits and no gram more, and everything adds up after it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed
from market.models import Event, Lot, Notice
from orders.actions.pledges import cancel_pledge
from orders.enums import PledgeState
from orders.logistics import exceptions as refusals
from orders.logistics.actions.filling import fill_trip
from orders.logistics.actions.planning import commit_plan
from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import TripState
from orders.logistics.models import Load, Stop, Trip
from orders.logistics.queries.filling import filling_of
from orders.logistics.queries.loads import legs_of, live_loads, most_aboard
from orders.logistics.queries.reconcile import breaks
from orders.models import Allocation, Pledge
from tests.factories.logistics import load_up, make_health_check, make_pass, make_rules, plan
from tests.factories.orders import kg

TONNE = 1_000_000


def trip_with(day, *pledges, **truck) -> Trip:
    wanted = [(pledge.allocations.get().pk, None) for pledge in pledges]
    return add_trip(day.day, day.truck(**truck), wanted, by=day.cast.dispatcher)


def fill(trip, day, **changes):
    seen = filling_of(trip, timezone.now())
    return fill_trip(trip, **{"expected": seen.by_load, "by": day.cast.dispatcher, **changes})


def heaviest(trip) -> int:
    trip = Trip.objects.get(pk=trip.pk)
    return most_aboard(legs_of(trip.stops.all(), live_loads(trip)))


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Lot, Pledge, Allocation, Trip, Stop, Load, Event)]


def test_the_stretch_fills_the_truck_and_the_buyer_gets_it(day):
    pledge = day.pledge("3吨", most=kg("4吨"))
    trip = trip_with(day, pledge)

    filling = fill(trip, day)

    pledge.refresh_from_db()
    assert filling.grams == TONNE
    assert (pledge.granted_g, pledge.taken_g, pledge.state) == (TONNE, 4 * TONNE, PledgeState.PLANNED)
    assert Lot.objects.get(pk=day.lot.pk).reserved_g == 4 * TONNE
    assert (trip.loads.get().planned_g, heaviest(trip)) == (4 * TONNE, 4 * TONNE)
    assert breaks() == []


def test_no_more_than_the_truck_carries_and_the_rest_of_the_stretch_stays(day):
    pledge = day.pledge("3吨", most=kg("9吨"))
    trip = trip_with(day, pledge)

    fill(trip, day)

    pledge.refresh_from_db()
    assert (pledge.taken_g, pledge.stretch_left_g, heaviest(trip)) == (5 * TONNE, 4 * TONNE, 5 * TONNE)
    assert breaks() == []


def test_several_pledges_share_the_room_and_the_lot(day):
    one, two, firm = day.pledge("2吨", most=kg("3吨")), day.pledge("1吨", most=kg("4吨")), day.pledge("200公斤")
    trip = trip_with(day, one, two, firm)

    filling = fill(trip, day)

    assert [share.grams for share in filling.shares] == [TONNE, 800_000]
    assert (heaviest(trip), Lot.objects.get(pk=day.lot.pk).reserved_g) == (5 * TONNE, 5 * TONNE)
    firm.refresh_from_db()
    assert firm.taken_g == 200_000
    assert breaks() == []


def test_no_more_than_the_lot_has(day):
    pledge = day.pledge("1吨", most=kg("4吨"))
    Lot.objects.filter(pk=day.lot.pk).update(offered_g=1_700_900)
    trip = trip_with(day, pledge)

    assert fill(trip, day).grams == 700_000  # whole kilograms
    assert breaks() == []


def test_a_window_that_would_be_missed_bounds_what_is_loaded(day):
    """From 05:00 on it is loaded, driven and unloaded; every tonne takes ten minutes at each end."""
    pledge = day.pledge("500公斤", most=kg("4.5吨"), window_from=dt.time(5), window_to=dt.time(6, 15))
    trip = trip_with(day, pledge)

    filling = fill(trip, day)

    assert 0 < filling.grams < 4 * TONNE
    assert filling.journey.violations == ()
    last = Stop.objects.filter(trip=trip, position__lt=500).latest("position")
    assert timezone.localtime(last.planned_at).time() <= dt.time(6, 15)
    assert filling_of(Trip.objects.get(pk=trip.pk), timezone.now()).grams == 0
    assert breaks() == []


def test_both_sides_are_told_and_the_history_says_why(day, client):
    pledge = day.pledge("3吨", most=kg("4吨"))
    trip = trip_with(day, pledge)

    fill(trip, day)

    assert set(Notice.objects.filter(key__startswith="filled-").values_list("recipient", flat=True)) == {
        pledge.buyer_id,
        pledge.seller_id,
    }
    client.force_login(day.cast.farmer)
    page = client.get(reverse("orders:pledge", args=[pledge.pk])).content.decode()
    assert f"为装满 {trip.truck.plate}，多落实弹性量 2,000 斤 = 1 吨" in page


def test_the_second_time_is_refused_and_changes_nothing(day):
    trip = trip_with(day, day.pledge("3吨", most=kg("4吨")))
    seen = filling_of(trip, timezone.now()).by_load
    fill_trip(trip, expected=seen, by=day.cast.dispatcher)
    before = snapshot()

    with pytest.raises(refusals.NothingToFill):
        fill_trip(trip, expected=seen, by=day.cast.dispatcher)
    assert snapshot() == before


def test_what_the_dispatcher_did_not_see_is_not_done(day):
    trip = trip_with(day, day.pledge("3吨", most=kg("4吨")))
    seen = filling_of(trip, timezone.now()).by_load
    Lot.objects.filter(pk=day.lot.pk).update(offered_g=3_500_000)
    before = snapshot()

    with pytest.raises(refusals.JustChanged):
        fill_trip(trip, expected=seen, by=day.cast.dispatcher)
    assert snapshot() == before


@pytest.mark.parametrize("who", ["buyer", "farmer", "haulier", "driver", "commerce_desk", "outsider"])
def test_only_a_dispatcher_may(day, who):
    trip = trip_with(day, day.pledge("3吨", most=kg("4吨")))
    before = snapshot()

    with pytest.raises(NotAllowed):
        fill(trip, day, by=getattr(day.cast, who))
    assert snapshot() == before


def test_a_trip_that_has_begun_is_not_filled(day):
    trip = trip_with(day, day.pledge("3吨", most=kg("4吨")))
    seen = filling_of(trip, timezone.now()).by_load
    load_up(trip)
    before = snapshot()

    assert filling_of(Trip.objects.get(pk=trip.pk), timezone.now()).shares == []
    with pytest.raises(refusals.AlreadyRolling):
        fill_trip(trip, expected=seen, by=day.cast.dispatcher)
    assert snapshot() == before


@pytest.mark.parametrize("why", ["full", "no stretch", "closed lot"])
def test_where_nothing_fits_it_says_so(day, why):
    if why == "full":
        pledge = day.pledge("5吨", most=kg("6吨"))
    else:
        pledge = day.pledge("3吨", most=None if why == "no stretch" else kg("4吨"))
    trip = trip_with(day, pledge)
    if why == "closed lot":
        Lot.objects.filter(pk=day.lot.pk).update(is_open=False)

    with pytest.raises(refusals.NothingToFill):
        fill_trip(trip, expected={1: 1}, by=day.cast.dispatcher)


def test_a_pledge_on_two_trucks_shares_its_stretch_once(day):
    pledge = day.pledge("3吨", most=kg("4吨"))
    allocation = pledge.allocations.get().pk
    one = add_trip(day.day, day.truck(), [(allocation, 2 * TONNE)], by=day.cast.dispatcher)
    two = add_trip(day.day, day.truck(), [(allocation, None)], by=day.cast.dispatcher)

    fill(one, day)
    with pytest.raises(refusals.NothingToFill):
        fill_trip(two, expected={1: 1}, by=day.cast.dispatcher)

    pledge.refresh_from_db()
    assert (pledge.taken_g, heaviest(one), heaviest(two)) == (4 * TONNE, 3 * TONNE, TONNE)
    assert breaks() == []


def test_a_cancellation_after_it_gives_everything_back(day):
    pledge = day.pledge("3吨", most=kg("4吨"))
    trip = trip_with(day, pledge)
    fill(trip, day)

    cancel_pledge(pledge, reason="不要了", by=day.cast.buyer)

    assert Lot.objects.get(pk=day.lot.pk).reserved_g == 0
    assert Trip.objects.get(pk=trip.pk).state == TripState.CANCELLED
    assert breaks() == []


def test_a_plan_made_before_a_grant_still_commits(day):
    """The allocation may be more than what was planned: the rest waits for a truck."""
    from orders.actions.stretches import grant_stretch

    pledge = day.pledge("3吨", most=kg("4吨"))
    day.truck()
    run = plan(day)
    grant_stretch(pledge, grams=TONNE, why="match", by=None)

    committed = commit_plan(run, by=day.cast.dispatcher)

    assert committed.dropped == []
    assert [load.planned_g for load in committed.trips[0].loads.all()] == [3 * TONNE]
    assert fill_nothing(committed.trips[0]) == 0
    assert breaks() == []


def fill_nothing(trip) -> int:
    return filling_of(trip, timezone.now()).grams


def test_the_page_shows_for_whom_and_does_it(day, client):
    pledge = day.pledge("3吨", most=kg("4吨"))
    trip = trip_with(day, pledge)
    client.force_login(day.cast.dispatcher)
    url = reverse("logistics:trip_fill", args=[trip.pk])

    assert url in client.get(reverse("logistics:trip", args=[trip.pk])).content.decode()
    page = client.get(url)
    assert "+1,000 公斤" in page.content.decode()
    assert "步步高天元店" in page.content.decode()
    assert "再多就装不下或者送不及" in page.content.decode()
    done = client.post(url, {"expected": page.context["form"]["expected"].value()}, follow=True)
    assert "已多装 2,000 斤 = 1 吨" in done.content.decode()
    assert url not in done.content.decode()
    again = client.post(url, {"expected": page.context["form"]["expected"].value()})
    assert "没有可以多装的" in again.content.decode()
    assert "请刷新页面再试" in client.post(url, {"expected": "x"}).content.decode()
    assert Pledge.objects.get().taken_g == 4 * TONNE


def test_the_page_costs_the_same_with_one_pledge_and_with_three(day, client, django_assert_num_queries):
    """With passes and tests asked for, so that nothing of the work falls away."""
    dispatcher = day.cast.dispatcher
    client.force_login(dispatcher)
    trips = [trip_with(day, *(day.pledge("300公斤", most=kg("400公斤")) for _ in range(count))) for count in (1, 3)]
    make_rules()
    for truck in day.trucks:
        make_pass(truck, day.day, by=dispatcher)
        make_health_check(truck.driver, by=dispatcher)

    for trip in trips:
        with django_assert_num_queries(14):
            page = client.get(reverse("logistics:trip_fill", args=[trip.pk]))
        assert "+100 公斤" in page.content.decode()
