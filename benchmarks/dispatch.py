"""Synthetic dispatch days planned by every engine: a measured claim, printed as a table. Never a timed test.

    python benchmarks/dispatch.py [--quick] [--sizes 30x10,200x40] [--engines greedy,vroom,auto] [--seeds 1,2]
    python benchmarks/dispatch.py --li-lim FOLDER_OR_FILE [--seconds 5]

Days: townships up to 60 km from the city, collecting points and docks, trucks of 1.5/3/5/10 t, cold-chain and
core-zone skills, three shifts, 15 % open ends, three shelf-life priorities, 420 km and 40 stops at most.
CPU seconds are those of the worker process, its start included; MB is the most memory it held; violations are counted
by the checker. With --orders the days also have tolls, drivers' hours, cold parts and bans. --rest plans the rest of
each day from 07:30 on with a tenth of late loads.

Li & Lim files (pickup and delivery with time windows): vehicles first, 2,000 per vehicle plus distance; one
unit of distance and time there is 1,000 m and 1,000 s here, so that nothing is rounded away. The gap is to the best
known answer in bks.csv beside the files, where there is one.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
import resource
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from orders.logistics.planner.checker import check, totals
from orders.logistics.planner.matrix import make_matrices
from orders.logistics.planner.model import EXEMPT, Closure, Plan, Problem, Shipment, Toll, Vehicle
from orders.logistics.planner.rest import rest_of
from orders.logistics.planner.run import solve_in_subprocess
from orders.logistics.planner.split import split_mass
from orders.logistics.planner.stability import count_moved

HOUR = 3600
CITY = (28.23, 112.94)
TRUCKS = ((1_500_000, 120, 1.8), (3_000_000, 180, 2.2), (5_000_000, 240, 2.8), (10_000_000, 360, 3.8))
TRUCK_SHARES = (25, 30, 30, 15)
SHIFTS = ((4 * HOUR, 13 * HOUR), (6 * HOUR, 16 * HOUR), (10 * HOUR, 20 * HOUR))
DOCK_WINDOWS = ((5, 9), (6, 11), (8, 14), (12, 18), (5, 18))
BUDGETS = {30: 5.0, 200: 30.0, 500: 60.0, 2000: 180.0}
REST_FROM, REST_SECONDS = 27_000, 4.0
LI_LIM_UNIT = 1000


def make_day(shipments: int, trucks: int, seed: int) -> Problem:
    """A day with about so many shipments (before what is too heavy is cut), the same for the same seed."""
    rng = random.Random(f"{shipments}x{trucks}/{seed}")
    collecting = min(20, max(6, shipments // 10))
    docks = min(60, max(13, shipments // 8))
    depots = max(2, trucks // 10)
    points = _points(rng, collecting, docks, depots)
    gates = [300] * collecting + [600] * docks + [0] * depots
    distances, durations = make_matrices(points, speed_kmh=42, gate_s=gates)
    core = {place for place in range(collecting, collecting + docks) if rng.random() < 0.3}
    windows = {place: rng.choice(DOCK_WINDOWS) for place in range(collecting, collecting + docks)}
    loads: list[Shipment] = []
    for number in range(shipments):
        loads += _make_shipment(rng, f"s{number}", collecting, docks, core, windows)
    first_depot = collecting + docks
    fleet = [_make_truck(rng, k, range(first_depot, first_depot + depots)) for k in range(trucks)]
    return Problem(distances, durations, tuple(loads), tuple(fleet))


def _points(rng: random.Random, collecting: int, docks: int, depots: int) -> list[tuple[float, float]]:
    def ring(least_km: float, most_km: float) -> tuple[float, float]:
        angle, km = rng.uniform(0, 2 * math.pi), math.sqrt(rng.uniform(least_km**2, most_km**2))
        north, east = km * math.cos(angle) / 111.2, km * math.sin(angle) / 111.2
        return CITY[0] + north, CITY[1] + east / math.cos(math.radians(CITY[0]))

    return (
        [ring(12, 60) for _ in range(collecting)]
        + [ring(0, 15) for _ in range(docks)]
        + [ring(5, 30) for _ in range(depots)]
    )


def _make_shipment(
    rng: random.Random,
    name: str,
    collecting: int,
    docks: int,
    core: set[int],
    windows: dict[int, tuple[int, int]],
) -> list[Shipment]:
    """One pledge of 25 kg to 4 t as a shipment, or as equal parts where no able truck could carry it."""
    dock = collecting + rng.randrange(docks)
    mass = 5000 * round(math.exp(rng.uniform(math.log(25), math.log(4000))) / 5)
    skills = {"cold"} if rng.random() < 0.2 else set()
    if dock in core:
        skills.add("core")
    opens, closes = windows[dock]
    ready = rng.choice((4, 5, 6, 8))
    shipment = Shipment(
        id=name,
        pickup=rng.randrange(collecting),
        delivery=dock,
        mass_g=mass,
        pickup_window=(ready * HOUR, (ready + 8) * HOUR),
        delivery_window=(opens * HOUR, closes * HOUR),
        pickup_service_s=300 + mass // 5000,
        delivery_service_s=300 + mass // 5000,
        skills=frozenset(skills),
        priority=rng.choice((1, 1, 2, 3)),
    )
    parts = split_mass(mass, 10_000_000)
    if len(parts) == 1:
        return [shipment]
    return [replace(shipment, id=f"{name}.{n}", mass_g=part) for n, part in enumerate(parts, 1)]


def _make_truck(rng: random.Random, number: int, depots: range) -> Vehicle:
    capacity, fixed, per_km = rng.choices(TRUCKS, TRUCK_SHARES)[0]
    home = rng.choice(depots)
    skills = {skill for skill, share in (("cold", 0.35), ("core", 0.5)) if rng.random() < share}
    return Vehicle(
        id=f"v{number}",
        capacity_g=capacity,
        start=home,
        end=None if rng.random() < 0.15 else home,
        shift=rng.choice(SHIFTS),
        skills=frozenset(skills),
        fixed_cost=fixed,
        cost_per_km=per_km,
        max_distance_m=420_000,
        max_stops=40,
    )


def read_li_lim(path: Path) -> Problem:
    """One Li & Lim file: a row per task (number, x, y, demand, ready, due, service, pickup, delivery)."""
    rows = [[int(value) for value in line.split()] for line in path.read_text().splitlines() if line.strip()]
    (trucks, capacity, *_), tasks = rows[0], rows[1:]
    distances = tuple(tuple(round(math.dist(a[1:3], b[1:3]) * LI_LIM_UNIT) for b in tasks) for a in tasks)
    depot = tasks[0]
    at = {task[0]: place for place, task in enumerate(tasks)}
    shipments = tuple(
        Shipment(
            id=f"s{task[0]}",
            pickup=at[task[0]],
            delivery=at[task[8]],
            mass_g=task[3] * 1000,
            pickup_window=(task[4] * LI_LIM_UNIT, task[5] * LI_LIM_UNIT),
            delivery_window=(tasks[at[task[8]]][4] * LI_LIM_UNIT, tasks[at[task[8]]][5] * LI_LIM_UNIT),
            pickup_service_s=task[6] * LI_LIM_UNIT,
            delivery_service_s=tasks[at[task[8]]][6] * LI_LIM_UNIT,
            optional=False,
        )
        for task in tasks[1:]
        if task[8]
    )
    shift = (depot[4] * LI_LIM_UNIT, depot[5] * LI_LIM_UNIT)
    vehicles = tuple(
        Vehicle(f"v{k}", capacity * 1000, 0, 0, shift, fixed_cost=2000, cost_per_km=1) for k in range(trucks)
    )
    return Problem(distances, distances, shipments, vehicles)


def with_orders(day: Problem, seed: int) -> Problem:
    """The day with what real days have beside: tolls, grain among the loads, hours of driving, cold parts, a ban."""
    rng = random.Random(f"orders {seed}")
    rates = dict(zip((capacity for capacity, *_ in TRUCKS), (0.35, 0.6, 0.9, 1.35), strict=True))
    words = rng.choices(EXEMPT, (80, 4, 8, 8), k=len(day.shipments))
    loads = tuple(
        replace(load, exempt=word, chilled="cold" in load.skills)
        for load, word in zip(day.shipments, words, strict=True)
    )
    docks = sorted({load.delivery for load in day.shipments})
    banned = tuple(Closure(dock, (7 * HOUR, 9 * HOUR)) for dock in docks[::3])
    fleet = tuple(
        replace(
            truck,
            toll=Toll(rates[truck.capacity_g]),
            max_driving_s=8 * HOUR,
            break_s=1200,
            cold_capacity_g=truck.capacity_g // 2 if rng.random() < 0.3 else None,
            closed=banned if truck.capacity_g > 5_000_000 else (),
        )
        for truck in day.vehicles
    )
    docks_and_yards = {load.pickup for load in day.shipments} | set(docks)
    gates = tuple(300 if place in docks_and_yards else 0 for place in range(len(day.distances_m)))
    return replace(day, shipments=loads, vehicles=fleet, gates_s=gates)


def best_known(path: Path) -> float | None:
    """2,000 per vehicle plus distance of the best answer known."""
    for folder in (path.parent, path.parent.parent):
        if (folder / "bks.csv").exists():
            with (folder / "bks.csv").open() as file:
                for row in csv.DictReader(file):
                    if row["instance"] == path.stem:
                        return 2000 * int(row["best_vehicles"]) + float(row["best_distance"])
    return None


def report(name: str, problem: Problem, engine: str, seconds: float, seed: int, best: float | None = None) -> Plan:
    """Plan one problem and print its row."""
    plan = solve_in_subprocess(problem, seconds=seconds, seed=seed, engine=engine)
    done = totals(problem, plan.routes)
    offered = sum(shipment.mass_g for shipment in problem.shipments) or 1
    share = 100 * done.served_g / offered
    made_by = plan.engine if not plan.note else f"{plan.engine} ({plan.note})"
    gap = f"{100 * (done.cost / best - 1):.1f}" if best else ""
    print(
        f"| {name} | {engine} | {made_by} | {seconds:g} | {share:.1f} | {done.loads} of {len(problem.shipments)} "
        f"| {len(plan.routes)} | {done.distance_m / 1000:,.1f} | {done.cost + done.toll:,.0f} | {done.net:,.0f} | {gap} "
        f"| {plan.cpu_s:.1f} | {peak_mb():.0f} | {len(check(problem, plan))} |",
        flush=True,
    )
    return plan


def peak_mb() -> float:
    """The most memory any worker so far has held; rows of growing size show their own."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def report_rest(name: str, day: Problem, plan: Plan, engine: str) -> None:
    """Plan the rest of the day from 07:30 on, with a tenth of late loads, and print its row and what moved."""
    late = tuple(replace(load, id=f"late {load.id}") for load in day.shipments[::10])
    rest = rest_of(day, plan, REST_FROM, late)
    made = report(f"{name}, rest", rest, engine, REST_SECONDS, 1)
    carrier = {step.shipment: route.vehicle for route in made.routes for step in route.steps}
    kept = all(carrier.get(load) == truck.id for truck in rest.vehicles for load in truck.aboard)
    planned = len({step.shipment for route in rest.initial_routes for step in route.steps})
    begun = sum(len(truck.aboard) for truck in rest.vehicles)
    moved = count_moved(rest.initial_routes, made.routes)
    print(f"moved {moved} of {planned - begun} planned loads; {begun} aboard, all kept: {kept}", flush=True)


