"""Every screen is asked with what no honest form sends: it answers, echoes nothing as HTML and writes nothing."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from market.models import Event
from tests.cast import Cast
from tests.house.screens import EVERYBODY, SCREENS, Screen

TAG = '"><img src=x onerror=alert(1)>'
DIGITS = "9" * 400
HOSTILE = (DIGITS, "0001-01-01", "9999-12-31", "1e999999", f"\u202e\U0001f966%s%(a)s{{{{ 7 }}}}{TAG}")
UNFIT_EVERYWHERE = (DIGITS, "x" * 10_000)  # too long for any field that would take words
QUERY_NAMES = (
    "q produce kind county town township village day grade price unit left gone sort page like text pack_word pack_weight "
    "quantity phone state waiting stage age seller verification p ordering lang type next again past force"
)
FIELD_NAMES = (
    "key name organisation county place township village address opens_at closes_at contact_name contact_phone dock "
    "window_from window_to reference reason accepted missing rejected grams to_trip truck allocations part carrier plate "
    "plate_colour rated_g volume_l base shift_from shift_to driver issuer number valid_from valid_to code sampled_at result "
    "temperature photo drop_photo role phone kind rows quantity price price_unit pack_word pack_weight minimum variety grade "
    "first_day last_day note produce seller day lines-TOTAL_FORMS lines-INITIAL_FORMS lines-0-name lines-0-quantity "
    "price_at_most grade_at_least km_at_most is_whole fresh_hours hours lot back_on_sale known "
    "comment task_state action-workflow-action workflow-action-extra-data item to "
    "downgraded downgraded_price surplus code photos why answer "
    "text unit association how stall into seen "
    "what lat lon back point new_seals trip"
)
# A press of the button is all they need, whatever else is sent.
BUTTONS = {
    "orders:dock_use",
    "orders:demand_cancel",
    "orders:offer_accept",
    "orders:offer_refuse",
    "logistics:run_commit",
    "logistics:run_again",
    "logistics:breakdown_repaired",
    "logistics:driver_health_look",
    "logistics:specimen",
    "logistics:trip_clear",
    "logistics:trip_lock",
}
WHO = {"market": "farmer", "orders": "buyer", "logistics": "dispatcher"}


@pytest.fixture
def cast(world) -> Cast:
    return world.cast


def one_who_may(screen: Screen) -> str:
    return WHO.get(screen.name.partition(":")[0], "admin") if screen.who == EVERYBODY else min(screen.who)


def doors(cast: Cast) -> Iterator[tuple[Screen, Client]]:
    """Each screen with the browser of somebody who may open it."""
    browsers: dict[str, Client] = {}
    for screen in SCREENS:
        role = one_who_may(screen)
        if role not in browsers:
            browsers[role] = Client(raise_request_exception=False)
            browsers[role].force_login(cast.people()[role])
        yield screen, browsers[role]


def wrong(response: HttpResponse) -> str:
    if response.status_code >= 500:
        return repr(getattr(response, "exc_info", ("", response.status_code))[1])
    is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
    return "echoes a tag" if is_page and b"<img src=x" in response.content else ""


def test_addresses_with_hostile_queries_are_answered(world):
    found = {}
    for screen, browser in doors(world.cast):
        url = reverse(screen.name, args=screen.args(world))
        for value in HOSTILE:
            response = browser.get(f"{url}?{urlencode(dict.fromkeys(QUERY_NAMES.split(), value))}")
            found |= {(screen.name, value[:20]): said} if (said := wrong(response)) else {}

    assert found == {}


def test_addresses_of_things_that_cannot_be_are_not_found(world):
    found = {}
    for screen, browser in doors(world.cast):
        args = screen.args(world)
        if not args:
            continue
        try:
            url = reverse(screen.name, args=(2**63, *args[1:]))
        except NoReverseMatch:  # its pattern lets no such number in
            continue
        statuses = {browser.get(url).status_code, browser.post(url).status_code}
        found |= {} if statuses <= {302, 403, 404, 405} else {screen.name: statuses}

    assert found == {}


def test_a_pass_with_a_number_too_long_to_read_is_not_found(client, cast):
    client.force_login(cast.dispatcher)

    assert client.post(f"/logistics/passes/{'9' * 4400}/restore/").status_code == 404


def test_forms_of_garbage_are_refused_and_write_nothing(world):
    """Each is undone before the next, so that one accepted would not hide another."""
    found = {}
    before = Event.objects.count()
    for screen, browser in doors(world.cast):
        url = reverse(screen.name, args=screen.args(world))
        for value in HOSTILE + UNFIT_EVERYWHERE:
            with transaction.atomic():
                said = wrong(browser.post(url, dict.fromkeys(FIELD_NAMES.split(), value)))
                if value in UNFIT_EVERYWHERE and screen.name not in BUTTONS and Event.objects.count() != before:
                    said = said or "wrote something"
                transaction.set_rollback(True)
            found |= {(screen.name, value[:20]): said} if said else {}

    assert found == {}


@pytest.mark.parametrize(
    ("name", "query"),
    [("market:sell_produce", "q"), ("market:sell_villages", "township"), ("market:board", "q"), ("market:me", "lang")],
)
def test_a_nul_in_the_address_is_a_bad_request(client, cast, name, query):
    """PostgreSQL would answer it with an error in the middle of the page."""
    client.force_login(cast.farmer)

    assert client.get(f"{reverse(name)}?{query}=%00").status_code == 400


def test_a_nul_in_a_field_is_a_bad_request(client, cast):
    client.force_login(cast.farmer)

    assert client.post(reverse("market:sell_new"), {"township": "4302\x00"}).status_code == 400
    assert client.post(reverse("market:rename"), {"na\x00me": "王"}).status_code == 400


def test_a_nul_in_the_session_cookie_is_a_bad_request(client, db):
    client.cookies["sessionid"] = "\x00" * 32

    assert client.get(reverse("market:board")).status_code == 400


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("logistics:pass_new", {"valid_from": "0001-01-01T00:00", "valid_to": "2027-01-01T00:00"}),
        ("logistics:driver_health", {"sampled_at": "0001-01-01T00:00"}),
    ],
)
def test_a_moment_of_the_year_one_is_refused_beside_its_field(client, world, name, fields):
    """Brought to UTC it would lie before the beginning of the calendar."""
    client.force_login(world.cast.dispatcher)
    truck = world.truck if name == "logistics:pass_new" else world.driver
    rest = {
        "issuer": "provincial",
        "number": "430200000001",
        "code": "green",
        "result": "negative",
        "temperature": "36.5",
    }
    before = Event.objects.count()

    page = client.post(reverse(name, args=[truck.pk]), rest | fields)

    assert "年份 1 不对，请检查日期" in page.content.decode()
    assert Event.objects.count() == before
