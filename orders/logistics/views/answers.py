"""Doing an action for a page: the refusal as a message, the way back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from market.exceptions import Refused
from market.wording import run_on
from orders.logistics.exceptions import TruckNotFit
from orders.logistics.forms.trips import DayForm
from orders.logistics.models import CheckpointVisit, PlanRun
from orders.logistics.permissions import is_dispatcher
from orders.logistics.queries.fitness import masked


def sentence_of(refusal: Refused, request: HttpRequest) -> str:
    """What the person may read of a refusal: facts of a driver's health are the dispatcher's only."""
    if isinstance(refusal, TruckNotFit) and not is_dispatcher(request.user):  # type: ignore[arg-type]
        return str(refusal.sentence) % {**refusal.facts, "reasons": run_on(masked(refusal.reasons))}
    return str(refusal)


def done_or_refused(request: HttpRequest, do: Callable[[], Any], done: str, to: Any) -> HttpResponse:
    """Do it; say that it is done, or why not; and go where the person came from."""
    try:
        do()
    except Refused as refusal:
        messages.error(request, sentence_of(refusal, request))
    else:
        if done:
            messages.success(request, done)
    return redirect(*to) if isinstance(to, tuple) else redirect(to)


def health_url(visit: CheckpointVisit) -> str:
    """Where an officer writes down how the driver of the truck that was seen is; empty where no trip is known."""
    return reverse("logistics:driver_health", args=[visit.trip.driver_id]) if visit.trip else ""


def go_to_plan(request: HttpRequest, ask: Callable[..., PlanRun], back: str) -> HttpResponse:
    """Ask for a plan of the day that was posted and go to its page; refused, to the day's page `back` with the sentence."""
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(back)
    day = form.cleaned_data["day"]
    try:
        return redirect("logistics:run", ask(day, by=request.user).pk)
    except Refused as refusal:
        messages.error(request, sentence_of(refusal, request))
        return redirect(f"{reverse(back)}?day={day:%Y-%m-%d}")


def first_error(form: Any) -> str:
    """Of a small form whose page cannot show it again."""
    return str(next(iter(form.errors.values()))[0])
