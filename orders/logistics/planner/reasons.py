"""Why a shipment was left behind: the first of these that holds, found by us, for engines give none.

``no_vehicle_with_skill``  no truck has the passes and equipment it needs
``too_heavy``              no truck that has them can carry it
``window_cannot_be_met``   no such truck could carry it even alone within windows, shift and distance
``fleet_full``             one could, but not beside what it carries already
``not_worth_the_trip``     there is room, but the trip would cost more than the load is worth
"""

from __future__ import annotations

from collections.abc import Iterable

from orders.logistics.planner.insertion import FOREVER, Day, Draft, Tour
from orders.logistics.planner.model import (
    FLEET_FULL,
    NO_SKILL,
    NOT_WORTH_IT,
    TOO_HEAVY,
    WINDOW,
    Problem,
    Route,
    Unserved,
)
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
    if not day.able[shipment]:
        return NO_SKILL
    tours = [idle[k] for k in sorted({day.twin[k] for k in day.able[shipment]})]
    strong = [tour for tour in tours if day.delta[2 * shipment] <= tour.truck.capacity_g]
    if not strong:
        return TOO_HEAVY
    if all(tour.find_spot(shipment, FOREVER) is None for tour in strong):
        return WINDOW
    return None


def _why_left(draft: Draft, shipment: int) -> str:
    return FLEET_FULL if draft.find_spot(shipment) is None else NOT_WORTH_IT
