"""Pushing lots that will spoil: telling those who may want them, once for each lot and buyer."""

from collections import Counter

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell_all
from market.models import Lot, Notice, User
from market.permissions import require
from orders.permissions import can_match
from orders.queries.spoiling import HOURS, PUSHED, may_want, spoiling_lots

MOST_LOTS = 500  # in one push; the soonest come first, the rest the next time
MOST_A_BUYER = 10  # notices in one push: nobody reads a hundred
CHUNK = 50


def push_spoiling(*, by: User | None, hours: int = HOURS) -> int:
    """Buyers who may want a lot that spoils within `hours` have a notice of it. Returns how many notices are new.

    `by` None is the clock. Chunks of lots, each a transaction of its own. A repeat tells only whom nobody told yet.
    Raises: NotAllowed.
    """
    require(by is None or can_match(by))
    lots = list(spoiling_lots(hours)[:MOST_LOTS])
    wanting = may_want(lots)
    told = _told({pk for buyers in wanting.values() for pk in buyers}, [_key(lot.pk) for lot in lots])
    busy: Counter[int] = Counter()
    new: list[tuple[Lot, list[int]]] = []
    for lot in lots:
        mine = [pk for pk in sorted(wanting[lot.pk]) if (pk, _key(lot.pk)) not in told and busy[pk] < MOST_A_BUYER]
        busy.update(mine)
        if mine:
            new.append((lot, mine))
    for start in range(0, len(new), CHUNK):
        _push(new[start : start + CHUNK], by)
    return sum(len(mine) for _lot, mine in new)


def push_spoiling_by_clock() -> int:
    """`push_spoiling` once an hour."""
    return push_spoiling(by=None) if timezone.now().minute == 0 else 0


def _key(lot_id: int) -> str:
    return f"spoiling-{lot_id}"


def _told(buyers: set[int], keys: list[str]) -> set[tuple[int, str]]:
    return set(Notice.objects.filter(recipient__in=buyers, key__in=keys).values_list("recipient", "key"))


@transaction.atomic
def _push(new: list[tuple[Lot, list[int]]], by: User | None) -> None:
    for lot, buyers in new:
        tell_all(
            buyers,
            _key(lot.pk),
            gettext_noop("%(who)s的%(produce)s还剩 %(left_g)s 没人要，%(until_at)s 前最好卖掉，您要不要？"),
            url=reverse("orders:place", args=[lot.pk]),
            who=lot.seller.name,
            produce=lot.listing.produce.names,
            left_g=lot.remaining_g,
            until_at=lot.best_before,
        )
        record(lot, PUSHED, by=by, grams=lot.remaining_g, reason=str(len(buyers)))
