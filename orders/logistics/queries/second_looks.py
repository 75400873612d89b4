"""What the server says of a code that a checkpoint saw, for that moment and that place, beside what the phone said.

The phone knew its bundle; the server knows what came after: a test that ran out, an area closed since, a code withdrawn.
"""

from dataclasses import dataclass
from typing import Any

from orders.logistics.chains import Scan
from orders.logistics.codes.verdicts import CHECK, PASS, VERDICTS, rule
from orders.logistics.enums import CodeKind, CodeState
from orders.logistics.models import Checkpoint, PassCode, Trip
from orders.logistics.queries.fitness import (
    Call,
    Reason,
    fitness_of_trip,
    grounds_for,
    halted_at,
    masked_codes,
    overdue,
    ridden_stops,
    sayings_of,
    uncovered,
)
from orders.logistics.queries.manifests import crew_hash
from orders.logistics.queries.sightings import UNSIGNED

LETS_PASS = frozenset({PASS, CHECK})
# The pass and its hours are the code's: what became of them has withdrawn it, and when.
OF_THE_CODE = ("pass_",)


@dataclass(frozen=True)
class SecondLook:
    """Of the table of verdicts. `why` are codes of what stands against the trip, health facts under one. Empty: nothing to say."""

    verdict: str = ""
    reasons: tuple[str, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def kept(self) -> list[str]:
        """As a visit keeps them, in one list."""
        return [*self.reasons, *self.why]


def second_look(scan: Scan, code: PassCode | None, checkpoint: Checkpoint) -> SecondLook:
    """Nothing where the phone could not say that the signature is ours, or the code is of no trip. Seven statements."""
    if UNSIGNED & set(scan.reasons) or not scan.token:
        return SecondLook()
    if code is None:
        return SecondLook(VERDICTS["never_issued"], ("never_issued",))
    if code.trip is None:
        return SecondLook()
    against = _against(scan, code, code.trip, checkpoint)
    found = {"area_closed" if one.code == "area_closed" else "unfit" for one in against}
    ruling = rule([*_life(scan, code), *found])
    why = tuple(masked_codes(one for one in against if one.code != "area_closed"))
    return SecondLook(ruling.verdict, ruling.reasons, why)


def overruled(phone: str, server: str) -> bool:
    """The phone let pass what the server would not."""
    return phone in LETS_PASS and bool(server) and server not in LETS_PASS


def said_by_server(kept: list[str]) -> dict[str, Any]:
    """The reasons of the table, and in words what stands against the trip; no statement."""
    reasons = [code for code in kept if code in VERDICTS]
    return {"reasons": reasons, "why": sayings_of(code for code in kept if code not in VERDICTS)}


def _life(scan: Scan, code: PassCode) -> list[str]:
    """What was known of the code itself by then."""
    if code.state == CodeState.WITHDRAWN and code.ended_at is not None and code.ended_at <= scan.moment:
        return [code.end]
    if scan.moment >= code.expires_at:
        return ["expired"]
    return ["not_yet"] if scan.moment < code.not_before else []


def _against(scan: Scan, code: PassCode, trip: Trip, checkpoint: Checkpoint) -> list[Reason]:
    """Of the trip from then on, and of the place. A crew that changed since is no longer the one that was seen."""
    at = scan.moment
    ends_at = max(trip.ends_at, at)
    grounds = grounds_for(at, ends_at)
    place = checkpoint.place
    here = Call(place.pk, place.full_name_zh, checkpoint.lat, checkpoint.lon, "", at, at)
    reasons = halted_at(here, grounds.areas, grounds.bans, trip.truck)
    is_same_crew = code.crew_hash == crew_hash(code.token, trip.driver)
    if code.kind == CodeKind.EMPTY_RETURN or not is_same_crew:
        return reasons
    late, stops = overdue(trip, at), ridden_stops(trip)
    fitness = fitness_of_trip(trip, stops, grounds, green_pass=code.green_pass, at=at, late=late)
    reasons += [one for one in fitness.reasons if not one.code.startswith(OF_THE_CODE)]
    return uncovered(dict.fromkeys(reasons), trip.overrides.all(), ends_at)
