"""Other trucks take over what a truck that stands has aboard and was still to load."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.exceptions import Refused
from market.models import User
from market.quantities import describe
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.breakdowns import halt_where_it_stands, lock_for_rescue
from orders.logistics.actions.clearing import clear_trip
from orders.logistics.actions.halts import take_off, write_trip
from orders.logistics.actions.taking_on import before_of
from orders.logistics.actions.transfer_notices import tell_of_rescue
from orders.logistics.actions.trips import locked_candidate
from orders.logistics.enums import BreakdownState, LoadState
from orders.logistics.models import Breakdown, Load, Stop, Trip, Truck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.queries.rescues import open_g, rescue_journey, rescue_parts
from orders.logistics.wording import violation_words


@transaction.atomic
def rescue(
    breakdown: Breakdown, truck: Truck, grams: Mapping[int, int], *, by: User, at: dt.datetime | None = None
) -> Trip:
    """A trip of the truck takes on so many grams of each load (by its key) where the broken truck stands, and goes its remaining
    way in the same order. What is aboard stays on the broken truck until the rescuing driver has it (`taking_on.take_on`); what
    was not loaded yet is off the broken trip. Several trucks may share the goods. Buyers and sellers are told.

    Late is better than never: windows are not asked, mass and cold are. Locks: pledges, allocations, trips, loads, breakdown, truck,
    driver, passes. A repeat is refused: nothing is left to arrange. Raises: NotAllowed, BreakdownOver, NothingToRescue,
    NotSoMuchAboard, RescuedWhole, SameTruck, TruckNotFit, RescueTooSmall, CannotReach.
    """
    require_dispatcher(by)
    at = at or timezone.now()
    trip, breakdown, loads = lock_for_rescue(breakdown)
    if breakdown.state != BreakdownState.OPEN:
        raise unfit.BreakdownOver
    if truck.pk == trip.truck_id:
        raise unfit.SameTruck
    chosen = _chosen(loads, grams)
    stop = halt_where_it_stands(trip, breakdown, at)
    parts = rescue_parts(chosen, stop, trip.day, at)
    candidate, pass_needed = locked_candidate(truck.pk, trip.day, at, parts.values())
    journey = rescue_journey(trip, parts, chosen, candidate, pass_needed=pass_needed)
    _require_fits(journey.violations, truck, sum(chosen.values()))
    relayed = _to_relink(chosen)
    for load in chosen:
        _leave(load, stop, by)
    made = write_trip(trip.day, candidate, journey, parts, run=None, by=by)
    for onward in relayed:  # the truck at the transfer point waits for this one now
        onward.continues = made.loads.get(continues=onward.continues_id)
        onward.save(update_fields=["continues"])
    made.rescues = trip
    made.save(update_fields=["rescues"])
    record(trip, "rescue_sent", by=by, grams=sum(chosen.values()), reason=truck.plate)
    _clear(made, by, at)
    tell_of_rescue(
        list(made.loads.select_related("allocation__pledge", "allocation__lot__produce", "trip__truck", "delivery"))
    )
    return made


def _chosen(loads: list[Load], grams: Mapping[int, int]) -> dict[Load, int]:
    """Raises: NothingToRescue, NotSoMuchAboard."""
    by_key = {load.pk: load for load in loads}
    chosen = {by_key[pk]: mass for pk, mass in grams.items() if pk in by_key and mass}
    if not chosen:
        raise unfit.NothingToRescue
    for load, mass in chosen.items():
        left = open_g(load)
        if not 0 < mass <= left or (load.state == LoadState.PLANNED and mass != left):
            raise unfit.NotSoMuchAboard(produce=load.allocation.lot.produce.name, left=describe(left))
    return chosen


def _clear(trip: Trip, by: User, at: dt.datetime) -> None:
    """With its own code, where one is needed. What is still missing for that is asked when it leaves, as of any trip."""
    try:
        clear_trip(trip, by=by, at=at)
    except Refused:
        return


def _to_relink(chosen: Mapping[Load, int]) -> list[Load]:
    """What trucks at transfer points are to take on of what is aboard. Such a load is rescued whole. Raises: RescuedWhole.

    What was not loaded yet goes from its yard straight to its dock: the truck at the transfer point waits for it no more.
    """
    aboard = [load for load in chosen if load.state == LoadState.LOADED]
    onward = Load.objects.filter(continues__in=aboard, state=LoadState.PLANNED, pickup__transfer_point__isnull=False)
    rows = list(onward.select_related("continues"))
    for row in rows:
        before = before_of(row)
        left = open_g(before)
        if chosen[before] != left:
            raise unfit.RescuedWhole(produce=row.allocation.lot.produce.name, left=describe(left))
    return rows


def _require_fits(violations: tuple[str, ...], truck: Truck, grams: int) -> None:
    """Raises: RescueTooSmall, CannotReach."""
    if "capacity" in violations:
        facts = {"grams": describe(grams), "rated": describe(truck.rated_g)}
        raise unfit.RescueTooSmall(plate=truck.plate, **facts)
    if "skill" in violations:
        raise unfit.CannotReach(plate=truck.plate, why=refusals.words(violation_words(["skill"])))


def _leave(load: Load, stop: Stop, by: User) -> None:
    """What is aboard goes off where the truck stands; what was not loaded yet is no longer this truck's."""
    if load.state == LoadState.PLANNED:
        take_off(load, by=by, reason="rescued")
    elif load.delivery_id != stop.pk:
        load.delivery = stop
        load.save(update_fields=["delivery"])
