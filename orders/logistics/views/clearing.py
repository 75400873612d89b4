"""Clearing trips, putting them back, and letting one run in writing."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from market.models import User
from orders.logistics.actions.clearing import clear_day, clear_trip, override_trip, unclear_trip
from orders.logistics.enums import EDITABLE_TRIPS, TripState
from orders.logistics.forms.clearing import OverrideForm
from orders.logistics.forms.trips import WhyForm, chosen_day
from orders.logistics.permissions import dispatcher_or_404
from orders.logistics.permissions_fitness import get_trip_to_direct, may_override
from orders.logistics.queries.fitness import Reason
from orders.logistics.queries.trips import TripSheet
from orders.logistics.views.answers import done_or_refused, first_error

SLACK = dt.timedelta(hours=2)  # what an override offers beyond the planned end


def clearing_context(user: User, sheet: TripSheet) -> dict[str, Any]:
    """What the trip's page needs to clear it or let it run. One statement: the overrides."""
    trip = sheet.trip
    overrides = [(one, _words(one.reasons)) for one in trip.overrides.select_related("by")]
    context: dict[str, Any] = {"overrides": overrides, "can_clear": trip.state == TripState.PLANNED}
    context["can_unclear"] = trip.state == TripState.CLEARED
    if sheet.reasons and may_override(user) and trip.state in (*EDITABLE_TRIPS, TripState.LOADING):
        context["override"] = OverrideForm(initial={"until": timezone.localtime(trip.ends_at + SLACK)})
    return context


@login_required
@require_POST
def trip_clear(request: HttpRequest, pk: int) -> HttpResponse:
    dispatcher_or_404(request.user)
    one = get_trip_to_direct(request.user, pk)
    back = ("logistics:trip", pk)
    return done_or_refused(request, lambda: clear_trip(one, by=request.user), _("已放行，可以去装货了"), back)


@login_required
@require_POST
def trip_unclear(request: HttpRequest, pk: int) -> HttpResponse:
    dispatcher_or_404(request.user)
    one = get_trip_to_direct(request.user, pk)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:trip", pk)
    reason = form.cleaned_data["reason"]
    do = lambda: unclear_trip(one, reason=reason, by=request.user)  # noqa: E731
    return done_or_refused(request, do, _("放行已撤回"), ("logistics:trip", pk))


@login_required
@require_POST
def trip_override(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_trip_to_direct(request.user, pk)
    form = OverrideForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:trip", pk)
    facts = form.cleaned_data
    do = lambda: override_trip(one, by=request.user, **facts)  # noqa: E731
    return done_or_refused(request, do, _("特批已记下，会印在单据上"), ("logistics:trip", pk))


@login_required
@require_POST
def day_clear(request: HttpRequest) -> HttpResponse:
    """All planned trips of the day; each that is not fit says why."""
    dispatcher_or_404(request.user)
    day = chosen_day(request.POST, timezone.localdate())
    done = clear_day(day, by=request.user)
    if done.cleared:
        count = len(done.cleared)
        messages.success(request, ngettext("已放行 %(count)d 趟车", "已放行 %(count)d 趟车", count) % {"count": count})
    for _trip, why in done.refused:
        messages.error(request, why)
    if not done.cleared and not done.refused:
        messages.info(request, _("没有待放行的车次"))
    return redirect(f"{reverse('logistics:dispatch')}?day={day:%Y-%m-%d}")


def _words(codes: list[str]) -> list[str]:
    """What an override let pass: without the moments, which are no longer known."""
    return [str(Reason(code).title) for code in codes]
