"""Putting goods where the dispatcher's board says: on a trip, on a truck that gets a trip for them, or back among what waits.

And asking first what would come of it: the very same steps are taken and then taken back, so that the answer before the drop is
the answer after it.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from market.exceptions import Refused, WrongState
from market.models import User
from orders.logistics.actions.locks import lock_one
from orders.logistics.actions.trips import add_load, add_trip, lock_pledge_of, move_load, unplan_load
from orders.logistics.enums import LoadState
from orders.logistics.exceptions_board import AlreadyWaiting
from orders.logistics.models import Load, Stop, Trip, Truck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.queries.loads import most_aboard
from orders.logistics.queries.rides import halts_of, loads_of
from orders.models import Allocation

ON_BOARD = "board"  # why a load came off: `queries.trip_changes` words it
MOVED = "moved"

Goods = Load | Allocation
Target = Trip | Truck | None


@dataclass(frozen=True)
class Answer:
    """What would come of a placing. `refusal` says why not; else what the trip would be like then."""

    refusal: Refused | None = None
    more_m: int = 0
    delivered_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    percent: int = 0

    @property
    def fits(self) -> bool:
        return self.refusal is None


class _TakenBack(Exception):  # noqa: N818
    """Carries the answer out of the transaction that is undone."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__()


@transaction.atomic
def place(goods: Goods, target: Target, *, by: User, at: dt.datetime | None = None) -> Load | None:
    """The goods ride where the target says; None: they wait for a truck again.

    Goods are a load, or an allocation of which all that rides on no truck is meant. Locks: pledge, allocation, trips, load, truck,
    driver, passes. Raises: AlreadyWaiting, and what `add_load`, `move_load`, `unplan_load` and `add_trip` raise. A repeat is
    refused: the load is no longer there, or nothing waits any more.
    """
    require_dispatcher(by)
    if isinstance(goods, Allocation):
        return _place_waiting(goods, target, by, at)
    if isinstance(target, Trip):
        return move_load(goods, target, by=by, at=at)
    goods = _require_not_loaded(goods)
    unplan_load(goods, reason=ON_BOARD if target is None else MOVED, by=by)
    if target is None:
        return None
    wanted = [(goods.allocation_id, goods.planned_g)]
    return add_trip(goods.trip.day, target, wanted, by=by, at=at).loads.get()


def check_place(goods: Goods, target: Target, *, by: User, at: dt.datetime | None = None) -> Answer:
    """What `place` would answer. Nothing is written: its transaction is taken back. Raises: NotAllowed."""
    require_dispatcher(by)
    before_m = target.distance_m if isinstance(target, Trip) else 0
    try:
        with transaction.atomic():
            raise _TakenBack(_answer(place(goods, target, by=by, at=at), before_m))
    except _TakenBack as taken_back:
        return taken_back.answer
    except Refused as refusal:
        return Answer(refusal)


def _place_waiting(allocation: Allocation, target: Target, by: User, at: dt.datetime | None) -> Load:
    if target is None:
        raise AlreadyWaiting
    if isinstance(target, Trip):
        return add_load(target, allocation.pk, by=by, at=at)
    return add_trip(allocation.pledge.day, target, [(allocation.pk, None)], by=by, at=at).loads.get()


def _require_not_loaded(load: Load) -> Load:
    """The load as it is now; what is on a truck already is not planned elsewhere. Locks: pledge, allocation, trip, load.

    Raises: WrongState.
    """
    lock_pledge_of(load)
    lock_one(Trip, load.trip_id)
    load = lock_one(Load, load.pk)
    if load.state != LoadState.PLANNED:
        raise WrongState(state=load.get_state_display())
    return load


def _answer(load: Load | None, before_m: int) -> Answer:
    if load is None:
        return Answer()
    trip = Trip.objects.select_related("truck").get(pk=load.trip_id)
    legs = halts_of(loads_of(trip))
    delivered_at = Stop.objects.filter(deliveries=load).aggregate(at=Max("planned_at"))["at"]
    percent = -(-most_aboard(legs) * 100 // trip.truck.rated_g)
    return Answer(None, trip.distance_m - before_m, delivered_at, trip.ends_at, percent)
