"""Standing pledges: the list, starting one, one with its days, and what its buttons do."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.actions.standing import (
    accept_price,
    change_standing,
    end_standing,
    pause_standing,
    resume_standing,
    skip_day,
    start_standing,
    unskip_day,
)
from orders.forms.standing import DayForm, StandingChangeForm, StandingForm
from orders.permissions import (
    buying_for,
    can_enter_pledge_for,
    docks_for,
    get_lot_to_pledge,
    get_own_standing,
    get_standing,
    standing_for,
)
from orders.queries.pledges import lot_for_page
from orders.queries.standing import calendar_of, history_of_standing, standing_page


@login_required
@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """Three statements beside the person's."""
    page, rows = standing_page(standing_for(request.user), request.GET.get("page"))
    return render(request, "orders/standing.html", {"page": page, "rows": rows, "buys": buying_for(request.user)})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def standing_new(request: HttpRequest, lot_id: int) -> HttpResponse:
    """From a lot's page: the same every day."""
    lot = get_lot_to_pledge(request.user, lot_id)
    docks = docks_for(request.user)
    form = StandingForm(request.POST if request.method == "POST" else None, lot=lot, docks=docks)
    if request.method == "POST" and form.is_valid():
        try:
            started = start_standing(listing=lot.listing, by=request.user, **form.facts())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已开始，系统会在前一天傍晚自动认购"))
            return redirect("orders:standing_pledge", started.pk)
    context = {"form": form, "lot": lot_for_page(lot), "docks": docks}
    return render(request, "orders/standing_new.html", context)


@login_required
@require_GET
def standing_pledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Three statements beside the person's."""
    one = get_standing(request.user, pk)
    context = {
        "standing": one,
        "days": calendar_of(one),
        "history": history_of_standing(one),
        "is_own": can_enter_pledge_for(request.user, one.buyer),
        "price_changed": one.is_live and one.is_dearer(one.listing),
    }
    return render(request, "orders/standing_pledge.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def standing_change(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_own_standing(request.user, pk)
    form = StandingChangeForm(
        request.POST if request.method == "POST" else None, standing=one, docks=docks_for(request.user)
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_standing(one, by=request.user, **form.facts())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已修改，从下一个还没有认购的日子起按新的来"))
            return redirect("orders:standing_pledge", one.pk)
    return render(request, "orders/standing_change.html", {"form": form, "standing": one})


# What a button says, and what it does.
_TURNS: dict[str, Callable] = {
    "pause": pause_standing,
    "resume": resume_standing,
    "end": end_standing,
    "price": accept_price,
}
_DAYS: dict[str, Callable] = {"skip": skip_day, "unskip": unskip_day}
_DONE: dict[str, Promise] = {
    "pause": gettext_lazy("已暂停，恢复以前不会自动认购"),
    "resume": gettext_lazy("已恢复，系统会在前一天傍晚自动认购"),
    "end": gettext_lazy("已结束，以后不再自动认购"),
    "price": gettext_lazy("已同意新价，系统会接着自动认购"),
    "skip": gettext_lazy("这天不要了，系统不会认购"),
    "unskip": gettext_lazy("这天还是要，系统会在前一天傍晚自动认购"),
}


@login_required
@require_POST
def standing_turn(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause, resume, end, agree to the new price; with a day: skip it or want it again."""
    one = get_own_standing(request.user, pk)
    do, form = request.POST.get("do", ""), DayForm(request.POST)
    try:
        if do in _DAYS and form.is_valid():
            _DAYS[do](one, day=form.cleaned_data["day"], by=request.user)
        elif do in _TURNS:
            _TURNS[do](one, by=request.user)
        else:
            raise Http404
        messages.success(request, _DONE[do])
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("orders:standing_pledge", one.pk)
