"""Refusals of what a driver's phone sends."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class NotOnYourTrips(Refused):
    """The stop or load is of somebody else, gone, or was never there: all sound alike."""

    sentence = _("这一站或这批货不在您的车次里，可能已经改派；请连上网刷新页面，不清楚就打电话问调度员")


class PhotoMissing(Refused):
    field = "picture"
    sentence = _("没有收到照片，请重新拍一张")


class NotUnderstood(Refused):
    """`said` is the sentence of the form that would not take it."""

    sentence = "%(said)s"
