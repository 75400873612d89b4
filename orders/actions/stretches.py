"""The stretch of a pledge: what is welcome above the firm part, granted to fill a truck or to save what would spoil."""

from django.db import transaction

from market.actions.events import record
from market.models import User
from market.sentences import Weight
from orders.actions.conditions import require_changeable
from orders.actions.pledges import locked_pledge, set_taken
from orders.exceptions import StretchTooLarge
from orders.models import Pledge


@transaction.atomic
def grant_stretch(pledge: Pledge, *, grams: int, why: str, by: User | None) -> Pledge:
    """`grams` more of the pledge's stretch became real: reserved, and to be brought.

    Called by matching and by dispatch, which have asked for permission. Locks: lot, pledge. A repeat grants again, as far as the
    stretch reaches: callers keep what they have granted. Raises: NotChangeable, StretchTooLarge, RaiseTooLarge, LotClosed.
    """
    pledge = locked_pledge(pledge.pk)
    require_changeable(pledge)
    if not 0 < grams <= pledge.stretch_left_g:
        raise StretchTooLarge(left=Weight(pledge.stretch_left_g))
    taken = pledge.taken_g
    pledge.granted_g += grams
    pledge.save(update_fields=["granted_g"])
    record(pledge, "granted", by=by, grams=grams, reason=why)
    set_taken(pledge, was_g=taken, by=by)
    return pledge
