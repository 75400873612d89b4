"""The site, with the bundle that a test has laid on the shelf in the place of the newest."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import path

from config.urls import handler400
from config.urls import urlpatterns as site

__all__ = ["handler400", "urlpatterns"]
SHELF: dict[str, bytes] = {}


def bundle(_request: HttpRequest) -> HttpResponse:
    if "bundle" not in SHELF:
        return HttpResponseNotFound()
    return HttpResponse(SHELF["bundle"], content_type="application/cose")


urlpatterns = [path("logistics/checkpoint/bundle", bundle), *site]
