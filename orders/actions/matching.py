"""Asking for a matching of a day, giving up on one that does not come, putting one away, and computing one again."""

import datetime as dt
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.exceptions import WrongState
from market.models import User
from market.permissions import require
from market.wording import relative_day
from orders.actions.computing import fail_match, locked_run
from orders.enums import MATCH_MOVES, UNDER_WAY, MatchState
from orders.exceptions import CannotReplay, MatchInPast, NotReady, StillMatching
from orders.models import MatchPolicy, MatchRun
from orders.permissions import can_match
from orders.tasks import compute_match

REPLAYABLE = (MatchState.READY, MatchState.COMMITTED, MatchState.DISCARDED)


def patience() -> dt.timedelta:
    """After this time without a result the worker is taken to be gone: the engine thrice, and reading and writing a large day."""
    return dt.timedelta(seconds=settings.MATCH_SECONDS * 3 + 180)


def request_match(day: dt.date, policy: MatchPolicy, *, by: User) -> MatchRun:
    """A run of the day under this version of a policy is queued, and computed in the background after the commit.

    While one of the day is under way it is returned instead, whatever its policy (a double tap matches once); one whose worker is
    gone is failed first. Raises: NotAllowed, MatchInPast.
    """
    require(can_match(by))
    if day < timezone.localdate():
        raise MatchInPast(day=relative_day(day))
    under_way = _still_computing(MatchRun.objects.originals().filter(day=day), by)
    if under_way is not None:
        return under_way
    try:
        return _queue(MatchRun(day=day, policy=policy, by=by))
    except IntegrityError:  # a colleague was faster by a moment
        return MatchRun.objects.originals().filter(day=day).latest("pk")


@transaction.atomic
def replay_match(run: MatchRun, *, by: User) -> MatchRun:
    """The run's problem is computed again in the background; the replay's summary says whether the allocations `agree`.

    While a replay of it is under way that one is returned. Locks: run, which has no more than one replay at a time.
    Raises: NotAllowed, CannotReplay.
    """
    require(can_match(by))
    run = locked_run(run.pk)
    if run.state not in REPLAYABLE or run.replay_of_id is not None:
        raise CannotReplay
    under_way = _still_computing(MatchRun.objects.filter(replay_of=run), by)
    return under_way or _queue(MatchRun(day=run.day, policy_id=run.policy_id, by=by, replay_of=run))


def _still_computing(runs: QuerySet[MatchRun], by: User) -> MatchRun | None:
    """The one that is under way; one whose worker is gone is failed instead."""
    run = runs.filter(state__in=UNDER_WAY).first()
    if run is None or timezone.now() - run.created_at < patience():
        return run
    fail_match(run.pk, "stuck", by=by)
    return None


@transaction.atomic
def _queue(run: MatchRun) -> MatchRun:
    run.save(force_insert=True)
    record(run, "requested", by=run.by, to_state=run.state)
    transaction.on_commit(partial(compute_match.enqueue, run.pk))
    return run


def give_up_match(run: MatchRun, *, by: User) -> MatchRun:
    """A run whose worker is gone has failed, and the day can be matched again. A run that has ended stays as it is.

    Locks: run. Raises: NotAllowed, StillMatching.
    """
    require(can_match(by))
    left = patience() - (timezone.now() - run.created_at)
    if run.is_under_way and left > dt.timedelta(0):
        raise StillMatching(seconds=int(left.total_seconds()) + 1)
    return fail_match(run.pk, "stuck", by=by)


@transaction.atomic
def discard_match(run: MatchRun, *, by: User) -> MatchRun:
    """The run is put away; nothing of it is booked. Locks: run. A repeat changes nothing. Raises: NotAllowed, NotReady."""
    require(can_match(by))
    run = locked_run(run.pk)
    if run.state == MatchState.DISCARDED:
        return run
    old = move_ready(run, MatchState.DISCARDED)
    run.save(update_fields=["state"])
    record(run, "discarded", by=by, from_state=old, to_state=run.state)
    return run


def move_ready(run: MatchRun, to: MatchState) -> str:
    """Raises: NotReady."""
    if run.replay_of_id is not None:
        raise NotReady(state=run.get_state_display())
    try:
        return move(run, "state", to, MATCH_MOVES)
    except WrongState as error:
        raise NotReady(**error.facts) from None
