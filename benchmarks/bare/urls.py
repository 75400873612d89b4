"""One INSERT and one guarded UPDATE in a transaction; one indexed query and a minimal template."""

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone

from benchmarks.bare.models import Line, Offer, Promise


def promise(request: HttpRequest, pk: int) -> HttpResponse:
    grams = int(request.POST["grams"])
    with transaction.atomic():
        Promise.objects.create(offer_id=pk, grams=grams)
        fits = Offer.objects.filter(pk=pk, reserved_g__lte=F("offered_g") - grams)
        if fits.update(reserved_g=F("reserved_g") + grams) != 1:
            transaction.set_rollback(True)
            return HttpResponse(status=409, headers={"Content-Length": "0"})
    return HttpResponse(status=302, headers={"Location": "/", "Content-Length": "0"})


def lines(request: HttpRequest) -> HttpResponse:
    soonest = Line.objects.filter(best_before__gt=timezone.now()).order_by("best_before")[:24]
    return render(request, "lines.html", {"lines": soonest})


def line(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "line.html", {"line": get_object_or_404(Line, pk=pk)})


urlpatterns = [path("promise/<int:pk>/", promise), path("lines/", lines), path("lines/<int:pk>/", line)]
