"""The worker process: its exit status, and that killed, missing, crashing or lying workers cost no answer."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from orders.matching import Arc, FairShare, Lot, Pledge, Problem, ProblemError, Result, check, match
from orders.matching.greedy import greedy_result
from orders.solving.process import ROOT
from tests.orders.matching.matching_days import result, tiny_day

COMMAND = [sys.executable, "-m", "orders.matching"]
EXAMPLE = {
    "lots": [{"id": "l1", "seller": "c1", "available_g": 400001, "minimum_g": 25000}],
    "pledges": [{"id": "p1", "wanted_g": 100000, "whole": False}],
    "arcs": [{"lot": "l1", "pledge": "p1", "score_per_kg": 1430}],
    "fair_share": {"bonus_per_kg": 250, "grams": {"c1": 0}},
}


def call(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return run([*COMMAND, *arguments], text)


def run(command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)


def run_without(missing: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command where a library is not installed."""
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from orders.matching.__main__ import main\n"
        f"sys.exit(main({list(arguments)!r}))"
    )
    return run([sys.executable, "-c", code])


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


@pytest.mark.parametrize("engine", ["auto", "flow", "mip", "greedy"])
def test_the_command_prints_the_documented_shape_and_nothing_else(engine: str) -> None:
    done = call("-", "--seconds", "2", "--engine", engine, text=json.dumps(EXAMPLE))

    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert printed.pop("cpu_s") > 0
    assert printed == {
        "allocations": [{"lot": "l1", "pledge": "p1", "grams": 100000}],
        "score": 143000,
        "bound": 143000,
        "method": "greedy" if engine == "greedy" else "flow",
    }


def test_highs_prints_no_banner_between_the_lines(problem_file: Path) -> None:
    done = call(str(problem_file), "--seconds", "5", "--engine", "mip", "--log")

    assert (done.returncode, done.stderr) == (0, "")
    found = Result.from_json(done.stdout)
    assert found.method == "flow+mip"
    assert len(found.log) == 3
    assert check(tiny_day(), found) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "The problem is not JSON"),
        ("[]", "The problem must be an object"),
        ('{"lots": []}', "pledges is missing"),
        (json.dumps({**EXAMPLE, "lots": [{"id": "l1", "available_g": -1}]}), "lots[0].available_g must be between"),
    ],
)
def test_the_command_refuses_with_a_status_and_one_sentence(text: str, said: str) -> None:
    done = call("-", "--seconds", "1", text=text)

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_command_refuses_a_file_that_is_not_there() -> None:
    done = call("no-such-file.json", "--seconds", "1")

    assert done.returncode == 2
    assert "The problem cannot be read" in done.stderr


@pytest.mark.parametrize("wrong", [["--seconds", "0"], ["--seconds", "nan"], [], ["--seconds", "1", "--engine", "x"]])
def test_the_command_refuses_a_malformed_call(problem_file: Path, wrong: list[str]) -> None:
    assert call(str(problem_file), *wrong).returncode == 2


@pytest.mark.parametrize(("missing", "engine"), [("ortools", "flow"), ("highspy", "mip"), ("numpy", "flow")])
def test_a_missing_engine_has_its_own_status(problem_file: Path, missing: str, engine: str) -> None:
    done = run_without(missing, str(problem_file), "--seconds", "1", "--engine", engine)

    assert (done.returncode, done.stdout) == (4, "")
    assert missing in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("missing", "method"), [("ortools", "greedy"), ("numpy", "greedy"), ("highspy", "flow+repair")]
)
def test_auto_does_without_an_engine_that_is_missing(problem_file: Path, missing: str, method: str) -> None:
    done = run_without(missing, str(problem_file), "--seconds", "1", "--log")

    found = Result.from_json(done.stdout)
    assert found.method == method
    assert missing in done.stderr
    assert missing in found.note
    assert check(tiny_day(), found) == []


