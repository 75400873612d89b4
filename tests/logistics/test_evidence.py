"""Photographs of the road: who may add them, who may see them, and that nothing of the sender's phone is kept."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from market.exceptions import BadPhoto, NotAllowed
from orders.logistics.actions import evidence as keeping
from orders.logistics.actions.evidence import add_evidence
from orders.logistics.enums import EvidenceKind
from orders.logistics.exceptions_evidence import PictureOfAnotherTrip, TooManyPictures
from orders.logistics.models import Evidence
from tests.factories.evidence import make_evidence
from tests.factories.logistics import commit, driver_of


@pytest.fixture
def trip(day):
    day.pledge("1000斤")
    day.truck()
    return commit(day)[0]


def test_the_picture_is_kept_without_what_the_phone_wrote(trip):
    load = trip.loads.get()
    row = make_evidence(trip, by=driver_of(trip), load=load, stop=load.pickup)

    content = row.picture.open("rb").read()
    assert content.startswith(b"\xff\xd8\xff")
    assert b"SECRET-PHONE" not in content
    assert (row.kind, row.load, row.stop, row.by) == (EvidenceKind.ROAD, load, load.pickup, driver_of(trip))
    assert "media" not in row.picture.path


def test_the_same_key_again_stores_nothing(trip):
    key = uuid.uuid4()
    first = make_evidence(trip, by=driver_of(trip), key=key)

    assert make_evidence(trip, by=driver_of(trip), key=key).pk == first.pk
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("person", ["farmer", "buyer", "haulier", "outsider", "driver"])
def test_only_who_drives_adds_pictures_of_the_road(day, trip, person):
    with pytest.raises(NotAllowed):
        make_evidence(trip, by=getattr(day.cast, person))
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize("kind", [EvidenceKind.RECEIPT, EvidenceKind.DISPUTE, EvidenceKind.PAPER])
def test_a_driver_adds_no_other_pictures(trip, kind):
    with pytest.raises(NotAllowed):
        make_evidence(trip, by=driver_of(trip), kind=kind)


def test_what_is_no_picture_is_refused(trip):
    with pytest.raises(BadPhoto):
        add_evidence(b"<svg/>", kind=EvidenceKind.ROAD, trip=trip, key=uuid.uuid4(), by=driver_of(trip))
    assert Evidence.objects.count() == 0


def test_no_more_than_so_many(day, trip, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_AT_A_STOP", 2)
    for _ in range(2):
        make_evidence(trip, by=driver_of(trip))
    with pytest.raises(TooManyPictures) as refusal:
        make_evidence(trip, by=driver_of(trip))
    assert "最多放 2 张照片" in str(refusal.value)
    assert Evidence.objects.count() == 2


def test_a_stop_of_another_trip_is_refused(day, trip):
    day.pledge("500斤")
    day.truck()
    other = commit(day)[0]
    with pytest.raises(PictureOfAnotherTrip):
        make_evidence(trip, by=driver_of(trip), stop=other.stops.first())


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("dispatcher", 200), ("haulier", 200), ("buyer", 200), ("farmer", 200), ("helper", 200),
        ("rival_buyer", 404), ("rival_farmer", 404), ("commerce_desk", 404), ("driver", 404), ("outsider", 404),
    ],
)  # fmt: skip
def test_who_may_see_the_load_sees_its_picture(day, trip, person, status):
    row = make_evidence(trip, by=driver_of(trip), load=trip.loads.get())
    client = Client()
    client.force_login(getattr(day.cast, person))

    assert client.get(reverse("logistics:evidence", args=[row.pk])).status_code == status


def test_a_picture_of_no_load_is_for_those_of_the_trip(day, trip):
    row = make_evidence(trip, by=driver_of(trip))
    seen = {}
    for person in ("buyer", "farmer", "haulier", "dispatcher"):
        client = Client()
        client.force_login(getattr(day.cast, person))
        seen[person] = client.get(reverse("logistics:evidence", args=[row.pk])).status_code

    assert seen == {"buyer": 404, "farmer": 404, "haulier": 200, "dispatcher": 200}


def test_nobody_keeps_a_copy(day, trip):
    row = make_evidence(trip, by=driver_of(trip))
    client = Client()
    client.force_login(day.cast.dispatcher)

    page = client.get(reverse("logistics:evidence", args=[row.pk]))

    assert page["Content-Type"] == "image/jpeg"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Cache-Control"] == "private, no-store"
    assert b"".join(page.streaming_content).startswith(b"\xff\xd8\xff")


def test_a_lost_file_is_not_an_error_page(day, trip):
    row = make_evidence(trip, by=driver_of(trip))
    row.picture.storage.delete(row.picture.name)
    client = Client()
    client.force_login(day.cast.dispatcher)

    assert client.get(reverse("logistics:evidence", args=[row.pk])).status_code == 404
