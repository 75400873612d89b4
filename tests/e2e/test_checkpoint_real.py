"""From a planned trip to the barrier: the code the server signs, the bundle it publishes, and a phone without a network."""

import pytest
from playwright.sync_api import expect

from orders.logistics.actions.codes import issue_code, restore_code, withdraw_by_hand
from orders.logistics.models import CheckpointAlarm, CheckpointVisit, PassCode
from tests.e2e.checkpoint_phone import expect_verdict, forget_offline_noise, go_offline, type_in, visit_once
from tests.factories.checkpoints import make_checkpoint
from tests.factories.logistics import make_day
from tests.factories.passes import cleared_trip, make_office


@pytest.fixture
def code(cast, reference, settings) -> PassCode:
    """The supermarket's loofah of tomorrow on a truck with a pass."""
    settings.PLANNER_SECONDS = 1
    settings.PLANNER_ENGINE = "greedy"
    make_office(cast)
    made = issue_code(cleared_trip(make_day(cast, reference)), by=cast.dispatcher)
    assert made is not None
    return made


def test_a_signed_code_is_verified_withdrawn_and_restored(open_as, cast, code):
    make_checkpoint(cast.checkpoint)
    page = visit_once(open_as(cast.officer))
    expect(page.locator("#age")).to_have_attribute("data-age", "fresh")
    go_offline(page)
    type_in(page, code.text)
    # Tomorrow's code: rightly signed and registered, but not yet in force.
    expect_verdict(page, "hold", "not_yet")
    expect(page.locator("#plate")).to_have_text(code.trip.truck.plate)

    withdraw_by_hand(code, reason="车主来电", by=cast.issuer)
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "0")
    page.context.set_offline(True)
    type_in(page, code.text)
    expect_verdict(page, "refuse", "by_hand", "not_yet")

    restore_code(PassCode.objects.get(pk=code.pk), by=cast.issuer)
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "0")
    page.context.set_offline(True)
    type_in(page, code.text)
    expect_verdict(page, "hold", "not_yet")
    visits = CheckpointVisit.objects.order_by("seq")
    assert [(one.code, one.trip) for one in visits[:2]] == [(code, code.trip)] * 2
    assert CheckpointAlarm.objects.count() == 0
    forget_offline_noise(page)
