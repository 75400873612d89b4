"""Planning the rest of a day anew: asked for like any plan, taken only with its gain, and written all at once or not at all."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from market.actions.events import record
from market.actions.states import move
from market.models import User
from market.quantities import describe
from orders.actions.progress import mark_planned
from orders.enums import PledgeState
from orders.logistics.actions.endings import end_trip, follow_pledges
from orders.logistics.actions.halts import rewrite_trip, take_off, write_trip
from orders.logistics.actions.locks import lock_all, lock_one, lock_passes_of
from orders.logistics.actions.planning import request_plan
from orders.logistics.enums import RUN_MOVES, RunScope, RunState, TripState
from orders.logistics.exceptions_board import DayMovedOn, NotARest, NothingGained
from orders.logistics.models import Driver, Load, PlanRun, Trip, Truck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.planner.model import Plan, Problem, Route
from orders.logistics.queries.fleet import Fleet, fleet_for
from orders.logistics.queries.journeys import WITH_PLACES, Candidate, Journey, Part
from orders.logistics.queries.loads import planned_by_allocation
from orders.logistics.queries.pass_choice import first_that_fits
from orders.logistics.queries.problems import WAITING, allocation_id, why_unaskable
from orders.logistics.queries.rest import Ride, disturbed_by, parts_of_ride, rides_of_rest
from orders.models import Allocation, Pledge

REPLANNED = "replanned"  # why a load came off: `queries.trip_changes` words it


@dataclass
class Taken:
    """What became of the rest of the day: trips written anew, new ones, and those that are not needed any more."""

    run: PlanRun
    changed: list[Trip] = field(default_factory=list)
    added: list[Trip] = field(default_factory=list)
    cancelled: list[Trip] = field(default_factory=list)


@dataclass(frozen=True)
class _Work:
    """One truck's way as it will be written. `ride` is the trip it has already, `kept` the loads that stay on it."""

    route: Route
    candidate: Candidate
    parts: dict[str, Part]
    journey: Journey
    ride: Ride | None

    @property
    def kept(self) -> dict[str, Load]:
        return {name: self.ride.loads[name] for name in self.parts if name in self.ride.loads} if self.ride else {}


def request_replan(day: dt.date, *, by: User, at: dt.datetime | None = None) -> PlanRun:
    """A plan of the rest of the day is queued; no trip is touched by it.

    As `request_plan` otherwise: a plan under way is returned instead, whatever its scope. Raises: NotAllowed, PlanInPast.
    """
    return request_plan(day, by=by, at=at, scope=RunScope.REST)


@transaction.atomic
def commit_replan(run: PlanRun, *, by: User, at: dt.datetime | None = None) -> Taken:
    """The rest of the day runs as planned anew: trips are written anew, added or cancelled, and pledges follow.

    Only trucks for which the plan changes something are touched. All or nothing: where their trips or goods moved on since the plan
    was made, it is refused and everything stays as it was. A load that the plan leaves behind comes off, unless its trip could not run
    anyhow and its truck gets nothing else to do; then it stays there. Locks: run, pledges, allocations, trips, loads, trucks, drivers,
    passes. Raises: NotAllowed, NotARest, WrongState (also the second time), NothingGained, DayMovedOn.
    """
    run = lock_one(PlanRun, run.pk)
    require_dispatcher(by)
    if run.scope != RunScope.REST:
        raise NotARest
    old = move(run, "state", RunState.COMMITTED, RUN_MOVES)
    if not run.summary["gain"]["is_gain"]:
        raise NothingGained
    problem, plan = Problem.from_json(run.problem), Plan.from_json(run.plan)
    disturbed = disturbed_by(problem, plan)
    routes = [route for route in plan.routes if route.steps and route.vehicle in disturbed]
    rides, parts, pledges = _locked_day(run, problem, routes, disturbed)
    work = _checked_work(run.day, routes, rides, parts, at or timezone.now())
    taken = _write(run, work, rides, by)
    follow_pledges(pledges, by=by)
    _mark_planned(pledges, by)
    facts = {
        "trips": [trip.pk for trip in (*taken.changed, *taken.added)],
        "cancelled": [t.pk for t in taken.cancelled],
    }
    run.summary = {**run.summary, **facts}
    run.save(update_fields=["state", "summary"])
    record(run, "committed", by=by, from_state=old, to_state=run.state, grams=run.summary["gain"]["more_g"])
    return taken


def _locked_day(
    run: PlanRun, problem: Problem, routes: list[Route], disturbed: set[str]
) -> tuple[list[Ride], dict[str, Part], set[int]]:
    """The trips and goods for which the plan changes something, locked and as the plan knew them. Raises: DayMovedOn."""
    carried = {step.shipment for route in routes for step in route.steps}
    before = _trips_changed(run.summary["before"], carried, disturbed)
    loads = {int(pk) for trip in before.values() for pk in trip}
    ids = {allocation_id(name) for name in carried}
    ids |= set(Load.objects.filter(pk__in=loads).values_list("allocation_id", flat=True))
    pledges = set(lock_all(Pledge, Allocation.objects.filter(pk__in=ids).values_list("pledge_id", flat=True)))
    lock_all(Allocation, ids)
    lock_all(Trip, (int(pk) for pk in before))
    lock_all(Load, loads)
    rides = [ride for ride in rides_of_rest(run.day) if str(ride.trip.pk) in before]
    _require_same_trips(rides, before)
    parts = {part.id: part for ride in rides for part in parts_of_ride(ride)}
    waiting = {name: problem.shipment_by_id[name].mass_g for name in carried if name not in parts}
    return rides, parts | _waiting_parts(run.day, waiting), pledges


