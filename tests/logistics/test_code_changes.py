"""What else changes under a live code: a pledge that shrinks, an override that ends first, a relay taken off, a stopped pass."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from market.exceptions import NotAllowed
from market.models import Event, Notice
from orders.actions.pledges import change_pledge
from orders.logistics.actions.clearing import unclear_trip
from orders.logistics.actions.codes import issue_code, make_specimen
from orders.logistics.actions.passes import restore_pass, revoke_pass, suspend_pass
from orders.logistics.actions.transfers import plan_relay
from orders.logistics.actions.trips import add_load, cancel_trip
from orders.logistics.codes.text import read_text
from orders.logistics.enums import LoadState, TripState
from orders.logistics.models import Load, PassCode, Trip, TripOverride
from orders.logistics.queries.code_grounds import let_through, span_of_code
from orders.logistics.queries.fitness import rules_for
from orders.logistics.queries.manifests import manifest_hash
from tests.factories.logistics import make_health_check, make_pass
from tests.factories.orders import fresh, kg
from tests.factories.passes import cleared_trip, make_office
from tests.factories.road import make_point


@pytest.fixture
def point(day, reference):
    return make_point(day.cast.bureau, reference["tianyuan"])


def cleared(trip):
    Trip.objects.filter(pk=trip.pk).update(state=TripState.CLEARED)
    return Trip.objects.get(pk=trip.pk)


def relay(day, point, **facts):
    """A cleared trip whose load goes on from the point with another truck, and that truck's cleared trip."""
    trip = cleared_trip(day, **facts)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.PLANNED)
    truck = day.truck()
    make_pass(truck, day.day, by=day.cast.dispatcher)
    make_health_check(truck.driver, by=day.cast.dispatcher)
    onward = plan_relay(trip.loads.get(), point, truck, by=day.cast.dispatcher)
    return cleared(trip), cleared(onward.trip)


def override(trip, by, *reasons, hours):
    until = trip.ends_at + dt.timedelta(hours=hours)
    return TripOverride.objects.create(trip=trip, by=by, reasons=list(reasons), why="急", until=until)


def test_a_pledge_that_shrinks_is_another_code_of_the_truck_that_takes_on(day, point):
    _trip, onward = relay(day, point, pledged=("1吨",))
    issue_code(onward, by=day.cast.dispatcher)

    change_pledge(day.lot.pledges.get(), quantity=kg("500公斤"), by=fresh(day.cast.buyer))

    code = PassCode.objects.live().get(trip=onward)
    assert code.manifest_hash == manifest_hash(Trip.objects.get(pk=onward.pk))


def test_of_two_overrides_the_one_that_ends_first_ends_the_code(day):
    trip = cleared_trip(day)
    override(trip, day.cast.supervisor, "pass_expired", hours=1)
    override(trip, day.cast.supervisor, "health", hours=5)
    now = timezone.now()

    assert let_through(trip, now).until == trip.ends_at + dt.timedelta(hours=1)
    assert span_of_code(trip, trip.green_pass, rules_for(trip.day), now).ends == trip.ends_at + dt.timedelta(hours=1)


def test_a_later_override_of_the_same_makes_it_longer(day):
    trip = cleared_trip(day)
    override(trip, day.cast.supervisor, "pass_expired", hours=1)
    override(trip, day.cast.supervisor, "pass_expired", hours=3)

    assert let_through(trip, timezone.now()).until == trip.ends_at + dt.timedelta(hours=3)


def test_a_relay_taken_off_leaves_no_code_of_a_transfer(day, point):
    trip, onward = relay(day, point, pledged=("1吨",))
    assert read_text(issue_code(trip, by=day.cast.dispatcher).text)[1].kind == "transfer"
    unclear_trip(trip, by=day.cast.dispatcher)
    cancel_trip(onward, reason="不转了", by=day.cast.dispatcher)
    Load.objects.filter(trip=trip).update(state=LoadState.UNPLANNED)
    pledge = day.pledge("1000斤")
    add_load(Trip.objects.get(pk=trip.pk), pledge.allocations.get().pk, by=day.cast.dispatcher)

    assert trip.stops.filter(is_transfer=True).exists()
    assert read_text(issue_code(cleared(trip), by=day.cast.dispatcher).text)[1].kind == "green"


def test_who_restores_a_pass_restores_its_codes(day):
    make_office(day.cast)
    trip = cleared_trip(day)
    code = issue_code(trip, by=day.cast.dispatcher)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.EN_ROUTE)
    with time_machine.travel(trip.starts_at):
        suspend_pass(trip.green_pass, reason="核对", by=day.cast.issuer)
        restore_pass(trip.green_pass, by=day.cast.issuer)

    assert Event.objects.about(code).get(verb="restored").by == day.cast.issuer


@pytest.mark.parametrize("stop", [suspend_pass, revoke_pass])
def test_stopping_a_pass_holds_a_cleared_trip_at_once_and_tells_the_desks_of_one_on_the_road(day, stop):
    make_office(day.cast)
    trip = cleared_trip(day)
    issue_code(trip, by=day.cast.dispatcher)
    told = Notice.objects.filter(recipient=day.cast.bureau)
    stop(trip.green_pass, reason="伪造", by=day.cast.issuer)

    assert Trip.objects.get(pk=trip.pk).state == TripState.PLANNED
    assert told.filter(key__startswith=f"uncleared-{trip.pk}-").count() == 1


def test_the_desks_hear_of_a_truck_on_the_road_whose_pass_is_revoked(day, locks_in_order):
    make_office(day.cast)
    trip = cleared_trip(day)
    issue_code(trip, by=day.cast.dispatcher)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.EN_ROUTE)
    with locks_in_order():
        revoke_pass(trip.green_pass, reason="伪造", by=day.cast.issuer)

    assert Notice.objects.filter(recipient=day.cast.bureau, key__startswith=f"held-{trip.pk}-").count() == 1
    assert not PassCode.objects.live().filter(trip=trip).exists()


@pytest.mark.parametrize("who", ["farmer", "buyer", "driver", "haulier"])
def test_who_checks_nothing_makes_no_specimen(day, who):
    with pytest.raises(NotAllowed):
        make_specimen(by=getattr(day.cast, who))
    assert not PassCode.objects.exists()
