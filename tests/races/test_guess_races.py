"""Wrong hand-over codes typed into several forms at the same moment, on PostgreSQL: each counts."""

import threading
import uuid

import pytest
from django.db import connection

from market.exceptions import Refused
from orders.logistics.actions.handovers import MOST_GUESSES
from orders.logistics.actions.taking_on import meet_and_take
from orders.logistics.models import Load, RoadReport
from tests.factories.logistics import driver_of, make_day
from tests.factories.road import both_at_point, wrong_code

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def onward(cast, reference, settings) -> Load:
    settings.PLANNER_SECONDS, settings.PLANNER_ENGINE = 1, "greedy"
    return both_at_point(make_day(cast, reference), reference["tianyuan"])


@pytest.mark.parametrize("tries", [3, MOST_GUESSES + 3])
def test_no_more_wrong_codes_are_looked_at_than_allowed(onward, tries):
    """With few, for comparison, all of them are."""
    said, ready, driver = [], threading.Barrier(tries), driver_of(onward.trip)

    def guess(n: int) -> None:
        try:
            ready.wait(timeout=20)
            code = wrong_code(onward.pickup, n)
            meet_and_take(Load.objects.get(pk=onward.pk), 1_000_000, code=code, key=uuid.uuid4(), by=driver)
        except Refused as refusal:
            said.append(type(refusal).__name__)
        except Exception as error:  # noqa: BLE001 - an error of the database must show by name
            said.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(1, tries + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    looked_at = min(tries, MOST_GUESSES)
    assert sorted(said) == ["TooManyGuesses"] * (tries - looked_at) + ["WrongCode"] * looked_at
    assert RoadReport.objects.filter(verb="handover").count() == looked_at
