"""Routing engines behind one small interface. Imported lazily, and only in the worker process.

An engine's answer is a proposal: ``repair`` makes it valid and ``checker`` accepts or rejects it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Protocol

from orders.logistics.planner.model import EngineError, Problem, Route

HOMES = {
    "vroom": ("orders.logistics.planner.engines.vroom", "Vroom"),
    "pyvrp": ("orders.logistics.planner.engines.pyvrp", "PyVrp"),
    "sectors": ("orders.logistics.planner.engines.sectors", "Sectors"),
    "fewer": ("orders.logistics.planner.engines.fewer", "Fewer"),
    "greedy": ("orders.logistics.planner.greedy", "Greedy"),
}
CHOICES = ("auto", "vroom", "pyvrp", "greedy")


class Engine(Protocol):
    """What a routing engine must be able to do."""

    name: str

    def solve(
        self, problem: Problem, *, seconds: float, seed: int, start: Iterable[Route] | None = None
    ) -> list[Route]:
        """Propose routes within about ``seconds`` of CPU, from ``start`` where given. Raises: EngineError."""


def load_engine(name: str) -> Engine:
    """The engine of that name. Raises: EngineError where its library is missing or broken."""
    if name not in HOMES:
        raise EngineError(f"There is no engine {name!r}; choose one of {', '.join(CHOICES)}.")
    module, attribute = HOMES[name]
    try:
        engine: Engine = getattr(importlib.import_module(module), attribute)()
    except (ImportError, OSError) as error:
        raise EngineError(f"The engine {name} is not installed here: {error}.") from error
    return engine
