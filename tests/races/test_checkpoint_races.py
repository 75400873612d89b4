"""One phone's records sent by two tabs, or again after a lost answer, at the same moment on PostgreSQL."""

import uuid

import pytest
from django.db import IntegrityError

from market.models import User
from orders.logistics.actions import visits
from orders.logistics.actions.alarms import handle_alarm
from orders.logistics.actions.visits import record_visits
from orders.logistics.models import Checkpoint, CheckpointAlarm, CheckpointDevice, CheckpointVisit
from orders.logistics.queries.visits import broken_links
from tests.factories.checkpoints import make_checkpoint, make_scan
from tests.races.test_pledge_races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

SENDERS, RECORDS = 8, 5


@pytest.fixture
def here(cast) -> Checkpoint:
    return make_checkpoint(cast.checkpoint)


def chain(here: Checkpoint, officer: User) -> list:
    scans, device = [], uuid.uuid4()
    for number in range(RECORDS):
        before = scans[-1] if scans else None
        scans.append(make_scan(device, here, officer, after=before, token=f"{number:016x}"))
    return scans


def sending(here: Checkpoint, scans: list, officer: User):
    def send() -> None:
        record_visits(here, scans[0].device, scans, by=User.objects.get(pk=officer.pk))

    return send


def test_the_same_records_sent_at_once_stand_once(here, cast):
    scans = chain(here, cast.officer)

    found = at_once([sending(here, scans, cast.officer)] * SENDERS)

    assert found == {"done": SENDERS}
    assert list(CheckpointVisit.objects.order_by("seq").values_list("seq", "hash")) == [(s.seq, s.hash) for s in scans]
    device = CheckpointDevice.objects.get()
    assert (device.last_seq, broken_links(device)) == (RECORDS, [])
    # Nobody issued these codes: one alarm each, none for the chain.
    assert list(CheckpointAlarm.objects.values_list("kind", flat=True)) == ["never_issued"] * RECORDS


def test_without_the_lock_the_same_race_goes_wrong(here, cast, monkeypatch):
    """The control: whoever does not wait for the device meets the constraint that one number stands once."""
    scans = chain(here, cast.officer)
    record_visits(here, scans[0].device, scans[:1], by=cast.officer)
    monkeypatch.setattr(visits, "lock_one", lambda model, pk: model.objects.get(pk=pk))
    failures = []

    def send() -> None:
        try:
            sending(here, scans, cast.officer)()
        except IntegrityError as error:
            failures.append(error)

    at_once([send] * SENDERS)

    assert failures or CheckpointAlarm.objects.filter(kind="chain_broken").exists()


def test_two_who_handle_an_alarm_at_once_leave_one_note(here, cast):
    scans = chain(here, cast.officer)[:1]
    record_visits(here, scans[0].device, scans, by=cast.officer)
    alarm = CheckpointAlarm.objects.get()
    people = [cast.dispatcher, cast.issuer]

    found = at_once(
        [lambda who=who: handle_alarm(alarm, note=who.name, by=User.objects.get(pk=who.pk)) for who in people]
    )

    assert found == {"done": 2}
    alarm.refresh_from_db()
    assert (alarm.note, alarm.handled_by) in [(who.name, who) for who in people]
