"""Clearing a trip, putting it back, and a supervisor's override."""

import datetime as dt

import pytest
from django.utils import timezone

from market.exceptions import NotAllowed, WrongState
from market.models import Event, Notice
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_clearing as clearing_refusals
from orders.logistics.actions.clearing import (
    clear_day,
    clear_trip,
    override_trip,
    unclear_if_unfit,
    unclear_trip,
    unclear_unfit,
)
from orders.logistics.actions.road import arrive, depart, record_loaded
from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import TRIP_MOVES, TripState
from orders.logistics.models import Driver, Load, RiskArea, Trip, TripOverride, TruckBan
from orders.logistics.queries.fitness.places import Call, bans_truck
from tests.cast import PEOPLE
from tests.factories.logistics import commit, driver_of, make_health_check, make_rules, stops

HEALTHY = {"pass_needed": False, "temperature_limit": None, "test_hours": None}


@pytest.fixture
def trip(day) -> Trip:
    day.pledge("1000斤")
    day.truck()
    (made,) = commit(day)
    return made


def fresh(trip):
    return Trip.objects.get(pk=trip.pk)


def written():
    return list(Trip.objects.values()), list(TripOverride.objects.values()), Event.objects.count()


def closed(day, trip, **facts):
    place = stops(trip)[0].place
    values = {"place": place, "level": "high", "is_closed": True, "source": "第 9 号通告", "state": "published"}
    return RiskArea.objects.create(
        by=day.cast.dispatcher, starts_at=trip.starts_at - dt.timedelta(hours=1), **{**values, **facts}
    )


def test_a_fit_trip_is_cleared_once_and_put_back(day, trip):
    cleared = clear_trip(trip, by=day.cast.dispatcher)
    before = written()
    assert (cleared.state, clear_trip(trip, by=day.cast.dispatcher).state) == (TripState.CLEARED, TripState.CLEARED)
    assert written() == before

    back = unclear_trip(trip, by=day.cast.dispatcher, reason="司机有事")
    before = written()
    unclear_trip(trip, by=day.cast.dispatcher)

    assert (back.state, written()) == (TripState.PLANNED, before)
    verbs = Event.objects.about(trip).order_by("pk").values_list("verb", "to_state", "reason")
    assert list(verbs)[-2:] == [("cleared", "cleared", ""), ("uncleared", "planned", "司机有事")]


def test_an_unfit_trip_is_not_cleared_and_nothing_is_written(day, trip):
    make_rules(**HEALTHY)
    before = written()

    with pytest.raises(refusals.TruckNotFit, match="没有健康码查验记录"):
        clear_trip(trip, by=day.cast.dispatcher)

    assert written() == before


@pytest.mark.parametrize("state", [s for s in TripState if s not in (TripState.PLANNED, TripState.CLEARED)])
def test_only_a_planned_trip_is_cleared(day, trip, state):
    Trip.objects.filter(pk=trip.pk).update(state=state)
    with pytest.raises(WrongState):
        clear_trip(trip, by=day.cast.dispatcher)
    with pytest.raises(WrongState):
        unclear_trip(trip, by=day.cast.dispatcher)
    assert TripState.CLEARED not in TRIP_MOVES[state]


def test_nobody_but_the_dispatcher_clears_and_nobody_but_the_supervisor_overrides(day, trip):
    make_rules(**HEALTHY)
    for name in set(PEOPLE) - {"dispatcher"}:
        with pytest.raises(NotAllowed):
            clear_trip(trip, by=getattr(day.cast, name))
    for name in set(PEOPLE) - {"supervisor"}:
        with pytest.raises(NotAllowed):
            override_trip(trip, why="急救物资", until=trip.ends_at, by=getattr(day.cast, name))
    assert (fresh(trip).state, TripOverride.objects.count()) == (TripState.PLANNED, 0)


