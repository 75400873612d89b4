"""Closing an area: what it would break is shown first, and publishing carries it out in one step."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from market.exceptions import NotAllowed, WrongState
from market.models import Lot, Notice
from orders.enums import PledgeState
from orders.logistics.actions.areas import AreaFacts, draft_area, lift_area, publish_area
from orders.logistics.actions.road import arrive
from orders.logistics.actions.transfers import plan_relay
from orders.logistics.actions.trips import add_load, add_trip, cancel_trip
from orders.logistics.enums import AREA_MOVES, AreaState, LoadState, TripState
from orders.logistics.exceptions import ReasonNeeded
from orders.logistics.exceptions_areas import AreaCircleUnfit, AreaMovedOn, AreaOver, AreaTimesWrong, AreaUnsaid
from orders.logistics.models import Load, PlanRun, RiskArea, Trip
from orders.logistics.queries.impact import impact_of
from tests.factories.logistics import at, driver_of, load_up, stops
from tests.factories.road import make_point


def make_planned(day) -> Trip:
    """Half a tonne on a truck of its own, from the village to the supermarket."""
    pledge = day.pledge("1000斤")
    day.truck()
    allocation = pledge.allocations.get()
    return add_trip(day.day, day.trucks[-1], [(allocation.pk, None)], by=day.cast.dispatcher)


@pytest.fixture
def facts(day) -> AreaFacts:
    """The village of the listing's township, closed from tomorrow's first minute for a day."""
    return AreaFacts(
        place=day.listing.place.parent,
        level="high",
        starts_at=at(day.day, 0),
        ends_at=at(day.day, 23),
        source="市指挥部第 12 号通告",
        is_closed=True,
    )


def changed(facts: AreaFacts, **changes) -> AreaFacts:
    return AreaFacts(**{**facts.__dict__, **changes})


def test_a_draft_holds_for_nobody_and_the_same_again_is_the_same(day, facts):
    area = draft_area(facts, by=day.cast.dispatcher)

    assert area.state == AreaState.DRAFT
    assert draft_area(facts, by=day.cast.dispatcher) == area
    assert RiskArea.objects.in_force(at(day.day, 1), at(day.day, 2)).count() == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ends_at": "start"}, AreaTimesWrong),
        ({"source": "  "}, AreaUnsaid),
        ({"source": "通" * 201}, AreaUnsaid),
        ({"radius_m": 49, "lat": 27.8, "lon": 113.1}, AreaCircleUnfit),
        ({"radius_m": 500}, AreaCircleUnfit),
        ({"lat": 27.8, "lon": 113.1}, AreaCircleUnfit),
        ({"lat": 27.8}, AreaCircleUnfit),
    ],
)
def test_unfit_facts_are_refused_and_nothing_is_written(day, facts, changes, refusal):
    if changes.get("ends_at") == "start":
        changes = {"ends_at": facts.starts_at}

    with pytest.raises(refusal):
        draft_area(changed(facts, **changes), by=day.cast.dispatcher)

    assert not RiskArea.objects.exists()


@pytest.mark.parametrize("who", ["farmer", "buyer", "haulier", "driver", "commerce_desk", "officer", "issuer"])
def test_others_order_nothing(day, facts, who):
    area = draft_area(facts, by=day.cast.dispatcher)
    person = getattr(day.cast, who)

    for order in (
        lambda: draft_area(changed(facts, detail="别处"), by=person),
        lambda: publish_area(area, seen=impact_of(area).key, by=person),
        lambda: lift_area(area, reason="x", by=person),
    ):
        with pytest.raises(NotAllowed):
            order()
    area.refresh_from_db()
    assert area.state == AreaState.DRAFT


def test_the_impact_names_the_planned_trip_its_pledge_and_its_grams(day, facts):
    trip = make_planned(day)
    area = draft_area(facts, by=day.cast.dispatcher)

    impact = impact_of(area)

    assert [(hit.trip, hit.where, hit.grams) for hit in impact.trips] == [(trip, "planned", 500_000)]
    assert [row.pledge.buyer for row in impact.pledges] == [day.cast.supermarket]
    assert impact.pledged_g == 500_000
    assert impact.planned[0].others == 1  # the dock lies outside


def test_an_area_elsewhere_breaks_nothing(day, facts, reference):
    make_planned(day)
    area = draft_area(changed(facts, lat=25.0, lon=112.0, radius_m=1000), by=day.cast.dispatcher)

    impact = impact_of(area)

    assert (impact.trips, impact.pledges, impact.pledged_g) == ((), (), 0)


def test_a_truck_that_is_inside_when_it_starts_is_on_the_list(day, facts):
    trip = make_planned(day)
    with time_machine.travel(at(day.day, 6), tick=False):
        arrive(stops(trip)[0], by=driver_of(trip))
        area = draft_area(changed(facts, starts_at=at(day.day, 6, 30)), by=day.cast.dispatcher)

        assert [hit.where for hit in impact_of(area).trips] == ["inside"]


def test_a_truck_that_has_left_with_the_goods_is_not_hit_by_the_yard_it_left(day, facts):
    trip = make_planned(day)
    with time_machine.travel(at(day.day, 6), tick=False):
        load_up(trip)
        area = draft_area(changed(facts, starts_at=at(day.day, 6, 30)), by=day.cast.dispatcher)

        assert impact_of(area).trips == ()


def test_a_truck_on_its_way_to_a_dock_inside_loses_its_code(day, facts):
    trip = make_planned(day)
    with time_machine.travel(at(day.day, 6), tick=False):
        load_up(trip)
        there = changed(facts, place=day.dock.place, starts_at=at(day.day, 6, 30))
        area = draft_area(there, by=day.cast.dispatcher)
        impact = impact_of(area)
        assert [hit.where for hit in impact.trips] == ["on_the_way"]

        done = publish_area(area, seen=impact.key, by=day.cast.dispatcher)

    assert [one.pk for one in done.unfit] == [trip.pk]
    assert Trip.objects.get(pk=trip.pk).state == TripState.EN_ROUTE


def test_publishing_takes_the_goods_off_asks_for_a_plan_and_tells_everybody_once(day, facts):
    trip = make_planned(day)
    area = draft_area(facts, by=day.cast.dispatcher)

    done = publish_area(area, seen=impact_of(area).key, by=day.cast.dispatcher)

    assert done.area.state == AreaState.PUBLISHED
    assert set(Load.objects.filter(trip=trip).values_list("state", flat=True)) == {LoadState.UNPLANNED}
    assert Trip.objects.get(pk=trip.pk).state == TripState.CANCELLED
    assert {p.state for p in day.lot.pledges.all()} == {PledgeState.PLACED}
    assert [run.day for run in done.runs] == [day.day]
    assert PlanRun.objects.filter(day=day.day).count() >= 1
    told = Notice.objects.filter(key=f"area-{area.pk}").values_list("recipient__name", flat=True)
    assert sorted(told) == sorted([day.cast.carrier.name, day.listing.seller.name, day.cast.supermarket.name])
    call_command("reconcile")


def test_a_supervisor_who_publishes_asks_for_a_plan_in_the_same_step(day, facts):
    make_planned(day)
    area = draft_area(facts, by=day.cast.supervisor)

    done = publish_area(area, seen=impact_of(area).key, by=day.cast.supervisor)

    assert [(run.day, run.by) for run in done.runs] == [(day.day, day.cast.supervisor)]


def test_what_moved_on_since_it_was_looked_at_is_not_published(day, facts):
    area = draft_area(facts, by=day.cast.dispatcher)
    seen = impact_of(area).key
    make_planned(day)

    with pytest.raises(AreaMovedOn):
        publish_area(area, seen=seen, by=day.cast.dispatcher)

    area.refresh_from_db()
    assert area.state == AreaState.DRAFT
    assert Load.objects.get().state == LoadState.PLANNED
    assert not Notice.objects.filter(key__startswith="area-").exists()


def test_what_is_over_is_not_published(day, facts):
    area = draft_area(facts, by=day.cast.dispatcher)
    later = facts.ends_at

    with pytest.raises(AreaOver):
        publish_area(area, seen=impact_of(area, later).key, by=day.cast.dispatcher, at=later)

    area.refresh_from_db()
    assert area.state == AreaState.DRAFT


def test_an_area_that_ends_at_midnight_does_not_hit_the_next_day(day, facts):
    day.pledge("1000斤")
    before = changed(facts, starts_at=at(day.day, 0) - dt.timedelta(hours=5), ends_at=at(day.day, 0))
    area = draft_area(before, by=day.cast.dispatcher)

    assert impact_of(area).pledges == ()


def test_the_desks_are_told_with_a_link_to_what_is_hit(day, facts):
    make_planned(day)
    area = draft_area(facts, by=day.cast.supervisor)

    publish_area(area, seen=impact_of(area).key, by=day.cast.supervisor)

    notice = Notice.objects.get(key=f"area-{area.pk}-desk")
    assert (notice.recipient, notice.url) == (day.cast.bureau, f"/logistics/areas/{area.pk}/")
    assert (notice.facts["inside"], notice.facts["planned"]) == (0, 1)


def test_an_area_that_is_not_closed_changes_no_trip(day, facts):
    trip = make_planned(day)
    area = draft_area(changed(facts, is_closed=False), by=day.cast.dispatcher)

    done = publish_area(area, seen=impact_of(area).key, by=day.cast.dispatcher)

    assert (done.changed, done.unfit, done.runs) == ([], [], [])
    assert Trip.objects.get(pk=trip.pk).state == TripState.PLANNED


@pytest.mark.parametrize("old", AreaState)
@pytest.mark.parametrize("new", [AreaState.PUBLISHED, AreaState.LIFTED])
def test_every_pair_of_states(day, facts, old, new):
    area = draft_area(facts, by=day.cast.dispatcher)
    RiskArea.objects.filter(pk=area.pk).update(state=old)
    area.refresh_from_db()

    def go():
        if new == AreaState.PUBLISHED:
            return publish_area(area, seen=impact_of(area).key, by=day.cast.dispatcher).area
        return lift_area(area, reason="疫情平稳", by=day.cast.dispatcher)

    if new in AREA_MOVES[old]:
        assert go().state == new
    else:
        with pytest.raises(WrongState):
            go()


def test_lifting_needs_a_reason_and_ends_what_holds_now(day, facts):
    area = draft_area(
        changed(facts, starts_at=timezone.now() - dt.timedelta(hours=1), ends_at=None), by=day.cast.dispatcher
    )
    publish_area(area, seen=impact_of(area).key, by=day.cast.supervisor)

    with pytest.raises(ReasonNeeded):
        lift_area(area, reason=" ", by=day.cast.supervisor)
    lifted = lift_area(area, reason="疫情平稳", by=day.cast.supervisor)

    assert lifted.ends_at is not None
    assert RiskArea.objects.in_force(timezone.now(), timezone.now() + dt.timedelta(hours=1)).count() == 0


@pytest.mark.parametrize("trips", [1, 3])
def test_the_impact_costs_the_same_however_many_trips(day, facts, django_assert_num_queries, trips):
    for _ in range(trips):
        make_planned(day)
    area = RiskArea.objects.select_related("place__parent__parent").get(pk=draft_area(facts, by=day.cast.dispatcher).pk)

    with django_assert_num_queries(6):
        assert len(impact_of(area).trips) == trips


def test_a_stop_that_only_a_relay_taken_off_still_names_is_not_hit(day, facts, reference):
    trip = make_planned(day)
    point = make_point(day.cast.bureau, reference["tianyuan"])
    onward = plan_relay(trip.loads.get(), point, day.truck(), by=day.cast.dispatcher)
    cancel_trip(onward.trip, reason="不转了", by=day.cast.dispatcher)
    Load.objects.filter(trip=trip).update(state=LoadState.UNPLANNED)
    pledge = day.pledge("1000斤")
    add_load(Trip.objects.get(pk=trip.pk), pledge.allocations.get().pk, by=day.cast.dispatcher)
    old = trip.stops.get(transfer_point=point)
    circle = changed(facts, place=old.place, lat=old.lat, lon=old.lon, radius_m=500)
    area = draft_area(circle, by=day.cast.dispatcher)

    assert impact_of(area).trips == ()


def test_what_trucks_have_fetched_does_not_spoil_there(day, facts):
    trip = make_planned(day)
    Lot.objects.filter(pk=day.lot.pk).update(best_before=at(day.day, 20))
    area = draft_area(facts, by=day.cast.dispatcher)
    before = impact_of(area).spoils_g
    with time_machine.travel(at(day.day, 6), tick=False):
        load_up(trip)

    assert before - impact_of(area).spoils_g == 500_000


def test_all_trips_are_locked_before_the_first_truck(day, facts, locks_in_order):
    for _ in range(3):
        make_planned(day)
    with time_machine.travel(at(day.day, 6), tick=False):
        for trip in Trip.objects.order_by("pk")[:2]:
            arrive(stops(trip)[0], by=driver_of(trip))
        area = draft_area(changed(facts, starts_at=at(day.day, 6, 30)), by=day.cast.dispatcher)
        with locks_in_order():
            publish_area(area, seen=impact_of(area).key, by=day.cast.dispatcher)
