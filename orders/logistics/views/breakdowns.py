"""A truck that stands: reporting it, finding rescue, going on, giving up."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.logistics.actions.breakdowns import close_breakdown, end_breakdown, report_breakdown
from orders.logistics.actions.rescues import rescue
from orders.logistics.forms.road import BreakdownForm, CloseForm, RescueForm
from orders.logistics.permissions import is_dispatcher
from orders.logistics.permissions_road import get_breakdown, get_breakdown_to_rescue, get_trip_to_drive
from orders.logistics.queries.rescues import map_of, rescue_page
from orders.logistics.views.answers import done_or_refused, first_error, sentence_of


@login_required
@require_http_methods(["GET", "POST"])
def breakdown_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The driver's or, for one who calls in, the dispatcher's report."""
    trip = get_trip_to_drive(request.user, pk)
    form = BreakdownForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            made = report_breakdown(trip, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已报故障，调度员和买卖双方都会收到消息"))
            return redirect("logistics:breakdown", made.pk)
    return render(request, "logistics/breakdown_new.html", {"trip": trip, "form": form})


@login_required
@require_GET
def breakdown(request: HttpRequest, pk: int) -> HttpResponse:
    """How it stands; a dispatcher finds here who can rescue."""
    return _page(request, get_breakdown(request.user, pk))


@login_required
@require_POST
def breakdown_rescue(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_breakdown_to_rescue(request.user, pk)
    page = rescue_page(one, timezone.now())
    form = RescueForm(request.POST, trucks=[row.truck for row in page.trucks], stranded=page.stranded)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = rescue(one, said["truck"], said["grams"], by=request.user)
        except Refused as refusal:
            form.add_error(None, sentence_of(refusal, request))
        else:
            messages.success(request, _("已派 %(plate)s 去接，买卖双方都会收到消息") % {"plate": made.truck.plate})
            return redirect("logistics:breakdown", pk)
    return _page(request, one, form)


@login_required
@require_POST
def breakdown_repaired(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_breakdown(request.user, pk)
    done = _("车已修好，后面各站的时间顺延")
    return done_or_refused(request, lambda: end_breakdown(one, by=request.user), done, ("logistics:trip", one.trip_id))


@login_required
@require_POST
def breakdown_close(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_breakdown_to_rescue(request.user, pk)
    form = CloseForm(request.POST, stranded=rescue_page(one, timezone.now()).stranded)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:breakdown", pk)
    back, reason = set(form.cleaned_data["back"]), form.cleaned_data["reason"]
    do = lambda: close_breakdown(one, back=back, reason=reason, by=request.user)  # noqa: E731
    return done_or_refused(request, do, _("故障已处理完"), ("logistics:breakdown", pk))


def _page(request: HttpRequest, one: Any, form: RescueForm | None = None) -> HttpResponse:
    dispatches = is_dispatcher(request.user)
    page = rescue_page(one, timezone.now())
    form = form or RescueForm(trucks=[row.truck for row in page.trucks if row.can], stranded=page.stranded)
    context = {"page": page, "breakdown": one, "dispatches": dispatches, "form": form, "map": map_of(page)}
    return render(request, "logistics/breakdown.html", context)
