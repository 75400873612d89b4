"""Logging in and signing up, from the typed number to the session."""

import re
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from market.models import User
from market.sms import MemorySms
from tests.factories import make_user
from tests.pages import CONFIRM, LOG_IN, SIGN_UP, VERIFY, is_logged_in, log_in, sent_code, words_of

ENGLISH = re.compile(r"[A-Za-z]{4,}")


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


def test_a_known_number_logs_in_by_code(client):
    farmer = make_user("王建国", phone="+8613800001234")

    asked = client.post(LOG_IN, {"login": "１３８ 0000 1234"})
    confirmed = client.post(CONFIRM, {"code": sent_code()})

    assert (asked.status_code, asked["Location"]) == (302, CONFIRM)
    assert (confirmed.status_code, confirmed["Location"]) == (302, "/me/")
    assert client.session["_auth_user_id"] == str(farmer.pk)
    assert MemorySms.outbox[0][0] == "+8613800001234"
    assert client.get("/me/").status_code == 200


def test_a_code_may_be_typed_with_full_width_digits_and_spaces(client):
    make_user(phone="+8613800001234")
    client.post(LOG_IN, {"login": "13800001234"})
    wide = sent_code().translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    client.post(CONFIRM, {"code": f"{wide[:3]} {wide[3:]}"})

    assert is_logged_in(client)


def test_logging_in_verifies_a_number_that_a_manager_had_typed(client):
    added = User.objects.create_user("+8613800001234", name="刘支书")
    assert added.phone_verified is False

    log_in(client, "13800001234")

    added.refresh_from_db()
    assert added.phone_verified is True


def test_a_wrong_code_is_refused_and_five_end_the_attempt(client):
    make_user(phone="+8613800001234")
    client.post(LOG_IN, {"login": "13800001234"})
    wrong = "000000" if sent_code() != "000000" else "111111"

    pages = [client.post(CONFIRM, {"code": wrong}) for _attempt in range(5)]

    assert [page.status_code for page in pages] == [200, 200, 200, 200, 302]
    assert "验证码不对，请看短信里最新的 6 位数字" in words_of(pages[0])
    assert "试的次数太多了" in words_of(client.get(LOG_IN))
    client.post(CONFIRM, {"code": sent_code()})
    assert not is_logged_in(client)


def test_an_expired_code_is_refused_and_says_so(client, monkeypatch):
    make_user(phone="+8613800001234")
    client.post(LOG_IN, {"login": "13800001234"})
    later = time.time() + 301
    monkeypatch.setattr("allauth.account.internal.flows.code_verification.time.time", lambda: later)

    late = client.post(CONFIRM, {"code": sent_code()})
    page = client.get(LOG_IN)

    assert late.status_code == 302
    assert "验证码已经过期，请重新获取" in words_of(page)
    assert not is_logged_in(client)


def test_a_code_works_once(client):
    make_user(phone="+8613800001234")
    client.post(LOG_IN, {"login": "13800001234"})
    code = sent_code()
    client.post(CONFIRM, {"code": code})
    client.post("/accounts/logout/")

    client.post(CONFIRM, {"code": code})

    assert not is_logged_in(client)


def test_a_code_opens_only_the_session_that_asked_for_it(client):
    make_user(phone="+8613800001234")
    client.post(LOG_IN, {"login": "13800001234"})
    thief = Client()

    thief.post(CONFIRM, {"code": sent_code()})

    assert not is_logged_in(thief)


def test_a_second_request_replaces_the_first_code(client):
    make_user(phone="+8613800001234")
    client.post(LOG_IN, {"login": "13800001234"})
    first = sent_code()
    client.post(LOG_IN, {"login": "13800001234"})

    if first != sent_code():
        client.post(CONFIRM, {"code": first})
        assert not is_logged_in(client)
    client.post(CONFIRM, {"code": sent_code()})
    assert is_logged_in(client)


def test_the_session_key_changes_at_log_in_and_the_demo_code_is_gone(client):
    make_user(phone="+8613800001234")
    client.post(LOG_IN, {"login": "13800001234"})
    before = client.session.session_key
    assert client.session["demo_sms_code"] == sent_code()

    client.post(CONFIRM, {"code": sent_code()})

    assert client.session.session_key != before
    assert "demo_sms_code" not in client.session


