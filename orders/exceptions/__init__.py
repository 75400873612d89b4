"""Refusals of `orders`. Each says what would cure it; nothing has been written."""

from .demands import *  # noqa: F403
from .matching import *  # noqa: F403
from .offers import *  # noqa: F403
from .pledges import *  # noqa: F403 - one name for all refusals: `orders.exceptions`
from .relays import *  # noqa: F403
from .spans import *  # noqa: F403
from .standing import *  # noqa: F403
