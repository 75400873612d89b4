"""Trucks, drivers, passes and checks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.models import Organisation, User
from orders.logistics.actions.trucks import assign_driver, register_truck, update_truck
from orders.logistics.forms.trucks import (
    FIELDS_OF_REFUSALS,
    AssignForm,
    TruckChangeForm,
    TruckForm,
    as_it_is,
)
from orders.logistics.models import Truck
from orders.logistics.permissions import carriers_of, drivers_for, get_truck, is_dispatcher, trucks_for
from orders.logistics.queries.fitness import masked
from orders.logistics.queries.trucks import all_carriers, drivers_of, truck_rows
from orders.logistics.views.answers import done_or_refused, first_error


def carriers_or_404(user: User) -> list[Organisation]:
    """The carriers the person may register trucks and drivers for. Raises: Http404."""
    found = all_carriers() if is_dispatcher(user) else carriers_of(user)
    if not found and not is_dispatcher(user):
        raise Http404
    return found


@login_required
@require_GET
def trucks(request: HttpRequest) -> HttpResponse:
    """Five statements beside the person's, six for the dispatcher."""
    carriers_or_404(request.user)
    now = timezone.now()
    dispatches = is_dispatcher(request.user)
    rows = [
        (row, [str(reason) for reason in row.reasons] if dispatches else masked(row.reasons))
        for row in truck_rows(trucks_for(request.user), now, timezone.localdate())
    ]
    context = {"rows": rows, "drivers": drivers_of(drivers_for(request.user)), "dispatches": dispatches}
    return render(request, "logistics/trucks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def truck_new(request: HttpRequest) -> HttpResponse:
    form = TruckForm(request.POST or None, carriers=carriers_or_404(request.user))
    if form.is_bound and form.is_valid():
        carrier, plate = form.cleaned_data["carrier"], form.cleaned_data["plate"]
        try:
            made = register_truck(carrier, plate=plate, by=request.user, **form.facts())
        except Refused as refusal:
            form.add_error(FIELDS_OF_REFUSALS.get(type(refusal)), str(refusal))
        else:
            messages.success(request, _("车辆 %(plate)s 已登记，请指定司机") % {"plate": made.plate})
            return redirect("logistics:truck", made.pk)
    return render(request, "logistics/truck_form.html", {"form": form})


@login_required
@require_GET
def truck(request: HttpRequest, pk: int) -> HttpResponse:
    """A truck with its driver, passes and what stands against a trip now."""
    one = get_truck(request.user, pk)
    dispatches = is_dispatcher(request.user)
    row = truck_rows(Truck.objects.filter(pk=pk), timezone.now(), timezone.localdate())[0]
    context = {
        "row": row,
        "reasons": [str(reason) for reason in row.reasons] if dispatches else masked(row.reasons),
        "assign": _assign_form(request, one),
        "dispatches": dispatches,
    }
    return render(request, "logistics/truck.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def truck_change(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_truck(request.user, pk)
    form = TruckChangeForm(request.POST or None, initial=as_it_is(one))
    if form.is_bound and form.is_valid():
        try:
            update_truck(one, by=request.user, **form.facts())
        except Refused as refusal:
            form.add_error(FIELDS_OF_REFUSALS.get(type(refusal)), str(refusal))
        else:
            messages.success(request, _("车辆 %(plate)s 已保存") % {"plate": one.plate})
            return redirect("logistics:truck", pk)
    return render(request, "logistics/truck_form.html", {"form": form, "truck": one})


@login_required
@require_POST
def truck_driver(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a driver on duty, or nobody."""
    one = get_truck(request.user, pk)
    form = _assign_form(request, one)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:truck", pk)
    driver = form.cleaned_data["driver"]
    done = _("已指定司机") if driver else _("这辆车现在没有司机")
    return done_or_refused(request, lambda: assign_driver(one, driver, by=request.user), done, ("logistics:truck", pk))


def _assign_form(request: HttpRequest, truck: Truck) -> AssignForm:
    drivers = list(drivers_for(request.user).filter(carrier=truck.carrier_id, is_active=True))
    data = request.POST if request.method == "POST" else None
    return AssignForm(data, drivers=drivers, initial={"driver": truck.driver_id})
