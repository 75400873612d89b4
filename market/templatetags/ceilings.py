"""For pages that name a price: the bureau's ceiling on it."""

import datetime as dt

from django import template

from market.actions.ceilings import lowest_ceiling
from market.models import Listing, PriceCeiling
from market.pricing import exact_price_per_kg
from market.queries.ceilings import ceilings_ahead

register = template.Library()


@register.simple_tag
def ceiling_of(produce_id: int, day: dt.date) -> PriceCeiling | None:
    """The ceiling that binds the produce on the day. One statement."""
    return lowest_ceiling(produce_id, day)


@register.filter
def forbids(ceiling: PriceCeiling, listing: Listing) -> bool:
    """Whether the listing asks more than the ceiling."""
    return ceiling.forbids(exact_price_per_kg(listing))


@register.simple_tag
def ceilings_in_sight() -> list[PriceCeiling]:
    """Those that bind today or later. One statement."""
    return ceilings_ahead()
