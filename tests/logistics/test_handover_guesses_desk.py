"""A wrong hand-over code typed into the taking crew's form counts as much as one that a phone sends."""

import uuid

import pytest
from django.urls import reverse

from orders.logistics import exceptions_road as unfit
from orders.logistics.actions.handovers import MOST_GUESSES
from orders.logistics.models import Handover
from tests.factories.logistics import driver_of
from tests.factories.reports import answers, report
from tests.factories.road import both_at_point, wrong_code


@pytest.fixture
def onward(day, reference):
    """Both trucks stand at the transfer point."""
    return both_at_point(day, reference["tianyuan"])


def type_code(client, load, code, **facts):
    said = {"code": code, "grams": "2000斤", "key": str(uuid.uuid4()), **facts}
    return client.post(reverse("logistics:load_take_on", args=[load.pk]), said).content.decode()


def test_after_a_few_wrong_codes_at_the_form_the_right_one_is_not_taken(onward, client):
    client.force_login(driver_of(onward.trip))
    form = str(uuid.uuid4())
    for n in range(1, MOST_GUESSES + 1):  # the same form again and again
        assert str(unfit.WrongCode.sentence) in type_code(client, onward, wrong_code(onward.pickup, n), key=form)

    assert str(unfit.TooManyGuesses.sentence) in type_code(client, onward, onward.pickup.code, key=form)
    assert not Handover.objects.filter(stop=onward.pickup).exists()

    type_code(client, onward, "", key=form, reason="对方手机没电")
    onward.refresh_from_db()
    assert onward.loaded_g == 1_000_000


def test_what_was_typed_at_the_form_and_sent_by_the_phone_counts_together(onward, client):
    client.force_login(driver_of(onward.trip))
    for n in range(1, MOST_GUESSES):
        type_code(client, onward, wrong_code(onward.pickup, n))
    answers(client, report("handover", stop=onward.pickup.pk, code=wrong_code(onward.pickup, MOST_GUESSES)))

    assert str(unfit.TooManyGuesses.sentence) in type_code(client, onward, onward.pickup.code)


def test_one_who_mistyped_twice_at_the_form_still_gets_in(onward, client):
    client.force_login(driver_of(onward.trip))
    for n in (1, 2):
        type_code(client, onward, wrong_code(onward.pickup, n))

    type_code(client, onward, onward.pickup.code)
    assert Handover.objects.get(stop=onward.pickup, to_load=None).with_code
