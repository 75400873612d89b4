"""`manage.py match`."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orders.enums import MatchState
from orders.models import MatchRun, Pledge
from tests.factories.matching import make_lot, tomorrow
from tests.factories.orders import fresh, make_dock
from tests.factories.talks import make_demand


@pytest.fixture
def day(cast, reference):
    make_lot(cast.household, reference["loofah"], reference["village"], "3000斤", by=cast.farmer)
    make_demand(reference["loofah"], make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer))
    return tomorrow()


def match(**options) -> dict:
    out = StringIO()
    call_command("match", json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_it_proposes_and_books_nothing(day):
    said = match(day=day)

    assert (said["state"], said["matched_g"], said["met"], said["policy"]) == ("ready", 500_000, 1, "soonest")
    assert not Pledge.objects.exists()


def test_with_commit_it_books(day):
    said = match(day=day, policy="nearest", commit=True)

    assert (said["state"], said["booked_g"], said["gone"], said["lost"]) == ("committed", 500_000, 0, [])
    assert Pledge.objects.get().firm_g == 500_000


def test_it_says_it_in_one_line(day):
    out = StringIO()
    call_command("match", day=day, commit=True, stdout=out)

    assert out.getvalue().splitlines()[0].startswith(f"{day}: 500 kg matched in 1 lines, 500 kg saved")
    assert "500 kg booked" in out.getvalue()


def test_a_past_day_and_a_stranger_are_refused(day, cast):
    with pytest.raises(CommandError, match="已经过了"):
        match(day=day.replace(year=2020))
    with pytest.raises(CommandError, match="commerce desk"):
        match(day=day, by=cast.farmer.phone)
    assert not MatchRun.objects.exclude(state=MatchState.READY).exists()
