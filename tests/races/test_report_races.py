"""A driver's phone sends the same reports twice at the same moment on PostgreSQL: the answer was lost, the line came back."""

import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from market.models import Event, Notice
from orders.logistics.enums import TripState
from orders.logistics.models import Handover, RoadReport
from tests.factories.logistics import commit, driver_of, make_day, stops
from tests.factories.reports import answers, report

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
AT_ONCE = 4


@pytest.fixture
def trip(cast, reference, settings):
    settings.PLANNER_SECONDS, settings.PLANNER_ENGINE = 1, "greedy"
    cache.clear()
    day = make_day(cast, reference)
    day.pledge("1000斤")
    day.truck()
    return commit(day)[0]


def send_at_once(person, reports) -> list[list[tuple[str, str]]]:
    """What each of the requests was answered; all begin together."""
    ready, found = threading.Barrier(AT_ONCE), []

    def run() -> None:
        try:
            browser = Client()
            browser.force_login(person)
            ready.wait(timeout=20)
            found.append(answers(browser, *reports))
        except Exception as error:  # noqa: BLE001 - an error of the database must show by name
            found.append([(type(error).__name__, str(error))])
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_reports_sent_several_times_at_once_are_carried_out_once(trip):
    pickup, delivery = stops(trip)
    load = trip.loads.get()
    reports = [
        report("arrive", stop=pickup.pk),
        report("loaded", load=load.pk, quantity="960斤"),
        report("handover", stop=pickup.pk, code=pickup.code),
        report("problem", stop=pickup.pk, kind="delay", note="堵车"),
        report("depart", stop=pickup.pk),
        report("arrive", stop=delivery.pk),
        report("depart", stop=delivery.pk),
    ]

    found = send_at_once(driver_of(trip), reports)

    assert found == [[("done", "")] * len(reports)] * AT_ONCE
    trip.refresh_from_db()
    load.refresh_from_db()
    assert (trip.state, load.loaded_g, RoadReport.objects.count()) == (TripState.COMPLETED, 480_000, len(reports))
    assert Handover.objects.count() == 1
    assert Notice.objects.filter(key__startswith="problem-").count() == 1
    for verb, times in (("arrived", 2), ("loaded", 1), ("set_out", 1), ("departed", 2), ("delayed", 1)):
        assert Event.objects.filter(verb=verb).count() == times, verb


def test_a_refusal_sent_several_times_at_once_is_one_refusal(trip):
    wrong = report("depart", stop=stops(trip)[0].pk)

    found = send_at_once(driver_of(trip), [wrong])

    assert len({tuple(answer) for answer in found}) == 1
    assert found[0][0][0] == "refused"
    assert RoadReport.objects.count() == 1
