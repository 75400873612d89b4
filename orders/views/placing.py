"""Placing a pledge, and what a typed weight means."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from market.quantities import Pack, QuantityError
from market.ranges import read_range
from orders.actions.spans import place_span
from orders.forms.pledges import PlaceForm, reading_of
from orders.permissions import docks_for, get_lot_to_pledge, get_own_pledge
from orders.queries.pledges import lot_for_page, other_days_of, span_of


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, lot_id: int) -> HttpResponse:
    lot = get_lot_to_pledge(request.user, lot_id)
    docks = docks_for(request.user)
    sent = request.POST if request.method == "POST" else None
    form = PlaceForm(sent, lot=lot, docks=docks, other_days=partial(other_days_of, lot))
    if request.method == "POST" and form.is_valid():
        days = [lot.pk, *form.cleaned_data["days"]]
        try:
            first, *_others = place_span(days, lot=lot, by=request.user, **form.facts())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("orders:placed", first.pk)
    return render(request, "orders/place.html", {"form": form, "lot": lot_for_page(lot), "docks": docks})


@login_required
@never_cache
@require_GET
def placed(request: HttpRequest, pk: int) -> HttpResponse:
    pledge = get_own_pledge(request.user, pk)
    return render(request, "orders/placed.html", {"pledge": pledge, "span": span_of(pledge)})


@login_required
@require_GET
def reading(request: HttpRequest, lot_id: int) -> HttpResponse:
    """What the typed weight or range means for this lot: "100 斤 = 50 公斤", "保底 …，最多 …", or what is wrong with it."""
    return _reading(request, get_lot_to_pledge(request.user, lot_id).listing.pack)


@login_required
@require_GET
def weight_reading(request: HttpRequest) -> HttpResponse:
    """`reading` where no lot's pack counts. No statement."""
    return _reading(request, None)


def _reading(request: HttpRequest, pack: Pack | None) -> HttpResponse:
    text = request.GET.get("quantity", "").strip()
    said, wrong = "", ""
    if text:
        try:
            said = reading_of(*read_range(text, pack=pack, default_unit="斤"))
        except QuantityError as error:
            wrong = str(error)
    return render(request, "orders/_reading.html", {"said": said, "wrong": wrong})
