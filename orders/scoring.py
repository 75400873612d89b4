"""Which lot may serve which demand on a day, and for how many points a kilogram. Pure: reads no row and no clock.

Hours are counted from five in the morning after the day, when the next harvest comes in: what is left then is hard to sell.
"""

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from orders.fitting import (
    DISTANCE,
    FRESHNESS,
    GRADE,
    OPEN_PRICE,
    OWN,
    PRICE,
    VARIETY,
    DemandFacts,
    LotFacts,
    road_km,
    why_unfit,
)
from orders.policies import Weights
from orders.solving.distances import Point

ARCS_A_WANT = 40
SOON_HOURS = 24
# A reason of our own beside those of `orders.fitting`.
CEILING = "ceiling"
# From what is far from fitting to what nearly fits: the last is what a person is told.
NEARNESS = {code: n for n, code in enumerate((OWN, VARIETY, GRADE, CEILING, OPEN_PRICE, PRICE, DISTANCE, FRESHNESS), 1)}


@dataclass(frozen=True, slots=True)
class Supply:
    """A lot with grams left. `hours` may be below zero."""

    id: int
    facts: LotFacts
    left_g: int
    minimum_g: int
    hours: int
    above_ceiling: bool = False

    @property
    def is_soon(self) -> bool:
        return self.hours <= SOON_HOURS


@dataclass(frozen=True, slots=True)
class Want:
    """What a demand still wants on the day: so much firm, so much more welcome."""

    id: int
    facts: DemandFacts
    firm_g: int
    stretch_g: int
    whole: bool
    care: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """The stretch of a pledge, which only its own lot can fill."""

    id: int
    lot: int
    buyer_id: int
    grams: int
    care: bool
    point: Point | None
    window_to: dt.time


@dataclass(frozen=True, slots=True)
class Fit:
    """A lot that may serve a want. `points` are those beside the base (firm, rest, stretch)."""

    points: int
    lot: int
    km: int | None
    rank: int = 0  # 0 is the nearest of all that fit


@dataclass
class Fits:
    """Of a day: what may serve each want (best first, at most forty), how many might, and the nearest miss of each side."""

    of_want: dict[int, list[Fit]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    want_miss: dict[int, str] = field(default_factory=dict)
    lot_miss: dict[int, str] = field(default_factory=dict)
    lots: set[int] = field(default_factory=set)  # those that fit any want


def find_fits(supplies: Sequence[Supply], wants: Sequence[Want], weights: Weights) -> Fits:
    """Every lot held against every want of its produce."""
    by_produce: dict[int, list[Supply]] = defaultdict(list)
    for supply in supplies:
        by_produce[supply.facts.produce_id].append(supply)
    found, measure = Fits(), cache(_whole_km)
    for want in wants:
        fits, misses = [], set()
        for supply in by_produce[want.facts.produce_id]:
            miss = CEILING if supply.above_ceiling else why_unfit(supply.facts, want.facts)
            if miss is not None:
                misses.add(miss)
                found.lot_miss[supply.id] = nearest_miss({miss, found.lot_miss.get(supply.id, "")})
                continue
            found.lots.add(supply.id)
            km = measure(supply.facts.point, want.facts.point)
            fits.append(Fit(_points(supply, want, km, weights), supply.id, km))
        found.counts[want.id] = len(fits)
        found.of_want[want.id] = _best(fits)
        if not fits:
            found.want_miss[want.id] = nearest_miss(misses)
    return found


def nearest_miss(codes: Iterable[str]) -> str:
    """The reason that is nearest to fitting; empty where there is none."""
    return max(codes, key=lambda code: NEARNESS.get(code, 0), default="")


def _best(fits: list[Fit]) -> list[Fit]:
    order = sorted(fits, key=lambda fit: (fit.km is None, fit.km, fit.lot))
    ranks = {fit.lot: n for n, fit in enumerate(order)}
    best = heapq.nsmallest(ARCS_A_WANT, fits, key=lambda fit: (-fit.points, fit.lot))
    return [Fit(fit.points, fit.lot, fit.km, ranks[fit.lot]) for fit in best]


def _whole_km(a: Point | None, b: Point | None) -> int | None:
    km = road_km(a, b)
    return None if km is None else round(km)


def _points(supply: Supply, want: Want, km: int | None, weights: Weights) -> int:
    points = urgency_points(supply.hours, weights) + near_points(km, weights) + want.care * weights.care
    limit, price = want.facts.per_kg_at_most, supply.facts.per_kg
    if limit and price is not None:
        points += int(weights.price * (limit - price) // limit)
    return points


def urgency_points(hours: int, weights: Weights) -> int:
    """All of them for what is already at its end, none for what keeps `urgent_hours` or longer."""
    ahead = min(max(hours, 0), weights.urgent_hours)
    return weights.urgency * (weights.urgent_hours - ahead) // weights.urgent_hours


def near_points(km: int | None, weights: Weights) -> int:
    return 0 if km is None else weights.near * max(weights.near_km - km, 0) // weights.near_km


def reach_points(reach: Reach, supply: Supply, weights: Weights) -> int:
    km = _whole_km(supply.facts.point, reach.point)
    points = urgency_points(supply.hours, weights) + near_points(km, weights) + reach.care * weights.care
    return weights.stretch + points


def spares(supply: Supply, weights: Weights) -> bool:
    """Stretch saves what would spoil; goods that keep are not pressed on anybody."""
    return supply.hours < weights.urgent_hours


def pro_rata_shares(supplies: Mapping[int, Supply], wants: Sequence[Want], fits: Fits) -> dict[int, int]:
    """The grams of its firm quantity that each want is sure to compete for, where a produce is scarce; others are not named.

    A want counts with no more than there is for it: asking for a thousand times as much gets nobody the whole.
    Whole grams by largest remainder, equal remainders by number; what comes whole or not at all is not cut up.
    """
    sides: dict[int, tuple[set[int], list[Want]]] = defaultdict(lambda: (set(), []))
    for want in wants:
        lots, sharing = sides[want.facts.produce_id]
        if fits.of_want[want.id] and not want.whole and want.firm_g:
            lots.update(fit.lot for fit in fits.of_want[want.id])
            sharing.append(want)
    shares: dict[int, int] = {}
    for lots, sharing in sides.values():
        there = sum(supplies[lot].left_g for lot in lots)
        if there < sum(want.firm_g for want in sharing):
            shares |= split(there, {want.id: min(want.firm_g, _there_for(want, supplies, fits)) for want in sharing})
    return shares


def _there_for(want: Want, supplies: Mapping[int, Supply], fits: Fits) -> int:
    return sum(supplies[lot].left_g for lot in {fit.lot for fit in fits.of_want[want.id]})


def split(grams: int, wanted: Mapping[int, int]) -> dict[int, int]:
    """`grams` in the proportion of `wanted`, whole and adding up exactly. No part exceeds what was wanted."""
    total = sum(wanted.values())
    if total <= grams:
        return dict(wanted)
    parts = {one: grams * much // total for one, much in wanted.items()}
    left = grams - sum(parts.values())
    for one in sorted(wanted, key=lambda one: (-(grams * wanted[one] % total), one))[:left]:
        parts[one] += 1
    return parts


def hours_between(start: dt.datetime, end: dt.datetime) -> int:
    """Whole hours, rounded down: never promise one that is not there."""
    return (end - start) // dt.timedelta(hours=1)
