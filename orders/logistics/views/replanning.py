"""Planning the rest of the day anew: asking for it, and taking it with its gain."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from market.exceptions import Refused
from orders.logistics.actions.replanning import commit_replan, request_replan
from orders.logistics.permissions import dispatcher_or_404, get_run
from orders.logistics.views.answers import go_to_plan, sentence_of


@login_required
@require_POST
def replan(request: HttpRequest) -> HttpResponse:
    """Ask for it and go to its page, where the gain appears."""
    dispatcher_or_404(request.user)
    return go_to_plan(request, request_replan, "logistics:board")


@login_required
@require_POST
def replan_commit(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_run(request.user, pk)
    try:
        taken = commit_replan(run, by=request.user)
    except Refused as refusal:
        messages.error(request, sentence_of(refusal, request))
        return redirect("logistics:run", pk)
    counts = {"changed": len(taken.changed), "added": len(taken.added), "cancelled": len(taken.cancelled)}
    messages.success(
        request, _("已按新方案改排：改了 %(changed)s 趟，新增 %(added)s 趟，取消 %(cancelled)s 趟") % counts
    )
    return redirect(f"{reverse('logistics:board')}?day={run.day:%Y-%m-%d}")
