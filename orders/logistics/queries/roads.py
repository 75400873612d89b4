"""How far and how long it is from place to place.

By default the great circle times a road factor at one speed. With ROUTING_URL an OSRM-compatible table service is asked, with a
time-out, and its answers are kept in the cache; where it gives none the default stands in, with a line in the log. What a person
corrected (`RoadDistance`, from township to township, one way) is put over both.
"""

import json
import logging
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache

from orders.logistics.planner.matrix import make_matrices
from orders.logistics.planner.model import Matrix

logger = logging.getLogger(__name__)

Point = tuple[float, float]
Way = tuple[int, int]  # metres, seconds
Corrections = Mapping[tuple[str, str], Way]

KEPT_S = 7 * 86_400
DOWN_S = 60  # so long nobody waits again for a service that did not answer
BLOCK = 50  # origins and destinations a request: such services take 100 places by default
MOST_BYTES = 10_000_000
MOST_M = MOST_S = 10**7


@dataclass(frozen=True)
class Site:
    """A place of the planner's matrix: where it is, in which place (12 digits, or empty), and how long its gate takes."""

    point: Point
    code: str = ""
    gate_s: int = 0


class NoAnswerError(Exception):
    """The service did not answer, or not with a table."""


def travel(sites: Sequence[Site], corrections: Corrections) -> tuple[Matrix, Matrix]:
    """Metres and seconds between all sites; the seconds contain the gate of the site they lead to. Asks no database."""
    gates = [site.gate_s for site in sites]
    distances, durations = make_matrices(
        [site.point for site in sites],
        speed_kmh=settings.ROAD_SPEED_KMH,
        road_factor=settings.ROAD_FACTOR,
        gate_s=gates,
    )
    table = _table([site.point for site in sites]) if settings.ROUTING_URL else {}
    if not table and not corrections:
        return distances, durations
    metres, seconds = [list(row) for row in distances], [list(row) for row in durations]
    for i, origin in enumerate(sites):
        for j, target in enumerate(sites):
            way = corrections.get((origin.code[:9], target.code[:9])) if i != j else None
            way = way or table.get((origin.point, target.point))
            if way is not None and i != j:
                metres[i][j], seconds[i][j] = way[0], way[1] + gates[j]
    return tuple(map(tuple, metres)), tuple(map(tuple, seconds))


def _table(points: Sequence[Point]) -> dict[tuple[Point, Point], Way]:
    """What the service says, from the cache where it is known; nothing where it does not answer."""
    wanted = list(dict.fromkeys(points))
    names = {point: f"{point[1]:.5f},{point[0]:.5f}" for point in wanted}
    rows: dict[str, dict[str, Way]] = cache.get_many([_key(names[point]) for point in wanted])
    known = {name: dict(rows.get(_key(name), {})) for name in names.values()}
    asked = [name for name in known if any(other not in known[name] for other in names.values() if other != name)]
    if asked and not _ask_for(asked, list(names.values()), known):
        return {}
    return {
        (a, b): (int(known[names[a]][names[b]][0]), int(known[names[a]][names[b]][1]))
        for a in wanted
        for b in wanted
        if names[b] in known[names[a]]
    }


def _ask_for(origins: list[str], targets: list[str], known: dict[str, dict[str, Way]]) -> bool:
    """Fill `known` and the cache; False where the service is down."""
    if cache.get(_key("down")):
        return False
    try:
        for rows in _blocks(origins):
            for columns in _blocks(targets):
                for origin, ways in zip(rows, ask_table(rows, columns), strict=True):
                    known[origin].update(zip(columns, ways, strict=True))
    except NoAnswerError as error:
        logger.warning("The routing service gave no table, great circles stand in: %s", error)
        cache.set(_key("down"), True, DOWN_S)
        return False
    cache.set_many({_key(origin): known[origin] for origin in origins}, KEPT_S)
    return True


def ask_table(origins: Sequence[str], targets: Sequence[str]) -> list[list[Way]]:
    """One request to the service; places are "lon,lat". Raises: NoAnswerError."""
    sources = ";".join(str(n) for n in range(len(origins)))
    ends = ";".join(str(len(origins) + n) for n in range(len(targets)))
    url = (
        f"{settings.ROUTING_URL.rstrip('/')}/table/v1/driving/{';'.join([*origins, *targets])}"
        f"?sources={sources}&destinations={ends}&annotations=duration,distance"
    )
    if not url.startswith(("http://", "https://")):
        raise NoAnswerError("ROUTING_URL is no web address")
    try:
        with urllib.request.urlopen(url, timeout=settings.ROUTING_SECONDS) as answer:  # noqa: S310 - http only, see above
            value = json.loads(answer.read(MOST_BYTES))
        return _read(value, len(origins), len(targets))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NoAnswerError(f"{type(error).__name__}: {error}") from error


def _read(value: Any, rows: int, columns: int) -> list[list[Way]]:
    """Whole metres and seconds of a table of that shape; a way that does not exist is no table. Raises: ValueError and the like."""
    if value.get("code") != "Ok" or len(value["durations"]) != rows or len(value["distances"]) != rows:
        raise ValueError(f"no table: {value.get('code')}")
    ways = []
    for metres, seconds in zip(value["distances"], value["durations"], strict=True):
        row = [(round(m), round(s)) for m, s in zip(metres, seconds, strict=True)]
        if len(row) != columns or any(not (0 <= m <= MOST_M and 0 <= s <= MOST_S) for m, s in row):
            raise ValueError("a table of another shape")
        ways.append(row)
    return ways


def _blocks(names: list[str]) -> list[list[str]]:
    return [names[at : at + BLOCK] for at in range(0, len(names), BLOCK)]


def _key(name: str) -> str:
    return f"road:{name}"
