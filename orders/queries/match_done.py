"""What became of a committed run: the figures of its page once each line is booked or gone."""

from collections import Counter
from typing import Any

from django.db.models import Q

from market.models import Lot
from market.models.lots import next_harvest
from orders.enums import ProposalOutcome
from orders.models import MatchProposal, MatchRemainder, MatchRun
from orders.scoring import SOON_HOURS, hours_between


def done_of(run: MatchRun) -> dict[str, Any]:
    """Grams saved, demands met and each produce, from what was booked; what still spoils, from the lots as they are now.

    The proposal's own figures stay beside it in the summary. Three statements.
    """
    lines = list(MatchProposal.objects.filter(run=run).select_related("lot").defer("lost_reason", "lost_facts"))
    booked = [line for line in lines if line.outcome == ProposalOutcome.BOOKED]
    spoiling = _spoiling(run, {line.lot_id for line in lines})
    return {
        "saved_g": sum(line.grams for line in booked if is_soon(line.lot)),
        "spoiling_g": sum(spoiling.values()),
        **_demands(run, lines, booked),
        "by_produce": _by_produce(run, lines, spoiling),
    }


def is_soon(lot: Lot) -> bool:
    """As the run reckons: what keeps less than a day when the next harvest comes in."""
    return hours_between(next_harvest(lot.day), lot.best_before) <= SOON_HOURS


def _spoiling(run: MatchRun, lots: set[int]) -> Counter[int]:
    """Grams that nobody has asked for yet, by produce."""
    left = MatchRemainder.objects.filter(run=run, is_soon=True, lot__isnull=False).values("lot")
    found: Counter[int] = Counter()
    for lot in Lot.objects.open().with_stock().filter(Q(pk__in=lots) | Q(pk__in=left)):
        found[lot.produce_id] += lot.remaining_g if is_soon(lot) else 0
    return found


def _demands(run: MatchRun, lines: list[MatchProposal], booked: list[MatchProposal]) -> dict[str, int]:
    """A demand without a line was not met in the proposal either."""
    got: Counter[int | None] = Counter()
    for line in booked:
        got[line.demand_id] += line.firm_g
    wanted = {line.demand_id: line.why.get("want_g", 0) for line in lines if line.demand_id is not None}
    met = sum(1 for demand, grams in wanted.items() if grams and got[demand] >= grams)
    partly = sum(1 for demand, grams in wanted.items() if 0 < got[demand] < grams)
    everybody = sum(run.summary.get(name, 0) for name in ("met", "partly", "unmet"))
    return {"met": met, "partly": partly, "unmet": everybody - met - partly}


def _by_produce(run: MatchRun, lines: list[MatchProposal], spoiling: Counter[int]) -> list[dict[str, int]]:
    """What is gone counts as left: the goods were there when the run began."""
    gone: Counter[int] = Counter()
    for line in lines:
        gone[line.lot.produce_id] += line.grams if line.outcome == ProposalOutcome.GONE else 0
    return [
        {
            **row,
            "sold_g": row["sold_g"] - gone[row["produce"]],
            "left_g": row["left_g"] + gone[row["produce"]],
            "spoiling_g": spoiling[row["produce"]],
        }
        for row in run.summary.get("by_produce", [])
    ]