def test_an_unknown_number_sees_the_same_screens_and_is_told_by_sms(client, settings):
    settings.DEMO = False
    make_user(phone="+8613800001234")
    known, unknown = client, Client()
    answers = [
        one.post(LOG_IN, {"login": number}) for one, number in ((known, "13800001234"), (unknown, "13900005678"))
    ]

    assert [(one.status_code, one["Location"]) for one in answers] == [(302, CONFIRM), (302, CONFIRM)]
    assert MemorySms.outbox[-1] == ("+8613900005678", "这个号码还没有登记绿通集市，请先注册")
    pages = [
        words_of(one.get(CONFIRM)).replace("13800001234", "N").replace("13900005678", "N") for one in (known, unknown)
    ]
    assert pages[0] == pages[1]
    assert "没注册过，去注册" in pages[1]
    assert unknown.post(CONFIRM, {"code": "123456"}).status_code == 200
    assert not is_logged_in(unknown)
    assert User.objects.count() == 1


def test_from_an_unknown_number_one_gets_to_sign_up_with_the_number_filled_in(client):
    client.post(LOG_IN, {"login": "13900005678"})
    link = re.search(r'href="(/accounts/signup/[^"]*)"', client.get(CONFIRM).content.decode()).group(1)

    page = client.get(link.replace("&amp;", "&"))

    assert page.status_code == 200
    assert 'value="13900005678"' in page.content.decode()


@pytest.mark.parametrize("typed", ["", "123", "0731-28880000", "'; DROP TABLE", "<b>1</b>", "1" * 5000])
def test_what_is_no_number_sends_nothing(client, typed):
    page = client.post(LOG_IN, {"login": typed})

    assert page.status_code == 200
    assert MemorySms.outbox == []


def test_the_fourth_request_within_a_minute_for_one_number_sends_nothing(client):
    make_user(phone="+8613800001234")

    pages = [Client().post(LOG_IN, {"login": "13800001234"}) for _time in range(4)]

    assert [page.status_code for page in pages] == [302, 302, 302, 200]
    assert len(MemorySms.outbox) == 3
    assert "试的次数太多了，请过几分钟再试" in words_of(pages[3])


def test_too_many_requests_from_one_address_get_the_page_that_says_wait(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "3/m/ip"}

    pages = [client.post(LOG_IN, {"login": f"1380000{n:04d}"}) for n in range(4)]

    assert [page.status_code for page in pages] == [302, 302, 302, 429]
    assert "请稍等一会儿" in words_of(pages[3])


def test_staff_log_in_with_a_password_on_their_tab(client):
    clerk = make_user("褚商务", phone="+8613800009999", password="desk-password-1")
    tab = client.get(LOG_IN, {"by": "password"})

    done = client.post(LOG_IN, {"by": "password", "login": "13800009999", "password": "desk-password-1"})

    assert 'type="password"' in tab.content.decode()
    assert (done.status_code, done["Location"]) == (302, "/me/")
    assert client.session["_auth_user_id"] == str(clerk.pk)
    assert MemorySms.outbox == []


@pytest.mark.parametrize("phone", ["13800009999", "13700000000"])
def test_a_wrong_password_says_the_same_for_known_and_unknown_numbers(client, phone):
    make_user(phone="+8613800009999", password="desk-password-1")

    page = client.post(LOG_IN, {"by": "password", "login": phone, "password": "wrong"})

    assert "手机号或密码不对，请检查后再试；也可以用验证码登录" in words_of(page)
    assert not is_logged_in(client)


def test_a_person_without_a_password_cannot_log_in_with_an_empty_one(client):
    make_user(phone="+8613800009999")

    for password in ("", " ", "!"):
        client.post(LOG_IN, {"by": "password", "login": "13800009999", "password": password})

    assert not is_logged_in(client)


def test_five_wrong_passwords_lock_the_number_for_a_while(client):
    make_user(phone="+8613800009999", password="desk-password-1")
    for _time in range(5):
        client.post(LOG_IN, {"by": "password", "login": "13800009999", "password": "wrong"})

    page = client.post(LOG_IN, {"by": "password", "login": "13800009999", "password": "desk-password-1"})

    assert not is_logged_in(client)
    assert "试的次数太多了" in words_of(page)


