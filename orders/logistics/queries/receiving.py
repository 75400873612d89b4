"""What a buyer is to receive, what the receipts of a load say, and what its sender sees of it."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from market.models import Produce
from orders.logistics.enums import DisputeState, LoadState, TripState
from orders.logistics.models import Dispute, Evidence, Load, Receipt
from orders.logistics.queries.loads import RECEIVED, Received, received_by, received_by_load

SURPLUS_PERCENT = 10  # of the loaded grams; more is another load, not a miscount
SENT_A_PAGE = 30
LEAST_SURPLUS_G = 50_000  # a pallet more on a small load is still a miscount


def tolerance_of(load: Load, produce: Produce) -> int:
    """Grams of the load that may be missing without a word: what the produce loses on the way. No statement."""
    return (load.loaded_g or 0) * produce.shrink_permille // 1000


def most_surplus(load: Load) -> int:
    """The most that a load's receipts may call surplus. No statement."""
    return max((load.loaded_g or 0) * SURPLUS_PERCENT // 100, LEAST_SURPLUS_G)


@dataclass(frozen=True)
class Incoming:
    """A load on its way to a buyer; `left_g` is what no receipt speaks of yet."""

    load: Load
    left_g: int

    @property
    def can_receive(self) -> bool:
        load = self.load
        on_the_road = load.trip.state in (TripState.EN_ROUTE, TripState.COMPLETED)
        return load.state == LoadState.LOADED and on_the_road and load.pickup.departed_at is not None


def incoming_of(loads: QuerySet[Load], today: dt.date) -> tuple[list[Incoming], list[Incoming]]:
    """Of the person's loads: those to receive, by planned arrival, and those received since yesterday. Two statements."""
    rows = list(
        loads.exclude(state=LoadState.DELIVERED, trip__day__lt=today - dt.timedelta(days=1))
        .select_related(
            "trip__truck",
            "trip__driver",
            "pickup",
            "delivery",
            "allocation__pledge__dock",
            "allocation__lot__listing__produce",
            "allocation__lot__seller",
        )
        .order_by("delivery__planned_at", "pk")
    )
    received = received_by_load([load.pk for load in rows])
    found = [Incoming(load, (load.loaded_g or 0) - received.get(load.pk, 0)) for load in rows]
    done = [row for row in found if row.load.state == LoadState.DELIVERED]
    return [row for row in found if row.load.state != LoadState.DELIVERED], done


@dataclass(frozen=True)
class ReceiptLine:
    """One receipt with its photographs, its disputes and what took it back."""

    receipt: Receipt
    pictures: list[Evidence]
    disputes: list[Dispute]
    is_reversed: bool

    @property
    def is_reversal(self) -> bool:
        return self.receipt.reverses_id is not None

    @property
    def taken_g(self) -> int:
        return self.receipt.accepted_g + self.receipt.downgraded_g

    @property
    def counts(self) -> bool:
        return not self.is_reversed and not self.is_reversal

    @property
    def open_dispute(self) -> Dispute | None:
        return next((one for one in self.disputes if one.state == DisputeState.OPEN), None)

    @property
    def until(self) -> dt.datetime:
        return self.receipt.at + dt.timedelta(hours=settings.DISPUTE_HOURS)

    @property
    def can_dispute(self) -> bool:
        answered = {DisputeState.OPEN, DisputeState.REFUSED, DisputeState.UPHELD}
        was = {one.state for one in self.disputes}
        return self.counts and not was & answered and timezone.now() <= self.until


@dataclass(frozen=True)
class ReceiptPage:
    """A load with everything its receipts say."""

    load: Load
    lines: list[ReceiptLine]

    @property
    def received(self) -> Received:
        return sum((Received(*(getattr(one.receipt, name) for name in RECEIVED)) for one in self.lines), Received())

    @property
    def left_g(self) -> int:
        """Grams on board that no receipt speaks of."""
        return (self.load.loaded_g or 0) - self.received.spoken_g

    @property
    def incoming(self) -> Incoming:
        return Incoming(self.load, self.left_g)

    @property
    def tolerance_g(self) -> int:
        return tolerance_of(self.load, self.load.allocation.lot.listing.produce)

    @property
    def difference_g(self) -> int:
        """What the buyer keeps less what was loaded; nothing is known while something is left."""
        return self.received.taken_g - (self.load.loaded_g or 0) if self.lines and not self.left_g else 0


def receipt_page(load: Load) -> ReceiptPage:
    """Three statements, however many receipts: receipts, photographs, disputes."""
    receipts = Receipt.objects.filter(load=load).select_related("by", "reversed_by").order_by("pk")
    pictures: dict[int | None, list[Evidence]] = defaultdict(list)
    for picture in Evidence.objects.filter(receipt__load=load):
        pictures[picture.receipt_id].append(picture)
    disputes: dict[int, list[Dispute]] = defaultdict(list)
    for dispute in Dispute.objects.filter(receipt__load=load).order_by("pk"):
        disputes[dispute.receipt_id].append(dispute)
    lines = [ReceiptLine(one, pictures[one.pk], disputes[one.pk], hasattr(one, "reversed_by")) for one in receipts]
    return ReceiptPage(load, lines)


@dataclass(frozen=True)
class Sent:
    """A load as its sender sees it."""

    load: Load
    received: Received
    has_open_dispute: bool

    @property
    def left_g(self) -> int:
        return (self.load.loaded_g or 0) - self.received.spoken_g

    @property
    def difference_g(self) -> int:
        """Known when all is accounted for."""
        return 0 if self.left_g else self.received.taken_g - (self.load.loaded_g or 0)


def sent_page(loads: QuerySet[Load], number: str | int | None) -> tuple[Page, list[Sent]]:
    """Loads that have left their yards, the last first. Four statements: count, loads, receipts, disputes."""
    gone = loads.filter(state__in=[LoadState.LOADED, LoadState.DELIVERED]).select_related(
        "trip__truck", "delivery", "allocation__pledge__buyer", "allocation__pledge__produce"
    )
    page = Paginator(gone.order_by("-trip__day", "-pk"), SENT_A_PAGE).get_page(number)
    rows = list(page.object_list)
    received = received_by([load.pk for load in rows])
    disputed = set(
        Dispute.objects.filter(state=DisputeState.OPEN, receipt__load__in=rows).values_list("receipt__load", flat=True)
    )
    return page, [Sent(load, received.get(load.pk, Received()), load.pk in disputed) for load in rows]
