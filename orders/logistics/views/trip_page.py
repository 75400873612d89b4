"""The page of one trip: shown as it is, and again with what was wrong in the form that lets it run."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from market.models import User
from orders.logistics.enums import EDITABLE_TRIPS, RUNNING_TRIPS, TripState
from orders.logistics.forms.clearing import OverrideForm
from orders.logistics.forms.trips import WhyForm
from orders.logistics.models import Trip
from orders.logistics.permissions import can_drive, is_dispatcher
from orders.logistics.permissions_fitness import directs, may_override
from orders.logistics.queries.areas import areas_ahead
from orders.logistics.queries.fitness import CURES, Reason, masked
from orders.logistics.queries.transfers import custody_of
from orders.logistics.queries.trip_changes import changes_of
from orders.logistics.queries.trips import TripSheet, sheet_of

SLACK = dt.timedelta(hours=2)  # what an override offers beyond the planned end


def show_trip(request: HttpRequest, trip: Trip, override: OverrideForm | None = None) -> HttpResponse:
    """One trip; the dispatcher finds here what changes it, the supervisor what lets it run."""
    user: User = request.user  # type: ignore[assignment]
    sheet = sheet_of(trip)
    dispatches = is_dispatcher(user)
    reasons = [str(reason) for reason in sheet.reasons] if dispatches else masked(sheet.reasons)
    context: dict[str, Any] = {"sheet": sheet, "dispatches": dispatches, "reasons": reasons, "why": WhyForm()}
    context |= _clearing(user, sheet, dispatches)
    if override is not None and "override" in context:
        context["override"] = override
    context |= {"custody": custody_of(sheet.trip), "drives": can_drive(user, sheet.trip), "directs": directs(user)}
    if sheet.trip.state in RUNNING_TRIPS:
        context["ahead"] = areas_ahead([leg.stop for leg in sheet.legs], sheet.trip.ends_at, timezone.now())
    if dispatches:
        context["others"] = others_of(sheet.trip)
        context["changes"] = changes_of(sheet.trip)
    return render(request, "logistics/trip.html", context)


def others_of(trip: Trip) -> list[Trip]:
    """The day's other trips that have not begun."""
    others = Trip.objects.filter(day=trip.day, state__in=EDITABLE_TRIPS).exclude(pk=trip.pk)
    return list(others.select_related("truck"))


def _clearing(user: User, sheet: TripSheet, dispatches: bool) -> dict[str, Any]:
    """What the page needs to clear the trip or let it run. One statement: the overrides."""
    trip = sheet.trip
    overrides = [(one, _words(one.reasons)) for one in trip.overrides.select_related("by")]
    context: dict[str, Any] = {"overrides": overrides, "can_clear": trip.state == TripState.PLANNED}
    context["can_unclear"] = trip.state == TripState.CLEARED
    overrides_it = bool(sheet.reasons) and may_override(user)
    if dispatches or overrides_it:
        context["cures"] = _cures(sheet.reasons, dispatches)
    if overrides_it and trip.state in (*EDITABLE_TRIPS, TripState.LOADING):
        context["override"] = OverrideForm(initial={"until": timezone.localtime(trip.ends_at + SLACK)})
    return context


def _cures(reasons: list[Reason], dispatches: bool) -> list[str]:
    """What would cure it. Who may not read health facts learns no more than that they need a look."""
    keys = dict.fromkeys("health" if one.is_health and not dispatches else one.cured_by for one in reasons)
    return [str(CURES[key]) for key in keys]


def _words(codes: list[str]) -> list[str]:
    """What an override let pass: without the moments, which are no longer known."""
    return [str(Reason(code).title) for code in codes]
