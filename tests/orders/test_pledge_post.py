"""The form that places a pledge: what it costs, what it says, and that nothing is placed twice or by mistake."""

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from market.enums import OrganisationKind, Role
from market.models import Event, Lot
from orders.models import Pledge
from tests.factories import make_live_listing, make_organisation
from tests.factories.orders import make_dock


@pytest.fixture
def url(lot) -> str:
    return reverse("orders:place", args=[lot.pk])


@pytest.fixture
def buyer(client, cast):
    """The browser of the supermarket's buyer."""
    client.force_login(cast.buyer)
    return client


@pytest.fixture
def sent(dock):
    """What the form sends, with any field changed; None takes a field away."""

    def _sent(**changes) -> dict[str, object]:
        data = {
            "key": str(uuid.uuid4()),
            "quantity": "100斤",
            "dock": dock.pk,
            "window_from": "06:00",
            "window_to": "10:00",
            "reference": "",
            **changes,
        }
        return {name: value for name, value in data.items() if value is not None}

    return _sent


def test_placing_leads_to_the_result_page(buyer, url, sent, lot):
    response = buyer.post(url, sent(quantity="20 筐", reference="单 7"))

    pledge = Pledge.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("orders:placed", args=[pledge.pk])
    assert (pledge.firm_g, pledge.firm_typed, pledge.reference) == (400_000, "20 筐", "单 7")
    page = buyer.get(response["Location"])
    assert "认购成功" in page.content.decode()
    assert "800 斤 = 400 公斤" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_placing_costs_nine_statements_and_no_savepoint(client, url, sent, cast):
    """Session, person with memberships and docks, lot with listing, price ceiling; pledge, allocation, event, reservation."""
    session = SessionStore()
    session[SESSION_KEY] = str(cast.buyer.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = cast.buyer.get_session_auth_hash()
    session.save()
    client.cookies["sessionid"] = session.session_key
    form = sent()

    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.post(url, form)

    assert response.status_code == 302
    said = [query["sql"].split()[0] for query in captured.captured_queries]
    statements = [word for word in said if word not in ("BEGIN", "COMMIT")]
    assert statements == ["SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "INSERT", "INSERT", "INSERT", "UPDATE"]


def test_the_open_form_costs_the_same_with_one_dock_and_with_three(buyer, url, cast, dock, django_assert_num_queries):
    with django_assert_num_queries(9):
        buyer.get(url)
    make_dock(cast.supermarket)
    make_dock(cast.supermarket)

    with django_assert_num_queries(9):
        buyer.get(url)


def test_sending_the_same_form_twice_places_it_once(buyer, url, sent, lot):
    form = sent()

    first, second = buyer.post(url, form), buyer.post(url, form)

    assert first["Location"] == second["Location"]
    assert Pledge.objects.count() == 1
    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000


def test_the_same_form_with_another_quantity_is_refused_and_says_where_to_change(buyer, url, sent, lot):
    form = sent()
    buyer.post(url, form)

    page = buyer.post(url, {**form, "quantity": "200斤"}).content.decode()

    assert "这张表刚才已经认购了 100 斤 = 50 公斤" in page
    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000


BAD = {
    "nothing": ({"quantity": ""}, "请写上数量"),
    "negative": ({"quantity": "-100斤"}, "不能是负数"),
    "zero": ({"quantity": "0"}, "数量要大于零"),
    "huge": ({"quantity": "9999999999吨"}, "数量太大"),
    "unknown unit": ({"quantity": "3车"}, "不认识单位“车”"),
    "another pack": ({"quantity": "3箱"}, "按“筐”装"),
    "a range from more to less": ({"quantity": "4-3吨"}, "请把少的写在前面"),
    "a freshness nobody offers": ({"fresh_hours": "7"}, "请从列表里选"),
    "more hours than the produce keeps": ({"fresh_hours": "48"}, "送到后放不满 48 小时"),
    "long text": ({"quantity": "1" * 100_000}, "写得太长"),
    "html": ({"quantity": "<script>alert(1)</script>"}, "&lt;script&gt;"),
    "under the minimum": ({"quantity": "49斤"}, "起订量是 50 斤 = 25 公斤"),
    "over what is left": ({"quantity": "20001斤"}, "只剩 2 万斤 = 10 吨"),
    "no dock": ({"dock": None}, "请选收货点"),
    "a dock that is not there": ({"dock": "999999"}, "请从列表里选收货点"),
    "a dock that is a word": ({"dock": "x"}, "请从列表里选收货点"),
    "no clock": ({"window_from": "早上"}, "时间要写成 06:30 这样"),
    "backwards": ({"window_to": "05:00"}, "最晚送到的时间要晚于"),
    "outside the hours": ({"window_to": "21:00"}, "收货时间是 04:00 到 20:00"),
    "long reference": ({"reference": "长" * 61}, "最多 60 个字"),
    "no key": ({"key": None}, "请重新打开这张表"),
    "a key that is none": ({"key": "1"}, "请重新打开这张表"),
}


@pytest.mark.parametrize("case", BAD)
def test_wrong_input_gets_a_sentence_and_places_nothing(buyer, url, sent, lot, case):
    changes, sentence = BAD[case]

    response = buyer.post(url, sent(**changes))

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Pledge.objects.count() == 0
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0
    assert not Event.objects.filter(subject="orders.pledge").exists()


def test_html_in_the_reference_is_shown_as_text(buyer, url, sent):
    location = buyer.post(url, sent(reference="<b>x</b>"))["Location"]

    assert "<b>x</b>" not in buyer.get(location).content.decode()
    assert Pledge.objects.get().reference == "<b>x</b>"


def test_another_buyers_dock_cannot_be_chosen(buyer, url, sent, cast):
    foreign = make_dock(cast.rival_supermarket)

    response = buyer.post(url, sent(dock=foreign.pk))

    assert "请从列表里选收货点" in response.content.decode()
    assert foreign.name not in response.content.decode()
    assert Pledge.objects.count() == 0


def test_the_last_fifty_jin_go_to_one_and_the_other_is_told_what_is_left(client, url, sent, cast, lot):
    Lot.objects.filter(pk=lot.pk).update(offered_g=25_000)
    rival_dock = make_dock(cast.rival_supermarket)
    client.force_login(cast.buyer)
    client.post(url, sent(quantity="50斤"))
    client.force_login(cast.rival_buyer)

    page = client.post(url, sent(quantity="50斤", dock=rival_dock.pk)).content.decode()

    assert "这批货刚被认购完" in page
    assert Pledge.objects.get().buyer == cast.supermarket


def test_a_person_of_two_buyers_pledges_for_the_one_whose_dock_is_chosen(buyer, url, sent, cast, reference):
    school = make_organisation("一中食堂", OrganisationKind.CANTEEN, reference["tianyuan"], (cast.buyer, Role.CLERK))
    kitchen = make_dock(school, name="后厨")

    page = buyer.get(url).content.decode()
    buyer.post(url, sent(dock=kitchen.pk))

    assert "一中食堂 · 后厨" in page
    assert Pledge.objects.get().buyer == school


@pytest.mark.parametrize("who", ["farmer", "dispatcher", "driver", "commerce_desk", "admin", "outsider"])
def test_who_does_not_buy_finds_no_form(client, cast, url, sent, who):
    client.force_login(getattr(cast, who))

    assert client.get(url).status_code == 404
    assert client.post(url, sent()).status_code == 404
    assert Pledge.objects.count() == 0


def test_who_is_not_logged_in_is_sent_to_log_in_and_back(client, url):
    response = client.get(url)

    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={url}")


def test_a_buyer_without_a_dock_is_led_to_register_one(client, cast, url):
    client.force_login(cast.rival_buyer)

    page = client.get(url).content.decode()

    assert reverse("orders:dock_new") in page
    assert 'name="quantity"' not in page


def test_a_closed_lot_says_so_before_anything_is_typed(buyer, url, lot):
    Lot.objects.filter(pk=lot.pk).update(is_open=False)

    assert "已经下架" in buyer.get(url).content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [("100斤", "100 斤 = 50 公斤"), ("20筐", "20 筐 = 800 斤 = 400 公斤"), ("3车", "不认识单位“车”"), ("", "")],
)
def test_the_server_says_what_a_typed_weight_means(buyer, lot, text, said):
    page = buyer.get(reverse("orders:reading", args=[lot.pk]), {"quantity": text}).content.decode()

    assert said in page
    assert bool(page.strip()) is bool(said)


def test_today_the_form_proposes_a_window_that_is_still_to_come(buyer, dock, cast, listing):
    import time_machine
    from django.utils import timezone

    today = listing.lots.order_by("day")[0]
    noon = timezone.make_aware(dt.datetime.combine(today.day, dt.time(12, 20)))
    with time_machine.travel(noon, tick=False):
        page = buyer.get(reverse("orders:place", args=[today.pk])).content.decode()

    assert 'value="13:00"' in page
    assert 'value="17:00"' in page


def test_another_listings_pack_is_not_known(buyer, sent, cast, reference):
    plain = make_live_listing(cast.cooperative, reference["peach"], reference["village"], by=cast.cooperative_manager)
    lot = plain.lots.order_by("-day")[0]

    page = buyer.post(reverse("orders:place", args=[lot.pk]), sent(quantity="3筐")).content.decode()

    assert "没有写明每筐多重" in page
