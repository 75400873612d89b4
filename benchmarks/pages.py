"""Board and lot pages over HTTP, beside a bare list and a bare detail in the same run. Never a timed test.

    python -m benchmarks.pages [--lots 10000,100000] [--seconds 8] [--clients 4] [--databases sqlite,postgresql]
    python -m benchmarks.pages --mixed [--seconds 60]

gunicorn with two workers of four threads; kept-alive clients ask as fast as they are answered. "made" is every page made
anew; "shared" is what anonymous readers see, with pages shared for `PAGE_SECONDS`, who ask for the first ten pages of the
board in turn, for some of the filters, or for each of the 24 lots on its first page. The bare views are a site without middleware: one indexed
query for 24 rows (or one row) and a minimal Django template. CPU is the server's and the database's together.

`--mixed` holds 300 board pages a second and 50 pledges a second on one lot, for a minute.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pledges import PLENTY, buyer
from benchmarks.servers import (
    Answer,
    Client,
    Database,
    Server,
    cpu_seconds,
    drive,
    gunicorn,
    manage,
    markdown_table,
    percentile,
    postgresql,
    run_script,
    sqlite,
)

UNCACHED = "benchmarks.uncached"
PAGES_A_SECOND, PLEDGES_A_SECOND = 300, 50
READERS, BUYERS = 30, 10
KINDS: dict[str, Callable] = {"sqlite": sqlite, "postgresql": postgresql}
COLUMNS = (
    "database",
    "lots",
    "page",
    "how",
    "requests/s",
    "p95 ms",
    "CPU ms each",
    "of bare",
    "statements",
    "bytes, headers too",
)
MIXED_COLUMNS = ("database", "lots", "what", "asked/s", "done/s", "p50 ms", "p95 ms", "errors", "CPU of a core")

BOARD = [f"/board/?page={number}" for number in range(1, 11)]
FILTERED = [
    "/board/?kind=vegetable&county=430203&price=3",
    "/board/?produce=sigua&grade=first",
    f"/board/?q={quote('白关 丝瓜')}",
    f"/board/?town=430203100&left={quote('200斤')}&sort=price",
]


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def in_turn(name: str, paths: Sequence[str], number: int, every: float = 0.0) -> Client:
    """A reader who asks for the paths one after another, each reader from another one on."""
    requests = itertools.cycle([get(path) for path in paths[number % len(paths) :] + paths[: number % len(paths)]])
    return Client(name, lambda _n: next(requests), every)


def measure(
    server: Server, database: Database, paths: list[str], seconds: float, clients: int
) -> tuple[float, float, float, int]:
    """Requests a second, p95 in ms, CPU ms for each, bytes of the largest body."""
    many = [in_turn("reader", paths, number) for number in range(clients)]
    drive(server.port, many, min(2.0, seconds))  # both workers warm, all connections open
    before, began = cpu_seconds(server, database), time.perf_counter()
    answers = drive(server.port, many, seconds)
    spent, lasted = cpu_seconds(server, database) - before, time.perf_counter() - began
    bad = [answer for answer in answers if answer.status != 200]
    if bad:
        raise SystemExit(f"{len(bad)} of {len(answers)} answers were not 200, the first {bad[0].status}")
    p95 = percentile([answer.seconds for answer in answers], 0.95) * 1000
    return len(answers) / lasted, p95, spent * 1000 / len(answers), max(answer.size for answer in answers)


def row(
    database: Database,
    lots: int,
    page: str,
    how: str,
    measured: tuple[float, float, float, int],
    bare: float,
    sql: object,
) -> list[object]:
    rate, p95, cpu, size = measured
    share = f"{cpu / bare:.2f} ×" if bare else "1 ×"
    return [database.name, f"{lots:,}", page, how, f"{rate:.0f}", f"{p95:.1f}", f"{cpu:.2f}", share, sql, f"{size:,}"]


def bare(database: Database, lots: int, seconds: float, clients: int) -> tuple[dict[str, float], list[list[object]]]:
    run_script(database, "benchmarks.bare.seed", "1000", str(lots))
    rows, costs = [], {}
    with gunicorn(database, "benchmarks.bare.wsgi") as server:
        for page, paths in (("list", ["/lines/"]), ("detail", [f"/lines/{pk}/" for pk in range(1, 25)])):
            measured = measure(server, database, paths, seconds, clients)
            costs[page] = measured[2]
            rows.append(row(database, lots, page, "bare", measured, 0, 1))
    return costs, rows


def prepare(database: Database, lots: int) -> dict:
    for words in (("migrate", "-v0"), ("createcachetable",), ("load_reference",)):
        manage(database, *words)
    return run_script(database, "benchmarks.seed_pages", str(lots))


def ours(database: Database, lots: int, seconds: float, clients: int, costs: dict[str, float]) -> list[list[object]]:
    details = [f"/lots/{pk}/" for pk in prepare(database, lots)["shown"][:24]]
    pages = (("board", BOARD, "list"), ("board, filtered", FILTERED, "list"), ("lot", details, "detail"))
    counted = run_script(database, "benchmarks.seed_pages", "statements", *BOARD[:1], *FILTERED, details[0])
    rows = []
    for how, settings in (("made", UNCACHED), ("shared", "")):
        with gunicorn(database, settings=settings) as server:
            for page, paths, beside in pages:
                measured = measure(server, database, paths, seconds, clients)
                most = max(counted[path] for path in counted if path in paths)
                rows.append(
                    row(database, lots, page, how, measured, costs[beside], most if how == "made" else f"0–{most}")
                )
    return rows


def mixed(database: Database, lots: int, seconds: float) -> list[list[object]]:
    """Readers of the board and buyers of one lot together, at a steady pace."""
    prepare(database, lots)
    seeded = run_script(database, "benchmarks.seed_pledges", str(BUYERS), str(PLENTY))
    with gunicorn(database) as server:
        readers = [in_turn("page", [*BOARD, *FILTERED], n, READERS / PAGES_A_SECOND) for n in range(READERS)]
        buyers = [buyer(server, n, seeded, seeded["lot"]) for n in range(BUYERS)]
        for one in buyers:
            one.name, one.every = "pledge", BUYERS / PLEDGES_A_SECOND
        drive(server.port, [*readers, *buyers], min(3.0, seconds))
        before, began = cpu_seconds(server, database), time.perf_counter()
        answers = drive(server.port, [*readers, *buyers], seconds)
        lasted = time.perf_counter() - began
        cores = (cpu_seconds(server, database) - before) / lasted
    sums = run_script(database, "benchmarks.seed_pledges", "sums", str(seeded["lot"]))
    if sums["apart_g"] or sums["oversold_g"]:
        raise SystemExit(f"the sums of the lot do not agree: {sums}")
    wanted = (("page", PAGES_A_SECOND, 200), ("pledge", PLEDGES_A_SECOND, 302))
    return [mixed_row(database, lots, name, rate, status, answers, lasted, cores) for name, rate, status in wanted]


def mixed_row(
    database: Database, lots: int, name: str, rate: int, status: int, answers: list[Answer], lasted: float, cores: float
) -> list[object]:
    mine = [answer for answer in answers if answer.name == name]
    good = [answer.seconds * 1000 for answer in mine if answer.status == status]
    p50, p95 = percentile(good, 0.5), percentile(good, 0.95)
    errors, done = len(mine) - len(good), len(good) / lasted
    return [database.name, f"{lots:,}", name, rate, f"{done:.0f}", f"{p50:.1f}", f"{p95:.1f}", errors, f"{cores:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lots", default="10000,100000")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--mixed", action="store_true")
    asked = parser.parse_args()
    rows: list[list[object]] = []
    for name, lots in itertools.product(asked.databases.split(","), map(int, asked.lots.split(","))):
        if asked.mixed:
            with KINDS[name]() as database:
                rows += mixed(database, lots, asked.seconds or 60)
            continue
        with KINDS[name]() as database:
            costs, bare_rows = bare(database, lots, asked.seconds or 8, asked.clients)
        with KINDS[name]() as database:
            rows += bare_rows + ours(database, lots, asked.seconds or 8, asked.clients, costs)
    print(markdown_table(MIXED_COLUMNS if asked.mixed else COLUMNS, rows))


if __name__ == "__main__":
    main()
