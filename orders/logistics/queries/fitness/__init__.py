"""Whether a trip may run. The one place that says so; planning, clearing, departing and checkpoints all ask here."""

from orders.logistics.queries.fitness.health import HEALTH_DAYS, negative_until, recent_checks, with_recent_checks
from orders.logistics.queries.fitness.judging import (
    Fitness,
    Grounds,
    base_closed,
    fitness_of,
    grounds_for,
    rules_for,
    why_not,
)
from orders.logistics.queries.fitness.places import Call, calls_of, halted_at
from orders.logistics.queries.fitness.reasons import (
    CURES,
    HEALTH_CODES,
    HIDDEN,
    SENTENCES,
    Reason,
    masked,
    masked_codes,
    sayings_of,
)
from orders.logistics.queries.fitness.trips import (
    best_pass,
    fitness_of_trip,
    may_be_overridden,
    overdue,
    ridden_stops,
    uncovered,
)

__all__ = [
    "CURES",
    "HEALTH_CODES",
    "HEALTH_DAYS",
    "HIDDEN",
    "SENTENCES",
    "Call",
    "Fitness",
    "Grounds",
    "Reason",
    "base_closed",
    "best_pass",
    "calls_of",
    "fitness_of",
    "fitness_of_trip",
    "grounds_for",
    "halted_at",
    "masked",
    "masked_codes",
    "may_be_overridden",
    "negative_until",
    "overdue",
    "recent_checks",
    "ridden_stops",
    "rules_for",
    "sayings_of",
    "uncovered",
    "why_not",
    "with_recent_checks",
]
