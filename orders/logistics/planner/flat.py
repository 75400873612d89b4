"""A problem as flat lists of integers, for the working copy in ``insertion``.

Shipments and vehicles are integers (their position in the problem); node ``2 * i`` is the pickup of shipment ``i`` and
``2 * i + 1`` its delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from orders.logistics.planner.model import EXEMPT, Closure, Problem, Vehicle, Window
from orders.logistics.planner.prepare import delivery_windows, pickup_windows, prepare

MIX_YUAN = 20.0
"""What a tour that mixes grain with other loads is held to cost beside its tolls: nobody should do so unawares."""
KINDS = {word: number for number, word in enumerate(EXEMPT)}


class Day:
    """A problem as flat lists, so that the inner loops touch integers only."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem = prepare(problem)
        self.distances = problem.distances_m
        self.durations = problem.durations_s
        self.place: list[int] = []
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.service: list[int] = []
        self.delta: list[int] = []
        self.gaps: dict[int, tuple[Window, ...]] = {}
        for shipment in problem.shipments:
            self._add_node(shipment.pickup, pickup_windows(shipment), shipment.pickup_service_s, shipment.mass_g)
            self._add_node(shipment.delivery, delivery_windows(shipment), shipment.delivery_service_s, -shipment.mass_g)
        self.chilled = [shipment.chilled for shipment in problem.shipments]
        self.kinds = [KINDS[shipment.exempt] for shipment in problem.shipments]
        self.gates = problem.gates_s or (0,) * len(problem.distances_m)
        self.worth = [shipment.worth for shipment in problem.shipments]
        self._shut: dict[tuple[Closure, ...], dict[int, tuple[Window, ...]]] = {}
        self.shipment_at = {shipment.id: i for i, shipment in enumerate(problem.shipments)}
        self.vehicle_at = {vehicle.id: k for k, vehicle in enumerate(problem.vehicles)}
        bound = problem.bound_to
        self.able = [
            [
                k
                for k, vehicle in enumerate(problem.vehicles)
                if shipment.skills <= vehicle.skills and bound.get(shipment.id, vehicle.id) == vehicle.id
            ]
            for shipment in problem.shipments
        ]
        self.aboard = [
            [self.shipment_at[name] for name in vehicle.aboard if name in self.shipment_at]
            for vehicle in problem.vehicles
        ]
        kinds: dict[Vehicle, int] = {}
        self.twin = [kinds.setdefault(replace(vehicle, id=""), k) for k, vehicle in enumerate(problem.vehicles)]

    def keeps_order(self, vehicle: int, nodes: Sequence[int]) -> bool:
        """Do the places to which the goods aboard are brought come in their order?"""
        aboard = self.aboard[vehicle]
        brought = [node for node in nodes if node % 2 and node // 2 in aboard]
        riding = {node // 2 for node in brought}
        return [self.place[node] for node in brought] == [self.place[2 * i + 1] for i in aboard if i in riding]

    def in_order(self, vehicle: int, nodes: Sequence[int]) -> list[int]:
        """The nodes with the deliveries of what is aboard changed about until they come in their order."""
        aboard = self.aboard[vehicle]
        brought = {node // 2 for node in nodes if node % 2 and node // 2 in aboard}
        turns = iter([2 * i + 1 for i in aboard if i in brought])
        return [next(turns) if node % 2 and node // 2 in brought else node for node in nodes]

    def _add_node(self, place: int, windows: tuple[Window, ...], service: int, delta: int) -> None:
        if len(windows) > 1:
            self.gaps[len(self.place)] = tuple((before[1], after[0]) for before, after in pairwise(windows))
        self.place.append(place)
        # No window at all: it closes before it opens.
        self.opens.append(windows[0][0] if windows else 1)
        self.closes.append(windows[-1][1] if windows else -1)
        self.service.append(service)
        self.delta.append(delta)

    def gaps_for(self, vehicle: int) -> dict[int, tuple[Window, ...]]:
        """Per node, in order, between which moments this truck may not begin, though its window spans them."""
        closed = self.problem.vehicles[vehicle].closed
        if not closed:
            return self.gaps
        if closed not in self._shut:
            spans: dict[int, list[Window]] = {}
            for closure in closed:
                spans.setdefault(closure.place, []).append(closure.span)
            gaps = dict(self.gaps)
            for node, place in enumerate(self.place):
                if place in spans:
                    more = [(start - self.service[node], end) for start, end in spans[place]]
                    gaps[node] = _merged([*gaps.get(node, ()), *more])
            self._shut[closed] = gaps
        return self._shut[closed]


def _merged(spans: list[Window]) -> tuple[Window, ...]:
    """Overlapping spans as one; spans that only touch leave the moment between them open."""
    merged: list[Window] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def after(moment: int, gaps: tuple[Window, ...]) -> int:
    """The first moment from this one on that lies in no gap."""
    for start, end in gaps:
        if start < moment < end:
            return end
    return moment


def before(moment: int, gaps: tuple[Window, ...]) -> int:
    """The last moment up to this one that lies in no gap."""
    for start, end in gaps:
        if start < moment < end:
            return start
    return moment


def toll_yuan(day: Day, truck: Vehicle, nodes: Sequence[int]) -> float:
    """Motorway toll of a tour, leg by leg, and a little more for mixing grain with vegetables."""
    toll = truck.toll
    if toll is None:
        return 0.0
    rate = toll.yuan_per_km * toll.motorway_percent / 100_000
    least = truck.capacity_g * toll.full_percent
    aboard = [0] * len(KINDS)
    place, yuan, is_mixed = truck.start, 0.0, False
    for node in (*nodes, None):
        target = truck.end if node is None else day.place[node]
        if place is not None and target is not None:
            metres = day.distances[place][target]
            if metres > toll.motorway_from_m:
                total = sum(aboard)
                rest = aboard[1] + aboard[2]
                full = total and total * 100 >= least
                if aboard[3] or not full or rest * 100 > total * toll.admixture_percent:
                    yuan += rate * metres
        if node is None:
            break
        aboard[day.kinds[node // 2]] += day.delta[node]
        is_mixed = is_mixed or bool(aboard[3] and sum(aboard[:3]))
        place = target
    return yuan + (MIX_YUAN if is_mixed else 0.0)
