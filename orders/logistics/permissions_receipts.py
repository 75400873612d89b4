"""Who may see and do what with receipts, disputes, photographs and signed sheets. What a person may not see is a 404."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from market.models import User
from market.permissions import can_enter_for_others, can_sell_for, selling_for
from orders.logistics.enums import EvidenceKind
from orders.logistics.models import Dispute, Evidence, Load, Paper, Receipt, Trip
from orders.logistics.permissions import can_drive, dispatcher_or_404, is_dispatcher, trips_for
from orders.logistics.queries.disputes import with_sides
from orders.models import Pledge
from orders.permissions import buying_for, can_bring_for, can_buy_for

PLEDGE = "load__allocation__pledge__"


def can_receive_for(user: User, pledge: Pledge) -> bool:
    """Those who buy for the buyer, and the commerce desk, which takes down what is telephoned in and corrects."""
    return can_buy_for(user, pledge.buyer) or can_enter_for_others(user)


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


@dataclass(frozen=True)
class Rights:
    """What the person may do with the receipts of one load."""

    sells: bool
    buys: bool
    is_desk: bool

    @property
    def may_dispute(self) -> bool:
        return self.sells or self.is_desk

    @property
    def may_answer(self) -> bool:
        return self.buys or self.is_desk


def rights_on(user: User, load: Load) -> Rights:
    """Costs the memberships."""
    pledge = load.allocation.pledge
    desk = can_enter_for_others(user)
    return Rights(can_sell_for(user, pledge.seller), can_buy_for(user, pledge.buyer), desk)


def require_seller(user: User) -> None:
    """Somebody sells through the person. Raises: Http404."""
    if not selling_for(user):
        raise Http404


def sent_loads(user: User) -> QuerySet[Load]:
    """Live loads of what the person sells."""
    return Load.objects.live().filter(allocation__pledge__seller__in=_keys(selling_for(user)))


def _of_either_side(user: User, path: str) -> Q:
    """Everything for the commerce desk, else what the person sells or buys; `path` leads to the load."""
    if can_enter_for_others(user):
        return Q()
    pledge = f"{path}allocation__pledge__"
    sells = Q(**{f"{pledge}seller__in": _keys(selling_for(user))})
    return sells | Q(**{f"{pledge}buyer__in": _keys(buying_for(user))})


def get_load_with_receipts(user: User, pk: int) -> Load:
    """A live load of the person's trade, or any for the commerce desk. One statement. Raises: Http404."""
    rows = Load.objects.live().select_related(
        *("trip__truck", "trip__driver", "delivery", "pickup"),
        *("allocation__lot__listing__produce", "allocation__pledge__buyer", "allocation__pledge__seller"),
    )
    return get_object_or_404(rows.filter(_of_either_side(user, "")), pk=pk)


def _receipts() -> QuerySet[Receipt]:
    return Receipt.objects.select_related(
        "load__trip__truck",
        "load__allocation__pledge__buyer",
        "load__allocation__pledge__seller",
        "load__allocation__pledge__produce",
    )


def get_receipt_to_reverse(user: User, pk: int) -> Receipt:
    """For those who buy and the commerce desk. Raises: Http404."""
    receipt = get_object_or_404(_receipts(), pk=pk)
    if not can_receive_for(user, receipt.load.allocation.pledge):
        raise Http404
    return receipt


def get_receipt_to_dispute(user: User, pk: int) -> Receipt:
    """For those who sell and the commerce desk. Raises: Http404."""
    receipt = get_object_or_404(_receipts(), pk=pk)
    if not can_bring_for(user, receipt.load.allocation.pledge.seller):
        raise Http404
    return receipt


def disputes_for(user: User) -> QuerySet[Dispute]:
    """Of the person's trade; all for the commerce desk. Raises: Http404 where there can be none."""
    if not (can_enter_for_others(user) or selling_for(user) or buying_for(user)):
        raise Http404
    return Dispute.objects.filter(_of_either_side(user, "receipt__load__"))


def get_dispute(user: User, pk: int) -> Dispute:
    """Raises: Http404."""
    return get_object_or_404(with_sides(disputes_for(user)), pk=pk)


def get_dispute_to_answer(user: User, pk: int) -> Dispute:
    """For those who buy and the commerce desk. Raises: Http404."""
    dispute = get_dispute(user, pk)
    if not can_receive_for(user, dispute.receipt.load.allocation.pledge):
        raise Http404
    return dispute


def can_print_papers(user: User, trip: Trip) -> bool:
    """Dispatcher, the truck's carrier and the trip's driver."""
    return trips_for(user).filter(pk=trip.pk).exists()


def papers_for(user: User) -> QuerySet[Paper]:
    """For dispatchers. Raises: Http404."""
    dispatcher_or_404(user)
    return Paper.objects.all()


def get_paper(user: User, pk: int) -> Paper:
    """For dispatchers. Raises: Http404."""
    return get_object_or_404(papers_for(user).select_related("trip__truck"), pk=pk)
