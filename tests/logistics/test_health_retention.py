"""Facts of a person's health are erased when they no longer count."""

import datetime as dt

from django.core.management import call_command
from django.utils import timezone

from market.models import Event
from orders.logistics.actions.health import erase_old_health_checks
from orders.logistics.models import HealthCheck
from tests.factories.logistics import make_health_check


def check(day, driver, age, at):
    moment = at - age
    return make_health_check(driver, by=day.cast.dispatcher, sampled_at=moment, at=moment)


def test_checks_older_than_14_days_are_erased_and_the_others_kept(day):
    one, two, now = day.truck().driver, day.truck().driver, timezone.now()
    just, a_second = dt.timedelta(days=14), dt.timedelta(seconds=1)
    kept = {check(day, one, just, now).pk, check(day, one, dt.timedelta(0), now).pk}
    for age in (just + a_second, dt.timedelta(days=300)):
        check(day, one, age, now)

    assert erase_old_health_checks(at=now) == 2

    assert set(HealthCheck.objects.values_list("pk", flat=True)) == kept
    events = Event.objects.filter(verb="health_erased").values_list("subject_id", "by", "reason")
    assert list(events) == [(one.pk, None, "")]
    assert Event.objects.about(two).filter(verb="health_erased").count() == 0
    assert (erase_old_health_checks(at=now), Event.objects.filter(verb="health_erased").count()) == (0, 1)


def test_the_clock_erases_them(day):
    driver, now = day.truck().driver, timezone.now()
    check(day, driver, dt.timedelta(days=15), now)
    kept = check(day, driver, dt.timedelta(days=13), now)

    call_command("tick")

    assert HealthCheck.objects.get() == kept
