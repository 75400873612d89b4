"""Seals on a truck's doors: each number is used once, and a broken one says why."""

import datetime as dt
import re

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from market.actions.events import record
from market.models import User
from market.permissions import require
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import RUNNING_TRIPS, LoadState
from orders.logistics.models import Load, Seal, Stop, Trip
from orders.logistics.permissions import can_drive

NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{0,19}")


@transaction.atomic
def put_seal(trip: Trip, number: str, *, by: User, at: dt.datetime | None = None) -> Seal:
    """The truck's doors carry the seal. The same number on the same trip again changes nothing while it is whole.

    Locks: trip. Raises: NotAllowed, BadSealNumber, NothingToSeal, SealUsed, SealAlreadyBroken.
    """
    number = tidy_number(number)
    trip = lock_one(Trip, trip.pk)
    require(can_drive(by, trip))
    first = Seal.objects.select_related("trip__truck").filter(number=number).first()
    if first is not None:
        return _the_same(first, trip)
    if trip.state not in RUNNING_TRIPS:
        raise unfit.NothingToSeal
    try:
        with transaction.atomic():
            seal = Seal.objects.create(trip=trip, number=number, put_at=at or timezone.now(), put_by=by)
    except IntegrityError:  # another truck took the number in this moment
        return _the_same(Seal.objects.select_related("trip__truck").get(number=number), trip)
    record(trip, "sealed", by=by, reason=number)
    return seal


@transaction.atomic
def break_seal(seal: Seal, *, reason: str, by: User, at: dt.datetime | None = None) -> Seal:
    """The seal is off. Breaking it again changes nothing. Locks: trip, seal. Raises: NotAllowed, ReasonNeeded."""
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    trip = lock_one(Trip, seal.trip_id)
    require(can_drive(by, trip))
    seal = lock_one(Seal, seal.pk)
    return seal if seal.broken_at else _break(seal, trip, reason, by, at)


def break_all(trip: Trip, *, reason: str, by: User, at: dt.datetime | None = None) -> list[str]:
    """Every whole seal of the trip is off. Returns their numbers. Call it with the trip locked and permission asked for."""
    whole = list(Seal.objects.select_for_update(no_key=True).filter(trip=trip, broken_at=None).order_by("pk"))
    return [_break(seal, trip, reason, by, at).number for seal in whole]


def put_all(trip: Trip, numbers: str, *, by: User, at: dt.datetime | None = None) -> list[str]:
    """The seals written in a row, between spaces or commas. Raises: what `put_seal` raises."""
    return [
        put_seal(trip, number, by=by, at=at).number for number in re.split(r"[\s,，、;；]+", numbers.strip()) if number
    ]


def require_sealed(trip: Trip, stop: Stop) -> None:
    """A trip that has had a seal leaves with goods only under one. Raises: SealNeeded.

    Goods that go off at this stop, counted or not, are no goods to seal.
    """
    seals = Seal.objects.filter(trip=trip)
    if not seals.exists() or seals.filter(broken_at=None).exists():
        return
    off = Q(delivery=stop) | Q(delivery__departed_at__isnull=False)
    if Load.objects.filter(trip=trip, state=LoadState.LOADED).exclude(off).exists():
        raise unfit.SealNeeded


def tidy_number(number: str) -> str:
    """As it is stamped: without spaces, capitals. Raises: BadSealNumber."""
    tidy = "".join(number.split()).upper()
    if not NUMBER.fullmatch(tidy):
        raise unfit.BadSealNumber
    return tidy


def _the_same(seal: Seal, trip: Trip) -> Seal:
    if seal.trip_id != trip.pk:
        raise unfit.SealUsed(number=seal.number, plate=seal.trip.truck.plate)
    if seal.broken_at:
        raise unfit.SealAlreadyBroken(number=seal.number)
    return seal


def _break(seal: Seal, trip: Trip, reason: str, by: User, at: dt.datetime | None) -> Seal:
    seal.broken_at, seal.broken_reason = at or timezone.now(), reason.strip()[:100]
    seal.save(update_fields=["broken_at", "broken_reason"])
    record(trip, "unsealed", by=by, reason=f"{seal.number} {seal.broken_reason}")
    return seal
