"""Pages anonymous readers share: how old they get, who never gets one, and what is never kept."""

import datetime as dt

import pytest
import time_machine
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.settings import base
from market.actions.lots import reserve
from market.models import Lot
from market.queries.reference import reference as known_reference
from market.views.pages import MAX_BYTES, MAX_QUERY, shared_page
from tests.factories import make_live_listing, signed_in

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
MOST_PAGES = 20
LEFT_BEFORE, LEFT_AFTER = "<b>剩 2 万斤</b>", "<b>剩 1.9 万斤</b>"


@pytest.fixture(autouse=True)
def kept_pages(settings):
    """The real store of kept pages, empty, and its setting of two seconds."""
    settings.CACHES = {
        **settings.CACHES,
        "pages": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "test-pages",
            "OPTIONS": {"MAX_ENTRIES": MOST_PAGES},
        },
    }
    caches["pages"].clear()
    assert settings.PAGE_SECONDS == 2


@pytest.fixture
def lot(cast, reference) -> Lot:
    listing = make_live_listing(
        cast.household, reference["loofah"], reference["village"], by=cast.farmer, last_day=timezone.localdate()
    )
    known_reference()
    return Lot.objects.get(listing=listing)


def html_of(path: str = "/board/", client: Client | None = None, **headers: str) -> str:
    return (client or Client()).get(path, headers=headers).content.decode()


def test_a_second_reader_gets_the_kept_page_without_a_statement(lot, django_assert_num_queries):
    first = html_of()

    with django_assert_num_queries(0):
        assert html_of() == first


def test_the_weight_left_is_never_older_than_two_seconds(lot):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        assert LEFT_BEFORE in html_of()
        reserve(lot.pk, 500_000)
        clock.shift(dt.timedelta(seconds=1.9))
        assert LEFT_BEFORE in html_of()

        clock.shift(dt.timedelta(seconds=0.2))

        assert LEFT_AFTER in html_of()
        assert "1.9 万斤 = 9.5 吨" in html_of(f"/lots/{lot.pk}/")


def test_the_pledge_form_reads_the_lot_itself(lot, cast):
    html_of(f"/lots/{lot.pk}/")
    reserve(lot.pk, 500_000)

    assert "1.9 万斤" in html_of(reverse("orders:place", args=[lot.pk]), signed_in(cast.buyer))


def test_a_person_logged_in_never_gets_or_leaves_a_kept_page(lot, cast):
    html_of(f"/lots/{lot.pk}/")
    buyer = signed_in(cast.buyer)
    own = html_of(f"/lots/{lot.pk}/", buyer)

    assert cast.farmer.phone.removeprefix("+86") in own
    assert cast.farmer.phone.removeprefix("+86") not in html_of(f"/lots/{lot.pk}/")

    caches["pages"].clear()
    html_of(f"/lots/{lot.pk}/", buyer)
    html_of("/board/", buyer)
    assert cast.farmer.phone.removeprefix("+86") not in html_of(f"/lots/{lot.pk}/")
    assert 'href="/accounts/login/"' in html_of()


@pytest.mark.parametrize(
    ("path", "headers", "cookies"),
    [
        ("/board/", HTMX, {}),
        ("/board/", {"HX-Request": "true", "HX-Request-Type": "partial"}, {"type": "large"}),
        ("/board/", {}, {"type": "large"}),
        ("/board/", {}, {"django_language": "en"}),
        ("/board/?lang=en", {}, {}),
        ("/board/?type=large", {}, {}),
        ("/board/?kind=fruit", {}, {}),
        ("/board/?utm=x", {}, {}),
    ],
)
def test_different_readers_do_not_share(lot, path, headers, cookies):
    plain = html_of()
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value

    assert html_of(path, client, **headers) != plain
    assert html_of() == plain


def test_hosts_do_not_share(lot, settings):
    settings.ALLOWED_HOSTS = ["*"]
    html_of(f"/lots/{lot.pk}/")

    other = Client().get(f"/lots/{lot.pk}/", headers={"host": "other.example"}).content.decode()

    assert f"http://other.example/lots/{lot.pk}/" in other
    assert f"http://testserver/lots/{lot.pk}/" in html_of(f"/lots/{lot.pk}/")