def main() -> None:
    """Print the table."""
    options = _options()
    print(
        "| day | asked | made by | s given | kg % | loads | trucks | km | cost | net | gap % | CPU s | MB | violations |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    engines = options.engines.split(",")
    if options.li_lim:
        files = sorted(options.li_lim.glob("*.txt")) if options.li_lim.is_dir() else [options.li_lim]
        for path in files:
            for engine in engines:
                report(path.stem, read_li_lim(path), engine, options.seconds or 5.0, 1, best_known(path))
        return
    for size in options.sizes.split(","):
        shipments, trucks = (int(part) for part in size.split("x"))
        seconds = options.seconds or BUDGETS.get(shipments, 30.0) / (10 if options.quick else 1)
        for seed in options.seeds.split(",")[: 1 if options.quick else None]:
            problem = make_day(shipments, trucks, int(seed))
            problem = with_orders(problem, int(seed)) if options.orders else problem
            for engine in engines:
                name = f"{size} seed {seed}"
                plan = report(name, problem, engine, max(seconds, 1.0), 1)
                if options.rest:
                    report_rest(name, problem, plan, engine)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one day of each size, a tenth of the time")
    parser.add_argument("--sizes", default="30x10,200x40")
    parser.add_argument("--engines", default="greedy,vroom,auto")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--seconds", type=float, help="CPU seconds per plan; by size where left out")
    parser.add_argument("--orders", action="store_true", help="with tolls, drivers' hours, cold parts and a ban")
    parser.add_argument("--rest", action="store_true", help="then plan the rest of the day with late loads")
    parser.add_argument("--li-lim", type=Path, help="a Li & Lim file, or a folder of them")
    return parser.parse_args()


if __name__ == "__main__":
    main()