def test_somebody_who_was_switched_off_gets_no_session(client):
    make_user(phone="+8613800001234", is_active=False)

    answer = log_in(client, "13800001234")

    assert answer["Location"] == "/accounts/inactive/"
    assert "账号已停用" in words_of(client.get("/accounts/inactive/"))
    assert not is_logged_in(client)


@pytest.mark.parametrize("way", ["code", "password", "signup"])
def test_next_leads_on_after_logging_in(client, way):
    if way == "signup":
        client.post(SIGN_UP, {"name": "王建国", "phone": "13800001234", "next": "/board/?day=1"})
        done = client.post(VERIFY, {"code": sent_code()})
    else:
        make_user(phone="+8613800001234", password="desk-password-1")
        more = {"by": "password", "password": "desk-password-1"} if way == "password" else {}
        done = client.post(LOG_IN, {"login": "13800001234", "next": "/board/?day=1", **more})
        if way == "code":
            page = client.get(done["Location"]).content.decode()
            assert 'name="next" value="/board/?day=1"' in page
            done = client.post(CONFIRM, {"code": sent_code(), "next": "/board/?day=1"})

    assert done["Location"] == "/board/?day=1"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "https:evil.example",
        "\t//evil.example",
    ],
)
def test_next_never_leads_to_another_site(client, target):
    make_user(phone="+8613800001234")

    assert log_in(client, "13800001234", next=target)["Location"] == "/me/"
    assert client.post("/accounts/logout/", {"next": target})["Location"] == "/"


def test_logging_out_asks_first_and_needs_a_post(client):
    client.force_login(make_user())

    assert "退出登录" in words_of(client.get("/accounts/logout/"))
    assert is_logged_in(client)
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert not is_logged_in(client)


def test_who_is_logged_in_already_is_sent_on(client):
    client.force_login(make_user())

    for path in (LOG_IN, SIGN_UP, CONFIRM):
        assert client.get(path)["Location"] == "/me/"


@pytest.mark.parametrize(
    "path",
    [
        "email/", "confirm-email/", "confirm-email/abc/", "password/change/", "password/set/", "password/reset/",
        "password/reset/done/", "phone/change/", "reauthenticate/", "3rdparty/", "social/signup/", "2fa/", "google/login/",
    ],
)  # fmt: skip
def test_no_address_is_open_that_a_telephone_number_does_not_need(client, path):
    client.force_login(make_user(password="desk-password-1"))

    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}").status_code == 404


def test_the_email_screens_of_allauth_have_no_name():
    for name in ("account_email", "account_reset_password", "account_change_password", "account_change_phone"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_the_admin_sends_to_the_same_door(client):
    page = client.get("/cms/login/?next=/cms/")

    assert page["Location"] == "/accounts/login/?next=/cms/"
    assert client.get("/cms/password_reset/").status_code == 404


def test_the_pages_speak_chinese_only(client):
    make_user(phone="+8613800001234")
    pages = [client.get(LOG_IN), client.get(LOG_IN, {"by": "password"}), client.get(SIGN_UP)]
    client.post(LOG_IN, {"login": "13800001234"})
    pages.append(client.get(CONFIRM))
    pages.append(client.post(CONFIRM, {"code": "abc"}))
    signing = Client()
    signing.post(SIGN_UP, {"name": "王建国", "phone": "13800005678"})
    pages.append(signing.get(VERIFY))

    assert [ENGLISH.findall(words_of(page)) for page in pages] == [[]] * 6


class WatchfulSms:
    """Notes whether a transaction was open when the message left."""

    open_transactions: list[bool] = []

    def send(self, phone: str, text: str) -> None:
        self.open_transactions.append(connection.in_atomic_block)
        MemorySms().send(phone, text)


@pytest.mark.django_db(transaction=True)
def test_no_sms_leaves_inside_a_transaction(client, settings):
    cache.clear()
    settings.SMS_BACKEND = f"{__name__}.WatchfulSms"
    WatchfulSms.open_transactions.clear()
    make_user(phone="+8613800001234")

    client.post(LOG_IN, {"login": "13800001234"})
    Client().post(LOG_IN, {"login": "13900005678"})
    Client().post(SIGN_UP, {"name": "新人", "phone": "13700001111"})
    Client().post(SIGN_UP, {"name": "骗子", "phone": "13800001234"})

    assert WatchfulSms.open_transactions == [False, False, False, False]
