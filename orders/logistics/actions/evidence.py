"""Photographs of goods and signed sheets: cleaned before anything stores them, kept under no public address, never changed."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.core.files.base import ContentFile
from django.db import transaction

from market.actions.events import record
from market.exceptions import BadPhoto
from market.models import User
from market.permissions import require
from market.photos import PhotoError, clean_photo
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import EvidenceKind
from orders.logistics.exceptions_evidence import PictureOfAnotherTrip, TooManyPictures
from orders.logistics.models import Dispute, Evidence, Load, Paper, Receipt, Stop, Trip
from orders.logistics.permissions_receipts import can_add_evidence

MOST_PICTURES = 6  # of one receipt, one dispute or one signed sheet
MOST_AT_A_STOP = 12
MOST_OF_A_TRIP = 100


def add_evidence(
    upload: Any,
    *,
    kind: EvidenceKind,
    trip: Trip,
    key: UUID,
    by: User,
    load: Load | None = None,
    stop: Stop | None = None,
    receipt: Receipt | None = None,
    dispute: Dispute | None = None,
    paper: Paper | None = None,
) -> Evidence:
    """The clean picture of `upload` is kept with the trip and what it shows; the bytes that were sent are not stored.

    Road pictures come from the driver, those of receipts and disputes from the two sides, signed sheets from the dispatcher.
    Locks: trip. A repeat with the same key returns the first and stores nothing.
    Raises: NotAllowed, BadPhoto, TooManyPictures, PictureOfAnotherTrip.
    """
    about = {"load": load, "stop": stop, "receipt": receipt, "dispute": dispute, "paper": paper}
    require(can_add_evidence(by, kind, trip, receipt=receipt, dispute=dispute))
    first = Evidence.objects.filter(trip=trip, key=key).first()
    if first is not None:
        return first
    return keep_pictures(clean_pictures([upload]), kind=kind, trip=trip, key=key, by=by, **about)[0]


def clean_pictures(uploads: Iterable[Any], most: int = MOST_PICTURES) -> list[bytes]:
    """JPEG files without metadata. Slow: call it before anything is locked. Raises: BadPhoto, TooManyPictures."""
    uploads = list(uploads)
    if len(uploads) > most:
        raise TooManyPictures(most=most)
    try:
        return [clean_photo(upload).full for upload in uploads]
    except PhotoError as error:
        raise BadPhoto(said=str(error)) from error


@transaction.atomic
def keep_pictures(
    pictures: Sequence[bytes], *, kind: EvidenceKind, trip: Trip, key: UUID, by: User, **about: Any
) -> list[Evidence]:
    """Clean pictures are kept; the caller has asked for permission. Several of one form get keys made of `key`.

    Locks: trip. A repeat stores nothing more. Raises: TooManyPictures, PictureOfAnotherTrip.
    """
    if not pictures:
        return []
    lock_one(Trip, trip.pk)
    _require_of(trip, about)
    return [_keep(clean, n, kind, trip, key, by, about) for n, clean in enumerate(pictures)]


def _keep(clean: bytes, n: int, kind: EvidenceKind, trip: Trip, key: UUID, by: User, about: dict[str, Any]) -> Evidence:
    own_key = uuid5(key, str(n)) if n else key
    first = Evidence.objects.filter(trip=trip, key=own_key).first()
    if first is not None:
        return first
    _require_room(kind, trip, about)
    row = Evidence(kind=kind, trip=trip, key=own_key, by=by, **about)
    row.picture.save(f"{own_key}.jpg", ContentFile(clean), save=False)
    row.save()
    record(row, "added", by=by)
    return row


def _require_of(trip: Trip, about: dict[str, Any]) -> None:
    """Whatever the picture is said to show belongs to the trip."""
    receipt, dispute = about.get("receipt"), about.get("dispute")
    trips = {thing.trip_id for name in ("load", "stop", "paper") if (thing := about.get(name))}
    trips |= {receipt.load.trip_id} if receipt else set()
    trips |= {dispute.receipt.load.trip_id} if dispute else set()
    if trips - {trip.pk}:
        raise PictureOfAnotherTrip


def _require_room(kind: EvidenceKind, trip: Trip, about: dict[str, Any]) -> None:
    rows = Evidence.objects.filter(trip=trip)
    if rows.count() >= MOST_OF_A_TRIP:
        raise TooManyPictures(most=MOST_OF_A_TRIP)
    if kind == EvidenceKind.ROAD:
        most, same = MOST_AT_A_STOP, rows.filter(kind=kind, stop=about.get("stop"), load=about.get("load"))
    else:
        most, same = MOST_PICTURES, rows.filter(**{n: about.get(n) for n in ("receipt", "dispute", "paper")}, kind=kind)
    if same.count() >= most:
        raise TooManyPictures(most=most)
