"""Goods that change truck: planning it, taking on, and finding a truck for what stayed behind."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from market.quantities import format_exact
from orders.logistics.actions.taking_on import expected_g, meet_and_take
from orders.logistics.actions.transfers import plan_onward, plan_relay
from orders.logistics.actions.trips import add_load
from orders.logistics.forms.road import NextTruckForm, RelayForm, TakeOnForm, TruckForm
from orders.logistics.models import Trip
from orders.logistics.permissions import trucks_for
from orders.logistics.permissions_road import get_load_to_relay, get_load_to_take_on, get_waiting
from orders.logistics.queries.next_trucks import next_trucks as find_next_trucks
from orders.logistics.queries.transfers import has_met, open_points, trucks_to_take
from orders.logistics.views.answers import done_or_refused, first_error, sentence_of


@login_required
@require_http_methods(["GET", "POST"])
def load_relay(request: HttpRequest, pk: int) -> HttpResponse:
    """Over which point, and by which truck from there. Of goods that lie at a point already, only the truck."""
    load = get_load_to_relay(request.user, pk)
    trucks = trucks_to_take(trucks_for(request.user), load)
    waits = load.delivery.is_transfer
    data = request.POST or None
    form = TruckForm(data, trucks=trucks) if waits else RelayForm(data, trucks=trucks, points=open_points())
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            made = (
                plan_onward(load, said["truck"], by=request.user)
                if waits
                else plan_relay(load, said["point"], said["truck"], by=request.user)
            )
        except Refused as refusal:
            form.add_error(None, sentence_of(refusal, request))
        else:
            messages.success(request, _("已安排 %(plate)s 接货") % {"plate": made.trip.truck.plate})
            return redirect("logistics:trip", made.trip_id)
    return render(request, "logistics/load_relay.html", {"load": load, "form": form, "waits": waits})


@login_required
@require_http_methods(["GET", "POST"])
def load_take_on(request: HttpRequest, pk: int) -> HttpResponse:
    """The taking crew's side of a change of truck: code, quantity, seals."""
    load = get_load_to_take_on(request.user, pk)
    expected = expected_g(load)
    form = TakeOnForm(request.POST or None, initial={"grams": format_exact(expected, "斤")})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            meet_and_take(load, said.pop("grams"), by=request.user, **said)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("接货已记下"))
            return redirect("logistics:trip", load.trip_id)
    context = {"load": load, "form": form, "expected": expected, "has_met": has_met(load.pickup)}
    return render(request, "logistics/load_take_on.html", context)


@login_required
@require_GET
def next_trucks(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of the day's trips could take what waits of an allocation. Seven statements beside the person's, eight where a
    pass is needed."""
    allocation = get_waiting(request.user, pk)
    found = find_next_trucks(allocation)
    left = allocation.grams - allocation.planned
    return render(request, "logistics/next_trucks.html", {"allocation": allocation, "trucks": found, "left": left})


@login_required
@require_POST
def next_truck_take(request: HttpRequest, pk: int) -> HttpResponse:
    allocation, form = get_waiting(request.user, pk), NextTruckForm(request.POST)
    back = ("logistics:next_trucks", pk)
    trip = Trip.objects.filter(pk=form.cleaned_data["trip"]).first() if form.is_valid() else None
    if trip is None:
        messages.error(request, first_error(form) if form.errors else _("这趟车已经不在，请刷新页面再选"))
        return redirect(*back)
    grams = min(form.cleaned_data["grams"], max(allocation.grams - allocation.planned, 1))
    do = lambda: add_load(trip, allocation.pk, grams, by=request.user)  # noqa: E731
    done = _("已装上 %(plate)s 的车次") % {"plate": trip.truck.plate}
    return done_or_refused(request, do, done, back)
