"""The seller's door to a listing: hand in, change, withdraw. Publishing is the bureau's, through Wagtail's workflow."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import TaskState, Workflow, WorkflowState

from market.actions.ceilings import require_under_ceiling
from market.actions.events import record
from market.actions.lots import refuse_below_reserved
from market.actions.photos import attach_photos
from market.enums import Grade, ListingStage, PlaceLevel, PriceUnit
from market.exceptions import (
    EndsInThePast,
    InReview,
    LockedByBureau,
    NoReview,
    NotOnOffer,
    PackTooHeavy,
    PastDay,
    PlaceTooWide,
    ProduceFixed,
    TooFarAhead,
    TooManyDays,
    UnfitText,
    WrongState,
)
from market.models import Listing, ListingPhoto, Lot, Organisation, Photo, Place, Produce, User
from market.models.listings import MAX_DAYS, MAX_DAYS_AHEAD
from market.permissions import can_enter_listing_for, can_sell_for, on_behalf_of, require, require_verified
from market.pricing import exact_price_per_kg
from market.quantities import Pack, Quantity, describe
from market.queries.listings import IN_REVIEW_STAGES, stage_of
from market.wording import calendar_day

MAX_PACK_G = 1_000_000  # a tonne; beyond it the weight is surely not of one package


@dataclass(frozen=True)
class ListingTerms:
    """Everything a seller says in the form, read but not yet accepted. `price` None is 面议."""

    produce: Produce
    place: Place
    quantity: Quantity
    first_day: dt.date
    last_day: dt.date
    contact_name: str
    contact_phone: str
    variety: str = ""
    grade: str = Grade.MIXED
    price: Decimal | None = None
    price_unit: str = PriceUnit.JIN
    minimum: Quantity | None = None
    pack: Pack | None = None
    note: str = ""
    has_certificate: bool = False

    def as_fields(self) -> dict[str, Any]:
        return {
            "produce": self.produce,
            "place": self.place,
            "quantity_per_day_g": self.quantity.grams,
            "quantity_typed": self.quantity.typed or f"{self.quantity.grams}克",
            "first_day": self.first_day,
            "last_day": self.last_day,
            "contact_name": self.contact_name,
            "contact_phone": self.contact_phone,
            "variety": self.variety,
            "grade": self.grade,
            "price": self.price,
            "price_unit": self.price_unit,
            "minimum_g": self.minimum.grams if self.minimum else None,
            "minimum_typed": self.minimum.typed if self.minimum else "",
            "pack_word": self.pack.word if self.pack else "",
            "pack_g": self.pack.grams if self.pack else None,
            "note": self.note,
            "has_certificate": self.has_certificate,
        }


@transaction.atomic
def submit_listing(
    terms: ListingTerms, photos: Sequence[Photo] = (), *, seller: Organisation, key: UUID, by: User
) -> Listing:
    """Save a new listing, not public, with its first revision, and start the bureau's review of it.

    Locks: organisation, photos. Raises: NotAllowed, NotVerified, NoReview and what `_refuse_unfit` says.
    A repeat with the same key returns the first listing and changes nothing.
    """
    seller = Organisation.objects.select_for_update(no_key=True).get(pk=seller.pk)
    require(can_enter_listing_for(by, seller))
    if first := Listing.objects.filter(seller=seller, submission_key=key).first():
        return first
    listing, workflow = require_submittable(terms, seller=seller, by=by)
    listing.submission_key = key
    _attach(listing, photos, by)
    listing.save()
    log(instance=listing, action="wagtail.create", user=by, content_changed=True)
    listing.save_revision(user=by, log_action=True, clean=False)
    workflow.start(listing, by)
    record(
        listing,
        "submitted",
        by=by,
        on_behalf_of=on_behalf_of(by, seller),
        to_state=ListingStage.IN_REVIEW,
        grams=terms.quantity.grams,
    )
    return Listing.objects.get(pk=listing.pk)


def require_submittable(terms: ListingTerms, *, seller: Organisation, by: User) -> tuple[Listing, Workflow]:
    """What `submit_listing` would save and the review it would start; nothing is written.

    Raises: NotAllowed, NotVerified, NoReview and what `_refuse_unfit` says.
    """
    require(can_enter_listing_for(by, seller))
    require_verified(seller)
    listing = Listing(seller=seller, created_by=by, live=False, has_unpublished_changes=True, **terms.as_fields())
    _refuse_unfit(listing, terms)
    return listing, _review(listing)


@transaction.atomic
def edit_listing(listing: Listing, terms: ListingTerms, photos: Sequence[Photo] = (), *, by: User) -> Listing:
    """Save the changes as a revision and hand it to the bureau: the asking desk goes on, or a new review starts.

    A live listing stays on the board as it was. Locks: organisation, listing, photos.
    Raises: NotAllowed, NotVerified, InReview, LockedByBureau, WrongState, OfferBelowReserved, ProduceFixed, NoReview and
    what `_refuse_unfit` says. A repeat is refused with InReview.
    """
    seller = Organisation.objects.select_for_update(no_key=True).get(pk=listing.seller_id)
    row = Listing.objects.select_for_update().get(pk=listing.pk)
    require(can_sell_for(by, seller))
    require_verified(seller)
    stage = _editable_stage(row, by)
    offered = row.produce_id
    draft = row.get_latest_revision_as_object()  # may be `row` itself
    known_first_day = draft.first_day
    for name, value in terms.as_fields().items():
        setattr(draft, name, value)
    _refuse_unfit(draft, terms, known_first_day=known_first_day)
    _refuse_other_produce(draft, offered)
    refuse_below_reserved(draft)
    _attach(draft, photos, by)
    if not row.live:  # nobody reads the row of an unpublished listing but its seller: it may say what is new
        draft.save(update_fields=[*terms.as_fields(), "photos"])
    draft.save_revision(user=by, log_action=True, clean=False)
    _continue_review(draft, by)
    record(
        row,
        "resubmitted" if stage in {ListingStage.CHANGES_ASKED, ListingStage.LIVE_CHANGES_ASKED} else "edited",
        by=by,
        on_behalf_of=on_behalf_of(by, seller),
        from_state=stage,
        to_state=ListingStage.LIVE_EDIT_IN_REVIEW if row.live else ListingStage.IN_REVIEW,
        grams=terms.quantity.grams,
    )
    return Listing.objects.get(pk=row.pk)


@transaction.atomic
def withdraw_listing(listing: Listing, *, reason: str, by: User) -> Listing:
    """Take the listing off the board and out of review. Its lots close; what is promised stays promised.

    Locks: the review's task (as the desks do, who take it first), listing, lots. Raises: NotAllowed, WrongState.
    A repeat is refused with WrongState.
    """
    list(_open_tasks(listing).select_for_update())
    row = Listing.objects.select_for_update(of=("self",)).select_related("seller").get(pk=listing.pk)
    require(can_sell_for(by, row.seller))
    stage = stage_of(row)
    if stage in {ListingStage.WITHDRAWN, ListingStage.ENDED}:
        raise WrongState(state=stage.label)
    review = row.current_workflow_state
    if review:
        review.cancel(user=by)
    if row.live:
        # Wagtail asks the user it is given for page rights; a seller has none and needs none here.
        row.unpublish(log_action=False)
        log(instance=row, action="wagtail.unpublish", user=by)
    record(
        row,
        "withdrawn",
        by=by,
        on_behalf_of=on_behalf_of(by, row.seller),
        from_state=stage,
        to_state=ListingStage.WITHDRAWN,
        reason=reason,
    )
    return Listing.objects.get(pk=row.pk)


def _refuse_unfit(listing: Listing, terms: ListingTerms, known_first_day: dt.date | None = None) -> None:
    """Everything about the terms that can be refused without the stock. `known_first_day`: the day an edit may keep.

    Raises: NotOnOffer, PlaceTooWide, PastDay, EndsInThePast, TooManyDays, TooFarAhead, PackTooHeavy, UnfitText,
    PriceAboveCeiling.
    """
    today = timezone.localdate()
    if not terms.produce.is_active:
        raise NotOnOffer(produce=terms.produce.name)
    if terms.place.level not in {PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE}:
        raise PlaceTooWide(place=terms.place.name)
    if terms.first_day < today and terms.first_day != known_first_day:
        raise PastDay(day=calendar_day(terms.first_day))
    if terms.first_day <= terms.last_day < today:
        raise EndsInThePast(day=calendar_day(terms.last_day))
    days = (terms.last_day - terms.first_day).days + 1
    if days > MAX_DAYS:
        raise TooManyDays(most=MAX_DAYS, days=days)
    latest = today + dt.timedelta(days=MAX_DAYS_AHEAD)
    if terms.first_day > latest:
        raise TooFarAhead(latest=calendar_day(latest))
    if terms.pack and terms.pack.grams > MAX_PACK_G:
        raise PackTooHeavy(most=describe(MAX_PACK_G))
    try:
        listing.full_clean()
    except ValidationError as error:
        raise _unfit(error) from error
    require_under_ceiling(
        listing.produce_id, exact_price_per_kg(listing), max(listing.first_day, today), listing.last_day
    )


def _unfit(error: ValidationError) -> UnfitText:
    """The first thing the row's own fields and constraints object to."""
    name, messages = next(iter(error.message_dict.items()))
    if name in {field.name for field in Listing._meta.get_fields()}:
        return UnfitText(name, label=Listing._meta.get_field(name).verbose_name, said=messages[0])
    return UnfitText("", label=Listing._meta.verbose_name, said=messages[0])


