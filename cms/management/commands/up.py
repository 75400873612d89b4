"""The whole site with one command: web server, task worker and clock under one supervisor."""

import ctypes
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

TICK_SECONDS = 60
READY_SECONDS = 60
STOP_SECONDS = 15
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - where to call them
PR_SET_PDEATHSIG = 1  # prctl(2)


class Command(BaseCommand):
    help = "Prepare the database, then run the web server, the task worker and the clock until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8000", help="address:port to listen on")
        parser.add_argument("--workers", type=int, default=2, help="web server processes")
        parser.add_argument("--threads", type=int, default=4, help="threads in each")
        parser.add_argument("--demo", action="store_true", help="load the demo day and print the demo log-ins")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["demo"] and not settings.DEMO:
            raise CommandError("--demo needs the setting DEMO=1, which production refuses")
        _refuse_taken(options["bind"])
        call_command("prepare", stdout=self.stdout)
        if options["demo"]:
            call_command("load_demo", stdout=self.stdout)
        Supervisor(self, options).run()


class Supervisor:
    """Starts the children, restarts one that dies, ticks the clock, and stops all of them together."""

    def __init__(self, command: Command, options: dict[str, Any]) -> None:
        self.out = command.stdout
        self.options = options
        self.stopping = threading.Event()
        manage = [sys.executable, sys.argv[0]]
        self.commands = {
            "web": _gunicorn(options),
            "worker": [*manage, "db_worker", "--queue-name", "*", "--interval", "1", "--no-reload", "-v0"],
        }
        self.tick_command = [*manage, "tick"]
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, float] = {}

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            self._keep_running()
            self._announce()
            next_tick = time.monotonic() + TICK_SECONDS
            while not self.stopping.wait(0.5):
                self._keep_running()
                if time.monotonic() >= next_tick:
                    next_tick += TICK_SECONDS
                    self._tick()
        finally:
            self._stop()

    def _keep_running(self) -> None:
        for name, command in self.commands.items():
            child = self.children.get(name)
            if child is not None and child.poll() is None:
                continue
            if child is not None and time.monotonic() - self.started[name] < 2:
                self.stopping.wait(2)  # a child that dies at once is not restarted in a hot loop
            self.children[name] = _start(command)
            self.started[name] = time.monotonic()

    def _tick(self) -> None:
        running = self.children.get("clock")
        if running is None or running.poll() is not None:
            self.children["clock"] = _start(self.tick_command)

    def _announce(self) -> None:
        """Say where the site is once it answers, and who can log in."""
        called = _local(self.options["bind"])
        address = f"http://{called}/"
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(called):
            if time.monotonic() > deadline or self.stopping.wait(0.3):
                raise CommandError(f"the site did not answer at {address}; is the port in use? Set PORT to another one")
            self._refuse_dead_web()
        if self.options["demo"]:
            from cms.demo.logins import table  # noqa: PLC0415 - the demo is not needed in production

            self.out.write(table())
        self.out.write(f"\n绿通集市 · Green Channel Market: {address}   (Ctrl+C stops it)")
        self.out.flush()

    def _refuse_dead_web(self) -> None:
        if (status := self.children["web"].poll()) is not None:
            raise CommandError(
                f"the web server stopped with status {status}; is the port in use? Set PORT to another one"
            )

    def _stop(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        for child in self.children.values():
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


def _gunicorn(options: dict[str, Any]) -> list[str]:
    """--reuse-port: one listening socket each, or a worker idles half of the time; 8190: bulk ids travel in the URL."""
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", options["bind"]),
        *("--worker-class", "gthread", "--workers", str(options["workers"]), "--threads", str(options["threads"])),
        *("--reuse-port", "--limit-request-line", "8190", "--log-level", "warning", "--timeout", "60"),
    ]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """A child that ends when the supervisor does, even when that is killed: no orphan keeps the port or takes tasks."""
    return subprocess.Popen(command, preexec_fn=_end_with_parent)  # noqa: S603, PLW1509 - our own command line, no threads yet


def _end_with_parent() -> None:
    """Linux only; elsewhere the children of a killed supervisor have to be stopped by hand."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _refuse_taken(bind: str) -> None:
    """With --reuse-port two sites could share a port, and each would answer half of the requests."""
    host, _colon, port = bind.rpartition(":")
    if not port.isdecimal() or host.startswith("["):
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise CommandError(
                f"{bind} cannot be used ({error.strerror}): stop what listens there, or set PORT to another one"
            ) from error


def _local(bind: str) -> str:
    """Where this machine reaches what listens at `bind`: nobody can call 0.0.0.0."""
    host, _colon, port = bind.rpartition(":")
    return f"{EVERYWHERE.get(host, host)}:{port}"


def _answers(address: str) -> bool:
    """Any status is an answer: in production the bare address is refused (ALLOWED_HOSTS) or sent on to https."""
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (http.client.HTTPException, OSError):
        return False
    finally:
        connection.close()
    return True
