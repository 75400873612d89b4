"""The dispatcher's board: the day on one clock, asking before a drop, dropping, and locking what is agreed."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from orders.logistics.actions.locking import lock_trip, unlock_trip
from orders.logistics.actions.placing import Answer, check_place, place
from orders.logistics.forms.board import PlaceForm
from orders.logistics.forms.trips import DayForm, chosen_day
from orders.logistics.models import Load, Trip, Truck
from orders.logistics.permissions import dispatcher_or_404, get_trip
from orders.logistics.permissions_board import get_goods, get_target
from orders.logistics.queries.board import board_of, clock_of, grams_of, map_of
from orders.logistics.views.answers import done_or_refused, first_error, sentence_of
from orders.models import Allocation


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Twelve statements beside the person's."""
    dispatcher_or_404(request.user)
    now, today = timezone.now(), timezone.localdate()
    day = chosen_day(request.GET, today)
    shown = board_of(day, now)
    context = {
        "board": shown,
        "day": day,
        "clock": clock_of(shown, now),
        "map": map_of(shown),
        "form": DayForm(initial={"day": day}),
        "is_past": day < today,
    }
    return render(request, "logistics/board.html", context)


@login_required
@require_GET
def move_check(request: HttpRequest, kind: str, pk: str, target: str) -> HttpResponse:
    """Whether goods could be put somewhere, before they are: {"fits", "sentence"}. Nothing is written."""
    goods, where = get_goods(request.user, kind, int(pk)), get_target(request.user, target)
    answer = check_place(goods, where, by=request.user)
    return JsonResponse({"fits": answer.fits, "sentence": _sentence(answer, where, request)})


@login_required
@require_http_methods(["GET", "POST"])
def board_place(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Put goods on a trip, a truck or back among what waits; the page is for those without a script."""
    goods = get_goods(request.user, kind, int(pk))
    if request.method == "POST":
        return _place(request, goods)
    day = _day_of(goods)
    context = {
        "board": board_of(day, timezone.now()),
        "day": day,
        "weight": grams_of(goods),
        "allocation": goods.allocation if isinstance(goods, Load) else goods,
    }
    return render(request, "logistics/board_place.html", context)


@login_required
@require_POST
def trip_lock(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Lock what is agreed, or unlock it; back to where the button was."""
    dispatcher_or_404(request.user)
    trip = get_trip(request.user, pk)
    do, done = (lock_trip, _("%(plate)s 已锁定")) if verb == "lock" else (unlock_trip, _("%(plate)s 已解锁"))
    back = f"{_address(trip.day)}#trip-{pk}" if "board" in request.POST else reverse("logistics:trip", args=[pk])
    return done_or_refused(request, lambda: do(trip, by=request.user), done % {"plate": trip.truck.plate}, back)


def _place(request: HttpRequest, goods: Load | Allocation) -> HttpResponse:
    back, form = _address(_day_of(goods)), PlaceForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(back)
    target = get_target(request.user, form.cleaned_data["target"])  # type: ignore[arg-type]
    try:
        load = place(goods, target, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, sentence_of(refusal, request))
        return redirect(back)
    if load is None:
        messages.success(request, _("货已撤下，退回待排"))
        return redirect(f"{back}#waiting-{goods.allocation_id}" if isinstance(goods, Load) else back)
    messages.success(request, _("货已排在 %(plate)s") % {"plate": load.trip.truck.plate})
    return redirect(f"{back}#load-{load.pk}")


def _day_of(goods: Load | Allocation) -> dt.date:
    return goods.trip.day if isinstance(goods, Load) else goods.pledge.day


def _address(day: dt.date) -> str:
    return f"{reverse('logistics:board')}?day={day:%Y-%m-%d}"


def _sentence(answer: Answer, target: Trip | Truck | None, request: HttpRequest) -> str:
    if answer.refusal is not None:
        return sentence_of(answer.refusal, request)
    if target is None or answer.delivered_at is None:
        return _("可以撤下，退回待排")
    plate = target.truck.plate if isinstance(target, Trip) else target.plate
    facts = {
        "plate": plate,
        "at": timezone.localtime(answer.delivered_at).strftime("%H:%M"),
        "percent": answer.percent,
        "km": f"{abs(answer.more_m) / 1000:,.1f}",
    }
    if answer.more_m < 0:
        return _("%(plate)s 装得下：%(at)s 送到，最满 %(percent)s%%，少走 %(km)s 公里") % facts
    return _("%(plate)s 装得下：%(at)s 送到，最满 %(percent)s%%，多走 %(km)s 公里") % facts
