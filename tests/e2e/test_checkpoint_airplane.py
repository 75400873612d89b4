"""The officer's phone after one visit, in airplane mode: every kind of code gets its verdict; what was recorded arrives once."""

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Page, expect

from market.models import Notice
from orders.logistics.codes.keys import make_key_pair
from orders.logistics.enums import AlarmKind, VisitState
from orders.logistics.models import CheckpointAlarm, CheckpointVisit
from orders.logistics.queries.visits import broken_links
from tests.e2e.checkpoint_phone import (
    URL,
    altered,
    expect_verdict,
    forget_offline_noise,
    go_offline,
    lay,
    recorded,
    type_in,
    visit_once,
)
from tests.e2e.checkpoint_urls import SHELF
from tests.e2e.conftest import CHROMIUM, QUIET, _log_in
from tests.e2e.conftest import PHONE as PHONE_SCREEN
from tests.factories import make_organisation
from tests.factories.checkpoints import HOUR, LILING, PHONE, Signers, make_checkpoint, make_signers


@pytest.fixture(autouse=True)
def _shelf() -> Iterator[None]:
    SHELF.clear()
    with override_settings(ROOT_URLCONF="tests.e2e.checkpoint_urls"):
        yield


@pytest.fixture
def signers(cast) -> Signers:
    make_checkpoint(cast.checkpoint)
    return make_signers()


@pytest.fixture
def phone(open_as, cast, signers) -> Callable[[], Page]:
    """Opens the page once with the bundle on the shelf, then takes the network away."""
    pages: list[Page] = []

    def ready() -> Page:
        page = visit_once(open_as(cast.officer))
        go_offline(page)
        pages.append(page)
        return page

    yield ready
    for page in pages:
        forget_offline_noise(page)


# --- the cases ---


def test_genuine_by_text_and_by_number(phone, signers):
    code = signers.code()
    lay(signers)
    page = phone()

    type_in(page, code.text)
    expect_verdict(page, "pass", "genuine")
    expect(page.locator("#plate")).to_have_text("湘B12345")
    expect(page.locator("#age")).to_have_attribute("data-age", "fresh")

    type_in(page, f"{code.payload.number} {code.check.lower()}")
    expect_verdict(page, "pass", "genuine")
    expect(page.locator("#facts")).to_contain_text("按号码查到")
    expect(page.locator("#note")).to_contain_text("分钟前查过这张码")


def test_altered_expired_revoked_specimen_and_a_withdrawn_key_are_refused(phone, signers):
    now = int(time.time())
    good, revoked = signers.code(), signers.code()
    expired = signers.code(not_before=now - 5 * HOUR, expires=now - 60, issued_at=now - 5 * HOUR)
    specimen = signers.code(is_specimen=True)
    by_withdrawn = signers.code(by=signers.withdrawn, issue=False)
    signers.revoke(revoked)
    lay(signers)
    page = phone()

    for text, reason in (
        (altered(good.text), "bad_signature"),
        (expired.text, "expired"),
        (revoked.text, "pass_revoked"),
        (specimen.text, "specimen"),
        (by_withdrawn.text, "bad_key"),
    ):
        type_in(page, text)
        expect_verdict(page, "refuse", reason)
        # Only why: nothing of the holder's.
        expect(page.locator("#plate")).to_be_hidden()
        expect(page.locator("#crew")).to_be_hidden()
        assert page.locator("#facts").inner_text() == ""


def test_revoked_then_un_revoked(phone, signers, open_as, cast):
    code = signers.code()
    signers.revoke(code, "by_hand")
    lay(signers)
    page = phone()
    type_in(page, code.text)
    expect_verdict(page, "refuse", "by_hand")

    signers.unrevoke(code)
    lay(signers)
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "0")
    page.context.set_offline(True)

    type_in(page, code.text)
    expect_verdict(page, "pass", "genuine")


def test_signed_but_never_issued_is_held_and_raises_an_alarm(phone, signers, cast):
    forged = signers.code(issue=False)
    lay(signers)
    page = phone()

    type_in(page, forged.text)
    expect_verdict(page, "hold", "never_issued")
    page.context.set_offline(False)

    expect(page.locator("#result-alarm")).to_contain_text("系统没有签发过")
    alarm = CheckpointAlarm.objects.get()
    assert (alarm.kind, alarm.visit.verdict) == (AlarmKind.NEVER_ISSUED, "hold")
    assert Notice.objects.filter(recipient=cast.bureau, key=f"never_issued-{alarm.visit_id}").count() == 1


