"""Writing a journey down as a trip's stops and loads. Called inside the transactions of planning and moving only."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F

from market.actions.events import record
from market.actions.states import move
from market.models import User
from orders.logistics.actions.codes import refresh_code
from orders.logistics.actions.endings import end_trip_if_done
from orders.logistics.actions.handover_codes import new_code
from orders.logistics.enums import LOAD_MOVES, LoadState, StopKind, TripState
from orders.logistics.models import Load, PlanRun, Stop, Trip
from orders.logistics.queries.journeys import Candidate, Halt, Journey, Part, dock_point, point_of

OUT_OF_THE_WAY = 10_000  # positions of old stops while the new ones are written
MERGED = "merged"
EMPTIED = 500  # positions of stops that only taken-off loads still name


def write_trip(
    day: dt.date, candidate: Candidate, journey: Journey, parts: Mapping[str, Part], *, run: PlanRun | None, by: User
) -> Trip:
    """A planned trip of this truck, with its stops and loads."""
    trip = Trip.objects.create(
        day=day,
        truck=candidate.truck,
        driver=candidate.driver,
        green_pass=candidate.green_pass,
        run=run,
        starts_at=journey.starts_at,
        ends_at=journey.ends_at,
        distance_m=journey.distance_m,
    )
    grams = sum(part.grams for part in parts.values())
    record(trip, "planned", by=by, to_state=TripState.PLANNED, grams=grams)
    write_halts(trip, journey, parts, {}, by=by)
    return trip


def rewrite_trip(
    trip: Trip,
    candidate: Candidate,
    journey: Journey,
    parts: Mapping[str, Part],
    loads: Mapping[str, Load],
    *,
    by: User | None,
) -> dict[str, Load]:
    """The trip's stops, times and loads follow the journey. `loads` are those it has already; returns all, by their part."""
    trip.starts_at, trip.ends_at, trip.distance_m = journey.starts_at, journey.ends_at, journey.distance_m
    trip.green_pass = candidate.green_pass
    trip.save(update_fields=["starts_at", "ends_at", "distance_m", "green_pass"])
    Stop.objects.filter(trip=trip).update(position=F("position") + OUT_OF_THE_WAY)
    written = write_halts(trip, journey, parts, loads, by=by)
    old = Stop.objects.filter(trip=trip, position__gte=OUT_OF_THE_WAY)
    old.filter(pickups=None, deliveries=None).delete()
    for position, stop in enumerate(old.order_by("position"), start=EMPTIED):
        Stop.objects.filter(pk=stop.pk).update(position=position)
    refresh_code(trip, by=by)
    return written


def write_halts(
    trip: Trip, journey: Journey, parts: Mapping[str, Part], loads: Mapping[str, Load], *, by: User | None
) -> dict[str, Load]:
    """Stops in the journey's order, from 1, and one load for each part between them, by the part.

    Who is shown a hand-over code keeps it when the trip is rewritten.
    """
    stops = _write_stops(trip, journey, loads)
    pickups: dict[str, Stop] = {}
    deliveries: dict[str, Stop] = {}
    for halt, stop in zip(journey.halts, stops, strict=True):
        (pickups if halt.kind == StopKind.PICKUP else deliveries).update(dict.fromkeys(halt.part_ids, stop))
    between: dict[tuple[int, int, int], Load] = {}
    written: dict[str, Load] = {}
    for part_id, pickup in sorted(pickups.items(), key=lambda item: item[0] not in loads):  # kept loads first
        part, delivery = parts[part_id], deliveries[part_id]
        key = (part.allocation.pk, pickup.pk, delivery.pk)
        load = loads.get(part_id)
        if key in between:
            _merge(between[key], part, load, by)
        else:
            between[key] = load or Load(
                trip=trip, allocation=part.allocation, planned_g=part.grams, continues=part.continues
            )
            between[key].pickup, between[key].delivery = pickup, delivery
        written[part_id] = between[key]
    for load in between.values():
        if load.pk is not None:
            load.save(update_fields=["pickup", "delivery", "planned_g"])
    Load.objects.bulk_create(load for load in between.values() if load.pk is None)
    return written


