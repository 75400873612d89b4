"""The bundle: what is in it, when it is new, how large it is; and the pages around codes and keys."""

import datetime as dt
import hashlib

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from orders.logistics.actions import bundles
from orders.logistics.actions.bundles import publish_bundle
from orders.logistics.actions.codes import issue_code, restore_code, withdraw_by_hand
from orders.logistics.actions.passes import revoke_pass
from orders.logistics.actions.signer_keys import active_key, rotate_keys, withdraw_key
from orders.logistics.codes.bundle import Bundle
from orders.logistics.codes.keys import PublicKey
from orders.logistics.codes.signing import open_signed
from orders.logistics.codes.text import read_text
from orders.logistics.codes.verdicts import Moment, judge_text, judge_typed
from orders.logistics.enums import KeyPurpose
from orders.logistics.models import Checkpoint, PassCode, RiskArea, Rules, SignerKey, Trip, TrustBundle
from orders.logistics.queries.bundles import bundle_keys, contents, current_bundle
from orders.logistics.queries.code_checks import check_by_number
from tests.factories.logistics import at
from tests.factories.passes import cleared_trip, make_office

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def evening(db):
    """At eight the codes of the next day's first trip begin within the hours for which a bundle counts."""
    with time_machine.travel(at(timezone.localdate(), 20)):
        yield


@pytest.fixture
def as_(client):
    def login(person):
        client.force_login(type(person).objects.get(pk=person.pk))
        return client

    return login


@pytest.fixture
def code(day):
    return issue_code(cleared_trip(day), by=day.cast.dispatcher)


def opened(bundle):
    key = SignerKey.objects.get(purpose=KeyPurpose.BUNDLE, state="active")
    public = PublicKey(*(bytes.fromhex(getattr(key, part)) for part in ("kid", "x", "y")))
    return Bundle.from_bytes(open_signed(bytes(bundle.signed), [public]))


def verdict(code, bundle=None, **facts):
    moment = Moment(int(max(timezone.now(), code.not_before).timestamp()), **facts)
    ruling = judge_text(code.text, opened(bundle or publish_bundle()), moment)
    return ruling.verdict, ruling.reasons


def test_a_code_is_judged_by_the_bundle_as_it_was_signed(code):
    assert verdict(code) == ("pass", ("genuine",))


def test_revoked_and_unrevoked_reach_the_device_through_one_bundle(day, code):
    first = publish_bundle()
    withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)
    second = publish_bundle()
    assert verdict(code, second) == ("refuse", ("by_hand",))
    code.refresh_from_db()
    restore_code(code, by=day.cast.dispatcher)
    third = publish_bundle()
    assert verdict(code, third) == ("pass", ("genuine",))
    assert [first.serial, second.serial, third.serial] == [1, 2, 3]


def test_what_was_read_before_another_published_becomes_no_later_edition(day, code, monkeypatch):
    publish_bundle()
    reads = []

    def overtaken(moment):
        """The first to read is overtaken by a withdrawal and another process that publishes it."""
        known = contents(moment)
        reads.append(known)
        if len(reads) == 1:
            withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)
            publish_bundle()
        return known

    monkeypatch.setattr(bundles, "contents", overtaken)
    publish_bundle()

    assert current_bundle().serial == 2
    assert verdict(code, current_bundle()) == ("refuse", ("by_hand",))


def test_a_withdrawn_key_refuses_what_it_signed(day, code):
    withdraw_key(code.signer, reason="丢了", by=day.cast.supervisor)
    assert verdict(code) == ("refuse", ("bad_key",))


def test_nothing_new_is_no_new_serial(code):
    now = timezone.now()
    first = publish_bundle(now)
    again = publish_bundle(now + dt.timedelta(minutes=4))
    later = publish_bundle(now + dt.timedelta(minutes=6))

    assert (first.serial, again.serial, later.serial, TrustBundle.objects.count()) == (1, 1, 1, 1)
    assert (again.issued_at, later.issued_at) == (now, now + dt.timedelta(minutes=6))
    assert opened(later).issued_at == int((now + dt.timedelta(minutes=6)).timestamp())


