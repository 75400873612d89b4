"""Photographs a person may put on a listing."""

from collections.abc import Collection

from django.db.models import Q

from market.models import ListingPhoto, Organisation, Photo, User
from market.permissions import SELLING_ROLES


def photos_for(user: User, pks: Collection[int]) -> list[Photo]:
    """Those of `pks` the person uploaded, or that stand on a listing of somebody they sell for. One statement."""
    sellers = Organisation.objects.sellers().of(user, *SELLING_ROLES)
    listed = ListingPhoto.objects.filter(listing__seller__in=sellers).values("photo_id")
    return list(Photo.objects.filter(Q(uploaded_by=user) | Q(pk__in=listed), pk__in=pks)) if pks else []
