"""The JSON shapes of a Problem and a Plan, and a sentence for everything that is wrong with one.

Every error names the field it is about, as in ``shipments[3].mass_g must be a whole number``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from orders.logistics.planner.fields import MOST_GRAMS, Fields, items, load, whole
from orders.logistics.planner.model import (
    EXEMPT,
    Closure,
    Kind,
    Matrix,
    Plan,
    Problem,
    ProblemError,
    Route,
    RouteNote,
    Shipment,
    Step,
    Toll,
    Unserved,
    Vehicle,
    Window,
)


def read_problem(value: str | bytes | Mapping[str, Any]) -> Problem:
    """A Problem from its JSON. Raises: ProblemError."""
    fields = load(value, "The problem")
    distances = _matrix(fields, "distances_m")
    durations = _matrix(fields, "durations_s")
    if len(distances) != len(durations):
        raise ProblemError(f"durations_s has {len(durations)} places, distances_m has {len(distances)}.")
    places = len(distances)
    shipments = tuple(
        _shipment(Fields(item, f"shipments[{position}]"), places)
        for position, item in enumerate(items(fields.get("shipments"), "shipments"))
    )
    vehicles = tuple(
        _vehicle(Fields(item, f"vehicles[{position}]"), places)
        for position, item in enumerate(items(fields.get("vehicles"), "vehicles"))
    )
    _refuse_twins("shipments", [shipment.id for shipment in shipments])
    _refuse_twins("vehicles", [vehicle.id for vehicle in vehicles])
    initial = _routes(fields.value.get("initial_routes", []), "initial_routes")
    problem = Problem(distances, durations, shipments, vehicles, initial, _gates(fields, places))
    _refuse_strangers(problem)
    return problem


def write_problem(problem: Problem) -> dict[str, Any]:
    """The JSON object of a Problem."""
    return {
        "distances_m": [list(row) for row in problem.distances_m],
        "durations_s": [list(row) for row in problem.durations_s],
        "shipments": [_write_shipment(shipment) for shipment in problem.shipments],
        "vehicles": [_write_vehicle(vehicle) for vehicle in problem.vehicles],
        "initial_routes": [_write_route(route) for route in problem.initial_routes],
        **({"gates_s": list(problem.gates_s)} if problem.gates_s else {}),
    }


def read_plan(value: str | bytes | Mapping[str, Any]) -> Plan:
    """A Plan from its JSON; whether it is a good one is the checker's business. Raises: ProblemError."""
    fields = load(value, "The plan")
    unserved = []
    for position, item in enumerate(items(fields.get("unserved"), "unserved")):
        entry = Fields(item, f"unserved[{position}]")
        reason = entry.value.get("reason", "")
        unserved.append(Unserved(entry.text("shipment"), reason if isinstance(reason, str) else ""))
    log = items(fields.value.get("log", []), "log")
    notes = []
    for position, item in enumerate(items(fields.value.get("notes", []), "notes")):
        entry = Fields(item, f"notes[{position}]")
        notes.append(RouteNote(entry.text("vehicle"), entry.text("kind"), entry.list_of_names("shipments")))
    return Plan(
        routes=_routes(fields.get("routes"), "routes"),
        unserved=tuple(unserved),
        engine=fields.text("engine"),
        cpu_s=fields.number("cpu_s", 0.0),
        note=str(fields.value.get("note", "")),
        log=tuple(str(line) for line in log),
        notes=tuple(notes),
    )


def write_plan(plan: Plan) -> dict[str, Any]:
    """The JSON object of a Plan."""
    value: dict[str, Any] = {
        "routes": [_write_route(route) for route in plan.routes],
        "unserved": [{"shipment": entry.shipment, "reason": entry.reason} for entry in plan.unserved],
        "engine": plan.engine,
        "cpu_s": plan.cpu_s,
    }
    if plan.note:
        value["note"] = plan.note
    if plan.log:
        value["log"] = list(plan.log)
    if plan.notes:
        value["notes"] = [
            {"vehicle": note.vehicle, "kind": note.kind, "shipments": list(note.shipments)} for note in plan.notes
        ]
    return value


def _matrix(fields: Fields, key: str) -> Matrix:
    rows = items(fields.get(key), key)
    matrix = []
    for i, row in enumerate(rows):
        if len(items(row, f"{key}[{i}]")) != len(rows):
            raise ProblemError(f"{key}[{i}] must have {len(rows)} entries, one per place.")
        matrix.append(tuple(whole(entry, f"{key}[{i}][{j}]") for j, entry in enumerate(row)))
    return tuple(matrix)


