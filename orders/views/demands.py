"""A buyer's open pledges (求购): the list, a new one, one of them, changing it and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.actions.demands import cancel_demand, change_demand, place_demand
from orders.forms.demands import DemandChangeForm, DemandForm
from orders.permissions import buying_for, docks_for, get_own_demand, require_buyer
from orders.queries.demands import demands_of, own_page, pledges_for, waiting_offers_for
from orders.queries.rooms import rooms_from
from orders.queries.talks import history_of_demand


@login_required
@require_GET
def demands(request: HttpRequest) -> HttpResponse:
    """Eight statements with the person's."""
    page, shown = own_page(demands_of(request.user), request.GET.get("page"))
    known = {"page": page, "demands": shown, "organisations": buying_for(request.user)}
    return render(request, "orders/demands.html", known)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def demand_new(request: HttpRequest) -> HttpResponse:
    docks = docks_for(request.user)
    require_buyer(request.user)
    produce = request.GET.get("produce", "")[:40]
    form = DemandForm(request.POST if request.method == "POST" else None, docks=docks, produce=produce)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            demand = place_demand(
                buyer=said["dock"].organisation,
                produce=said["produce"],
                first_day=said["first_day"],
                terms=form.terms(),
                key=said["key"],
                by=request.user,
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("求购已发布，有货的卖方会来报价"))
            return redirect("orders:demand", demand.pk)
    return render(request, "orders/demand_new.html", {"form": form, "docks": docks})


@login_required
@require_GET
def demand(request: HttpRequest, pk: int) -> HttpResponse:
    """Nine statements with the person's."""
    one = get_own_demand(request.user, pk)
    pledges = pledges_for(one)
    shown = {
        "demand": one,
        "rooms": rooms_from(one, pledges),
        "offers": waiting_offers_for(one),
        "pledges": pledges,
        "history": history_of_demand(one),
    }
    return render(request, "orders/demand.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def demand_change(request: HttpRequest, pk: int) -> HttpResponse:
    docks = docks_for(request.user)
    one = get_own_demand(request.user, pk)
    form = DemandChangeForm(request.POST if request.method == "POST" else None, demand=one, docks=docks)
    if request.method == "POST" and form.is_valid():
        try:
            change_demand(one, terms=form.terms(), by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("求购已修改"))
            return redirect("orders:demand", one.pk)
    return render(request, "orders/demand_change.html", {"form": form, "demand": one})


@login_required
@require_http_methods(["GET", "POST"])
def demand_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_own_demand(request.user, pk)
    if request.method == "POST":
        try:
            cancel_demand(one, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("求购已撤回，已经落实的认购不变"))
        return redirect("orders:demand", one.pk)
    return render(request, "orders/demand_cancel.html", {"demand": one, "pledges": pledges_for(one)})
