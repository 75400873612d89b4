"""The bureau's price ceilings as screens show them, and which listings are above one."""

from django.db.models import Q
from django.utils import timezone

from market.models import Listing, PriceCeiling
from market.pricing import exact_price_per_kg


def ceilings_ahead() -> list[PriceCeiling]:
    """Those that bind today or later, by produce, for who is about to name a price. One statement."""
    lasting = Q(last_day=None) | Q(last_day__gte=timezone.localdate())
    live = PriceCeiling.objects.filter(lasting, ended_at=None)
    return list(live.select_related("produce").order_by("produce", "price_per_kg", "pk"))


def listings_above(ceiling: PriceCeiling) -> list[Listing]:
    """The live listings that ask more than the ceiling on a day it binds from today on. One statement."""
    first = max(ceiling.first_day, timezone.localdate())
    if ceiling.ended_at or (ceiling.last_day and ceiling.last_day < first):
        return []
    listed = Listing.objects.public().filter(produce=ceiling.produce_id, price__isnull=False, last_day__gte=first)
    if ceiling.last_day:
        listed = listed.filter(first_day__lte=ceiling.last_day)
    rows = listed.select_related("seller", "produce", "place").order_by("pk")
    return [listing for listing in rows if ceiling.forbids(exact_price_per_kg(listing))]
