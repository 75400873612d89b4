"""The driver's page without JavaScript: plain forms that do the same."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from market.models import Event
from orders.logistics.enums import LoadState
from orders.logistics.models import Evidence, Load, RoadReport
from tests.factories.reports import press

pytestmark = pytest.mark.usefixtures("_fresh_counts")


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), (9, 120, 60)).save(made, "JPEG")
    return made.getvalue()


def events(verb: str) -> int:
    return Event.objects.filter(verb=verb).count()


# --- the plain forms --------------------------------------------------------------------------------------------------


def test_a_form_pressed_twice_counts_once(phone, trip, pickup):
    key = uuid.uuid4()
    for _ in range(2):
        press(phone, "arrive", stop=pickup.pk, key=key)

    assert (RoadReport.objects.count(), events("arrived")) == (1, 1)


def test_a_plain_photo_form_works(phone, trip, pickup):
    page = press(phone, "photo", stop=pickup.pk, picture=SimpleUploadedFile("a.jpg", jpeg())).content.decode()

    assert "照片已存下" in page
    assert Evidence.objects.get().stop == pickup


@pytest.mark.parametrize("data", [{}, {"verb": "fly"}, {"verb": "arrive", "key": "x"}])
def test_a_form_that_is_none_of_ours_is_a_400(phone, data):
    assert phone.post(reverse("logistics:drive_report"), {"key": uuid.uuid4(), **data}).status_code == 400


def test_leaving_a_load_behind_by_form_frees_it(phone, trip, pickup):
    load = trip.loads.get()
    press(phone, "arrive", stop=pickup.pk)
    assert "请写明原因" in press(phone, "not_loaded", load=load.pk, reason=" ").content.decode()

    press(phone, "not_loaded", load=load.pk, reason="没采够")

    assert Load.objects.get().state == LoadState.UNPLANNED