def _refuse_other_produce(draft: Listing, offered: int) -> None:
    """Who was promised loofah must not find peaches. Raises: ProduceFixed."""
    if draft.produce_id != offered and Lot.objects.filter(listing_id=draft.pk, reserved_g__gt=0).exists():
        raise ProduceFixed


def _editable_stage(row: Listing, by: User) -> ListingStage:
    """Raises: InReview, WrongState, LockedByBureau."""
    stage = stage_of(row)
    if stage in IN_REVIEW_STAGES:
        raise InReview
    if stage == ListingStage.ENDED:
        raise WrongState(state=stage.label)
    lock = row.get_lock()
    if lock and lock.for_user(by):
        raise LockedByBureau
    return stage


def _attach(listing: Listing, photos: Sequence[Photo], by: User) -> None:
    """Those that stand on the listing already keep their rows, so that a comparison shows only what changed."""
    attach_photos(photos, seller=listing.seller, by=by)
    known = {row.photo_id: row for row in listing.photos.all()}
    rows = []
    for order, photo in enumerate(photos):
        row = known.get(photo.pk) or ListingPhoto(photo=photo)
        row.sort_order = order
        rows.append(row)
    listing.photos.set(rows)


def _review(listing: Listing) -> Workflow:
    """Raises: NoReview."""
    workflow = listing.get_workflow()
    if workflow is None:
        raise NoReview
    return workflow


def _continue_review(draft: Listing, by: User) -> None:
    """Raises: NoReview."""
    review = draft.current_workflow_state
    if review and review.status == WorkflowState.STATUS_NEEDS_CHANGES:
        review.resume(by)
    else:
        _review(draft).start(draft, by)


def _open_tasks(listing: Listing) -> Any:
    return TaskState.objects.filter(
        workflow_state__base_content_type=ContentType.objects.get_for_model(Listing),
        workflow_state__object_id=str(listing.pk),
        status=TaskState.STATUS_IN_PROGRESS,
    ).order_by("pk")
