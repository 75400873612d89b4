"""Clearing trips, putting them back, and letting one run in writing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from market.exceptions import Refused
from orders.logistics.actions.clearing import clear_day, clear_trip, override_trip, unclear_trip
from orders.logistics.forms.clearing import FIELDS_OF_REFUSALS, OverrideForm
from orders.logistics.forms.trips import WhyForm, chosen_day
from orders.logistics.permissions import dispatcher_or_404
from orders.logistics.permissions_fitness import get_trip_to_direct
from orders.logistics.views.answers import done_or_refused, first_error, sentence_of
from orders.logistics.views.trip_page import show_trip


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
    """What is wrong in the form is shown at its field, with what was written kept."""
    one = get_trip_to_direct(request.user, pk)
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return show_trip(request, one, form)
    try:
        override_trip(one, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
    except Refused as refusal:
        field = FIELDS_OF_REFUSALS.get(type(refusal))
        if field:
            form.add_error(field, sentence_of(refusal, request))
            return show_trip(request, one, form)
        messages.error(request, sentence_of(refusal, request))
    else:
        messages.success(request, _("特批已记下，会印在单据上"))
    return redirect("logistics:trip", pk)


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
