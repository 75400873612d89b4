"""Listings for their sellers: where each stands, what the bureau said, what is promised of it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Sum
from django.utils import timezone
from wagtail.models import TaskState, WorkflowState

from market.enums import ListingStage
from market.models import Listing, ListingPhoto, Lot, Organisation, Photo, Produce, User
from market.permissions import SELLING_ROLES

IN_REVIEW_STAGES = frozenset({ListingStage.IN_REVIEW, ListingStage.LIVE_EDIT_IN_REVIEW})
CHANGES_ASKED_STAGES = frozenset({ListingStage.CHANGES_ASKED, ListingStage.LIVE_CHANGES_ASKED})
OVER_STAGES = frozenset({ListingStage.WITHDRAWN, ListingStage.ENDED})
LIVE_STAGES = frozenset({ListingStage.LIVE, ListingStage.LIVE_EDIT_IN_REVIEW, ListingStage.LIVE_CHANGES_ASKED})


def stage_by(listing: Listing, review: str, today: dt.date) -> ListingStage:
    """The stage, from the row and the status of its latest review ("" when it has had none). No statement."""
    if review == WorkflowState.STATUS_IN_PROGRESS:
        return ListingStage.LIVE_EDIT_IN_REVIEW if listing.live else ListingStage.IN_REVIEW
    if review == WorkflowState.STATUS_NEEDS_CHANGES:
        return ListingStage.LIVE_CHANGES_ASKED if listing.live else ListingStage.CHANGES_ASKED
    if listing.live:
        return ListingStage.ENDED if listing.last_day < today else ListingStage.LIVE
    if listing.expired:
        return ListingStage.ENDED
    if listing.first_published_at or review:
        return ListingStage.WITHDRAWN
    return ListingStage.DRAFT


def latest_reviews(listings: Iterable[Listing]) -> dict[int, WorkflowState]:
    """The latest review of each listing. One statement."""
    states = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Listing), object_id__in=[str(row.pk) for row in listings]
    )
    return {int(state.object_id): state for state in states.order_by("pk")}


def stage_of(listing: Listing) -> ListingStage:
    """Where the listing stands for its seller. One statement."""
    review = latest_reviews([listing]).get(listing.pk)
    return stage_by(listing, review.status if review else "", timezone.localdate())


def asked_changes(listing: Listing) -> TaskState | None:
    """The desk's last refusal with its comment, while changes are asked. One statement."""
    return (
        TaskState.objects.filter(
            workflow_state__base_content_type=ContentType.objects.get_for_model(Listing),
            workflow_state__object_id=str(listing.pk),
            workflow_state__status=WorkflowState.STATUS_NEEDS_CHANGES,
            status=TaskState.STATUS_REJECTED,
        )
        .select_related("task", "finished_by")
        .order_by("pk")
        .last()
    )


def submitted(seller: Organisation, key: UUID) -> bool:
    """Whether the form with this key has been handed in already. One statement."""
    return Listing.objects.filter(seller=seller, submission_key=key).exists()


@dataclass(frozen=True)
class ListingPage:
    """One listing as its seller sees it."""

    listing: Listing
    stage: ListingStage
    photos: list[Photo]
    lots: list[Lot]
    # The handed-in or refused text, where it differs from what buyers see.
    draft: Listing | None
    asked: TaskState | None
    desks: list[str]
    desk: int

    @property
    def is_editable(self) -> bool:
        return self.stage not in IN_REVIEW_STAGES | {ListingStage.ENDED}

    @property
    def is_withdrawable(self) -> bool:
        return self.stage not in OVER_STAGES

    @property
    def changes_asked(self) -> bool:
        return self.stage in CHANGES_ASKED_STAGES


def listing_page(listing: Listing) -> ListingPage:
    """Everything about one listing for its seller.

    Review, photographs and lots: three statements. While a review is open, up to ten more: its desks and the draft.
    """
    review = latest_reviews([listing]).get(listing.pk)
    stage = stage_by(listing, review.status if review else "", timezone.localdate())
    desks, desk = _desks(review) if review and stage in IN_REVIEW_STAGES else ([], 0)
    is_pending = listing.live and stage in IN_REVIEW_STAGES | CHANGES_ASKED_STAGES
    return ListingPage(
        listing=listing,
        stage=stage,
        photos=photos_of(listing),
        lots=lots_of(listing),
        draft=listing.get_latest_revision_as_object() if is_pending else None,
        asked=asked_changes(listing) if stage in CHANGES_ASKED_STAGES else None,
        desks=desks,
        desk=desk,
    )


