"""Who may see and do what on the road: seals, hand-overs, breakdowns, changes of truck. What a person may not see is a 404."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from market.models import User
from orders.logistics.models import Breakdown, Load, Seal, Trip
from orders.logistics.permissions import dispatcher_or_404, is_dispatcher
from orders.logistics.queries.next_trucks import waiting_of


def driven_by(user: User) -> QuerySet[Trip]:
    """The trips the person drives; all for a dispatcher, who reports for a driver who calls in."""
    return Trip.objects.all() if is_dispatcher(user) else Trip.objects.filter(driver__user=user)


def get_trip_to_drive(user: User, pk: int) -> Trip:
    """Raises: Http404."""
    return get_object_or_404(driven_by(user).select_related("truck", "driver"), pk=pk)


def get_seal_to_break(user: User, pk: int) -> Seal:
    """Raises: Http404."""
    return get_object_or_404(Seal.objects.filter(trip__in=driven_by(user)), pk=pk)


def get_load_to_take_on(user: User, pk: int) -> Load:
    """A live load that another truck brings, of a trip the person drives or dispatches. Raises: Http404."""
    rows = Load.objects.live().filter(continues__isnull=False, trip__in=driven_by(user))
    related = ("trip__truck", "pickup", "continues__trip__truck", "continues__trip__driver", "continues__delivery")
    return get_object_or_404(
        rows.select_related("allocation__lot__produce", "allocation__pledge__buyer", *related), pk=pk
    )


def get_breakdown(user: User, pk: int) -> Breakdown:
    """For the trip's driver and dispatchers. Raises: Http404."""
    rows = Breakdown.objects.filter(trip__in=driven_by(user))
    return get_object_or_404(
        rows.select_related("trip__truck__carrier", "trip__driver", "place__parent__parent"), pk=pk
    )


def get_breakdown_to_rescue(user: User, pk: int) -> Breakdown:
    """For dispatchers. Raises: Http404."""
    dispatcher_or_404(user)
    return get_breakdown(user, pk)


def get_load_to_relay(user: User, pk: int) -> Load:
    """For dispatchers. Raises: Http404."""
    dispatcher_or_404(user)
    related = ("trip__truck", "delivery__transfer_point", "allocation__lot__produce", "allocation__pledge__buyer")
    return get_object_or_404(Load.objects.live().select_related(*related), pk=pk)


def get_waiting(user: User, pk: int) -> Any:
    """A live allocation with what of it is planned, for dispatchers. Raises: Http404."""
    dispatcher_or_404(user)
    found = waiting_of(pk)
    if found is None:
        raise Http404
    return found
