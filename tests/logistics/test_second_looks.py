"""What the server says of a code a checkpoint saw: the same question again, for that moment and that place."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from market.models import Notice
from orders.logistics.actions.code_upkeep import renew_codes
from orders.logistics.actions.codes import issue_code, withdraw_code
from orders.logistics.actions.endings import end_trip
from orders.logistics.actions.visits import record_visits
from orders.logistics.enums import AlarmKind, AreaState, CodeEnd, TripState
from orders.logistics.models import CheckpointAlarm, Driver, HealthCheck, PassCode, RiskArea, Trip, TripOverride
from orders.logistics.queries.second_looks import said_by_server
from tests.factories.areas import make_area
from tests.factories.checkpoints import make_checkpoint, make_scan
from tests.factories.passes import cleared_trip

HOUR = dt.timedelta(hours=1)
DEVICE = uuid.UUID("33333333-3333-4333-8333-333333333333")


@pytest.fixture
def trip(day):
    return cleared_trip(day)


@pytest.fixture
def code(day, trip):
    return issue_code(trip, by=day.cast.dispatcher)


@pytest.fixture
def here(day):
    return make_checkpoint(day.cast.checkpoint)


@pytest.fixture
def scan(day, trip, code, here):
    """One hour after the trip began."""

    def make(**facts):
        token, at = code.token[:16], facts.pop("at", trip.starts_at + HOUR)
        return make_scan(DEVICE, here, day.cast.officer, token=token, seen_at=int(at.timestamp()), **facts)

    return make


def close(place, day, starts_at):
    """As if the order came after the phone's bundle: the code is not withdrawn yet."""
    area = make_area(place, by=day.cast.supervisor, starts_at=starts_at, ends_at=None)
    RiskArea.objects.filter(pk=area.pk).update(state=AreaState.PUBLISHED)


def seen(day, here, scan):
    (received,) = record_visits(here, DEVICE, [scan], by=day.cast.officer)
    received.visit.refresh_from_db()
    return received


def test_the_server_agrees(day, here, scan):
    received = seen(day, here, scan())
    assert (received.visit.server_verdict, received.visit.server_reasons) == ("pass", ["genuine"])
    assert received.alarms == []


def test_a_test_that_ran_out_since_is_held_and_told(day, here, scan, trip):
    HealthCheck.objects.update(sampled_at=trip.starts_at - 60 * HOUR)

    received = seen(day, here, scan())

    visit = received.visit
    assert (visit.verdict, visit.server_verdict, visit.server_reasons) == ("pass", "hold", ["unfit", "health"])
    assert received.alarms == [AlarmKind.UNFIT]
    assert Notice.objects.filter(recipient=day.cast.bureau, text__contains="服务器判断不该放行").count() == 1


@pytest.mark.parametrize("where", ["here", "ahead"])
def test_a_place_closed_since_is_held(day, here, scan, trip, where):
    place = here.place if where == "here" else trip.stops.last().place
    close(place, day, trip.starts_at)

    received = seen(day, here, scan())

    assert (received.visit.server_verdict, received.visit.server_reasons) == ("hold", ["area_closed"])
    assert received.alarms == [AlarmKind.UNFIT]


def test_a_withdrawn_code_is_told_by_its_reason(day, here, scan, trip):
    withdraw_code(trip, CodeEnd.BY_HAND, by=day.cast.dispatcher, at=trip.starts_at)
    received = seen(day, here, scan())
    assert (received.visit.server_verdict, received.visit.server_reasons[0]) == ("refuse", "by_hand")
    assert received.alarms == [AlarmKind.UNFIT]


def test_what_became_of_a_code_after_it_was_seen_is_no_alarm(day, here, scan, trip, code):
    withdraw_code(trip, CodeEnd.CREW_CHANGED, by=day.cast.dispatcher, at=trip.starts_at + 2 * HOUR)
    other = Driver.objects.create(carrier=day.cast.carrier, name="替班", phone="+8613700099999")
    Trip.objects.filter(pk=trip.pk).update(driver=other)

    received = seen(day, here, scan())

    assert (received.visit.server_verdict, received.alarms) == ("pass", [])


@pytest.mark.parametrize("verdict", ["hold", "refuse", "unknown"])
def test_no_alarm_where_the_phone_let_nobody_pass(day, here, scan, trip, verdict):
    HealthCheck.objects.update(sampled_at=trip.starts_at - 60 * HOUR)
    received = seen(day, here, scan(verdict=verdict, reasons=["clock_wrong"]))
    assert (received.visit.server_verdict, AlarmKind.UNFIT in received.alarms) == ("hold", False)


def test_a_supervisors_override_counts_here_too(day, here, scan, trip):
    HealthCheck.objects.update(sampled_at=trip.starts_at - 60 * HOUR)
    TripOverride.objects.create(
        trip=trip, reasons=["health"], why="救急", until=trip.ends_at + HOUR, by=day.cast.supervisor
    )
    assert seen(day, here, scan()).visit.server_verdict == "pass"


def test_the_empty_way_home_is_asked_for_nothing_but_the_road(day, here, trip, code):
    Trip.objects.filter(pk=trip.pk).update(state=TripState.EN_ROUTE)
    end_trip(Trip.objects.get(pk=trip.pk), TripState.COMPLETED, by=day.cast.dispatcher)
    home = PassCode.objects.live().get()
    HealthCheck.objects.update(sampled_at=trip.starts_at - 60 * HOUR)
    facts = {"token": home.token[:16], "seen_at": int((home.not_before + HOUR).timestamp())}
    assert seen(day, here, make_scan(DEVICE, here, day.cast.officer, **facts)).visit.server_verdict == "pass"


@pytest.mark.parametrize("reasons", [["bad_signature"], ["unreadable"], ["bad_key"]])
def test_nothing_is_said_of_a_code_that_is_not_ours(day, here, scan, reasons):
    received = seen(day, here, scan(verdict="refuse", reasons=reasons))
    assert (received.visit.server_verdict, received.visit.server_reasons) == ("", [])


def test_a_record_sent_again_gives_the_same_answer(day, here, scan, trip):
    HealthCheck.objects.update(sampled_at=trip.starts_at - 60 * HOUR)
    one = scan()
    seen(day, here, one)
    again = seen(day, here, one)
    assert (again.is_new, again.visit.server_verdict, again.alarms) == (False, "hold", [AlarmKind.UNFIT])
    assert CheckpointAlarm.objects.count() == 1


def test_a_running_trip_is_renewed_for_its_own_hours_not_for_earlier_ones(day, trip, code):
    """A truck before its planned end is not early by the rest of its day: an area closed at its last halt stands against it."""
    last = trip.stops.last()
    close(last.place, day, last.planned_at)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.EN_ROUTE)
    at = trip.starts_at
    PassCode.objects.update(expires_at=at + HOUR)

    assert renew_codes(at=at) == 0


def test_the_desk_and_the_phone_read_the_servers_answer(day, here, scan, trip, client):
    HealthCheck.objects.update(sampled_at=trip.starts_at - 60 * HOUR)
    visit = seen(day, here, scan()).visit
    client.force_login(day.cast.dispatcher)
    page = client.get(reverse("logistics:visit", args=[visit.pk])).content.decode()
    for words in ("服务器的结论", "先停下", "这趟车已不符合通行条件", "司机的健康查验不全或没有通过"):
        assert words in page
    assert said_by_server(["unfit", "health", "inspection_over", "no such code"]) == {
        "reasons": ["unfit"],
        "why": ["司机的健康查验不全或没有通过，请与调度员联系", "车辆年检"],
    }