def test_a_stale_bundle_is_never_green_and_a_revoked_code_stays_refused(phone, signers):
    code, revoked, changed = signers.code(), signers.code(), signers.code()
    signers.revoke(revoked)
    signers.revoke(changed, "goods_changed")
    lay(signers, age_s=13 * HOUR)
    page = phone()

    expect(page.locator("#age")).to_have_attribute("data-age", "stale")
    for text in (code.text, f"{code.payload.number}{code.check}"):
        type_in(page, text)
        expect(page.locator("#sign")).to_have_attribute("data-verdict", "unknown")
    expect_verdict(page, "unknown", "stale_bundle")
    type_in(page, changed.text)
    expect_verdict(page, "unknown", "stale_bundle", "goods_changed")
    type_in(page, revoked.text)
    expect_verdict(page, "refuse", "pass_revoked", "stale_bundle")


def test_a_bundle_of_some_hours_is_amber_and_still_verifies(phone, signers):
    code = signers.code(issued_at=int(time.time()) - 4 * HOUR)
    lay(signers, age_s=3 * HOUR)
    page = phone()

    expect(page.locator("#age")).to_have_attribute("data-age", "usable")
    expect(page.locator("#age")).to_contain_text("3 小时前")
    type_in(page, code.text)
    expect_verdict(page, "pass", "genuine")


def test_a_clock_set_back_tells_nothing_and_forgives_nothing(phone, signers):
    now = int(time.time())
    code = signers.code()
    expired = signers.code(not_before=now - 5 * HOUR, expires=now - 600, issued_at=now - 5 * HOUR)
    lay(signers)
    page = phone()
    back = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)

    page.clock.set_system_time(back)
    type_in(page, expired.text)
    expect_verdict(page, "refuse", "expired", "clock_wrong")
    type_in(page, code.text)
    expect_verdict(page, "unknown", "clock_wrong")

    page.reload()  # a new page knows it too
    expect(page.locator("body")).to_have_attribute("data-screen", "ask")
    expect(page.locator("#age")).to_contain_text("时钟被调过")
    type_in(page, code.text)
    expect_verdict(page, "unknown", "clock_wrong")


def test_a_copied_code_raises_an_alarm_and_is_held_from_then_on(phone, signers, open_as, cast, reference):
    """Two phones see the same code offline at two places; the second to tell learns that it was copied."""
    second = make_organisation("醴陵查验点", "checkpoint", reference["tianyuan"])
    second.memberships.create(user=cast.outsider, role="officer")
    make_checkpoint(second, "醴陵东出口", point=LILING)
    code = signers.code()
    lay(signers)
    here = phone()
    there = visit_once(open_as(cast.outsider))
    go_offline(there)
    for page in (here, there):
        type_in(page, code.text)
        expect_verdict(page, "pass", "genuine")

    here.context.set_offline(False)
    expect(here.locator("#queue")).to_have_attribute("data-waiting", "0")
    there.context.set_offline(False)
    expect(there.locator("#result-alarm")).to_contain_text("同一通行码")
    expect(there.locator("#sign")).to_have_attribute("data-verdict", "hold")
    there.context.set_offline(True)

    type_in(there, code.text)
    expect_verdict(there, "hold", "copied")
    alarm = CheckpointAlarm.objects.get()
    assert (alarm.kind, alarm.visit.checkpoint.name) == (AlarmKind.COPIED, "醴陵东出口")
    assert alarm.other_visit.checkpoint.name == "白关收费站出口"
    forget_offline_noise(there)


def test_without_a_bundle_nothing_can_be_said(phone, signers, open_as, cast):
    code = signers.code()
    page = open_as(cast.officer)
    page.goto(URL)
    expect(page.locator("body")).to_have_attribute("data-screen", "ask")

    type_in(page, code.text)

    expect_verdict(page, "unknown", "no_bundle")
    page.complaints[:] = [line for line in page.complaints if "404" not in line]


def test_what_is_no_code_is_asked_for_again(phone, signers):
    lay(signers)
    page = phone()

    type_in(page, "湘B12345")
    expect(page.locator("#typed-error")).to_contain_text("12 位通行证号")
    type_in(page, "GC1:123")
    expect_verdict(page, "unknown", "unreadable")
    type_in(page, "430200009999 7K2M")
    expect_verdict(page, "unknown", "not_found")


# --- the driver's number, the decision, the way home ---


