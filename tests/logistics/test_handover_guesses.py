"""Nobody finds out a hand-over code by trying: after a few wrong ones at a stop only a reason will do."""

import uuid

import pytest

from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.handovers import MOST_GUESSES, hand_over
from orders.logistics.actions.road import arrive
from orders.logistics.models import Handover
from tests.factories.logistics import commit, driver_of, stops
from tests.factories.reports import answers, report
from tests.factories.road import wrong_code


@pytest.fixture
def trip(day):
    day.pledge("2000斤")
    day.truck()
    return commit(day)[0]


@pytest.fixture
def pickup(trip):
    return arrive(stops(trip)[0], by=driver_of(trip))


def guess_all(client, pickup):
    for n in range(1, MOST_GUESSES + 1):
        ((state, _sentence),) = answers(client, report("handover", stop=pickup.pk, code=wrong_code(pickup, n)))
        assert state == "refused"


def test_after_a_few_wrong_codes_the_right_one_is_not_taken(trip, pickup, client):
    client.force_login(driver_of(trip))
    guess_all(client, pickup)

    ((state, sentence),) = answers(client, report("handover", stop=pickup.pk, code=pickup.code))

    assert (state, sentence) == ("refused", str(unfit.TooManyGuesses.sentence))
    assert not Handover.objects.exists()


def test_then_a_reason_will_do(trip, pickup, client):
    client.force_login(driver_of(trip))
    guess_all(client, pickup)

    said = answers(client, report("handover", stop=pickup.pk, reason="对方手机没电"))

    assert said == [("done", "")]
    assert Handover.objects.get().with_code is False


def test_other_stops_are_not_touched_by_it(trip, pickup, client):
    client.force_login(driver_of(trip))
    guess_all(client, pickup)
    other = stops(trip)[1]
    type(other).objects.filter(pk=other.pk).update(arrived_at=pickup.arrived_at)
    type(trip).objects.filter(pk=trip.pk).update(state="en_route")

    assert hand_over(other, code=other.code, key=uuid.uuid4(), by=driver_of(trip)).with_code


def test_one_who_mistyped_twice_still_gets_in(trip, pickup, client):
    client.force_login(driver_of(trip))
    for n in (1, 2):
        answers(client, report("handover", stop=pickup.pk, code=wrong_code(pickup, n)))

    assert answers(client, report("handover", stop=pickup.pk, code=pickup.code)) == [("done", "")]
