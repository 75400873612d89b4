"""The dispatcher writes down what a trip needs, and ends it; from then on trips are asked for it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed
from market.models import Event
from orders.logistics import exceptions as refusals
from orders.logistics.actions.rules import RulesFacts, end_rules, set_rules
from orders.logistics.exceptions_health import BadKeepDays, RecordTooShort
from orders.logistics.models import Rules
from orders.logistics.queries.fitness import rules_for, why_not
from tests.cast import PEOPLE

DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


def facts(today, **other):
    return RulesFacts(**{"name": "封控通行规则", "source": "指挥部第 5 号通告", "since": today, **other})


def written():
    return list(Rules.objects.order_by("pk").values()), Event.objects.count()


def test_rules_that_are_set_are_asked_of_a_truck_and_once_ended_no_more(day, today):
    truck = day.truck()
    moments = (timezone.now() + DAY, timezone.now() + DAY * 1.1)

    def codes(on):
        return {reason.code for reason in why_not(truck, truck.driver, None, rules_for(on), *moments)}

    assert codes(today) == set()

    rules = set_rules(facts(today, test_hours=48, temperature_limit=Decimal("37.3")), by=day.cast.dispatcher)
    assert codes(today) == {"pass_missing", "code_missing", "test_missing", "temperature_missing"}
    end_rules(rules, until=today, by=day.cast.dispatcher)

    assert (len(codes(today)), codes(today + DAY)) == (4, set())
    events = Event.objects.about(rules).values_list("verb", "by", "reason")
    by = day.cast.dispatcher.pk
    assert list(events) == [("set", by, "封控通行规则"), ("ended", by, f"{today}")]


def test_the_same_rules_and_the_same_end_again_change_nothing(cast, today):
    rules = set_rules(facts(today), by=cast.dispatcher)
    assert set_rules(facts(today, name=" 封控通行规则 "), by=cast.dispatcher) == rules
    end_rules(rules, until=today + DAY, by=cast.dispatcher)
    before = written()

    end_rules(rules, until=today + DAY, by=cast.dispatcher)

    assert written() == before
    assert before[1] == Event.objects.about(rules).count() + Event.objects.exclude(subject="logistics.rules").count()


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"name": " "}, refusals.RulesUnnamed),
        ({"name": "长" * 81}, refusals.RulesUnnamed),
        ({"source": ""}, refusals.RulesUnnamed),
        ({"source": "长" * 201}, refusals.RulesUnnamed),
        ({"since": dt.date(9999, 1, 1)}, refusals.BadRulesDay),
        ({"until": dt.date(9999, 1, 1)}, refusals.BadRulesDay),
        ({"until": dt.date(2021, 8, 8)}, refusals.RulesEndBeforeBegin),
        ({"test_hours": 0}, refusals.BadTestHours),
        ({"test_hours": -1}, refusals.BadTestHours),
        ({"test_hours": 337}, refusals.BadTestHours),
        ({"temperature_limit": Decimal("29.9")}, refusals.BadTemperature),
        ({"temperature_limit": Decimal("45.1")}, refusals.BadTemperature),
        ({"keep_days": 0}, BadKeepDays),
        ({"keep_days": 61}, BadKeepDays),
        ({"keep_days": 1, "test_hours": 25}, RecordTooShort),
    ],
)
def test_nonsense_is_not_made_a_rule(cast, today, other, refusal):
    before = written()
    with pytest.raises(refusal):
        set_rules(facts(today, **other), by=cast.dispatcher)
    assert written() == before


def test_rules_end_on_no_past_day_not_before_they_begin_and_not_twice(cast, today):
    ahead = set_rules(facts(today + 3 * DAY), by=cast.dispatcher)
    over = set_rules(facts(today - 3 * DAY, until=today - DAY), by=cast.dispatcher)
    before = written()

    for rules, until, refusal in (
        (ahead, today - DAY, refusals.PlanInPast),
        (ahead, today + 2 * DAY, refusals.RulesEndBeforeBegin),
        (ahead, dt.date(9999, 1, 1), refusals.BadRulesDay),
        (over, today + DAY, refusals.RulesOver),
    ):
        with pytest.raises(refusal):
            end_rules(rules, until=until, by=cast.dispatcher)
    assert written() == before


SETTERS = {"dispatcher", "supervisor", "commerce_desk", "admin"}


@pytest.mark.parametrize("role", sorted(SETTERS))
def test_the_bureau_sets_and_ends_rules(cast, today, role):
    person = getattr(cast, role)
    rules = set_rules(facts(today, travel_card_needed=True, test_from="reported", keep_days=7), by=person)
    end_rules(rules, until=today, by=person)
    rules.refresh_from_db()
    assert (rules.travel_card_needed, rules.test_from, rules.keep_days) == (True, "reported", 7)
    assert rules.until == today


@pytest.mark.parametrize("role", sorted(set(PEOPLE) - SETTERS))
def test_only_the_bureau_sets_and_ends_rules(client, cast, today, role):
    rules = set_rules(facts(today), by=cast.dispatcher)
    person, before = getattr(cast, role), written()

    with pytest.raises(NotAllowed):
        set_rules(facts(today, name="别的"), by=person)
    with pytest.raises(NotAllowed):
        end_rules(rules, until=today, by=person)
    client.force_login(person)
    assert client.get(reverse("logistics:rules")).status_code == 404
    assert client.post(reverse("logistics:rules_end", args=[rules.pk]), {"until": today}).status_code == 404
    assert written() == before


def test_the_dispatcher_sets_and_ends_rules_on_the_screen(client, cast, today):
    client.force_login(cast.dispatcher)
    url = reverse("logistics:rules")
    assert url in client.get(reverse("logistics:dispatch")).content.decode()
    assert "还没有通行规则" in client.get(url).content.decode()

    form = {"name": "<b>封控</b>", "source": "通告", "since": today, "pass_needed": "on", "test_hours": "48"}
    page = client.post(url, form, follow=True).content.decode()

    assert "&lt;b&gt;封控&lt;/b&gt;" in page
    assert "48 小时内阴性" in page
    assert "今天有效" in page
    rules = Rules.objects.get()
    assert (rules.pass_needed, rules.green_code_needed, rules.test_hours, rules.until) == (True, False, 48, None)
    client.post(reverse("logistics:rules_end", args=[rules.pk]), {"until": today})
    rules.refresh_from_db()
    assert rules.until == today


@pytest.mark.parametrize("other", [{"since": ""}, {"name": ""}, {"test_hours": "0"}, {"temperature_limit": "99"}])
def test_a_wrong_form_comes_back_with_its_words(client, cast, today, other):
    client.force_login(cast.dispatcher)
    form = {"name": "某某规则", "source": "通告", "since": today, **other}

    answer = client.post(reverse("logistics:rules"), form)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == list(other)
    assert Rules.objects.count() == 0


def test_the_list_costs_the_same_with_one_and_with_three(client, cast, today, django_assert_num_queries):
    client.force_login(cast.dispatcher)
    set_rules(facts(today), by=cast.dispatcher)
    with django_assert_num_queries(7):
        client.get(reverse("logistics:rules"))
    for name in ("二", "三"):
        set_rules(facts(today, name=name), by=cast.dispatcher)
    with django_assert_num_queries(7):
        client.get(reverse("logistics:rules"))
