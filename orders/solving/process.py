"""A solver in a process of its own, with a hard kill: engines block their process, ignore signals, may crash it."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
from pathlib import Path

from orders.solving.errors import SolvingError

ROOT = Path(__file__).resolve().parents[2]
GRACE_SECONDS = 5.0
"""Wall seconds beyond the budget for starting Python, reading the problem and printing the answer."""
MEMORY_MB = 1536


def limit_memory(megabytes: int) -> None:
    """Let this process take no more address space than that; a runaway engine fails instead of the machine."""
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def call_worker(command: list[str], text: str, wall_seconds: float) -> str:
    """Run a command in its own process group, kill the group when time is up, return what it printed.

    Raises: SolvingError with the reason why there is nothing.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=_environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise SolvingError(f"The worker could not be started: {error}.") from error
    try:
        printed, errors = process.communicate(text.encode(), timeout=wall_seconds)
    except subprocess.TimeoutExpired as error:
        raise SolvingError(f"The worker was killed after {wall_seconds:.0f} s.") from error
    finally:
        _kill_group(process)
    if process.returncode != 0:
        said = errors.decode(errors="replace").strip().splitlines()[-1:] or ["nothing said"]
        raise SolvingError(f"The worker ended with status {process.returncode}: {said[0]}")
    return printed.decode(errors="replace")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the worker and whatever it started; harmless when all of it has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _environment() -> dict[str, str]:
    """The worker needs the code and its temporary folder, not the web server's secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV") if name in os.environ}
    # One thread each: the numeric libraries would otherwise reserve memory per core.
    return {**kept, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
