"""What the bureau keeps about roads and places: bans, transfer points, yards, distances corrected by hand, toll rules."""

from typing import TypeVar

from django.db import models, transaction

from market.actions.events import record
from market.models import User
from market.permissions import can_set_ceilings, require
from orders.logistics.models import RoadDistance, TollRules, TransferPoint, TruckBan, Yard
from orders.logistics.permissions import is_dispatcher

KEPT = (RoadDistance, TollRules, TransferPoint, TruckBan, Yard)
Fact = TypeVar("Fact", bound=models.Model)


def may_keep_roads(user: User) -> bool:
    """The commerce desk, and the bureau's dispatchers."""
    return can_set_ceilings(user) or is_dispatcher(user)


@transaction.atomic
def keep(fact: Fact, *, by: User) -> Fact:
    """The row stands as it was typed, and counts for what is planned from now on. A repeat writes the same again.

    Locks: none; the row is written whole. Raises: NotAllowed, TypeError for another kind of row, ValidationError for an unfit one.
    """
    require(may_keep_roads(by))
    if not isinstance(fact, KEPT):
        raise TypeError(f"not kept here: {type(fact).__name__}")
    is_new = fact.pk is None
    if isinstance(fact, RoadDistance):
        fact.by = by
    fact.full_clean()
    fact.save()
    record(fact, "registered" if is_new else "updated", by=by)
    return fact


@transaction.atomic
def drop(fact: models.Model, *, by: User) -> None:
    """A correction or a ban that was wrong counts no longer; points and yards are set inactive instead. Raises: NotAllowed, TypeError."""
    require(may_keep_roads(by))
    if not isinstance(fact, (RoadDistance, TruckBan, Yard)):
        raise TypeError(f"not dropped here: {type(fact).__name__}")
    record(fact, "dropped", by=by, reason=str(fact))
    fact.delete()
