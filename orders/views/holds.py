"""An association keeps part of a lot while it collects its stalls' lines."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from market.models import Lot
from orders.actions.holds import confirm_hold, hold_lot, release_hold
from orders.enums import PROMISED_PLEDGES
from orders.forms.holds import HoldForm
from orders.forms.sheets import BaseSheet, empty_sheet, sent_sheet, sheet_with_more_rows
from orders.models import Pledge
from orders.permissions import get_own_hold, get_sheet_lot, pledging_by_sheet_for, sheet_docks_for
from orders.queries.holds import holds_of
from orders.queries.pledges import lot_for_page


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, lot_id: int) -> HttpResponse:
    lot = get_sheet_lot(request.user, lot_id)
    docks = sheet_docks_for(request.user)
    form = HoldForm(request.POST if request.method == "POST" else None, lot=lot, docks=docks)
    if request.method == "POST" and form.is_valid() and _hold(request, lot, form):
        return redirect("orders:holds")
    shown = {"form": form, "lot": lot_for_page(lot), "docks": docks, "minutes": settings.HOLD_MINUTES}
    return render(request, "orders/hold.html", shown)


def _hold(request: HttpRequest, lot: Lot, form: HoldForm) -> bool:
    try:
        pledge = hold_lot(lot_id=lot.pk, lot=lot, by=request.user, **form.facts())
    except Refused as refusal:
        show_refusal(form, refusal)
        return False
    if pledge.held_until:
        messages.success(request, _("已经占好，请在到时间以前确认"))
    return True


@login_required
@never_cache
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """Six statements with the person's."""
    if not pledging_by_sheet_for(request.user):
        raise Http404
    return render(request, "orders/holds.html", {"holds": holds_of(request.user)})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def hold_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The stalls' rows make the hold a pledge."""
    kept = get_own_hold(request.user, pk)
    if kept.state in PROMISED_PLEDGES:  # a second tap
        return redirect("orders:placed", kept.pk)
    refused = ""
    rows = _rows(request, kept) if request.method == "POST" else empty_sheet(kept.pack)
    if request.method == "POST" and "more" not in request.POST and rows.is_valid():
        try:
            confirm_hold(kept, quantity=rows.total(), lines=rows.lines(), by=request.user)
        except Refused as refusal:
            refused = str(refusal)
            kept = get_own_hold(request.user, pk)
        else:
            return redirect("orders:placed", kept.pk)
    return render(
        request, "orders/hold_confirm.html", {"hold": kept, "lot": kept.lot, "rows": rows, "refused": refused}
    )


def _rows(request: HttpRequest, kept: Pledge) -> BaseSheet:
    read = sheet_with_more_rows if "more" in request.POST else sent_sheet
    return read(request.POST, kept.pack)


@login_required
@require_POST
def hold_release(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        release_hold(get_own_hold(request.user, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已经放弃，货已放回"))
    return redirect("orders:holds")
