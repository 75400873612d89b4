"""Refusals of photographs kept as evidence."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class TooManyPictures(Refused):
    field = "photos"
    sentence = _("最多放 %(most)s 张照片，请去掉几张")


class PictureOfAnotherTrip(Refused):
    """A stop, a load or a sheet of another trip was named."""

    sentence = _("这张照片和车次对不上，请刷新页面后重新拍")
