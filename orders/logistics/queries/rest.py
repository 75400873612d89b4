"""What is left of a day from a moment on: the trips that may be planned anew with what rides on no truck, and all else fixed.

Fixed are trips that have begun, that are locked, that change truck on the way, or whose driver is not the truck's own; their
trucks are busy with them. A shipment is "<allocation>/load-<load>" for what is planned already, else as in `problems`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from orders.logistics.enums import EDITABLE_TRIPS, RUNNING_TRIPS
from orders.logistics.models import Load, Trip
from orders.logistics.planner.checker import check, totals
from orders.logistics.planner.model import Plan, Problem, Route
from orders.logistics.planner.stability import count_moved
from orders.logistics.queries.fitness import Reason
from orders.logistics.queries.fleet import Excluded, Fleet, fleet_for
from orders.logistics.queries.journeys import WITH_PLACES, Part, make_problem
from orders.logistics.queries.pass_choice import with_passes_for
from orders.logistics.queries.problems import DayProblem, parts_of_waiting, sort_out, unserved_of, why_unaskable
from orders.logistics.queries.rides import route_of

LEAVES_AFTER = dt.timedelta(minutes=10)  # nobody leaves for a new plan before it was looked at
CENT = 0.005


@dataclass(frozen=True)
class Ride:
    """A trip that may be planned anew, with what rides on it under the names of shipments."""

    trip: Trip
    loads: dict[str, Load]

    @property
    def route(self) -> Route:
        return route_of(self.trip, self.loads)


@dataclass(frozen=True)
class RestProblem(DayProblem):
    """`rides` are the trips planned anew; `stuck` those of them that could not run as they stand."""

    rides: list[Ride]
    stuck: list[int]

    @property
    def before(self) -> dict[str, Any]:
        """What a plan was made from, to tell later whether the day moved on: grams by load, by trip."""
        return {
            str(ride.trip.pk): {str(load.pk): load.planned_g for load in ride.loads.values()} for ride in self.rides
        }


def load_name(load: Load) -> str:
    return f"{load.allocation_id}/load-{load.pk}"


def rides_of_rest(day: dt.date) -> list[Ride]:
    """The trips that may be planned anew, in the order they leave. Two statements."""
    trips = Trip.objects.filter(day=day, state__in=EDITABLE_TRIPS, is_locked=False)
    rows = list(trips.select_related("truck", "driver", "green_pass").order_by("starts_at", "pk"))
    loads: dict[int, list[Load]] = {}
    for load in _loads_of(rows):
        loads.setdefault(load.trip_id, []).append(load)
    rides = [Ride(trip, {load_name(load): load for load in loads.get(trip.pk, [])}) for trip in rows]
    return [ride for ride in rides if _is_free(ride, day)]


def _loads_of(trips: Iterable[Trip]) -> QuerySet[Load]:
    related = [f"allocation__{path}" for path in WITH_PLACES]
    rows = Load.objects.live().filter(trip__in=[trip.pk for trip in trips])
    return rows.select_related("pickup", "delivery", *related).order_by("pk")


def rest_problem(day: dt.date, at: dt.datetime) -> RestProblem:
    """Nine statements, whatever the size of the day."""
    rides = rides_of_rest(day)
    fleet = fleet_for(day, at + LEAVES_AFTER, freed=[ride.trip.pk for ride in rides])
    fleet = _without_the_late(fleet, day, at)
    able, left_out = sort_out(list(unserved_of(day)), day)
    waiting = [part for allocation in able for part in parts_of_waiting(allocation, fleet.candidates)]
    riding: dict[int, list[Part]] = {}
    for ride in rides:
        riding.setdefault(ride.trip.truck_id, []).extend(parts_of_ride(ride))
    parts = [*waiting, *(part for own in riding.values() for part in own)]
    fleet = with_passes_for(fleet, parts, riding)
    problem = make_problem(parts, fleet.candidates, day, pass_needed=fleet.pass_needed)
    routes, stuck = _old_routes(problem, rides)
    return RestProblem(replace(problem, initial_routes=routes), fleet.excluded, left_out, rides, stuck)


def parts_of_ride(ride: Ride) -> list[Part]:
    return [Part(name, load.allocation, load.planned_g) for name, load in ride.loads.items()]


def gain_of(rest: RestProblem, plan: Plan) -> dict[str, Any]:
    """What the plan gains over the rest of the day as it stands, where that can still run. In JSON."""
    old_routes = list(rest.problem.initial_routes)
    routes = [route for route in plan.routes if route.steps]
    old, new = totals(rest.problem, old_routes), totals(rest.problem, routes)
    before, disturbed = {route.vehicle for route in old_routes}, disturbed_by(rest.problem, plan)
    more_g, less_yuan = new.served_g - old.served_g, (old.worth - old.net) - (new.worth - new.net)
    return {
        "more_g": more_g,
        "less_m": old.distance_m - new.distance_m,
        "less_yuan": round(less_yuan, 2),
        "moved": count_moved(old_routes, routes),
        "drivers": len([vehicle for vehicle in disturbed if vehicle in before]),
        "new_trucks": len([vehicle for vehicle in disturbed if vehicle not in before]),
        "is_gain": bool(more_g > 0 or (more_g == 0 and less_yuan > CENT)),
    }


def disturbed_by(problem: Problem, plan: Plan) -> set[str]:
    """The trucks whose drivers hear of the plan: something they were told is different in it, or they were told nothing."""
    before = {route.vehicle: halts_in(problem, route) for route in problem.initial_routes}
    now = {route.vehicle: halts_in(problem, route) for route in plan.routes if route.steps}
    return {vehicle for vehicle in {*before, *now} if before.get(vehicle) != now.get(vehicle)}


def halts_in(problem: Problem, route: Route) -> list[tuple[str, int, frozenset[str]]]:
    """What a driver is told of a route: where to halt in which order, and for which goods."""
    halts: list[tuple[str, int, frozenset[str]]] = []
    for step in route.steps:
        shipment = problem.shipment_by_id[step.shipment]
        place = shipment.pickup if step.kind == "pickup" else shipment.delivery
        same = bool(halts) and halts[-1][:2] == (step.kind, place)
        goods = halts.pop()[2] if same else frozenset()
        halts.append((step.kind, place, goods | {step.shipment}))
    return halts


def _is_free(ride: Ride, day: dt.date) -> bool:
    own = ride.trip.driver_id == ride.trip.truck.driver_id
    return own and not any(_changes_truck(load) or why_unaskable(load.allocation, day) for load in ride.loads.values())


def _changes_truck(load: Load) -> bool:
    return bool(load.continues_id or load.pickup.is_transfer or load.delivery.is_transfer)


def _without_the_late(fleet: Fleet, day: dt.date, at: dt.datetime) -> Fleet:
    """A truck that should be back by now and is not has no time yet. One statement."""
    running = Trip.objects.filter(day=day, state__in=RUNNING_TRIPS, ends_at__lte=at + LEAVES_AFTER)
    pairs = list(running.values_list("truck_id", "driver_id"))
    trucks, drivers = {truck for truck, _driver in pairs}, {driver for _truck, driver in pairs}
    here = [c for c in fleet.candidates if c.truck.pk not in trucks and c.driver.pk not in drivers]
    late = [Excluded(c.truck, [Reason("busy")]) for c in fleet.candidates if c not in here]
    return replace(fleet, candidates=here, excluded=[*fleet.excluded, *late])


def _old_routes(problem: Problem, rides: Sequence[Ride]) -> tuple[tuple[Route, ...], list[int]]:
    """The routes as they stand, one a truck, where the truck can still run them; and the trips that cannot run."""
    routes: dict[str, Route] = {}
    stuck: list[int] = []
    for ride in rides:
        vehicle = str(ride.trip.truck_id)
        earlier = routes[vehicle].steps if vehicle in routes else ()
        route = replace(ride.route, steps=(*earlier, *ride.route.steps))
        if vehicle in problem.vehicle_by_id and route.steps and not broken_by(problem, route):
            routes[vehicle] = route
        else:
            stuck.append(ride.trip.pk)
    return tuple(routes.values()), stuck


def broken_by(problem: Problem, route: Route) -> list[str]:
    """The rules a route breaks; that it does not carry everything is none of them."""
    found: Iterable[Any] = check(problem, Plan((route,), (), ""))
    carried = {step.shipment for step in route.steps}
    return [
        v.kind for v in found if v.kind not in ("shipment_lost", "required_unserved") and v.shipment in {"", *carried}
    ]
