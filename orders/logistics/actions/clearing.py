"""Clearing trips: what is fit may load; what is no longer fit waits again; a supervisor may let one run in writing."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.actions.states import move
from market.exceptions import Refused, WrongState
from market.models import User
from market.permissions import require
from market.wording import clock_time, run_on
from orders.logistics import exceptions as refusals
from orders.logistics.actions.codes import issue_code, refresh_code, withdraw_code
from orders.logistics.actions.dispatch_notices import tell_desks
from orders.logistics.actions.locks import lock_all, lock_one, lock_passes_of
from orders.logistics.enums import EDITABLE_TRIPS, RUNNING_TRIPS, TRIP_MOVES, CodeEnd, TripState
from orders.logistics.exceptions_clearing import (
    CannotOverride,
    NothingToClear,
    NothingToOverride,
    OverrideTooLate,
    OverrideTooLong,
    OverrideTooShort,
)
from orders.logistics.exceptions_passes import NoGroundsForCode
from orders.logistics.models import Driver, Load, Pass, Trip, TripOverride, Truck
from orders.logistics.permissions import require_dispatcher
from orders.logistics.permissions_fitness import may_override
from orders.logistics.queries.code_grounds import CODED_TRIPS
from orders.logistics.queries.fitness import (
    Fitness,
    Reason,
    best_pass,
    grounds_for,
    masked,
    masked_codes,
    may_be_overridden,
    ridden_stops,
    uncovered,
)
from orders.logistics.queries.journeys import midnight

MAX_OVERRIDE = dt.timedelta(days=2)  # from the midnight of the trip's day


@dataclass(frozen=True)
class Asked:
    """A trip with everything it needs locked, the pass that suits it best, and what stands against it."""

    trip: Trip
    truck: Truck
    green_pass: Pass | None
    fitness: Fitness
    ends_at: dt.datetime

    @property
    def against(self) -> list[Reason]:
        """What no override covers. One statement."""
        return uncovered(self.fitness.reasons, self.trip.overrides.all(), self.ends_at)


@dataclass(frozen=True)
class ClearedDay:
    cleared: list[Trip] = field(default_factory=list)
    refused: list[tuple[Trip, str]] = field(default_factory=list)


def lock_for_judging(ids: Iterable[int]) -> dict[int, Trip]:
    """Locks the trips, their trucks, drivers and passes: before several are judged one after another."""
    trips = lock_all(Trip, ids)
    trucks = lock_all(Truck, [trip.truck_id for trip in trips.values()])
    lock_all(Driver, [trip.driver_id for trip in trips.values()])
    lock_passes_of(trucks)
    return trips


def ask_fitness(trip: Trip, *, at: dt.datetime | None = None, late: dt.timedelta = dt.timedelta(0)) -> Asked:
    """Judge a trip that is locked. Locks: truck, driver, passes."""
    truck, driver = lock_one(Truck, trip.truck_id), lock_one(Driver, trip.driver_id)
    passes = lock_passes_of([truck])
    ends_at = trip.ends_at + max(late, dt.timedelta(0))
    grounds = grounds_for(at or trip.starts_at, ends_at)
    green_pass, fitness = best_pass(
        trip, passes.values(), ridden_stops(trip), grounds, truck=truck, driver=driver, at=at, late=late
    )
    return Asked(trip, truck, green_pass, fitness, ends_at)


@transaction.atomic
def clear_trip(trip: Trip, *, by: User, at: dt.datetime | None = None) -> Trip:
    """The trip may load: all it needs holds from its planned start to its end, and its code is issued.

    An override that covers what stands against it counts. Locks: trip, truck, driver, passes, code. A repeat changes nothing.
    Raises: NotAllowed, WrongState, NothingToClear, TruckNotFit.
    """
    require_dispatcher(by)
    trip = lock_one(Trip, trip.pk)
    if trip.state == TripState.CLEARED:
        return trip
    if trip.state != TripState.PLANNED:
        raise WrongState(state=trip.get_state_display())
    if not Load.objects.live().filter(trip=trip).exists():
        raise NothingToClear
    asked = ask_fitness(trip)
    if reasons := asked.against:
        raise refusals.TruckNotFit(plate=asked.truck.plate, reasons=reasons)
    trip.green_pass = asked.green_pass
    old = move(trip, "state", TripState.CLEARED, TRIP_MOVES)
    trip.save(update_fields=["state", "green_pass"])
    record(trip, "cleared", by=by, from_state=old, to_state=trip.state)
    give_pass_code(trip, by=by, at=at)
    return trip


def clear_day(day: dt.date, *, by: User, at: dt.datetime | None = None) -> ClearedDay:
    """Every planned trip of the day that is fit is cleared; the others are listed with what stands against them.

    Each trip is a step of its own. Raises: NotAllowed.
    """
    require_dispatcher(by)
    done = ClearedDay()
    waiting = Trip.objects.filter(day=day, state=TripState.PLANNED).order_by("starts_at", "pk").select_related("truck")
    for trip in waiting:
        try:
            done.cleared.append(clear_trip(trip, by=by, at=at))
        except Refused as refusal:
            done.refused.append((trip, str(refusal)))
    return done


@transaction.atomic
def unclear_trip(trip: Trip, *, by: User | None, reason: str = "") -> Trip:
    """A cleared trip that has not begun waits to be cleared again, and its code counts no longer.

    Locks: trip, code. Raises: NotAllowed, WrongState. A trip that is only planned stays as it is.
    """
    if by is not None:
        require_dispatcher(by)
    return put_back(lock_one(Trip, trip.pk), by=by, reason=reason)


def put_back(trip: Trip, *, by: User | None, reason: str = "") -> Trip:
    """`unclear_trip` for a trip that is locked."""
    if trip.state == TripState.PLANNED:
        return trip
    old = move(trip, "state", TripState.PLANNED, TRIP_MOVES)
    trip.save(update_fields=["state"])
    record(trip, "uncleared", by=by, from_state=old, to_state=trip.state, reason=reason[:200])
    withdraw_unfit(trip, by=by)
    return trip


@transaction.atomic
def unclear_if_unfit(trip: Trip, *, by: User | None) -> bool:
    """Whether the cleared trip had to be put back: something it needs no longer holds. The desks and the carrier are told.

    Locks: trip, truck, driver, passes, code. A repeat changes nothing.
    """
    trip = lock_one(Trip, trip.pk)
    if trip.state != TripState.CLEARED:
        return False
    asked = ask_fitness(trip)
    reasons = asked.against
    if not reasons:
        return False
    put_back(trip, by=by, reason="、".join(masked_codes(reasons)))
    _tell_unfit(asked, reasons, "uncleared", gettext_noop("%(plate)s 的放行已撤回：%(why)s"))
    return True


@transaction.atomic
def hold_if_unfit(trip: Trip, *, by: User | None, at: dt.datetime | None = None) -> bool:
    """Whether a trip that is under way had to lose its code, or a cleared one its clearance, because it is no longer fit.

    Goods on board stay where they are: what becomes of them the desks decide, who are told once; also where there was no code
    to lose, once for the same reasons. Locks: trip, truck, driver, passes, code. A repeat changes nothing.
    """
    trip = lock_one(Trip, trip.pk)
    if trip.state not in RUNNING_TRIPS:
        return unclear_if_unfit(trip, by=by)
    asked = ask_fitness(trip, at=at or timezone.now())
    reasons = asked.against
    if not reasons:
        return False
    if withdraw_code(trip, CodeEnd.UNFIT, by=by) is None:
        _tell_without_code(asked, reasons)
        return False
    _tell_unfit(asked, reasons, "held", gettext_noop("路上的 %(plate)s 不再符合通行条件，通行码已作废：%(why)s"))
    return True


def _tell_without_code(asked: Asked, reasons: list[Reason]) -> None:
    why = hashlib.sha256(repr(sorted(masked_codes(reasons))).encode()).hexdigest()[:12]
    text = gettext_noop("路上的 %(plate)s 不再符合通行条件，请马上联系司机：%(why)s")
    _tell_unfit(asked, reasons, "held", text, once=why)


def _tell_unfit(asked: Asked, reasons: list[Reason], what: str, text: str, once: str = "") -> None:
    key = f"{what}-{asked.trip.pk}-{once or format(timezone.now(), '%Y%m%d%H%M')}"
    url = reverse("logistics:trip", args=[asked.trip.pk])
    facts = {"plate": asked.truck.plate, "why": run_on(masked(reasons))}
    tell_desks(key, text, url=url, **facts)
    tell(asked.truck.carrier_id, key, text, url=url, **facts)


def unclear_unfit(*, at: dt.datetime | None = None) -> int:
    """The clock's job: cleared trips of today and later that are no longer fit are put back. Returns how many."""
    today = timezone.localdate(at or timezone.now())
    cleared = Trip.objects.filter(state=TripState.CLEARED, day__gte=today).order_by("pk")
    return sum(unclear_if_unfit(trip, by=None) for trip in cleared)


