"""Accepting an offer on the phone: a nervous finger taps twice, and nothing is agreed to unread."""

import pytest
from playwright.sync_api import expect

from orders.models import Offer, Pledge
from tests.e2e.conftest import PHONE
from tests.factories import make_live_listing
from tests.factories.orders import fresh, make_dock
from tests.factories.talks import make_buyers_offer, tomorrow


@pytest.fixture
def offer(cast, reference) -> Offer:
    listing = make_live_listing(cast.household, reference["peach"], reference["village"], by=cast.farmer, price=None)
    lot = listing.lots.get(day=tomorrow())
    return make_buyers_offer(lot, make_dock(cast.supermarket), by=fresh(cast.buyer))


def test_a_second_tap_does_not_answer_the_question(open_as, cast, offer):
    page = open_as(cast.farmer, PHONE)
    page.goto(f"/orders/offers/{offer.pk}/")

    accept, dialog = page.get_by_role("button", name="接受"), page.locator("#confirm-dialog")
    accept.evaluate("(button) => { button.click(); document.querySelector('#confirm-dialog [data-yes]').click(); }")

    expect(dialog).to_be_visible()
    assert not Pledge.objects.exists()

    dialog.get_by_role("button", name="确定").click()

    expect(page.get_by_text("成交了，认购已经记下")).to_be_visible()
    assert Pledge.objects.count() == 1
