"""Who may decide whether trips run: the bureau's dispatchers and supervisors. What a person may not see is a 404."""

import datetime as dt

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from market.days import moment
from market.enums import OrganisationKind, Role
from market.models import User
from market.permissions import can_set_ceilings, organisations_for
from orders.logistics.enums import OPEN_TRIPS
from orders.logistics.models import Checkpoint, CheckpointVisit, Driver, Rules, Trip
from orders.logistics.permissions import is_dispatcher
from orders.logistics.permissions_checkpoints import checkpoints_of, units_of


def directs(user: User) -> bool:
    """Whether the person works on what holds for all trips: rules, areas at risk, bans."""
    return bool(organisations_for(user, {OrganisationKind.BUREAU}, {Role.DISPATCHER, Role.SUPERVISOR}))


def sets_rules(user: User) -> bool:
    """Those who direct trips, and the commerce desk in the back office."""
    return directs(user) or can_set_ceilings(user)


def directs_or_404(user: User) -> None:
    """Raises: Http404."""
    if not directs(user):
        raise Http404


def may_override(user: User) -> bool:
    """A supervisor of the bureau."""
    return bool(organisations_for(user, {OrganisationKind.BUREAU}, {Role.SUPERVISOR}))


def get_trip_to_direct(user: User, pk: int) -> Trip:
    """Raises: Http404."""
    directs_or_404(user)
    return get_object_or_404(Trip.objects.select_related("truck__carrier", "driver", "green_pass"), pk=pk)


def get_rules(user: User, pk: int) -> Rules:
    """Raises: Http404."""
    directs_or_404(user)
    return get_object_or_404(Rules, pk=pk)


def visits_today(user: User) -> QuerySet[CheckpointVisit]:
    """What came by today where the person stands as an officer. Costs the memberships."""
    today = timezone.localdate()
    units = [unit.pk for unit in units_of(user)]
    rows = CheckpointVisit.objects.filter(checkpoint__organisation__in=units, seen_at__gte=moment(today))
    return rows.filter(seen_at__lt=moment(today + dt.timedelta(days=1)))


def checkpoint_dealing_with(user: User, driver: Driver) -> Checkpoint | None:
    """The officer's checkpoint where a trip of the driver stands or stood today."""
    rows = visits_today(user).filter(trip__driver=driver).select_related("checkpoint").order_by("-seen_at", "-pk")
    visit = rows.first()
    return visit.checkpoint if visit else None


def may_check_health(user: User, driver: Driver, checkpoint: Checkpoint | None = None) -> bool:
    """A dispatcher, and an officer who has the driver before him; at `checkpoint` where one is named."""
    if is_dispatcher(user):
        return checkpoint is None
    dealing = checkpoint_dealing_with(user, driver)
    return dealing is not None and (checkpoint is None or checkpoints_of(user).filter(pk=checkpoint.pk).exists())


def may_see_health(user: User, driver: Driver) -> bool:
    """The dispatcher of a trip of the driver that is not over, and the checkpoint that deals with the driver's trip today."""
    if is_dispatcher(user) and Trip.objects.filter(driver=driver, state__in=OPEN_TRIPS).exists():
        return True
    return checkpoint_dealing_with(user, driver) is not None


def get_driver_to_check(user: User, pk: int) -> Driver:
    """Raises: Http404."""
    driver = get_object_or_404(Driver.objects.select_related("carrier"), pk=pk)
    if not may_check_health(user, driver):
        raise Http404
    return driver
