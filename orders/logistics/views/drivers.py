"""Drivers, and what the dispatcher records of them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from orders.logistics.actions.trucks import register_driver, update_driver
from orders.logistics.forms.trucks import FIELDS_OF_REFUSALS, DriverChangeForm, DriverForm
from orders.logistics.permissions import get_driver, is_dispatcher
from orders.logistics.views.answers import done_or_refused, first_error
from orders.logistics.views.trucks import carriers_or_404


@login_required
@require_http_methods(["GET", "POST"])
def driver_new(request: HttpRequest) -> HttpResponse:
    form = DriverForm(request.POST or None, carriers=carriers_or_404(request.user))
    if form.is_bound and form.is_valid():
        try:
            made = register_driver(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(FIELDS_OF_REFUSALS.get(type(refusal)), str(refusal))
        else:
            messages.success(request, _("司机 %(name)s 已登记，可以用手机号登录") % {"name": made.name})
            return redirect("logistics:trucks")
    return render(request, "logistics/driver_form.html", {"form": form})


@login_required
@require_GET
def driver(request: HttpRequest, pk: int) -> HttpResponse:
    """A driver; the dispatcher also finds the way to the health checks."""
    one = get_driver(request.user, pk)
    context: dict[str, Any] = {"driver": one, "form": DriverChangeForm(initial=_as_it_is(one))}
    context["dispatches"] = is_dispatcher(request.user)
    return render(request, "logistics/driver.html", context)


@login_required
@require_POST
def driver_change(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_driver(request.user, pk)
    form = DriverChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:driver", pk)
    facts = form.cleaned_data
    return done_or_refused(
        request, lambda: update_driver(one, by=request.user, **facts), _("司机资料已保存"), ("logistics:driver", pk)
    )


def _as_it_is(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("name", "licence_until", "is_active")}