def test_the_drivers_number_is_compared_with_the_code(phone, signers):
    code = signers.code()
    lay(signers)
    page = phone()
    type_in(page, code.text)

    page.fill("#phone", PHONE.removeprefix("+86"))
    page.get_by_role("button", name="核对", exact=True).tap()
    expect(page.locator("#crew-said")).to_have_text("手机号和通行码一致")
    expect_verdict(page, "pass", "genuine")

    page.fill("#phone", "13999999999")
    page.get_by_role("button", name="核对", exact=True).tap()
    expect_verdict(page, "hold", "crew_changed")


def test_decisions_wait_with_their_records_and_arrive_once(phone, signers, cast):
    code, revoked = signers.code(), signers.code(plate="湘B99999")
    signers.revoke(revoked)
    lay(signers)
    page = phone()
    type_in(page, code.text)
    page.get_by_role("button", name="放行", exact=True).tap()
    expect(page.locator("#typed-error")).to_contain_text("已记下：已放行")
    type_in(page, revoked.text)
    page.get_by_role("button", name="留查", exact=True).tap()
    expect(page.locator("#why-error")).to_contain_text("请写原因")
    page.get_by_role("button", name="车牌不符").tap()
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "2")
    assert CheckpointVisit.objects.count() == 0

    page.context.set_offline(False)
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "0")
    page.reload()
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "0")

    visits = list(CheckpointVisit.objects.order_by("seq"))
    assert [(one.seq, one.verdict, one.state, one.decision_reason) for one in visits] == [
        (1, "pass", VisitState.PASSED, ""),
        (2, "refuse", VisitState.HELD, "车牌不符"),
    ]
    assert visits[0].code.token == code.payload.token.hex()
    assert (visits[0].by, visits[0].plate) == (cast.officer, "湘B12345")
    assert broken_links(visits[0].device) == []
    assert CheckpointAlarm.objects.count() == 0


def test_an_answer_that_got_lost_does_not_record_twice(phone, signers):
    code = signers.code()
    lay(signers)
    page = phone()
    type_in(page, code.text)
    lost: list[int] = []

    def lose_the_first_answer(route):
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.context.set_offline(False)
    page.context.route("**/checkpoint/sync/", lose_the_first_answer)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(1500)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "0")

    assert CheckpointVisit.objects.count() == 1
    assert CheckpointAlarm.objects.count() == 0


def test_nobodys_square_holds_the_queue_up(phone, signers):
    """What stands in a code that we have not signed is anybody's: it is recorded without what no server takes."""
    good, odd = signers.code(), signers.code(plate="湘\x00\u202eB<b>1", by=make_key_pair(), issue=False)
    lay(signers)
    page = phone()
    type_in(page, odd.text)
    expect_verdict(page, "refuse", "bad_key")
    type_in(page, "GC1:湘\u0007")
    expect_verdict(page, "unknown", "unreadable")
    type_in(page, good.text)
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_have_attribute("data-waiting", "0")

    assert list(CheckpointVisit.objects.order_by("seq").values_list("plate", "verdict")) == [
        ("湘Bb1", "refuse"), ("", "unknown"), ("湘B12345", "pass"),
    ]  # fmt: skip
    assert CheckpointAlarm.objects.count() == 0


def test_a_network_that_never_answers_holds_no_verdict_up(phone, signers):
    code = signers.code()
    lay(signers)
    page = phone()
    page.context.set_offline(False)
    page.context.route(re.compile(r"checkpoint/(bundle|sync)"), lambda _route: None)  # taken, and never answered

    began = time.monotonic()
    type_in(page, code.text)
    expect_verdict(page, "pass", "genuine")

    assert time.monotonic() - began < 3


# --- the camera ---


def test_a_camera_image_is_read_and_verified_offline(playwright, live_server, cast, signers, tmp_path):
    code = signers.code()
    lay(signers)
    film = recorded(tmp_path / "square.y4m", code)
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *camera])
    try:
        context = browser.new_context(base_url=live_server.url, **PHONE_SCREEN)
        session = {"name": settings.SESSION_COOKIE_NAME, "value": _log_in(cast.officer), "url": live_server.url}
        context.add_cookies([session])
        page = context.new_page()
        visit_once(page)
        go_offline(page)
        page.get_by_role("button", name="开始扫码").tap()
        expect(page.locator("#result")).to_be_visible(timeout=20_000)
        expect_verdict(page, "pass", "genuine")
        expect(page.locator("#plate")).to_have_text("湘B12345")
    finally:
        browser.close()
