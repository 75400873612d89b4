"""Whether a trip may run: each rule, with and without rules in force."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from market.enums import VerificationState
from market.models import Organisation
from orders.logistics.models import Truck
from orders.logistics.queries.fitness import Reason, masked, why_not
from orders.logistics.queries.fleet import fleet_for
from tests.factories import make_user
from tests.factories.logistics import at, make_health_check, make_pass, make_rules


@pytest.fixture
def truck(day) -> Truck:
    return day.truck()


@pytest.fixture
def span(day):
    return at(day.day, 4), at(day.day, 12)


def codes(truck, rules, span, green_pass=None):
    truck = Truck.objects.select_related("carrier", "driver").get(pk=truck.pk)
    return [reason.code for reason in why_not(truck, truck.driver, green_pass, rules, *span)]


def test_without_rules_a_trip_needs_neither_pass_nor_check(truck, span):
    assert codes(truck, None, span) == []


def test_with_rules_a_truck_without_papers_is_told_everything_that_is_missing(truck, span):
    assert codes(truck, make_rules(), span) == ["pass_missing", "code_missing", "test_missing", "temperature_missing"]


def test_with_pass_and_checks_nothing_stands_against_the_trip(day, truck, span):
    green_pass = make_pass(truck, day.day, by=day.cast.dispatcher)
    make_health_check(truck.driver, by=day.cast.dispatcher)

    assert codes(truck, make_rules(), span, green_pass) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"valid_from": 6}, "pass_too_late"),
        ({"valid_to": 11}, "pass_too_early"),
    ],
)
def test_a_pass_must_cover_the_whole_trip(day, truck, span, facts, code):
    times = {name: at(day.day, hour) for name, hour in facts.items()}
    green_pass = make_pass(truck, day.day, by=day.cast.dispatcher, **times)
    make_health_check(truck.driver, by=day.cast.dispatcher)

    assert codes(truck, make_rules(), span, green_pass) == [code]


def test_a_pass_of_another_truck_does_not_count(day, truck, span):
    green_pass = make_pass(day.truck(), day.day, by=day.cast.dispatcher)

    assert "pass_missing" in codes(truck, make_rules(), span, green_pass)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"code": "yellow"}, "code_not_green"),
        ({"code": "red"}, "code_not_green"),
        ({"result": "positive"}, "test_positive"),
        ({"result": "pending"}, "test_missing"),
        ({"result": "", "sampled_at": None}, "test_missing"),
        ({"temperature": Decimal("37.4")}, "temperature_high"),
        ({"temperature": None}, "temperature_missing"),
    ],
)
def test_what_the_checker_saw_decides(day, truck, span, facts, code):
    make_health_check(truck.driver, by=day.cast.dispatcher, **facts)

    assert codes(truck, make_rules(pass_needed=False), span) == [code]


def test_exactly_the_limit_is_not_too_hot(day, truck, span):
    make_health_check(truck.driver, by=day.cast.dispatcher, temperature=Decimal("37.3"))

    assert codes(truck, make_rules(pass_needed=False), span) == []


def test_a_test_counts_from_the_sampling_time_and_must_cover_arrival(day, truck, span):
    rules = make_rules(pass_needed=False)
    sampled = span[1] - dt.timedelta(hours=48)
    make_health_check(truck.driver, by=day.cast.dispatcher, sampled_at=sampled)

    assert codes(truck, rules, span) == []
    assert codes(truck, rules, (span[0], span[1] + dt.timedelta(seconds=1))) == ["test_too_old"]


def test_a_later_positive_sample_undoes_a_negative_one(day, truck, span):
    now = timezone.now()
    make_health_check(truck.driver, by=day.cast.dispatcher, result="positive", sampled_at=now - dt.timedelta(hours=1))
    make_health_check(truck.driver, by=day.cast.dispatcher, result="negative", sampled_at=now - dt.timedelta(hours=9))

    assert codes(truck, make_rules(pass_needed=False), span) == ["test_positive"]


def test_checks_older_than_two_weeks_are_forgotten(day, truck, span):
    long_ago = timezone.now() - dt.timedelta(days=16)
    make_health_check(truck.driver, by=day.cast.dispatcher, at=long_ago, sampled_at=long_ago)

    assert codes(truck, make_rules(pass_needed=False, test_hours=None, temperature_limit=None), span) == [
        "code_missing"
    ]


def test_a_truck_out_of_use_and_an_unverified_carrier_never_run(day, truck, span):
    Truck.objects.filter(pk=truck.pk).update(is_active=False)
    Organisation.objects.filter(pk=truck.carrier_id).update(verification=VerificationState.SUSPENDED)

    assert codes(truck, None, span) == ["truck_inactive", "carrier_unverified"]


def test_the_driver_must_be_there_in_use_and_of_the_carrier(day, truck, span, cast, reference):
    driver = truck.driver
    assert [r.code for r in why_not(truck, None, None, None, *span)] == ["driver_missing"]

    driver.is_active = False
    assert [r.code for r in why_not(truck, driver, None, None, *span)] == ["driver_inactive"]

    driver.carrier_id = cast.bureau.pk
    assert [r.code for r in why_not(truck, driver, None, None, *span)] == ["driver_of_another_carrier"]


def test_every_reason_is_a_sentence_with_its_moment():
    reason = Reason.from_json(Reason("pass_too_early", {"at": "2021-08-08T03:30:00+00:00"}).to_json())

    assert str(reason) == "通行证 2021年8月8日 周日 11:30 就失效，请换一张覆盖整趟的"


def test_health_reasons_are_one_sentence_for_those_who_may_not_read_them():
    reasons = [Reason("pass_missing"), Reason("code_not_green"), Reason("temperature_high")]

    assert masked(reasons) == ["没有通行证，请先办理", "司机的健康查验不全或没有通过，请与调度员联系"]


# --- the fleet of a day -------------------------------------------------------------------------------------------


def test_the_shift_shrinks_to_what_the_pass_and_the_test_cover(day, truck):
    make_rules()
    make_pass(truck, day.day, by=day.cast.dispatcher, valid_from=at(day.day, 7))
    make_health_check(truck.driver, by=day.cast.dispatcher, sampled_at=at(day.day, 15) - dt.timedelta(hours=48))

    (candidate,) = fleet_for(day.day, timezone.now()).candidates

    assert (candidate.starts_at, candidate.ends_at) == (at(day.day, 7), at(day.day, 15))


def test_a_truck_whose_pass_is_suspended_is_excluded_with_the_reason(day, truck):
    from orders.logistics.actions.passes import suspend_pass

    make_rules()
    make_health_check(truck.driver, by=day.cast.dispatcher)
    suspend_pass(make_pass(truck, day.day, by=day.cast.dispatcher), reason="超载", by=day.cast.dispatcher)

    (excluded,) = fleet_for(day.day, timezone.now()).excluded

    assert [reason.code for reason in excluded.reasons] == ["pass_suspended"]


def test_of_two_passes_the_one_that_covers_more_counts(day, truck):
    make_rules(green_code_needed=False, test_hours=None, temperature_limit=None)
    make_pass(truck, day.day, by=day.cast.dispatcher, valid_to=at(day.day, 6))
    longer = make_pass(truck, day.day, by=day.cast.dispatcher)

    assert fleet_for(day.day, timezone.now()).candidates[0].green_pass == longer


def test_a_shift_that_is_over_is_said_so(day, truck):
    (excluded,) = fleet_for(day.day, at(day.day, 19, 30)).excluded

    assert [reason.code for reason in excluded.reasons] == ["shift_over"]


def test_the_fleet_costs_the_same_with_one_truck_and_with_three(day, truck, django_assert_num_queries):
    make_rules()
    with django_assert_num_queries(9):
        fleet_for(day.day, timezone.now())
    day.truck(), day.truck()
    with django_assert_num_queries(9):
        assert len(fleet_for(day.day, timezone.now()).excluded) == 3


def test_a_person_of_no_bureau_records_no_check(day, truck):
    from market.exceptions import NotAllowed
    from orders.logistics.models import HealthCheck

    for person in (day.cast.haulier, day.cast.driver, day.cast.outsider, make_user("甲")):
        with pytest.raises(NotAllowed):
            make_health_check(truck.driver, by=person)
    assert HealthCheck.objects.count() == 0