def _desks(review: WorkflowState) -> tuple[list[str], int]:
    """The names of the desks in order, and the number of the one it lies on, from 1."""
    tasks = list(review.workflow.tasks)
    current = review.current_task_state.task_id if review.current_task_state else None
    position = next((n for n, task in enumerate(tasks, 1) if task.pk == current), 1)
    return [task.name for task in tasks], position


def photos_of(listing: Listing) -> list[Photo]:
    """The photographs of a listing or of a draft, in order. At most two statements."""
    rows = sorted(listing.photos.all(), key=lambda row: row.sort_order or 0)
    photos = Photo.objects.in_bulk([row.photo_id for row in rows])
    return [photos[row.photo_id] for row in rows if row.photo_id in photos]


@dataclass(frozen=True)
class MyListing:
    """A row of "my listings"."""

    listing: Listing
    stage: ListingStage
    photo: Photo | None
    offered_g: int
    reserved_g: int
    reason: str = field(default="")


PAGE_SIZE = 20


def my_listings(user: User, page_number: str | int | None = 1) -> tuple[list[MyListing], Page]:
    """One page of the listings of everybody the person sells for, newest first.

    Six statements: how many, listings, photographs, reviews, sums of lots, the desks' comments.
    """
    everything = (
        Listing.objects.filter(seller__in=Organisation.objects.sellers().of(user, *SELLING_ROLES))
        .select_related("seller", "produce", "place")
        .prefetch_related(_photos())
        .order_by("-pk")
    )
    page = Paginator(everything, PAGE_SIZE).get_page(page_number)
    listings = list(page)
    reviews, today = latest_reviews(listings), timezone.localdate()
    sums: dict[int, Any] = {
        row["listing"]: row
        for row in Lot.objects.filter(listing__in=[row.pk for row in listings])
        .values("listing")
        .annotate(offered=Sum("offered_g"), reserved=Sum("reserved_g"))
    }
    reasons = _reasons([review for review in reviews.values() if review.status == WorkflowState.STATUS_NEEDS_CHANGES])
    rows = [
        _row(listing, reviews.get(listing.pk), today, sums.get(listing.pk, {}), reasons.get(listing.pk, ""))
        for listing in listings
    ]
    return rows, page


def _photos() -> Prefetch:
    return Prefetch("photos", ListingPhoto.objects.select_related("photo").order_by("sort_order"))


def _row(
    listing: Listing, review: WorkflowState | None, today: dt.date, sums: Mapping[str, int], reason: str
) -> MyListing:
    photos = list(listing.photos.all())
    return MyListing(
        listing=listing,
        stage=stage_by(listing, review.status if review else "", today),
        photo=photos[0].photo if photos else None,
        offered_g=sums.get("offered", 0),
        reserved_g=sums.get("reserved", 0),
        reason=reason,
    )


def _reasons(reviews: list[WorkflowState]) -> dict[int, str]:
    refusals = TaskState.objects.filter(workflow_state__in=reviews, status=TaskState.STATUS_REJECTED).order_by("pk")
    listing_of = {review.pk: int(review.object_id) for review in reviews}
    return {listing_of[refusal.workflow_state_id]: refusal.comment for refusal in refusals}


def lots_of(listing: Listing) -> list[Lot]:
    """The days of the listing with what is offered and promised, for its seller. One statement."""
    return list(Lot.objects.filter(listing=listing).order_by("day"))


PRODUCE_OFFERED = 8


def produce_offers(user: User, text: str) -> list[Produce]:
    """Produce by name, alias, pinyin or initials, names that begin so first; for no text what the person listed last.

    One statement; three for no text.
    """
    active = Produce.objects.filter(is_active=True)
    if text.strip():
        word = text.strip().lower()
        found = active.matching(word)
        return sorted(found, key=lambda one: (not _begins(one, word), one.pk))[:PRODUCE_OFFERED]
    sellers = Organisation.objects.sellers().of(user, *SELLING_ROLES)
    recent = Listing.objects.filter(seller__in=sellers).order_by("-pk").values_list("produce_id", flat=True)[:20]
    used = list(dict.fromkeys(recent))
    kept = sorted(active.filter(pk__in=used), key=lambda one: used.index(one.pk))
    return [*kept, *active.exclude(pk__in=used)[:PRODUCE_OFFERED]][:PRODUCE_OFFERED]


def _begins(produce: Produce, word: str) -> bool:
    return any(name.startswith(word) for name in produce.search_text.split())
