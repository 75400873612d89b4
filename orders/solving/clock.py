"""How long a run may take: CPU seconds, with a wall clock behind them.

A budget in wall seconds alone would measure the neighbours on a shared machine; one in CPU seconds alone
could keep a dispatcher waiting for ever. So both: the CPU budget, and half as much again on the wall.
"""

from __future__ import annotations

import time

WALL_FACTOR = 1.5


class Deadline:
    """A point this process should not compute beyond."""

    def __init__(self, seconds: float, *, cpu_from: float | None = None) -> None:
        """Give ``seconds`` of CPU, counted from now or from ``cpu_from`` (0: since the process began)."""
        self.seconds = seconds
        self._cpu = (time.process_time() if cpu_from is None else cpu_from) + seconds
        self._wall = time.monotonic() + seconds * WALL_FACTOR

    def left(self) -> float:
        """Seconds left by whichever clock is nearer to its end, never below 0."""
        wall = (self._wall - time.monotonic()) / WALL_FACTOR
        return max(0.0, min(self._cpu - time.process_time(), wall))

    def is_over(self) -> bool:
        """Is the budget used up?"""
        return self.left() <= 0.0
