"""The same problem in the words of engines and of the working copy, which know fewer things than the checker.

- What is aboard becomes a required load picked up at a private place, where nobody else can get to: a copy of its
  truck's start. ``prepare`` does this for everybody; doing it twice changes nothing.
- ``for_engines`` also turns loads pinned to a truck, and places closed to some trucks, into skills.
"""

from __future__ import annotations

from dataclasses import replace

from orders.logistics.planner.model import Closure, Matrix, Problem, Shipment, Vehicle, Window

FAR = 10_000_000
"""Metres and seconds to a private place: beyond any day, and few enough for engines to add up."""


def prepare(problem: Problem) -> Problem:
    """The problem with what is aboard at private places; unchanged where nothing is aboard."""
    carriers = [vehicle for vehicle in problem.vehicles if vehicle.aboard and not _is_private(problem, vehicle)]
    if not carriers:
        return problem
    places, starts = len(problem.distances_m), {}
    for number, vehicle in enumerate(carriers):
        starts[vehicle.id] = (places + number, vehicle.start or 0, vehicle.shift[0])
    sources = [start for _, start, _ in starts.values()]
    vehicles = tuple(
        replace(vehicle, start=starts[vehicle.id][0]) if vehicle.id in starts else vehicle
        for vehicle in problem.vehicles
    )
    where = {name: starts[vehicle.id] for vehicle in carriers for name in vehicle.aboard}
    shipments = tuple(
        _aboard(shipment, where[shipment.id]) if shipment.id in where else shipment for shipment in problem.shipments
    )
    return replace(
        problem,
        distances_m=_with_copies(problem.distances_m, sources),
        durations_s=_with_copies(problem.durations_s, sources),
        shipments=shipments,
        vehicles=vehicles,
        gates_s=(*problem.gates_s, *[0] * len(sources)) if problem.gates_s else (),
    )


def for_engines(problem: Problem) -> Problem:
    """A prepared problem in which pins and closures are skills, and hours of driving also metres.

    What this says too roughly, ``repair`` mends.
    """
    problem = _with_metres(problem)
    skills = _pins(problem) + _openings(problem)
    if not skills:
        return problem
    return replace(
        problem,
        shipments=tuple(
            replace(s, skills=s.skills | {name for name, loads, _ in skills if s.id in loads})
            for s in problem.shipments
        ),
        vehicles=tuple(
            replace(v, skills=v.skills | {name for name, _, able in skills if v.id in able}) for v in problem.vehicles
        ),
    )


def _with_metres(problem: Problem) -> Problem:
    """A limit of driving as a limit of distance, at the mean speed of this problem's roads."""
    if all(vehicle.max_driving_s is None for vehicle in problem.vehicles):
        return problem
    gates = problem.gates_s or (0,) * len(problem.distances_m)
    metres = seconds = 0
    for row, times in zip(problem.distances_m, problem.durations_s, strict=True):
        near = [(m, s - gate) for m, s, gate in zip(row, times, gates, strict=True) if 0 < m < FAR]
        metres += sum(m for m, _ in near)
        seconds += sum(s for _, s in near)
    pace = metres / max(1, seconds)
    return replace(problem, vehicles=tuple(_limited(vehicle, pace) for vehicle in problem.vehicles))


def _limited(vehicle: Vehicle, pace: float) -> Vehicle:
    if vehicle.max_driving_s is None:
        return vehicle
    most = int(vehicle.max_driving_s * pace)
    return replace(
        vehicle, max_distance_m=min(most, most if vehicle.max_distance_m is None else vehicle.max_distance_m)
    )


Skill = tuple[str, set[str], set[str]]
"""A name, the shipments that need it, the vehicles that have it."""


def _pins(problem: Problem) -> list[Skill]:
    return [(f"pinned to {v.id}", set(v.pinned), {v.id}) for v in problem.vehicles if v.pinned]


def _openings(problem: Problem) -> list[Skill]:
    found = []
    for number, closed in enumerate(sorted({v.closed for v in problem.vehicles if v.closed}, key=repr)):
        loads = {shipment.id for shipment in problem.shipments if is_mostly_shut(shipment, closed)}
        if loads:
            found.append((f"open {number}", loads, {v.id for v in problem.vehicles if v.closed != closed}))
    return found


def is_mostly_shut(shipment: Shipment, closed: tuple[Closure, ...]) -> bool:
    """Do these closures take more than half of the time in which the load may be picked up, or delivered?"""
    ends = (
        (shipment.pickup, pickup_windows(shipment), shipment.pickup_service_s),
        (shipment.delivery, delivery_windows(shipment), shipment.delivery_service_s),
    )
    for place, windows, service in ends:
        shut = [closure.span for closure in closed if closure.place == place]
        if shut:
            kept = cut(windows, shut, service)
            if 2 * sum(b - a for a, b in kept) < sum(b - a for a, b in windows) or not kept:
                return True
    return False


def pickup_windows(shipment: Shipment) -> tuple[Window, ...]:
    """All times at which the pickup may begin."""
    return (shipment.pickup_window,) if shipment.pickup_windows is None else shipment.pickup_windows


def delivery_windows(shipment: Shipment) -> tuple[Window, ...]:
    """All times at which the delivery may begin."""
    return (shipment.delivery_window,) if shipment.delivery_windows is None else shipment.delivery_windows


def cut(windows: tuple[Window, ...], shut: list[Window], service: int) -> tuple[Window, ...]:
    """The windows without the moments at which work of that length would reach into a closed span."""
    left = list(windows)
    for start, end in shut:
        kept = []
        for opens, closes in left:
            if opens <= min(closes, start - service):
                kept.append((opens, min(closes, start - service)))
            if max(opens, end) <= closes:
                kept.append((max(opens, end), closes))
        # A window untouched by the span would stand there twice.
        left = sorted(set(kept)) if start - service < end else left
        left = _joined(left)
    return tuple(left)


def _joined(windows: list[Window]) -> list[Window]:
    joined: list[Window] = []
    for opens, closes in windows:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined


def _is_private(problem: Problem, vehicle: Vehicle) -> bool:
    place = vehicle.start
    return place is not None and any(row[place] == FAR for row in problem.durations_s)


def _aboard(shipment: Shipment, start: tuple[int, int, int]) -> Shipment:
    place, _, moment = start
    return replace(
        shipment,
        pickup=place,
        pickup_window=(moment, moment),
        pickup_windows=None,
        pickup_service_s=0,
        optional=False,
    )


def _with_copies(matrix: Matrix, sources: list[int]) -> Matrix:
    """The matrix with one more place for each source: as far from everywhere as it is, and out of reach."""
    rows = [(*row, *[FAR] * len(sources)) for row in matrix]
    for number, source in enumerate(sources):
        beyond = [0 if number == other else FAR for other in range(len(sources))]
        rows.append((*matrix[source], *beyond))
    return tuple(rows)
