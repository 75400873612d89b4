"""How a pass comes to be: the carrier applies, the issuer vets or refuses. Issuing it and what follows: `actions.passes`."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell, tell_all
from market.actions.states import move
from market.enums import PlaceLevel
from market.models import Event, Place, User
from market.permissions import require, require_verified
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import GRANTED_PASSES, OPEN_APPLICATIONS, PASS_MOVES, PassIssuer, PassState
from orders.logistics.models import IssuerOffice, Pass, Truck
from orders.logistics.permissions_passes import can_apply_for, can_decide

MOST_DAYS = 31
SERIALS = 1_000_000
WIDE = (PlaceLevel.CITY, PlaceLevel.COUNTY)


@transaction.atomic
def apply_for_pass(
    truck: Truck,
    *,
    issuer: str,
    from_place: Place,
    to_place: Place,
    purpose: str,
    valid_from: dt.datetime,
    valid_to: dt.datetime,
    key: UUID,
    by: User,
    replaces: Pass | None = None,
    at: dt.datetime | None = None,
) -> Pass:
    """The issuer has an application to vet. With `replaces` that pass is superseded when this one is issued.

    Locks: truck, the pass to replace. The same form again returns what it made. Raises: NotAllowed, NotVerified, NoSuchOffice,
    NotCountyLevel, PurposeNeeded, PassTimesCrossed, PassAlreadyOver, PassTooLong, PassKeyUsedOtherwise, NothingToReplace,
    AlreadyReplaced.
    """
    truck = lock_one(Truck, truck.pk)
    require(can_apply_for(by, truck))
    require_verified(truck.carrier)
    facts: dict[str, Any] = {
        "issuer": PassIssuer(issuer),
        "from_place": from_place,
        "to_place": to_place,
        "purpose": " ".join(purpose.split()),
        "valid_from": valid_from,
        "valid_to": valid_to,
        "replaces": replaces,
    }
    made = Pass.objects.filter(truck=truck, key=key).first()
    if made is not None:
        if any(getattr(made, name) != value for name, value in facts.items()):
            raise pass_refusals.PassKeyUsedOtherwise
        return made
    _require_sound(facts, at or timezone.now())
    offices = list(IssuerOffice.objects.filter(issuer=issuer))
    if not offices:
        raise pass_refusals.NoSuchOffice(issuer=PassIssuer(issuer).label)
    if replaces is not None:
        _require_replaceable(truck, issuer, replaces)
    made = Pass.objects.create(truck=truck, key=key, applied_by=by, state=PassState.APPLIED, **facts)
    record(made, "applied", by=by, to_state=PassState.APPLIED)
    tell_all(
        [office.organisation_id for office in offices],
        f"pass-applied-{made.pk}",
        gettext_noop("%(plate)s 申请通行证，请初审"),
        url=page_of(made),
        plate=truck.plate,
    )
    return made


@transaction.atomic
def withdraw_application(green_pass: Pass, *, by: User) -> Pass:
    """The carrier does not want it any more. Locks: pass. Raises: NotAllowed, WrongState (also the second time)."""
    green_pass = lock_one(Pass, green_pass.pk)
    require(can_apply_for(by, green_pass.truck))
    _end(green_pass, PassState.WITHDRAWN, "withdrawn", by=by)
    return green_pass


@transaction.atomic
def vet_pass(green_pass: Pass, *, by: User) -> Pass:
    """Truck, route and purpose are in order; it waits to be issued. Locks: pass. Raises: NotAllowed, WrongState."""
    green_pass = lock_one(Pass, green_pass.pk)
    require(can_decide(by, green_pass))
    old = move(green_pass, "state", PassState.VETTED, PASS_MOVES)
    green_pass.save(update_fields=["state"])
    record(green_pass, "vetted", by=by, from_state=old, to_state=green_pass.state)
    return green_pass


@transaction.atomic
def refuse_pass(green_pass: Pass, *, reason: str, by: User) -> Pass:
    """There is no pass; the carrier reads why. Locks: pass. Raises: NotAllowed, ReasonNeeded, WrongState."""
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    green_pass = lock_one(Pass, green_pass.pk)
    require(can_decide(by, green_pass))
    event = _end(green_pass, PassState.REFUSED, "refused", by=by, reason=reason.strip())
    tell_carrier(green_pass, event, gettext_noop("%(plate)s 的通行证申请未批准：%(reason)s"), reason=green_pass.reason)
    return green_pass


def lapse_applications(at: dt.datetime | None = None) -> int:
    """Applications nobody decided before their time ran out are withdrawn by the clock. Returns how many; repeats change
    nothing."""
    at = at or timezone.now()
    late = Pass.objects.filter(state__in=OPEN_APPLICATIONS, valid_to__lte=at)
    count = 0
    for pk in late.values_list("pk", flat=True):
        with transaction.atomic():
            green_pass = lock_one(Pass, pk)
            if green_pass.state in OPEN_APPLICATIONS:
                _end(green_pass, PassState.WITHDRAWN, "lapsed", by=None)
                count += 1
    return count


def tell_carrier(green_pass: Pass, event: Event, text: str, **facts: Any) -> None:
    """Once for each event: a pass may be suspended twice."""
    url, plate = page_of(green_pass), green_pass.truck.plate
    tell(green_pass.truck.carrier, f"pass-{event.pk}", text, url=url, plate=plate, **facts)


def page_of(green_pass: Pass) -> str:
    return reverse("logistics:green_pass", args=[green_pass.pk])


def _end(green_pass: Pass, to: PassState, verb: str, *, by: User | None, reason: str = "") -> Event:
    """An application that comes to nothing: the pass it was to replace may be replaced by another."""
    old = move(green_pass, "state", to, PASS_MOVES)
    green_pass.reason, green_pass.replaces = reason, None
    green_pass.save(update_fields=["state", "reason", "replaces"])
    return record(green_pass, verb, by=by, from_state=old, to_state=to, reason=reason)


def _require_sound(facts: dict[str, Any], at: dt.datetime) -> None:
    for place in (facts["from_place"], facts["to_place"]):
        if place.level not in WIDE:
            raise pass_refusals.NotCountyLevel(place=place.name)
    if not facts["purpose"] or len(facts["purpose"]) > 100:
        raise pass_refusals.PurposeNeeded
    if facts["valid_from"] >= facts["valid_to"]:
        raise pass_refusals.PassTimesCrossed
    if facts["valid_to"] <= at:
        raise pass_refusals.PassAlreadyOver
    if facts["valid_to"] - facts["valid_from"] > dt.timedelta(days=MOST_DAYS):
        raise pass_refusals.PassTooLong(days=MOST_DAYS)


def _require_replaceable(truck: Truck, issuer: str, old: Pass) -> None:
    old = lock_one(Pass, old.pk)
    if old.truck_id != truck.pk or old.issuer != issuer or old.state not in GRANTED_PASSES:
        raise pass_refusals.NothingToReplace
    if Pass.objects.filter(replaces=old).exists():
        raise pass_refusals.AlreadyReplaced


def next_number(office: IssuerOffice) -> str:
    """Numbers typed from paper passes are stepped over, not counted on from. Raises: NumbersUsedUp."""
    area = office.organisation.place.county_code
    numbers = Pass.objects.filter(issuer=office.issuer, number__startswith=area)
    last = numbers.exclude(key=None).aggregate(last=Max("number"))["last"]
    serial = int(last[6:]) + 1 if last else 1
    taken = set(numbers.filter(key=None).values_list("number", flat=True))
    while f"{area}{serial:06d}" in taken:
        serial += 1
    if serial >= SERIALS:
        raise pass_refusals.NumbersUsedUp(area=area)
    return f"{area}{serial:06d}"
