"""Disputes as both sides and the commerce desk see them."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When

from orders.logistics.enums import DisputeState
from orders.logistics.models import Dispute, Evidence

DISPUTES_A_PAGE = 30


@dataclass(frozen=True)
class DisputePage:
    """One dispute with the photographs of both sides."""

    dispute: Dispute
    theirs: list[Evidence]  # of the receipt
    ours: list[Evidence]  # of the dispute

    @property
    def is_open(self) -> bool:
        return self.dispute.state == DisputeState.OPEN


def with_sides(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Everything a page says of a dispute. No statement of its own."""
    return disputes.select_related(
        *(
            "by",
            "answered_by",
            "receipt__by",
            "receipt__load__trip__truck",
            "receipt__load__allocation__lot__listing__produce",
        ),
        *(f"receipt__load__allocation__pledge__{name}" for name in ("buyer", "seller", "produce")),
    )


def dispute_page(dispute: Dispute) -> DisputePage:
    """One statement."""
    pictures = list(Evidence.objects.filter(receipt=dispute.receipt_id) | Evidence.objects.filter(dispute=dispute.pk))
    theirs = [picture for picture in pictures if picture.receipt_id]
    return DisputePage(dispute, theirs, [picture for picture in pictures if picture.dispute_id])


def disputes_page(disputes: QuerySet[Dispute], number: str | int | None) -> Page:
    """Open ones first, those whose time ends soonest on top. Two statements."""
    first = Case(When(state=DisputeState.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = with_sides(disputes).annotate(first=first).order_by("first", "-pk")
    return Paginator(rows, DISPUTES_A_PAGE).get_page(number)
