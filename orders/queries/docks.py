"""What the page of docks shows."""

from django.db.models import QuerySet

from market.models import User
from orders.models import Dock
from orders.permissions import buying_for


def docks_of(user: User) -> QuerySet[Dock]:
    """The docks of the organisations the person buys for, those in use first. One statement."""
    own = Dock.objects.filter(organisation__in=[organisation.pk for organisation in buying_for(user)])
    return own.select_related("organisation", "place").order_by("-is_active", "organisation", "pk")
