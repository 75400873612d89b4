"""How a pledge follows its goods. Called by the actions of logistics, which have asked for permission already."""

from django.db import transaction

from market.actions.events import record
from market.actions.states import move
from market.exceptions import WrongState
from market.models import User
from orders.enums import PLEDGE_MOVES, PledgeState
from orders.models import Pledge


def mark_planned(pledge_id: int, *, by: User | None) -> Pledge:
    """The pledge is on a planned truck. Locks: pledge. A repeat changes nothing. Raises: WrongState."""
    return _follow(pledge_id, PledgeState.PLANNED, "planned", by)


def mark_unplanned(pledge_id: int, *, by: User | None) -> Pledge:
    """The pledge waits for a truck again. Locks: pledge. A repeat changes nothing. Raises: WrongState."""
    return _follow(pledge_id, PledgeState.PLACED, "unplanned", by)


def mark_moving(pledge_id: int, *, by: User | None) -> Pledge:
    """The first truck with goods of the pledge has left. Locks: pledge. A repeat changes nothing. Raises: WrongState."""
    return _follow(pledge_id, PledgeState.MOVING, "moving", by)


def mark_received(pledge_id: int, *, by: User | None) -> Pledge:
    """Nothing of the pledge is under way or waiting any more. Locks: pledge. A repeat changes nothing. Raises: WrongState."""
    return _follow(pledge_id, PledgeState.RECEIVED, "received", by)


def mark_receiving_again(pledge_id: int, *, by: User | None) -> Pledge:
    """A receipt was taken back: goods of the pledge are to be received again. Locks: pledge. A repeat, and a pledge that
    was not received yet, changes nothing. Raises: WrongState."""
    return _follow(pledge_id, PledgeState.MOVING, "receiving_again", by)


@transaction.atomic
def _follow(pledge_id: int, to: PledgeState, verb: str, by: User | None) -> Pledge:
    pledge = Pledge.objects.select_for_update(no_key=True, of=("self",)).get(pk=pledge_id)
    if pledge.state == to:
        return pledge
    if pledge.state == PledgeState.HELD:  # `actions.holds` confirms it; no truck does
        raise WrongState(state=pledge.get_state_display())
    old = move(pledge, "state", to, PLEDGE_MOVES)
    pledge.save(update_fields=["state"])
    record(pledge, verb, by=by, from_state=old, to_state=to, grams=pledge.firm_g)
    return pledge
