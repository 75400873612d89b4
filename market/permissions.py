"""May this person? Asked by views, CMS, actions and templates alike. What a person may not see is a 404."""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from market.enums import SELLERS, Role
from market.exceptions import NotAllowed, NotVerified
from market.models import Event, Listing, Lot, Membership, Notice, Organisation, PriceCeiling, User

SELLING_ROLES = (Role.MANAGER, Role.CLERK, Role.HELPER)
BUREAU_PERMISSION = "market.change_organisation"


def require(allowed: bool) -> None:
    """Raises: NotAllowed."""
    if not allowed:
        raise NotAllowed


def require_verified(organisation: Organisation) -> None:
    """Raises: NotVerified."""
    if not organisation.is_verified:
        raise NotVerified(organisation=organisation.name)


# Every page says how many notices are new: the number comes with the memberships instead of by a statement of its own.
_UNSEEN = Notice.objects.unseen().filter(recipient=OuterRef("organisation")).order_by().values("recipient")


def memberships_of(user: User | AnonymousUser) -> list[Membership]:
    """The person's memberships with their organisations, and how many notices nobody has seen there (`unseen_notices`).

    One statement, remembered on the user for the request.
    """
    if not user.is_authenticated:
        return []
    known: list[Membership] | None = getattr(user, "_memberships", None)
    if known is None:
        unseen = Coalesce(Subquery(_UNSEEN.annotate(number=Count("pk")).values("number")), 0)
        rows = user.memberships.select_related("organisation").annotate(unseen_notices=unseen)
        known = list(rows.order_by("organisation__name", "pk"))
        user._memberships = known  # type: ignore[union-attr, attr-defined]
    return known


def roles_in(user: User, organisation: Organisation) -> set[str]:
    return {m.role for m in memberships_of(user) if m.organisation_id == organisation.pk}


def organisations_for(user: User, kinds: Collection[str], roles: Collection[str]) -> list[Organisation]:
    """The organisations of these kinds in which the person holds one of the roles, each once."""
    found = {
        m.organisation_id: m.organisation
        for m in memberships_of(user)
        if m.organisation.kind in kinds and m.role in roles
    }
    return list(found.values())


def selling_for(user: User) -> list[Organisation]:
    return organisations_for(user, SELLERS, SELLING_ROLES)


def can_sell_for(user: User, organisation: Organisation) -> bool:
    return organisation.is_seller and bool(roles_in(user, organisation) & set(SELLING_ROLES))


def can_enter_for_others(user: User) -> bool:
    """The commerce desk takes down what people telephone in or send as a sheet: both names are recorded."""
    return can_verify_organisations(user)


def can_enter_listing_for(user: User, seller: Organisation) -> bool:
    return can_sell_for(user, seller) or (seller.is_seller and can_enter_for_others(user))


def is_helper_only(user: User, organisation: Organisation) -> bool:
    """True where the person acts on behalf of the organisation instead of belonging to it."""
    return roles_in(user, organisation) == {Role.HELPER}


def on_behalf_of(user: User, organisation: Organisation) -> Organisation | None:
    """What to record beside the person's own name: for a helper, and for the desk that belongs to it not at all."""
    return organisation if roles_in(user, organisation) <= {Role.HELPER} else None


def can_verify_organisations(user: User) -> bool:
    return user.is_active and user.has_perm(BUREAU_PERMISSION)


def can_set_ceilings(user: User) -> bool:
    """The commerce desk."""
    return user.is_active and user.has_perm(BUREAU_PERMISSION)


def can_manage(user: User, organisation: Organisation) -> bool:
    """Its manager: adds and removes the people who act for it."""
    return Role.MANAGER in roles_in(user, organisation)


def get_managed_organisation(user: User, pk: int) -> Organisation:
    """The organisation, for its manager. Raises: Http404."""
    managed = Organisation.objects.select_related("place").filter(
        memberships__user=user, memberships__role=Role.MANAGER
    )
    return get_object_or_404(managed, pk=pk)


def get_own_organisation(user: User, pk: int) -> Organisation:
    """The organisation, for anybody with a role in it. Raises: Http404."""
    return get_object_or_404(Organisation.objects.of(user), pk=pk)


def can_see_listing(user: User, listing: Listing) -> bool:
    """Its sellers and the bureau; the public sees published lots, not listings."""
    return can_sell_for(user, listing.seller) or user.has_perm("market.change_listing")


def can_see_contact(user: User | AnonymousUser, listing: Listing) -> bool:
    """The seller's whole telephone number: for people of a verified buyer, of the seller itself, and for the bureau."""
    if not user.is_authenticated:
        return False
    is_buyer = any(m.organisation.is_buyer and m.organisation.is_verified for m in memberships_of(user))
    return is_buyer or can_see_listing(user, listing)


def get_own_listing(user: User, pk: int) -> Listing:
    """The listing, for one of its sellers. Raises: Http404."""
    return get_object_or_404(
        Listing.objects.select_related("seller", "produce", "place__parent").filter(
            seller__in=Organisation.objects.sellers().of(user, *SELLING_ROLES)
        ),
        pk=pk,
    )


def get_own_lot(user: User, pk: int) -> Lot:
    """The day of a listing, for one of its sellers. Raises: Http404."""
    own = Organisation.objects.sellers().of(user, *SELLING_ROLES)
    return get_object_or_404(Lot.objects.select_related("listing__produce", "seller").filter(seller__in=own), pk=pk)


def history_of(thing: Organisation | Listing | PriceCeiling) -> list[Event]:
    """The lines of history of a thing the caller has already been allowed to see. One statement."""
    return list(Event.objects.about(thing).select_related("by", "on_behalf_of"))
