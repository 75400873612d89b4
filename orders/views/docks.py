"""A buyer's docks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from market.models import Organisation
from orders.actions.docks import add_dock, change_dock, stop_dock, use_dock
from orders.forms.docks import DockForm, as_it_is, townships_of
from orders.permissions import get_own_dock, require_buyer
from orders.queries.docks import docks_of


@login_required
@require_GET
def docks(request: HttpRequest) -> HttpResponse:
    """Six statements with the person's."""
    organisations = require_buyer(request.user)
    return render(request, "orders/docks.html", {"docks": docks_of(request.user), "organisations": organisations})


@login_required
@require_http_methods(["GET", "POST"])
def dock_new(request: HttpRequest) -> HttpResponse:
    organisations = require_buyer(request.user)
    form = _form(request, organisations)
    if form.is_bound and form.is_valid():
        try:
            dock = add_dock(organisation=form.cleaned_data["organisation"], by=request.user, **form.facts())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("收货点“%(dock)s”已登记") % {"dock": dock.name})
            return redirect(_way_back(request) or "orders:docks")
    return render(request, "orders/dock.html", {"form": form, "back": _way_back(request)})


def _way_back(request: HttpRequest) -> str:
    """The page that asked for a dock, if it is one of ours."""
    back = request.GET.get("back", "")
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if ours else ""


def _form(request: HttpRequest, organisations: list[Organisation], **kwargs: Any) -> DockForm:
    """The form as sent; without a script, "towns" only asks for the townships of the county chosen."""
    if "towns" in request.POST:
        return DockForm(organisations=organisations, initial=request.POST.dict())
    return DockForm(request.POST if request.method == "POST" else None, organisations=organisations, **kwargs)


@login_required
@require_http_methods(["GET", "POST"])
def dock(request: HttpRequest, pk: int) -> HttpResponse:
    own = get_own_dock(request.user, pk)
    form = _form(request, [own.organisation], initial=as_it_is(own))
    if form.is_bound and form.is_valid():
        try:
            change_dock(own, by=request.user, **form.facts())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("收货点“%(dock)s”已保存") % {"dock": form.cleaned_data["name"]})
            return redirect("orders:docks")
    return render(request, "orders/dock.html", {"form": form, "dock": own})


@login_required
@require_POST
def dock_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the dock out of use, or back into it."""
    own = get_own_dock(request.user, pk)
    turn = stop_dock if request.POST.get("use") == "no" else use_dock
    try:
        turn(own, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("orders:docks")


@login_required
@require_GET
def townships(request: HttpRequest) -> HttpResponse:
    """The options of the township select for `?county=`."""
    require_buyer(request.user)
    return render(request, "orders/_townships.html", {"townships": townships_of(request.GET.get("county"))})
