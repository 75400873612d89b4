"""What the front page says of today: the figures, and the lots that spoil soonest."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from market.queries.board import LotCard, lots_on_board, soonest_to_spoil

SOONEST_SHOWN = 6


@dataclass(frozen=True)
class FrontPage:
    """Grams of today's lots on the board: `offered_g` by sellers, `pledged_g` of it by buyers; the rest is the gap."""

    offered_g: int
    pledged_g: int
    soonest: list[LotCard]

    @property
    def gap_g(self) -> int:
        return self.offered_g - self.pledged_g


def front_page() -> FrontPage:
    """Three statements; two when nothing is on the board."""
    today = lots_on_board().for_day(timezone.localdate())
    sums = today.aggregate(offered=Sum("offered_g"), pledged=Sum("reserved_g"))
    return FrontPage(sums["offered"] or 0, sums["pledged"] or 0, soonest_to_spoil(SOONEST_SHOWN))
