"""Areas at risk: drafting one, publishing it with everything that follows, and lifting it."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell_all
from market.actions.states import move
from market.models import Place, User
from market.permissions import require
from orders.logistics import exceptions_areas as refusals
from orders.logistics.actions.clearing import hold_if_unfit, lock_for_judging
from orders.logistics.actions.dispatch_notices import tell_desks
from orders.logistics.actions.endings import follow_pledges
from orders.logistics.actions.halts import take_off
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.actions.planning import ask_for_plan
from orders.logistics.actions.trips import close_up
from orders.logistics.enums import AREA_MOVES, EDITABLE_TRIPS, RUNNING_TRIPS, AreaState, LoadState, RiskLevel
from orders.logistics.exceptions import ReasonNeeded, no_reason_given
from orders.logistics.models import Load, PlanRun, RiskArea, Trip
from orders.logistics.permissions_fitness import directs
from orders.logistics.queries.impact import Impact, impact_of
from orders.logistics.queries.loads import trips_of_chains
from orders.models import Allocation, Pledge

LEAST_RADIUS_M, MOST_RADIUS_M = 50, 50_000
MAX_SOURCE = 200


@dataclass(frozen=True)
class AreaFacts:
    """`ends_at` None: until further notice. With `radius_m` (metres) the area is the circle around `lat`, `lon`."""

    place: Place
    level: str
    starts_at: dt.datetime
    source: str
    detail: str = ""
    is_closed: bool = False
    ends_at: dt.datetime | None = None
    lat: float | None = None
    lon: float | None = None
    radius_m: int | None = None


@dataclass(frozen=True)
class Published:
    """What followed: trips that lost loads, trips that may no longer run, and the plans that were asked for."""

    area: RiskArea
    changed: list[Trip]
    unfit: list[Trip]
    runs: list[PlanRun]


@transaction.atomic
def draft_area(facts: AreaFacts, *, by: User, at: dt.datetime | None = None) -> RiskArea:
    """The area is written down and holds for nobody yet. The same draft again returns it and changes nothing.

    Locks: nothing. Raises: NotAllowed, AreaTimesWrong, AreaUnsaid, AreaCircleUnfit.
    """
    require(directs(by))
    values: dict[str, Any] = {**asdict(facts), "place": facts.place, "source": " ".join(facts.source.split())}
    values["detail"], values["level"] = " ".join(facts.detail.split())[:100], RiskLevel(facts.level)
    _check(facts, values["source"], at or timezone.now())
    same = RiskArea.objects.filter(state=AreaState.DRAFT, **values).first()
    if same is not None:
        return same
    area = RiskArea.objects.create(by=by, **values)
    record(area, "drafted", by=by, to_state=area.state, reason=values["source"])
    return area


def _check(facts: AreaFacts, source: str, at: dt.datetime) -> None:
    if facts.ends_at is not None and facts.ends_at <= max(facts.starts_at, at):
        raise refusals.AreaTimesWrong
    if not 0 < len(source) <= MAX_SOURCE:
        raise refusals.AreaUnsaid
    circle = (facts.radius_m, facts.lat, facts.lon)
    if circle == (None, None, None):
        return
    if None in circle or not LEAST_RADIUS_M <= (facts.radius_m or 0) <= MOST_RADIUS_M:
        raise refusals.AreaCircleUnfit


@transaction.atomic
def publish_area(area: RiskArea, *, seen: str, by: User, at: dt.datetime | None = None) -> Published:
    """The area holds. In the same step planned trips lose what they cannot fetch or bring, trips that may no longer run lose
    their code, everybody concerned is told once, and the days are planned again.

    `seen` is `Impact.key` of what the person looked at; when the impact is another one by now nothing is written.
    Locks: pledges, allocations, trips, loads, trucks, drivers, passes. Raises: NotAllowed, WrongState (also the second time),
    AreaOver, AreaMovedOn.
    """
    require(directs(by))
    at = at or timezone.now()
    area = RiskArea.objects.select_for_update().select_related("place").get(pk=area.pk)
    old = move(area, "state", AreaState.PUBLISHED, AREA_MOVES)
    if area.ends_at is not None and area.ends_at <= at:
        raise refusals.AreaOver
    impact = impact_of(area, at)
    if impact.key != seen:
        raise refusals.AreaMovedOn
    area.published_at = at
    area.save(update_fields=["state", "published_at"])
    record(area, "published", by=by, from_state=old, to_state=area.state, grams=impact.pledged_g, reason=area.source)
    if not area.is_closed:
        return Published(area, [], [], [])
    changed = _take_off_planned(area, impact, by)
    unfit = [hit.trip for hit in impact.trips if _stop_trip(hit.trip, by, at)]
    _tell(impact)
    days = sorted({trip.day for trip in changed if trip.day >= timezone.localdate(at)})
    return Published(area, changed, unfit, [ask_for_plan(day, by=by, at=at) for day in days])


@transaction.atomic
def lift_area(area: RiskArea, *, reason: str, by: User, at: dt.datetime | None = None) -> RiskArea:
    """The area holds no longer, or a draft is thrown away. Locks: area. Raises: NotAllowed, ReasonNeeded, WrongState."""
    require(directs(by))
    if no_reason_given(reason):
        raise ReasonNeeded
    area = lock_one(RiskArea, area.pk)
    old = move(area, "state", AreaState.LIFTED, AREA_MOVES)
    at = at or timezone.now()
    if area.starts_at < at and (area.ends_at is None or area.ends_at > at):
        area.ends_at = at
    area.save(update_fields=["state", "ends_at"])
    record(area, "lifted", by=by, from_state=old, to_state=area.state, reason=reason)
    return area


def _take_off_planned(area: RiskArea, impact: Impact, by: User) -> list[Trip]:
    """Planned trips no longer carry what is fetched from or brought to a stop inside; what is left of them closes up.

    Locks what judging all trips of the impact needs, too: no trip is locked after the first truck.
    """
    hits = impact.planned
    stops = {stop.pk for hit in hits for stop in hit.stops}
    riding = Load.objects.live().filter(state=LoadState.PLANNED)
    hit_loads = [
        load for load in riding.filter(trip__in=[h.trip.pk for h in hits]) if {load.pickup_id, load.delivery_id} & stops
    ]
    allocations = {load.allocation_id for load in hit_loads}
    owners = Allocation.objects.filter(pk__in=allocations).values_list("pledge_id", flat=True)
    pledges = lock_all(Pledge, owners)
    lock_all(Allocation, allocations)
    chains = trips_of_chains([load.pk for load in hit_loads])
    locked = lock_all(Trip, {*(hit.trip.pk for hit in impact.trips), *(load.trip_id for load in hit_loads), *chains})
    loads = lock_all(Load, {load.pk for load in hit_loads})
    lock_for_judging(locked)
    trips = {load.trip_id: locked[load.trip_id] for load in hit_loads}
    for load in loads.values():
        if load.state == LoadState.PLANNED and trips[load.trip_id].state in EDITABLE_TRIPS:
            take_off(load, by=by, reason=str(area)[:100])
    for trip in trips.values():
        close_up(trip, by)
    follow_pledges(pledges, by=by)
    return list(trips.values())


def _stop_trip(trip: Trip, by: User, at: dt.datetime) -> bool:
    """Whether the trip may not go on as it was: a cleared one is put back, one on the road loses its code where it has one."""
    return hold_if_unfit(trip, by=by, at=at) or Trip.objects.filter(pk=trip.pk, state__in=RUNNING_TRIPS).exists()


def _tell(impact: Impact) -> None:
    """The desks, carriers of the trucks, sellers and buyers of the goods: each once for this area."""
    area = impact.area
    facts = {"area": str(area), "from_at": area.starts_at}
    counts = {where: len(impact.of(where)) for where in ("inside", "on_the_way", "planned")}
    text = gettext_noop(
        "%(area)s 从 %(from_at)s 起封闭：车在里面 %(inside)s 辆，正在路上 %(on_the_way)s 辆，已排班 %(planned)s 趟，请安排"
    )
    tell_desks(f"area-{area.pk}-desk", text, url=reverse("logistics:area", args=[area.pk]), **facts, **counts)
    carriers = {hit.trip.truck.carrier_id for hit in impact.trips}
    text = gettext_noop("%(area)s 从 %(from_at)s 起封闭，贵单位有车次要改，请看调度安排")
    tell_all(carriers, f"area-{area.pk}", text, url=reverse("logistics:trips"), **facts)
    text = gettext_noop("%(area)s 从 %(from_at)s 起封闭，您在这一带的货要改路线或在接驳点换车，请留意新的安排")
    sides = {row.lot.seller_id for row in impact.pledges} | {row.pledge.buyer_id for row in impact.pledges}
    tell_all(sides, f"area-{area.pk}", text, url=reverse("market:notices"), **facts)
