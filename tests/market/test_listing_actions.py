"""Handing in, changing and withdrawing a listing: what is refused, what is written, what the review does."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone
from wagtail.models import WorkflowState

from market.actions.listings import submit_listing
from market.enums import ListingStage, PriceUnit, VerificationState
from market.exceptions import (
    NoReview,
    NotAllowed,
    NotOnOffer,
    NotVerified,
    NotYourPhoto,
    PackTooHeavy,
    PastDay,
    PlaceTooWide,
    TooFarAhead,
    TooManyDays,
    TooManyPhotos,
    UnfitText,
)
from market.models import Event, Listing, Lot, Organisation
from market.quantities import Pack, Quantity
from market.queries.listings import stage_of
from tests.factories import approve, make_photo, make_terms


@pytest.fixture
def terms(cast, reference):
    return make_terms(reference["loofah"], reference["village"])


def change(terms, **values):
    return make_terms(terms.produce, terms.place, **values)


def submit(cast, terms, photos=(), **kwargs):
    return submit_listing(terms, photos, **{"seller": cast.household, "key": uuid4(), "by": cast.farmer, **kwargs})


# --- handing in ---


def test_a_submitted_listing_waits_for_the_first_desk_and_is_not_public(cast, terms):
    listing = submit(cast, terms)

    review = WorkflowState.objects.get(object_id=str(listing.pk))
    assert (listing.live, listing.has_unpublished_changes, listing.revisions.count()) == (False, True, 1)
    assert (listing.quantity_per_day_g, listing.quantity_typed, listing.created_by) == (
        10_000_000,
        "2万斤",
        cast.farmer,
    )
    assert (review.status, review.requested_by, review.current_task_state.task.name) == (
        "in_progress",
        cast.farmer,
        "农业核对",
    )
    assert stage_of(listing) == ListingStage.IN_REVIEW
    assert Lot.objects.count() == 0


def test_submitting_records_who_and_how_much(cast, terms):
    listing = submit(cast, terms)

    event = Event.objects.about(listing).get()
    assert (event.verb, event.by, event.on_behalf_of, event.to_state, event.grams) == (
        "submitted",
        cast.farmer,
        None,
        "in_review",
        10_000_000,
    )


def test_a_helper_is_recorded_beside_the_household(cast, terms):
    listing = submit(cast, terms, by=cast.helper)

    event = Event.objects.about(listing).get()
    assert (event.by, event.on_behalf_of, listing.created_by) == (cast.helper, cast.household, cast.helper)


def test_both_desks_approving_puts_it_on_the_board_with_its_lots(cast, terms):
    listing = approve(cast, submit(cast, terms))

    assert listing.live is True
    assert stage_of(listing) == ListingStage.LIVE
    assert list(Lot.objects.values_list("offered_g", flat=True)) == [10_000_000] * 3


def test_the_same_key_returns_the_first_listing_and_writes_nothing(cast, terms):
    key = uuid4()
    first = submit(cast, terms, key=key)

    second = submit(cast, change(terms, note="又按了一次"), key=key)

    assert second.pk == first.pk
    assert (Listing.objects.count(), Event.objects.count(), WorkflowState.objects.count()) == (1, 1, 1)
    assert second.note == ""


def test_photos_are_kept_in_order_and_marked_as_used(cast, terms):
    photos = [make_photo(cast.farmer), make_photo(cast.farmer, "red")]

    listing = submit(cast, terms, photos[::-1])

    assert [row.photo_id for row in listing.photos.order_by("sort_order")] == [photos[1].pk, photos[0].pk]
    photos[0].refresh_from_db()
    assert photos[0].attached_at is not None


TODAY = dt.date(2021, 8, 8)
SENTENCES = {
    "past day": ({"first_day": dt.timedelta(days=-1)}, PastDay, "已经过去，请从今天或以后的日期开始"),
    "days in wrong order": (
        {"first_day": dt.timedelta(days=3), "last_day": dt.timedelta(days=1)},
        UnfitText,
        "结束日期不能早于开始日期",
    ),
    "61 days": ({"last_day": dt.timedelta(days=60)}, TooManyDays, "最多 60 天，您填了 61 天"),
    "more than a year ahead": (
        {"first_day": dt.timedelta(days=366), "last_day": dt.timedelta(days=366)},
        TooFarAhead,
        "开始日期太远，最晚写到",
    ),
    "the last day there is": (
        {"first_day": dt.date(9999, 12, 31), "last_day": dt.date(9999, 12, 31)},
        TooFarAhead,
        "更晚的请临近时再发布",
    ),
    "price zero": ({"price": Decimal(0)}, UnfitText, "单价必须大于零"),
    "price negative": ({"price": Decimal("-1.20")}, UnfitText, "单价必须大于零"),
    "price huge": ({"price": Decimal("99999999.00")}, UnfitText, "单价"),
    "price of a pack without a pack": ({"price_unit": PriceUnit.PACK}, UnfitText, "按件计价要写明每件多重"),
    "price unit unknown": ({"price_unit": "bushel"}, UnfitText, "bushel"),
    "grade unknown": ({"grade": "best"}, UnfitText, "best"),
    "minimum above the offer": ({"minimum": Quantity.of(10_000_001)}, UnfitText, "起订量不能超过每天供应量"),
    "pack of two tonnes": ({"pack": Pack("筐", 2_000_000)}, PackTooHeavy, "每件最多 2,000 斤 = 1 吨"),
    "note too long": ({"note": "好" * 501}, UnfitText, "说明"),
    "variety too long": ({"variety": "好" * 41}, UnfitText, "品种"),
    "contact missing": ({"contact_name": ""}, UnfitText, "联系人"),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_unfit_terms_are_refused_with_a_sentence_and_nothing_is_written(cast, terms, case):
    values, refusal, words = SENTENCES[case]
    today = timezone.localdate()
    values = {k: today + v if isinstance(v, dt.timedelta) else v for k, v in values.items()}

    with pytest.raises(refusal) as said:
        submit(cast, change(terms, **values))

    assert words in str(said.value)
    assert nothing_written()


def nothing_written() -> bool:
    return not (Listing.objects.exists() or Event.objects.exists() or WorkflowState.objects.exists())


def test_sixty_days_are_accepted(cast, terms):
    listing = submit(cast, change(terms, last_day=timezone.localdate() + dt.timedelta(days=59)))

    assert (listing.last_day - listing.first_day).days == 59


def test_a_county_is_too_wide_for_an_origin(cast, reference):
    with pytest.raises(PlaceTooWide, match="芦淞区"):
        submit(cast, make_terms(reference["loofah"], reference["lusong"]))

    assert nothing_written()


def test_produce_taken_out_of_the_catalogue_is_refused(cast, terms):
    terms.produce.is_active = False
    terms.produce.save()

    with pytest.raises(NotOnOffer, match="丝瓜"):
        submit(cast, terms)

    assert nothing_written()


@pytest.mark.parametrize("person", ["rival_farmer", "buyer", "outsider", "agriculture_desk"])
def test_nobody_else_hands_in_for_the_household(cast, terms, person):
    with pytest.raises(NotAllowed):
        submit(cast, terms, by=getattr(cast, person))

    assert nothing_written()


@pytest.mark.parametrize("state", [s for s in VerificationState if s != VerificationState.VERIFIED])
def test_only_verified_sellers_hand_in(cast, terms, state):
    Organisation.objects.filter(pk=cast.household.pk).update(verification=state)

    with pytest.raises(NotVerified, match="王建国家"):
        submit(cast, terms)

    assert nothing_written()


def test_without_a_review_nothing_can_be_handed_in(cast, terms):
    Listing.get_default_workflow().deactivate()

    with pytest.raises(NoReview):
        submit(cast, terms)

    assert nothing_written()


def test_seven_photos_are_refused(cast, terms):
    photos = [make_photo(cast.farmer) for _ in range(7)]

    with pytest.raises(TooManyPhotos, match="最多 6 张"):
        submit(cast, terms, photos)

    assert nothing_written()


def test_the_same_photo_twice_is_refused(cast, terms):
    photo = make_photo(cast.farmer)

    with pytest.raises(NotYourPhoto):
        submit(cast, terms, [photo, photo])

    assert nothing_written()


def test_somebody_elses_photo_is_refused(cast, terms):
    photo = make_photo(cast.rival_farmer)

    with pytest.raises(NotYourPhoto):
        submit(cast, terms, [photo])

    assert nothing_written()
    photo.refresh_from_db()
    assert photo.attached_at is None
