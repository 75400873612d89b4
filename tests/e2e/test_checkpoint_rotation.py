"""The key that signs bundles changes while the officer's phone is away: the next network brings the new one, and nothing is lost."""

import datetime as dt

from django.utils import timezone
from playwright.sync_api import expect

from orders.logistics.actions.bundles import publish_bundle
from orders.logistics.actions.codes import withdraw_by_hand
from orders.logistics.actions.signer_keys import rotate_keys
from orders.logistics.enums import KeyPurpose, KeyState
from orders.logistics.models import SignerKey
from tests.e2e.checkpoint_phone import expect_verdict, forget_offline_noise, go_offline, type_in, visit_once
from tests.e2e.test_checkpoint_real import code  # noqa: F401 - a fixture
from tests.factories.checkpoints import make_checkpoint


def active_kid() -> str:
    return SignerKey.objects.get(purpose=KeyPurpose.BUNDLE, state=KeyState.ACTIVE).kid


def test_a_phone_that_was_away_takes_the_new_bundle_key(open_as, cast, code):  # noqa: F811
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