def _place(fields: Fields, key: str, places: int) -> int:
    place = fields.whole(key)
    if place >= places:
        raise ProblemError(f"{fields.path(key)} is place {place}, but there are only {places}.")
    return place


def _shipment(fields: Fields, places: int) -> Shipment:
    pickup_window, pickup_windows = _windows(fields, "pickup_window")
    delivery_window, delivery_windows = _windows(fields, "delivery_window")
    return Shipment(
        id=fields.text("id"),
        pickup=_place(fields, "pickup", places),
        delivery=_place(fields, "delivery", places),
        mass_g=fields.whole("mass_g", most=MOST_GRAMS),
        pickup_window=pickup_window,
        delivery_window=delivery_window,
        pickup_service_s=fields.whole("pickup_service_s", 0),
        delivery_service_s=fields.whole("delivery_service_s", 0),
        skills=fields.names("skills"),
        priority=fields.whole("priority", 1),
        optional=fields.flag("optional", default=True),
        worth_yuan=fields.number("worth") if fields.has("worth") else None,
        pickup_windows=pickup_windows,
        delivery_windows=delivery_windows,
        chilled=fields.flag("chilled", default=False),
        exempt=fields.choice("exempt", EXEMPT, "yes"),
    )


def _windows(fields: Fields, key: str) -> tuple[Window, tuple[Window, ...] | None]:
    """The single window and the several ones, where there are any: then the single one is their span."""
    several = fields.windows(f"{key}s")
    return ((several[0][0], several[-1][1]) if several else fields.window(key)), several


def _vehicle(fields: Fields, places: int) -> Vehicle:
    vehicle = Vehicle(
        id=fields.text("id"),
        capacity_g=fields.whole("capacity_g", most=MOST_GRAMS),
        start=_place(fields, "start", places) if fields.has("start") else None,
        end=_place(fields, "end", places) if fields.has("end") else None,
        shift=fields.window("shift"),
        skills=fields.names("skills"),
        fixed_cost=fields.number("fixed_cost", 0.0),
        cost_per_km=fields.number("cost_per_km", 0.0),
        max_distance_m=fields.whole("max_distance_m") if fields.has("max_distance_m") else None,
        max_stops=fields.whole("max_stops") if fields.has("max_stops") else None,
        cold_capacity_g=fields.whole("cold_capacity_g", most=MOST_GRAMS) if fields.has("cold_capacity_g") else None,
        max_driving_s=fields.whole("max_driving_s") if fields.has("max_driving_s") else None,
        break_s=fields.whole("break_s", 0),
        break_after_s=fields.whole("break_after_s", Vehicle.break_after_s),
        toll=_toll(Fields(fields.get("toll"), fields.path("toll"))) if fields.has("toll") else None,
        closed=_closures(fields, places),
        aboard=fields.list_of_names("aboard"),
        pinned=fields.list_of_names("pinned"),
    )
    if vehicle.break_s and not vehicle.break_after_s:
        raise ProblemError(f"{fields.path('break_after_s')} must be above 0 where there is a break.")
    if vehicle.aboard and vehicle.start is None:
        raise ProblemError(f"{fields.path('start')} is missing: a truck with loads aboard is somewhere.")
    return vehicle


def _toll(fields: Fields) -> Toll:
    return Toll(
        yuan_per_km=fields.number("yuan_per_km"),
        full_percent=fields.whole("full_percent", Toll.full_percent, 100),
        admixture_percent=fields.whole("admixture_percent", Toll.admixture_percent, 100),
        motorway_percent=fields.whole("motorway_percent", Toll.motorway_percent, 100),
        motorway_from_m=fields.whole("motorway_from_m", Toll.motorway_from_m),
    )


def _closures(fields: Fields, places: int) -> tuple[Closure, ...]:
    found = []
    for position, item in enumerate(items(fields.value.get("closed", []), fields.path("closed"))):
        entry = Fields(item, f"{fields.path('closed')}[{position}]")
        entry.get("span")
        found.append(Closure(_place(entry, "place", places), entry.window("span")))
    return tuple(found)


def _gates(fields: Fields, places: int) -> tuple[int, ...]:
    values = items(fields.value.get("gates_s", []), "gates_s")
    if values and len(values) != places:
        raise ProblemError(f"gates_s must have {places} entries, one per place.")
    return tuple(whole(value, f"gates_s[{n}]") for n, value in enumerate(values))


