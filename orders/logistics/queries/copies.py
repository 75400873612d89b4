"""Whether a code was at two checkpoints sooner than a truck can be: it was copied."""

import datetime as dt

from orders.logistics.enums import AlarmKind
from orders.logistics.models import Checkpoint, CheckpointAlarm, CheckpointVisit
from orders.solving.distances import Point, great_circle_m

FASTEST_KMH = 80  # straight over the ground: no road is shorter
SOON = dt.timedelta(minutes=10)  # at two checkpoints of which one has no known point
LONGEST = dt.timedelta(hours=6)  # nobody here is further than that from anybody
REMEMBERED = dt.timedelta(hours=24)
MOST_TOKENS = 200
# A text that does not carry our signature says nothing about the truck whose token it names; a specimen is meant to be shown.
NO_SIGHTING = frozenset({"bad_signature", "unreadable", "bad_key", "specimen"})


def other_sighting(visit: CheckpointVisit) -> CheckpointVisit | None:
    """The sighting of the same code that no truck could have made besides this one: nearest in time. One statement."""
    if not visit.token or NO_SIGHTING & set(visit.reasons):
        return None
    rows = (
        CheckpointVisit.objects.filter(
            token=visit.token, seen_at__gte=visit.seen_at - LONGEST, seen_at__lte=visit.seen_at + LONGEST
        )
        .exclude(checkpoint=visit.checkpoint_id)
        .select_related("checkpoint__place")
        .order_by("seen_at")
    )
    here = visit.checkpoint
    impossible = [
        row
        for row in rows
        if not NO_SIGHTING & set(row.reasons)
        and abs(row.seen_at - visit.seen_at) < needed_between(here, row.checkpoint)
    ]
    return min(impossible, key=lambda row: abs(row.seen_at - visit.seen_at), default=None)


def needed_between(one: Checkpoint, other: Checkpoint) -> dt.timedelta:
    """The least time a truck needs from one checkpoint to the other."""
    a, b = _point(one), _point(other)
    if a is None or b is None:
        return SOON
    return dt.timedelta(hours=great_circle_m(a, b) / 1000 / FASTEST_KMH)


def _point(checkpoint: Checkpoint) -> Point | None:
    """Its own; a place is too large to time a truck by."""
    return (checkpoint.lat, checkpoint.lon) if checkpoint.lat is not None and checkpoint.lon is not None else None


def copied_tokens(now: dt.datetime) -> list[str]:
    """Codes that were copied and that nobody has cleared since: every device holds them. One statement."""
    rows = CheckpointAlarm.objects.filter(
        kind=AlarmKind.COPIED, handled_at=None, visit__received_at__gte=now - REMEMBERED
    )
    return sorted(set(rows.order_by("-pk").values_list("visit__token", flat=True)[:MOST_TOKENS]))