@transaction.atomic
def override_trip(trip: Trip, *, why: str, until: dt.datetime, by: User) -> TripOverride:
    """In writing the trip may run against what stands against it now, until a moment after its end; printed on its papers.

    Of health only that something stood against it is kept. A trip that is already cleared has a code again, for its papers.
    Locks: trip, truck, driver, passes, code. The same again changes nothing.
    Raises: NotAllowed, ReasonNeeded, OverrideTooLate, NothingToOverride, CannotOverride, OverrideTooShort, OverrideTooLong.
    """
    require(may_override(by))
    why = why.strip()
    if refusals.no_reason_given(why):
        raise refusals.ReasonNeeded
    trip = lock_one(Trip, trip.pk)
    if trip.state not in (*EDITABLE_TRIPS, TripState.LOADING):
        raise OverrideTooLate
    asked = ask_fitness(trip)
    _require_overridable(asked.fitness)
    if until < trip.ends_at:
        raise OverrideTooShort(ends=clock_time(trip.ends_at))
    if until > midnight(trip.day) + MAX_OVERRIDE:
        raise OverrideTooLong
    facts = {"reasons": masked_codes(asked.fitness.reasons), "why": why[:200], "until": until}
    same = next((one for one in trip.overrides.filter(by=by, until=until) if _is_same(one, facts)), None)
    if same is not None:
        return same
    made = TripOverride.objects.create(trip=trip, by=by, **facts)
    record(trip, "overridden", by=by, reason=made.why)
    if trip.state in CODED_TRIPS:
        give_pass_code(trip, by=by)
    return made


def withdraw_unfit(trip: Trip, *, by: User | None) -> None:
    """The trip's code counts no longer, because the trip does not fulfil what it must."""
    withdraw_code(trip, CodeEnd.UNFIT, by=by)


def give_pass_code(trip: Trip, *, by: User, at: dt.datetime | None = None) -> None:
    """The locked trip has a live code that names it as it is, where the rules ask for a pass.

    One that runs by an override may have nothing that carries a code: then its papers say so.
    """
    if refresh_code(trip, by=by, at=at) is None:
        with suppress(NoGroundsForCode):
            issue_code(trip, by=by, at=at)


def _require_overridable(fitness: Fitness) -> None:
    if fitness.is_fit:
        raise NothingToOverride
    if not may_be_overridden(fitness.codes):
        firm = [reason for reason in fitness.reasons if not may_be_overridden([reason.code])]
        raise CannotOverride(reasons=run_on(masked(firm)))


def _is_same(one: TripOverride, facts: dict[str, object]) -> bool:
    return all(getattr(one, name) == value for name, value in facts.items())
