"""`up` refuses a port that is taken, and its children do not outlive it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cms.management.commands import up
from market.models import Place

PARENT = """
import sys, time
from cms.management.commands.up import _start
print(_start([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""


def test_a_port_that_is_taken_is_refused_before_anything_is_done(db):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"127.0.0.1:{port} cannot be used"):
            call_command("up", bind=f"127.0.0.1:{port}")

    assert not Place.objects.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has died")
def test_the_children_of_a_killed_supervisor_end_with_it():
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": os.getcwd()}
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=env)
    child = int(parent.stdout.readline())
    assert _is_running(child)

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    deadline = time.monotonic() + 5
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(child)


def _is_running(pid: int) -> bool:
    """A zombie that nobody has buried yet does not run."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Answer(BaseHTTPRequestHandler):
    """What production answers to a bare address: 400 for an unknown host, 301 to https for a known one."""

    status = 400

    def do_GET(self):
        self.send_response(self.status)
        if self.status == 301:
            self.send_header("Location", "https://market.invalid/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        """Nothing on the screen."""


@pytest.fixture
def supervisor(monkeypatch):
    """One whose web server lives; whether it answers is the test's affair."""
    monkeypatch.setattr(up, "READY_SECONDS", 1)
    out = StringIO()
    made = up.Supervisor(up.Command(stdout=out), {"bind": "", "workers": 1, "threads": 1, "demo": False})
    made.children["web"] = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield made
    made._stop()


@pytest.mark.parametrize("status", [200, 301, 400])
def test_any_status_is_an_answer_also_where_the_site_listens_everywhere(supervisor, status):
    handler = type("Handler", (Answer,), {"status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        supervisor.options["bind"] = f"0.0.0.0:{server.server_port}"
        supervisor._announce()
        server.shutdown()

    assert f"http://127.0.0.1:{server.server_port}/" in supervisor.out.getvalue()


def test_a_site_that_does_not_answer_in_time_is_given_up(supervisor):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        supervisor.options["bind"] = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(CommandError, match="did not answer"):
            supervisor._announce()
