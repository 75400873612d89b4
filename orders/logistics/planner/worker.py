"""One planning run: screen, propose, repair, choose, check. Runs in the worker process only.

``auto``: VROOM first, then PyVRP from VROOM's routes for the time that is left (in pieces on large days). A
missing or failing engine costs its proposal and a line in the log, not the plan.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from orders.logistics.planner.checker import check
from orders.logistics.planner.engines import Engine, load_engine
from orders.logistics.planner.flat import Day
from orders.logistics.planner.greedy import improve
from orders.logistics.planner.insertion import Draft, is_odd
from orders.logistics.planner.model import EngineError, NoPlanError, Plan, Problem, Route
from orders.logistics.planner.prepare import for_engines
from orders.logistics.planner.reasons import explain_left, find_hopeless
from orders.logistics.planner.repair import draft_from, polish
from orders.logistics.planner.stability import count_moved, keep_trucks
from orders.logistics.planner.tolls import notes_of, save_tolls
from orders.solving.clock import Deadline

FIRST_SHARE = 0.5
LARGE_DAY = 300
"""From this many shipments on PyVRP improves the plan in pieces."""
LEAST_SECONDS = 0.2
OWN_SHARE = 0.25
"""Of the time, for what no engine sees: rests, and tolls that depend on the load."""
MOST_ROUNDS = 2000
MOST_RESTARTS, MOST_IDLE, RESTART_SECONDS = 12, 2, 0.5
ENGINE_SHARE, FEWER_SHARE = 0.5, 0.6
MOVE_PRICE = 150.0
"""Yuan a re-plan must gain for each planned load that changes its truck: a driver's orders are not free."""
MISSING_PRICE = 1e12


@dataclass(frozen=True)
class Candidate:
    """A repaired proposal with its score in yuan."""

    name: str
    routes: tuple[Route, ...]
    score: float


def make_plan(
    problem: Problem, *, seconds: float, seed: int = 1, engine: str = "auto", cpu_from: float | None = None
) -> Plan:
    """The best valid plan found in about ``seconds`` of CPU.

    Raises: EngineError (the one engine asked for is missing or failed), NoPlanError.
    """
    began = time.process_time() if cpu_from is None else cpu_from
    deadline = Deadline(seconds, cpu_from=cpu_from)
    hopeless = find_hopeless(problem)
    run = Run(_without(problem, hopeless), seconds, seed, deadline)
    best = run.auto() if engine == "auto" else run.single(engine)
    best = run.refined(best)
    unserved = explain_left(problem, best.routes)
    notes = notes_of(problem, best.routes)
    plan = Plan(best.routes, unserved, best.name, 0.0, run.note, tuple(run.log), notes)
    violations = check(problem, plan)
    if violations:
        raise NoPlanError([violation.message for violation in violations])
    return replace(plan, cpu_s=round(time.process_time() - began, 3))


def _without(problem: Problem, hopeless: dict[str, str]) -> Problem:
    """The problem without shipments that no truck can carry: engines only struggle with them."""
    if not hopeless:
        return problem
    routes = tuple(
        replace(route, steps=tuple(step for step in route.steps if step.shipment not in hopeless))
        for route in problem.initial_routes
    )
    shipments = tuple(shipment for shipment in problem.shipments if shipment.id not in hopeless)
    return replace(problem, shipments=shipments, initial_routes=routes)


