"""Filling a truck with the stretch of what it carries: first what it would do, then doing it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from market.exceptions import Refused
from market.quantities import describe
from orders.logistics.actions.filling import fill_trip
from orders.logistics.forms.trips import FillForm
from orders.logistics.permissions import dispatcher_or_404, get_trip
from orders.logistics.queries.filling import filling_of
from orders.logistics.queries.loads import most_aboard
from orders.logistics.queries.rides import halts_of, loads_with_trip
from orders.logistics.views.answers import first_error, sentence_of


@login_required
@require_http_methods(["GET", "POST"])
def trip_fill(request: HttpRequest, pk: int) -> HttpResponse:
    dispatcher_or_404(request.user)
    form = FillForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not form.is_valid():
        messages.error(request, first_error(form))
    elif request.method == "POST":
        try:
            filling = fill_trip(get_trip(request.user, pk), expected=form.cleaned_data["expected"], by=request.user)
        except Refused as refusal:
            messages.error(request, sentence_of(refusal, request))
        else:
            messages.success(request, _("已多装 %(quantity)s") % {"quantity": describe(filling.grams)})
            return redirect("logistics:trip", pk)
    return render(request, "logistics/trip_fill.html", _shown(request, pk))


def _shown(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The trip with what filling it would do. Five statements."""
    loads = loads_with_trip(pk)
    trip = loads[0].trip if loads else get_trip(request.user, pk)
    filling = filling_of(trip, timezone.now(), loads)
    heaviest_g = most_aboard(halts_of(loads))
    return {"trip": trip, "heaviest_g": heaviest_g, "filling": filling, "form": FillForm.of(filling.by_load)}
