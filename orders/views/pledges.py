"""A buyer's pledges: the list, one of them, changing and cancelling it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.forms.pledges import CancelForm, ChangeForm, PledgeFilter
from orders.permissions import buying_for, docks_for, get_own_pledge, get_pledge_for, side_of
from orders.queries.history import history_of
from orders.queries.pledges import kin_of, pledges_by_day, pledges_of


@login_required
@require_GET
def pledges(request: HttpRequest) -> HttpResponse:
    """Eight statements with the person's."""
    asked = PledgeFilter(request.GET, queryset=pledges_of(request.user))
    page, days = pledges_by_day(asked.qs, request.GET.get("page"))
    shown = {"filter": asked, "page": page, "days": days, "organisations": buying_for(request.user)}
    return render(request, "orders/pledges.html", shown)


@login_required
@require_GET
def pledge(request: HttpRequest, pk: int) -> HttpResponse:
    """For both sides. Eight statements with the person's and the progress of the goods; one more for lines of stalls, one for a span or substitutes."""
    one = get_pledge_for(request.user, pk)
    span, substitutes = kin_of(one) if one.has_kin else ([], [])
    shown = {"pledge": one, "side": side_of(request.user, one), "lines": list(one.lines.all()) if one.has_lines else []}
    shown |= {"span": span, "substitutes": substitutes, "history": history_of(one)}
    return render(request, "orders/pledge.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    docks = docks_for(request.user)
    one = get_own_pledge(request.user, pk)
    if one.lines.exists():
        return redirect("orders:change_sheet", one.pk)
    form = ChangeForm(request.POST if request.method == "POST" else None, pledge=one, docks=docks)
    if request.method == "POST" and form.is_valid():
        try:
            change_pledge(one, by=request.user, **form.facts())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已修改"))
            return redirect("orders:pledge", one.pk)
    return render(request, "orders/change.html", {"form": form, "pledge": one, "lot": one.lot})


@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_own_pledge(request.user, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_pledge(one, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("认购已取消，货已退回"))
            return redirect("orders:pledge", one.pk)
    return render(request, "orders/cancel.html", {"form": form, "pledge": one})
