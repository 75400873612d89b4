"""The signed papers of a trip: printed, and come back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.models import User
from market.permissions import require
from orders.logistics.actions.evidence import clean_pictures, keep_pictures
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import EvidenceKind, PaperKind
from orders.logistics.exceptions_papers import PaperNotPrinted
from orders.logistics.models import Paper, Trip
from orders.logistics.permissions import is_dispatcher
from orders.logistics.permissions_receipts import can_print_papers
from orders.logistics.queries.papers import live_code
from orders.logistics.waybill import RETURNED_COPY


@transaction.atomic
def print_papers(trip: Trip, *, by: User) -> list[Paper]:
    """The papers that must come back are expected: the third copy of the waybill, and the pass where the trip has one.

    Locks: trip. Printing again changes nothing. Raises: NotAllowed.
    """
    require(can_print_papers(by, trip))
    trip = lock_one(Trip, trip.pk)
    wanted = [(PaperKind.WAYBILL, RETURNED_COPY)]
    if live_code(trip) is not None:
        wanted.append((PaperKind.PASS, 1))
    return [_printed(trip, kind, copy, by) for kind, copy in wanted]


def _printed(trip: Trip, kind: PaperKind, copy: int, by: User) -> Paper:
    paper, made = Paper.objects.get_or_create(trip=trip, kind=kind, copy=copy, defaults={"printed_at": timezone.now()})
    if made:
        record(paper, "printed", by=by)
    return paper


def take_back_paper(paper: Paper, *, key: UUID, by: User, scans: Sequence[Any] = ()) -> Paper:
    """The signed paper is back with the dispatcher, with its scan where there is one.

    Locks: trip. A repeat changes nothing; a scan can be added later. Raises: NotAllowed, PaperNotPrinted, BadPhoto, TooManyPictures.
    """
    require(is_dispatcher(by))
    return _take_back(paper, clean_pictures(scans), key, by)


@transaction.atomic
def _take_back(paper: Paper, pictures: Sequence[bytes], key: UUID, by: User) -> Paper:
    trip = lock_one(Trip, paper.trip_id)
    paper = lock_one(Paper, paper.pk)
    if paper.printed_at is None:
        raise PaperNotPrinted
    keep_pictures(pictures, kind=EvidenceKind.PAPER, trip=trip, key=key, by=by, paper=paper)
    if paper.returned_at is None:
        paper.returned_at, paper.returned_by = timezone.now(), by
        paper.save(update_fields=["returned_at", "returned_by"])
        record(paper, "returned", by=by)
    return paper
