"""Relay text: pasted, shown line by line beside its reading, corrected in place, saved as one pledge."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.actions.relays import apply_relay, correct_row, read_relay, reread_relay
from orders.forms.pledges import DeliveryForm, likely_window
from orders.forms.relays import PasteForm, RowForm
from orders.models import Pledge, RelayReading
from orders.permissions import (
    get_own_pledge,
    get_own_reading,
    get_sheet_lot,
    pledging_by_sheet_for,
    sheet_docks_for,
)
from orders.queries.pledges import lot_for_page
from orders.queries.relays import RelayPage, relay_desk, relay_page, target_of
from orders.readings import Row


@login_required
@never_cache
@require_GET
def relay(request: HttpRequest) -> HttpResponse:
    """Seven statements with the person's."""
    if not pledging_by_sheet_for(request.user):
        raise Http404
    return render(request, "orders/relay.html", {"desk": relay_desk(request.user)})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def relay_lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """The paste for a lot; `?pledge=` is what it shall be saved into."""
    lot = lot_for_page(get_sheet_lot(request.user, lot_id))
    pledge = _wanted(request)
    mine = [pledge.buyer] if pledge else pledging_by_sheet_for(request.user)
    posted = request.method == "POST"
    form = PasteForm(request.POST if posted else None, lot=lot, associations=mine)
    if posted and form.is_valid():
        try:
            reading = read_relay(lot=lot, pledge=pledge, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            return redirect("orders:relay_reading", reading.pk)
    target = target_of(mine[0].pk, lot.pk, pledge and pledge.pk) if len(mine) == 1 else pledge
    return render(request, "orders/relay_lot.html", {"form": form, "lot": lot, "target": target})


def _wanted(request: HttpRequest) -> Pledge | None:
    """The pledge named in the address, of an association of the person's. Raises: Http404."""
    number = request.GET.get("pledge", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    pledge = get_own_pledge(request.user, int(number))
    if pledge.buyer not in pledging_by_sheet_for(request.user):
        raise Http404
    return pledge


@login_required
@never_cache
@require_GET
def relay_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Nine statements with the person's, whatever the rows."""
    return _show(request, *_reading(request, pk))


def _reading(request: HttpRequest, pk: int) -> tuple[RelayPage, DeliveryForm]:
    docks = sheet_docks_for(request.user)
    reading = get_own_reading(request.user, pk)
    page = relay_page(reading, only_waiting="waiting" in request.GET, number=request.GET.get("page"))
    own = [dock for dock in docks if dock.organisation_id == reading.association_id]
    sent = request.POST if "seen" in request.POST and page.target is None else None
    return page, DeliveryForm(sent, docks=own, initial=likely_window(reading.lot.day, own))


def _show(request: HttpRequest, page: RelayPage, form: DeliveryForm, **more: Any) -> HttpResponse:
    shown = {"page": page, "form": form, "docks": form.fields["dock"].choices, **more}
    return render(request, "orders/relay_reading.html", shown)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def relay_row(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One row: its form, or what it says once it is corrected. Without htmx the whole page with the form in it."""
    page, delivery = _reading(request, pk)
    old = page.at(row)
    if old is None:
        raise Http404
    posted = request.method == "POST"
    form = RowForm(request.POST, pack=page.pack) if posted else RowForm.of(old, page.pack)
    fragment = request.headers.get("HX-Request") == "true"
    if posted and form.is_valid() and (reading := _correct(request, page.reading, row, form)):
        return _corrected(request, page.with_rows(reading), old) if fragment else redirect(_at_row(pk, page, row))
    if fragment and not posted and "show" in request.GET:
        return render(request, "orders/_relay_row.html", {"page": page, "shown": page.show(old)})
    if fragment:
        return render(request, "orders/_relay_row_form.html", {"page": page, "editing": old, "row_form": form})
    page = replace(page, number=request.GET.get("page") or page.number_of(row))
    return _show(request, page, delivery, editing=old, row_form=form)


def _correct(request: HttpRequest, reading: RelayReading, row: int, form: RowForm) -> RelayReading | None:
    try:
        return correct_row(reading, row, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _corrected(request: HttpRequest, page: RelayPage, old: Row) -> HttpResponse:
    """The row as it is now, the other rows it moved, and the sums."""
    new = page.at(old.pk) or old
    moved = [row for row in page.rows if row.pk != old.pk and _moves_with(row, old, new)]
    shown = {"page": page, "shown": page.show(new), "others": [page.show(row) for row in moved[:50]]}
    return render(request, "orders/_relay_corrected.html", shown)


def _moves_with(row: Row, old: Row, new: Row) -> bool:
    if row.is_noise:
        return False
    return row.stall in {old.stall, new.stall} - {""} or bool(row.name and row.name == old.name)


def _at_row(pk: int, page: RelayPage, row: int) -> str:
    return f"{reverse('orders:relay_reading', args=[pk])}?page={page.number_of(row)}#row-{row}"


@login_required
@require_POST
def relay_apply(request: HttpRequest, pk: int) -> HttpResponse:
    page, form = _reading(request, pk)
    if page.target is None and not page.is_saved and not form.is_valid():
        return _show(request, page, form)
    facts = {name: form.cleaned_data[name] for name in ("dock", "window_from", "window_to")} if form.is_bound else {}
    try:
        reading = apply_relay(page.reading, seen=request.POST.get("seen", ""), by=request.user, **facts)
    except Refused as refusal:
        if form.is_bound:
            show_refusal(form, refusal)
        page, _fresh = _reading(request, pk)
        return _show(request, page, form, refused=str(refusal))
    messages.success(request, _("接龙已保存：%(count)s 户") % {"count": len(page.outcome.parts)})
    return redirect("orders:pledge", reading.pledge_id)


@login_required
@require_POST
def relay_reread(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        reread_relay(get_own_reading(request.user, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("orders:relay_reading", pk)
