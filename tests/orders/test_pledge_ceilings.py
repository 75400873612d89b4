"""限价 when somebody pledges: refused above it with the reason, shown before, and what was promised stays."""

import pytest
from django.urls import reverse

from market.actions.ceilings import end_ceiling
from market.exceptions import PriceAboveCeiling
from market.models import Listing
from orders.models import Pledge
from tests.factories import signed_in
from tests.factories.ceilings import make_ceiling
from tests.pages import words_of


@pytest.fixture
def ceiling(cast, reference):
    """The listing asks 1.20 元/斤."""
    return make_ceiling(reference["loofah"], "1.10", by=cast.commerce_desk)


def test_a_pledge_above_it_is_refused_with_the_reason_and_nothing_is_written(place, ceiling, nothing_written):
    with pytest.raises(PriceAboveCeiling) as said:
        place()

    sentence = "丝瓜现在限价 1.10 元/斤，这批货超过了，请等卖方改低，或者看别的货。原因：封控期间防止哄抬价格"
    assert str(said.value) == sentence
    nothing_written()


def test_at_the_ceiling_and_with_an_open_price_it_is_placed(place, cast, reference, listing):
    make_ceiling(reference["loofah"], "1.20", by=cast.commerce_desk)
    assert place().taken_g == 50_000

    make_ceiling(reference["loofah"], "0.10", by=cast.commerce_desk)
    Listing.objects.filter(pk=listing.pk).update(price=None)
    assert place().price is None


def test_what_was_pledged_before_stays_and_a_repeat_finds_it(place, cast, reference):
    import uuid

    key = uuid.uuid4()
    first = place(key=key)
    make_ceiling(reference["loofah"], "1.10", by=cast.commerce_desk)

    assert place(key=key) == first
    assert Pledge.objects.get() == first
    assert first.taken_g == 50_000


def test_once_ended_it_is_placed_again(place, cast, ceiling):
    end_ceiling(ceiling, reason="供应恢复", by=cast.commerce_desk)

    assert place().taken_g == 50_000


def test_the_form_shows_it_with_the_reason(cast, lot, dock, ceiling):
    words = words_of(signed_in(cast.buyer).get(reverse("orders:place", args=[lot.pk])))

    assert "限价 1.10 元/斤 限价的原因 封控期间防止哄抬价格 单价超过限价，卖方改低以前不能认购" in words


def test_a_form_whose_price_is_allowed_says_only_the_ceiling(cast, lot, dock, reference):
    make_ceiling(reference["loofah"], "1.20", by=cast.commerce_desk)

    words = words_of(signed_in(cast.buyer).get(reverse("orders:place", args=[lot.pk])))

    assert "限价 1.20 元/斤" in words
    assert "单价超过限价" not in words


def test_the_page_of_the_lot_has_no_door_to_a_form_that_would_be_refused(cast, lot, dock):
    client, url = signed_in(cast.buyer), reverse("market:lot", args=[lot.pk])
    door = f'href="{reverse("orders:place", args=[lot.pk])}"'
    assert door in client.get(url).content.decode()

    make_ceiling(lot.produce, "1.10", by=cast.commerce_desk)

    page = client.get(url).content.decode()
    assert door not in page
    assert "看别的货" in page
