"""收回: a seller takes what nobody has asked for off one day."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from market.actions.lots import withdraw_stock
from market.exceptions import Refused
from market.forms.withdrawal import StockWithdrawalForm
from market.permissions import get_own_lot, on_behalf_of
from market.quantities import describe, format_exact


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw_day(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_own_lot(request.user, pk)
    form = StockWithdrawalForm(request.POST if request.method == "POST" else None, lot=lot)
    if form.is_valid():
        facts = {"reason": form.cleaned_data["reason"], "known_g": form.cleaned_data["known"]}
        grams = form.cleaned_data["quantity"].grams
        try:
            withdraw_stock(lot, grams=grams, by=request.user, **facts)
        except Refused as refusal:
            form.add_error("reason" if refusal.field == "reason" else "quantity", str(refusal))
        else:
            messages.success(request, _("已收回 %(weight)s，买家看不到了") % {"weight": describe(grams)})
            return redirect("market:listing", lot.listing_id)
    reasons = (_("坏了"), _("送人了"), _("卖到别处了"))
    shown = {
        "lot": lot,
        "form": form,
        "reasons": reasons,
        "picks": [format_exact(lot.remaining_g, "斤")] if lot.remaining_g else [],
    }
    return render(request, "market/withdraw_day.html", {**shown, "acting_for": on_behalf_of(request.user, lot.seller)})
