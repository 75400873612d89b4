"""An engine's proposal made valid: nothing an engine says is believed before it went through here.

Engines cannot express everything (PyVRP knows no limit of stops, VROOM counts priorities as a sum and
keeps loads that cost more than they bring), so loads that break a rule come off, what is still free is put
where it fits, and what does not pay is left behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from orders.logistics.planner.flat import Day
from orders.logistics.planner.insertion import FOREVER, Draft, Tour, order_by_worth
from orders.logistics.planner.model import Route

EPSILON = 1e-6


def draft_from(day: Day, routes: Iterable[Route]) -> Draft:
    """Load routes into a draft, leaving out what is unknown, doubled, half, out of order or infeasible."""
    draft = Draft(day)
    for route in routes:
        vehicle = day.vehicle_at.get(route.vehicle)
        if vehicle is None or draft.tours[vehicle].nodes:
            continue
        nodes = [node for node in _whole_pairs(day, route) if vehicle in day.able[node // 2]]
        nodes = [node for node in nodes if node // 2 not in draft.rides]
        tour = draft.tours[vehicle]
        tour.set(nodes if day.keeps_order(vehicle, nodes) else day.in_order(vehicle, nodes))
        _lighten(day, tour)
        _settle_ties(day, tour)
        draft.rides.update((node // 2, vehicle) for node in tour.nodes)
    return draft


def polish(draft: Draft) -> Draft:
    """Serve what must be served, put in what still fits and pays, drop what does not pay. In place."""
    force_required(draft)
    drop_losers(draft)
    top_up(draft)
    return draft


def top_up(draft: Draft, shipments: Iterable[int] | None = None) -> None:
    """Put loads that ride nowhere where they are cheapest, as long as they bring more than they cost."""
    day = draft.day
    for i in order_by_worth(day, draft.left() if shipments is None else shipments):
        must = not day.problem.shipments[i].optional
        spot = draft.find_spot(i, FOREVER if must else day.worth[i])
        if spot is not None:
            draft.put(i, spot)


def drop_losers(draft: Draft) -> None:
    """Take off optional loads, then whole tours, that cost more than they bring."""
    day = draft.day
    for tour in draft.tours:
        for i in sorted({node // 2 for node in tour.nodes}, key=lambda i: (day.worth[i], i)):
            if day.problem.shipments[i].optional and _gain_without(tour, {i}) > EPSILON:
                draft.take(i)
        aboard = {node // 2 for node in tour.nodes}
        if all(day.problem.shipments[i].optional for i in aboard) and _gain_without(tour, aboard) > EPSILON:
            for i in aboard:
                draft.take(i)


def force_required(draft: Draft) -> None:
    """Make room for loads that must ride by taking optional ones off; those are put elsewhere if they fit."""
    day = draft.day
    missing = [i for i in draft.left() if not day.problem.shipments[i].optional]
    for i in order_by_worth(day, missing):
        spot = draft.find_spot(i)
        if spot is not None:
            draft.put(i, spot)
        else:
            _eject_for(draft, i)


def _eject_for(draft: Draft, shipment: int) -> None:
    """Try each able truck with its cheapest optional loads off; keep the trial that loses least."""
    day = draft.day
    best: tuple[float, int, list[int]] | None = None
    for k in day.able[shipment]:
        nodes, lost = list(draft.tours[k].nodes), 0.0
        aboard = {node // 2 for node in nodes if day.problem.shipments[node // 2].optional}
        for i in sorted(aboard, key=lambda i: (day.worth[i], i)):
            nodes = [node for node in nodes if node // 2 != i]
            lost += day.worth[i]
            trial = Tour(day, k, nodes)
            spot = trial.find_spot(shipment, FOREVER) if trial.ok else None
            if spot is not None and (best is None or lost + spot.cost < best[0]):
                best = (lost + spot.cost, k, nodes)
            if best is not None and lost > best[0]:
                break
    if best is None:
        return
    for i in {node // 2 for node in draft.tours[best[1]].nodes} - {node // 2 for node in best[2]}:
        draft.take(i)
    spot = draft.tours[best[1]].find_spot(shipment, FOREVER)
    if spot is not None:
        draft.put(shipment, spot)


def _gain_without(tour: Tour, shipments: set[int]) -> float:
    """Yuan won by taking these loads off; nothing where that would make the rest of the tour late."""
    rest = Tour(tour.day, tour.vehicle, [node for node in tour.nodes if node // 2 not in shipments])
    worth = sum(tour.day.worth[i] for i in shipments)
    return tour.cost - rest.cost - worth if rest.ok else 0.0


def _whole_pairs(day: Day, route: Route) -> list[int]:
    """The route's nodes, without shipments that are unknown, repeated, or not pickup-then-delivery."""
    seen: dict[int, list[int]] = {}
    nodes = []
    for step in route.steps:
        i = day.shipment_at.get(step.shipment)
        if i is not None:
            node = 2 * i + (step.kind == "delivery")
            seen.setdefault(i, []).append(node)
            nodes.append(node)
    return [node for node in nodes if seen[node // 2] == [node // 2 * 2, node // 2 * 2 + 1]]


def _lighten(day: Day, tour: Tour) -> None:
    """Take loads off an infeasible tour until it is feasible: least worth first, what must ride last."""
    while not tour.ok and tour.nodes:
        aboard = {node // 2 for node in tour.nodes}
        order = list(reversed(order_by_worth(day, aboard)))
        rests = [[node for node in tour.nodes if node // 2 != i] for i in order]
        cure = next((rest for rest in rests if Tour(day, tour.vehicle, rest).ok), rests[0])
        tour.set(cure)


def _settle_ties(day: Day, tour: Tour) -> None:
    """Bring steps at one place into one order: VROOM picks any of equal plans, and runs must repeat."""
    settled: list[int] = []
    for _, run in groupby(tour.nodes, key=lambda node: day.place[node]):
        nodes = list(run)
        # Deliveries first makes room; a load picked up and delivered in one place keeps its order.
        if len({node // 2 for node in nodes}) == len(nodes):
            nodes.sort(key=lambda node: (node % 2 == 0, node))
        settled += nodes
    if settled != tour.nodes:
        trial = Tour(day, tour.vehicle, settled)
        if trial.ok and trial.metres == tour.metres:
            tour.set(settled)
