"""A market association pledges for its stalls in one sheet."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from market.models import Lot
from market.quantities import Pack
from orders.actions.pledges import change_pledge, place_pledge
from orders.forms.pledges import DeliveryForm, NewDeliveryForm, as_it_is, docks_of_wish
from orders.forms.sheets import BaseSheet, empty_sheet, sent_sheet, sheet_of, sheet_with_more_rows
from orders.models import Pledge
from orders.permissions import docks_for, get_own_sheet, get_sheet_lot, sheet_docks_for
from orders.queries.pledges import lot_for_page


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, lot_id: int) -> HttpResponse:
    lot = get_sheet_lot(request.user, lot_id)
    docks = sheet_docks_for(request.user)
    posted = request.method == "POST"
    form = NewDeliveryForm(request.POST if posted else None, lot=lot, docks=docks)
    rows = _rows(request, lot.listing.pack) if posted else empty_sheet(lot.listing.pack)
    pledge = _place(request, lot, form, rows) if _is_sent(request, form, rows) else None
    if pledge:
        return redirect("orders:placed", pledge.pk)
    return render(request, "orders/sheet.html", {"form": form, "rows": rows, "lot": lot_for_page(lot), "docks": docks})


@login_required
@require_http_methods(["GET", "POST"])
def change_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    docks = docks_for(request.user)
    pledge = get_own_sheet(request.user, pk)
    posted = request.method == "POST"
    own = docks_of_wish(pledge, docks)
    form = DeliveryForm(request.POST if posted else None, docks=own, initial=as_it_is(pledge, pledge.pack))
    rows = _rows(request, pledge.pack) if posted else sheet_of(pledge)
    if _is_sent(request, form, rows) and _change(request, pledge, form, rows):
        messages.success(request, _("已修改"))
        return redirect("orders:pledge", pledge.pk)
    return render(
        request, "orders/change_sheet.html", {"form": form, "rows": rows, "pledge": pledge, "lot": pledge.lot}
    )


def _rows(request: HttpRequest, pack: Pack | None) -> BaseSheet:
    read = sheet_with_more_rows if "more" in request.POST else sent_sheet
    return read(request.POST, pack)


def _is_sent(request: HttpRequest, form: Any, rows: BaseSheet) -> bool:
    """Both are judged, so that every error of the sheet shows at once."""
    if request.method != "POST" or "more" in request.POST:
        return False
    return bool(form.is_valid() & rows.is_valid())


def _place(request: HttpRequest, lot: Lot, form: NewDeliveryForm, rows: BaseSheet) -> Pledge | None:
    facts = {**form.facts(), "quantity": rows.total(), "lines": rows.lines()}
    try:
        return place_pledge(lot_id=lot.pk, lot=lot, by=request.user, **facts)
    except Refused as refusal:
        show_refusal(form, refusal)
        return None


def _change(request: HttpRequest, pledge: Pledge, form: DeliveryForm, rows: BaseSheet) -> bool:
    try:
        change_pledge(pledge, by=request.user, quantity=rows.total(), lines=rows.lines(), **form.facts())
    except Refused as refusal:
        show_refusal(form, refusal)
        return False
    return True
