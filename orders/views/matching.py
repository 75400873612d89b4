"""The commerce desk's matching: the runs, one run from progress to preview to what was booked; and a party's own lines."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from market.exceptions import Refused
from orders.actions.committing import commit_match, is_carried_out, is_stuck
from orders.actions.matching import discard_match, give_up_match, patience, replay_match, request_match
from orders.enums import MatchState
from orders.forms.matching import MatchForm, RunFilter, chosen_day
from orders.models import MatchRun
from orders.permissions import get_match_run, require_matcher
from orders.queries.match_runs import (
    bars_of,
    last_replay,
    mine_of,
    proposals_page,
    remainders_page,
    runs_page,
    step_word,
)
from orders.queries.policies import policies_in_force

UNMET, UNSOLD = "unmet", "unsold"


@login_required
@require_GET
def match(request: HttpRequest) -> HttpResponse:
    """Five statements with the person's."""
    require_matcher(request.user)
    day = chosen_day(request.GET.get("day"))
    form = MatchForm(initial={"day": day or timezone.localdate()}, policies=policies_in_force())
    return render(
        request, "orders/match.html", {"form": form, "page": runs_page(request.GET.get("page"), day), "day": day}
    )


@login_required
@require_POST
def match_new(request: HttpRequest) -> HttpResponse:
    """Ask for a run and go to its page, where the result appears."""
    require_matcher(request.user)
    form = MatchForm(request.POST, policies=policies_in_force())
    if not form.is_valid():
        return render(request, "orders/match.html", {"form": form, "page": runs_page(None), "day": None})
    try:
        run = request_match(form.cleaned_data["day"], form.cleaned_data["policy"], by=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "orders/match.html", {"form": form, "page": runs_page(None), "day": None})
    return redirect("orders:match_run", run.pk)


@login_required
@require_GET
def match_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress (asked again every two seconds), then the run. Eight statements at most with the person's."""
    run = get_match_run(request.user, pk)
    context = _moving(run)
    fragment = bool(request.headers.get("HX-Request")) and context["is_moving"]
    if not context["is_moving"]:
        context |= _preview(request, run)
    response = render(request, "orders/_match_progress.html" if fragment else "orders/match_run.html", context)
    if request.headers.get("HX-Request") and not fragment:
        response.headers["HX-Redirect"] = reverse("orders:match_run", args=[pk])
    return response


def _moving(run: MatchRun) -> dict[str, Any]:
    """Whether the run is being computed, carried out or computed again, and how far that is."""
    replay = last_replay(run)
    is_computing = run.is_under_way
    is_booking = run.state == MatchState.COMMITTED and not is_carried_out(run)
    is_replaying = replay is not None and replay.is_under_way
    late = is_stuck(run) if is_booking else timezone.now() - (replay or run).created_at > patience()
    return {
        "run": run,
        "replay": replay,
        "is_moving": is_computing or is_booking or is_replaying,
        "is_booking": is_booking,
        "is_replaying": is_replaying,
        "is_late": late,
        "progress": replay.progress if replay and is_replaying else run.progress,
        "step": step_word(run.progress),
    }


def _preview(request: HttpRequest, run: MatchRun) -> dict[str, Any]:
    bars, number = bars_of(run), request.GET.get("page")
    show = next((word for word in (UNMET, UNSOLD) if word == request.GET.get("show")), "")
    asked = RunFilter(request.GET, produce=[(bar.pk, bar.name) for bar in bars])
    chosen = asked.chosen()
    if show:
        page, rows = remainders_page(run, of_demands=show == UNMET, chosen=chosen, number=number)
    else:
        page, rows = proposals_page(run, chosen, number)  # type: ignore[assignment]
    return {"bars": bars, "show": show, "filter": asked, "page": page, "rows": rows, "is_done": is_carried_out(run)}


@login_required
@require_POST
def match_commit(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_match_run(request.user, pk)
    return _done(request, run, lambda: commit_match(run, by=request.user), "")


@login_required
@require_POST
def match_discard(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_match_run(request.user, pk)
    return _done(request, run, lambda: discard_match(run, by=request.user), _("方案已放弃，什么都没有改动"))


@login_required
@require_POST
def match_replay(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_match_run(request.user, pk)
    return _done(request, run, lambda: replay_match(run, by=request.user), "")


@login_required
@require_POST
def match_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Fail a run whose worker is gone, and ask again."""
    run = get_match_run(request.user, pk)
    try:
        give_up_match(run, by=request.user)
        return redirect("orders:match_run", request_match(run.day, run.policy, by=request.user).pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("orders:match_run", pk)


def _done(request: HttpRequest, run: MatchRun, do: Any, said: str) -> HttpResponse:
    try:
        do()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.success(request, said)
    return redirect("orders:match_run", run.pk)


@login_required
@require_GET
def match_mine(request: HttpRequest) -> HttpResponse:
    """Seven statements with the person's."""
    mine = mine_of(request.user, request.GET.get("run"), request.GET.get("page"))
    return render(request, "orders/match_mine.html", {"mine": mine, "page": mine.page})
