"""The bureau's price ceilings: set, ended, and asked before anything is listed or pledged."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.exceptions import PriceAboveCeiling, UnfitText
from market.models import PriceCeiling, Produce, User
from market.permissions import can_set_ceilings, require
from market.prepared import Prepared, whole_numbers
from market.wording import yuan


@transaction.atomic
def set_ceiling(
    *,
    produce: Produce,
    price: Decimal,
    price_unit: str,
    first_day: dt.date,
    reason: str,
    by: User,
    last_day: dt.date | None = None,
) -> PriceCeiling:
    """The produce may not be listed or pledged above the price on these days. What is promised already stays as agreed.

    Where several ceilings are in force the lowest binds. A repeat sets another, equal one: it changes nothing that binds.
    Raises: NotAllowed, UnfitText.
    """
    require(can_set_ceilings(by))
    ceiling = PriceCeiling(
        produce=produce,
        price=price,
        price_unit=price_unit,
        first_day=first_day,
        last_day=last_day,
        reason=reason.strip(),
        by=by,
    )
    try:
        ceiling.full_clean(exclude=["price_per_kg", "ended_by"])
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        labels = {field.name: field.verbose_name for field in PriceCeiling._meta.concrete_fields}
        label = labels.get(name, PriceCeiling._meta.verbose_name)
        raise UnfitText(name if name in labels else "", label=label, said=messages[0]) from error
    ceiling.price_per_kg = ceiling.exact_per_kg().quantize(Decimal("0.0001"), ROUND_HALF_UP)
    ceiling.save()
    record(ceiling, "set", by=by, reason=ceiling.reason)
    return ceiling


@transaction.atomic
def end_ceiling(ceiling: PriceCeiling, *, reason: str, by: User) -> PriceCeiling:
    """The ceiling binds nobody from now on. Locks: ceiling. A repeat changes nothing. Raises: NotAllowed."""
    require(can_set_ceilings(by))
    ceiling = PriceCeiling.objects.select_for_update(no_key=True, of=("self",)).get(pk=ceiling.pk)
    if ceiling.ended_at is None:
        ceiling.ended_at, ceiling.ended_by = timezone.now(), by
        ceiling.save(update_fields=["ended_at", "ended_by"])
        record(ceiling, "ended", by=by, reason=reason.strip())
    return ceiling


_live_ceilings = Prepared(
    lambda produce_id: PriceCeiling.objects.filter(produce=produce_id, ended_at=None).order_by("price_per_kg"),
    *whole_numbers(1),
)


def lowest_ceiling(produce_id: int, day: dt.date) -> PriceCeiling | None:
    """The ceiling that binds goods of the day. One statement."""
    for ceiling in _live_ceilings(produce_id):
        if ceiling.first_day <= day and (ceiling.last_day is None or day <= ceiling.last_day):
            return ceiling
    return None


def require_under_ceiling(produce_id: int, per_kg: Decimal | Fraction | None, day: dt.date) -> None:
    """`per_kg` is yuan per kilogram, None where the price is open. One statement. Raises: PriceAboveCeiling."""
    if per_kg is None:
        return
    ceiling = lowest_ceiling(produce_id, day)
    if ceiling is not None and Fraction(per_kg) > Fraction(ceiling.exact_per_kg()):
        raise PriceAboveCeiling(
            produce=ceiling.produce.name, price=yuan(ceiling.price, ceiling.price_word), reason=ceiling.reason
        )