def _trips_changed(
    before: Mapping[str, Mapping[str, int]], carried: set[str], disturbed: set[str]
) -> dict[str, Mapping[str, int]]:
    """Those that the plan knew and whose truck, or one of whose loads, has something else to do in it."""
    trucks = dict(Trip.objects.filter(pk__in=[int(pk) for pk in before]).values_list("pk", "truck_id"))
    moving = {name.partition("/load-")[2] for name in carried}
    return {
        pk: loads
        for pk, loads in before.items()
        if str(trucks.get(int(pk))) in disturbed or not moving.isdisjoint(loads)
    }


def _require_same_trips(rides: list[Ride], before: Mapping[str, Mapping[str, int]]) -> None:
    """Raises: DayMovedOn with the first trip that is not as it was."""
    now = {str(ride.trip.pk): {str(load.pk): load.planned_g for load in ride.loads.values()} for ride in rides}
    for pk in sorted({*before, *now}, key=int):
        if before.get(pk) != now.get(pk):
            plate = Trip.objects.select_related("truck").get(pk=int(pk)).truck.plate
            raise DayMovedOn(what=_("%(plate)s 的车次变了") % {"plate": plate})


def _waiting_parts(day: dt.date, grams: Mapping[str, int]) -> dict[str, Part]:
    """Goods that rode on no truck and still do not. Raises: DayMovedOn."""
    ids = {allocation_id(name) for name in grams}
    planned = planned_by_allocation(ids)
    rows = Allocation.objects.live().filter(pk__in=ids, pledge__day=day, pledge__state__in=WAITING)
    found = {row.pk: row for row in rows.select_related(*WITH_PLACES)}
    left = {pk: row.grams - planned.get(pk, 0) for pk, row in found.items()}
    parts = {}
    for name, mass in grams.items():
        pk = allocation_id(name)
        if pk not in found or left[pk] < mass or why_unaskable(found[pk], day):
            raise DayMovedOn(what=_("有 %(weight)s 待排的货变了") % {"weight": describe(mass)})
        left[pk] -= mass
        parts[name] = Part(name, found[pk], mass)
    return parts


def _checked_work(
    day: dt.date, routes: list[Route], rides: list[Ride], parts: Mapping[str, Part], at: dt.datetime
) -> list[_Work]:
    """Every one of these routes as it can run now. Raises: DayMovedOn with the truck that cannot."""
    fleet = _locked_fleet(day, routes, rides, at)
    return [_one_work(day, route, rides, parts, fleet) for route in routes]


def _locked_fleet(day: dt.date, routes: list[Route], rides: list[Ride], at: dt.datetime) -> Fleet:
    trucks = lock_all(Truck, (int(route.vehicle) for route in routes))
    lock_all(Driver, (truck.driver_id for truck in trucks.values()))
    lock_passes_of(trucks)
    return fleet_for(day, at, trucks=trucks, freed=[ride.trip.pk for ride in rides])


def _one_work(day: dt.date, route: Route, rides: list[Ride], parts: Mapping[str, Part], fleet: Fleet) -> _Work:
    ride = next((one for one in rides if str(one.trip.truck_id) == route.vehicle), None)
    candidate = next((one for one in fleet.candidates if str(one.truck.pk) == route.vehicle), None)
    if candidate is None:
        raise DayMovedOn(what=_("%(plate)s 现在不能出车") % {"plate": Truck.objects.get(pk=int(route.vehicle)).plate})
    mine = {step.shipment: parts[step.shipment] for step in route.steps}
    found = first_that_fits(candidate, mine, route, day, pass_needed=fleet.pass_needed)
    if found is None:
        raise DayMovedOn(what=_("%(plate)s 现在赶不上时间") % {"plate": candidate.truck.plate})
    option, journey = found
    return _Work(route, option, mine, journey, ride)


def _write(run: PlanRun, work: list[_Work], rides: list[Ride], by: User) -> Taken:
    """First everything that leaves its trip comes off, then the trips are written, then those with nothing left end."""
    taken = Taken(run)
    stuck = set(run.summary["stuck"])
    at_work = {one.candidate.truck.pk for one in work}
    carried = {name for one in work for name in one.parts}
    stays = {name for one in work for name in one.kept}
    for ride in rides:
        for name, load in ride.loads.items():
            stands = ride.trip.pk in stuck and ride.trip.truck_id not in at_work
            if name not in stays and (name in carried or not stands):
                take_off(load, by=by, reason=REPLANNED)
    for one in work:
        _write_one(run, one, taken, by)
    for ride in rides:
        if not Load.objects.live().filter(trip=ride.trip).exists():
            taken.cancelled.append(end_trip(lock_one(Trip, ride.trip.pk), TripState.CANCELLED, by=by, reason=REPLANNED))
    return taken


def _write_one(run: PlanRun, one: _Work, taken: Taken, by: User) -> None:
    if one.ride is None:
        taken.added.append(write_trip(run.day, one.candidate, one.journey, one.parts, run=run, by=by))
        return
    rewrite_trip(one.ride.trip, one.candidate, one.journey, one.parts, one.kept, by=by)
    record(one.ride.trip, REPLANNED, by=by, grams=sum(part.grams for part in one.parts.values()))
    taken.changed.append(one.ride.trip)


def _mark_planned(pledges: set[int], by: User) -> None:
    """Those of which something rides now."""
    riding = Load.objects.live().filter(allocation__pledge__in=pledges).values("allocation__pledge")
    placed = Pledge.objects.filter(pk__in=riding, state=PledgeState.PLACED).order_by("pk")
    for pk in placed.values_list("pk", flat=True):
        mark_planned(pk, by=by)