def _routes(value: Any, name: str) -> tuple[Route, ...]:
    routes = []
    for position, item in enumerate(items(value, name)):
        fields = Fields(item, f"{name}[{position}]")
        steps = []
        for number, entry in enumerate(items(fields.get("steps"), fields.path("steps"))):
            step = Fields(entry, f"{name}[{position}].steps[{number}]")
            kind = step.get("kind")
            if kind not in ("pickup", "delivery"):
                raise ProblemError(f"{step.path('kind')} must be pickup or delivery.")
            steps.append(Step(cast(Kind, kind), step.text("shipment")))
        routes.append(Route(fields.text("vehicle"), tuple(steps)))
    return tuple(routes)


def _refuse_twins(key: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for position, name in enumerate(ids):
        if name in seen:
            raise ProblemError(f"{key}[{position}].id {name!r} is used twice.")
        seen.add(name)


def _refuse_strangers(problem: Problem) -> None:
    bound: set[str] = set()
    for number, vehicle in enumerate(problem.vehicles):
        for key, names in (("aboard", vehicle.aboard), ("pinned", vehicle.pinned)):
            for name in names:
                if name not in problem.shipment_by_id:
                    raise ProblemError(f"vehicles[{number}].{key}: {name!r} is not a shipment.")
                if name in bound:
                    raise ProblemError(f"vehicles[{number}].{key}: {name!r} is bound twice.")
                bound.add(name)
    for position, route in enumerate(problem.initial_routes):
        name = f"initial_routes[{position}]"
        if route.vehicle not in problem.vehicle_by_id:
            raise ProblemError(f"{name}.vehicle {route.vehicle!r} is not one of the vehicles.")
        for number, step in enumerate(route.steps):
            if step.shipment not in problem.shipment_by_id:
                raise ProblemError(f"{name}.steps[{number}].shipment {step.shipment!r} is not a shipment.")


def _write_shipment(shipment: Shipment) -> dict[str, Any]:
    value: dict[str, Any] = {
        "id": shipment.id,
        "pickup": shipment.pickup,
        "delivery": shipment.delivery,
        "mass_g": shipment.mass_g,
        "pickup_window": list(shipment.pickup_window),
        "delivery_window": list(shipment.delivery_window),
        "pickup_service_s": shipment.pickup_service_s,
        "delivery_service_s": shipment.delivery_service_s,
        "skills": sorted(shipment.skills),
        "priority": shipment.priority,
        "optional": shipment.optional,
    }
    if shipment.worth_yuan is not None:
        value["worth"] = shipment.worth_yuan
    if shipment.pickup_windows is not None:
        value["pickup_windows"] = [list(window) for window in shipment.pickup_windows]
    if shipment.delivery_windows is not None:
        value["delivery_windows"] = [list(window) for window in shipment.delivery_windows]
    if shipment.chilled:
        value["chilled"] = True
    if shipment.exempt != "yes":
        value["exempt"] = shipment.exempt
    return value


def _write_vehicle(vehicle: Vehicle) -> dict[str, Any]:
    value = {
        "id": vehicle.id,
        "capacity_g": vehicle.capacity_g,
        "start": vehicle.start,
        "end": vehicle.end,
        "shift": list(vehicle.shift),
        "skills": sorted(vehicle.skills),
        "fixed_cost": vehicle.fixed_cost,
        "cost_per_km": vehicle.cost_per_km,
        "max_distance_m": vehicle.max_distance_m,
        "max_stops": vehicle.max_stops,
    }
    extra = {
        "cold_capacity_g": vehicle.cold_capacity_g,
        "max_driving_s": vehicle.max_driving_s,
        "break_s": vehicle.break_s or None,
        "break_after_s": vehicle.break_after_s if vehicle.break_after_s != Vehicle.break_after_s else None,
        "toll": asdict(vehicle.toll) if vehicle.toll else None,
        "closed": [{"place": closure.place, "span": list(closure.span)} for closure in vehicle.closed] or None,
        "aboard": list(vehicle.aboard) or None,
        "pinned": list(vehicle.pinned) or None,
    }
    return value | {key: found for key, found in extra.items() if found is not None}


def _write_route(route: Route) -> dict[str, Any]:
    return {
        "vehicle": route.vehicle,
        "steps": [{"kind": step.kind, "shipment": step.shipment} for step in route.steps],
    }
