"""What a trip needs from which day: the bureau writes it down and ends it; nothing is deleted."""

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.days import is_usable
from market.models import User
from market.permissions import require
from market.wording import calendar_day
from orders.logistics import exceptions as refusals
from orders.logistics.actions.health import COLDEST, HOTTEST
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import TestCountsFrom
from orders.logistics.exceptions_health import BadKeepDays, RecordTooShort
from orders.logistics.models import Rules
from orders.logistics.permissions_fitness import sets_rules
from orders.logistics.queries.fitness import HEALTH_DAYS

MOST_TEST_HOURS = HEALTH_DAYS * 24  # an older sample counts no longer, whatever is kept
MOST_KEEP_DAYS = 60


@dataclass(frozen=True)
class RulesFacts:
    """`until` None: until further notice. `test_hours` or `temperature_limit` None: not asked for.

    Health facts of these days are erased after `keep_days`.
    """

    name: str
    source: str
    since: dt.date
    until: dt.date | None = None
    pass_needed: bool = True
    travel_card_needed: bool = False
    green_code_needed: bool = True
    test_hours: int | None = None
    test_from: str = TestCountsFrom.SAMPLED
    temperature_limit: Decimal | None = None
    keep_days: int = HEALTH_DAYS


@transaction.atomic
def set_rules(facts: RulesFacts, *, by: User) -> Rules:
    """These rules stand; on a day with several, those that begin latest count, and of these the last written.

    Locks: nothing. Raises: NotAllowed, RulesUnnamed, BadRulesDay, RulesEndBeforeBegin, BadTestHours, BadTemperature,
    BadKeepDays, RecordTooShort. The same facts again return the rules that stand and change nothing.
    """
    require(sets_rules(by))
    values = (
        asdict(facts)
        | {"test_from": TestCountsFrom(facts.test_from)}
        | {"name": facts.name.strip(), "source": facts.source.strip()}
    )
    _check(values)
    same = Rules.objects.filter(**values).first()
    if same is not None:
        return same
    rules = Rules.objects.create(**values)
    record(rules, "set", by=by, reason=rules.name)
    return rules


@transaction.atomic
def end_rules(rules: Rules, *, until: dt.date, by: User) -> Rules:
    """The rules hold up to and on that day and no longer.

    Locks: rules. Raises: NotAllowed, BadRulesDay, RulesOver, PlanInPast, RulesEndBeforeBegin. The same day again changes nothing.
    """
    require(sets_rules(by))
    rules, today = lock_one(Rules, rules.pk), timezone.localdate()
    if not is_usable(until):
        raise refusals.BadRulesDay
    if rules.until is not None and rules.until < today:
        raise refusals.RulesOver(day=calendar_day(rules.until))
    if until < today:
        raise refusals.PlanInPast(day=calendar_day(until))
    if until < rules.since:
        raise refusals.RulesEndBeforeBegin
    if rules.until != until:
        rules.until = until
        rules.save(update_fields=["until"])
        record(rules, "ended", by=by, reason=until.isoformat())
    return rules


def _check(values: dict[str, Any]) -> None:
    if not 0 < len(values["name"]) <= 80 or not 0 < len(values["source"]) <= 200:
        raise refusals.RulesUnnamed
    since, until = values["since"], values["until"]
    if not is_usable(since) or (until is not None and not is_usable(until)):
        raise refusals.BadRulesDay
    if until is not None and until < since:
        raise refusals.RulesEndBeforeBegin
    hours, limit = values["test_hours"], values["temperature_limit"]
    if hours is not None and not 1 <= hours <= MOST_TEST_HOURS:
        raise refusals.BadTestHours(most=MOST_TEST_HOURS)
    if limit is not None and not COLDEST <= limit <= HOTTEST:
        raise refusals.BadTemperature
    if not 1 <= values["keep_days"] <= MOST_KEEP_DAYS:
        raise BadKeepDays
    if hours is not None and hours > values["keep_days"] * 24:
        raise RecordTooShort(days=-(-hours // 24))
