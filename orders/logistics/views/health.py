"""A driver's health: writing down what was seen, and looking at it, which is written down too."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from market.exceptions import Refused
from orders.logistics.actions.health import look_at_health, record_health_check
from orders.logistics.forms.health import FIELDS_OF_REFUSALS, HealthForm
from orders.logistics.models import Driver
from orders.logistics.permissions import is_dispatcher
from orders.logistics.permissions_fitness import checkpoint_dealing_with, get_driver_to_check, may_see_health
from orders.logistics.queries.health import health_shape


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def driver_health(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a check. What was seen before stays covered until somebody asks for it."""
    driver = get_driver_to_check(request.user, pk)
    form = HealthForm(request.POST or None)
    if form.is_bound and form.is_valid():
        at_checkpoint = None if is_dispatcher(request.user) else checkpoint_dealing_with(request.user, driver)
        try:
            record_health_check(driver, by=request.user, checkpoint=at_checkpoint, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(FIELDS_OF_REFUSALS.get(type(refusal)), str(refusal))
        else:
            messages.success(request, _("健康查验已记下"))
            return redirect("logistics:driver_health", pk)
    return render(request, "logistics/driver_health.html", _context(request, driver, form))


@login_required
@never_cache
@require_POST
def driver_health_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Uncover what was seen, once, on this answer only."""
    driver = get_driver_to_check(request.user, pk)
    if not may_see_health(request.user, driver):
        raise Http404
    context = _context(request, driver, HealthForm()) | {"checks": look_at_health(driver, by=request.user)}
    return render(request, "logistics/driver_health.html", context)


def _context(request: HttpRequest, driver: Driver, form: HealthForm) -> dict[str, Any]:
    return {
        "driver": driver,
        "form": form,
        "shape": health_shape(driver),
        "may_see": may_see_health(request.user, driver),
        "dispatches": is_dispatcher(request.user),
    }
