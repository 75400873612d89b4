"""The dated rules and rates of motorway tolls, written down by the dispatcher."""

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction

from market.actions.events import record
from market.days import is_usable
from market.models import User
from orders.logistics.exceptions_tolls import TollRulesUnfit
from orders.logistics.models import TollRules
from orders.logistics.permissions import require_dispatcher

MOST_YUAN_A_KM = Decimal("99.99")


@dataclass(frozen=True)
class TollFacts:
    """Rates in yuan per motorway kilometre by the truck's rated mass: to 2 t, to 5 t, above (`TollRules.rate_for`)."""

    source: str
    since: dt.date
    yuan_small: Decimal
    yuan_medium: Decimal
    yuan_large: Decimal
    until: dt.date | None = None
    full_percent: int = 80
    admixture_percent: int = 20
    motorway_percent: int = 60
    motorway_from_m: int = 12_000


@transaction.atomic
def set_toll_rules(facts: TollFacts, *, by: User) -> TollRules:
    """These rates stand; on a day with several, those that begin latest count.

    Locks: nothing. The same facts again return what stands. Raises: NotAllowed, TollRulesUnfit.
    """
    require_dispatcher(by)
    values = asdict(facts) | {"source": facts.source.strip()}
    _check(facts)
    same = TollRules.objects.filter(**values).first()
    if same is not None:
        return same
    rules = TollRules.objects.create(**values)
    record(rules, "set", by=by, reason=rules.source)
    return rules


def _check(facts: TollFacts) -> None:
    percents = (facts.full_percent, facts.admixture_percent, facts.motorway_percent)
    rates = (facts.yuan_small, facts.yuan_medium, facts.yuan_large)
    days = [facts.since, *([facts.until] if facts.until else [])]
    holds = (
        0 < len(facts.source.strip()) <= 200
        and all(is_usable(day) for day in days)
        and days == sorted(days)
        and all(0 <= percent <= 100 for percent in percents)
        and all(rate.is_finite() and 0 <= rate <= MOST_YUAN_A_KM for rate in rates)
        and facts.motorway_from_m >= 0
    )
    if not holds:
        raise TollRulesUnfit
