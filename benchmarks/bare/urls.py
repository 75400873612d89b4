"""One INSERT and one guarded UPDATE in a transaction."""

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.bare.models import Offer, Promise


def promise(request: HttpRequest, pk: int) -> HttpResponse:
    grams = int(request.POST["grams"])
    with transaction.atomic():
        Promise.objects.create(offer_id=pk, grams=grams)
        fits = Offer.objects.filter(pk=pk, reserved_g__lte=F("offered_g") - grams)
        if fits.update(reserved_g=F("reserved_g") + grams) != 1:
            transaction.set_rollback(True)
            return HttpResponse(status=409, headers={"Content-Length": "0"})
    return HttpResponse(status=302, headers={"Location": "/", "Content-Length": "0"})


urlpatterns = [path("promise/<int:pk>/", promise)]
