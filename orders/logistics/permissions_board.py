"""What a dispatcher may put where on the board. What is not there, or not hers to see, is a 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from market.models import User
from orders.logistics.models import Load, Trip, Truck
from orders.logistics.permissions import dispatcher_or_404
from orders.models import Allocation

POOL = "pool"
SHOWN = ("pledge__buyer", "lot__listing__produce")


def get_goods(user: User, kind: str, pk: int) -> Load | Allocation:
    """A load, also one that was taken off meanwhile (the action says so), or an allocation that waits. Raises: Http404."""
    dispatcher_or_404(user)
    if kind == "load":
        return get_object_or_404(
            Load.objects.select_related("trip__truck", *(f"allocation__{path}" for path in SHOWN)), pk=pk
        )
    return get_object_or_404(Allocation.objects.select_related(*SHOWN), pk=pk)


def get_target(user: User, text: str) -> Trip | Truck | None:
    """`trip-12`, `truck-7` or `pool` (among what waits). Raises: Http404."""
    dispatcher_or_404(user)
    kind, _dash, number = text.partition("-")
    if text == POOL:
        return None
    if kind == "trip":
        return get_object_or_404(Trip.objects.select_related("truck"), pk=int(number))
    if kind == "truck":
        return get_object_or_404(Truck, pk=int(number))
    raise Http404
