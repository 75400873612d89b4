"""Adjusting what a buyer owes a seller: new rows only, each at the cost of whoever writes it."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.exceptions import ReasonNeeded
from market.models import Organisation, User
from market.permissions import can_enter_for_others, can_sell_for, on_behalf_of, require
from market.sentences import Price
from market.wording import yuan
from orders.logistics import exceptions as refusals
from orders.logistics.models import StatementAdjustment
from orders.models import Pledge
from orders.permissions import can_buy_for

MAX_ADJUSTMENT = Decimal("1000000.00")
MAX_REASON = 200


def adjust_statement(
    seller: Organisation,
    buyer: Organisation,
    *,
    amount: Decimal,
    reason: str,
    key: UUID,
    by: User,
    pledge: Pledge | None = None,
) -> StatementAdjustment:
    """From today on the buyer owes the seller `amount` yuan more (above zero) or less (below); the other side is told.

    The seller's people may only take off, the buyer's only add; the commerce desk may both, and tells both. It stands on today's
    day, whatever day it is about: a period that is over stays as it was. Nothing is edited; a wrong one is put right by another.
    Locks: nothing. A repeat with the same key and amount returns the first. Raises: NotAllowed, OnlyAtOwnCost, AdjustmentUnfit,
    ReasonNeeded, PledgeNotBetweenThem, AdjustmentKeyUsedOtherwise.
    """
    _require_theirs(seller, buyer, amount, by)
    if not amount or not amount.is_finite() or abs(amount) > MAX_ADJUSTMENT or amount != round(amount, 2):
        raise refusals.AdjustmentUnfit(most=yuan(MAX_ADJUSTMENT))
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise ReasonNeeded(limit=MAX_REASON)
    if pledge is not None and (pledge.seller_id, pledge.buyer_id) != (seller.pk, buyer.pk):
        raise refusals.PledgeNotBetweenThem
    first = _first_with(seller, buyer, key, amount)
    if first is not None:
        return first
    row = StatementAdjustment(
        seller=seller,
        buyer=buyer,
        day=timezone.localdate(),
        pledge=pledge,
        amount=amount,
        reason=reason.strip(),
        key=key,
        by=by,
        on_behalf_of=on_behalf_of(by, seller if amount < 0 else buyer),
    )
    try:
        return _write(row, by)
    except IntegrityError:
        first = _first_with(seller, buyer, key, amount)
        if first is None:
            raise
        return first


def _require_theirs(seller: Organisation, buyer: Organisation, amount: Decimal, by: User) -> None:
    """Raises: NotAllowed, OnlyAtOwnCost."""
    if can_enter_for_others(by):
        return
    sells, buys = can_sell_for(by, seller), can_buy_for(by, buyer)
    require(sells or buys)
    if not ((sells and amount < 0) or (buys and amount > 0)):
        raise refusals.OnlyAtOwnCost


def _first_with(seller: Organisation, buyer: Organisation, key: UUID, amount: Decimal) -> StatementAdjustment | None:
    """The first one written with the key. Raises: AdjustmentKeyUsedOtherwise."""
    first = StatementAdjustment.objects.filter(seller=seller, buyer=buyer, key=key).first()
    if first is not None and first.amount != amount:
        raise refusals.AdjustmentKeyUsedOtherwise(amount=yuan(abs(first.amount)))
    return first


@transaction.atomic
def _write(row: StatementAdjustment, by: User) -> StatementAdjustment:
    row.save()
    record(row, "adjusted", by=by, on_behalf_of=row.on_behalf_of, reason=row.reason)
    less = gettext_noop("%(who)s在对账单上少收 %(money)s，原因：%(reason)s")
    more = gettext_noop("%(who)s在对账单上多付 %(money)s，原因：%(reason)s")
    at_whose_cost = row.seller if row.amount < 0 else row.buyer
    for side in _to_be_told(row, by):
        tell(
            side,
            f"adjustment-{row.pk}",
            less if row.amount < 0 else more,
            url=_page_of(row, row.day),
            who=at_whose_cost.name,
            money=Price(abs(row.amount)),
            reason=row.reason,
        )
    return row


def _to_be_told(row: StatementAdjustment, by: User) -> list[Organisation]:
    """The other side; both where neither wrote it."""
    sells, buys = can_sell_for(by, row.seller), can_buy_for(by, row.buyer)
    return [one for one, wrote in ((row.seller, sells), (row.buyer, buys)) if not wrote]


def _page_of(row: StatementAdjustment, day: dt.date) -> str:
    page = reverse("logistics:statement", args=[row.seller_id, row.buyer_id])
    return f"{page}?since={day.isoformat()}&until={day.isoformat()}"
