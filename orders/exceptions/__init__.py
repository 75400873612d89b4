"""Refusals of `orders`. Each says what would cure it; nothing has been written."""

from .pledges import *  # noqa: F403 - one name for all refusals: `orders.exceptions`
