"""Price ceilings, set through their action."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from market.actions.ceilings import set_ceiling
from market.enums import PriceUnit
from market.models import PriceCeiling, Produce, User


def make_ceiling(produce: Produce, price: str, *, by: User, **facts: Any) -> PriceCeiling:
    """From today until further notice, in 元/斤."""
    values = {
        "price_unit": PriceUnit.JIN,
        "first_day": timezone.localdate(),
        "reason": "封控期间防止哄抬价格",
        **facts,
    }
    return set_ceiling(produce=produce, price=Decimal(price), by=by, **values)
