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
REASONS = (NO_SKILL, TOO_HEAVY, WINDOW, FLEET_FULL, NOT_WORTH_IT)
"""Stable codes of why a shipment was left behind; ``reasons`` finds them, screens translate them."""


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
    """One load to carry from its pickup place to its delivery place on one truck."""

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

    @property
    def worth(self) -> float:
        """Yuan gained by carrying it: its own figure, else a small base plus kilograms by priority."""
        if self.worth_yuan is not None:
            return self.worth_yuan
        weight = PRIORITY_WEIGHTS[min(max(self.priority, 1), len(PRIORITY_WEIGHTS)) - 1]
        return BASE_WORTH_YUAN + WORTH_PER_KG_YUAN * weight * self.mass_g / 1000


@dataclass(frozen=True)
class Vehicle:
    """One truck for one shift. ``start`` or ``end`` None: it begins or stops wherever its work does."""

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
    """One day to plan. ``initial_routes`` is the remainder of an earlier plan, a start and not a lock."""

    distances_m: Matrix
    durations_s: Matrix
    shipments: tuple[Shipment, ...]
    vehicles: tuple[Vehicle, ...]
    initial_routes: tuple[Route, ...] = ()

    @cached_property
    def shipment_by_id(self) -> dict[str, Shipment]:
        """Shipments by their id."""
        return {shipment.id: shipment for shipment in self.shipments}

    @cached_property
    def vehicle_by_id(self) -> dict[str, Vehicle]:
        """Vehicles by their id."""
        return {vehicle.id: vehicle for vehicle in self.vehicles}

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
class Plan:
    """An answer. ``engine`` made it in ``cpu_s`` CPU seconds; ``note`` says why it is not the usual one.

    ``log`` tells what happened on the way, for the record and not for the driver.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    engine: str
    cpu_s: float = 0.0
    note: str = ""
    log: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: str | bytes | Mapping[str, Any]) -> Plan:
        """Read JSON text or an already parsed object. Raises: ProblemError naming the field."""
        from orders.logistics.planner.parsing import read_plan

        return read_plan(value)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of this plan; ``note`` and ``log`` only where there is something to say."""
        from orders.logistics.planner.parsing import write_plan

        return write_plan(self)
