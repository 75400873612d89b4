"""Tags about hand-overs and what is on a truck, for pages of the road and for those of sellers and buyers."""

from typing import Any

from django import template
from django.utils import timezone

from orders.logistics.models import Load, Stop
from orders.logistics.queries.transfers import codes_of_dock, codes_of_yard
from orders.logistics.queries.trips import TripSheet

register = template.Library()


@register.filter
def code_groups(stop: Stop) -> str:
    """In two groups of three, as it is read aloud: 123 456."""
    return f"{stop.code[:3]} {stop.code[3:]}"


@register.simple_tag
def yard_codes(pledges: Any) -> dict[int, list[Stop]]:
    """What the seller shows the drivers who fetch, by pledge. One statement."""
    loads = Load.objects.live().filter(allocation__pledge__in=[pledge.pk for pledge in pledges])
    return codes_of_yard(loads, timezone.localdate())


@register.simple_tag
def dock_codes(rows: Any) -> list[Stop]:
    """What the buyer shows the drivers who bring: each stop once. One statement."""
    loads = Load.objects.live().filter(pk__in=[row.load.pk for row in rows])
    found = codes_of_dock(loads, timezone.localdate())
    return list(dict.fromkeys(stop for stops in found.values() for stop in stops))


@register.filter
def aboard(sheet: TripSheet) -> int:
    """What is on the truck now, by what was loaded. No statement."""
    gone = {leg.stop.pk for leg in sheet.legs if leg.stop.departed_at}
    return sum(load.loaded_g or 0 for load in sheet.loads if load.state == "loaded" and load.delivery_id not in gone)


@register.filter
def percent_of(grams: int, whole: int) -> int:
    """Rounded up, so that a full truck never looks half empty."""
    return -(-grams * 100 // whole)
