"""May this person buy? What a person may not see is a 404."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

from market.enums import BUYERS, OrganisationKind, Role
from market.models import Event, Lot, Membership, Organisation, User
from market.permissions import (
    can_enter_for_others,
    can_sell_for,
    can_verify_organisations,
    organisations_for,
    roles_in,
    selling_for,
)
from market.prepared import Prepared, whole_numbers
from orders.enums import OfferSide, PledgeState
from orders.models import (
    Demand,
    Dock,
    MatchRun,
    Offer,
    Pledge,
    PledgeLine,
    RelayReading,
    Stall,
    StallAlias,
    StandingPledge,
)
from orders.models.matching import LARGE
from orders.models.pledges import PledgeQuerySet

BUYING_ROLES = (Role.MANAGER, Role.CLERK, Role.HELPER)
_DOCK_COLUMNS = [field.attname for field in Dock._meta.concrete_fields]
_memberships_with_docks = Prepared(
    lambda user_id: (
        Membership.objects.filter(user=user_id)
        .select_related("organisation")
        .annotate(**{f"dock_{name}": F(f"organisation__docks__{name}") for name in _DOCK_COLUMNS})
        .order_by("organisation__name", "pk", "organisation__docks__pk")
    ),
    *whole_numbers(1),
)
_lot_with_listing = Prepared(lambda pk: Lot.objects.select_related("listing").filter(pk=pk), *whole_numbers(1))


def buying_for(user: User | AnonymousUser) -> list[Organisation]:
    """The organisations the person may buy for. Costs the memberships, once a request."""
    return organisations_for(user, BUYERS, BUYING_ROLES)  # type: ignore[arg-type]


def pledging_by_sheet_for(user: User | AnonymousUser) -> list[Organisation]:
    """The market associations whose stalls the person may pledge for in one sheet."""
    return organisations_for(user, {OrganisationKind.ASSOCIATION}, BUYING_ROLES)  # type: ignore[arg-type]


def can_buy_for(user: User, organisation: Organisation) -> bool:
    return organisation.is_buyer and bool(roles_in(user, organisation) & set(BUYING_ROLES))


def can_enter_pledge_for(user: User, buyer: Organisation) -> bool:
    """Those who buy for it, and the commerce desk, which takes down what a buyer telephones in or sends as a sheet."""
    return can_buy_for(user, buyer) or (buyer.is_buyer and can_enter_for_others(user))


def can_bring_for(user: User, seller: Organisation) -> bool:
    """Those who sell for it, and the commerce desk, which answers for growers who telephone."""
    return can_sell_for(user, seller) or (seller.is_seller and can_enter_for_others(user))


def docks_for(user: User) -> list[Dock]:
    """The docks in use of the organisations the person may buy for, each with its organisation.

    One statement for memberships and docks together: it also answers `memberships_of` for the rest of the request.
    """
    known: list[Dock] | None = getattr(user, "_docks", None)
    if known is None:
        rows = _memberships_with_docks(user.pk)
        user._memberships = list({row.pk: row for row in rows}.values())  # type: ignore[attr-defined]
        known = list({dock.pk: dock for row in rows if (dock := _dock_of(row)) and _usable(row, dock)}.values())
        user._docks = known  # type: ignore[attr-defined]
    return known


def _dock_of(row: Membership) -> Dock | None:
    """The dock of one joined row; none where the organisation has none."""
    values = [getattr(row, f"dock_{name}") for name in _DOCK_COLUMNS]
    if values[0] is None:
        return None
    dock = Dock.from_db(row._state.db, _DOCK_COLUMNS, values)
    dock.organisation = row.organisation
    return dock


def _usable(row: Membership, dock: Dock) -> bool:
    return dock.is_active and row.role in BUYING_ROLES and row.organisation.is_buyer


def require_buyer(user: User) -> list[Organisation]:
    """The organisations the person may buy for, at least one. Raises: Http404."""
    organisations = buying_for(user)
    if not organisations:
        raise Http404
    return organisations


def get_lot_to_pledge(user: User, pk: int) -> Lot:
    """The lot with its listing, for somebody who buys. A closed lot is found too, so that the page can say so.

    Two statements (memberships with docks, lot). Raises: Http404.
    """
    docks_for(user)
    require_buyer(user)
    found = _lot_with_listing(pk)
    if not found:
        raise Http404
    return found[0]


def sheet_docks_for(user: User) -> list[Dock]:
    """The docks of the associations among them."""
    return [dock for dock in docks_for(user) if dock.organisation.kind == OrganisationKind.ASSOCIATION]


def get_sheet_lot(user: User, pk: int) -> Lot:
    """The lot, for somebody who pledges for an association's stalls. Raises: Http404."""
    lot = get_lot_to_pledge(user, pk)
    if not pledging_by_sheet_for(user):
        raise Http404
    return lot


