"""The rules of passage as the desk reads them."""

import datetime as dt
from dataclasses import dataclass

from orders.logistics.models import Rules
from orders.logistics.queries.fitness import rules_for


@dataclass(frozen=True)
class RulesRow:
    rules: Rules
    is_in_force: bool
    can_end: bool


def rules_rows(today: dt.date) -> list[RulesRow]:
    """The hundred that begin latest; at most one is in force today. Two statements."""
    current = rules_for(today)
    return [RulesRow(one, one == current, one.until is None or one.until >= today) for one in Rules.objects.all()[:100]]
