"""What the pages of stalls show."""

from django.core.paginator import Page, Paginator
from django.db.models import Count

from market.models import User
from orders.models import Stall
from orders.permissions import pledging_by_sheet_for

PER_PAGE = 60


def stalls_of(user: User, number: str | None) -> Page:
    """A page of the stalls of the person's associations, with what the group calls them. Three statements beside the memberships."""
    mine = [organisation.pk for organisation in pledging_by_sheet_for(user)]
    stalls = Stall.objects.filter(association__in=mine).select_related("association").prefetch_related("aliases")
    return Paginator(stalls.annotate(times=Count("lines")).order_by("association", "name"), PER_PAGE).get_page(number)


def others_of(stall: Stall) -> list[Stall]:
    """The other stalls of its association. One statement."""
    return list(Stall.objects.filter(association=stall.association_id).exclude(pk=stall.pk).order_by("name"))
