"""Which of its passes a truck with several is planned with: each may lead from another county to another. No statement."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from orders.logistics.planner.model import Route, Window
from orders.logistics.queries.conditions import allows, way_of
from orders.logistics.queries.fleet import Fleet
from orders.logistics.queries.journeys import (
    Candidate,
    Journey,
    Part,
    delivery_window,
    make_journey,
    make_problem,
    seconds_of,
)

Need = tuple[tuple[str, str], dt.date, Window]  # from which county to which, and when it must be there


def with_passes_for(fleet: Fleet, parts: Sequence[Part], riding: Mapping[int, Collection[Part]] | None = None) -> Fleet:
    """Each truck with the pass that serves the most grams that no truck before it was counted for.

    What rides on a truck already (`riding`, by truck) comes first. Trucks without a choice are counted before the others; where
    two passes serve the same, the truck keeps the one with the most time.
    """
    if not fleet.pass_needed or not any(one.others for one in fleet.candidates):
        return fleet
    left = _grams_by_need(parts)
    chosen: dict[int, Candidate] = {}
    for one in sorted(fleet.candidates, key=lambda one: bool(one.others)):
        own = _grams_by_need((riding or {}).get(one.truck.pk, ()))
        best = max(_options(one), key=lambda option: (_served(option, own), _more(option, left)))
        _count(best, own, left)
        chosen[one.truck.pk] = best
    return replace(fleet, candidates=[chosen[one.truck.pk] for one in fleet.candidates])


def options_for(candidate: Candidate, parts: Iterable[Part], *, pass_needed: bool) -> list[Candidate]:
    """The truck with each pass that allows the most of these goods: all of them, where one does. The one with the most time first."""
    options = _options(candidate)
    if not pass_needed or len(options) == 1:
        return options[:1]
    wanted = _grams_by_need(parts)
    most = max(_served(option, wanted) for option in options)
    return [option for option in options if _served(option, wanted) == most]


def first_that_fits(
    candidate: Candidate, parts: Mapping[str, Part], route: Route, day: dt.date, *, pass_needed: bool
) -> tuple[Candidate, Journey] | None:
    """The truck with the first of its passes under which the route breaks nothing, and its journey; None where none does."""
    for option in options_for(candidate, parts.values(), pass_needed=pass_needed):
        problem = make_problem(list(parts.values()), [option], day, pass_needed=pass_needed)
        journey = make_journey(problem, route, dict(parts), day)
        if not journey.violations:
            return option, journey
    return None


def _options(candidate: Candidate) -> list[Candidate]:
    return [candidate, *candidate.others]


def _grams_by_need(parts: Iterable[Part]) -> Counter[Need]:
    """Without what changes truck: there the halts say whether a pass will do."""
    grams: Counter[Need] = Counter()
    for part in parts:
        way, day = way_of(part), part.allocation.pledge.day
        window = delivery_window(part.allocation, day)
        if way is not None and window is not None:
            grams[way, day, window] += part.grams
    return grams


def _served(candidate: Candidate, grams: Mapping[Need, int]) -> int:
    return sum(mass for need, mass in grams.items() if _serves(candidate, need))


def _serves(candidate: Candidate, need: Need) -> bool:
    way, day, (opens, closes) = need
    from_s, until_s = seconds_of(candidate.starts_at, day), seconds_of(candidate.ends_at, day)
    return allows(candidate.green_pass, way) and from_s <= closes and opens <= until_s


def _more(candidate: Candidate, left: Mapping[Need, int]) -> int:
    return min(_served(candidate, left), candidate.truck.rated_g)


def _count(candidate: Candidate, own: Mapping[Need, int], left: Counter[Need]) -> None:
    """What the truck has on it is not left for others, and as much besides as it can take at once."""
    room = candidate.truck.rated_g
    for grams in (own, left):
        for need, mass in sorted(grams.items(), key=lambda item: (-item[1], item[0])):
            if _serves(candidate, need):
                taken = min(mass, left[need], mass if grams is own else room)
                left[need] -= taken
                room = max(room - taken, 0)
