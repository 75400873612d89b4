"""A plan without any library: best worth first, cheapest insertion, then some ruin and repair.

This is what stands behind every engine. It is deterministic for a seed as long as its clock does not cut it
off, which the log says.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable

from orders.logistics.planner.flat import Day
from orders.logistics.planner.insertion import Draft
from orders.logistics.planner.model import Plan, Problem, Route
from orders.logistics.planner.reasons import explain_left
from orders.logistics.planner.repair import draft_from, drop_losers, polish, top_up
from orders.logistics.planner.tolls import notes_of
from orders.solving.clock import Deadline

ROUNDS = 250
MOST_TAKEN = 12
MOST_TRIED = 12


class Greedy:
    """The fallback as an engine."""

    name = "greedy"

    def solve(
        self, problem: Problem, *, seconds: float, seed: int, start: Iterable[Route] | None = None
    ) -> list[Route]:
        """Routes of a greedy plan, from ``start`` where given."""
        return solve_greedily(problem, seconds=seconds, seed=seed, start=start).routes()


def greedy_plan(problem: Problem, *, seconds: float = 5.0, seed: int = 1, note: str = "") -> Plan:
    """A complete plan with reasons, starting from the problem's initial routes. Needs no engine."""
    began = time.process_time()
    draft = solve_greedily(problem, seconds=seconds, seed=seed, start=problem.initial_routes)
    routes = tuple(draft.routes())
    unserved = explain_left(problem, routes)
    cpu_s = round(time.process_time() - began, 3)
    return Plan(routes, unserved, "greedy", cpu_s, note, notes=notes_of(problem, routes))


def solve_greedily(problem: Problem, *, seconds: float, seed: int, start: Iterable[Route] | None = None) -> Draft:
    """Build a plan by insertion, then improve it by taking loads off and putting them back better."""
    deadline = Deadline(seconds)
    draft = polish(draft_from(Day(problem), start or ()))
    # A re-plan keeps its drivers' orders: only the new loads are inserted.
    if not start:
        improve(draft, deadline, random.Random(seed))  # noqa: S311 - a search, not a secret
    return draft


def improve(draft: Draft, deadline: Deadline, rng: random.Random, rounds: int = ROUNDS) -> None:
    """Rounds of ruin (a few loads near each other come off) and repair; only gains are kept."""
    net = draft.net()
    for _ in range(rounds):
        if not draft.rides or deadline.is_over():
            return
        before = draft.snapshot()
        must = _required(draft)
        _ruin(draft, rng)
        if all(tour.ok for tour in draft.tours):
            _refill(draft, rng)
            drop_losers(draft)
        after = draft.net()
        if after > net and all(tour.ok for tour in draft.tours) and must <= _required(draft):
            net = after
        else:
            draft.restore(before)


def _required(draft: Draft) -> set[int]:
    return {i for i in draft.rides if not draft.day.problem.shipments[i].optional}


def _ruin(draft: Draft, rng: random.Random) -> None:
    """Take one load and its nearest riding neighbours off, or everything on one truck."""
    day = draft.day
    riding = sorted(draft.rides)
    centre = rng.choice(riding)
    if rng.random() < 0.4:
        taken = [i for i in riding if draft.rides[i] == draft.rides[centre]]
    else:
        source, target = day.place[2 * centre], day.place[2 * centre + 1]
        distances = day.distances

        def nearness(i: int) -> int:
            return distances[source][day.place[2 * i]] + distances[target][day.place[2 * i + 1]]

        taken = sorted(riding, key=lambda i: (nearness(i), i))[: rng.randint(4, MOST_TAKEN)]
    for i in taken:
        draft.take(i)


def _refill(draft: Draft, rng: random.Random) -> None:
    """Put loads back in an order that differs a little from round to round."""
    day = draft.day
    weight = {i: day.worth[i] * rng.uniform(0.5, 1.5) for i in draft.left()}
    shipments = day.problem.shipments
    order = sorted(weight, key=lambda i: (shipments[i].optional, -weight[i]))
    for i in order[: MOST_TAKEN + MOST_TRIED]:
        top_up(draft, [i])
