"""Signing up with a name and a telephone number."""

import pytest
from django.core.cache import cache
from django.test import Client

from market.models import User
from market.sms import MemorySms
from tests.factories import make_user
from tests.pages import SIGN_UP, VERIFY, is_logged_in, log_in, sent_code, words_of


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


def test_signing_up_makes_a_named_person_and_logs_in(client):
    asked = client.post(SIGN_UP, {"name": "王  建国", "phone": "138 0000 1234"})
    done = client.post(VERIFY, {"code": sent_code()})

    person = User.objects.get(phone="+8613800001234")
    assert (asked.status_code, asked["Location"]) == (302, VERIFY)
    assert (done.status_code, done["Location"]) == (302, "/me/")
    assert (person.name, person.phone_verified, person.has_usable_password()) == ("王 建国", True, False)
    assert client.session["_auth_user_id"] == str(person.pk)


def test_signing_up_with_a_known_number_makes_nobody_and_says_so_by_sms_only(client, settings):
    settings.DEMO = False
    make_user("王建国", phone="+8613800001234")

    asked = client.post(SIGN_UP, {"name": "骗子", "phone": "13800001234"})

    assert (asked.status_code, asked["Location"]) == (302, VERIFY)
    assert MemorySms.outbox == [("+8613800001234", "这个号码已经登记过绿通集市，请直接登录")]
    assert "已经登记过绿通集市" not in words_of(client.get(VERIFY))
    assert client.post(VERIFY, {"code": ""}).status_code == 200
    assert User.objects.get().name == "王建国"
    assert not is_logged_in(client)


def test_a_sign_up_nobody_finished_can_be_finished_by_logging_in(client):
    client.post(SIGN_UP, {"name": "王建国", "phone": "13800001234"})
    other = Client()

    log_in(other, "13800001234")

    assert is_logged_in(other)
    assert User.objects.get().phone_verified is True


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "", "phone": "13800001234"}, "请写姓名，对方要知道找谁"),
        ({"name": "   ", "phone": "13800001234"}, "请写姓名，对方要知道找谁"),
        ({"name": "王建国", "phone": ""}, "请输入手机号"),
        ({"name": "王建国", "phone": "0731-28880000"}, "请输入 11 位手机号，例如 138 0000 0000"),
    ],
)
def test_signing_up_without_a_name_or_with_a_landline_is_refused(client, form, sentence):
    page = client.post(SIGN_UP, form)

    assert page.status_code == 200
    assert sentence in words_of(page)
    assert (User.objects.count(), MemorySms.outbox) == (0, [])


def test_form_fields_of_signing_up_make_nobody_staff(client):
    client.post(
        SIGN_UP,
        {"name": "骗子", "phone": "13800001234", "is_staff": "on", "is_superuser": "on", "phone_verified": "on"},
    )

    person = User.objects.get()
    assert (person.is_staff, person.is_superuser, person.phone_verified) == (False, False, False)


def test_a_name_with_html_is_shown_as_text(client):
    client.post(SIGN_UP, {"name": "<script>alert(1)</script>", "phone": "13800001234"})
    client.post(VERIFY, {"code": sent_code()})

    page = client.get("/me/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_second_sign_up_sms_within_half_a_minute_is_not_sent(client):
    client.post(SIGN_UP, {"name": "王建国", "phone": "13800001234"})

    page = client.post(SIGN_UP, {"name": "王建国", "phone": "13800001234"})

    assert page.status_code == 429
    assert len(MemorySms.outbox) == 1
