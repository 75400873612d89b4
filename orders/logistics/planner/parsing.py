"""The JSON shapes of a Problem and a Plan, and a sentence for everything that is wrong with one.

Every error names the field it is about, as in ``shipments[3].mass_g must be a whole number``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from orders.logistics.planner.model import (
    WHOLE_DAY,
    Kind,
    Matrix,
    Plan,
    Problem,
    ProblemError,
    Route,
    Shipment,
    Step,
    Unserved,
    Vehicle,
    Window,
)

MOST = 10**9
"""Largest distance, duration or time: the engines keep these in 32 bits and add a few of them up."""
MOST_GRAMS = 10**12
MOST_YUAN = 10**9


class Fields:
    """One JSON object being read; every getter names the field when it refuses."""

    def __init__(self, value: Any, name: str) -> None:
        if not isinstance(value, Mapping):
            raise ProblemError(f"{name} must be an object.")
        self.value, self.name = value, name

    def path(self, key: str) -> str:
        """The full name of a field, for a sentence."""
        return f"{self.name}.{key}" if self.name else key

    def has(self, key: str) -> bool:
        """Is the field there and not null?"""
        return self.value.get(key) is not None

    def get(self, key: str) -> Any:
        """The field's raw value."""
        if key not in self.value:
            raise ProblemError(f"{self.path(key)} is missing.")
        return self.value[key]

    def text(self, key: str) -> str:
        """A non-empty text."""
        value = self.get(key)
        if not isinstance(value, str) or not value:
            raise ProblemError(f"{self.path(key)} must be a non-empty text.")
        return value

    def whole(self, key: str, default: int | None = None, most: int = MOST) -> int:
        """A whole number from 0 to ``most``."""
        if default is not None and key not in self.value:
            return default
        return whole(self.get(key), self.path(key), most)

    def number(self, key: str, default: float | None = None) -> float:
        """A finite amount of yuan or seconds, not negative."""
        if default is not None and key not in self.value:
            return default
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ProblemError(f"{self.path(key)} must be a number.")
        if not 0 <= value <= MOST_YUAN:
            raise ProblemError(f"{self.path(key)} must be between 0 and {MOST_YUAN}.")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.value.get(key, default)
        if not isinstance(value, bool):
            raise ProblemError(f"{self.path(key)} must be true or false.")
        return value

    def window(self, key: str) -> Window:
        """A pair [from, to] of seconds; the whole day where the field is left out."""
        if key not in self.value:
            return WHOLE_DAY
        name = self.path(key)
        pair = items(self.value[key], name)
        if len(pair) != 2:
            raise ProblemError(f"{name} must have two times, from and to.")
        start, end = whole(pair[0], f"{name}[0]"), whole(pair[1], f"{name}[1]")
        if start > end:
            raise ProblemError(f"{name} ends before it begins.")
        return start, end

    def names(self, key: str) -> frozenset[str]:
        """A set of texts; empty where the field is left out."""
        values = items(self.value.get(key, []), self.path(key))
        for position, value in enumerate(values):
            if not isinstance(value, str) or not value:
                raise ProblemError(f"{self.path(key)}[{position}] must be a non-empty text.")
        return frozenset(values)


def whole(value: Any, name: str, most: int = MOST) -> int:
    """Refuse everything but a whole number from 0 to ``most``; true and false are not numbers here."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError(f"{name} must be a whole number.")
    if not 0 <= value <= most:
        raise ProblemError(f"{name} must be between 0 and {most}.")
    return value


def items(value: Any, name: str) -> Sequence[Any]:
    """Refuse everything but a list."""
    if not isinstance(value, list | tuple):
        raise ProblemError(f"{name} must be a list.")
    return value


def load(value: str | bytes | Mapping[str, Any], name: str) -> Fields:
    """Parse JSON text, or take an object that is parsed already."""
    if isinstance(value, str | bytes):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise ProblemError(f"{name} is not JSON: {error}.") from error
    if not isinstance(value, Mapping):
        raise ProblemError(f"{name} must be an object.")
    return Fields(value, "")


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
    problem = Problem(distances, durations, shipments, vehicles, initial)
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
    return Plan(
        routes=_routes(fields.get("routes"), "routes"),
        unserved=tuple(unserved),
        engine=fields.text("engine"),
        cpu_s=fields.number("cpu_s", 0.0),
        note=str(fields.value.get("note", "")),
        log=tuple(str(line) for line in log),
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
    return Shipment(
        id=fields.text("id"),
        pickup=_place(fields, "pickup", places),
        delivery=_place(fields, "delivery", places),
        mass_g=fields.whole("mass_g", most=MOST_GRAMS),
        pickup_window=fields.window("pickup_window"),
        delivery_window=fields.window("delivery_window"),
        pickup_service_s=fields.whole("pickup_service_s", 0),
        delivery_service_s=fields.whole("delivery_service_s", 0),
        skills=fields.names("skills"),
        priority=fields.whole("priority", 1),
        optional=fields.flag("optional", default=True),
        worth_yuan=fields.number("worth") if fields.has("worth") else None,
    )


def _vehicle(fields: Fields, places: int) -> Vehicle:
    return Vehicle(
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
    )


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
    return value


def _write_vehicle(vehicle: Vehicle) -> dict[str, Any]:
    return {
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


def _write_route(route: Route) -> dict[str, Any]:
    return {
        "vehicle": route.vehicle,
        "steps": [{"kind": step.kind, "shipment": step.shipment} for step in route.steps],
    }
