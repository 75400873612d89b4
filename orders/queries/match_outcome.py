"""What a matching comes to: lines of who gets what of which lot, what is left and why, and the figures. Pure.

The `why` of each line and remainder holds the facts of its sentences; `orders.queries.explanations` words them.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from market.days import moment
from orders.matching import Result
from orders.queries.match_problem import REACH, DayMatch
from orders.scoring import Fit, Supply, Want, hours_between, reach_points, spares

# Why something is left, beside the reasons why a lot does not fit (`orders.fitting`).
NO_LOT, NO_DEMAND, TAKEN, ENOUGH, MINIMUM, WHOLE = "no_lot", "no_demand", "taken", "enough", "minimum", "whole"


@dataclass
class Line:
    """Grams of a lot for a demand, or for the stretch of a pledge."""

    lot: int
    buyer: int
    demand: int | None
    pledge: int | None
    firm_g: int
    stretch_g: int
    why: dict[str, Any] = field(default_factory=dict)

    @property
    def grams(self) -> int:
        return self.firm_g + self.stretch_g


@dataclass(frozen=True)
class Remainder:
    """Grams of a demand or of a lot that came to nothing."""

    organisation: int
    demand: int | None
    lot: int | None
    grams: int
    of_g: int
    code: str
    is_soon: bool
    why: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    lines: list[Line]
    remainders: list[Remainder]
    summary: dict[str, Any]


def outcome_of(match: DayMatch, result: Result) -> Outcome:
    lines = _lines(match, result)
    lines += _more_reaches(match, lines)
    _explain(match, lines)
    remainders = [*_unmet(match, lines), *_unsold(match, lines)]
    return Outcome(lines, remainders, {**_figures(match, lines), **_engine(result)})


def _lines(match: DayMatch, result: Result) -> list[Line]:
    """Each lot with each demand once: the firm part is filled first, best lot first. A whole demand not met takes no stretch."""
    of_demand: dict[int, Counter[int]] = defaultdict(Counter)
    of_pledge: dict[int, int] = {}
    firm: Counter[int] = Counter()
    lines: list[Line] = []
    for lot, name, grams in result.allocations:
        number = int(name[1:].rstrip("~+"))
        if name.startswith("p"):
            of_pledge[number] = grams
            continue
        of_demand[number][int(lot[1:])] += grams
        firm[number] += 0 if name.endswith("+") else grams
    for want in match.gathered.wants:
        if want.id in of_demand and not (want.whole and firm[want.id] < want.firm_g):
            lines += _of_want(want, of_demand[want.id], match.fits.of_want[want.id])
    for reach in match.gathered.reaches:
        if reach.id in of_pledge:
            lines.append(Line(reach.lot, reach.buyer_id, None, reach.id, 0, of_pledge[reach.id]))
    return lines


def _of_want(want: Want, given: Counter[int], fits: list[Fit]) -> Iterator[Line]:
    firm_left = want.firm_g
    for fit in fits:
        if grams := given[fit.lot]:
            firm = min(grams, firm_left)
            firm_left -= firm
            yield Line(fit.lot, want.facts.buyer_id, want.id, None, firm, grams - firm)


def _more_reaches(match: DayMatch, lines: list[Line]) -> list[Line]:
    """What is left of a spoiling lot goes to the stretches that its minimum kept out of the problem: no minimum binds a pledge
    that is there already."""
    left = _left(match, lines)
    served = {line.pledge for line in lines}
    asked = {pledge.id for pledge in match.problem.pledges}
    supplies, weights = match.gathered.supplies, match.weights
    rest = [
        reach
        for reach in match.gathered.reaches
        if reach.id not in served
        and REACH % reach.id not in asked
        and spares(supplies[reach.lot], weights)
        and not supplies[reach.lot].above_ceiling
    ]
    more = []
    for reach in sorted(rest, key=lambda one: (-reach_points(one, supplies[one.lot], weights), one.id)):
        grams = min(reach.grams, left[reach.lot])
        if grams:
            left[reach.lot] -= grams
            more.append(Line(reach.lot, reach.buyer_id, None, reach.id, 0, grams))
    return more


def _left(match: DayMatch, lines: list[Line]) -> dict[int, int]:
    left = {one.id: one.left_g for one in match.gathered.supplies.values()}
    for line in lines:
        left[line.lot] -= line.grams
    return left


def _got(lines: list[Line]) -> Counter[int]:
    """The firm grams that each demand gets."""
    got: Counter[int] = Counter()
    for line in lines:
        if line.demand is not None:
            got[line.demand] += line.firm_g
    return got


def _explain(match: DayMatch, lines: list[Line]) -> None:
    """The facts of each line's sentences."""
    wants = {want.id: want for want in match.gathered.wants}
    reaches = {reach.id: reach for reach in match.gathered.reaches}
    fits = {(want, fit.lot): fit for want, some in match.fits.of_want.items() for fit in some}
    of_want: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        supply = match.gathered.supplies[line.lot]
        if line.demand is None:
            reach = reaches[line.pledge or 0]
            line.why = {"hours": _hours_after(supply, reach.window_to), "care": _care(match, reach.care)}
            continue
        want, fit = wants[line.demand], fits[line.demand, line.lot]
        of_want[want.id].append(line)
        line.why = {
            "km": fit.km,
            "rank": fit.rank,
            "hours": _hours_after(supply, want.facts.window_to),
            "care": _care(match, want.care),
        }
    for number, mine in of_want.items():
        _explain_want(match, wants[number], mine)
    _explain_shares(match, lines)


