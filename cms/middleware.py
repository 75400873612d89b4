"""In front of the back office."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

OPEN_TO_ALL = ("login/", "logout/")
ACCESS = "wagtailadmin.access_admin"


class BackOfficeDoorMiddleware:
    """A person who is logged in but has no desk gets a plain page that says so.

    Wagtail would send them to the log-in again, although they are logged in. Who is not logged in is still sent there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._inside(request.path) and request.user.is_authenticated and not request.user.has_perm(ACCESS):
            return render(request, "cms/no_access.html", status=403)
        return self.get_response(request)

    def _inside(self, path: str) -> bool:
        return path.startswith(settings.CMS_PREFIX) and not path.removeprefix(settings.CMS_PREFIX).startswith(
            OPEN_TO_ALL
        )
