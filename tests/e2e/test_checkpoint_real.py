"""From a planned trip to the barrier: the code the server signs, the bundle it publishes, a phone without a network, a new key meanwhile."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from orders.logistics.actions.bundles import publish_bundle
from orders.logistics.actions.codes import issue_code, restore_code, withdraw_by_hand
from orders.logistics.actions.signer_keys import rotate_keys
from orders.logistics.enums import KeyPurpose, KeyState
from orders.logistics.models import CheckpointAlarm, CheckpointVisit, HealthCheck, PassCode, SignerKey, Trip
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


@pytest.fixture
def code_of_now(cast, reference, settings) -> PassCode:
    """Of a truck that is on its way; its driver's test has run out since the phone got its bundle, see the test."""
    settings.PLANNER_SECONDS = 1
    settings.PLANNER_ENGINE = "greedy"
    make_office(cast)
    trip, now = cleared_trip(make_day(cast, reference)), timezone.now()
    hours = {"starts_at": now - dt.timedelta(hours=1), "ends_at": now + dt.timedelta(hours=3)}
    Trip.objects.filter(pk=trip.pk).update(**hours)
    trip.green_pass = trip.truck.passes.get()
    type(trip.green_pass).objects.update(valid_from=now - dt.timedelta(days=1))
    made = issue_code(Trip.objects.get(pk=trip.pk), by=cast.dispatcher)
    assert made is not None
    return made


def test_the_server_says_what_the_phone_could_not_know_as_soon_as_there_is_a_network(open_as, cast, code_of_now):
    """On the screen if the truck still stands there; above everything else if it has gone on."""
    make_checkpoint(cast.checkpoint)
    page = visit_once(open_as(cast.officer))
    go_offline(page)
    HealthCheck.objects.update(sampled_at=timezone.now() - dt.timedelta(hours=60))
    type_in(page, code_of_now.text)
    expect_verdict(page, "pass", "genuine")
    page.get_by_role("button", name="放行", exact=True).tap()
    expect(page.locator("#ask")).to_be_visible()
    type_in(page, code_of_now.text)
    expect_verdict(page, "pass", "genuine")

    page.context.set_offline(False)
    expect(page.locator("#sign")).to_have_attribute("data-verdict", "hold")
    expect(page.locator("#say")).to_contain_text("这趟车已不符合通行条件")
    expect(page.locator("#say")).to_contain_text("司机的健康查验")
    expect(page.locator("#result-alarm")).to_contain_text("服务器判断不该放行")
    expect(page.locator("#decide .main")).to_have_attribute("value", "held")

    expect(page.locator("#late button")).to_have_count(1)
    page.locator("#again").tap()
    page.locator("#late button").tap()
    expect(page.locator("#sign")).to_have_attribute("data-verdict", "hold")
    expect(page.locator("#late")).to_be_hidden()
    assert CheckpointAlarm.objects.count() == 2
    forget_offline_noise(page)


def active_kid() -> str:
    return SignerKey.objects.get(purpose=KeyPurpose.BUNDLE, state=KeyState.ACTIVE).kid


def test_a_phone_that_was_away_takes_the_new_bundle_key(open_as, cast, code):
    make_checkpoint(cast.checkpoint)
    page = visit_once(open_as(cast.officer))
    before = active_kid()
    go_offline(page)
    type_in(page, code.text)
    expect_verdict(page, "hold", "not_yet")

    over = {"valid_from": timezone.now() - dt.timedelta(days=90), "valid_to": timezone.now() - dt.timedelta(hours=1)}
    SignerKey.objects.filter(purpose=KeyPurpose.BUNDLE).update(**over)
    rotate_keys()
    withdraw_by_hand(code, reason="车主来电", by=cast.issuer)
    publish_bundle()
    assert active_kid() != before
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "0")
    page.context.set_offline(True)

    type_in(page, code.text)
    expect_verdict(page, "refuse", "by_hand", "not_yet")
    forget_offline_noise(page)
