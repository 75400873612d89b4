"""Registering trucks, drivers, passes and checks; what is refused writes nothing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from market.enums import Role
from market.exceptions import NotAllowed
from market.models import Event, Membership, User
from orders.logistics import exceptions as refusals
from orders.logistics.actions import trucks
from orders.logistics.actions.health import record_health_check
from orders.logistics.actions.passes import revoke_pass, suspend_pass
from orders.logistics.actions.trucks import (
    assign_driver,
    normalise_plate,
    register_driver,
    register_truck,
    update_driver,
    update_truck,
)
from orders.logistics.enums import PassState
from orders.logistics.models import Driver, HealthCheck, Pass, Truck
from tests.factories.logistics import commit, make_pass


@pytest.fixture
def facts(cast, reference):
    return {
        "plate": "湘B12345",
        "plate_colour": "blue",
        "rated_g": 4_995_000,
        "base": reference["tianyuan"],
        "by": cast.haulier,
    }


def test_a_haulier_registers_a_truck_and_again_nothing_happens(cast, facts):
    first = register_truck(cast.carrier, **facts)
    again = register_truck(cast.carrier, **{**facts, "plate": " 湘b·12345 "})

    assert (again.pk, Truck.objects.count(), Event.objects.about(first).count()) == (first.pk, 1, 1)


@pytest.mark.parametrize("person", ["driver", "buyer", "farmer", "outsider"])
def test_others_register_no_truck(cast, facts, person):
    with pytest.raises(NotAllowed):
        register_truck(cast.carrier, **{**facts, "by": getattr(cast, person)})
    assert Truck.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"plate": "B12345"}, refusals.BadPlate),
        ({"plate": "湘BO2345"}, refusals.BadPlate),
        ({"plate": "<b>湘B12345"}, refusals.BadPlate),
        ({"rated_g": 0}, refusals.BadRatedMass),
        ({"rated_g": -5_000_000}, refusals.BadRatedMass),
        ({"rated_g": 60_000_001}, refusals.BadRatedMass),
        ({"volume_l": 0}, refusals.BadVolume),
        ({"shift_from": dt.time(20), "shift_to": dt.time(4)}, refusals.BadShift),
    ],
)
def test_nonsense_about_a_truck_is_refused(cast, facts, change, refusal):
    with pytest.raises(refusal):
        register_truck(cast.carrier, **{**facts, **change})
    assert Truck.objects.count() == 0


def test_new_energy_plates_have_one_more_place():
    assert normalise_plate("湘 BD12345") == "湘BD12345"


def test_a_plate_known_with_other_facts_is_refused(cast, facts):
    register_truck(cast.carrier, **facts)
    with pytest.raises(refusals.PlateTaken):
        register_truck(cast.carrier, **{**facts, "rated_g": 1_000_000})
    assert Truck.objects.get().rated_g == 4_995_000


def test_only_a_carrier_has_trucks(cast, facts):
    with pytest.raises(refusals.NotACarrier):
        register_truck(cast.supermarket, **{**facts, "by": cast.dispatcher})


def test_a_truck_is_not_made_weaker_than_what_rides_on_it(day):
    day.pledge("8000斤")
    truck = day.truck()
    commit(day)

    with pytest.raises(refusals.RatedBelowPlanned) as refusal:
        update_truck(truck, by=day.cast.haulier, rated_g=3_999_000)

    assert "8,000 斤" in str(refusal.value)
    truck.refresh_from_db()
    assert truck.rated_g == 5_000_000
    assert update_truck(truck, by=day.cast.haulier, rated_g=4_000_000).rated_g == 4_000_000


def test_an_update_without_a_change_writes_nothing(day):
    truck = day.truck()
    before = Event.objects.count()

    update_truck(truck, by=day.cast.haulier, rated_g=truck.rated_g)

    assert Event.objects.count() == before


# --- drivers ----------------------------------------------------------------------------------------------------


def test_a_driver_can_log_in_with_the_number_and_has_the_role(cast):
    driver = register_driver(cast.carrier, name=" 郑  师傅 ", phone="137 0000 0001", by=cast.haulier)

    assert (driver.name, driver.phone, driver.user.phone) == ("郑 师傅", "+8613700000001", "+8613700000001")
    assert Membership.objects.filter(user=driver.user, organisation=cast.carrier, role=Role.DRIVER).count() == 1


def test_a_driver_who_has_an_account_is_linked_to_it(cast):
    people = User.objects.count()

    driver = register_driver(cast.carrier, name="郑师傅", phone=cast.driver.phone, by=cast.haulier)

    assert (driver.user_id, User.objects.count()) == (cast.driver.pk, people)


def test_the_same_number_again_returns_the_driver(cast):
    first = register_driver(cast.carrier, name="甲", phone="13700000001", by=cast.haulier)
    update_driver(first, by=cast.haulier, is_active=False)

    again = register_driver(cast.carrier, name="乙", phone="13700000001", by=cast.haulier)

    assert (again.pk, again.name, again.is_active, Driver.objects.count()) == (first.pk, "乙", True, 1)


@pytest.mark.parametrize(
    ("name", "phone", "refusal"),
    [
        ("甲", "123", refusals.BadPhone),
        ("", "13700000001", refusals.NameNeeded),
        ("甲" * 41, "13700000001", refusals.NameNeeded),
    ],
)
def test_nonsense_about_a_driver_is_refused(cast, name, phone, refusal):
    with pytest.raises(refusal):
        register_driver(cast.carrier, name=name, phone=phone, by=cast.haulier)
    assert Driver.objects.count() == 0


def test_a_number_of_another_carrier_is_refused(cast, reference):
    from market.enums import OrganisationKind
    from tests.factories import make_organisation

    register_driver(cast.carrier, name="甲", phone="13700000001", by=cast.haulier)
    other = make_organisation("另一车队", OrganisationKind.CARRIER, reference["tianyuan"])

    with pytest.raises(refusals.PhoneTaken):
        register_driver(other, name="甲", phone="13700000001", by=cast.dispatcher)


def test_a_driver_sits_on_one_truck_at_a_time(day):
    one, two = day.truck(), day.truck()
    driver = one.driver

    assign_driver(two, driver, by=day.cast.haulier)

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.driver_id, two.driver_id) == (None, driver.pk)
    assert assign_driver(two, None, by=day.cast.haulier).driver_id is None


def test_the_truck_that_loses_its_driver_says_so(day):
    one, two = day.truck(), day.truck()
    driver = one.driver

    assign_driver(two, driver, by=day.cast.haulier)
    assign_driver(two, driver, by=day.cast.haulier)

    lost = Event.objects.about(one).filter(verb="driver_removed").values_list("by", "reason")
    assert list(lost) == [(day.cast.haulier.pk, driver.name)]
    assert Event.objects.about(two).filter(verb="driver_removed").count() == 0


def test_a_driver_put_on_a_third_truck_meanwhile_is_taken_off_none_unlocked(day, monkeypatch):
    one, two, three = day.truck(), day.truck(), day.truck()
    driver, lock_all, late = one.driver, trucks.lock_all, [three]

    def lock_and_be_overtaken(model, ids):
        rows = lock_all(model, ids)
        if late:
            assign_driver(late.pop(), driver, by=day.cast.haulier)
        return rows

    monkeypatch.setattr(trucks, "lock_all", lock_and_be_overtaken)
    before = list(Truck.objects.order_by("pk").values()), Event.objects.count()

    with pytest.raises(refusals.DriverJustMoved):
        assign_driver(two, driver, by=day.cast.haulier)

    assert (late, (list(Truck.objects.order_by("pk").values()), Event.objects.count())) == ([], before)


def test_a_driver_of_another_carrier_is_not_assigned(day, reference):
    from market.enums import OrganisationKind
    from tests.factories import make_organisation

    other = make_organisation("另一车队", OrganisationKind.CARRIER, reference["tianyuan"])
    stranger = register_driver(other, name="甲", phone="13700009999", by=day.cast.dispatcher)
    truck = day.truck()

    with pytest.raises(refusals.OtherCarriersDriver):
        assign_driver(truck, stranger, by=day.cast.dispatcher)


# --- passes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["12345", "4302001234567", "ABCDEF123456", "030200123456", ""])
def test_a_pass_number_has_twelve_digits(day, number):
    with pytest.raises(refusals.BadPassNumber):
        make_pass(day.truck(), day.day, by=day.cast.dispatcher, number=number)
    assert Pass.objects.count() == 0


def test_the_same_pass_again_changes_nothing_and_another_with_its_number_is_refused(day):
    truck = day.truck()
    first = make_pass(truck, day.day, by=day.cast.dispatcher, number="430200000001")

    assert make_pass(truck, day.day, by=day.cast.dispatcher, number="４30200-000001").pk == first.pk
    with pytest.raises(refusals.PassNumberTaken):
        make_pass(day.truck(), day.day, by=day.cast.dispatcher, number="430200000001")
    assert make_pass(truck, day.day, by=day.cast.dispatcher, number="430200000001", issuer="ndrc").pk != first.pk


def test_a_pass_ends_after_it_begins(day):
    now = timezone.now()
    with pytest.raises(refusals.BadPassTimes):
        make_pass(day.truck(), day.day, by=day.cast.dispatcher, valid_from=now, valid_to=now)


def test_only_the_dispatcher_records_passes(day):
    with pytest.raises(NotAllowed):
        make_pass(day.truck(), day.day, by=day.cast.haulier)
    assert Pass.objects.count() == 0


def test_suspending_needs_a_reason(day):
    green_pass = make_pass(day.truck(), day.day, by=day.cast.dispatcher)
    for turn in (suspend_pass, revoke_pass):
        with pytest.raises(refusals.ReasonNeeded):
            turn(green_pass, reason="  ", by=day.cast.dispatcher)
    green_pass.refresh_from_db()
    assert green_pass.state == PassState.ISSUED


# --- checks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"result": "negative"}, refusals.SampleIncomplete),
        ({"sampled_at": -1}, refusals.SampleIncomplete),
        ({"result": "negative", "sampled_at": 1}, refusals.SampledInFuture),
        ({"temperature": Decimal("29.9")}, refusals.BadTemperature),
        ({"temperature": Decimal("45.1")}, refusals.BadTemperature),
    ],
)
def test_nonsense_about_a_check_is_refused(day, facts, refusal):
    if "sampled_at" in facts:
        facts = {**facts, "sampled_at": timezone.now() + dt.timedelta(hours=facts["sampled_at"])}
    with pytest.raises(refusal):
        record_health_check(day.truck().driver, code="green", by=day.cast.dispatcher, **facts)
    assert HealthCheck.objects.count() == 0


def test_the_history_says_that_a_check_was_made_and_nothing_of_what_was_seen(day):
    driver = day.truck().driver
    record_health_check(driver, code="red", temperature=Decimal("39.0"), by=day.cast.dispatcher)

    event = Event.objects.about(driver).last()
    assert (event.verb, event.reason, event.from_state, event.to_state) == ("health_checked", "", "", "")
