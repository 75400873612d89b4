"""Every screen of the ways of pledging on a large day, over HTTP; then the whole match of that day. Never a timed test.

    python -m benchmarks.ways [--pledges 20000] [--lots 5000] [--times 20] [--databases sqlite,postgresql]

gunicorn with one worker; each screen is asked `--times` times, one request after the other, by a person for whom it is at its
largest. CPU is the server's and the database's together; statements are counted in a process of their own. What a screen must
keep: under 10 statements and under 300 ms of CPU.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.servers import (
    Database,
    Server,
    cpu_seconds,
    fetch,
    gunicorn,
    manage,
    markdown_table,
    percentile,
    postgresql,
    run_script,
    sqlite,
)

KINDS: dict[str, Callable] = {"sqlite": sqlite, "postgresql": postgresql}
COLUMNS = ("database", "screen", "who", "statements", "CPU ms", "p50 ms", "bytes", "")
MATCH = (
    *("lots", "wants", "arcs", "lines", "matched_g", "engine", "gap", "cpu_s"),
    *("computed_s", "computed_cpu_s", "carried_out_s", "carried_out_cpu_s", "booked", "gone"),
)
MOST_STATEMENTS, MOST_MS = 9, 300

# (name of the address, its number in what was seeded, who asks, what follows the path)
SCREENS = (
    ("orders:pledges", "", "buyer", ""),
    ("orders:pledge", "pledge", "buyer", ""),
    ("orders:change", "pledge", "buyer", ""),
    ("orders:cancel", "pledge", "buyer", ""),
    ("orders:place", "lot", "buyer", ""),
    ("orders:holds", "", "clerk", ""),
    ("orders:relay", "", "clerk", ""),
    ("orders:stalls", "", "clerk", ""),
    ("orders:demands", "", "buyer", ""),
    ("orders:demand", "demand", "buyer", ""),
    ("orders:demand_new", "", "buyer", ""),
    ("orders:wanted", "", "farmer", ""),
    ("orders:wanted_demand", "demand", "farmer", ""),
    ("orders:offers", "", "buyer", ""),
    ("orders:offers", "", "farmer", "?side=seller"),
    ("orders:standing", "", "buyer", ""),
    ("orders:standing_pledge", "standing", "buyer", ""),
    ("orders:to_bring", "", "farmer", ""),
    ("logistics:statements", "", "buyer", ""),
    ("logistics:statements", "", "farmer", ""),
    ("market:notices", "", "buyer", ""),
    ("orders:policies", "", "buyer", ""),
    ("orders:policy_new", "nearest", "desk", ""),
    ("orders:spoiling", "", "desk", "?hours=48"),
    ("orders:match", "", "desk", ""),
    ("orders:match_run", "run", "desk", ""),
    ("orders:match_run", "run", "desk", "?show=unmet"),
    ("orders:match_run", "run", "desk", "?show=unsold"),
    ("orders:match_run", "run", "desk", f"?party={quote('采购单位1')}"),
    ("orders:match_mine", "", "buyer", ""),
    ("orders:match_mine", "", "farmer", ""),
)


def prepare(database: Database, pledges: int, lots: int) -> dict:
    for words in (("migrate", "-v0"), ("createcachetable",), ("load_reference",)):
        manage(database, *words)
    seeded = run_script(database, "benchmarks.seed_ways", str(pledges), str(lots))
    manage(database, "reconcile")
    return seeded


def path_of(name: str, number: str, seeded: dict, query: str) -> str | None:
    """None where this product has no such screen (yet)."""
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse(name, args=[seeded.get(number, number)] if number else []) + query
    except NoReverseMatch:
        return None


def measure(server: Server, database: Database, path: str, session: str, times: int) -> tuple[int, float, float, int]:
    """Status, CPU ms each, p50 ms, bytes."""
    import time

    cookie = f"sessionid={session}"
    fetch(server.port, path, cookie)
    before, waited = cpu_seconds(server, database), []
    for _ in range(times):
        began = time.perf_counter()
        status, _headers, body = fetch(server.port, path, cookie)
        waited.append(time.perf_counter() - began)
    cpu = (cpu_seconds(server, database) - before) / times
    return status, cpu * 1000, percentile(waited, 0.5) * 1000, len(body.encode())


def screens(database: Database, seeded: dict, times: int) -> list[list[object]]:
    asked = [(name, who, path_of(name, number, seeded, query)) for name, number, who, query in SCREENS]
    there = [(name, who, path) for name, who, path in asked if path is not None]
    words = [word for _name, who, path in there for word in (path, seeded["sessions"][who])]
    counted = run_script(database, "benchmarks.seed_ways", "statements", *words)
    rows = []
    with gunicorn(database, workers=1) as server:
        for name, who, path in there:
            status, cpu, p50, size = measure(server, database, path, seeded["sessions"][who], times)
            most = counted[path][1]
            late = most > MOST_STATEMENTS or cpu >= MOST_MS or status != 200
            shown = name + (unquote(path[path.index("?") :]) if "?" in path else "")
            said = "" if not late else f"✗ {status}" if status != 200 else "✗"
            rows.append([database.name, shown, who, most, f"{cpu:.0f}", f"{p50:.0f}", f"{size:,}", said])
    missing = [name for name, _who, path in asked if path is None]
    if missing:
        print("no such screen:", ", ".join(missing))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pledges", type=int, default=20_000)
    parser.add_argument("--lots", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--databases", default="sqlite,postgresql")
    asked = parser.parse_args()
    _set_up_django()
    rows, matches = [], []
    for name in asked.databases.split(","):
        with KINDS[name]() as database:
            seeded = prepare(database, asked.pledges, asked.lots)
            matched = run_script(database, "benchmarks.seed_ways", "match")
            manage(database, "reconcile")
            matches.append([database.name, *(matched[key] for key in MATCH)])
            rows += screens(database, {**seeded, "run": matched["run"]}, asked.times)
    print(markdown_table(COLUMNS, rows))
    print()
    print(markdown_table(("database", *MATCH), matches))


def _set_up_django() -> None:
    """For the addresses only; no database is asked here."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()


if __name__ == "__main__":
    main()
