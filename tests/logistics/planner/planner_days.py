"""Small days to plan in tests: a fixed one, and random ones for hypothesis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from orders.logistics.planner.model import (
    EXEMPT,
    Closure,
    Plan,
    Problem,
    Route,
    Shipment,
    Step,
    Toll,
    Unserved,
    Vehicle,
)

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


def several(low: int = 0) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    """None, one or two windows in order."""
    lengths = st.lists(st.tuples(st.integers(1, 6_000), st.integers(0, 9_000)), max_size=2)

    def laid(pairs: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        at, found = low, []
        for gap, length in pairs:
            found.append((at + gap, at + gap + length))
            at = found[-1][1]
        return tuple(found)

    return lengths.map(laid)


@st.composite
def odd_shipments(draw: st.DrawFn, name: str) -> Shipment:
    """A load with any of the optional fields."""
    load = draw(shipments(name))
    picks, drops = draw(st.one_of(st.none(), several())), draw(st.one_of(st.none(), several(3_000)))
    return replace(
        load,
        optional=draw(st.booleans()) or load.optional,
        pickup_windows=picks,
        pickup_window=(picks[0][0], picks[-1][1]) if picks else load.pickup_window,
        delivery_windows=drops,
        delivery_window=(drops[0][0], drops[-1][1]) if drops else load.delivery_window,
        chilled=draw(st.booleans()),
        exempt=draw(st.sampled_from(EXEMPT)),
    )


@st.composite
def odd_vehicles(draw: st.DrawFn, name: str) -> Vehicle:
    """A truck with any of the optional fields."""
    truck = draw(vehicles(name))
    spans = st.tuples(st.integers(0, PLACES - 1), windows()).map(lambda pair: Closure(*pair))
    toll = st.builds(Toll, st.sampled_from([0.5, 2.0, 9.0]), motorway_from_m=st.sampled_from([0, 12_000]))
    return replace(
        truck,
        cold_capacity_g=draw(st.one_of(st.none(), st.integers(0, truck.capacity_g))),
        max_driving_s=draw(st.one_of(st.none(), st.integers(0, 12_000))),
        break_s=draw(st.sampled_from([0, 0, 600, 1_200])),
        break_after_s=draw(st.sampled_from([1_000, 4_000, 14_400])),
        toll=draw(st.one_of(st.none(), toll)),
        closed=tuple(draw(st.lists(spans, max_size=2))),
    )


@st.composite
def odd_days(draw: st.DrawFn) -> Problem:
    """Small random days with every optional field, and some loads aboard of or pinned to a truck."""
    base = draw(days(0))
    loads = [draw(odd_shipments(f"s{n}")) for n in range(draw(st.integers(0, 6)))]
    trucks = [draw(odd_vehicles(f"v{n}")) for n in range(draw(st.integers(1, 3)))]
    owners = [draw(st.sampled_from([None, None, None, *range(len(trucks))])) for _ in loads]
    for k, truck in enumerate(trucks):
        mine = [load.id for load, owner in zip(loads, owners, strict=True) if owner == k]
        if mine and truck.start is not None and draw(st.booleans()):
            trucks[k] = replace(truck, aboard=tuple(mine))
        else:
            trucks[k] = replace(truck, pinned=tuple(mine))
    gates = draw(st.one_of(st.just(()), st.just((30,) * PLACES)))
    return replace(base, shipments=tuple(loads), vehicles=tuple(trucks), gates_s=gates)
