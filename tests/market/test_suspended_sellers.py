"""A seller whom the bureau suspends sells nothing more; what is promised stays promised."""

import datetime as dt

import pytest
from django.utils import timezone

from market.actions.organisations import suspend_organisation, verify_organisation
from market.exceptions import LotClosed
from market.models import Listing, Lot, Organisation
from orders.models import Pledge
from tests.factories import make_live_listing, make_submitted_listing
from tests.factories.orders import make_dock, make_pledge
from tests.factories.selling import approve


@pytest.fixture
def listing(cast, reference) -> Listing:
    return make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)


@pytest.fixture
def lot(listing) -> Lot:
    return listing.lots.get(day=timezone.localdate() + dt.timedelta(days=1))


def suspend(cast) -> Organisation:
    return suspend_organisation(cast.household, reason="被投诉", by=cast.commerce_desk)


def test_nobody_pledges_from_a_suspended_seller(cast, lot):
    dock = make_dock(cast.supermarket)
    suspend(cast)

    with pytest.raises(LotClosed):
        make_pledge(lot, dock, "100斤", by=cast.buyer)

    assert Pledge.objects.count() == 0
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0


def test_the_lots_of_a_suspended_seller_are_off_the_board(cast, lot):
    suspend(cast)

    assert list(Lot.objects.on_board()) == []


def test_what_was_promised_before_the_suspension_stays_promised(cast, lot):
    make_pledge(lot, make_dock(cast.supermarket), "100斤", by=cast.buyer)

    suspend(cast)

    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000
    assert Pledge.objects.get().state == "placed"


def test_what_is_approved_during_the_suspension_is_not_on_sale(cast, reference):
    waiting = make_submitted_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    suspend(cast)

    published = approve(cast, waiting)

    assert published.live is True
    assert set(published.lots.values_list("is_open", flat=True)) == {False}


def test_a_seller_verified_again_is_back_on_the_board_with_what_is_left(cast, listing, lot):
    make_pledge(lot, make_dock(cast.supermarket), "100斤", by=cast.buyer)
    before = list(Lot.objects.on_board().order_by("pk").values())
    suspended = suspend(cast)

    verify_organisation(suspended, by=cast.commerce_desk)

    assert list(Lot.objects.on_board().order_by("pk").values()) == before


def test_a_listing_taken_down_does_not_come_back_with_its_seller(cast, listing):
    listing.unpublish()
    suspended = suspend(cast)

    verify_organisation(suspended, by=cast.commerce_desk)

    assert list(Lot.objects.on_board()) == []


def test_other_sellers_go_on_selling(cast, reference, listing):
    other = make_live_listing(cast.cooperative, reference["loofah"], reference["village"], by=cast.cooperative_manager)

    suspend(cast)

    assert {lot.listing_id for lot in Lot.objects.on_board()} == {other.pk}
