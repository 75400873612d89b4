"""The worker process: its exit status, and that killed, missing, crashing or lying workers cost no plan."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.dispatch import make_day, with_orders
from orders.logistics.planner.checker import check
from orders.logistics.planner.model import NoPlanError, Plan, Problem, Shipment
from orders.logistics.planner.run import solve_in_subprocess
from orders.solving.process import ROOT
from tests.logistics.planner.planner_days import plan, route, tiny_day

COMMAND = [sys.executable, "-m", "orders.logistics.planner"]


def call(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], input=text, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(tiny_day().to_json()))
    return path


@pytest.fixture
def impostor(tmp_path: Path):
    """A stand-in for the Python interpreter that runs a script of ours instead of the worker."""

    def make(body: str) -> str:
        path = tmp_path / "python"
        path.write_text(f"#!{sys.executable}\n" + textwrap.dedent(body))
        path.chmod(0o755)
        return str(path)

    return make


def test_the_command_prints_a_plan_that_passes_the_checker(problem_file: Path) -> None:
    done = call(str(problem_file), "--seconds", "1", "--engine", "vroom", "--seed", "2")

    assert (done.returncode, done.stderr) == (0, "")
    printed = Plan.from_json(done.stdout)
    assert check(tiny_day(), printed) == []
    assert printed.engine == "vroom"
    assert printed.unserved == ()
    assert printed.cpu_s > 0


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("{", 2, "The problem is not JSON"),
        ('{"distances_m": []}', 2, "durations_s is missing"),
        (
            json.dumps(tiny_day(shipments=(Shipment("must", 1, 2, 10**9, optional=False),)).to_json()),
            3,
            "Shipment must must be carried",
        ),
    ],
)
def test_the_command_refuses_with_a_status_and_one_sentence(text: str, status: int, said: str) -> None:
    done = call("-", "--seconds", "1", "--engine", "greedy", text=text)

    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_command_refuses_a_file_that_is_not_there() -> None:
    done = call("no-such-file.json", "--seconds", "1")

    assert done.returncode == 2
    assert "The problem cannot be read" in done.stderr


@pytest.mark.parametrize("wrong", [["--seconds", "0"], ["--seconds", "nan"], [], ["--seed", "-1"]])
def test_the_command_refuses_a_malformed_call(problem_file: Path, wrong: list[str]) -> None:
    assert call(str(problem_file), *wrong).returncode == 2


def test_a_missing_engine_has_its_own_status(problem_file: Path) -> None:
    code = (
        "import sys; sys.modules['vroom'] = None\n"
        "from orders.logistics.planner.__main__ import main\n"
        f"sys.exit(main([{str(problem_file)!r}, '--seconds', '1', '--engine', 'vroom']))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )

    assert done.returncode == 4
    assert "The engine vroom is not installed here" in done.stderr


def test_auto_does_without_an_engine_that_is_missing(problem_file: Path) -> None:
    code = (
        "import sys; sys.modules.update(vroom=None, pyvrp=None)\n"
        "from orders.logistics.planner.__main__ import main\n"
        f"sys.exit(main([{str(problem_file)!r}, '--seconds', '1']))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )

    made = Plan.from_json(done.stdout)
    assert made.engine == "greedy"
    assert "No routing engine gave a plan" in made.note
    assert check(tiny_day(), made) == []


def test_the_worker_answers_a_whole_day_from_here() -> None:
    made = solve_in_subprocess(tiny_day(), seconds=1)

    assert made.note == ""
    assert made.engine.startswith("vroom")
    assert check(tiny_day(), made) == []


INVALID = json.dumps(plan(route("v2", "+a", "-a", "+b", "-b")).to_json())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import time; time.sleep(60)", "was killed"),
        ("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", "was killed"),
        ("raise SystemExit(7)", "ended with status 7"),
        ("import os; os.abort()", "ended with status -6"),
        ("import sys; sys.exit('The engine vroom is not installed here.')", "not installed here"),
        ("print('a plan, honestly')", "is not JSON"),
        ("print('[1]')", "must be an object"),
        (f"print({INVALID!r})", "an invalid plan: Vehicle v2 lacks cold"),
    ],
)
def test_a_worker_that_fails_is_replaced_by_the_greedy_plan(impostor, caplog, body: str, said: str) -> None:
    began = time.monotonic()

    made = solve_in_subprocess(tiny_day(), seconds=0.2, python=impostor(body), grace_s=0.5)

    assert made.engine == "greedy"
    assert said in made.note
    assert said in caplog.text
    assert check(tiny_day(), made) == []
    assert made.unserved == ()
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("body", ["import time; time.sleep(60)", "raise SystemExit(4)", "import os; os.abort()"])
def test_a_whole_day_has_its_plan_within_ten_seconds_of_the_worker_being_gone(impostor, body: str) -> None:
    day = with_orders(make_day(200, 40, 5), 5)
    began = time.process_time()

    made = solve_in_subprocess(day, seconds=0.2, python=impostor(body), grace_s=0.5)

    assert (made.engine, check(day, made)) == ("greedy", [])
    assert made.note
    assert time.process_time() - began < 10


def test_a_killed_worker_leaves_no_child_behind(impostor, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    body = f"""
        import subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        open({str(pid_file)!r}, "w").write(str(child.pid))
        time.sleep(60)
    """

    solve_in_subprocess(tiny_day(), seconds=0.2, python=impostor(body), grace_s=1.5)

    status = Path(f"/proc/{pid_file.read_text()}/stat")
    deadline = time.monotonic() + 5
    while status.exists() and ") Z " not in status.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not status.exists() or ") Z " in status.read_text()


def test_a_python_that_is_not_there_is_replaced_too(tmp_path: Path) -> None:
    made = solve_in_subprocess(tiny_day(), seconds=1, python=str(tmp_path / "nowhere"))

    assert made.engine == "greedy"
    assert "could not be started" in made.note


def test_no_plan_at_all_is_said_and_not_hidden(impostor) -> None:
    must = Shipment("must", 1, 2, 10**9, optional=False)
    day: Problem = replace(tiny_day(), shipments=(must,))

    with pytest.raises(NoPlanError, match="Shipment must must be carried"):
        solve_in_subprocess(day, seconds=0.2, python=impostor("raise SystemExit(3)"))


def test_the_web_process_imports_no_engine_and_the_planner_no_django() -> None:
    code = (
        "import sys\n"
        "import orders.logistics.planner.run, orders.logistics.planner.matrix, orders.logistics.planner.split\n"
        "print([name for name in ('vroom', 'pyvrp', 'numpy', 'pandas', 'django') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )

    assert done.stdout.strip() == "[]"