def pledges_for_a_page() -> PledgeQuerySet:
    """Pledges with what a page says about one of them, whether there are lines or kin to read, and the relay saved last."""
    kin = Pledge.objects.filter(Q(parent=OuterRef("pk")) | Q(span=OuterRef("span")) & ~Q(pk=OuterRef("pk")))
    relay = RelayReading.objects.filter(pledge=OuterRef("pk"), applied_at__isnull=False).order_by("-pk")
    return Pledge.objects.select_related(
        *("buyer", "seller", "produce", "place", "dock__place", "placed_by", "parent"),
        *("lot__listing__produce", "lot__listing__place", "lot__seller"),
    ).annotate(
        has_lines=Exists(PledgeLine.objects.filter(pledge=OuterRef("pk"))),
        has_kin=Exists(kin),
        relay_id=Subquery(relay.values("pk")[:1]),
    )


def can_see_pledge(user: User, pledge: Pledge) -> bool:
    """People of its two sides, and the commerce desk, which answers for those who telephone."""
    return can_buy_for(user, pledge.buyer) or can_bring_for(user, pledge.seller)


def side_of(user: User, pledge: Pledge) -> str:
    """As whom the person reads a pledge: "buyer", "seller", or "desk", which may answer for the seller."""
    if can_buy_for(user, pledge.buyer):
        return "buyer"
    return "seller" if can_sell_for(user, pledge.seller) else "desk"


def get_pledge_for(user: User, pk: int) -> Pledge:
    """The pledge with what its page says, for people of its buyer or seller and the commerce desk. Raises: Http404."""
    pledge = get_object_or_404(pledges_for_a_page(), pk=pk)
    if not can_see_pledge(user, pledge):
        raise Http404
    return pledge


def get_pledge_to_bring(user: User, pk: int) -> Pledge:
    """The pledge as `get_pledge_for`, for those who answer for its seller. Raises: Http404."""
    pledge = get_pledge_for(user, pk)
    if not can_bring_for(user, pledge.seller):
        raise Http404
    return pledge


def get_seller_to_bring_for(user: User, pk: int) -> Organisation:
    """The seller, for those who sell for it and the commerce desk. Raises: Http404."""
    seller = get_object_or_404(Organisation.objects.sellers(), pk=pk)
    if not can_bring_for(user, seller):
        raise Http404
    return seller


def get_own_pledge(user: User, pk: int) -> Pledge:
    """The pledge with what a page says about it, for those who buy for its organisation. Raises: Http404."""
    return get_object_or_404(pledges_for_a_page().filter(buyer__in=[o.pk for o in buying_for(user)]), pk=pk)


def get_own_sheet(user: User, pk: int) -> Pledge:
    """The pledge as `get_own_pledge`, if it has lines of stalls. Raises: Http404."""
    pledge = get_own_pledge(user, pk)
    if not pledge.lines.exists():
        raise Http404
    return pledge


def get_own_dock(user: User, pk: int) -> Dock:
    """The dock, in use or not, for those who buy for its organisation. Raises: Http404."""
    docks = Dock.objects.select_related("organisation", "place__parent")
    return get_object_or_404(docks.filter(organisation__in=[o.pk for o in buying_for(user)]), pk=pk)


def can_match(user: User | AnonymousUser) -> bool:
    """The commerce desk: publishes the rules, proposes who gets what, and commits it."""
    return user.is_authenticated and can_verify_organisations(user)


def require_matcher(user: User) -> None:
    """Raises: Http404."""
    if not can_match(user):
        raise Http404


def get_match_run(user: User, pk: int) -> MatchRun:
    """The run without what the computer reads of it (problem, result, facts), for the commerce desk. Raises: Http404."""
    require_matcher(user)
    runs = MatchRun.objects.light().select_related("policy", "by", "replay_of")
    runs = runs.defer(*(f"replay_of__{name}" for name in LARGE))
    return get_object_or_404(runs, pk=pk)


def get_own_hold(user: User, pk: int) -> Pledge:
    """The pledge as `get_own_pledge`, if it is or was a hold of an association. Raises: Http404."""
    pledge = get_own_pledge(user, pk)
    kept = (
        pledge.state in (PledgeState.HELD, PledgeState.LAPSED)
        or Event.objects.about(pledge).filter(verb="held").exists()
    )
    if not kept:
        raise Http404
    return pledge


