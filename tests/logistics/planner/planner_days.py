"""Small days to plan in tests: a fixed one, and random ones for hypothesis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from orders.logistics.planner.model import Plan, Problem, Route, Shipment, Step, Unserved, Vehicle

PLACES = 5


def tiny_day(**changes: Any) -> Problem:
    """Two loads, two trucks, places 1 km and 60 s apart on a line; place 0 is the trucks' yard."""
    distances = tuple(tuple(1000 * abs(i - j) for j in range(PLACES)) for i in range(PLACES))
    durations = tuple(tuple(60 * abs(i - j) for j in range(PLACES)) for i in range(PLACES))
    day = Problem(
        distances_m=distances,
        durations_s=durations,
        shipments=(
            Shipment("a", 1, 2, 600_000, pickup_service_s=30, delivery_service_s=40),
            Shipment("b", 1, 3, 500_000, skills=frozenset({"cold"})),
        ),
        vehicles=(
            Vehicle("v1", 1_000_000, 0, 0, (0, 10_000), frozenset({"cold"}), 100, 2.0, 50_000, 10),
            Vehicle("v2", 1_500_000, 0, None, (0, 10_000), frozenset(), 120, 2.5),
        ),
    )
    return replace(day, **changes)


def route(vehicle: str, *steps: str) -> Route:
    """A route from words such as "+a" (pick up a) and "-a" (deliver a)."""
    kinds = {"+": "pickup", "-": "delivery"}
    return Route(vehicle, tuple(Step(kinds[step[0]], step[1:]) for step in steps))  # type: ignore[arg-type]


def plan(*routes: Route, left: dict[str, str] | None = None) -> Plan:
    """A plan of these routes that leaves some loads with a reason."""
    return Plan(routes, tuple(Unserved(name, reason) for name, reason in (left or {}).items()), "test")


def windows(latest: int = 20_000) -> st.SearchStrategy[tuple[int, int]]:
    """Windows wide enough to be met now and then."""
    return st.tuples(st.integers(0, latest // 2), st.integers(2_000, latest)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    )


@st.composite
def shipments(draw: st.DrawFn, name: str) -> Shipment:
    """Any load, possible or not, optional or (rarely) not."""
    return Shipment(
        id=name,
        pickup=draw(st.integers(0, PLACES - 1)),
        delivery=draw(st.integers(0, PLACES - 1)),
        mass_g=draw(st.integers(1, 2_500_000)),
        pickup_window=draw(windows()),
        delivery_window=draw(windows()),
        pickup_service_s=draw(st.integers(0, 600)),
        delivery_service_s=draw(st.integers(0, 600)),
        skills=draw(st.frozensets(st.sampled_from(["cold", "core"]), max_size=1)),
        priority=draw(st.integers(0, 4)),
    )


@st.composite
def vehicles(draw: st.DrawFn, name: str) -> Vehicle:
    """Any truck: open or closed, limited or not."""
    place = st.one_of(st.none(), st.integers(0, PLACES - 1))
    return Vehicle(
        id=name,
        capacity_g=draw(st.integers(500_000, 3_000_000)),
        start=draw(place),
        end=draw(place),
        shift=draw(windows(30_000)),
        skills=draw(st.frozensets(st.sampled_from(["cold", "core"]))),
        fixed_cost=draw(st.integers(0, 400)),
        cost_per_km=draw(st.sampled_from([0.0, 1.8, 2.2, 2.25, 3.8])),
        max_distance_m=draw(st.one_of(st.none(), st.integers(0, 80_000))),
        max_stops=draw(st.one_of(st.none(), st.integers(0, 8))),
    )


@st.composite
def days(draw: st.DrawFn, most: int = 6) -> Problem:
    """Small random days; the matrices are not symmetric and break the triangle rule."""
    size = range(PLACES)
    distances = tuple(tuple(0 if i == j else draw(st.integers(0, 40_000)) for j in size) for i in size)
    durations = tuple(tuple(0 if i == j else draw(st.integers(0, 3_000)) for j in size) for i in size)
    loads = tuple(draw(shipments(f"s{n}")) for n in range(draw(st.integers(0, most))))
    trucks = tuple(draw(vehicles(f"v{n}")) for n in range(draw(st.integers(0, 3))))
    return Problem(distances, durations, loads, trucks)
