"""The plans of a day: listing them, laying two side by side, putting one aside."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from orders.logistics.actions.discarding import discard_run
from orders.logistics.forms.comparing import TwoRunsForm
from orders.logistics.forms.trips import DayForm, chosen_day
from orders.logistics.permissions import dispatcher_or_404, get_run
from orders.logistics.queries.run_compare import WITH_PLAN, compare, runs_of, two_of
from orders.logistics.views.answers import done_or_refused


@login_required
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Three statements beside the person's."""
    dispatcher_or_404(request.user)
    day = chosen_day(request.GET, timezone.localdate())
    found = runs_of(day)
    pair = two_of(found, *TwoRunsForm(request.GET).chosen())
    context = {
        "runs": found,
        "day": day,
        "form": DayForm(initial={"day": day}),
        "comparable": [run for run in found if run.state in WITH_PLAN],
        "pair": pair,
        "comparison": compare(*pair) if pair else None,
    }
    return render(request, "logistics/runs.html", context)


@login_required
@require_POST
def run_discard(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_run(request.user, pk)
    back = f"{reverse('logistics:runs')}?day={run.day:%Y-%m-%d}"
    return done_or_refused(request, lambda: discard_run(run, by=request.user), _("方案已放弃，车次没有变"), back)
