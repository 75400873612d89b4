"""Which of its passes a truck with several is planned with: each may lead from another county to another. No statement."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from orders.logistics.queries.conditions import allows, way_of
from orders.logistics.queries.fleet import Fleet
from orders.logistics.queries.journeys import Candidate, Part

Way = tuple[str, str]


def with_passes_for(fleet: Fleet, parts: Sequence[Part], riding: Mapping[int, Collection[Part]] | None = None) -> Fleet:
    """Each truck with the pass that serves the most grams that no truck before it was counted for.

    What rides on a truck already (`riding`, by truck) comes first. Trucks without a choice are counted before the others; where
    two passes serve the same, the truck keeps the one with the most time.
    """
    if not fleet.pass_needed or not any(one.others for one in fleet.candidates):
        return fleet
    left = _grams_by_way(parts)
    chosen: dict[int, Candidate] = {}
    for one in sorted(fleet.candidates, key=lambda one: bool(one.others)):
        own = _grams_by_way((riding or {}).get(one.truck.pk, ()))
        best = max(_options(one), key=lambda option: (_served(option, own), _more(option, left)))
        _count(best, own, left)
        chosen[one.truck.pk] = best
    return replace(fleet, candidates=[chosen[one.truck.pk] for one in fleet.candidates])


def options_for(candidate: Candidate, parts: Iterable[Part], *, pass_needed: bool) -> list[Candidate]:
    """The truck with each pass that allows the most of these goods: all of them, where one does. The one with the most time first."""
    options = _options(candidate)
    if not pass_needed or len(options) == 1:
        return options[:1]
    wanted = _grams_by_way(parts)
    most = max(_served(option, wanted) for option in options)
    return [option for option in options if _served(option, wanted) == most]


def _options(candidate: Candidate) -> list[Candidate]:
    return [candidate, *candidate.others]


def _grams_by_way(parts: Iterable[Part]) -> Counter[Way]:
    """Without what changes truck: there the halts say whether a pass will do."""
    grams: Counter[Way] = Counter()
    for part in parts:
        way = way_of(part)
        if way is not None:
            grams[way] += part.grams
    return grams


def _served(candidate: Candidate, grams: Mapping[Way, int]) -> int:
    return sum(mass for way, mass in grams.items() if allows(candidate.green_pass, way))


def _more(candidate: Candidate, left: Mapping[Way, int]) -> int:
    return min(_served(candidate, left), candidate.truck.rated_g)


def _count(candidate: Candidate, own: Mapping[Way, int], left: Counter[Way]) -> None:
    """What the truck has on it is not left for others, and as much besides as it can take at once."""
    room = candidate.truck.rated_g
    for ways in (own, left):
        for way, mass in sorted(ways.items(), key=lambda item: (-item[1], item[0])):
            if allows(candidate.green_pass, way):
                taken = min(mass, left[way], mass if ways is own else room)
                left[way] -= taken
                room = max(room - taken, 0)
