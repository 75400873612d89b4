"""Registering on the screen; what is known of a driver's health stays with the dispatcher."""

import pytest
from django.urls import reverse

from orders.logistics.actions.trucks import register_driver
from orders.logistics.models import Driver, HealthCheck, Pass, Truck
from tests.factories.logistics import commit, driver_of, make_health_check, make_pass, make_rules, stops
from tests.factories.reports import press


@pytest.fixture
def as_(client):
    def login(person):
        client.force_login(type(person).objects.get(pk=person.pk))
        return client

    return login


def test_a_haulier_registers_truck_and_driver_and_puts_one_on_the_other(as_, day, reference):
    browser = as_(day.cast.haulier)
    form = {
        "carrier": day.cast.carrier.pk,
        "plate": "湘B88888",
        "plate_colour": "blue",
        "rated_g": "4995公斤",
        "volume_l": "15.5",
        "base": reference["tianyuan"].code,
        "shift_from": "04:00",
        "shift_to": "18:00",
    }
    for name, nonsense in (
        ("plate", "88888"),
        ("rated_g", "-1吨"),
        ("rated_g", "100吨"),
        ("base", "000"),
        ("shift_to", "03:00"),
    ):
        assert "has-error" in browser.post(reverse("logistics:truck_new"), {**form, name: nonsense}).content.decode()
    assert Truck.objects.count() == 0
    browser.post(reverse("logistics:truck_new"), form)
    truck = Truck.objects.get()
    browser.post(
        reverse("logistics:driver_new"), {"carrier": day.cast.carrier.pk, "name": "郑喆", "phone": "13712345678"}
    )
    browser.post(reverse("logistics:truck_driver", args=[truck.pk]), {"driver": Driver.objects.get().pk})

    truck.refresh_from_db()
    assert (truck.rated_g, truck.volume_l, truck.driver.name) == (4_995_000, 15_500, "郑喆")
    browser.post(reverse("logistics:truck_change", args=[truck.pk]), {**form, "rated_g": "3吨"})
    truck.refresh_from_db()
    assert (truck.rated_g, truck.is_active) == (3_000_000, False)


def test_the_dispatcher_records_pass_and_check_and_health_stays_with_the_desk(as_, day):
    make_rules()
    truck = day.truck()
    browser = as_(day.cast.dispatcher)
    form = {"issuer": "ndrc", "number": "12", "valid_from": f"{day.day}T00:00", "valid_to": f"{day.day}T23:59"}
    assert "12 位数字" in browser.post(reverse("logistics:pass_new", args=[truck.pk]), form).content.decode()
    browser.post(reverse("logistics:pass_new", args=[truck.pk]), {**form, "number": "430200000001"})
    url = reverse("logistics:driver_health", args=[truck.driver_id])
    assert "has-error" in browser.post(url, {"code": "green", "temperature": "60"}).content.decode()
    browser.post(url, {"code": "yellow", "temperature": "36.6"})
    assert (Pass.objects.count(), HealthCheck.objects.count()) == (1, 1)

    desk = browser.get(reverse("logistics:driver", args=[truck.driver_id])).content.decode()
    assert "36.6" not in desk
    assert url in desk
    assert "不是绿码" in browser.get(reverse("logistics:truck", args=[truck.pk])).content.decode()
    haulier = as_(day.cast.haulier)
    for page in ("trucks", "truck", "driver"):
        args = {"trucks": [], "truck": [truck.pk], "driver": [truck.driver_id]}[page]
        text = haulier.get(reverse(f"logistics:{page}", args=args)).content.decode()
        assert "绿码" not in text
        assert "黄码" not in text
        assert "36.6" not in text


def test_a_driver_kept_in_the_yard_reads_no_health_facts_of_the_refusal(as_, day):
    from orders.logistics.actions.road import arrive, record_loaded

    day.pledge("1000斤")
    driver = register_driver(day.cast.carrier, name="郑师傅", phone=day.cast.driver.phone, by=day.cast.haulier)
    day.truck(driver=driver)
    (trip,) = commit(day)
    arrive(stops(trip)[0], by=driver_of(trip))
    record_loaded(trip.loads.get(), 500_000, by=driver_of(trip))
    make_rules(pass_needed=False)
    make_health_check(driver, by=day.cast.dispatcher, code="red")

    page = press(as_(day.cast.driver), "depart", stop=stops(trip)[0].pk)

    assert "与调度员联系" in page.content.decode()
    assert "不是绿码" not in page.content.decode()


def test_a_pass_is_suspended_restored_and_revoked_on_the_screen(as_, day):
    green_pass = make_pass(day.truck(), day.day, by=day.cast.dispatcher)
    browser = as_(day.cast.dispatcher)

    for verb, reason, state in (
        ("suspend", "", "issued"),
        ("suspend", "超载", "suspended"),
        ("restore", "", "issued"),
        ("revoke", "伪造", "revoked"),
        ("restore", "", "revoked"),
    ):
        browser.post(reverse("logistics:pass_change", args=[green_pass.pk, verb]), {"reason": reason})
        green_pass.refresh_from_db()
        assert green_pass.state == state
