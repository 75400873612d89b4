"""Offers: both sides' list, one talk, and what either side may do with it."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.actions.accepting import accept_offer
from orders.actions.offers import (
    counter_offer,
    make_offer,
    offer_instead,
    offer_to_demand,
    refuse_offer,
    withdraw_offer,
)
from orders.fitting import dock_point, point_of, road_km
from orders.forms.offers import CounterForm, InsteadForm, OfferForm, SellersForm
from orders.models import Offer
from orders.permissions import (
    docks_for,
    get_demand_to_answer,
    get_lot_to_pledge,
    get_offer,
    get_offer_to_answer,
    get_pledge_to_replace,
)
from orders.queries.demands import lots_for, lots_instead_of, with_rooms
from orders.queries.offers import buttons_of, offers_of, offers_page, sides_of, talk_of
from orders.queries.pledges import lot_for_page


@login_required
@require_GET
def offers(request: HttpRequest) -> HttpResponse:
    """Seven statements with the person's."""
    sides = sides_of(request.user)
    page, groups = offers_page(offers_of(sides), request.GET.get("page"))
    return render(request, "orders/offers.html", {"page": page, "groups": groups, "sides": sides})


@login_required
@never_cache
@require_GET
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Seven statements with the person's."""
    one = get_offer(request.user, pk)
    km = road_km(point_of(one.lot.place_code), dock_point(one.dock))
    shown = {
        "offer": one,
        "talk": talk_of(one),
        "may": buttons_of(request.user, one),
        "km": None if km is None else max(1, round(km)),
    }
    return render(request, "orders/offer.html", shown)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def offer_new(request: HttpRequest, lot_id: int) -> HttpResponse:
    lot = get_lot_to_pledge(request.user, lot_id)
    docks = docks_for(request.user)
    form = OfferForm(request.POST if request.method == "POST" else None, lot=lot, docks=docks)
    if request.method == "POST" and form.is_valid():
        made = _try(form, lambda: make_offer(lot_id=lot.pk, by=request.user, **form.facts()))
        if made:
            messages.success(request, _("报价已发给卖方"))
            return redirect("orders:offer", made.pk)
    return render(request, "orders/offer_new.html", {"form": form, "lot": lot_for_page(lot), "docks": docks})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def offer_counter(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_offer_to_answer(request.user, pk)
    form = CounterForm(request.POST if request.method == "POST" else None, offer=one)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        made = _try(form, lambda: counter_offer(one, terms=form.terms(), key=key, by=request.user))
        if made:
            messages.success(request, _("还价已发给对方"))
            return redirect("orders:offer", made.pk)
    return render(request, "orders/offer_counter.html", {"form": form, "offer": one, "lot": one.lot})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def offer_to(request: HttpRequest, pk: int) -> HttpResponse:
    demand = get_demand_to_answer(request.user, pk)
    wanted = with_rooms([demand])[0]
    lots = [own.lot for own in lots_for(request.user, demand) if not own.why and own.lot.day in wanted.days_open]
    form = SellersForm(request.POST if request.method == "POST" else None, lots=lots)
    if request.method == "POST" and form.is_valid():
        said = {"lot_id": form.cleaned_data["lot"], "terms": form.terms(), "key": form.cleaned_data["key"]}
        made = _try(form, lambda: offer_to_demand(demand=demand, by=request.user, **said))
        if made:
            messages.success(request, _("报价已发给买方"))
            return redirect("orders:offer", made.pk)
    shown = {"form": form, "demand": demand, "shown": wanted, "lots": lots}
    return render(request, "orders/offer_to_demand.html", shown)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def offer_in_place(request: HttpRequest, pk: int) -> HttpResponse:
    pledge = get_pledge_to_replace(request.user, pk)
    lots = lots_instead_of(pledge)
    form = InsteadForm(request.POST if request.method == "POST" else None, pledge=pledge, lots=lots)
    if request.method == "POST" and form.is_valid():
        names = {"lot_id": "lot", "back_on_sale": "back_on_sale", "key": "key"}
        said = {name: form.cleaned_data[field] for name, field in names.items()}
        made = _try(form, lambda: offer_instead(pledge=pledge, terms=form.terms(), by=request.user, **said))
        if made:
            messages.success(request, _("替代的货已问买方，买方接受以后才换"))
            return redirect("orders:offer", made.pk)
    return render(request, "orders/offer_instead.html", {"form": form, "pledge": pledge, "lots": lots})


def _try(form: CounterForm | OfferForm | SellersForm, make: Callable[[], Offer]) -> Offer | None:
    """The offer made; none where it was refused, and the form says why."""
    try:
        return make()
    except Refused as refusal:
        show_refusal(form, refusal)
        return None


@login_required
@require_POST
def offer_accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, accept_offer, _("成交了，认购已经记下"))


@login_required
@require_POST
def offer_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, refuse_offer, _("已谢绝，对方会收到消息"))


@login_required
@require_POST
def offer_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, withdraw_offer, _("报价已撤回"))


def _turn(request: HttpRequest, pk: int, turn: Callable[..., Offer], said: str) -> HttpResponse:
    one = get_offer(request.user, pk)
    try:
        turn(one, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("orders:offer", one.pk)
