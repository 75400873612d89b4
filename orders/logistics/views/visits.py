"""Visits to checkpoints and the alarms they gave, for the desk and for officers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from orders.logistics.actions.alarms import handle_alarm
from orders.logistics.actions.visits import decide_visit
from orders.logistics.checkpoint_words import decisions, sentences_of
from orders.logistics.enums import VISIT_MOVES, VisitState
from orders.logistics.forms.visits import AlarmFilter, DecideForm, HandleForm, VisitFilter
from orders.logistics.permissions_checkpoints import (
    get_alarm,
    get_visit,
    is_officer_at,
    oversees_checkpoints,
    sets_up_checkpoints,
    units_of,
    visits_or_404,
)
from orders.logistics.permissions_fitness import may_check_health
from orders.logistics.queries.second_looks import said_by_server
from orders.logistics.queries.visits import alarms_page, history_of_visit, visits_page
from orders.logistics.views.answers import done_or_refused, first_error, health_url


@login_required
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """Four statements beside the person's: the checkpoints to choose from, how many, the page, its alarms."""
    rows = visits_or_404(request.user)
    filters = VisitFilter(request.GET)
    page = visits_page(rows, filters.wanted(), request.GET.get("page"))
    context = {"filters": filters, "page": page, "sets_up": sets_up_checkpoints(request.user)}
    return render(request, "logistics/visits.html", context)


@login_required
@require_GET
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Three statements beside the person's: the visit, its alarms, its history."""
    one = get_visit(request.user, pk)
    server = said_by_server(one.server_reasons)
    moves = VISIT_MOVES[VisitState(one.state)]
    stands_there = is_officer_at(request.user, one.checkpoint)
    context = {
        "visit": one,
        "alarms": list(one.alarms.select_related("other_visit__checkpoint", "handled_by")),
        "said": sentences_of(one.reasons),
        "server_said": [*sentences_of(server["reasons"]), *server["why"]],
        "history": history_of_visit(one),
        "moves": decisions(moves) if stands_there else [],
        "health": health_url(one) if stands_there else "",
    }
    if one.trip and may_check_health(request.user, one.trip.driver):
        context["checks_driver"] = one.trip.driver_id
    return render(request, "logistics/visit.html", context)


@login_required
@require_POST
def visit_decide(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_visit(request.user, pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:visit", pk)
    to, reason = VisitState(form.cleaned_data["to"]), form.cleaned_data["reason"]
    return done_or_refused(
        request, lambda: decide_visit(one, to, reason=reason, by=request.user), _("处理已记下"), ("logistics:visit", pk)
    )


@login_required
@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    """Three statements beside the person's: the checkpoints to choose from, how many, the page."""
    rows = visits_or_404(request.user)
    filters = AlarmFilter(request.GET)
    context = {
        "filters": filters,
        "page": alarms_page(rows, filters.wanted(), request.GET.get("page")),
        "handle": HandleForm(auto_id=False) if oversees_checkpoints(request.user) else None,
        "stands": bool(units_of(request.user)),
    }
    return render(request, "logistics/alarms.html", context)


@login_required
@require_POST
def alarm_handle(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_alarm(request.user, pk)
    form = HandleForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:alarms")
    note = form.cleaned_data["note"]
    return done_or_refused(
        request, lambda: handle_alarm(one, note=note, by=request.user), _("处理结果已记下"), "logistics:alarms"
    )
