"""What a day's matching is about: lots with grams left, demands not met yet, stretches still open, as a problem of the engine."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from market.enums import OrganisationKind, VerificationState
from market.models import Lot, PriceCeiling
from market.models.lots import next_harvest
from orders.fitting import demand_facts, dock_point, lot_facts
from orders.matching import Arc, FairShare, Problem
from orders.matching import Lot as EngineLot
from orders.matching import Pledge as EnginePledge
from orders.models import Demand, MatchPolicy, Pledge
from orders.policies import Weights
from orders.queries.rooms import Room, rooms_of
from orders.scoring import (
    Fits,
    Reach,
    Supply,
    Want,
    find_fits,
    hours_between,
    pro_rata_shares,
    reach_points,
    spares,
)

MANY = 10_000  # demands in one statement

# Names in the problem: a lot, the firm part of a demand, what of it is beyond its share, its stretch, a pledge's stretch.
LOT, FIRM, REST, STRETCH, REACH = "l%d", "d%d", "d%d~", "d%d+", "p%d+"


@dataclass(frozen=True)
class Gathered:
    """The rows of a day, as facts. `offered` and `reserved` are of all lots of each seller."""

    day: dt.date
    supplies: dict[int, Supply]
    wants: tuple[Want, ...]
    reaches: tuple[Reach, ...]
    offered: dict[int, int]
    reserved: dict[int, int]


@dataclass(frozen=True)
class DayMatch:
    """A problem with what it was made of."""

    gathered: Gathered
    weights: Weights
    fits: Fits
    shares: dict[int, int]
    problem: Problem


def gather(day: dt.date) -> Gathered:
    """Five statements beside places: lots with listings, ceilings, demands with buyers and docks, their rooms, pledges with stretch."""
    ceilings = _ceilings(day)
    supplies: dict[int, Supply] = {}
    offered: dict[int, int] = defaultdict(int)
    reserved: dict[int, int] = defaultdict(int)
    morning = next_harvest(day)
    for lot in Lot.objects.open().for_day(day).select_related("listing").order_by("pk"):
        offered[lot.seller_id] += lot.offered_g
        reserved[lot.seller_id] += lot.reserved_g
        if lot.remaining_g:
            supplies[lot.pk] = _supply(lot, morning, ceilings)
    return Gathered(day, supplies, _wants(day), _reaches(day, supplies), dict(offered), dict(reserved))


def _supply(lot: Lot, morning: dt.datetime, ceilings: dict[int, Fraction]) -> Supply:
    facts, left = lot_facts(lot), lot.remaining_g
    ceiling = ceilings.get(lot.produce_id)
    return Supply(
        id=lot.pk,
        facts=facts,
        left_g=left,
        minimum_g=min(lot.listing.minimum_g or 0, left),  # below the minimum only all that is left may be taken
        hours=hours_between(morning, lot.best_before),
        above_ceiling=ceiling is not None and facts.per_kg is not None and facts.per_kg > ceiling,
    )


def _ceilings(day: dt.date) -> dict[int, Fraction]:
    """The lowest ceiling of each produce in force on the day."""
    found: dict[int, Fraction] = {}
    for ceiling in PriceCeiling.objects.in_force(day):
        exact = Fraction(ceiling.exact_per_kg())
        found[ceiling.produce_id] = min(exact, found.get(ceiling.produce_id, exact))
    return found


def _wants(day: dt.date) -> tuple[Want, ...]:
    """Of buyers that may trade and docks in use: what of the firm part is missing, and what may come on top."""
    rows = Demand.objects.open().wanting_on(day).filter(buyer__verification=VerificationState.VERIFIED)
    demands = list(rows.filter(dock__is_active=True).select_related("buyer", "dock").order_by("pk"))
    rooms: dict[tuple[int, dt.date], Room] = {}
    for start in range(0, len(demands), MANY):
        rooms |= rooms_of(demands[start : start + MANY], (day, day))
    wants = []
    for demand in demands:
        room = rooms[demand.pk, day]
        firm = min(room.missing_g, room.left_g)
        if room.left_g:
            care = _is_care(demand.buyer.kind)
            wants.append(
                Want(demand.pk, demand_facts(demand), firm, room.left_g - firm, demand.is_whole and bool(firm), care)
            )
    return tuple(wants)


def _reaches(day: dt.date, supplies: dict[int, Supply]) -> tuple[Reach, ...]:
    pledges = Pledge.objects.with_stretch_left().filter(day=day).select_related("buyer", "dock").order_by("pk")
    return tuple(
        Reach(
            one.pk,
            one.lot_id,
            one.buyer_id,
            one.stretch_left_g,
            _is_care(one.buyer.kind),
            dock_point(one.dock),
            one.window_to,
        )
        for one in pledges
        if one.lot_id in supplies
    )


def _is_care(kind: str) -> bool:
    return kind == OrganisationKind.CANTEEN


def make_match(gathered: Gathered, weights: Weights) -> DayMatch:
    """The engine's problem of the day. Pure; the same rows and weights make the same problem, to the last sign."""
    fits = find_fits(list(gathered.supplies.values()), gathered.wants, weights)
    shares = pro_rata_shares(gathered.supplies, gathered.wants, fits) if weights.pro_rata else {}
    pledges: list[EnginePledge] = []
    arcs: list[Arc] = []
    for want in gathered.wants:
        for name, grams, points, whole in _parts(want, weights, shares):
            pledges.append(EnginePledge(name, grams, whole))
            is_stretch = name == STRETCH % want.id
            arcs += [
                Arc(LOT % fit.lot, name, points + fit.points)
                for fit in fits.of_want[want.id]
                if not is_stretch or spares(gathered.supplies[fit.lot], weights)
            ]
    for reach in gathered.reaches:
        supply = gathered.supplies[reach.lot]
        if spares(supply, weights) and not supply.above_ceiling and reach.grams >= supply.minimum_g:
            pledges.append(EnginePledge(REACH % reach.id, reach.grams))
            arcs.append(Arc(LOT % reach.lot, REACH % reach.id, reach_points(reach, supply, weights)))
    lots = tuple(
        EngineLot(LOT % one.id, one.left_g, one.minimum_g, f"s{one.facts.seller_id}")
        for one in gathered.supplies.values()
    )
    problem = Problem(lots, tuple(pledges), tuple(arcs), _fair_share(gathered, weights))
    return DayMatch(gathered, weights, fits, shares, problem)


