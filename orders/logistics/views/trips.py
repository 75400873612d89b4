"""Trips: the list of a day, one trip, its manifest, and changing it by hand."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from orders.logistics.actions.trips import add_trip, cancel_trip, move_load, unplan_load
from orders.logistics.forms.trips import AddTripForm, DayForm, MoveForm, WhyForm, chosen_day
from orders.logistics.manifest import make_manifest
from orders.logistics.permissions import (
    carriers_of,
    dispatcher_or_404,
    get_load_to_plan,
    get_trip,
    is_driver,
    trips_for,
    trucks_for,
)
from orders.logistics.permissions_fitness import directs
from orders.logistics.queries.day import unserved_rows
from orders.logistics.queries.tolls import forecast_of, toll_rules
from orders.logistics.queries.trips import off_loading_order, sheet_of, sheets_of
from orders.logistics.views.answers import done_or_refused, first_error, sentence_of
from orders.logistics.views.trip_page import others_of, show_trip


@login_required
@require_GET
def trips(request: HttpRequest) -> HttpResponse:
    """The day's trips the person may see. Three statements beside the person's."""
    if not (directs(request.user) or carriers_of(request.user) or is_driver(request.user)):
        raise Http404
    day = chosen_day(request.GET, timezone.localdate())
    sheets = sheets_of(trips_for(request.user).filter(day=day))
    return render(
        request, "logistics/trips.html", {"sheets": sheets, "day": day, "form": DayForm(initial={"day": day})}
    )


@login_required
@require_GET
def trip(request: HttpRequest, pk: int) -> HttpResponse:
    """One trip; the dispatcher finds here what changes it."""
    return show_trip(request, get_trip(request.user, pk))


@login_required
@require_GET
def manifest(request: HttpRequest, pk: int) -> HttpResponse:
    """The trip's paper as PDF."""
    sheet = sheet_of(get_trip(request.user, pk))
    url = request.build_absolute_uri(reverse("logistics:trip", args=[pk]))
    paper = make_manifest(sheet, off_loading_order(sheet), url, forecast_of(sheet, toll_rules(sheet.trip.day)))
    response = HttpResponse(paper, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="trip-{pk}.pdf"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def trip_add(request: HttpRequest) -> HttpResponse:
    """A trip by hand from what rides on no truck."""
    dispatcher_or_404(request.user)
    day = chosen_day(request.GET, timezone.localdate())
    rows = unserved_rows(day)
    trucks = list(trucks_for(request.user).filter(is_active=True).select_related("carrier"))
    form = AddTripForm(request.POST or None, trucks=trucks, rows=rows)
    if form.is_bound and form.is_valid():
        try:
            made = add_trip(day, form.cleaned_data["truck"], form.wanted(), by=request.user)
        except Refused as refusal:
            form.add_error(None, sentence_of(refusal, request))
        else:
            messages.success(request, _("已给 %(plate)s 加了一趟车") % {"plate": made.truck.plate})
            return redirect("logistics:trip", made.pk)
    chosen = {str(pk) for pk in form["allocations"].value() or ()}
    context = {"form": form, "rows": rows, "day": day, "chosen": chosen}
    return render(request, "logistics/trip_add.html", context)


@login_required
@require_POST
def trip_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    dispatcher_or_404(request.user)
    one = get_trip(request.user, pk)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:trip", pk)
    reason = form.cleaned_data["reason"]
    do = lambda: cancel_trip(one, reason=reason, by=request.user)  # noqa: E731
    return done_or_refused(request, do, _("车次已取消，货已退回待排"), ("logistics:trip", pk))


@login_required
@require_POST
def load_move(request: HttpRequest, pk: int) -> HttpResponse:
    load = get_load_to_plan(request.user, pk)
    form = MoveForm(request.POST, trips=others_of(load.trip))
    back = ("logistics:trip", load.trip_id)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(*back)
    to_trip = form.cleaned_data["to_trip"]
    done = _("货已移到 %(plate)s") % {"plate": to_trip.truck.plate}
    return done_or_refused(request, lambda: move_load(load, to_trip, by=request.user), done, back)


@login_required
@require_POST
def load_unplan(request: HttpRequest, pk: int) -> HttpResponse:
    load = get_load_to_plan(request.user, pk)
    form = WhyForm(request.POST)
    back = ("logistics:trip", load.trip_id)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(*back)
    reason = form.cleaned_data["reason"]
    return done_or_refused(
        request, lambda: unplan_load(load, reason=reason, by=request.user), _("货已撤下，退回待排"), back
    )
