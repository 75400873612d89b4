"""Filling a truck with the stretch of the pledges it carries already."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.models import Lot, User
from orders.actions.stretches import grant_stretch
from orders.enums import FILL_TRUCK
from orders.logistics import exceptions as refusals
from orders.logistics.actions.halts import rewrite_trip
from orders.logistics.actions.locking import require_unlocked
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.actions.trips import locked_candidate
from orders.logistics.enums import EDITABLE_TRIPS
from orders.logistics.models import Load, Trip
from orders.logistics.permissions import require_dispatcher
from orders.logistics.queries.filling import Filling, Share, share_out
from orders.logistics.queries.rides import loads_of, parts_of
from orders.models import Allocation, Pledge


@transaction.atomic
def fill_trip(trip: Trip, *, expected: Mapping[int, int], by: User, at: dt.datetime | None = None) -> Filling:
    """The pledges on the trip take on `expected` grams of their stretch (by load), and the truck carries them.

    What fits is reckoned afresh under the locks; where it is not what the dispatcher saw, nothing is written. Buyer and seller are
    told. A repeat is refused: there is nothing left to fill. Locks: lots, pledges, allocations, trip, loads, truck, driver, passes.
    Raises: NotAllowed, AlreadyRolling, TripLocked, JustChanged, NothingToFill, TruckNotFit and what `grant_stretch` raises.
    """
    require_dispatcher(by)
    trip = _lock_with_goods(trip)
    if trip.state not in EDITABLE_TRIPS:
        raise refusals.AlreadyRolling(plate=trip.truck.plate)
    require_unlocked([trip])
    loads = loads_of(trip)
    parts = parts_of(loads)[0].values()
    candidate, pass_needed = locked_candidate(trip.truck_id, trip.day, at or timezone.now(), parts, trip)
    filling = share_out(trip, loads, candidate, pass_needed=pass_needed)
    if not filling.shares or filling.journey is None:
        raise refusals.NothingToFill(plate=trip.truck.plate)
    if filling.by_load != dict(expected):
        raise refusals.JustChanged
    for share in sorted(filling.shares, key=lambda one: one.load.allocation.lot_id):
        _grant(share, trip, by)
    rewrite_trip(trip, candidate, filling.journey, filling.parts, filling.loads, by=by)
    record(trip, "filled", by=by, grams=filling.grams)
    return filling


def _lock_with_goods(trip: Trip) -> Trip:
    """The trip, with its lots, pledges, allocations and loads, in their order. Raises: JustChanged where a load came on meanwhile."""
    riding = Load.objects.live().filter(trip=trip)
    ids = set(riding.values_list("allocation_id", flat=True))
    allocations = Allocation.objects.filter(pk__in=ids)
    lock_all(Lot, allocations.values_list("lot_id", flat=True))
    lock_all(Pledge, allocations.values_list("pledge_id", flat=True))
    lock_all(Allocation, ids)
    trip = lock_one(Trip, trip.pk)
    loads = lock_all(Load, riding.values_list("pk", flat=True))
    if {load.allocation_id for load in loads.values()} - ids:
        raise refusals.JustChanged
    return trip


def _grant(share: Share, trip: Trip, by: User) -> None:
    load, pledge = share.load, share.load.allocation.pledge
    pledge = grant_stretch(pledge, grams=share.grams, why=f"{FILL_TRUCK} {trip.truck.plate}", by=by)
    load.planned_g += share.grams
    event = record(load, "raised", by=by, grams=load.planned_g, reason=FILL_TRUCK)
    facts = {
        "plate": trip.truck.plate,
        "day_on": pledge.day,
        "granted_g": share.grams,
        "taken_g": pledge.taken_g,
        "buyer": pledge.buyer.name,
    }
    key, url = f"filled-{trip.pk}-{pledge.pk}-{event.pk}", reverse("orders:pledge", args=[pledge.pk])
    text = gettext_noop("%(buyer)s %(day_on)s 的货，为装满 %(plate)s 多送 %(granted_g)s，一共 %(taken_g)s")
    for organisation_id in (pledge.buyer_id, pledge.seller_id):
        tell(organisation_id, key, text, url=url, **facts)
