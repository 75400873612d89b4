"""What was agreed stays agreed: a later edit of the listing, published by the bureau, changes no pledge and no page of one."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from market.actions.listings import edit_listing
from market.enums import Grade, PriceUnit
from market.models import Lot
from market.quantities import Pack, Quantity
from orders.actions.pledges import change_pledge
from orders.models import Pledge
from tests.factories import approve, make_terms
from tests.factories.orders import fresh, kg

AGREED = ("price", "price_unit", "pack_word", "pack_g", "grade", "variety", "place_id", "seller_id", "produce_id")


@pytest.fixture
def terms(listing):
    """What the listing says now, as terms."""
    return make_terms(
        listing.produce,
        listing.place,
        first_day=listing.first_day,
        last_day=listing.last_day,
        pack=listing.pack,
    )


@pytest.fixture
def edited(cast, reference, listing, pledge, terms):
    """The listing after an edit of everything a pledge freezes, published."""
    other = replace(
        terms,
        variety="线丝瓜",
        grade=Grade.SECOND,
        price=Decimal("2.50"),
        price_unit=PriceUnit.KG,
        pack=Pack("筐", 12_000),
        place=reference["baiguan"],
        quantity=Quantity.parse("8吨"),
    )
    return approve(cast, edit_listing(listing, other, by=fresh(cast.farmer)))


def agreed(pledge: Pledge) -> list[object]:
    now = Pledge.objects.get(pk=pledge.pk)
    return [getattr(now, name) for name in AGREED]


def test_an_edit_of_the_listing_changes_no_pledge(pledge, edited, lot):
    before = [getattr(pledge, name) for name in AGREED]

    assert Lot.objects.get(pk=lot.pk).grade == Grade.SECOND  # the edit is on the board
    assert agreed(pledge) == before
    assert Pledge.objects.get(pk=pledge.pk).amount == Decimal("120.00")


def test_the_pages_say_what_was_agreed(client, cast, pledge, edited):
    for who in (cast.buyer, cast.farmer):
        client.force_login(who)
        page = client.get(reverse("orders:pledge", args=[pledge.pk])).content.decode()

        assert ("1.20 元/斤" in page, "每筐 40 斤 = 20 公斤" in page) == (True, True)
        assert ("2.50 元/公斤" in page, "线丝瓜" in page, "二等" in page) == (False, False, False)


def test_a_change_after_the_edit_counts_packs_and_money_as_agreed(client, cast, pledge, edited):
    client.force_login(cast.buyer)
    data = {"quantity": "3-4筐", "dock": pledge.dock_id, "window_from": "06:00", "window_to": "10:00"}

    client.post(reverse("orders:change", args=[pledge.pk]), data)

    now = Pledge.objects.get(pk=pledge.pk)
    assert (now.firm_g, now.most_g, now.amount) == (60_000, 80_000, Decimal("144.00"))


def test_a_new_pledge_takes_the_new_terms(place, edited):
    pledge = place(quantity=kg("200斤"))

    assert (pledge.price, pledge.price_unit, pledge.grade, pledge.pack_g) == (
        Decimal("2.50"),
        PriceUnit.KG,
        Grade.SECOND,
        12_000,
    )


def test_the_form_of_change_shows_both_ends_whatever_was_typed(client, cast, place):
    pledge = place(quantity=kg("100斤"), most=kg("150斤"))
    client.force_login(cast.buyer)

    page = client.get(reverse("orders:change", args=[pledge.pk])).content.decode()

    assert 'value="100斤-150斤"' in page
    change_pledge(pledge, quantity=kg("100斤"), most=kg("100斤"), by=fresh(cast.buyer))
    assert 'value="100斤"' in client.get(reverse("orders:change", args=[pledge.pk])).content.decode()
