"""What the dispatchers' desks are told of the road."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from market.actions.notices import tell_all
from market.enums import OrganisationKind, Role
from market.models import Membership
from orders.logistics.models import Load


def dispatch_desks() -> list[int]:
    """The bureaus that dispatch. One statement."""
    rows = Membership.objects.filter(role=Role.DISPATCHER, organisation__kind=OrganisationKind.BUREAU)
    return list(rows.order_by("organisation").values_list("organisation_id", flat=True).distinct())


def tell_desks(key: str, text: str, *, url: str, **facts: Any) -> None:
    """Each dispatchers' desk once for each key. Two statements."""
    tell_all(dispatch_desks(), key, text, url=url, **facts)


def day_url(day: dt.date) -> str:
    return f"{reverse('logistics:dispatch')}?day={day:%Y-%m-%d}"


def tell_left_behind(load: Load, grams: int, reason: str = "") -> None:
    """So many grams of the load stayed in the yard and wait for a truck: with a link to where one is found."""
    allocation = load.allocation
    facts = {
        "plate": load.trip.truck.plate,
        "seller": allocation.lot.seller.name,
        "buyer": allocation.pledge.buyer.name,
        "left_g": grams,
    }
    text = gettext_noop("%(plate)s 在%(seller)s没装上给%(buyer)s的 %(left_g)s，已退回待排，请派下一辆车")
    url = reverse("logistics:next_trucks", args=[allocation.pk])
    tell_desks(f"left-{load.pk}-{grams}", text, url=url, **facts)
