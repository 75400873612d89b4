"""Who may see and do what with receipts, disputes, photographs and signed sheets. What a person may not see is a 404."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from market.models import User
from market.permissions import can_enter_for_others, can_sell_for, selling_for
from orders.logistics.enums import EvidenceKind
from orders.logistics.models import Dispute, Evidence, Receipt, Trip
from orders.logistics.permissions import can_drive, is_dispatcher, trips_for
from orders.permissions import buying_for, can_buy_for

PLEDGE = "load__allocation__pledge__"


def can_add_evidence(
    user: User, kind: EvidenceKind, trip: Trip, *, receipt: Receipt | None = None, dispute: Dispute | None = None
) -> bool:
    """Road pictures: who drives; signed sheets: the dispatcher; receipts: the buyer; disputes: either side and the desk."""
    if kind == EvidenceKind.ROAD:
        return can_drive(user, trip)
    if kind == EvidenceKind.PAPER:
        return is_dispatcher(user)
    about = receipt or (dispute.receipt if dispute else None)
    if about is None:
        return False
    pledge = about.load.allocation.pledge
    if kind == EvidenceKind.RECEIPT:
        return can_buy_for(user, pledge.buyer)
    return can_sell_for(user, pledge.seller) or can_buy_for(user, pledge.buyer) or can_enter_for_others(user)


def evidence_for(user: User) -> QuerySet[Evidence]:
    """Of the trips the person may see; of the loads the person buys or sells, and what their receipts and disputes show.

    The commerce desk sees those of receipts and disputes.
    """
    if is_dispatcher(user):
        return Evidence.objects.all()
    mine = Q(trip__in=trips_for(user).values("pk"))
    sides = Q(**{f"{PLEDGE}buyer__in": _keys(buying_for(user))}) | Q(
        **{f"{PLEDGE}seller__in": _keys(selling_for(user))}
    )
    if can_enter_for_others(user):
        mine |= Q(kind__in=[EvidenceKind.RECEIPT, EvidenceKind.DISPUTE])
    return Evidence.objects.filter(mine | sides)


def _keys(organisations: list) -> list[int]:
    return [organisation.pk for organisation in organisations]


def get_evidence(user: User, pk: int) -> Evidence:
    """Raises: Http404."""
    return get_object_or_404(evidence_for(user), pk=pk)
