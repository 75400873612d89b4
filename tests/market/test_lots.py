"""Publication makes one lot a day; stock moves by guarded updates only."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from market.actions.lots import release, reserve
from market.exceptions import NotEnoughLeft, OfferBelowReserved
from market.models import Listing, Lot
from tests.factories import make_listing, make_live_listing


@pytest.fixture
def listing(cast, reference) -> Listing:
    return make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)


def republish(listing: Listing, by, **changes) -> Listing:
    draft = listing.get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision(user=by).publish()
    return Listing.objects.get(pk=listing.pk)


def test_a_saved_listing_is_not_public_and_has_no_lots(cast, reference):
    listing = make_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)

    assert listing.live is False
    assert Lot.objects.count() == 0


def test_publication_makes_one_lot_for_each_day(listing):
    today = timezone.localdate()

    lots = list(Lot.objects.order_by("day").values_list("day", "offered_g", "reserved_g", "price_per_kg"))

    price = Decimal("2.4000")
    assert lots == [(today + dt.timedelta(days=n), 10_000_000, 0, price) for n in range(3)]


def test_a_loofah_lot_is_good_for_two_days_from_five_in_the_morning(listing):
    lot = Lot.objects.order_by("day")[0]

    assert timezone.localtime(lot.best_before) == dt.datetime.combine(
        lot.day + dt.timedelta(days=2), dt.time(5), timezone.get_current_timezone()
    )


def test_publishing_an_edit_keeps_what_is_reserved(listing, cast):
    lot = Lot.objects.order_by("day")[0]
    reserve(lot.pk, 50_000)

    republish(listing, cast.farmer, quantity_per_day_g=5_000_000, quantity_typed="1万斤")

    lot.refresh_from_db()
    assert (lot.offered_g, lot.reserved_g) == (5_000_000, 50_000)


def test_lowering_the_offer_under_what_is_reserved_is_refused_with_the_numbers(listing, cast):
    lot = Lot.objects.order_by("day")[0]
    reserve(lot.pk, 6_000_000)

    with pytest.raises(OfferBelowReserved) as refusal:
        republish(listing, cast.farmer, quantity_per_day_g=5_000_000, quantity_typed="1万斤")

    assert "1.2 万斤" in str(refusal.value)
    lot.refresh_from_db()
    assert lot.offered_g == 10_000_000
    assert Listing.objects.get(pk=listing.pk).quantity_per_day_g == 10_000_000


def test_dropping_a_day_closes_its_lot(listing, cast):
    republish(listing, cast.farmer, last_day=listing.first_day)

    assert list(Lot.objects.order_by("day").values_list("is_open", flat=True)) == [True, False, False]


def test_reserve_takes_exactly_what_is_left_and_no_more(listing):
    lot = Lot.objects.order_by("day")[0]
    reserve(lot.pk, 9_999_999)

    with pytest.raises(NotEnoughLeft):
        reserve(lot.pk, 2)

    reserve(lot.pk, 1)
    lot.refresh_from_db()
    assert lot.remaining_g == 0


def test_release_gives_back_only_what_was_reserved(listing):
    lot = Lot.objects.order_by("day")[0]
    reserve(lot.pk, 1_000)

    with pytest.raises(RuntimeError):
        release(lot.pk, 1_001)

    release(lot.pk, 1_000)
    lot.refresh_from_db()
    assert lot.reserved_g == 0


def test_unpublishing_closes_the_lots_and_keeps_the_promises(listing, cast):
    lot = Lot.objects.order_by("day")[0]
    reserve(lot.pk, 1_000)

    Listing.objects.get(pk=listing.pk).unpublish()

    lot.refresh_from_db()
    assert (lot.is_open, lot.reserved_g) == (False, 1_000)