def _explain_want(match: DayMatch, want: Want, mine: list[Line]) -> None:
    sellers = {match.gathered.supplies[line.lot].facts.seller_id for line in mine}
    about = {
        "want_g": want.firm_g,
        "got_g": sum(line.firm_g for line in mine),
        "more_g": sum(line.stretch_g for line in mine),
        "pro_rata": want.id in match.shares,
        "sellers": len(sellers),
        "nearest": max(line.why["rank"] for line in mine) < len(mine) and mine[0].why["km"] is not None,
    }
    for line in mine:
        line.why.update(about)


def _explain_shares(match: DayMatch, lines: list[Line]) -> None:
    """Which lines begin within the first share of their seller, best line first."""
    left = {int(name[1:]): grams for name, grams in match.problem.fair_share.grams.items()}
    points = {(want, fit.lot): fit.points for want, some in match.fits.of_want.items() for fit in some}
    for line in sorted(lines, key=lambda one: (-points.get((one.demand or 0, one.lot), 0), one.lot, one.demand or 0)):
        seller = match.gathered.supplies[line.lot].facts.seller_id
        line.why["share"] = left.get(seller, 0) > 0
        left[seller] = left.get(seller, 0) - line.grams


def _care(match: DayMatch, is_care: bool) -> bool:
    return is_care and match.weights.care > 0


def _hours_after(supply: Supply, window_to: dt.time) -> int:
    """How long the goods are good after the window in which they are delivered."""
    return hours_between(moment(supply.facts.day, window_to), supply.facts.best_before)


def _unmet(match: DayMatch, lines: list[Line]) -> Iterator[Remainder]:
    got, left = _got(lines), _left(match, lines)
    for want in match.gathered.wants:
        missing = want.firm_g - got[want.id]
        if missing:
            code = _why_unmet(match, want, left)
            why = {"got_g": got[want.id], "fits": match.fits.counts[want.id]}
            yield Remainder(want.facts.buyer_id, want.id, None, missing, want.firm_g, code, False, why)


def _why_unmet(match: DayMatch, want: Want, left: dict[int, int]) -> str:
    fits = match.fits.of_want[want.id]
    if not fits:
        return match.fits.want_miss.get(want.id) or NO_LOT
    if want.whole:
        return WHOLE
    return MINIMUM if any(left[fit.lot] for fit in fits) else TAKEN


def _unsold(match: DayMatch, lines: list[Line]) -> Iterator[Remainder]:
    unmet = _hungry_lots(match, lines)
    for number, grams in _left(match, lines).items():
        if not grams:
            continue
        supply = match.gathered.supplies[number]
        if number not in match.fits.lots:
            code = match.fits.lot_miss.get(number) or NO_DEMAND
        else:
            code = MINIMUM if number in unmet else ENOUGH
        why = {"sold_g": supply.left_g - grams, "hours": supply.hours}
        yield Remainder(supply.facts.seller_id, None, number, grams, supply.left_g, code, supply.is_soon, why)


def _hungry_lots(match: DayMatch, lines: list[Line]) -> set[int]:
    """The lots that fit a demand which is not met in full."""
    got = _got(lines)
    hungry = (want for want in match.gathered.wants if got[want.id] < want.firm_g)
    return {fit.lot for want in hungry for fit in match.fits.of_want[want.id]}


def _figures(match: DayMatch, lines: list[Line]) -> dict[str, Any]:
    supplies, left = match.gathered.supplies, _left(match, lines)
    soon = {number for number, one in supplies.items() if one.is_soon}
    sold: Counter[int] = Counter()
    for line in lines:
        sold[line.lot] += line.grams
    got = _got(lines)
    firm = [want for want in match.gathered.wants if want.firm_g]
    met = sum(1 for want in firm if got[want.id] == want.firm_g)
    partly = sum(1 for want in firm if 0 < got[want.id] < want.firm_g)
    return {
        "matched_g": sum(sold.values()),
        "stretch_g": sum(line.stretch_g for line in lines),
        "saved_g": sum(sold[number] for number in soon),
        "spoiling_g": sum(left[number] for number in soon),
        "left_g": sum(left.values()),
        "wanted_g": sum(want.firm_g for want in firm),
        "met": met,
        "partly": partly,
        "unmet": len(firm) - met - partly,
        "lines": len(lines),
        "sellers": len({supplies[line.lot].facts.seller_id for line in lines}),
        "buyers": len({line.buyer for line in lines}),
        "by_produce": _by_produce(match, sold, left),
    }


def _by_produce(match: DayMatch, sold: Counter[int], left: dict[int, int]) -> list[dict[str, int]]:
    """The largest first. What demands want beside what lots have."""
    rows: dict[int, dict[str, int]] = {}
    for number, one in match.gathered.supplies.items():
        row = rows.setdefault(one.facts.produce_id, Counter())
        row["sold_g"] += sold[number]
        row["left_g"] += left[number]
        row["spoiling_g"] += left[number] if one.is_soon else 0
    for want in match.gathered.wants:
        rows.setdefault(want.facts.produce_id, Counter())["wanted_g"] += want.firm_g
    names = ("sold_g", "left_g", "spoiling_g", "wanted_g")
    found = [{"produce": produce, **{name: row[name] for name in names}} for produce, row in rows.items()]
    return sorted(found, key=lambda row: (-row["sold_g"], -row["wanted_g"], row["produce"]))


def _engine(result: Result) -> dict[str, Any]:
    return {
        "engine": result.method,
        "score": result.score,
        "bound": result.bound,
        "gap": round(result.gap, 6),
        "cpu_s": result.cpu_s,
        "is_fallback": bool(result.note),
    }
