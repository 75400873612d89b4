"""What a dispatch day is and what an answer to it is, as frozen values.

Units: grams, metres, seconds from the day's midnight, yuan. Places are 0-based indices into the two
matrices; a duration already contains the gate time of the place it leads to. The JSON text of these
values, and every refusal of a malformed one, lives in ``parsing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from orders.solving import SolvingError

Window = tuple[int, int]
Matrix = tuple[tuple[int, ...], ...]
Kind = Literal["pickup", "delivery"]

WHOLE_DAY: Window = (0, 86_400)
BASE_WORTH_YUAN = 200
WORTH_PER_KG_YUAN = 3
PRIORITY_WEIGHTS = (1.0, 1.2, 1.5)
"""Weight of priority 1, 2 and 3: the sooner it spoils, the more a kilogram on a truck is worth."""

NO_SKILL = "no_vehicle_with_skill"
TOO_HEAVY = "too_heavy"
WINDOW = "window_cannot_be_met"
FLEET_FULL = "fleet_full"
NOT_WORTH_IT = "not_worth_the_trip"
NO_COLD, NO_PASS = "no_cold_vehicle", "no_vehicle_with_pass"
CLOSED = "place_closed"
BANNED = "too_large_for_the_place"
REASONS = (NO_SKILL, TOO_HEAVY, WINDOW, FLEET_FULL, NOT_WORTH_IT, NO_COLD, NO_PASS, CLOSED, BANNED)
"""Stable codes of why a shipment was left behind; ``reasons`` finds them, screens translate them."""


COLD_SKILL, PASS_SKILL = "cold", "pass"
"""The skill of a pass between two counties is "pass:430221>430202"."""
EXEMPT = ("yes", "disputed", "no", "never")
"""Whether a load counts for the toll exemption: listed fresh produce, not settled, other fresh produce, grain."""


class PlannerError(SolvingError):
    """Base of everything the planner refuses; its text is a sentence fit for a person."""


class ProblemError(PlannerError):
    """The problem or plan given is malformed; the sentence names the field."""


class NoPlanError(PlannerError):
    """Something that must be served cannot be; ``sentences`` tell what is wrong with the best plan found."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
        super().__init__(f"No valid plan was found: {sentences[0]}{more}")


class EngineError(PlannerError):
    """An engine is missing, crashed, or gave no usable proposal."""


@dataclass(frozen=True)
class Shipment:
    """One load to carry from its pickup place to its delivery place on one truck.

    ``pickup_windows`` and ``delivery_windows``, where given, are the several times of day in which service may begin, in
    order; the single window is then the span from the first to the last. No window at all: the place is shut all day.
    ``chilled`` needs room in a partitioned truck's cold part. ``exempt`` (one of EXEMPT) matters to tolls only.
    """

    id: str
    pickup: int
    delivery: int
    mass_g: int
    pickup_window: Window = WHOLE_DAY
    delivery_window: Window = WHOLE_DAY
    pickup_service_s: int = 0
    delivery_service_s: int = 0
    skills: frozenset[str] = frozenset()
    priority: int = 1
    optional: bool = True
    worth_yuan: float | None = None
    pickup_windows: tuple[Window, ...] | None = None
    delivery_windows: tuple[Window, ...] | None = None
    chilled: bool = False
    exempt: str = "yes"

    @property
    def worth(self) -> float:
        """Yuan gained by carrying it: its own figure, else a small base plus kilograms by priority."""
        if self.worth_yuan is not None:
            return self.worth_yuan
        weight = PRIORITY_WEIGHTS[min(max(self.priority, 1), len(PRIORITY_WEIGHTS)) - 1]
        return BASE_WORTH_YUAN + WORTH_PER_KG_YUAN * weight * self.mass_g / 1000


@dataclass(frozen=True)
class Toll:
    """What a truck pays on motorways. ``motorway_percent`` of a leg longer than ``motorway_from_m`` is motorway.

    Nothing is due on a leg with at least ``full_percent`` of the capacity aboard, no grain, and at most
    ``admixture_percent`` of the mass not surely listed.
    """

    yuan_per_km: float
    full_percent: int = 80
    admixture_percent: int = 20
    motorway_percent: int = 60
    motorway_from_m: int = 12_000


