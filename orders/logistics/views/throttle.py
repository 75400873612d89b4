"""How often a phone may send what it kept."""

from django.core.cache import cache

from market.models import User

MOST_A_MINUTE = 60


def too_often(user: User, what: str) -> bool:
    """Counted a minute, from the first of them; of each thing that is sent by itself."""
    name = f"{what}-{user.pk}"
    if cache.add(name, 1, 60):
        return False
    try:
        return cache.incr(name) > MOST_A_MINUTE
    except ValueError:  # it lapsed in between
        return False