class Run:
    """The proposals of one run and what was said about them."""

    def __init__(self, problem: Problem, seconds: float, seed: int, deadline: Deadline) -> None:
        self.problem, self.seconds, self.seed, self.deadline = problem, seconds, seed, deadline
        self.day = Day(problem)
        self.spare = OWN_SHARE * seconds if any(is_odd(vehicle) for vehicle in problem.vehicles) else 0.0
        self.for_engines = for_engines(self.day.problem)
        self.log: list[str] = []
        self.note = ""

    def single(self, name: str) -> Candidate:
        """The proposal of one engine, from the initial routes where there are any."""
        start = self._remainder()
        routes = start.routes if start else None
        found = self._ask(load_engine(name), self._time(), routes, name)
        return self._best([start, found])

    def auto(self) -> Candidate:
        """VROOM, then PyVRP from it; greedy only where neither gave anything."""
        start = self._remainder()
        candidates = [start]
        # The share is of the nominal budget, so that VROOM's level does not depend on the machine's mood.
        candidates.append(self._try("vroom", FIRST_SHARE * self.seconds, start, "vroom"))
        if self._time() > LEAST_SECONDS:
            best = self._best(candidates) if any(candidates) else None
            name = "sectors" if best and len(self.problem.shipments) > LARGE_DAY else "pyvrp"
            label = f"{best.name}+{name}" if best else name
            # Where all must ride, breaking up routes gains more than going on.
            share = 1.0 if start or not self._must() else ENGINE_SHARE
            candidates.append(self._try(name, share * self._time(), best, label))
            if not start and candidates[-1] is not None:
                candidates.append(self._again(name, self._best(candidates)))
        if not any(candidates[1:]):
            self.note = "No routing engine gave a plan: " + " ".join(self.log)
            candidates.append(self._try("greedy", max(1.0, self.deadline.left()), start, "greedy"))
        return self._best(candidates)

    def refined(self, best: Candidate) -> Candidate:
        """The plan improved by our own search, which sees the rests, hours and tolls that no engine does."""
        if not self.spare:
            return best
        draft = draft_from(self.day, best.routes)
        own = Deadline(max(self.spare, LEAST_SECONDS))
        save_tolls(draft, own)
        if not any(route.steps for route in self.problem.initial_routes):
            improve(draft, own, random.Random(self.seed), MOST_ROUNDS)  # noqa: S311 - a search, not a secret
        return self._best([best, self._weigh(best.name, draft)])

    def _time(self) -> float:
        return max(self.deadline.left() - self.spare, 0.05)

    def _must(self) -> bool:
        return all(not shipment.optional for shipment in self.problem.shipments)

    def _again(self, name: str, best: Candidate) -> Candidate:
        """The plan improved further: fewer trucks where all must ride, then the engine anew with other numbers.

        It ends by itself after rounds without a gain, so that a run without a cut by the clock repeats.
        """
        idle = 0
        for round_number in range(1, MOST_RESTARTS + 1):
            if idle == MOST_IDLE or self._time() <= RESTART_SECONDS:
                break
            self.seed += 1
            engine = "fewer" if self._must() and round_number % 2 else name
            found = self._try(engine, self._time() * (FEWER_SHARE if engine == "fewer" else 1), best, best.name)
            gained = found is not None and found.score > best.score
            best, idle = (found, 0) if found is not None and gained else (best, idle + 1)
        return best

    def _remainder(self) -> Candidate | None:
        """The initial routes, made valid, with what else fits put in."""
        if not any(route.steps for route in self.problem.initial_routes):
            return None
        return self._weigh("initial", polish(draft_from(self.day, self.problem.initial_routes)))

    def _try(self, name: str, seconds: float, start: Candidate | None, label: str) -> Candidate | None:
        try:
            return self._ask(load_engine(name), seconds, start.routes if start else None, label)
        except (EngineError, MemoryError) as error:
            self.log.append(f"{name}: {error or 'out of memory'}")
            return None

    def _ask(self, engine: Engine, seconds: float, start: tuple[Route, ...] | None, label: str) -> Candidate:
        """One engine's proposal, repaired. Whatever an engine raises is an EngineError here."""
        try:
            routes = engine.solve(self.for_engines, seconds=seconds, seed=self.seed, start=start)
        except (EngineError, MemoryError):
            raise
        except Exception as error:  # native code raises anything, and a plan must come out
            raise EngineError(f"The engine {engine.name} failed: {error}.") from error
        return self._weigh(label, polish(draft_from(self.day, self._keep_trucks(routes))))

    def _keep_trucks(self, routes: Iterable[Route]) -> list[Route]:
        return keep_trucks(self.problem, list(routes), self.problem.initial_routes)

    def _weigh(self, name: str, draft: Draft) -> Candidate:
        """Score a draft: net yuan, less what it leaves that must ride, less changed drivers' orders."""
        routes = tuple(draft.routes())
        shipments = self.day.problem.shipments
        missing = sum(1 for i in draft.left() if not shipments[i].optional)
        moved = count_moved(self.problem.initial_routes, routes)
        score = draft.net() - MISSING_PRICE * missing - MOVE_PRICE * moved
        over = ", stopped by the clock" if self.deadline.is_over() else ""
        self.log.append(
            f"{name}: {len(draft.rides)} of {len(shipments)} loads, net {draft.net():.0f} yuan, "
            f"{moved} loads moved, {time.process_time():.1f} CPU s{over}."
        )
        return Candidate(name, routes, score)

    @staticmethod
    def _best(candidates: Iterable[Candidate | None]) -> Candidate:
        """The highest score; the earlier one where they are equal."""
        return max((c for c in candidates if c is not None), key=lambda c: c.score)
