"""Who may see and do what with trucks, trips and receipts. What a person may not see is a 404.

A dispatcher (role dispatcher in a bureau) sees the whole city; a carrier's manager and clerk their own trucks, drivers
and trips; a driver the trips driven; a buyer the loads of the own pledges.
"""

from django.db.models import BigIntegerField, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from market.enums import OrganisationKind, Role
from market.models import Organisation, User
from market.permissions import (
    can_enter_for_others,
    can_sell_for,
    memberships_of,
    organisations_for,
    require,
    roles_in,
    selling_for,
)
from orders.logistics.models import Driver, Load, PlanRun, Trip, Truck
from orders.logistics.queries.statements import LESS, MORE
from orders.models import Pledge
from orders.permissions import buying_for, can_buy_for

MAX_KEY = BigIntegerField.MAX_BIGINT
CARRIER_ROLES = (Role.MANAGER, Role.CLERK)


def is_dispatcher(user: User) -> bool:
    return bool(organisations_for(user, {OrganisationKind.BUREAU}, {Role.DISPATCHER}))


def require_dispatcher(user: User) -> None:
    """Raises: NotAllowed."""
    require(is_dispatcher(user))


def dispatcher_or_404(user: User) -> None:
    """Raises: Http404."""
    if not is_dispatcher(user):
        raise Http404


def carriers_of(user: User) -> list[Organisation]:
    """The carriers whose trucks the person may edit."""
    return organisations_for(user, {OrganisationKind.CARRIER}, CARRIER_ROLES)


def can_run_carrier(user: User, carrier: Organisation) -> bool:
    """Its manager and clerk, and the dispatcher, who registers trucks that call in."""
    return is_dispatcher(user) or bool(roles_in(user, carrier) & set(CARRIER_ROLES))


def is_driver(user: User) -> bool:
    """Whether trips may wait for the person: a driver by role, or one whom a carrier has registered. One statement."""
    return any(m.role == Role.DRIVER for m in memberships_of(user)) or Driver.objects.filter(user=user).exists()


def may_report(user: User) -> bool:
    """From the road: a driver, and a dispatcher for one who calls in."""
    return is_driver(user) or is_dispatcher(user)


def driver_or_404(user: User) -> None:
    """Raises: Http404."""
    if not may_report(user):
        raise Http404


def can_drive(user: User, trip: Trip) -> bool:
    """The trip's driver, and the dispatcher for a driver who calls in."""
    return trip.driver.user_id == user.pk or is_dispatcher(user)


def trips_for(user: User) -> QuerySet[Trip]:
    """The trips the person may see; a supervisor lets them run against a reason. Costs the memberships."""
    if organisations_for(user, {OrganisationKind.BUREAU}, {Role.DISPATCHER, Role.SUPERVISOR}):
        return Trip.objects.all()
    return Trip.objects.filter(Q(truck__carrier__in=[c.pk for c in carriers_of(user)]) | Q(driver__user=user))


def trucks_for(user: User) -> QuerySet[Truck]:
    return (
        Truck.objects.all()
        if is_dispatcher(user)
        else Truck.objects.filter(carrier__in=[c.pk for c in carriers_of(user)])
    )


def drivers_for(user: User) -> QuerySet[Driver]:
    return (
        Driver.objects.all()
        if is_dispatcher(user)
        else Driver.objects.filter(carrier__in=[c.pk for c in carriers_of(user)])
    )


def loads_to_receive(user: User) -> QuerySet[Load]:
    """Live loads of the person's buying organisations: of goods that change truck, those on the last one."""
    return Load.objects.live().last_links().filter(allocation__pledge__buyer__in=[o.pk for o in buying_for(user)])


def get_trip(user: User, pk: int) -> Trip:
    """Raises: Http404."""
    return get_object_or_404(trips_for(user).select_related("truck__carrier", "driver", "green_pass"), pk=pk)


def get_truck(user: User, pk: int) -> Truck:
    """Raises: Http404."""
    return get_object_or_404(trucks_for(user).select_related("carrier", "base", "driver"), pk=pk)


def get_driver(user: User, pk: int) -> Driver:
    """Raises: Http404."""
    return get_object_or_404(drivers_for(user).select_related("carrier"), pk=pk)


def get_run(user: User, pk: int) -> PlanRun:
    """For dispatchers. Raises: Http404."""
    dispatcher_or_404(user)
    return get_object_or_404(PlanRun, pk=pk)


def get_load_to_plan(user: User, pk: int) -> Load:
    """A live load, for a dispatcher. Raises: Http404."""
    dispatcher_or_404(user)
    return get_object_or_404(Load.objects.live().select_related("trip__truck", "allocation"), pk=pk)


def get_load_to_receive(user: User, pk: int) -> Load:
    """Raises: Http404."""
    return get_object_or_404(
        loads_to_receive(user).select_related(
            "trip__truck", "trip__driver", "delivery", "allocation__pledge__buyer", "allocation__lot__listing__produce"
        ),
        pk=pk,
    )


def states_for_all(user: User) -> bool:
    """The commerce desk: sees every statement and writes adjustments for those who telephone."""
    return can_enter_for_others(user)


def statement_organisations(user: User) -> list[Organisation]:
    """Those whose statements are the person's own. Costs the memberships. Raises: Http404 where there is nothing to see."""
    own = [*selling_for(user), *buying_for(user)]
    if not own and not states_for_all(user):
        raise Http404
    return own


def get_statement_organisation(user: User, pk: int) -> Organisation:
    """One that sells or buys: an own one, or any for the commerce desk. Raises: Http404."""
    own = {organisation.pk: organisation for organisation in statement_organisations(user)}
    if pk in own:
        return own[pk]
    if not states_for_all(user):
        raise Http404
    organisation = get_object_or_404(Organisation, pk=pk)
    if not (organisation.is_seller or organisation.is_buyer):
        raise Http404
    return organisation


def get_statement_sides(user: User, seller_pk: int, buyer_pk: int) -> tuple[Organisation, Organisation]:
    """Seller and buyer of a statement, for people of either and the commerce desk, where they have traded.

    One statement. Raises: Http404.
    """
    rows = Pledge.objects.select_related("seller", "buyer")
    # No key is longer: asked for one, a database without such numbers answers with an error.
    fits = max(seller_pk, buyer_pk) <= MAX_KEY
    traded = rows.filter(seller=seller_pk, buyer=buyer_pk).first() if fits else None
    if traded is None:
        raise Http404
    seller, buyer = traded.seller, traded.buyer
    if not (can_sell_for(user, seller) or can_buy_for(user, buyer) or states_for_all(user)):
        raise Http404
    return seller, buyer


def adjustable_ways(user: User, seller: Organisation, buyer: Organisation) -> list[str]:
    """What the person may adjust: less at the seller's cost, more at the buyer's; the commerce desk both."""
    if states_for_all(user):
        return [LESS, MORE]
    return [LESS] if can_sell_for(user, seller) else [MORE]
