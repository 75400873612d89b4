"""An association's stalls: their names, what the group calls them, two that are one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from orders.actions.stalls import forget_alias, merge_stalls, rename_stall
from orders.forms.relays import MergeForm, StallForm
from orders.permissions import get_own_alias, get_own_stall, pledging_by_sheet_for
from orders.queries.stalls import others_of, stalls_of


@login_required
@require_GET
def stalls(request: HttpRequest) -> HttpResponse:
    """Eight statements with the person's."""
    if not pledging_by_sheet_for(request.user):
        raise Http404
    return render(request, "orders/stalls.html", {"page": stalls_of(request.user, request.GET.get("page"))})


@login_required
@require_http_methods(["GET", "POST"])
def stall(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name, what the group calls it, and the stall it turns out to be."""
    one = get_own_stall(request.user, pk)
    others = others_of(one)
    form = StallForm(request.POST if "name" in request.POST else None, initial={"name": one.name})
    merging = MergeForm(request.POST if "into" in request.POST else None, others=others)
    if _done(request, one, form, merging):
        return redirect("orders:stalls")
    shown = {"stall": one, "aliases": list(one.aliases.order_by("alias")), "form": form, "merging": merging}
    return render(request, "orders/stall.html", {**shown, "others": others})


def _done(request: HttpRequest, one: Any, form: StallForm, merging: MergeForm) -> bool:
    try:
        if form.is_bound and form.is_valid():
            rename_stall(one, name=form.cleaned_data["name"], by=request.user)
        elif merging.is_bound and merging.is_valid():
            merge_stalls(one, into=merging.cleaned_data["into"], by=request.user)
        else:
            return False
    except Refused as refusal:
        (form if form.is_bound else merging).add_error(None, str(refusal))
        return False
    messages.success(request, _("摊位已保存"))
    return True


@login_required
@require_POST
def stall_alias(request: HttpRequest, pk: int) -> HttpResponse:
    """The group's word is forgotten."""
    alias = get_own_alias(request.user, pk)
    forget_alias(alias, by=request.user)
    messages.success(request, _("“%(alias)s”下次会再问您") % {"alias": alias.alias})
    return redirect("orders:stall", alias.stall_id)
