"""Storing, attaching and sweeping photographs."""

import datetime as dt
import io
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from market.actions.listings import submit_listing
from market.actions.photos import MAX_UNUSED, store_photo, sweep_unused_photos
from market.exceptions import BadPhoto, NotAllowed, TooManyUploads
from market.models import Photo
from tests.factories import make_photo, make_terms


def test_a_photo_is_kept_twice_under_random_names(cast):
    photo = make_photo(cast.farmer)

    assert (photo.width, photo.height, photo.attached_at) == (320, 240, None)
    assert photo.full.name.startswith("photos/")
    assert photo.full.name != photo.card.name
    assert (photo.card.width, photo.card.height) == (480, 360)


def test_who_sells_for_nobody_stores_nothing(cast):
    with pytest.raises(NotAllowed):
        make_photo(cast.buyer)

    assert Photo.objects.count() == 0


def test_a_broken_picture_is_refused_in_the_farmers_words(cast):
    with pytest.raises(BadPhoto, match="照片打不开"):
        store_photo(io.BytesIO(b"\xff\xd8\xff nothing"), by=cast.farmer)

    assert Photo.objects.count() == 0


def test_hoarding_unused_photos_is_refused(cast):
    photo = make_photo(cast.farmer)
    Photo.objects.bulk_create(
        [Photo(full=photo.full.name, card=photo.card.name, uploaded_by=cast.farmer, width=1, height=1)]
        * (MAX_UNUSED - 1)
    )

    with pytest.raises(TooManyUploads):
        make_photo(cast.farmer)

    assert Photo.objects.count() == MAX_UNUSED
    make_photo(cast.rival_farmer)


def test_the_sweep_deletes_what_nobody_handed_in_for_a_day(cast, reference, django_capture_on_commit_callbacks):
    unused, used = make_photo(cast.farmer), make_photo(cast.farmer)
    terms = make_terms(reference["loofah"], reference["village"])
    submit_listing(terms, [used], seller=cast.household, key=uuid4(), by=cast.farmer)
    tomorrow = timezone.now() + dt.timedelta(hours=25)

    with django_capture_on_commit_callbacks(execute=True):
        count = sweep_unused_photos(at=tomorrow)

    assert count == 1
    assert list(Photo.objects.all()) == [used]
    assert [Path(file.path).exists() for file in (unused.full, unused.card, used.full)] == [False, False, True]
    assert sweep_unused_photos(at=tomorrow) == 0


def test_the_sweep_leaves_what_is_younger_than_a_day(cast):
    make_photo(cast.farmer)

    assert sweep_unused_photos(at=timezone.now() + dt.timedelta(hours=23)) == 0
    assert Photo.objects.count() == 1
