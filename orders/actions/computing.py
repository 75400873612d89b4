"""Computing a matching: outside the web process and outside any transaction."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from orders.enums import MATCH_MOVES, MatchState
from orders.matching import Problem, Result, match, usual_effort
from orders.models import MatchProposal, MatchRemainder, MatchRun
from orders.policies import Weights
from orders.queries.match_outcome import Line, Outcome, Remainder, outcome_of
from orders.queries.match_problem import DayMatch, digest_of, facts_of, gather, make_match

logger = logging.getLogger(__name__)

# What the progress bar says when a step begins; `orders.queries.match_runs` has the words.
GATHERING, FITTING, SOLVING, EXPLAINING, SAVING, DONE = 5, 15, 35, 75, 85, 100
BATCH = 500
# Engines of `orders.matching`; the third answers alone where the worker failed.
AUTO, FLOW, GREEDY = "auto", "flow", "greedy"
REPLAY_PATIENCE = 2  # a clock must not decide whether a replay agrees


def run_match(run_id: int) -> MatchRun:
    """The queued run is ready with its proposals, or failed with the reason; a queued replay says whether it agrees. A run that
    is not queued is left alone.

    Short transactions (claim, steps, finish); the engine works between them in a process of its own. What was given up
    meanwhile stays given up. Raises whatever breaks, after writing that the run failed.
    """
    run, mine = _claim(run_id)
    if not mine:
        return run
    try:
        return _replay(run, run.replay_of_id) if run.replay_of_id else _compute(run)
    except Exception:
        fail_match(run_id, "error")
        raise


def _compute(run: MatchRun) -> MatchRun:
    gathered = gather(run.day)
    _step(run.pk, FITTING)
    day = make_match(gathered, Weights.of(run.policy.kind, run.policy.parameters))
    _step(
        run.pk, SOLVING, problem=day.problem.to_json(), facts=facts_of(day), digest=digest_of(day.problem, run.policy)
    )
    effort = usual_effort(day.problem)
    result, engine = solve(day.problem, effort)
    _step(run.pk, EXPLAINING)
    outcome = outcome_of(day, result)
    _step(run.pk, SAVING)
    return _finish(run.pk, day, {**result.to_json(), "engine": engine, "effort": effort}, outcome)


def _replay(run: MatchRun, first_id: int) -> MatchRun:
    """From what the first run kept: its problem, its version of the policy, its engine and effort."""
    first = MatchRun.objects.select_related("policy").get(pk=first_id)
    problem, kept = Problem.from_json(first.problem), Result.from_json(first.result)
    _step(run.pk, SOLVING)
    effort = first.result.get("effort")  # a run from before there was one had the clock alone
    result, engine = solve(problem, effort, str(first.result.get("engine", AUTO)), patience=REPLAY_PATIENCE)
    agree = sorted(result.allocations) == sorted(kept.allocations)
    same_problem = digest_of(problem, first.policy) == first.digest
    summary = {"agrees": agree and same_problem, "same_problem": same_problem, "engine": result.method}
    return _end(run.pk, summary, {**result.to_json(), "engine": engine, "effort": effort})


def solve(problem: Problem, effort: int | None, engine: str = AUTO, *, patience: int = 1) -> tuple[Result, str]:
    """The allocations, and the engine that gives the same ones again for the same effort, whatever the clock says.

    Work is counted and the seconds are only the safety net. Where they cut it off all the same, the exact flow with its repair is
    taken instead: a little less, but the same each time.
    """
    if not problem.arcs:
        return Result((), 0, 0, "none"), engine
    result = match(problem, seconds=settings.MATCH_SECONDS * patience, effort=effort, engine=engine)
    if result.note:  # the worker failed, or had no HiGHS
        return result, GREEDY if result.method == GREEDY else FLOW
    if engine == AUTO and result.is_cut:
        return solve(problem, effort, FLOW, patience=patience)
    return result, engine


@transaction.atomic
def fail_match(run_id: int, code: str, *, by: Any = None) -> MatchRun:
    """A run under way has failed for the reason `code`; one that has ended stays as it is. Locks: run."""
    run = locked_run(run_id)
    if not run.is_under_way:
        return run
    old = move(run, "state", MatchState.FAILED, MATCH_MOVES)
    run.failure, run.finished_at = code, timezone.now()
    run.save(update_fields=["state", "failure", "finished_at"])
    record(run, "failed", by=by, from_state=old, to_state=run.state, reason=code)
    return run


def locked_run(run_id: int) -> MatchRun:
    """The run as it is now, locked, with its policy. Call inside a transaction."""
    rows = MatchRun.objects.light().select_for_update(no_key=True, of=("self",))
    return rows.select_related("policy", "by").get(pk=run_id)


@transaction.atomic
def _claim(run_id: int) -> tuple[MatchRun, bool]:
    """The run, and whether it is this caller's to work on."""
    run = locked_run(run_id)
    if run.state != MatchState.QUEUED:
        return run, False
    old = move(run, "state", MatchState.RUNNING, MATCH_MOVES)
    run.started_at, run.progress = timezone.now(), GATHERING
    run.save(update_fields=["state", "started_at", "progress"])
    record(run, "started", by=None, from_state=old, to_state=run.state)
    return run, True


def _step(run_id: int, progress: int, **kept: Any) -> None:
    """The next step of a run that nobody has given up begins."""
    MatchRun.objects.filter(pk=run_id, state=MatchState.RUNNING).update(progress=progress, **kept)


@transaction.atomic
def _finish(run_id: int, day: DayMatch, result: dict[str, Any], outcome: Outcome) -> MatchRun:
    """The run under way is ready with its lines; a run that was given up stays so. Locks: run."""
    run = locked_run(run_id)
    if run.state != MatchState.RUNNING:
        return run
    MatchProposal.objects.bulk_create((_proposal(run, line) for line in outcome.lines), batch_size=BATCH)
    MatchRemainder.objects.bulk_create((_remainder(run, rest) for rest in outcome.remainders), batch_size=BATCH)
    sizes = {"lots": len(day.problem.lots), "wants": len(day.gathered.wants), "arcs": len(day.problem.arcs)}
    return _end(run_id, {**outcome.summary, **sizes}, result)


def _proposal(run: MatchRun, line: Line) -> MatchProposal:
    return MatchProposal(
        run=run,
        lot_id=line.lot,
        buyer_id=line.buyer,
        demand_id=line.demand,
        pledge_id=line.pledge,
        firm_g=line.firm_g,
        stretch_g=line.stretch_g,
        why=line.why,
    )


def _remainder(run: MatchRun, rest: Remainder) -> MatchRemainder:
    return MatchRemainder(
        run=run,
        organisation_id=rest.organisation,
        demand_id=rest.demand,
        lot_id=rest.lot,
        grams=rest.grams,
        of_g=rest.of_g,
        code=rest.code,
        is_soon=rest.is_soon,
        why=rest.why,
    )


@transaction.atomic
def _end(run_id: int, summary: dict[str, Any], result: dict[str, Any]) -> MatchRun:
    """The run under way is ready; a run that was given up stays so."""
    run = locked_run(run_id)
    if run.state != MatchState.RUNNING:
        return run
    old = move(run, "state", MatchState.READY, MATCH_MOVES)
    run.result, run.summary, run.progress, run.finished_at = result, summary, DONE, timezone.now()
    run.save(update_fields=["state", "result", "summary", "progress", "finished_at"])
    record(run, "ready", by=None, from_state=old, to_state=run.state, grams=summary.get("matched_g"))
    return run
