"""Logging in and signing up, from the typed number to the session."""

import re
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from market.enums import OrganisationKind, Role
from market.models import User
from market.sms import MemorySms
from tests.factories import make_organisation, make_user

LOG_IN, CONFIRM = "/accounts/login/", "/accounts/login/code/confirm/"
SIGN_UP, VERIFY = "/accounts/signup/", "/accounts/phone/verify/"
ENGLISH = re.compile(r"[A-Za-z]{4,}")


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


def sent_code() -> str:
    return re.search(r"验证码 (\d{6})，", MemorySms.outbox[-1][1]).group(1)


def log_in(client: Client, typed: str, **more: str):
    client.post(LOG_IN, {"login": typed, **more})
    return client.post(CONFIRM, {"code": sent_code(), **more})


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def words_of(page) -> str:
    """The visible text of the main part."""
    main = re.search(r"<main.*?</main>", page.content.decode(), re.S).group(0)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


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


def test_signing_up_makes_a_named_person_and_logs_in(client):
    asked = client.post(SIGN_UP, {"name": "王  建国", "phone": "138 0000 1234"})
    done = client.post(VERIFY, {"code": sent_code()})

    person = User.objects.get(phone="+8613800001234")
    assert (asked.status_code, asked["Location"]) == (302, VERIFY)
    assert (done.status_code, done["Location"]) == (302, "/me/")
    assert (person.name, person.phone_verified, person.has_usable_password()) == ("王 建国", True, False)
    assert client.session["_auth_user_id"] == str(person.pk)


def test_from_an_unknown_number_one_gets_to_sign_up_with_the_number_filled_in(client):
    client.post(LOG_IN, {"login": "13900005678"})
    link = re.search(r'href="(/accounts/signup/[^"]*)"', client.get(CONFIRM).content.decode()).group(1)

    page = client.get(link.replace("&amp;", "&"))

    assert page.status_code == 200
    assert 'value="13900005678"' in page.content.decode()


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


def test_a_second_sign_up_sms_within_half_a_minute_is_not_sent(client):
    client.post(SIGN_UP, {"name": "王建国", "phone": "13800001234"})

    page = client.post(SIGN_UP, {"name": "王建国", "phone": "13800001234"})

    assert page.status_code == 429
    assert len(MemorySms.outbox) == 1


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


def test_in_a_demonstration_the_code_stands_on_the_page_and_the_log_ins_are_offered(client, reference):
    farmer = make_user("王建国", phone="+8613800001234")
    make_organisation(
        "王建国家", OrganisationKind.HOUSEHOLD, reference["village"], (farmer, Role.MANAGER), is_demo=True
    )
    real = make_user("真人", phone="+8613800007777")
    make_organisation("真单位", OrganisationKind.RETAILER, reference["tianyuan"], (real, Role.MANAGER))

    offered = client.get(LOG_IN)
    filled = client.get(LOG_IN, {"phone": "13800001234"})
    client.post(LOG_IN, {"login": "13800001234"})

    assert "王建国 · 负责人" in words_of(offered)
    assert "13800007777" not in words_of(offered)
    assert 'name="login" value="13800001234"' in filled.content.decode()
    assert f"演示：验证码 {sent_code()}" in words_of(client.get(CONFIRM))


def test_outside_a_demonstration_no_code_and_no_log_in_is_shown(client, reference, settings):
    settings.DEMO = False
    farmer = make_user("王建国", phone="+8613800001234")
    make_organisation(
        "王建国家", OrganisationKind.HOUSEHOLD, reference["village"], (farmer, Role.MANAGER), is_demo=True
    )

    offered = client.get(LOG_IN)
    client.post(LOG_IN, {"login": "13800001234"})
    page = client.get(CONFIRM)

    assert "王建国" not in words_of(offered)
    assert sent_code() not in page.content.decode()
    assert "demo_sms_code" not in client.session


def test_the_demo_list_costs_one_query_with_one_and_with_many(django_assert_num_queries, reference):
    from market.queries.people import demo_log_ins

    def add(count: int) -> None:
        for n in range(count):
            person = make_user(f"人{n}")
            make_organisation(
                f"家{person.pk}", OrganisationKind.HOUSEHOLD, reference["village"], (person, Role.MANAGER), is_demo=True
            )

    add(1)
    with django_assert_num_queries(1):
        assert len(demo_log_ins()) == 1
    add(5)
    with django_assert_num_queries(1):
        assert len(demo_log_ins()) == 2


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
