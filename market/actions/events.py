"""Writing one line of history."""

from django.db import models

from market.models import Event, Organisation, User
from market.models.events import subject_of
from market.prepared import insert


def record(
    thing: models.Model,
    verb: str,
    *,
    by: User | None,
    on_behalf_of: Organisation | None = None,
    from_state: str = "",
    to_state: str = "",
    grams: int | None = None,
    reason: str = "",
) -> Event:
    """Append what happened to `thing`. `by` None means the clock. Call inside the action's transaction."""
    event = Event(
        subject=subject_of(thing),
        subject_id=thing.pk,
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        grams=grams,
        reason=reason[:300],
        by=by,
        on_behalf_of=on_behalf_of,
    )
    insert(event)
    return event