def _parts(want: Want, weights: Weights, shares: dict[int, int]) -> list[tuple[str, int, int, bool]]:
    """What of a demand competes: its name, grams, points a kilogram, and whether it comes whole."""
    if weights.pro_rata and want.whole:
        firm = [(FIRM % want.id, want.firm_g, weights.rest, True)]
    else:
        share = shares.get(want.id, want.firm_g)
        firm = [
            (FIRM % want.id, share, weights.firm, want.whole),
            (REST % want.id, want.firm_g - share, weights.rest, False),
        ]
    return [part for part in (*firm, (STRETCH % want.id, want.stretch_g, weights.stretch, False)) if part[1]]


def _fair_share(gathered: Gathered, weights: Weights) -> FairShare:
    """The first part of what each seller offers on the day, less what is sold of it already."""
    if not weights.share_percent or not weights.share_bonus:
        return FairShare()
    sellers = {supply.facts.seller_id for supply in gathered.supplies.values()}
    grams = {
        f"s{seller}": gathered.offered[seller] * weights.share_percent // 100 - gathered.reserved[seller]
        for seller in sorted(sellers)
    }
    return FairShare(weights.share_bonus, {seller: much for seller, much in grams.items() if much > 0})


def digest_of(problem: Problem, policy: MatchPolicy) -> str:
    """Of the problem in one way of writing, and of the version of the policy."""
    text = json.dumps(problem.to_json(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{policy.kind} {policy.version}\n{text}".encode()).hexdigest()


def facts_of(match: DayMatch) -> dict[str, Any]:
    """What the explanations were written from, as JSON keeps it."""
    return {
        "weights": match.weights.to_json(),
        "lots": {
            LOT % one.id: {"seller": one.facts.seller_id, "left_g": one.left_g, "hours": one.hours}
            for one in match.gathered.supplies.values()
        },
        "demands": {
            FIRM % one.id: {
                "buyer": one.facts.buyer_id,
                "firm_g": one.firm_g,
                "stretch_g": one.stretch_g,
                "fits": match.fits.counts[one.id],
                **({"share_g": match.shares[one.id]} if one.id in match.shares else {}),
            }
            for one in match.gathered.wants
        },
    }
