"""A buyer's docks: added, changed, taken out of use and back."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from market.actions.events import record
from market.models import Organisation, User
from market.permissions import on_behalf_of, require
from orders.enums import WAITING_PLEDGES, PledgeState
from orders.exceptions import DockAwaitsGoods, DockHoursBackwards, DockNameTaken, DockStillNamed
from orders.models import Demand, Dock, Offer, Pledge, StandingPledge
from orders.permissions import can_buy_for

FACTS = ("name", "place", "address", "opens_at", "closes_at", "contact_name", "contact_phone")
WAITING = (PledgeState.HELD, *WAITING_PLEDGES)


def add_dock(*, organisation: Organisation, by: User, **facts: Any) -> Dock:
    """The organisation has one more dock, in use. `facts` are those named in FACTS.

    A repeat with the same facts returns the dock that is there. Raises: NotAllowed, DockHoursBackwards, DockNameTaken.
    """
    require(can_buy_for(by, organisation))
    _require_hours(facts)
    dock = Dock(organisation=organisation, **facts)
    try:
        return _write(dock, "added", by)
    except IntegrityError:
        there = Dock.objects.get(organisation=organisation, name=dock.name)
        if all(getattr(there, name) == getattr(dock, name) for name in FACTS):
            return there
        raise DockNameTaken(organisation=organisation.name, dock=dock.name) from None


def change_dock(dock: Dock, *, by: User, **facts: Any) -> Dock:
    """The dock says what `facts` say; pledges keep the windows they were placed with.

    Locks: dock. A repeat writes no event. Raises: NotAllowed, DockHoursBackwards, DockNameTaken.
    """
    require(can_buy_for(by, dock.organisation))
    _require_hours(facts)
    try:
        return _change(dock.pk, facts, by)
    except IntegrityError:
        raise DockNameTaken(organisation=dock.organisation.name, dock=facts["name"]) from None


@transaction.atomic
def _change(dock_id: int, facts: dict[str, Any], by: User) -> Dock:
    dock = _locked(dock_id)
    if all(getattr(dock, name) == value for name, value in facts.items()):
        return dock
    for name, value in facts.items():
        setattr(dock, name, value)
    return _write(dock, "changed", by)


@transaction.atomic
def stop_dock(dock: Dock, *, by: User) -> Dock:
    """Nothing new is sent to the dock. Locks: dock. A repeat changes nothing.

    Raises: NotAllowed, DockAwaitsGoods, DockStillNamed.
    """
    dock = _locked(dock.pk)
    require(can_buy_for(by, dock.organisation))
    if not dock.is_active:
        return dock
    waiting = Pledge.objects.filter(dock=dock, state__in=WAITING, day__gte=timezone.localdate()).count()
    if waiting:
        raise DockAwaitsGoods(dock=dock.name, count=waiting)
    if named := _to_be_sent_there(dock):
        raise DockStillNamed(dock=dock.name, count=named)
    dock.is_active = False
    return _write(dock, "stopped", by)


def _to_be_sent_there(dock: Dock) -> int:
    """How many would become pledges for the dock from now on. Three statements."""
    demands = Demand.objects.open().filter(dock=dock, last_day__gte=timezone.localdate())
    standing = StandingPledge.objects.live().filter(dock=dock, last_day__gte=timezone.localdate())
    return demands.count() + standing.count() + Offer.objects.open().filter(dock=dock).count()


@transaction.atomic
def use_dock(dock: Dock, *, by: User) -> Dock:
    """The dock can be chosen again. Locks: dock. A repeat changes nothing. Raises: NotAllowed."""
    dock = _locked(dock.pk)
    require(can_buy_for(by, dock.organisation))
    if dock.is_active:
        return dock
    dock.is_active = True
    return _write(dock, "used_again", by)


@transaction.atomic
def _write(dock: Dock, verb: str, by: User) -> Dock:
    dock.save()
    record(dock, verb, by=by, on_behalf_of=on_behalf_of(by, dock.organisation))
    return dock


def _locked(dock_id: int) -> Dock:
    return Dock.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation").get(pk=dock_id)


def _require_hours(facts: dict[str, Any]) -> None:
    if facts["opens_at"] >= facts["closes_at"]:
        raise DockHoursBackwards
