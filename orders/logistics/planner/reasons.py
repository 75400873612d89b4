"""Why a shipment was left behind: the first of these that holds, found by us, for engines give none.

``place_closed``           its place of pickup or delivery is shut all day (no window is left)
``no_cold_vehicle``        no truck can keep so much cold
``no_vehicle_with_pass``   no truck has a pass from its county to the buyer's
``no_vehicle_with_skill``  no truck has the other equipment it needs
``too_heavy``              no truck that has them can carry it
``window_cannot_be_met``   no such truck could carry it even alone within windows, shift and distance
``too_large_for_the_place`` a truck could, were large trucks not banned there
``fleet_full``             one could, but not beside what it carries already
``not_worth_the_trip``     there is room, but the trip would cost more than the load is worth
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from orders.logistics.planner.flat import Day
from orders.logistics.planner.insertion import FOREVER, Draft, Tour
from orders.logistics.planner.model import (
    BANNED,
    CLOSED,
    COLD_SKILL,
    FLEET_FULL,
    NO_COLD,
    NO_PASS,
    NO_SKILL,
    NOT_WORTH_IT,
    PASS_SKILL,
    TOO_HEAVY,
    WINDOW,
    Problem,
    Route,
    Shipment,
    Unserved,
)
from orders.logistics.planner.prepare import delivery_windows, pickup_windows
from orders.logistics.planner.repair import draft_from


def find_hopeless(problem: Problem) -> dict[str, str]:
    """Shipments that no truck could carry even with the day to itself, with the reason of each."""
    day = Day(problem)
    idle = {k: Tour(day, k) for k in sorted(set(day.twin))}
    reasons = {}
    for i, shipment in enumerate(problem.shipments):
        reason = _why_hopeless(day, i, idle)
        if reason is not None:
            reasons[shipment.id] = reason
    return reasons


def explain_left(problem: Problem, routes: Iterable[Route]) -> tuple[Unserved, ...]:
    """Every shipment these valid routes leave behind, in the problem's order, with its reason."""
    hopeless = find_hopeless(problem)
    draft = draft_from(Day(problem), routes)
    return tuple(
        Unserved(problem.shipments[i].id, hopeless.get(problem.shipments[i].id) or _why_left(draft, i))
        for i in draft.left()
    )


def _why_hopeless(day: Day, shipment: int, idle: dict[int, Tour]) -> str | None:
    load = day.problem.shipments[shipment]
    if not pickup_windows(load) or not delivery_windows(load):
        return CLOSED
    if not day.able[shipment]:
        return _which_skill(day, load)
    tours = [idle[k] for k in sorted({day.twin[k] for k in day.able[shipment]})]
    strong = [tour for tour in tours if day.delta[2 * shipment] <= tour.truck.capacity_g]
    if not strong:
        return TOO_HEAVY
    if load.chilled and all(day.delta[2 * shipment] > tour.most_cold for tour in strong):
        return NO_COLD
    if all(tour.find_spot(shipment, FOREVER) is None for tour in strong):
        return BANNED if any(_fits_without_bans(day, tour, load) for tour in strong) else WINDOW
    return None


def _which_skill(day: Day, load: Shipment) -> str:
    """Which of the skills is the one that nobody has beside the others."""
    passes = {skill for skill in load.skills if skill.startswith(f"{PASS_SKILL}:")}
    vehicles = day.problem.vehicles
    if passes and any(load.skills - passes <= vehicle.skills for vehicle in vehicles):
        return NO_PASS
    return NO_COLD if load.chilled and not any(COLD_SKILL in vehicle.skills for vehicle in vehicles) else NO_SKILL


def _fits_without_bans(day: Day, tour: Tour, load: Shipment) -> bool:
    if not tour.truck.closed:
        return False
    free = replace(tour.truck, closed=(), aboard=(), pinned=())
    alone = replace(day.problem, shipments=(load,), vehicles=(free,), initial_routes=())
    return Tour(Day(alone), 0).find_spot(0, FOREVER) is not None


def _why_left(draft: Draft, shipment: int) -> str:
    return FLEET_FULL if draft.find_spot(shipment) is None else NOT_WORTH_IT
