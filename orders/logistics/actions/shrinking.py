"""What a shrinking pledge does to the trips that are planned: registered with `orders.consequences`."""

from market.actions.events import record
from market.models import User
from orders.exceptions import AlreadyLoading
from orders.logistics.actions import halts
from orders.logistics.actions.codes import refresh_code
from orders.logistics.actions.endings import follow_pledges
from orders.logistics.actions.locks import lock_all
from orders.logistics.actions.trips import close_up
from orders.logistics.enums import LoadState
from orders.logistics.models import Load, Trip
from orders.models import Allocation, Pledge


def take_off(pledge: Pledge, *, keep_g: int, why: str, by: User | None) -> None:
    """At most `keep_g` grams of the pledge stay planned on trucks: the loads planned last shrink or come off first.

    Trips with nothing left end, the others close up, and a pledge with no load left waits for a truck again. Call it with the
    pledge locked. Locks: allocation, trips, loads. A repeat changes nothing. Raises: AlreadyLoading.
    """
    ids = Allocation.objects.live().filter(pledge=pledge).values_list("pk", flat=True)
    allocations = lock_all(Allocation, ids)
    riding = Load.objects.live().filter(allocation__in=allocations)
    if not riding.exists():
        return
    trips = lock_all(Trip, riding.values_list("trip_id", flat=True))
    loads = sorted(lock_all(Load, riding.values_list("pk", flat=True)).values(), key=lambda load: -load.pk)
    loads = [load for load in loads if load.continues_id is None]  # the others follow the link before
    too_much = sum(load.riding_g for load in loads) - keep_g
    touched = set()
    for load in loads:
        if too_much <= 0:
            break
        _require_untouched(load, trips[load.trip_id])
        too_much -= _shrink(load, min(too_much, load.riding_g), why, by)
        touched.add(load.trip_id)
    for pk in sorted(touched):
        close_up(trips[pk], by)
    for pk in sorted({load.trip_id for load in Load.objects.live().filter(continues__trip__in=touched)} & set(trips)):
        refresh_code(trips[pk], by=by)
    follow_pledges([pledge.pk], by=by)


def _shrink(load: Load, grams: int, why: str, by: User | None) -> int:
    if grams == load.planned_g:
        halts.take_off(load, by=by, reason=why)
    else:
        load.planned_g -= grams
        load.save(update_fields=["planned_g"])
        Load.objects.live().filter(continues=load).update(planned_g=load.planned_g)
        record(load, "shrunk", by=by, grams=load.planned_g, reason=why)
    return grams


def _require_untouched(load: Load, trip: Trip) -> None:
    """Raises: AlreadyLoading."""
    if load.state != LoadState.PLANNED or load.pickup.departed_at is not None:
        raise AlreadyLoading(plate=trip.truck.plate)