def _write_stops(trip: Trip, journey: Journey, loads: Mapping[str, Load]) -> list[Stop]:
    """A stop whose loads stay together is still the same stop: a driver out of reach goes on reporting from it."""
    kept = _kept_stops(journey, loads)
    known = Stop.objects.filter(trip=trip).exclude(code="").exclude(pk__in=[stop.pk for stop in kept.values()])
    codes = {_whose(stop): stop.code for stop in known}
    stops = [_stop(trip, position, halt) for position, halt in enumerate(journey.halts, start=1)]
    for stop in stops:
        old = kept.get(stop.position)
        if old is not None and _whose(old) == _whose(stop):
            stop.pk, stop.code = old.pk, old.code or new_code()
            stop.arrived_at, stop.departed_at = old.arrived_at, old.departed_at
            stop.save(force_update=True)
        else:
            stop.code = codes.pop(_whose(stop), "") or new_code()
    Stop.objects.bulk_create(stop for stop in stops if stop.pk is None)
    return stops


def _kept_stops(journey: Journey, loads: Mapping[str, Load]) -> dict[int, Stop]:
    """By position. A load stays at its stop or goes to a new one, never to another old one, where its like may still stand."""
    kept: dict[int, Stop] = {}
    for position, halt in enumerate(journey.halts, start=1):
        riding = [loads[part] for part in halt.part_ids if part in loads]
        old = {load.pickup_id if halt.kind == StopKind.PICKUP else load.delivery_id for load in riding}
        if len(old) == 1 and not old & {stop.pk for stop in kept.values()}:
            kept[position] = riding[0].pickup if halt.kind == StopKind.PICKUP else riding[0].delivery
    return kept


def _whose(stop: Stop) -> tuple[str, int, str, int | None, int | None]:
    return stop.kind, stop.organisation_id, stop.place_id, stop.dock_id, stop.transfer_point_id


def _merge(kept: Load, part: Part, load: Load | None, by: User | None) -> None:
    """Two parts of one allocation between the same two stops are one load; no gram is lost."""
    kept.planned_g += part.grams
    if load is not None:
        take_off(load, by=by, reason=MERGED)


def take_off(load: Load, *, by: User | None, reason: str) -> None:
    """The load rides no longer, nor on a truck that was to take it on; a trip left with nothing ends. Raises: WrongState.

    Call it with the trips of `queries.loads.trips_of_chains` locked.
    """
    old = move(load, "state", LoadState.UNPLANNED, LOAD_MOVES)
    load.save(update_fields=["state"])
    record(load, "unplanned", by=by, from_state=old, to_state=load.state, grams=load.planned_g, reason=reason)
    if reason != MERGED:  # then the trip is being written anew, and its code after that
        refresh_code(load.trip, by=by)
    for onward in Load.objects.live().filter(continues=load).select_related("trip"):
        take_off(onward, by=by, reason=reason)
        end_trip_if_done(onward.trip, by=by)


WHERE = (
    "organisation",
    "place",
    "transfer_point",
    "is_transfer",
    "address",
    "contact_name",
    "contact_phone",
    "lat",
    "lon",
)


def copy_of_meeting(stop: Stop, **facts: Any) -> Stop:
    """The same place where goods change truck, as a stop of a trip."""
    return Stop(**{name: getattr(stop, name) for name in WHERE}, **facts)


def _stop(trip: Trip, position: int, halt: Halt) -> Stop:
    meeting = halt.part.taken_at if halt.kind == StopKind.PICKUP else halt.part.given_at
    if meeting is not None:
        return copy_of_meeting(meeting.stop, trip=trip, position=position, kind=halt.kind, planned_at=halt.planned_at)
    allocation = halt.part.allocation
    if halt.kind == StopKind.PICKUP:
        listing = allocation.lot.listing
        lat, lon = point_of(listing.place) or (0.0, 0.0)
        where = {
            "organisation": allocation.lot.seller,
            "place": listing.place,
            "address": f"{listing.place.full_name_zh} {allocation.lot.seller.address}".strip(),
            "contact_name": listing.contact_name,
            "contact_phone": listing.contact_phone,
        }
    else:
        dock = allocation.pledge.dock
        lat, lon = dock_point(dock) or (0.0, 0.0)
        where = {
            "organisation": allocation.pledge.buyer,
            "place": dock.place,
            "dock": dock,
            "address": f"{dock.place.full_name_zh}{dock.address} {dock.name}".strip(),
            "contact_name": dock.contact_name,
            "contact_phone": dock.contact_phone,
        }
    where["address"] = str(where["address"])[:200]
    return Stop(trip=trip, position=position, kind=halt.kind, lat=lat, lon=lon, planned_at=halt.planned_at, **where)
