"""Green-channel passes that are issued or recorded from paper, suspended, restored, revoked, superseded, expired."""

import datetime as dt
import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.states import move
from market.exceptions import NotAllowed, WrongState
from market.models import Event, User
from market.numerals import plain_digits
from market.permissions import require
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.code_upkeep import (
    hold_trips_of,
    lock_trips_of,
    move_trips_to,
    restore_codes_of,
    withdraw_codes_of,
)
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.actions.pass_applications import next_number, tell_carrier
from orders.logistics.enums import GRANTED_PASSES, PASS_MOVES, CodeEnd, PassIssuer, PassState
from orders.logistics.models import IssuerOffice, Pass, Truck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.permissions_passes import can_stop_pass, office_for

NUMBER = re.compile(r"[1-8]\d{11}", re.ASCII)  # six digits of an official area, six of the issuer's own count


@transaction.atomic
def issue_pass(
    truck: Truck, *, issuer: str, number: str, valid_from: dt.datetime, valid_to: dt.datetime, by: User
) -> Pass:
    """The truck has this pass, recorded from paper by the dispatcher. The same again returns it and changes nothing.

    Locks: truck. Raises: NotAllowed, BadPassNumber, BadPassTimes, PassNumberTaken.
    """
    truck = lock_one(Truck, truck.pk)
    require_dispatcher(by)
    issuer = PassIssuer(issuer)
    number = re.sub(r"[\s\-]", "", plain_digits(number))
    if not NUMBER.fullmatch(number):
        raise refusals.BadPassNumber
    if valid_from >= valid_to:
        raise refusals.BadPassTimes
    facts = {"truck": truck, "valid_from": valid_from, "valid_to": valid_to}
    green_pass, is_new = Pass.objects.get_or_create(issuer=issuer, number=number, defaults=facts)
    if not is_new:
        if all(getattr(green_pass, name) == value for name, value in facts.items()):
            return green_pass
        raise refusals.PassNumberTaken(issuer=issuer.label, number=number)
    record(green_pass, "issued", by=by, to_state=PassState.ISSUED)
    return green_pass


@transaction.atomic
def grant_pass(green_pass: Pass, *, by: User, at: dt.datetime | None = None) -> Pass:
    """The vetted application is a pass with the next number of the issuer's area; the one it replaces is superseded.

    One that counts now goes on counting until the new one begins: the truck is never without. Trips under the old one ride on under the new one where it covers them. Locks: the issuer's office, trips, passes, codes. Raises: NotAllowed, WrongState (also the second time), PassAlreadyOver, NumbersUsedUp,
    NothingToReplace (that one ended meanwhile).
    """
    office = office_for(by, green_pass)
    if office is None:
        raise NotAllowed
    lock_one(IssuerOffice, office.pk)
    if green_pass.replaces is not None:
        lock_trips_of(green_pass.replaces)
    passes = lock_all(Pass, [green_pass.replaces_id, green_pass.pk])
    green_pass = passes[green_pass.pk]
    _require_state(green_pass, PassState.VETTED)
    at = at or timezone.now()
    if green_pass.valid_to <= at:
        raise pass_refusals.PassAlreadyOver
    old = move(green_pass, "state", PassState.ISSUED, PASS_MOVES)
    green_pass.number = next_number(office)
    green_pass.save(update_fields=["state", "number"])
    event = record(green_pass, "issued", by=by, from_state=old, to_state=green_pass.state)
    if green_pass.replaces_id is not None and not _runs_on(passes[green_pass.replaces_id], green_pass, at):
        _supersede(passes[green_pass.replaces_id], green_pass, by)
    tell_carrier(green_pass, event, gettext_noop("%(plate)s 的通行证已签发，号码 %(number)s"), number=green_pass.number)
    return green_pass


@transaction.atomic
def suspend_pass(green_pass: Pass, *, reason: str, by: User) -> Pass:
    """The pass does not count until it is restored, nor do its codes; cleared trips under it wait again, and the desks hear of
    those on the road. Locks: trips, trucks, drivers, passes, codes. Raises: NotAllowed, ReasonNeeded, WrongState."""
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    green_pass, event = _move_pass(green_pass, PassState.SUSPENDED, "suspended", reason.strip(), by)
    withdraw_codes_of(green_pass, CodeEnd.PASS_SUSPENDED, by=by)
    hold_trips_of(green_pass, by=by)
    tell_carrier(green_pass, event, gettext_noop("%(plate)s 的通行证已暂停：%(reason)s"), reason=green_pass.reason)
    return green_pass


