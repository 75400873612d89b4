"""What follows elsewhere when a pledge shrinks. `orders` does not know how things move: who carries goods says so here.

`orders.logistics` registers itself when the apps are ready; without it nothing follows.
"""

from typing import Protocol

from market.models import User
from orders.models import Pledge


class Carrier(Protocol):
    def take_off(self, pledge: Pledge, *, keep_g: int, why: str, by: User | None) -> None:
        """At most `keep_g` grams of the pledge stay planned on trucks; called with the pledge locked, inside the action.

        Refuses with `AlreadyLoading` where a truck has begun to load it.
        """


_carriers: list[Carrier] = []


def register(carrier: Carrier) -> None:
    if carrier not in _carriers:
        _carriers.append(carrier)


def take_off(pledge: Pledge, *, keep_g: int, why: str, by: User | None) -> None:
    """`pledge` says afterwards whether it still is planned. Raises: AlreadyLoading."""
    for carrier in _carriers:
        carrier.take_off(pledge, keep_g=keep_g, why=why, by=by)
    pledge.refresh_from_db(fields=["state"])
