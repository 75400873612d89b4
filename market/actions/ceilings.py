"""The bureau's price ceilings: set, ended, and asked before anything is listed or pledged."""

import datetime as dt
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell_all
from market.exceptions import PriceAboveCeiling, UnfitText
from market.models import PriceCeiling, Produce, User
from market.permissions import can_set_ceilings, require
from market.prepared import Prepared, whole_numbers
from market.queries.ceilings import listings_above
from market.sentences import Price


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

    Where several ceilings are in force the lowest binds. Sellers with listings above it are told. Locks: produce. A repeat
    returns the first: a twin would go on binding when one of them is ended. Raises: NotAllowed, UnfitText.
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
    _require_sound(ceiling)
    ceiling.price_per_kg = ceiling.exact_per_kg().quantize(Decimal("0.0001"), ROUND_HALF_UP)
    Produce.objects.select_for_update(no_key=True).get(pk=produce.pk)
    same = {
        name: getattr(ceiling, name) for name in ("produce", "price", "price_unit", "first_day", "last_day", "reason")
    }
    first = PriceCeiling.objects.filter(ended_at=None, **same).first()
    if first is not None:
        return first
    ceiling.save()
    record(ceiling, "set", by=by, reason=ceiling.reason)
    _tell_sellers_above(ceiling)
    return ceiling


def _require_sound(ceiling: PriceCeiling) -> None:
    """What its fields and constraints say. Raises: UnfitText."""
    try:
        ceiling.full_clean(exclude=["price_per_kg", "ended_by"])
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        labels = {field.name: field.verbose_name for field in PriceCeiling._meta.concrete_fields}
        label = labels.get(name, PriceCeiling._meta.verbose_name)
        raise UnfitText(name if name in labels else "", label=label, said=messages[0]) from error


def _tell_sellers_above(ceiling: PriceCeiling) -> None:
    """Each seller once, with how many listings are too dear. One statement for each number of listings a seller has."""
    by_count: dict[int, list[int]] = defaultdict(list)
    for seller_id, count in Counter(listing.seller_id for listing in listings_above(ceiling)).items():
        by_count[count].append(seller_id)
    for count, sellers in by_count.items():
        tell_all(
            sellers,
            f"ceiling-{ceiling.pk}",
            gettext_noop(
                "%(produce)s从 %(first_on)s 起限价 %(price)s，您有 %(count)s 条货源超过了，请改低单价，不改买家不能认购。原因：%(reason)s"
            ),
            url=reverse("market:sell"),
            produce=ceiling.produce.names,
            first_on=ceiling.first_day,
            price=Price(ceiling.price, ceiling.price_word),
            count=count,
            reason=ceiling.reason,
        )


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


def lowest_ceiling(produce_id: int, day: dt.date, last_day: dt.date | None = None) -> PriceCeiling | None:
    """The ceiling that binds goods of the day, or the lowest of the days up to `last_day`. One statement."""
    binding = [one for one in _live_ceilings(produce_id) if one.covers_any(day, last_day or day)]
    return min(binding, key=PriceCeiling.exact_per_kg, default=None)


def require_under_ceiling(
    produce_id: int, per_kg: Decimal | Fraction | None, day: dt.date, last_day: dt.date | None = None
) -> None:
    """Neither the day nor any up to `last_day` has a lower ceiling. `per_kg` is yuan per kilogram, None where the price is open.

    One statement. Raises: PriceAboveCeiling.
    """
    if per_kg is None:
        return
    ceiling = lowest_ceiling(produce_id, day, last_day)
    if ceiling is not None and ceiling.forbids(per_kg):
        raise PriceAboveCeiling(
            produce=ceiling.produce.names, price=Price(ceiling.price, ceiling.price_word), reason=ceiling.reason
        )