def test_the_day_is_cleared_as_far_as_it_is_fit(day):
    first, second = day.truck(), day.truck()
    for truck in (first, second):
        (allocation,) = day.pledge("1000斤").allocations.all()
        add_trip(day.day, truck, [(allocation.pk, None)], by=day.cast.dispatcher)
    make_rules(**HEALTHY)
    make_health_check(first.driver, by=day.cast.dispatcher)

    done = clear_day(day.day, by=day.cast.dispatcher)

    assert [one.truck_id for one in done.cleared] == [first.pk]
    assert [(one.truck_id, "没有健康码查验记录" in why) for one, why in done.refused] == [(second.pk, True)]


def test_papers_that_run_out_before_the_truck_is_back_hold_it(day, trip):
    trip.truck.inspection_until = trip.truck.insurance_until = day.day - dt.timedelta(days=1)
    trip.truck.save()
    Driver.objects.filter(pk=trip.driver_id).update(licence_until=day.day - dt.timedelta(days=1))

    with pytest.raises(refusals.TruckNotFit) as refused:
        clear_trip(trip, by=day.cast.dispatcher)

    assert [reason.code for reason in refused.value.reasons] == ["inspection_over", "insurance_over", "licence_over"]


def test_papers_are_good_on_their_last_day(day, trip):
    trip.truck.inspection_until = day.day
    trip.truck.save()
    assert clear_trip(trip, by=day.cast.dispatcher).state == TripState.CLEARED


def test_a_stop_in_a_closed_area_holds_the_trip_and_one_that_opens_before_does_not(day, trip):
    area = closed(day, trip)
    with pytest.raises(refusals.TruckNotFit) as refused:
        clear_trip(trip, by=day.cast.dispatcher)
    assert [reason.code for reason in refused.value.reasons] == ["area_closed"]

    RiskArea.objects.filter(pk=area.pk).update(ends_at=trip.starts_at - dt.timedelta(minutes=1))
    assert clear_trip(trip, by=day.cast.dispatcher).state == TripState.CLEARED


@pytest.mark.parametrize("facts", [{"state": "draft"}, {"state": "lifted"}, {"is_closed": False}])
def test_an_area_that_is_not_published_or_not_closed_stops_nobody(day, trip, facts):
    closed(day, trip, **facts)
    assert clear_trip(trip, by=day.cast.dispatcher).state == TripState.CLEARED


def test_a_large_truck_is_held_by_a_ban_and_a_small_one_is_not(day, trip):
    place = stops(trip)[-1].place.parent
    ban = {"place": place, "from_time": dt.time(0), "to_time": dt.time(23, 59), "since": day.day, "source": "交警通告"}
    TruckBan.objects.create(over_g=5_000_000, **ban)
    assert clear_trip(trip, by=day.cast.dispatcher).state == TripState.CLEARED

    TruckBan.objects.create(over_g=4_999_999, **ban)

    assert unclear_if_unfit(trip, by=None) is True
    assert fresh(trip).state == TripState.PLANNED
    assert unclear_if_unfit(trip, by=None) is False


def test_the_clock_puts_back_what_is_no_longer_fit(day, trip):
    clear_trip(trip, by=day.cast.dispatcher)
    assert unclear_unfit() == 0
    closed(day, trip)
    assert (unclear_unfit(), unclear_unfit(), fresh(trip).state) == (1, 0, TripState.PLANNED)


def test_an_override_lets_a_trip_be_cleared_and_leave(day, trip):
    closed(day, trip)
    until = trip.ends_at + dt.timedelta(hours=12)
    made = override_trip(trip, why="急救物资", until=until, by=day.cast.supervisor)
    before = written()
    assert override_trip(trip, why="急救物资", until=until, by=day.cast.supervisor) == made
    assert (written(), made.reasons) == (before, ["area_closed"])

    clear_trip(trip, by=day.cast.dispatcher)
    stop = stops(trip)[0]
    arrive(stop, by=driver_of(trip), at=trip.starts_at)
    for load in Load.objects.filter(trip=trip):
        record_loaded(load, load.planned_g, by=driver_of(trip))
    depart(stop, by=driver_of(trip), at=stop.planned_at + dt.timedelta(minutes=20))
    assert fresh(trip).state == TripState.EN_ROUTE


