"""Issuers, applications and passes, made by the actions."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from market.models import Place
from orders.logistics.actions.codes import issue_code
from orders.logistics.actions.pass_applications import apply_for_pass, vet_pass
from orders.logistics.actions.passes import grant_pass
from orders.logistics.enums import TripState
from orders.logistics.models import IssuerOffice, Pass, PassCode, Trip, Truck
from tests.factories.logistics import commit, make_health_check, make_pass, make_rules


def make_office(cast: Any, issuer: str = "police") -> IssuerOffice:
    """The cast's police unit issues under this name."""
    return IssuerOffice.objects.get_or_create(organisation=cast.police, defaults={"issuer": issuer})[0]


def application(place: Place, **facts: Any) -> dict[str, Any]:
    """From tomorrow for a week, from the county of the place to itself."""
    county = Place.objects.get(code=f"{place.code[:6]}000000")
    begins = timezone.now() + dt.timedelta(days=1)
    return {
        "issuer": "police",
        "from_place": county,
        "to_place": county,
        "purpose": "运送丝瓜到市区商超",
        "valid_from": begins,
        "valid_to": begins + dt.timedelta(days=7),
        "key": uuid.uuid4(),
        **facts,
    }


def apply(cast: Any, truck: Truck, **facts: Any) -> Pass:
    make_office(cast)
    return apply_for_pass(truck, by=cast.haulier, **application(truck.base, **facts))


def issue(cast: Any, truck: Truck, **facts: Any) -> Pass:
    """Applied for, vetted and issued."""
    return grant_pass(vet_pass(apply(cast, truck, **facts), by=cast.issuer), by=cast.issuer)


def cleared_trip(
    day: Any, *, pledged: tuple[str, ...] = ("1000斤", "500斤"), rules: bool = True, **pass_facts: Any
) -> Trip:
    """A trip of the day that may run, under rules that ask for a pass; it has no code yet."""
    if rules:
        make_rules()
    for text in pledged:
        day.pledge(text)
    truck = day.truck()
    make_pass(truck, day.day, by=day.cast.dispatcher, **pass_facts)
    make_health_check(truck.driver, by=day.cast.dispatcher)
    (trip,) = commit(day)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.CLEARED)
    return Trip.objects.get(pk=trip.pk)


def sign_by_hand(trip: Trip, *, by: Any) -> PassCode:
    """A code of a trip whose day has no rules, for the walks: signed under rules that are gone again."""
    rules, state = make_rules(), trip.state
    Trip.objects.filter(pk=trip.pk).update(state=TripState.CLEARED, green_pass=trip.truck.passes.get())
    code = issue_code(Trip.objects.get(pk=trip.pk), by=by)
    Trip.objects.filter(pk=trip.pk).update(state=state, green_pass=trip.green_pass_id)
    rules.delete()
    assert code is not None
    return code