@dataclass(frozen=True)
class Closure:
    """The truck may not be at work in the place from ``span[0]`` to ``span[1]`` (a ban of large trucks)."""

    place: int
    span: Window


@dataclass(frozen=True)
class Vehicle:
    """One truck for one shift. ``start`` or ``end`` None: it begins or stops wherever its work does.

    ``cold_capacity_g``: grams its cold part holds (None: all of it). ``max_driving_s``: driving a shift; a driver rests
    ``break_s`` before driving more than ``break_after_s`` without a rest (waiting that long is a rest).
    ``aboard``: shipments on it when the shift begins; their pickups come first, at ``start``, and take no time. The places
    they are brought to keep the order in which they stand here.
    ``pinned``: shipments that ride on this truck or on none.
    """

    id: str
    capacity_g: int
    start: int | None = None
    end: int | None = None
    shift: Window = WHOLE_DAY
    skills: frozenset[str] = frozenset()
    fixed_cost: float = 0.0
    cost_per_km: float = 0.0
    max_distance_m: int | None = None
    max_stops: int | None = None
    cold_capacity_g: int | None = None
    max_driving_s: int | None = None
    break_s: int = 0
    break_after_s: int = 14_400
    toll: Toll | None = None
    closed: tuple[Closure, ...] = ()
    aboard: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One pickup or one delivery of one shipment."""

    kind: Kind
    shipment: str


@dataclass(frozen=True)
class Route:
    """What one truck does, in order."""

    vehicle: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Unserved:
    """A shipment left behind, with the stable code of the reason (see ``reasons``)."""

    shipment: str
    reason: str


@dataclass(frozen=True)
class Problem:
    """One day to plan. ``initial_routes`` is the remainder of an earlier plan, a start and not a lock.

    ``gates_s``: seconds of every duration that are the gate of the place it leads to, and no driving.
    """

    distances_m: Matrix
    durations_s: Matrix
    shipments: tuple[Shipment, ...]
    vehicles: tuple[Vehicle, ...]
    initial_routes: tuple[Route, ...] = ()
    gates_s: tuple[int, ...] = ()

    @cached_property
    def shipment_by_id(self) -> dict[str, Shipment]:
        """Shipments by their id."""
        return {shipment.id: shipment for shipment in self.shipments}

    @cached_property
    def vehicle_by_id(self) -> dict[str, Vehicle]:
        """Vehicles by their id."""
        return {vehicle.id: vehicle for vehicle in self.vehicles}

    @cached_property
    def bound_to(self) -> dict[str, str]:
        """The one vehicle that may carry a shipment, for those aboard or pinned."""
        return {name: vehicle.id for vehicle in self.vehicles for name in (*vehicle.aboard, *vehicle.pinned)}

    @classmethod
    def from_json(cls, value: str | bytes | Mapping[str, Any]) -> Problem:
        """Read JSON text or an already parsed object. Raises: ProblemError naming the field."""
        from orders.logistics.planner.parsing import read_problem

        return read_problem(value)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of this problem, as ``from_json`` reads it."""
        from orders.logistics.planner.parsing import write_problem

        return write_problem(self)


@dataclass(frozen=True)
class RouteNote:
    """Something to know about a truck's route: a stable ``kind`` and the shipments it is about."""

    vehicle: str
    kind: str
    shipments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """An answer. ``engine`` made it in ``cpu_s`` CPU seconds; ``note`` says why it is not the usual one.

    ``notes`` say what a dispatcher should know about a route, as that it mixes grain with vegetables.

    ``log`` tells what happened on the way, for the record and not for the driver.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    engine: str
    cpu_s: float = 0.0
    note: str = ""
    log: tuple[str, ...] = ()
    notes: tuple[RouteNote, ...] = ()

    @classmethod
    def from_json(cls, value: str | bytes | Mapping[str, Any]) -> Plan:
        """Read JSON text or an already parsed object. Raises: ProblemError naming the field."""
        from orders.logistics.planner.parsing import read_plan

        return read_plan(value)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of this plan; ``note`` and ``log`` only where there is something to say."""
        from orders.logistics.planner.parsing import write_plan

        return write_plan(self)
