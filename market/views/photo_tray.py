"""The photographs that travel with a listing form, whether a script uploaded them one by one or the form brought them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest

from market.actions.photos import store_photo
from market.exceptions import NotYourPhoto, Refused, TooManyPhotos
from market.models import Photo, User
from market.models.listings import MAX_PHOTOS
from market.queries.photos import photos_for


@dataclass
class PhotoTray:
    """Photographs in the order shown, and what was refused."""

    photos: list[Photo] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)

    @property
    def room(self) -> int:
        return max(MAX_PHOTOS - len(self.photos), 0)


def read_tray(request: HttpRequest) -> PhotoTray:
    """The photographs named in the form, less those to drop, plus the files it brought, which are stored now:
    they are not lost when another field is refused."""
    dropped = set(request.POST.getlist("drop_photo"))
    named = [text for text in dict.fromkeys(request.POST.getlist("photo")) if text not in dropped]
    tray = PhotoTray(photos=_known(request.user, named))
    if len(tray.photos) != len(named):
        tray.refusals.append(NotYourPhoto())
    files = request.FILES.getlist("photos")
    if len(files) > tray.room:
        tray.refusals.append(TooManyPhotos(most=MAX_PHOTOS))
    for upload in files[: tray.room]:
        try:
            tray.photos.append(store_photo(upload, by=request.user))
        except Refused as refusal:
            tray.refusals.append(refusal)
    return tray


def _known(user: User, named: Iterable[str]) -> list[Photo]:
    pks = [int(text) for text in named if text.isascii() and text.isdigit() and len(text) < 18]
    found = {photo.pk: photo for photo in photos_for(user, pks)}
    return [found[pk] for pk in pks if pk in found]
