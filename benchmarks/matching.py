"""Synthetic matching days solved by every method: a measured claim, printed as a table. Never a timed test.

    python benchmarks/matching.py [--sizes 100x500,1000x5000,5000x20000] [--seeds 1,2] [--kinds network,minimum]
                                  [--engines greedy,auto,effort] [--seconds S] [--write FOLDER]

Days: commodities in three grades within 90 km, a price cap, freshness on the buyer's day, the best 40 arcs of a
pledge; 30 % of the pledges are aimed at one listing, 35 % are all-or-nothing, lots give 25-300 kg at least, and
a bonus is paid on the first 35 % of each co-operative's offer. ``network`` is the same day without minimum lots
and without all-or-nothing. CPU seconds and memory are those of the worker process, its start and the reading
included; ``effort`` is ``auto`` with counted work (the usual effort of that size), solved twice to see whether both
answers are the same; violations are counted by the checker; the gap is to the bound that the row's own run proves.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from orders.matching.budget import usual_effort
from orders.matching.checker import check
from orders.matching.model import Arc, FairShare, Lot, Pledge, Problem, Result

BUDGETS = {("network", 100): 3, ("network", 1000): 5, ("network", 5000): 10}
BUDGETS |= {("minimum", 100): 3, ("minimum", 1000): 15, ("minimum", 5000): 60}
COMMODITIES = {100: 10, 1000: 26, 5000: 40}
SAFETY_SECONDS = 600
"""Behind an effort, which is to end the work on a busy machine too."""
MOST_ARCS = 40
FAIR_PART = 35


@dataclass(frozen=True)
class Offer:
    """What decides which pledge a lot may serve."""

    commodity: int
    grade: int
    x_km: float
    y_km: float
    cents: int
    days_fresh: int


def make_day(lots: int, pledges: int, seed: int) -> Problem:
    """A day of that size, the same for the same seed."""
    rng = random.Random(f"{lots}x{pledges}/{seed}")
    kinds = COMMODITIES.get(lots, max(4, round(3.2 * lots**0.24)))
    offers = [_make_offer(rng, kinds) for _ in range(lots)]
    sellers = [f"c{rng.randrange(max(3, lots // 6))}" for _ in range(lots)]
    stock = tuple(
        Lot(f"l{n}", _mass(rng, 400, 9000), rng.choice((25, 50, 100, 200, 300)) * 1000, sellers[n]) for n in range(lots)
    )
    by_commodity: dict[int, list[int]] = {}
    for n, offer in enumerate(offers):
        by_commodity.setdefault(offer.commodity, []).append(n)
    wanted, arcs = [], []
    for n in range(pledges):
        wanted.append(Pledge(f"p{n}", _mass(rng, 25, 4000), rng.random() < 0.35))
        arcs += _make_arcs(rng, f"p{n}", offers, by_commodity)
    offered: dict[str, int] = {}
    for lot in stock:
        offered[lot.seller] = offered.get(lot.seller, 0) + lot.available_g
    share = FairShare(250, {seller: grams * FAIR_PART // 100 for seller, grams in sorted(offered.items())})
    return Problem(stock, tuple(wanted), tuple(arcs), share)


def without_minimum(problem: Problem) -> Problem:
    """The same day as a plain network."""
    return replace(
        problem,
        lots=tuple(replace(lot, minimum_g=0) for lot in problem.lots),
        pledges=tuple(replace(pledge, whole=False) for pledge in problem.pledges),
    )


def _mass(rng: random.Random, least_kg: float, most_kg: float) -> int:
    return 5000 * max(1, round(math.exp(rng.uniform(math.log(least_kg), math.log(most_kg))) / 5))


def _make_offer(rng: random.Random, kinds: int) -> Offer:
    angle, km = rng.uniform(0, 2 * math.pi), 60 * math.sqrt(rng.random())
    place = km * math.cos(angle), km * math.sin(angle)
    return Offer(rng.randrange(kinds), rng.choice((1, 1, 2, 2, 3)), *place, rng.randint(150, 700), rng.randint(1, 6))


def _make_arcs(rng: random.Random, name: str, offers: list[Offer], by_commodity: dict[int, list[int]]) -> list[Arc]:
    """The arcs of one pledge: its one listing, or the best lots of its commodity that suit it."""
    if rng.random() < 0.3:
        aim = rng.randrange(len(offers))
        return [Arc(f"l{aim}", name, _score(offers[aim], 20.0, offers[aim].cents + rng.randint(0, 150)))]
    commodity = rng.choice(sorted(by_commodity))
    worst_grade, cap, day = rng.choice((1, 2, 3)), rng.randint(250, 800), rng.choice((0, 1, 1, 2, 3))
    x, y = rng.uniform(-30, 30), rng.uniform(-30, 30)
    found = []
    for n in by_commodity[commodity]:
        offer = offers[n]
        km = math.hypot(offer.x_km - x, offer.y_km - y)
        if offer.grade <= worst_grade and offer.cents <= cap and offer.days_fresh >= day and km <= 90:
            found.append(Arc(f"l{n}", name, _score(offer, km, cap)))
    return sorted(found, key=lambda arc: (-arc.score_per_kg, arc.lot))[:MOST_ARCS]


def _score(offer: Offer, km: float, cap: int) -> int:
    """1,000 for a kilogram carried, more for what spoils soon and for price left over, less for distance."""
    return 1000 + 60 * (6 - offer.days_fresh) + (cap - offer.cents) // 2 - round(4 * km)


def fair_part(problem: Problem, result: Result) -> float:
    """Of a hundred sellers with a fair share: how many got it."""
    seller = {lot.id: lot.seller for lot in problem.lots}
    sold: Counter[str] = Counter()
    for lot, _, grams in result.allocations:
        sold[seller[lot]] += grams
    promised = problem.fair_share.grams
    return 100 * sum(sold[name] >= grams for name, grams in promised.items()) / max(1, len(promised))


def peak_of(process: int) -> int:
    """Peak memory so far in kB. Not ``ru_maxrss``: that counts what this process had when it started the other."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def call(path: Path, engine: str, seconds: float, effort: int = 0) -> dict[str, Any]:
    """Run the command on a file; its CPU seconds and peak memory, start included, are added to what it prints."""
    command = [sys.executable, "-m", "orders.matching", str(path), "--seconds", str(seconds), "--engine", engine]
    command += ["--effort", str(effort)] if effort else []
    with tempfile.TemporaryFile() as printed:
        process = os.posix_spawn(
            sys.executable,
            [*command, "--log"],
            {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
            file_actions=[(os.POSIX_SPAWN_DUP2, printed.fileno(), 1)],
        )
        peak_kb = pid = 0
        while not pid:
            peak_kb = max(peak_kb, peak_of(process))
            time.sleep(0.02)
            pid, status, usage = os.wait4(process, os.WNOHANG)
        printed.seek(0)
        if status:
            sys.exit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}.")
        answer: dict[str, Any] = json.load(printed)
    return answer | {"used_s": usage.ru_utime + usage.ru_stime, "peak_mb": peak_kb / 1024}


