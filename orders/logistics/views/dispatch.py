"""The dispatcher's day and its plans."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from market.exceptions import Refused
from orders.logistics.actions.planning import UNDER_WAY, commit_plan, give_up_run, patience, request_plan
from orders.logistics.enums import RunScope, RunState
from orders.logistics.forms.trips import DayForm, chosen_day
from orders.logistics.permissions import dispatcher_or_404, get_run
from orders.logistics.queries.day import day_board
from orders.logistics.queries.run_compare import WITH_PLAN
from orders.logistics.queries.runs import Preview, preview_of
from orders.logistics.views.answers import go_to_plan, sentence_of
from orders.logistics.wording import failure_word


@login_required
@require_GET
def dispatch(request: HttpRequest) -> HttpResponse:
    """Seven statements beside the person's."""
    dispatcher_or_404(request.user)
    today = timezone.localdate()
    day = chosen_day(request.GET, today)
    context = {"board": day_board(day), "form": DayForm(initial={"day": day}), "is_past": day < today}
    return render(request, "logistics/dispatch.html", context)


@login_required
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Ask for a plan of the day and go to its page, where the result appears."""
    dispatcher_or_404(request.user)
    return go_to_plan(request, request_plan, "logistics:dispatch")


@login_required
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan under way (asked again every two seconds) or its preview. Three statements beside the person's."""
    one = get_run(request.user, pk)
    context: dict[str, Any] = {"run": one, "is_under_way": one.state in UNDER_WAY}
    if one.state in WITH_PLAN:
        preview = preview_of(one)
        context |= {"preview": preview, "map": _map_of(preview)}
    elif one.state == RunState.FAILED:
        context["failure"] = failure_word(one.failure)
    else:
        context["is_late"] = timezone.now() - one.created_at > patience()
    fragment = bool(request.headers.get("HX-Request")) and context["is_under_way"]
    response = render(request, "logistics/_progress.html" if fragment else "logistics/run.html", context)
    if request.headers.get("HX-Request") and not fragment:
        response.headers["HX-Redirect"] = reverse("logistics:run", args=[pk])
    return response


@login_required
@require_POST
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Fail a run whose worker is gone, and ask again."""
    one = get_run(request.user, pk)
    try:
        give_up_run(one, by=request.user)
        return redirect("logistics:run", request_plan(one.day, by=request.user, scope=RunScope(one.scope)).pk)
    except Refused as refusal:
        messages.error(request, sentence_of(refusal, request))
        return redirect("logistics:run", pk)


@login_required
@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_run(request.user, pk)
    try:
        taken = commit_plan(one, by=request.user)
    except Refused as refusal:
        messages.error(request, sentence_of(refusal, request))
        return redirect("logistics:run", pk)
    count = len(taken.trips)
    messages.success(request, ngettext("已安排 %(count)d 趟车", "已安排 %(count)d 趟车", count) % {"count": count})
    if taken.dropped:
        lost = len(taken.dropped)
        messages.warning(
            request, ngettext("有 %(count)d 批货没有排上", "有 %(count)d 批货没有排上", lost) % {"count": lost}
        )
        return redirect("logistics:run", pk)
    return redirect(f"{reverse('logistics:dispatch')}?day={one.day:%Y-%m-%d}")


def _map_of(preview: Preview) -> dict[str, Any]:
    """Yards, docks and routes, for components/_map.html."""
    points: dict[tuple[float, float, str], dict[str, Any]] = {}
    for route in preview.routes:
        for halt, point in zip(route.halts, route.points[1:-1], strict=True):
            allocation = halt.part.allocation
            is_pickup = halt.kind == "pickup"
            label = allocation.lot.seller.name if is_pickup else allocation.pledge.dock.name
            points[(*point, label)] = {
                "lat": point[0],
                "lon": point[1],
                "label": label,
                "kind": "" if is_pickup else "dock",
                "approximate": is_pickup or allocation.pledge.dock.lat is None,
            }
    routes = [{"label": route.truck.plate, "points": route.points} for route in preview.routes]
    return {"points": list(points.values()), "routes": routes}