@transaction.atomic
def revoke_pass(green_pass: Pass, *, reason: str, by: User) -> Pass:
    """The pass never counts again, nor do its codes; trips under it as in `suspend_pass`.

    Locks: trips, trucks, drivers, passes, codes. Raises: NotAllowed, ReasonNeeded, WrongState.
    """
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    green_pass, event = _move_pass(green_pass, PassState.REVOKED, "revoked", reason.strip(), by)
    withdraw_codes_of(green_pass, CodeEnd.PASS_REVOKED, by=by)
    hold_trips_of(green_pass, by=by)
    tell_carrier(green_pass, event, gettext_noop("%(plate)s 的通行证已吊销：%(reason)s"), reason=green_pass.reason)
    return green_pass


@transaction.atomic
def restore_pass(green_pass: Pass, *, by: User) -> Pass:
    """A suspended pass counts again, and its codes where they still may. Locks: trips, pass, codes. Raises: NotAllowed, WrongState."""
    green_pass, event = _move_pass(green_pass, PassState.ISSUED, "restored", "", by)
    restore_codes_of(green_pass, by=by)
    tell_carrier(green_pass, event, gettext_noop("%(plate)s 的通行证已恢复"))
    return green_pass


def expire_passes(at: dt.datetime | None = None) -> int:
    """Passes past their time are expired and those whose renewal has begun superseded, by the clock.

    Returns how many; a repeat changes nothing.
    """
    at = at or timezone.now()
    begun = Pass.objects.filter(state=PassState.ISSUED, valid_from__lte=at, replaces__state__in=GRANTED_PASSES)
    replaced = sum(_take_over(pk, at) for pk in list(begun.values_list("pk", flat=True)))
    late = list(Pass.objects.granted().filter(valid_to__lte=at).values_list("pk", flat=True))
    return replaced + sum(_expire(pk) for pk in late)


@transaction.atomic
def _expire(pk: int) -> bool:
    green_pass = lock_one(Pass, pk)
    if green_pass.state not in GRANTED_PASSES:
        return False
    old = move(green_pass, "state", PassState.EXPIRED, PASS_MOVES)
    green_pass.save(update_fields=["state"])
    record(green_pass, "expired", by=None, from_state=old, to_state=green_pass.state)
    return True


@transaction.atomic
def _take_over(pk: int, at: dt.datetime) -> bool:
    """Whether the pass superseded the one it replaces. Locks: trips, passes, codes."""
    new = Pass.objects.select_related("replaces").get(pk=pk)
    if new.replaces is None:
        return False
    lock_trips_of(new.replaces)
    passes = lock_all(Pass, [new.replaces_id, pk])
    old, new = passes[new.replaces.pk], passes[pk]
    if new.state != PassState.ISSUED or old.state not in GRANTED_PASSES or _runs_on(old, new, at):
        return False
    _supersede(old, new, None)
    return True


def _runs_on(old: Pass, new: Pass, at: dt.datetime) -> bool:
    """Whether the old pass counts now and the new one does not yet."""
    return old.state == PassState.ISSUED and old.valid_from <= at < min(old.valid_to, new.valid_from)


def _supersede(old: Pass, new: Pass, by: User | None) -> None:
    if old.state not in GRANTED_PASSES:
        raise pass_refusals.NothingToReplace
    before = move(old, "state", PassState.SUPERSEDED, PASS_MOVES)
    old.save(update_fields=["state"])
    record(old, "superseded", by=by, from_state=before, to_state=old.state, reason=new.number)
    move_trips_to(new, old, by=by)


def _move_pass(green_pass: Pass, to: PassState, verb: str, reason: str, by: User) -> tuple[Pass, Event]:
    lock_trips_of(green_pass)
    green_pass = lock_one(Pass, green_pass.pk)
    require(can_stop_pass(by, green_pass))
    if to == PassState.ISSUED:
        _require_state(green_pass, PassState.SUSPENDED)
    old = move(green_pass, "state", to, PASS_MOVES)
    green_pass.reason = reason
    green_pass.save(update_fields=["state", "reason"])
    return green_pass, record(green_pass, verb, by=by, from_state=old, to_state=to, reason=reason)


def _require_state(green_pass: Pass, state: PassState) -> None:
    """Two ways lead into 有效; each of them begins somewhere else. Raises: WrongState."""
    if green_pass.state != state:
        raise WrongState(state=green_pass.get_state_display())
