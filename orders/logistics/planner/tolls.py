"""Tolls after the routing, for no engine prices what depends on the load: fuller trucks, trucks that fit, no mixing.

The working copy counts tolls in every tour's cost; the moves here look for plans that are better by that count, and keep
nothing that is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from orders.logistics.planner.insertion import FOREVER, Draft, Spot, Tour
from orders.logistics.planner.model import Problem, Route, RouteNote
from orders.logistics.planner.repair import drop_losers, top_up
from orders.solving.clock import Deadline

MIXED_GRAIN = "mixed_grain"
MOST_ROUNDS = 5
MOST_FILLED = 8
"""Loads put on one truck together to make it full."""
EPSILON = 1e-6


def save_tolls(draft: Draft, deadline: Deadline) -> Draft:
    """Exchange trucks, move loads and fill trucks up as long as that gains yuan and there is time. In place."""
    for _ in range(MOST_ROUNDS):
        before = draft.net()
        for improve in (swap_trucks, move_loads, fill_up):
            improve(draft, deadline)
        top_up(draft)
        drop_losers(draft)
        if draft.net() <= before + EPSILON or deadline.is_over():
            break
    return draft


def swap_trucks(draft: Draft, deadline: Deadline) -> None:
    """Two trucks exchange what they do (or one that stands idle takes over) where that is cheaper together."""
    day = draft.day
    for a in range(len(draft.tours)):
        if deadline.is_over():
            return
        for b in range(len(draft.tours)):
            one, other = draft.tours[a], draft.tours[b]
            if a == b or day.twin[a] == day.twin[b] or not one.nodes or not _may_swap(draft, a, b):
                continue
            mine, yours = Tour(day, a, other.nodes), Tour(day, b, one.nodes)
            if mine.ok and yours.ok and mine.cost + yours.cost < one.cost + other.cost - EPSILON:
                draft.tours[a], draft.tours[b] = mine, yours
                for tour in (mine, yours):
                    draft.rides.update((node // 2, tour.vehicle) for node in tour.nodes)


def move_loads(draft: Draft, deadline: Deadline) -> None:
    """Loads of tours that pay toll go to another truck, or stay, where that is cheaper: grain leaves vegetables."""
    day = draft.day
    shipments = day.problem.shipments
    paying = [i for i, k in draft.rides.items() if draft.tours[k].toll > 0]
    for i in sorted(paying, key=lambda i: (shipments[i].exempt != "never", i)):
        if deadline.is_over():
            return
        before, nodes, net = draft.rides[i], draft.tours[draft.rides[i]].nodes, draft.net()
        if draft.tours[before].toll <= 0:
            continue
        draft.take(i)
        must = not shipments[i].optional
        spot = draft.find_spot(i, FOREVER if must else day.worth[i]) if draft.tours[before].ok else None
        if spot is not None:
            draft.put(i, spot)
        if draft.net() <= net + EPSILON or (must and spot is None) or not draft.tours[before].ok:
            if i in draft.rides:
                draft.take(i)
            draft.tours[before].set(nodes)
            draft.rides[i] = before


def fill_up(draft: Draft, deadline: Deadline) -> None:
    """A truck that pays takes several free loads at once where together they make it full enough to pay nothing."""
    for tour in draft.tours:
        if tour.toll > 0 and not deadline.is_over():
            _fill(draft, tour)


def _fill(draft: Draft, tour: Tour) -> None:
    day, start = draft.day, list(tour.nodes)
    gain, best, added, taken = 0.0, start, [], []
    cost = tour.cost
    for _ in range(MOST_FILLED):
        found = _cheapest(draft, tour, [i for i in draft.left() if tour.vehicle in day.able[i] and i not in added])
        if found is None:
            break
        i, spot = found
        pickup, delivery = 2 * i, 2 * i + 1
        nodes = tour.nodes
        middle = nodes[spot.pickup_at : spot.delivery_at]
        tour.set([*nodes[: spot.pickup_at], pickup, *middle, delivery, *nodes[spot.delivery_at :]])
        added.append(i)
        now = sum(day.worth[i] for i in added) - (tour.cost - cost)
        if now > gain + EPSILON:
            gain, best, taken = now, list(tour.nodes), list(added)
    tour.set(best)
    draft.rides.update((i, tour.vehicle) for i in taken)


def _cheapest(draft: Draft, tour: Tour, loads: list[int]) -> tuple[int, Spot] | None:
    """The free load that costs least for what it brings on this truck, whatever it costs."""
    best: tuple[float, int, Spot] | None = None
    for i in loads:
        if draft.day.problem.shipments[i].exempt != "yes":
            continue
        spot = tour.find_spot(i, FOREVER)
        if spot is not None and (best is None or spot.cost - draft.day.worth[i] < best[0]):
            best = (spot.cost - draft.day.worth[i], i, spot)
    return (best[1], best[2]) if best else None


def _may_swap(draft: Draft, a: int, b: int) -> bool:
    day = draft.day
    return all(
        k in day.able[node // 2]
        for tour, k in ((draft.tours[a], b), (draft.tours[b], a))
        for node in tour.nodes
        if node % 2 == 0
    )


def notes_of(problem: Problem, routes: Iterable[Route]) -> tuple[RouteNote, ...]:
    """Which trucks carry grain beside fresh produce, with the grain: the exemption is lost while both are aboard."""
    notes = []
    for route in routes:
        aboard: set[str] = set()
        mixed: set[str] = set()
        for step in route.steps:
            (aboard.add if step.kind == "pickup" else aboard.discard)(step.shipment)
            grain = {name for name in aboard if problem.shipment_by_id[name].exempt == "never"}
            if grain and grain != aboard:
                mixed |= grain
        if mixed:
            notes.append(RouteNote(route.vehicle, MIXED_GRAIN, tuple(sorted(mixed))))
    return tuple(notes)
