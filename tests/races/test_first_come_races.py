"""Two people enter the same number, plate, pass or name at the same moment on PostgreSQL: the second reads a sentence."""

import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from market.actions.organisations import OrganisationDetails, add_member, register_organisation
from market.models import Membership, Organisation, PriceCeiling, User
from orders.actions.policies import publish_first_policies, publish_policy
from orders.actions.stalls import merge_stalls
from orders.logistics.actions.passes import issue_pass
from orders.logistics.actions.trucks import register_driver, register_truck
from orders.logistics.models import Driver, Pass, Truck
from orders.models import MatchPolicy, Stall
from orders.policies import FIRST_VERSIONS
from tests.factories import make_organisation, make_user
from tests.factories.ceilings import make_ceiling
from tests.factories.orders import fresh

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PHONE, PLATE = "13912340000", "湘B12345"


def one_behind_the_other(first, second) -> list[str]:
    """`second` begins while what `first` wrote is not committed yet. What `second` raised, by name."""
    raised: list[str] = []

    def run() -> None:
        try:
            second()
        except Exception as error:  # noqa: BLE001 - an error of the database must show by name
            raised.append(type(error).__name__)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        time.sleep(1)
        assert thread.is_alive(), "the second did not wait for the first"
    thread.join()
    return raised


@pytest.fixture
def second_carrier(cast, reference) -> Organisation:
    return make_organisation("醴陵车队", "carrier", reference["tianyuan"], (make_user("第二位老板"), "manager"))


def truck_of(carrier, by, reference):
    return register_truck(
        carrier, plate=PLATE, plate_colour="blue", rated_g=5_000_000, base=reference["tianyuan"], by=by
    )


def test_a_new_number_added_in_two_organisations_gets_one_account(cast):
    raised = one_behind_the_other(
        lambda: add_member(cast.household, phone=PHONE, role="clerk", name="新人", by=cast.farmer),
        lambda: add_member(cast.cooperative, phone=PHONE, role="clerk", name="新人", by=cast.cooperative_manager),
    )

    assert raised == []
    assert User.objects.filter(phone=f"+86{PHONE}").count() == 1
    assert Membership.objects.filter(user__phone=f"+86{PHONE}").count() == 2


def test_a_driver_registered_by_two_carriers_stays_with_the_first(cast, second_carrier):
    raised = one_behind_the_other(
        lambda: register_driver(cast.carrier, name="新司机", phone=PHONE, by=cast.haulier),
        lambda: register_driver(second_carrier, name="新司机", phone=PHONE, by=cast.dispatcher),
    )

    assert raised == ["PhoneTaken"]
    assert Driver.objects.get(phone=f"+86{PHONE}").carrier == cast.carrier


def test_a_plate_registered_by_two_carriers_stays_with_the_first(cast, reference, second_carrier):
    raised = one_behind_the_other(
        lambda: truck_of(cast.carrier, cast.haulier, reference),
        lambda: truck_of(second_carrier, cast.dispatcher, reference),
    )

    assert raised == ["PlateTaken"]
    assert Truck.objects.get().carrier == cast.carrier


def test_a_pass_number_recorded_for_two_trucks_stays_with_the_first(cast, reference):
    trucks = [
        register_truck(
            cast.carrier,
            plate=plate,
            plate_colour="blue",
            rated_g=5_000_000,
            base=reference["tianyuan"],
            by=cast.haulier,
        )
        for plate in ("湘B11111", "湘B22222")
    ]
    now = timezone.now()
    facts = {"issuer": "police", "number": "430200000001", "valid_from": now, "valid_to": now + dt.timedelta(days=1)}

    raised = one_behind_the_other(
        lambda: issue_pass(trucks[0], by=cast.dispatcher, **facts),
        lambda: issue_pass(trucks[1], by=cast.dispatcher, **facts),
    )

    assert raised == ["PassNumberTaken"]
    assert Pass.objects.get().truck == trucks[0]


def test_a_second_tap_that_signs_up_the_same_number_reads_that_it_was_too_quick(cast):
    answers = []
    tap = {"name": "新人", "phone": PHONE}

    raised = one_behind_the_other(
        lambda: User.objects.create_user(f"+86{PHONE}", name="新人"),
        lambda: answers.append(Client().post(reverse("account_signup"), tap)),
    )

    assert raised == []
    assert [answer.status_code for answer in answers] == [429]
    assert User.objects.filter(phone=f"+86{PHONE}").count() == 1


def test_a_name_registered_by_two_people_at_one_place_stays_with_the_first(cast, reference):
    details = OrganisationDetails("新合作社", "cooperative", reference["village"], "张三", PHONE)
    before = Organisation.objects.count()

    raised = one_behind_the_other(
        lambda: register_organisation(details, by=cast.outsider),
        lambda: register_organisation(details, by=cast.farmer),
    )

    assert raised == ["AlreadyRegistered"]
    assert Organisation.objects.count() == before + 1


def test_a_second_tap_that_publishes_a_rule_reads_that_it_is_in_force(cast):
    publish_first_policies()
    kind, (text, parameters) = next(iter(FIRST_VERSIONS.items()))

    def publish() -> None:
        publish_policy(kind, text=f"{text}改", parameters=parameters, by=User.objects.get(pk=cast.commerce_desk.pk))

    assert one_behind_the_other(publish, publish) == ["SameAsBefore"]
    assert MatchPolicy.objects.filter(kind=kind).count() == 2


def test_a_second_tap_that_sets_a_ceiling_sets_none(cast, reference):
    def set_it() -> None:
        make_ceiling(reference["loofah"], "2.40", by=User.objects.get(pk=cast.commerce_desk.pk))

    assert one_behind_the_other(set_it, set_it) == []
    assert PriceCeiling.objects.count() == 1


def test_a_stall_merged_twice_at_once_is_gone_for_the_second(cast):
    one, other = (Stall.objects.create(association=cast.association, name=name) for name in ("老李", "建宁老李"))

    def merge() -> None:
        merge_stalls(Stall(pk=one.pk, association=cast.association), into=other, by=fresh(cast.association_clerk))

    assert one_behind_the_other(merge, merge) == ["StallGone"]
    assert list(Stall.objects.all()) == [other]
