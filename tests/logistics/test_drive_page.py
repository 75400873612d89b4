"""The driver's page: what it holds, what it never holds, what it costs, and what makes it an app."""

import json
import re

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from orders.logistics.actions.codes import issue_code
from orders.logistics.actions.trips import add_trip
from orders.logistics.code_checks import ROUNDS, check_of
from orders.logistics.models import Stop
from orders.logistics.views import drive_app
from tests.factories.logistics import driver_of, load_up, stops
from tests.factories.passes import cleared_trip
from tests.factories.reports import answers, press, report

DRIVE = "logistics:drive"


def facts_of(page: str) -> dict:
    return json.loads(re.search(r'<script id="drive-facts" type="application/json">(.*?)</script>', page, re.S)[1])


def shown(phone: Client) -> str:
    return phone.get(reverse(DRIVE)).content.decode()


def test_the_script_gets_the_trip_in_numbers(phone, trip):
    load, (pickup, delivery) = trip.loads.get(), stops(trip)

    facts = facts_of(shown(phone))

    assert facts["user"] == driver_of(trip).pk
    (told,) = facts["trips"]
    assert (told["id"], told["open"], told["rated_g"]) == (trip.pk, True, 5_000_000)
    assert [stop["id"] for stop in told["stops"]] == [pickup.pk, delivery.pk]
    assert told["loads"] == [
        {"id": load.pk, "pickup": pickup.pk, "delivery": delivery.pk, "state": "planned", "planned_g": 500_000, "loaded_g": None}
    ]  # fmt: skip


def test_the_page_knows_which_reports_are_in_it(phone, trip):
    done, refused = report("arrive", stop=stops(trip)[0].pk), report("arrive", stop=stops(trip)[1].pk)
    answers(phone, done, refused)

    facts = facts_of(shown(phone))

    assert facts["known"] == [done["key"]]
    assert facts["trips"][0]["stops"][0]["arrived"]


def test_the_code_of_a_stop_is_never_on_the_drivers_page(phone, trip):
    """Only what finds a typo: too little to find the code by."""
    Stop.objects.filter(trip=trip).update(code="483920")

    page = shown(phone)

    assert "483920" not in page
    check = facts_of(page)["trips"][0]["stops"][0]["check"]
    assert (len(check["salt"]), check["rounds"], len(check["hash"])) == (32, ROUNDS, 3)
    assert check == check_of(stops(trip)[0].pk, "483920")


def test_a_check_is_the_stops_own(trip):
    first, second = check_of(1, "483920"), check_of(2, "483920")

    assert first["salt"] != second["salt"]
    assert first == check_of(1, "483920")


def test_the_pass_code_is_a_large_picture_with_its_number_and_expiry(day):
    trip = cleared_trip(day)
    code = issue_code(trip, by=day.cast.dispatcher)
    browser = Client()
    browser.force_login(driver_of(trip))

    page = shown(browser)

    assert page.count('class="drive-qr"') == 1
    assert code.green_pass.number in page
    assert f">{code.check_code}<" in page
    assert facts_of(page)["trips"][0]["expires"] == code.expires_at.isoformat()
    assert code.text not in page  # it is in the picture


def test_whoever_drives_sees_the_own_trips_only(day, trip):
    other = day.truck()
    browser = Client()
    browser.force_login(other.driver.user)

    page = shown(browser)

    assert facts_of(page)["trips"] == []
    assert trip.truck.plate not in page
    assert "今天没有车次" in page


def test_what_is_for_now_is_shown_without_a_script(phone, trip):
    pickup = stops(trip)[0]

    def visible(page: str, verb: str) -> bool:
        form = re.search(
            rf'<form[^>]*>(?:(?!</form>).)*name="verb" value="{verb}"(?:(?!</form>).)*value="{pickup.pk}"', page, re.S
        )
        return "hidden" not in form[0].split(">")[0]

    assert visible(shown(phone), "arrive")
    press(phone, "arrive", stop=pickup.pk)
    page = shown(phone)
    assert not visible(page, "arrive")
    assert not visible(page, "depart")
    press(phone, "loaded", load=trip.loads.get().pk, quantity="1000斤")
    assert visible(shown(phone), "depart")


def test_navigation_is_a_plain_link(phone, trip):
    stop = stops(trip)[1]

    page = shown(phone)

    assert f"https://uri.amap.com/marker?position={stop.lon:.6f}%2C{stop.lat:.6f}" in page
    assert f'href="geo:{stop.lat:.6f},{stop.lon:.6f}' in page


def test_it_costs_the_same_with_one_trip_and_with_more(phone, trip, day, django_assert_num_queries):
    phone.get(reverse(DRIVE))
    with django_assert_num_queries(15):
        phone.get(reverse(DRIVE))
    for text in ("300斤", "400斤"):
        truck = day.truck(driver=None)
        truck.driver = trip.driver
        pledge = day.pledge(text)
        add_trip(day.day, trip.truck, [(pledge.allocations.get().pk, None)], by=day.cast.dispatcher)
    load_up(trip)
    with django_assert_num_queries(15):
        page = shown(phone)
    assert len(facts_of(page)["trips"]) == 3


# --- the app ----------------------------------------------------------------------------------------------------------


def test_manifest_and_worker_have_the_pages_scope_and_hold_nothing_personal(client):
    manifest = client.get(reverse("logistics:drive_manifest"))
    worker = client.get(reverse("logistics:drive_worker"))

    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["scope"] == manifest.json()["start_url"] == reverse(DRIVE)
    assert reverse("logistics:drive_worker").startswith(reverse(DRIVE))
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"


def setup_of(client: Client) -> dict:
    text = client.get(reverse("logistics:drive_worker")).content.decode()
    return json.loads(re.search(r"const SETUP = (.*?);\n", text)[1])


def test_the_worker_keeps_every_file_that_the_page_names(client, phone):
    page = shown(phone)
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))

    assert named <= set(setup_of(client)["files"])


def test_the_files_have_their_hashed_names_in_production(client, phone, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    drive_app._version.cache_clear()

    files = setup_of(client)["files"]

    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", name) for name in files), files
    assert set(re.findall(r'(?:href|src)="(/static/[^"]+)"', shown(phone))) <= set(files)
    assert all((tmp_path / name.removeprefix("/static/")).exists() for name in files)
