"""Changing and withdrawing a listing, and the stage it stands at."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone
from wagtail.models import TaskState, WorkflowState

from market.actions.listings import edit_listing, submit_listing, withdraw_listing
from market.actions.lots import reserve
from market.enums import Grade, ListingStage
from market.exceptions import (
    EndsInThePast,
    InReview,
    LockedByBureau,
    NotAllowed,
    OfferBelowReserved,
    PastDay,
    ProduceFixed,
    WrongState,
)
from market.models import Event, Listing, Lot
from market.quantities import Quantity
from market.queries.listings import asked_changes, stage_of
from tests.factories import approve, decide, make_live_listing, make_photo, make_submitted_listing, make_terms


@pytest.fixture
def terms(cast, reference):
    return make_terms(reference["loofah"], reference["village"])


def change(terms, **values):
    return make_terms(terms.produce, terms.place, **values)


def submit(cast, terms, photos=(), **kwargs):
    return submit_listing(terms, photos, **{"seller": cast.household, "key": uuid4(), "by": cast.farmer, **kwargs})


# --- changing ---


def test_an_edit_in_review_is_refused_and_changes_nothing(cast, terms):
    listing = submit(cast, terms)

    with pytest.raises(InReview):
        edit_listing(listing, change(terms, note="新"), by=cast.farmer)

    listing.refresh_from_db()
    assert (listing.note, listing.revisions.count(), Event.objects.count()) == ("", 1, 1)


def test_an_edit_of_a_live_listing_leaves_the_board_as_it_was(cast, terms):
    listing = approve(cast, submit(cast, terms))

    edited = edit_listing(listing, change(terms, price=Decimal("1.50"), note="涨价"), by=cast.farmer)

    assert (edited.live, edited.price, edited.note) == (True, Decimal("1.20"), "")
    assert edited.get_latest_revision_as_object().price == Decimal("1.50")
    assert stage_of(edited) == ListingStage.LIVE_EDIT_IN_REVIEW
    assert [s.status for s in WorkflowState.objects.order_by("pk")] == ["approved", "in_progress"]
    assert set(Lot.objects.values_list("price_per_kg", flat=True)) == {Decimal("2.4000")}


def test_approving_the_edit_changes_the_board(cast, terms):
    listing = approve(cast, submit(cast, terms))
    edit_listing(listing, change(terms, price=Decimal("1.50"), note="涨价"), by=cast.farmer)

    listing = approve(cast, listing)

    assert (listing.price, listing.note, stage_of(listing)) == (Decimal("1.50"), "涨价", ListingStage.LIVE)
    assert set(Lot.objects.values_list("price_per_kg", flat=True)) == {Decimal("3.0000")}


def test_an_edit_of_a_live_listing_changes_photos_only_when_approved(cast, terms):
    old, new = make_photo(cast.farmer), make_photo(cast.farmer, "red")
    listing = approve(cast, submit(cast, terms, [old]))

    edit_listing(listing, terms, [new], by=cast.farmer)

    assert list(listing.photos.model.objects.values_list("photo_id", flat=True)) == [old.pk]
    approve(cast, listing)
    assert list(listing.photos.model.objects.values_list("photo_id", flat=True)) == [new.pk]


def test_asked_changes_are_told_with_the_reason_and_resume_the_same_review(cast, terms):
    listing = submit(cast, terms)
    decide(listing, "reject", cast.agriculture_desk, comment="请补一张照片")
    assert stage_of(listing) == ListingStage.CHANGES_ASKED
    assert asked_changes(listing).comment == "请补一张照片"

    again = edit_listing(listing, change(terms, note="补了"), [make_photo(cast.farmer)], by=cast.farmer)

    review = WorkflowState.objects.get(object_id=str(listing.pk))
    assert (review.status, review.task_states.count()) == ("in_progress", 2)
    assert review.current_task_state.revision_id == again.latest_revision_id
    assert (again.note, again.photos.count(), stage_of(again)) == ("补了", 1, ListingStage.IN_REVIEW)
    assert asked_changes(again) is None
    event = Event.objects.about(listing).last()
    assert (event.verb, event.from_state, event.to_state) == ("resubmitted", "changes_asked", "in_review")
    assert approve(cast, again).note == "补了"


def test_changes_asked_of_a_live_listing_keep_it_live(cast, terms):
    listing = approve(cast, submit(cast, terms))
    edit_listing(listing, change(terms, note="新"), by=cast.farmer)

    decide(listing, "reject", cast.agriculture_desk, comment="不行")

    listing.refresh_from_db()
    assert (listing.live, stage_of(listing)) == (True, ListingStage.LIVE_CHANGES_ASKED)


def test_an_edit_below_what_is_reserved_is_refused_early_with_the_numbers(cast, terms):
    listing = approve(cast, submit(cast, terms))
    reserve(Lot.objects.first().pk, 6_000_000)

    with pytest.raises(OfferBelowReserved, match=r"1\.2 万斤"):
        edit_listing(listing, change(terms, quantity=Quantity.parse("1万斤")), by=cast.farmer)

    assert (listing.revisions.count(), stage_of(listing)) == (1, ListingStage.LIVE)


def test_the_produce_cannot_change_once_somebody_has_pledged(cast, terms, reference):
    listing = approve(cast, submit(cast, terms))
    reserve(Lot.objects.first().pk, 500)

    with pytest.raises(ProduceFixed):
        edit_listing(listing, make_terms(reference["peach"], terms.place), by=cast.farmer)

    assert listing.revisions.count() == 1


def test_the_produce_may_change_while_nobody_has_pledged(cast, terms, reference):
    listing = approve(cast, submit(cast, terms))

    edit_listing(listing, make_terms(reference["peach"], terms.place), by=cast.farmer)

    assert approve(cast, listing).produce == reference["peach"]


def test_an_edit_keeps_a_first_day_that_has_passed_meanwhile_but_not_another_past_day(cast, terms, time_machine):
    listing = approve(cast, submit(cast, terms))
    time_machine.move_to(timezone.now() + dt.timedelta(days=1))

    with pytest.raises(PastDay):
        edit_listing(listing, change(terms, first_day=terms.first_day - dt.timedelta(days=1)), by=cast.farmer)
    edit_listing(
        listing, change(terms, first_day=terms.first_day, last_day=terms.last_day, note="晚了"), by=cast.farmer
    )

    assert stage_of(listing) == ListingStage.LIVE_EDIT_IN_REVIEW


def test_an_edit_that_ends_in_the_past_is_refused(cast, terms, time_machine):
    listing = submit(cast, terms)
    decide(listing, "reject", cast.agriculture_desk, comment="改")
    time_machine.move_to(timezone.now() + dt.timedelta(days=5))

    with pytest.raises(EndsInThePast):
        edit_listing(listing, change(terms, first_day=terms.first_day, last_day=terms.last_day), by=cast.farmer)

    assert stage_of(listing) == ListingStage.CHANGES_ASKED


def test_an_ended_listing_is_not_edited(cast, terms, time_machine):
    listing = approve(cast, submit(cast, terms))
    time_machine.move_to(timezone.now() + dt.timedelta(days=5))

    with pytest.raises(WrongState, match="已结束"):
        edit_listing(listing, change(terms), by=cast.farmer)


def test_a_listing_locked_by_the_bureau_is_not_edited(cast, terms):
    listing = approve(cast, submit(cast, terms))
    Listing.objects.filter(pk=listing.pk).update(locked=True, locked_by=cast.commerce_desk)

    with pytest.raises(LockedByBureau):
        edit_listing(listing, change(terms, note="新"), by=cast.farmer)

    assert listing.revisions.count() == 1


@pytest.mark.parametrize("person", ["rival_farmer", "buyer", "outsider"])
def test_nobody_else_edits_or_withdraws(cast, terms, person):
    listing = approve(cast, submit(cast, terms))

    with pytest.raises(NotAllowed):
        edit_listing(listing, terms, by=getattr(cast, person))
    with pytest.raises(NotAllowed):
        withdraw_listing(listing, reason="", by=getattr(cast, person))

    assert (listing.revisions.count(), stage_of(listing)) == (1, ListingStage.LIVE)


def test_a_helpers_photos_stay_when_the_farmer_edits(cast, terms):
    photo = make_photo(cast.helper)
    listing = approve(cast, submit(cast, terms, [photo], by=cast.helper))

    edit_listing(listing, terms, [photo], by=cast.farmer)

    assert stage_of(listing) == ListingStage.LIVE_EDIT_IN_REVIEW


# --- withdrawing ---


def test_withdrawing_a_live_listing_closes_its_lots_and_keeps_the_promises(cast, terms):
    listing = approve(cast, submit(cast, terms))
    reserve(Lot.objects.order_by("day")[0].pk, 500)

    gone = withdraw_listing(listing, reason="卖完了", by=cast.farmer)

    assert (gone.live, stage_of(gone)) == (False, ListingStage.WITHDRAWN)
    assert set(Lot.objects.values_list("is_open", flat=True)) == {False}
    assert sum(Lot.objects.values_list("reserved_g", flat=True)) == 500
    event = Event.objects.about(listing).last()
    assert (event.verb, event.from_state, event.reason) == ("withdrawn", "live", "卖完了")


def test_withdrawing_takes_it_out_of_review(cast, terms):
    listing = submit(cast, terms)

    gone = withdraw_listing(listing, reason="", by=cast.farmer)

    assert stage_of(gone) == ListingStage.WITHDRAWN
    assert WorkflowState.objects.get().status == "cancelled"
    assert not TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).exists()


def test_withdrawing_twice_is_refused(cast, terms):
    listing = withdraw_listing(submit(cast, terms), reason="", by=cast.farmer)

    with pytest.raises(WrongState, match="已下架"):
        withdraw_listing(listing, reason="", by=cast.farmer)

    assert Event.objects.filter(verb="withdrawn").count() == 1


def test_a_withdrawn_listing_goes_on_the_board_again_after_a_new_review(cast, terms):
    listing = withdraw_listing(approve(cast, submit(cast, terms)), reason="", by=cast.farmer)

    again = edit_listing(listing, change(terms, note="又有了"), by=cast.farmer)

    assert (again.note, stage_of(again)) == ("又有了", ListingStage.IN_REVIEW)
    assert approve(cast, again).live is True
    assert set(Lot.objects.values_list("is_open", flat=True)) == {True}


# --- stages ---


def test_a_listing_nobody_handed_in_is_a_draft(cast, reference):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    Listing.objects.filter(pk=listing.pk).update(live=False, first_published_at=None)

    assert stage_of(Listing.objects.get(pk=listing.pk)) == ListingStage.DRAFT


def test_an_expired_listing_has_ended(cast, reference):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    listing.unpublish(set_expired=True)

    assert stage_of(Listing.objects.get(pk=listing.pk)) == ListingStage.ENDED


def test_the_factory_hands_in_through_the_action(cast, reference):
    listing = make_submitted_listing(
        cast.household, reference["loofah"], reference["village"], by=cast.farmer, grade=Grade.PREMIUM
    )

    assert (stage_of(listing), listing.grade) == (ListingStage.IN_REVIEW, "premium")
