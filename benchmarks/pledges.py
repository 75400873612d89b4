"""Pledging on one hot lot over HTTP, beside a bare Django view in the same run. Never a timed test.

    python -m benchmarks.pledges [--seconds 10] [--clients 16] [--databases sqlite,postgresql]

gunicorn with two workers of four threads; each client is a buyer with a session, opens the form once, and then sends it
again and again with its token, a new key and one 斤. Both are measured in turns. The bare view does one INSERT and one guarded UPDATE on tables of its
own: no middleware, session, form, validation or history. A second round sells a lot out: what is oversold is said in grams.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.servers import (
    Answer,
    Client,
    Database,
    Server,
    cpu_seconds,
    drive,
    fetch,
    gunicorn,
    manage,
    markdown_table,
    percentile,
    postgresql,
    run_script,
    sqlite,
)

GRAMS = 500
PLENTY = 10**12
SCARCE = 400 * GRAMS
TURNS = 5
COLUMNS = ("database", "view", "accepted/s", "of bare", "p95 ms", "CPU ms each", "statements", "oversold g", "errors")


def post(path: str, body: bytes, cookie: str = "") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/x-www-form-urlencoded"]
    lines += [f"Cookie: {cookie}"] * bool(cookie) + [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def buyer(server: Server, number: int, seeded: dict, lot: int) -> Client:
    """A buyer who opened the form: session, cookie and token as a browser keeps them."""
    mine = seeded["buyers"][number]
    path = f"/orders/lots/{lot}/pledge/"
    status, headers, page = fetch(server.port, path, f"sessionid={mine['session']}")
    if status != 200:
        raise SystemExit(f"the form was answered {status}")
    cookie = re.search(r"csrftoken=([^;]+)", headers["Set-Cookie"])[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    fixed = f"csrfmiddlewaretoken={token}&dock={mine['dock']}&window_from=06%3A00&window_to=10%3A00&reference="
    fixed += "&quantity=1%E6%96%A4&key="
    jar = f"sessionid={mine['session']}; csrftoken={cookie}"
    return Client(f"buyer{number}", lambda _n: post(path, (fixed + str(uuid.uuid4())).encode(), jar))


def accepted(answers: list[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.status == 302]


@dataclass
class Side:
    """One of the two that are measured in turns, so that what else the machine does meets both alike."""

    server: Server
    database: Database
    clients: list[Client]
    answers: list[Answer] = field(default_factory=list)
    lasted: float = 0.0
    spent: float = 0.0

    def turn(self, seconds: float) -> None:
        before, began = cpu_seconds(self.server, self.database), time.perf_counter()
        self.answers += drive(self.server.port, self.clients, seconds)
        self.spent += cpu_seconds(self.server, self.database) - before
        self.lasted += time.perf_counter() - began

    @property
    def rate(self) -> float:
        return len(accepted(self.answers)) / self.lasted

    def cells(self, of: Side) -> list[str]:
        good = accepted(self.answers)
        p95 = percentile([answer.seconds for answer in good], 0.95) * 1000
        each = self.spent * 1000 / max(len(good), 1)
        return [f"{self.rate:.0f}", f"{100 * self.rate / of.rate:.0f} %", f"{p95:.0f}", f"{each:.2f}"]


def bare_clients(database: Database, clients: int) -> list[Client]:
    offer = run_script(database, "benchmarks.bare.seed", str(10**15))["offer"]
    request = post(f"/promise/{offer}/", f"grams={GRAMS}".encode())
    return [Client(f"bare{n}", lambda _n: request) for n in range(clients)]


def measure(kind: Callable, seconds: float, clients: int) -> list[list[object]]:
    """The rows of one kind of database: the bare view and ours, each on an empty one of its own."""
    with kind() as plain, kind() as database:
        many = bare_clients(plain, clients)
        for words in (("migrate", "-v0"), ("createcachetable",), ("load_reference",)):
            manage(database, *words)
        seeded = run_script(database, "benchmarks.seed_pledges", str(clients), str(PLENTY))
        lot, session = seeded["lot"], seeded["buyers"][0]["session"]
        with gunicorn(plain, "benchmarks.bare.wsgi") as bare_server, gunicorn(database) as server:
            bare = Side(bare_server, plain, many)
            ours = Side(server, database, [buyer(server, number, seeded, lot) for number in range(clients)])
            in_turns(bare, ours, seconds)
            oversold = sell_out(server, database, seeded, clients)
        sums = run_script(database, "benchmarks.seed_pledges", "sums", str(lot))
        counted = run_script(database, "benchmarks.seed_pledges", "statements", str(lot), session)["statements"]
    if sums["apart_g"]:
        raise SystemExit(f"allocations and reservation are {sums['apart_g']} g apart")
    return [
        [database.name, "bare", *bare.cells(bare), 2, "–", errors_of(bare)],
        [database.name, "pledge", *ours.cells(bare), counted, oversold + sums["oversold_g"], errors_of(ours)],
    ]


def errors_of(side: Side) -> int:
    return len(side.answers) - len(accepted(side.answers))


def in_turns(bare: Side, ours: Side, seconds: float) -> None:
    for side in (bare, ours):
        drive(side.server.port, side.clients, min(2.0, seconds))  # both workers warm, all connections open
    for _ in range(TURNS):
        bare.turn(seconds / TURNS)
        ours.turn(seconds / TURNS)


def sell_out(server: Server, database: Database, seeded: dict, clients: int) -> int:
    """All buyers at once on a lot of 400 斤: exactly 400 pledges must be accepted. Returns what was oversold."""
    lot = run_script(database, "benchmarks.seed_pledges", "lot", str(SCARCE))["lot"]
    many = [buyer(server, number, seeded, lot) for number in range(clients)]
    answers = drive(server.port, many, 4)
    sums = run_script(database, "benchmarks.seed_pledges", "sums", str(lot))
    promised = max(sums["pledges"], len(accepted(answers))) * GRAMS
    print(f"{database.name}: lot of {SCARCE} g, {promised} g promised, {len(answers)} asked", file=sys.stderr)
    return max(sums["oversold_g"], promised - SCARCE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--databases", default="sqlite,postgresql")
    asked = parser.parse_args()
    kinds: dict[str, Callable] = {"sqlite": sqlite, "postgresql": postgresql}
    rows = []
    for name in asked.databases.split(","):
        rows += measure(kinds[name], asked.seconds, asked.clients)
    print(markdown_table(COLUMNS, rows))


if __name__ == "__main__":
    main()
