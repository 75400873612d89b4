"""Keeping photographs: cleaned before anything stores them, swept when nobody uses them."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from market.exceptions import BadPhoto, NotYourPhoto, TooManyPhotos, TooManyUploads
from market.models import ListingPhoto, Organisation, Photo, User
from market.models.listings import MAX_PHOTOS
from market.permissions import require, selling_for
from market.photos import PhotoError, clean_photo

UNUSED_HOURS = 24
MAX_UNUSED = 60  # per person; ten listings' worth of photographs that were never handed in


def store_photo(upload: Any, *, by: User) -> Photo:
    """Keep the two clean pictures of `upload`; the bytes that were sent are not stored. A repeat stores it again.

    Raises: NotAllowed, TooManyUploads, BadPhoto.
    """
    require(bool(selling_for(by)))
    if Photo.objects.filter(uploaded_by=by, attached_at=None).count() >= MAX_UNUSED:
        raise TooManyUploads
    try:
        clean = clean_photo(upload)
    except PhotoError as error:
        raise BadPhoto(said=str(error)) from error
    photo = Photo(uploaded_by=by)
    photo.full.save("full.jpg", ContentFile(clean.full), save=False)
    photo.card.save("card.jpg", ContentFile(clean.card), save=False)
    photo.width, photo.height = clean.width, clean.height
    photo.save()
    return photo


def attach_photos(photos: Sequence[Photo], *, seller: Organisation, by: User) -> None:
    """The photographs are in use from now on and will not be swept. Call inside the action's transaction.

    They must be the person's own, or stand on a listing of the seller already. Locks: photos by pk.
    Raises: TooManyPhotos, NotYourPhoto.
    """
    wanted = {photo.pk for photo in photos}
    if len(photos) > MAX_PHOTOS:
        raise TooManyPhotos(most=MAX_PHOTOS)
    allowed = Q(uploaded_by=by) | Q(pk__in=ListingPhoto.objects.filter(listing__seller=seller).values("photo_id"))
    usable = Photo.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    found = set(usable.filter(allowed).values_list("pk", flat=True))
    if found != wanted or len(wanted) != len(photos):
        raise NotYourPhoto
    Photo.objects.filter(pk__in=wanted, attached_at=None).update(attached_at=timezone.now())


@transaction.atomic
def sweep_unused_photos(*, at: dt.datetime | None = None) -> int:
    """Delete the photographs nobody handed in within a day, with their files. Returns how many. Locks: photos by pk."""
    before = (at or timezone.now()) - dt.timedelta(hours=UNUSED_HOURS)
    unused = list(
        Photo.objects.select_for_update().filter(attached_at=None, created_at__lt=before).order_by("pk")[:500]
    )
    Photo.objects.filter(pk__in=[photo.pk for photo in unused]).delete()
    for photo in unused:
        for file in (photo.full, photo.card):
            transaction.on_commit(partial(file.storage.delete, str(file.name)))
    return len(unused)