def standing_for(user: User) -> QuerySet[StandingPledge]:
    """The standing pledges the person's organisations made or bring for; all of them for the commerce desk.

    Costs the memberships, once a request. Raises: Http404 for those who neither buy nor sell.
    """
    if can_enter_for_others(user):
        return StandingPledge.objects.all()
    buyers, sellers = buying_for(user), selling_for(user)
    if not buyers and not sellers:
        raise Http404
    return StandingPledge.objects.filter(Q(buyer__in=buyers) | Q(listing__seller__in=sellers))


def get_standing(user: User, pk: int) -> StandingPledge:
    """The standing pledge with what its page says, for people of its two sides and the commerce desk. Raises: Http404."""
    rows = StandingPledge.objects.select_related(
        "buyer", "dock__place", "placed_by", "listing__produce", "listing__place", "listing__seller"
    )
    standing = get_object_or_404(rows, pk=pk)
    if not (can_enter_pledge_for(user, standing.buyer) or can_bring_for(user, standing.listing.seller)):
        raise Http404
    return standing


def get_own_standing(user: User, pk: int) -> StandingPledge:
    """The standing pledge, for those who may change it. Raises: Http404."""
    standing = get_standing(user, pk)
    if not can_enter_pledge_for(user, standing.buyer):
        raise Http404
    return standing


def get_own_demand(user: User, pk: int) -> Demand:
    """The demand with what its page says, for those who buy for its organisation. Raises: Http404."""
    rows = Demand.objects.select_related("buyer", "produce", "dock__place", "placed_by")
    return get_object_or_404(rows.filter(buyer__in=[one.pk for one in buying_for(user)]), pk=pk)


def get_demand_to_answer(user: User, pk: int) -> Demand:
    """The demand, for those who sell, and for the commerce desk that enters a grower's answer. Raises: Http404."""
    if not (selling_for(user) or can_enter_for_others(user)):
        raise Http404
    return get_object_or_404(Demand.objects.select_related("buyer", "produce", "dock__place__parent"), pk=pk)


def speaks_for_side(user: User, offer: Offer, side: str) -> bool:
    """The people of that side; for the seller's also the commerce desk, which answers for growers who telephone."""
    return can_buy_for(user, offer.buyer) if side == OfferSide.BUYER else can_bring_for(user, offer.seller)


def can_answer_offer(user: User, offer: Offer) -> bool:
    return speaks_for_side(user, offer, offer.other_side)


def get_offer(user: User, pk: int) -> Offer:
    """The offer with what its page says, for people of its two sides and the commerce desk. Raises: Http404."""
    rows = Offer.objects.select_related(
        *("lot__listing__produce", "lot__listing__place", "buyer", "seller", "dock", "demand", "made_by"),
        *("replaces__lot__listing__produce", "pledge"),
    )
    offer = get_object_or_404(rows, pk=pk)
    if not (speaks_for_side(user, offer, OfferSide.BUYER) or speaks_for_side(user, offer, OfferSide.SELLER)):
        raise Http404
    return offer


def get_offer_to_answer(user: User, pk: int) -> Offer:
    """The offer, for those who answer it. Raises: Http404."""
    offer = get_offer(user, pk)
    if not can_answer_offer(user, offer):
        raise Http404
    return offer


def get_pledge_to_replace(user: User, pk: int) -> Pledge:
    """The pledge, for those who bring it. Raises: Http404."""
    rows = Pledge.objects.select_related(
        "buyer", "seller", "dock__place", "lot__listing__produce", "lot__listing__place"
    )
    pledge = get_object_or_404(rows, pk=pk)
    if not can_bring_for(user, pledge.seller):
        raise Http404
    return pledge


def get_own_reading(user: User, pk: int) -> RelayReading:
    """The relay reading with its lot, for those who pledge for its association's stalls. Raises: Http404."""
    mine = [organisation.pk for organisation in pledging_by_sheet_for(user)]
    readings = RelayReading.objects.select_related(
        "association", "lot__seller", "lot__listing__produce", "lot__listing__place"
    )
    return get_object_or_404(readings.filter(association__in=mine), pk=pk)


def get_own_stall(user: User, pk: int) -> Stall:
    """The stall, for those who pledge for its association. Raises: Http404."""
    mine = [organisation.pk for organisation in pledging_by_sheet_for(user)]
    return get_object_or_404(Stall.objects.select_related("association").filter(association__in=mine), pk=pk)


def get_own_alias(user: User, pk: int) -> StallAlias:
    """What the group calls a stall, for those who pledge for its association. Raises: Http404."""
    mine = [organisation.pk for organisation in pledging_by_sheet_for(user)]
    aliases = StallAlias.objects.select_related("association", "stall")
    return get_object_or_404(aliases.filter(association__in=mine), pk=pk)
