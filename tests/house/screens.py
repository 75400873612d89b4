"""Every address of the site and who may open it. `test_cast_walk.py` walks it with the whole cast.

A screen that is not in this table fails the walk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

EVERYBODY = frozenset({"*"})


@dataclass(frozen=True)
class Screen:
    """`who` gets 200 on GET; everybody else of the cast gets `others`; the anonymous reader gets `anonymous`.

    `args` is a function of the `World` of the walk that returns the URL arguments. `method` "post" screens are asked by GET
    and must answer 405 to everybody who may use them; their effects are tested beside their actions.
    """

    name: str
    who: frozenset[str]
    args: Callable[[Any], tuple] = lambda _world: ()
    others: int = 404
    anonymous: int = 302
    method: str = "get"


SELLERS = frozenset({"farmer", "rival_farmer", "cooperative_manager", "helper"})
OF_THE_HOUSEHOLD = frozenset({"farmer", "helper"})

SELLING = [
    Screen("market:sell", EVERYBODY),
    Screen("market:sell_new", SELLERS, others=302),
    Screen("market:upload_photo", EVERYBODY, method="post"),
    Screen("market:sell_produce", EVERYBODY),
    Screen("market:sell_villages", EVERYBODY),
    Screen("market:sell_reading", EVERYBODY),
    Screen("market:listing", OF_THE_HOUSEHOLD, lambda world: (world.listing.pk,)),
    Screen("market:edit_listing", OF_THE_HOUSEHOLD, lambda world: (world.listing.pk,)),
    Screen("market:withdraw_listing", OF_THE_HOUSEHOLD, lambda world: (world.listing.pk,)),
]

SCREENS: list[Screen] = [*SELLING]
