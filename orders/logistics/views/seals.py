"""Putting seals on a truck's doors and breaking them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orders.logistics.actions.seals import break_seal, put_seal
from orders.logistics.forms.road import SealForm
from orders.logistics.forms.trips import WhyForm
from orders.logistics.permissions_road import get_seal_to_break, get_trip_to_drive
from orders.logistics.views.answers import done_or_refused, first_error


@login_required
@require_POST
def seal_put(request: HttpRequest, pk: int) -> HttpResponse:
    trip, form = get_trip_to_drive(request.user, pk), SealForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:trip", pk)
    number = form.cleaned_data["number"]
    do = lambda: put_seal(trip, number, by=request.user)  # noqa: E731
    return done_or_refused(request, do, _("封条 %(number)s 已记下") % {"number": number}, ("logistics:trip", pk))


@login_required
@require_POST
def seal_break(request: HttpRequest, pk: int) -> HttpResponse:
    seal, form = get_seal_to_break(request.user, pk), WhyForm(request.POST)
    back = ("logistics:trip", seal.trip_id)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(*back)
    do = lambda: break_seal(seal, reason=form.cleaned_data["reason"], by=request.user)  # noqa: E731
    return done_or_refused(request, do, _("封条 %(number)s 已拆") % {"number": seal.number}, back)
