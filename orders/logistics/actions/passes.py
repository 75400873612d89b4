"""Green-channel passes: what an issuer gave to a truck, and what became of it."""

import datetime as dt
import re

from django.db import transaction

from market.actions.events import record
from market.actions.states import move
from market.models import User
from orders.logistics import exceptions as refusals
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import PASS_MOVES, PassIssuer, PassState
from orders.logistics.models import Pass, Truck
from orders.logistics.permissions import require_dispatcher

NUMBER = re.compile(r"[1-8]\d{11}", re.ASCII)  # six digits of an official area, six of the issuer's own count
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


@transaction.atomic
def issue_pass(
    truck: Truck, *, issuer: str, number: str, valid_from: dt.datetime, valid_to: dt.datetime, by: User
) -> Pass:
    """The truck has this pass. The same pass again returns it and changes nothing.

    Locks: truck. Raises: NotAllowed, BadPassNumber, BadPassTimes, PassNumberTaken.
    """
    truck = lock_one(Truck, truck.pk)
    require_dispatcher(by)
    issuer = PassIssuer(issuer)
    number = re.sub(r"[\s\-]", "", number.translate(_WIDE))
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


def suspend_pass(green_pass: Pass, *, reason: str, by: User) -> Pass:
    """The pass does not count until it is restored. Locks: pass. Raises: NotAllowed, ReasonNeeded, WrongState."""
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    return _move_pass(green_pass, PassState.SUSPENDED, "suspended", reason, by)


def revoke_pass(green_pass: Pass, *, reason: str, by: User) -> Pass:
    """The pass never counts again. Locks: pass. Raises: NotAllowed, ReasonNeeded, WrongState."""
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    return _move_pass(green_pass, PassState.REVOKED, "revoked", reason, by)


def restore_pass(green_pass: Pass, *, by: User) -> Pass:
    """A suspended pass counts again. Locks: pass. Raises: NotAllowed, WrongState."""
    return _move_pass(green_pass, PassState.ISSUED, "restored", "", by)


@transaction.atomic
def _move_pass(green_pass: Pass, to: PassState, verb: str, reason: str, by: User) -> Pass:
    green_pass = lock_one(Pass, green_pass.pk)
    require_dispatcher(by)
    old = move(green_pass, "state", to, PASS_MOVES)
    green_pass.save(update_fields=["state"])
    record(green_pass, verb, by=by, from_state=old, to_state=to, reason=reason)
    return green_pass