def test_parameters_in_another_order_share(lot, django_assert_num_queries):
    html_of("/board/?kind=vegetable&grade=first")

    with django_assert_num_queries(0):
        html_of("/board/?grade=first&kind=vegetable")


def test_browsers_and_proxies_are_told_not_to_keep_it(lot):
    for _ in range(2):
        response = Client().get("/board/")

        assert response["Cache-Control"] == "private, max-age=0"
        assert {"Cookie", "HX-Request", "HX-Request-Type"} <= set(response["Vary"].split(", "))


def test_a_fragment_keeps_its_address_to_push(lot):
    for _ in range(2):
        assert Client().get("/board/?q=&kind=vegetable", headers=HTMX)["HX-Push-Url"] == "/board/?kind=vegetable"


def test_a_cookie_set_on_the_way_is_set_for_one_reader_only(lot):
    first = Client().get("/board/?lang=en")
    second = Client()
    second.cookies["django_language"] = "en"

    assert first.cookies["django_language"].value == "en"
    assert not second.get("/board/?lang=en").cookies


def with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("x")
    response.set_cookie("mine", "1")
    return response


def with_csrf_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


def with_session(request: HttpRequest) -> HttpResponse:
    request.session["demo_sms_code"] = "123456"
    return HttpResponse("x")


def not_found(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x", status=404)


def too_long(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x" * (MAX_BYTES + 1))


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


@pytest.mark.parametrize(
    ("view", "is_kept"),
    [
        (with_cookie, False),
        (with_csrf_token, False),
        (with_session, False),
        (not_found, False),
        (too_long, False),
        (plain, True),
    ],
)
def test_only_an_answer_that_is_the_same_for_all_is_kept(rf, view, is_kept):
    calls = []

    @shared_page
    def counted(request: HttpRequest) -> HttpResponse:
        calls.append(1)
        return view(request)

    for _ in range(2):
        counted(anonymous_request(rf))

    assert len(calls) == (1 if is_kept else 2)


def anonymous_request(rf, **extra) -> HttpRequest:
    request = rf.get("/", **extra)
    request.session = SessionStore()
    return request


@pytest.mark.parametrize(
    "change",
    [
        {"method": "POST"},
        {"cookie": "sessionid"},
        {"cookie": "messages"},
        {"header": "Authorization"},
        {"query": "q=" + "x" * MAX_QUERY},
    ],
)
def test_such_a_request_is_always_answered_afresh(rf, change):
    calls = []

    @shared_page
    def counted(request: HttpRequest) -> HttpResponse:
        calls.append(1)
        return HttpResponse("x")

    for _ in range(2):
        request = anonymous_request(rf)
        request.method = change.get("method", "GET")
        request.META["QUERY_STRING"] = change.get("query", "")
        if "cookie" in change:
            request.COOKIES[change["cookie"]] = "x"
        if "header" in change:
            request.META["HTTP_AUTHORIZATION"] = "Bearer x"
        counted(request)

    assert len(calls) == 2


def test_nothing_is_kept_when_the_setting_is_zero(rf, settings):
    settings.PAGE_SECONDS = 0
    calls = []

    @shared_page
    def counted(request: HttpRequest) -> HttpResponse:
        calls.append(1)
        return HttpResponse("x")

    for _ in range(2):
        counted(anonymous_request(rf))

    assert len(calls) == 2


def test_the_number_of_kept_pages_is_bounded(rf):
    for number in range(3 * MOST_PAGES):
        shared_page(plain)(anonymous_request(rf, QUERY_STRING=f"q={number}"))

    assert 0 < len(caches["pages"]._cache) <= MOST_PAGES


def test_the_settings_bound_the_number_of_kept_pages():
    assert base.CACHES["pages"]["OPTIONS"]["MAX_ENTRIES"] == 1000
