"""How much of the stretch of the pledges on a trip its truck still has room for, within the planner's rules."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from market.quantities import Unit
from orders.enums import CHANGEABLE_PLEDGES
from orders.logistics.enums import EDITABLE_TRIPS
from orders.logistics.models import Load, Trip
from orders.logistics.planner.model import Route
from orders.logistics.queries.fleet import fleet_of_trip
from orders.logistics.queries.journeys import Candidate, Journey, Part, make_journey, make_problem
from orders.logistics.queries.pass_choice import options_for
from orders.logistics.queries.rides import halts_of, loads_of, parts_of, route_of


@dataclass(frozen=True)
class Share:
    """Grams of stretch that a load of the trip could take on."""

    load: Load
    grams: int


@dataclass(frozen=True)
class Filling:
    """Who gets how much more, soonest to spoil first; and the journey with it."""

    shares: list[Share]
    parts: dict[str, Part]
    loads: dict[str, Load]
    journey: Journey | None

    @property
    def grams(self) -> int:
        return sum(share.grams for share in self.shares)

    @property
    def by_load(self) -> dict[int, int]:
        return {share.load.pk: share.grams for share in self.shares}


def filling_of(trip: Trip, at: dt.datetime, loads: Sequence[Load] | None = None) -> Filling:
    """What filling the trip would do, for the page that asks. Nothing where the truck may not run.

    Four statements where the loads came by `loads_with_trip`.
    """
    loads = loads_of(trip) if loads is None else loads
    fleet = fleet_of_trip(trip, at)
    if not fleet.candidates or trip.state not in EDITABLE_TRIPS:
        return Filling([], {}, {}, None)
    (candidate, *_) = options_for(fleet.candidates[0], parts_of(loads)[0].values(), pass_needed=fleet.pass_needed)
    return share_out(trip, loads, candidate, pass_needed=fleet.pass_needed)


def may_have_room(loads: Sequence[Load], heaviest_g: int, rated_g: int) -> bool:
    """Whether asking is worth it, from what a sheet has fetched: room on the truck, stretch on a pledge, stock in its lot."""
    return heaviest_g < rated_g and any(_stretch_for(load) and _stock_for(load) for load in loads)


def share_out(trip: Trip, loads: Sequence[Load], candidate: Candidate, *, pass_needed: bool) -> Filling:
    """As much stretch as fits, the soonest to spoil first: no leg over the rated mass, every window still met."""
    parts, by_part = parts_of(loads)
    route = route_of(trip, by_part)
    left = {load.allocation.lot_id: _stock_for(load) for load in loads}
    stretch = {load.allocation.pledge_id: _stretch_for(load) for load in loads}
    shares = []
    for name, load in sorted(by_part.items(), key=lambda item: _urgency(item[1])):
        if load.pickup.is_transfer or load.delivery.is_transfer:
            continue  # the other truck of the chain is filled to what was planned
        lot_id, pledge_id = load.allocation.lot_id, load.allocation.pledge_id
        most = min(stretch[pledge_id], left[lot_id], _room(candidate, by_part, parts, name))
        grams = _that_fits(trip, parts, route, candidate, name, _rounded(most, stretch[pledge_id]), pass_needed)
        if grams > 0:
            parts[name] = replace(parts[name], grams=parts[name].grams + grams)
            left[lot_id] -= grams
            stretch[pledge_id] -= grams
            shares.append(Share(load, grams))
    journey = _journey(trip, parts, route, candidate, pass_needed) if shares else None
    return Filling(shares, parts, by_part, journey)


def _urgency(load: Load) -> tuple[dt.datetime, int, int]:
    """The soonest to spoil first, then who pledged first."""
    return load.allocation.lot.best_before, load.allocation.pledge_id, load.pk


def _stretch_for(load: Load) -> int:
    """What the pledge would still take; nothing once another truck has left with a part of it."""
    pledge = load.allocation.pledge
    return pledge.stretch_left_g if pledge.state in CHANGEABLE_PLEDGES else 0


def _stock_for(load: Load) -> int:
    lot = load.allocation.lot
    return lot.remaining_g if lot.is_on_offer else 0


def _rounded(grams: int, stretch: int) -> int:
    """Whole kilograms, unless it is all of the stretch."""
    return grams if grams == stretch else grams - grams % Unit.KG.grams


def _room(candidate: Candidate, loads: Mapping[str, Load], parts: Mapping[str, Part], name: str) -> int:
    """What the truck can take on between the load's pickup and delivery."""
    weights = {load.pk: parts[key].grams for key, load in loads.items()}
    mine, aboard, heaviest = loads[name], 0, 0
    is_aboard = False
    for leg in halts_of(loads.values()):
        for load in leg.loads:
            aboard += weights[load.pk] if load.pickup_id == leg.stop.pk else -weights[load.pk]
        is_aboard = leg.stop.pk == mine.pickup_id or (is_aboard and leg.stop.pk != mine.delivery_id)
        heaviest = max(heaviest, aboard) if is_aboard else heaviest
    return max(candidate.truck.rated_g - heaviest, 0)


def _that_fits(
    trip: Trip,
    parts: Mapping[str, Part],
    route: Route,
    candidate: Candidate,
    name: str,
    most: int,
    pass_needed: bool,
) -> int:
    """The most up to `most` with which every window is met: more weight takes longer to load, so the answer is found by halving."""

    def fits(grams: int) -> bool:
        heavier = {**parts, name: replace(parts[name], grams=parts[name].grams + grams)}
        return not _journey(trip, heavier, route, candidate, pass_needed).violations

    if most <= 0 or fits(most):
        return max(most, 0)
    low, high = 0, most // Unit.KG.grams  # in kilograms: `low` fits, `high` does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle * Unit.KG.grams) else (low, middle)
    return low * Unit.KG.grams


def _journey(trip: Trip, parts: Mapping[str, Part], route: Route, candidate: Candidate, pass_needed: bool) -> Journey:
    problem = make_problem(list(parts.values()), [candidate], trip.day, pass_needed=pass_needed)
    return make_journey(problem, route, dict(parts), trip.day)