def test_what_is_in_it(day, code, reference):
    Checkpoint.objects.create(
        organisation=day.cast.checkpoint, name="白关收费站", place=reference["village"], lat=27.8, lon=113.2
    )
    now = timezone.now()
    for starts, ends, state in ((-5, 5, "published"), (-5, -1, "published"), (-5, None, "draft")):
        RiskArea.objects.create(
            place=reference["tianyuan"],
            detail="某小区",
            level="high",
            is_closed=True,
            starts_at=now + starts * HOUR,
            ends_at=now + ends * HOUR if ends else None,
            source="通告",
            state=state,
            by=day.cast.supervisor,
        )

    bundle = opened(publish_bundle(now))

    (entry,) = bundle.register
    assert (entry.check, entry.plate, entry.number) == (
        code.check_code,
        code.trip.truck.plate,
        int(code.green_pass.number),
    )
    (area,) = bundle.areas
    assert (area.place, area.is_closed, area.ends) == (
        reference["tianyuan"].code,
        True,
        int((now + 5 * HOUR).timestamp()),
    )
    assert bundle.rules[0][0] == Rules.objects.get().pk
    assert bundle.rules[0][3:5] == (True, 48)
    assert bundle.roster[0][1:] == ("白关收费站", 27.8, 113.2, reference["village"].code)
    assert [key.state for key in bundle.keys] == ["active"]


def test_a_register_entry_ends_with_its_code_and_a_revocation_a_day_later(day, code):
    ends = code.expires_at
    assert len(contents(ends - HOUR).register) == 1
    assert len(contents(ends).register) == 0
    withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)
    assert len(contents(ends + 23 * HOUR).revoked) == 1
    assert len(contents(ends + 24 * HOUR).revoked) == 0


def test_the_next_keys_are_known_ahead_and_old_bundle_keys_named(day, code):
    now = timezone.now()
    publish_bundle(now)
    old = SignerKey.objects.get(purpose=KeyPurpose.BUNDLE)
    rotate_keys(now + dt.timedelta(days=24))
    assert len(bundle_keys()) == 2

    bundle = opened(publish_bundle(now + dt.timedelta(days=31)))

    assert bundle.previous == (bytes.fromhex(old.kid),)
    assert {key.state for key in bundle.keys} == {"active", "retired"}
    assert current_bundle().serial == bundle.serial


def test_two_thousand_live_codes_stay_below_a_hundred_kilobytes(day, code):
    now, signer = timezone.now(), active_key(KeyPurpose.CODES)
    trip = code.trip
    trips = Trip.objects.bulk_create(
        Trip(
            day=trip.day,
            truck=trip.truck,
            driver=trip.driver,
            green_pass=trip.green_pass,
            starts_at=trip.starts_at,
            ends_at=trip.ends_at,
            distance_m=1000,
        )
        for _ in range(2299)
    )
    PassCode.objects.bulk_create(
        PassCode(
            token=hashlib.sha256(str(number).encode()).hexdigest()[:32],
            green_pass=trip.green_pass,
            trip=one,
            signer=signer,
            not_before=now,
            expires_at=now + 20 * HOUR,
            text="GC1:",
            check_code=f"{number:04d}",
            **({} if number < 1999 else {"state": "withdrawn", "end": "goods_changed", "ended_at": now}),
        )
        for number, one in enumerate(trips)
    )
    made = publish_bundle()
    bundle = opened(made)
    assert (len(bundle.register), len(bundle.revoked)) == (2000, 300)
    assert len(bytes(made.signed)) < 100_000


@pytest.mark.parametrize("more", [0, 2])
def test_the_bundle_costs_the_same_whatever_is_in_it(day, code, more, django_assert_num_queries):
    for _ in range(more):
        day.truck()
        withdraw_by_hand(issue_code(code.trip, by=day.cast.dispatcher), reason="抄错", by=day.cast.dispatcher)
    publish_bundle()
    with django_assert_num_queries(10):
        publish_bundle()


