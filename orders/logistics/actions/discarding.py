"""Putting a plan aside, so that nobody takes it by mistake."""

from django.db import transaction

from market.actions.events import record
from market.actions.states import move
from market.models import User
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import RUN_MOVES, RunState
from orders.logistics.models import PlanRun
from orders.logistics.permissions import require_dispatcher


@transaction.atomic
def discard_run(run: PlanRun, *, by: User) -> PlanRun:
    """The plan cannot be taken any more; it stays to be looked at. No trip is touched.

    Locks: run. Raises: NotAllowed, WrongState (also the second time).
    """
    require_dispatcher(by)
    run = lock_one(PlanRun, run.pk)
    old = move(run, "state", RunState.DISCARDED, RUN_MOVES)
    run.save(update_fields=["state"])
    record(run, "discarded", by=by, from_state=old, to_state=run.state)
    return run
