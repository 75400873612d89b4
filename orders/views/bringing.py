"""买家要货: what a seller has to bring, and saying that it will be less, or nothing."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from market.models import Organisation
from market.permissions import on_behalf_of, selling_for
from orders.actions.pledges import cancel_pledge
from orders.actions.shortfalls import cut_pledge
from orders.enums import CHANGEABLE_PLEDGES
from orders.forms.shortfalls import CannotBringForm, CutForm
from orders.models import Pledge
from orders.permissions import get_pledge_to_bring, get_seller_to_bring_for
from orders.queries.bringing import bringing_by_day


@login_required
@require_GET
def to_bring(request: HttpRequest) -> HttpResponse:
    """Eight statements with the person's."""
    return _list(request, selling_for(request.user))


@login_required
@require_GET
def to_bring_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Of one seller: for a helper of several, and for the desk that answers for a grower who telephones."""
    return _list(request, [get_seller_to_bring_for(request.user, pk)])


def _list(request: HttpRequest, sellers: Sequence[Organisation]) -> HttpResponse:
    past = "past" in request.GET
    page, days = bringing_by_day(sellers, request.GET.get("page"), past=past)
    own = selling_for(request.user)
    shown = {"page": page, "days": days, "past": past, "sellers": sellers, "own": own}
    return render(request, "orders/to_bring.html", {**shown, "one": sellers[0] if len(sellers) == 1 else None})


@login_required
@require_http_methods(["GET", "POST"])
def cut(request: HttpRequest, pk: int) -> HttpResponse:
    pledge = get_pledge_to_bring(request.user, pk)
    form = CutForm(request.POST if request.method == "POST" else None, pledge=pledge)
    return _answer(request, pledge, form, "orders/cut.html", cut_pledge, _("已经告诉买方您能供多少"))


@login_required
@require_http_methods(["GET", "POST"])
def cancel_by_seller(request: HttpRequest, pk: int) -> HttpResponse:
    pledge = get_pledge_to_bring(request.user, pk)
    form = CannotBringForm(request.POST if request.method == "POST" else None)
    return _answer(request, pledge, form, "orders/cancel_by_seller.html", cancel_pledge, _("已取消，也告诉了买方"))


def _answer(
    request: HttpRequest, pledge: Pledge, form: forms.Form, template: str, act: Callable[..., Any], said: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(pledge, by=request.user, **form.facts())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, said)
            return redirect("orders:pledge", pledge.pk)
    shown = {"form": form, "pledge": pledge, "can_answer": pledge.state in CHANGEABLE_PLEDGES}
    return render(request, template, {**shown, "acting_for": on_behalf_of(request.user, pledge.seller)})
