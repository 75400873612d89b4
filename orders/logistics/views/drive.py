"""The driver's page: today's halts in order, with what to press at each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from orders.logistics.actions.road import arrive, depart, record_loaded, record_not_loaded
from orders.logistics.forms.trips import LoadedForm, WhyForm, loaded_form
from orders.logistics.models import Trip
from orders.logistics.permissions import get_load_to_drive, get_stop_to_drive, is_driver
from orders.logistics.queries.trips import TripSheet, drive_sheets
from orders.logistics.views.answers import done_or_refused, first_error


@login_required
@require_GET
def drive(request: HttpRequest) -> HttpResponse:
    """Three statements beside the person's."""
    if not is_driver(request.user):
        raise Http404
    sheets = drive_sheets(request.user, timezone.localdate())
    return render(request, "logistics/drive.html", {"trips": [(sheet, _forms(sheet)) for sheet in sheets]})


@login_required
@require_POST
def stop_arrive(request: HttpRequest, pk: int) -> HttpResponse:
    stop = get_stop_to_drive(request.user, pk)
    return done_or_refused(request, lambda: arrive(stop, by=request.user), "", _way_back(request, stop.trip))


@login_required
@require_POST
def stop_depart(request: HttpRequest, pk: int) -> HttpResponse:
    stop = get_stop_to_drive(request.user, pk)
    return done_or_refused(request, lambda: depart(stop, by=request.user), "", _way_back(request, stop.trip))


@login_required
@require_POST
def load_loaded(request: HttpRequest, pk: int) -> HttpResponse:
    load = get_load_to_drive(request.user, pk)
    form = LoadedForm(request.POST)
    back = _way_back(request, load.trip)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(*back)
    grams = form.cleaned_data["grams"]
    return done_or_refused(request, lambda: record_loaded(load, grams, by=request.user), _("实装量已记下"), back)


@login_required
@require_POST
def load_not_loaded(request: HttpRequest, pk: int) -> HttpResponse:
    load = get_load_to_drive(request.user, pk)
    form = WhyForm(request.POST)
    back = _way_back(request, load.trip)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(*back)
    reason = form.cleaned_data["reason"]
    done = _("已记下没有装，调度员会另外安排")
    return done_or_refused(request, lambda: record_not_loaded(load, reason=reason, by=request.user), done, back)


def _forms(sheet: TripSheet) -> dict[int, LoadedForm]:
    """One form for each load at the halt the truck stands at."""
    leg = sheet.next_leg
    return {load.pk: loaded_form(load) for load in leg.loads} if leg and leg.stop.arrived_at else {}


def _way_back(request: HttpRequest, trip: Trip) -> tuple:
    """The driver's own page; the trip's for a dispatcher who reports for a driver."""
    return ("logistics:drive",) if trip.driver.user_id == request.user.pk else ("logistics:trip", trip.pk)
