"""Words of pledging for templates: what a person may do with a lot, and the look of a state."""

from dataclasses import dataclass

from django import template

from market import pricing, quantities, ranges
from market.models import Listing, Lot
from market.permissions import can_sell_for
from orders.enums import PledgeState
from orders.forms import fields
from orders.models import Pledge
from orders.permissions import buying_for, pledging_by_sheet_for

register = template.Library()

BADGES: dict[str, str] = {
    PledgeState.HELD: "warm",
    PledgeState.PLACED: "wait",
    PledgeState.PLANNED: "busy",
    PledgeState.MOVING: "busy",
    PledgeState.RECEIVED: "done",
    PledgeState.CANCELLED: "stop",
    PledgeState.LAPSED: "stop",
}


@dataclass(frozen=True)
class Doors:
    """What stands open to the reader of a lot's page."""

    is_anonymous: bool = False
    sells_it: bool = False
    buys: bool = False
    waits_for_bureau: bool = False
    by_sheet: bool = False


@register.simple_tag(takes_context=True)
def doors_of(context: template.Context, lot: Lot) -> Doors:
    """Costs the memberships, once a request; nothing for an anonymous reader."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Doors(is_anonymous=True)
    organisations = buying_for(user)
    return Doors(
        sells_it=not organisations and can_sell_for(user, lot.seller),
        buys=bool(organisations),
        waits_for_bureau=bool(organisations) and not any(one.is_verified for one in organisations),
        by_sheet=bool(pledging_by_sheet_for(user)),
    )


@register.filter
def pledge_badge(state: str) -> str:
    """The kind of the state badge."""
    return BADGES.get(PledgeState(state), "wait")


@register.filter
def range_words(pledge: Pledge) -> str:
    """What is firm and, where there is a stretch, the most that is welcome."""
    return ranges.range_words(pledge.firm_g, pledge.most_g)


@register.filter
def range_in_short(pledge: Pledge) -> str:
    """`range_words` where there is no room for both units."""
    return ranges.range_words(pledge.firm_g, pledge.most_g, say=quantities.growers_words)


@register.filter
def fresh_words(hours: int) -> str:
    """12 小时, 不要求."""
    return fields.fresh_words(hours)


@register.filter
def price_word(thing: Listing) -> str:
    """The unit the price of a listing is for."""
    return pricing.unit_word(thing.price_unit, thing.pack_word)


@register.filter
def local_phone(number: str) -> str:
    """The number as it is spoken."""
    return number.removeprefix("+86")


@register.filter
def choices(text: str) -> list[str]:
    """One message holds several keys, parted by |, so that a translation may have spaces in them."""
    return text.split("|")