def report(name: str, problem: Problem, path: Path, engine: str, seconds: float) -> None:
    """Solve one problem and print its row."""
    effort = usual_effort(problem) if engine == "effort" else 0
    asked = ("auto", SAFETY_SECONDS, effort) if effort else (engine, seconds)
    answer = call(path, *asked)
    result = Result.from_json(answer)
    over = "yes" if result.is_cut else "no"
    same = "-" if not effort else "yes" if call(path, *asked)["allocations"] == answer["allocations"] else "no"
    given = f"effort {effort:,}" if effort else f"{seconds:g} s"
    print(
        f"| {name} | {len(problem.arcs):,} | {engine} | {result.method} | {given} | {answer['used_s']:.2f} "
        f"| {answer['peak_mb']:.0f} | {result.score:,.0f} | {100 * result.gap:.3f} | {fair_part(problem, result):.1f} "
        f"| {over} | {same} | {len(check(problem, result))} |",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100x500,1000x5000")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--kinds", default="network,minimum")
    parser.add_argument("--engines", default="greedy,auto")
    parser.add_argument("--seconds", type=float, help="CPU seconds per matching; by size where left out")
    parser.add_argument("--write", type=Path, help="keep the problems in this folder, as JSON")
    options = parser.parse_args()
    print(
        "| day | arcs | asked | method | given | CPU s | MB | score | gap % | fair % | clock | same twice | violations |"
    )
    print("|" + " --- |" * 13)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.write or Path(scratch)
        folder.mkdir(exist_ok=True)
        for size in options.sizes.split(","):
            lots, pledges = (int(part) for part in size.split("x"))
            for seed in options.seeds.split(","):
                day = make_day(lots, pledges, int(seed))
                for kind in options.kinds.split(","):
                    problem = day if kind == "minimum" else without_minimum(day)
                    path = folder / f"{size}-{seed}-{kind}.json"
                    path.write_text(json.dumps(problem.to_json()))
                    for engine in options.engines.split(","):
                        seconds = options.seconds or BUDGETS.get((kind, lots), 10.0)
                        report(f"{size} seed {seed} {kind}", problem, path, engine, seconds)


if __name__ == "__main__":
    main()