def test_an_override_covers_neither_other_reasons_nor_later_times(day, trip):
    closed(day, trip)
    override_trip(trip, why="急救物资", until=trip.ends_at, by=day.cast.supervisor)
    make_rules(**HEALTHY)
    with pytest.raises(refusals.TruckNotFit) as refused:
        clear_trip(trip, by=day.cast.dispatcher)
    assert [reason.code for reason in refused.value.reasons] == ["code_missing"]


def test_of_health_an_override_keeps_only_that_there_was_something(day, trip):
    make_rules(**HEALTHY)
    made = override_trip(trip, why="急救物资", until=trip.ends_at, by=day.cast.supervisor)
    assert made.reasons == ["health"]
    assert clear_trip(trip, by=day.cast.dispatcher).state == TripState.CLEARED


def test_a_positive_driver_is_never_overridden(day, trip):
    make_rules(pass_needed=False, temperature_limit=None)
    make_health_check(trip.driver, by=day.cast.dispatcher, result="positive")
    before = written()
    with pytest.raises(clearing_refusals.CannotOverride, match="司机的健康查验"):
        override_trip(trip, why="急救物资", until=trip.ends_at, by=day.cast.supervisor)
    assert written() == before


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"why": " "}, refusals.ReasonNeeded),
        ({"until": dt.timedelta(seconds=-1)}, clearing_refusals.OverrideTooShort),
        ({"until": dt.timedelta(days=3)}, clearing_refusals.OverrideTooLong),
    ],
)
def test_an_override_says_why_and_until_the_truck_is_back(day, trip, change, refusal):
    closed(day, trip)
    before = written()
    until = trip.ends_at + change.get("until", dt.timedelta(0))
    with pytest.raises(refusal):
        override_trip(trip, why=change.get("why", "急救物资"), until=until, by=day.cast.supervisor)
    assert written() == before


def test_what_is_fit_or_gone_needs_no_override(day, trip):
    with pytest.raises(clearing_refusals.NothingToOverride):
        override_trip(trip, why="急救物资", until=trip.ends_at, by=day.cast.supervisor)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.EN_ROUTE)
    with pytest.raises(clearing_refusals.OverrideTooLate):
        override_trip(trip, why="急救物资", until=trip.ends_at, by=day.cast.supervisor)


def test_a_ban_from_midnight_holds_who_comes_before_and_stays_into_it(day, trip):
    stop = stops(trip)[-1]
    place = stop.place
    ban = TruckBan(
        place=place, from_time=dt.time(0), to_time=dt.time(6), since=day.day, over_g=4_999_999, source="交警通告"
    )
    late = dt.datetime.combine(day.day, dt.time(23, 45), tzinfo=timezone.get_current_timezone())

    def call(from_at, minutes):
        end = from_at + dt.timedelta(minutes=minutes)
        return Call(place.pk, "", stop.lat, stop.lon, stop.kind, from_at, end)

    assert bans_truck(ban, trip.truck, call(late, 30))
    assert not bans_truck(ban, trip.truck, call(late, 15))
    ban.until = day.day
    assert not bans_truck(ban, trip.truck, call(late, 30))


def test_the_desks_hear_of_a_driver_on_the_road_who_has_no_code_to_lose(day, trip):
    make_rules(pass_needed=False)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.EN_ROUTE)
    make_health_check(trip.driver, by=day.cast.dispatcher, result="positive")
    make_health_check(trip.driver, by=day.cast.dispatcher, result="positive")

    told = Notice.objects.filter(recipient=day.cast.bureau, key__startswith=f"held-{trip.pk}-")
    assert told.count() == 1
    assert "通行码" not in str(told.get().text)
