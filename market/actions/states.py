"""The one mover: sets a state only where the table allows it."""

from collections.abc import Mapping
from typing import Any

from market.exceptions import WrongState


def move(thing: Any, field: str, to: Any, moves: Mapping[Any, set]) -> str:
    """Set `thing.field` to `to` if the table allows it, and return the old state. Does not save. Raises: WrongState."""
    old = getattr(thing, field)
    if to not in moves.get(old, set()):
        raise WrongState(state=getattr(thing, f"get_{field}_display")())
    setattr(thing, field, to)
    return old
