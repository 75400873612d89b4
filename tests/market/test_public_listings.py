"""A listing is public, or it is not: the list, the board's cards and the lot's page agree."""

import datetime as dt

import pytest
from django.utils import timezone

from market.models import Listing, Lot
from market.queries.board import lot_cards
from market.queries.lot import WITHDRAWN, lot_page
from tests.factories import make_live_listing


@pytest.mark.parametrize(
    ("live", "expires_in", "public"),
    [
        (True, None, True),
        (True, dt.timedelta(hours=1), True),
        (True, dt.timedelta(seconds=-1), False),
        (False, None, False),
        (False, dt.timedelta(hours=1), False),
        (False, dt.timedelta(hours=-1), False),
    ],
)
def test_list_cards_and_page_agree(cast, reference, live, expires_in, public):
    made = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    now = timezone.now()
    Listing.objects.filter(pk=made.pk).update(live=live, expire_at=expires_in and now + expires_in)
    lot = Lot.objects.filter(listing_id=made.pk).order_by("-day").first()

    assert Listing.objects.public().filter(pk=made.pk).exists() is public
    assert Listing.objects.get(pk=made.pk).is_public() is public
    assert [card.id for card in lot_cards([lot.pk])] == ([lot.pk] if public else [])
    assert (lot_page(lot.pk).state != WITHDRAWN) is public


def test_a_listing_ends_at_the_minute_it_says(cast, reference):
    made = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    made.expire_at = timezone.now() + dt.timedelta(hours=1)

    assert made.is_public(made.expire_at - dt.timedelta(microseconds=1))
    assert not made.is_public(made.expire_at)
