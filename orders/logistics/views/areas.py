"""Areas at risk: the list, a draft, what it would break, publishing and lifting it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.logistics.actions.areas import Published, draft_area, lift_area, publish_area
from orders.logistics.enums import AreaState
from orders.logistics.forms.areas import AreaForm
from orders.logistics.forms.trips import WhyForm
from orders.logistics.models import RiskArea
from orders.logistics.permissions import is_dispatcher
from orders.logistics.permissions_fitness import directs_or_404
from orders.logistics.queries.areas import area_rows, history_of_area
from orders.logistics.queries.impact import Impact, impact_of
from orders.logistics.queries.journeys import point_of
from orders.logistics.views.answers import done_or_refused, first_error


def _get_area(request: HttpRequest, pk: int) -> RiskArea:
    directs_or_404(request.user)
    return get_object_or_404(RiskArea.objects.select_related("place__parent__parent", "by"), pk=pk)


@login_required
@require_GET
def areas(request: HttpRequest) -> HttpResponse:
    """One statement beside the person's."""
    directs_or_404(request.user)
    return render(
        request, "logistics/areas.html", {"rows": area_rows(timezone.now()), "dispatches": is_dispatcher(request.user)}
    )


@login_required
@require_http_methods(["GET", "POST"])
def area_new(request: HttpRequest) -> HttpResponse:
    directs_or_404(request.user)
    form = AreaForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            return redirect("logistics:area", draft_area(form.facts(), by=request.user).pk)
        except Refused as refusal:
            show_refusal(form, refusal)
    return render(request, "logistics/area_new.html", {"form": form})


@login_required
@require_GET
def area(request: HttpRequest, pk: int) -> HttpResponse:
    """The area and what it would break or, where it is closed, still does. Eight statements beside the person's."""
    one = _get_area(request, pk)
    context: dict[str, Any] = {"area": one, "why": WhyForm(auto_id=False), "events": history_of_area(one)}
    now = timezone.now()
    is_over = one.ends_at is not None and one.ends_at <= now
    if one.state == AreaState.DRAFT or (one.state == AreaState.PUBLISHED and one.is_closed and not is_over):
        impact = impact_of(one, now)
        context |= {"impact": impact, "map": _map_of(impact)}
    return render(request, "logistics/area.html", context)


@login_required
@require_POST
def area_publish(request: HttpRequest, pk: int) -> HttpResponse:
    one = _get_area(request, pk)
    try:
        done = publish_area(one, seen=request.POST.get("seen", ""), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("logistics:area", pk)
    messages.success(request, _said(done))
    return redirect("logistics:run", done.runs[0].pk) if done.runs else redirect("logistics:area", pk)


@login_required
@require_POST
def area_lift(request: HttpRequest, pk: int) -> HttpResponse:
    one = _get_area(request, pk)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:area", pk)
    reason = form.cleaned_data["reason"]
    do = lambda: lift_area(one, reason=reason, by=request.user)  # noqa: E731
    return done_or_refused(request, do, _("已解除"), ("logistics:area", pk))


def _said(done: Published) -> str:
    if not done.area.is_closed:
        return _("已发布。只作提示，车次没有改动")
    facts = {"changed": len(done.changed), "unfit": len(done.unfit)}
    return (
        _("已发布，调度、车队和买卖双方都收到了通知。撤下重排 %(changed)d 趟，另有 %(unfit)d 趟要调度另行安排") % facts
    )


def _map_of(impact: Impact) -> dict[str, Any]:
    """The area's middle, the stops inside and the transfer points near, for components/_map.html."""
    area = impact.area
    centre = (area.lat, area.lon) if area.lat is not None and area.lon is not None else point_of(area.place)
    points = [{"lat": centre[0], "lon": centre[1], "label": str(area), "kind": "stop"}] if centre else []
    for hit in impact.trips:
        plate = hit.trip.truck.plate
        points += [{"lat": s.lat, "lon": s.lon, "label": f"{plate} {s.address}", "kind": "warm"} for s in hit.stops]
    points += [{"lat": p.lat, "lon": p.lon, "label": p.name, "kind": "dock"} for p in impact.points]
    return {"points": points, "routes": []}