def test_devices_of_officers_and_dispatchers_get_it(as_, day, code):
    answer = as_(day.cast.officer).get(reverse("logistics:bundle"))
    assert (answer.status_code, answer["Content-Type"], answer["X-Bundle-Serial"]) == (200, "application/cose", "1")
    assert verdict(code, current_bundle())[0] == "pass"
    assert bytes(current_bundle().signed) == answer.content
    assert "no-store" in answer["Cache-Control"]


# --- by voice ----------------------------------------------------------------------------------------------------


def test_the_number_and_the_check_code_find_the_code(as_, day, code):
    number = code.green_pass.number
    at = code.not_before
    assert check_by_number(number, code.check_code.lower(), at).ruling.verdict == "pass"
    typed = judge_typed(int(number), code.check_code, opened(publish_bundle()), Moment(int(at.timestamp())))
    assert typed.verdict == "pass"
    assert check_by_number(number, "ZZZZ", at).ruling.reasons == ("not_found",)
    assert check_by_number(number, code.check_code, code.expires_at).ruling.reasons == ("expired",)
    withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)
    assert check_by_number(number, code.check_code, at).ruling.reasons == ("by_hand",)

    browser, url = as_(day.cast.officer), reverse("logistics:code_check")
    page = browser.get(url, {"number": f"{number[:6]} {number[6:]}", "check": code.check_code}).content.decode()
    assert "不能通行" in page
    assert code.trip.truck.plate in page
    assert "has-error" in browser.get(url, {"number": "12", "check": "A"}).content.decode()


def test_a_code_is_withdrawn_and_restored_on_its_page(as_, day, code):
    make_office(day.cast)
    browser, page = as_(day.cast.issuer), reverse("logistics:pass_code", args=[code.pk])
    assert "qrline" in browser.get(page).content.decode()
    withdraw = reverse("logistics:code_change", args=[code.pk, "withdraw"])
    browser.post(withdraw, {"reason": ""})
    assert PassCode.objects.get().state == "live"
    browser.post(withdraw, {"reason": "抄错"})
    assert PassCode.objects.get().state == "withdrawn"
    browser.post(reverse("logistics:code_change", args=[code.pk, "restore"]))
    assert PassCode.objects.get().state == "live"

    haulier = as_(day.cast.haulier)
    assert "作废这个码" not in haulier.get(page).content.decode()
    haulier.post(withdraw, {"reason": "不要了"})
    assert PassCode.objects.get().state == "live"


@pytest.mark.parametrize("pass_holds", [True, False])
def test_a_code_is_offered_back_only_where_it_can_come_back(as_, day, code, pass_holds):
    make_office(day.cast)
    browser, page = as_(day.cast.issuer), reverse("logistics:pass_code", args=[code.pk])
    assert "调度员还能给这趟车换新码" in browser.get(page).text
    withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)
    if not pass_holds:
        revoke_pass(code.green_pass, reason="冒用", by=day.cast.dispatcher)

    shown = browser.get(page).text

    assert ("恢复这个码" in shown) == pass_holds
    assert ("这个码不能恢复" in shown) != pass_holds


def test_the_drill_on_the_screen(as_, day, code):
    browser = as_(day.cast.supervisor)
    assert code.signer.kid in browser.get(reverse("logistics:keys")).content.decode()
    browser.post(reverse("logistics:key_withdraw", args=[code.signer_id]), {"reason": " "})
    assert SignerKey.objects.get(pk=code.signer_id).state == "active"

    browser.post(reverse("logistics:key_withdraw", args=[code.signer_id]), {"reason": "演练"})

    assert SignerKey.objects.get(pk=code.signer_id).state == "withdrawn"
    assert verdict(PassCode.objects.live().get(), current_bundle()) == ("pass", ("genuine",))
    assert verdict(code, current_bundle())[0] == "refuse"


def test_a_specimen_for_training_is_refused_everywhere(as_, day):
    browser, url = as_(day.cast.officer), reverse("logistics:specimen")
    assert 'pass-square"' not in browser.get(url).content.decode()
    assert "qrline" in browser.post(url).content.decode()
    browser.post(url)
    one = PassCode.objects.get()
    assert verdict(one) == ("refuse", ("specimen",))
    assert read_text(one.text)[1].plate == "湘B00000"
