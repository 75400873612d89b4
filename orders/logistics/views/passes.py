"""Passes: the carrier's application, the issuer's desk, one page for each pass."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.logistics.actions.pass_applications import apply_for_pass, refuse_pass, vet_pass, withdraw_application
from orders.logistics.actions.passes import grant_pass, issue_pass, restore_pass, revoke_pass, suspend_pass
from orders.logistics.enums import GRANTED_PASSES, OPEN_APPLICATIONS, PassState
from orders.logistics.forms.passes import DecisionForm, PassApplicationForm, like
from orders.logistics.forms.trucks import FIELDS_OF_REFUSALS, PassForm
from orders.logistics.models import Pass, Truck
from orders.logistics.permissions import dispatcher_or_404, get_truck
from orders.logistics.permissions_passes import (
    can_apply_for,
    can_decide,
    can_stop_pass,
    checks_by_voice,
    desk_passes_or_404,
    get_pass_page,
    keeps_keys,
    sees_passes,
)
from orders.logistics.queries.passes import (
    QUEUES,
    codes_of,
    desk_page,
    history_of_pass,
    issuing,
    next_waiting,
    queues_of,
    wide_places,
)
from orders.logistics.views.answers import first_error

WITH_REASON: dict[str, Callable[..., Pass]] = {"refuse": refuse_pass, "suspend": suspend_pass, "revoke": revoke_pass}
WITHOUT: dict[str, Callable[..., Pass]] = {
    "vet": vet_pass,
    "issue": grant_pass,
    "restore": restore_pass,
    "withdraw": withdraw_application,
}
SAID = {
    "vet": gettext_lazy("初审通过"),
    "issue": gettext_lazy("通行证已签发"),
    "refuse": gettext_lazy("已告诉车队没有批准"),
    "withdraw": gettext_lazy("申请已撤回"),
    "suspend": gettext_lazy("通行证已暂停"),
    "restore": gettext_lazy("通行证已恢复"),
    "revoke": gettext_lazy("通行证已吊销"),
}


@login_required
@require_GET
def passes(request: HttpRequest) -> HttpResponse:
    """The desk. Three statements beside the person's: the queues, how many, the page."""
    rows = desk_passes_or_404(request.user)
    queue = request.GET.get("queue", PassState.APPLIED.value)
    queue = queue if queue in QUEUES else PassState.APPLIED.value
    page, listed = desk_page(rows, queue, request.GET.get("page"), timezone.now())
    context = {
        "queues": queues_of(rows, queue),
        "page": page,
        "rows": listed,
        "keeps_keys": keeps_keys(request.user),
        "checks": checks_by_voice(request.user),
    }
    return render(request, "logistics/passes.html", context)


@login_required
@require_GET
def green_pass(request: HttpRequest, pk: int) -> HttpResponse:
    """Three statements beside the person's: the pass, its codes, its history."""
    one = get_pass_page(request.user, pk)
    state = PassState(one.state)
    context = {
        "green_pass": one,
        "codes": codes_of(one),
        "events": history_of_pass(one),
        "decides": state in OPEN_APPLICATIONS and can_decide(request.user, one),
        "stops": state in GRANTED_PASSES and can_stop_pass(request.user, one),
        "applies": can_apply_for(request.user, one.truck),
        "is_open": state in OPEN_APPLICATIONS,
        "is_granted": state in GRANTED_PASSES,
        "has_desk": sees_passes(request.user),
    }
    return render(request, "logistics/green_pass.html", context)


@login_required
@require_POST
def pass_change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Decide; after vetting, issuing and refusing the next of the queue comes up."""
    one = get_pass_page(request.user, pk)
    state, facts = one.state, dict[str, Any]()
    if verb in WITH_REASON:
        form = DecisionForm(request.POST)
        if not form.is_valid():
            messages.error(request, first_error(form))
            return redirect("logistics:green_pass", pk)
        facts = form.cleaned_data
    try:
        (WITH_REASON | WITHOUT)[verb](one, by=request.user, **facts)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("logistics:green_pass", pk)
    messages.success(request, SAID[verb])
    goes_on = "go_on" in request.POST and sees_passes(request.user)
    following = next_waiting(desk_passes_or_404(request.user), state) if goes_on else None
    return redirect("logistics:green_pass", following.pk if following else pk)


@login_required
@require_http_methods(["GET", "POST"])
def pass_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """A carrier's application for a truck."""
    return _application(request, get_truck(request.user, pk), None)


@login_required
@require_http_methods(["GET", "POST"])
def pass_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """An application that replaces a pass."""
    old = get_pass_page(request.user, pk)
    return _application(request, get_truck(request.user, old.truck_id), old)


def _application(request: HttpRequest, truck: Truck, old: Pass | None) -> HttpResponse:
    choices: dict[str, Any] = {"issuers": issuing(), "places": wide_places()}
    form = PassApplicationForm(request.POST or None, initial=like(old) if old else None, **choices)
    if form.is_bound and form.is_valid():
        try:
            made = apply_for_pass(truck, by=request.user, replaces=old, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("申请已提交，签发单位办理后会有消息"))
            return redirect("logistics:green_pass", made.pk)
    context = {"form": form, "truck": truck, "old": old, "nobody": not choices["issuers"]}
    return render(request, "logistics/pass_apply.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def pass_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a truck's pass from paper."""
    dispatcher_or_404(request.user)
    truck = get_truck(request.user, pk)
    form = PassForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            issue_pass(truck, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(FIELDS_OF_REFUSALS.get(type(refusal)), str(refusal))
        else:
            messages.success(request, _("通行证已登记"))
            return redirect("logistics:truck", pk)
    return render(request, "logistics/pass_form.html", {"form": form, "truck": truck})
