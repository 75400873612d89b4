"""The driver's page: today's halts in order, with what to press at each. It works on without a network."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from orders.logistics.actions.reports import REFUSED, Round
from orders.logistics.drive_words import said_when_done, script_words
from orders.logistics.enums import RoadProblem
from orders.logistics.forms.drive import UNITS
from orders.logistics.forms.reports import MalformedError, report_of_form
from orders.logistics.permissions import driver_or_404, is_driver
from orders.logistics.queries.driving import drive_page
from orders.logistics.views.answers import sentence_of
from orders.logistics.views.drive_app import SCRIPTS


@login_required
@require_GET
def drive(request: HttpRequest) -> HttpResponse:
    """Nine statements beside the person's."""
    if not is_driver(request.user):
        raise Http404
    page = drive_page(request.user, timezone.localdate())
    choices = {"units": UNITS, "problems": RoadProblem.choices, "words": script_words(), "scripts": SCRIPTS}
    return render(request, "logistics/drive.html", {"page": page, **choices})


@login_required
@require_POST
def drive_report(request: HttpRequest) -> HttpResponse:
    """One form of the page, sent by a phone without our script. Says what became of it on the page."""
    driver_or_404(request.user)
    try:
        report = report_of_form(request.POST, request.FILES)
    except MalformedError as error:
        raise BadRequest(str(error)) from None
    answer = Round(request.user, lambda refusal: sentence_of(refusal, request)).take(report)
    if answer.state == REFUSED:
        messages.error(request, answer.sentence)
    elif said := said_when_done(report.verb):
        messages.success(request, said)
    return redirect("logistics:drive")
