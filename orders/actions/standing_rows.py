"""Rows of standing pledges: read under lock, and told about. Shared by what their people do and what the clock does."""

from typing import Any

from django.urls import reverse

from market.actions.notices import tell
from market.exceptions import WrongState
from market.models import User
from market.permissions import require
from orders.models import StandingPledge
from orders.permissions import can_enter_pledge_for


def locked_standing(pk: int) -> StandingPledge:
    """The standing pledge as it is now, locked. Call inside a transaction."""
    rows = StandingPledge.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("buyer", "listing__produce", "listing__seller", "dock").get(pk=pk)


def locked_for(standing: StandingPledge, by: User) -> StandingPledge:
    """Raises: NotAllowed."""
    fresh = locked_standing(standing.pk)
    require(can_enter_pledge_for(by, fresh.buyer))
    return fresh


def require_live(standing: StandingPledge) -> None:
    """Raises: WrongState."""
    if not standing.is_live:
        raise WrongState(state=standing.get_state_display())


def page_of(standing: StandingPledge) -> str:
    return reverse("orders:standing_pledge", args=[standing.pk])


def tell_seller(standing: StandingPledge, event_id: int, text: str, **facts: Any) -> None:
    """A notice of the event to the seller of the listing, leading to the page of the standing pledge."""
    listing = standing.listing
    named = {"buyer": standing.buyer.name, "produce": listing.produce.names, **facts}
    tell(listing.seller_id, f"standing-{standing.pk}-{event_id}", text, url=page_of(standing), **named)