def test_the_worker_answers_a_whole_day_from_here() -> None:
    found = match(tiny_day(), seconds=2)

    assert (found.note, found.method) == ("", "flow+mip")
    assert check(tiny_day(), found) == []


def test_names_in_any_script_come_back_as_they_were() -> None:
    day = Problem(
        (Lot('苋菜"1', 10, 1, "社"),), (Pledge("订\n单", 5),), (Arc('苋菜"1', "订\n单", 3),), FairShare(1, {"社": 2})
    )

    assert match(day, seconds=2).allocations == (('苋菜"1', "订\n单", 5),)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lots": (Lot("l1", -5), Lot("l2", 5))}, r"lots\[0\].available_g must be between"),
        ({"arcs": (Arc("l1", "p1", 1), Arc("l1", "p1", 2))}, r"arcs\[1\] is a second arc"),
        ({"arcs": (Arc("l1", "p9", 1),)}, "not one of the pledges"),
        ({"fair_share": FairShare(-1)}, "fair_share.bonus_per_kg must be"),
    ],
)
def test_a_malformed_problem_is_refused_before_any_worker(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ProblemError, match=said):
        match(tiny_day(**changes), seconds=1)


def test_very_large_numbers_survive_the_way_to_the_worker_and_back() -> None:
    most = 10**12 - 7
    day = Problem(
        (Lot("l", most, 3),), (Pledge("p", most), Pledge("q", most)), (Arc("l", "p", 9_999_999), Arc("l", "q", 5))
    )

    assert match(day, seconds=2).allocations == (("l", "p", most),)


def test_an_empty_day_has_an_empty_answer() -> None:
    for day in (Problem((), (), ()), replace(tiny_day(), arcs=())):
        found = match(day, seconds=2)

        assert (found.allocations, found.score, found.bound, found.note) == ((), 0, 0, "")


INVALID = json.dumps(result(("l1", "p1", 10_000), score=15_000_000).to_json())
BOASTING = json.dumps(result(("l1", "p1", 40_000), score=10**9).to_json())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import time; time.sleep(60)", "was killed"),
        ("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", "was killed"),
        ("raise SystemExit(7)", "ended with status 7"),
        ("import os; os.abort()", "ended with status -6"),
        ("import sys; sys.exit('The engine flow is not installed here.')", "not installed here"),
        ("print('a result, honestly')", "is not JSON"),
        ("print('[1]')", "must be an object"),
        (f"print({INVALID!r})", "an invalid matching: Lot l1 gives 10000 g to pledge p1"),
        (f"print({BOASTING!r})", "an invalid matching: The score is"),
    ],
)
def test_a_worker_that_fails_is_replaced_by_the_greedy_matching(impostor, caplog, body: str, said: str) -> None:
    began = time.monotonic()

    found = match(tiny_day(), seconds=0.2, python=impostor(body), grace_s=0.5)

    assert found.method == "greedy"
    assert said in found.note
    assert said in caplog.text
    assert check(tiny_day(), found) == []
    assert found.allocations == greedy_result(tiny_day()).allocations
    assert time.monotonic() - began < 10


def test_a_worker_without_its_engines_is_logged_too(impostor, caplog) -> None:
    alone = replace(greedy_result(tiny_day()), note="No engine gave a matching: it is not installed here.")
    found = match(tiny_day(), seconds=0.2, python=impostor(f"print({json.dumps(alone.to_json())!r})"), grace_s=2)

    assert found.method == "greedy"
    assert "not installed here" in caplog.text


def test_a_python_that_is_not_there_is_replaced_too(tmp_path: Path) -> None:
    found = match(tiny_day(), seconds=1, python=str(tmp_path / "nowhere"))

    assert found.method == "greedy"
    assert "could not be started" in found.note


def test_the_web_process_imports_no_engine_and_the_matching_no_django() -> None:
    code = (
        "import sys\n"
        "import orders.matching\n"
        "print([name for name in ('ortools', 'highspy', 'numpy', 'django') if name in sys.modules])"
    )

    assert run([sys.executable, "-c", code]).stdout.strip() == "[]"
