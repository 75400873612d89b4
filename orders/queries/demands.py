"""What the pages of open pledges show: to their buyer, and to everybody as 求购."""

import datetime as dt
from dataclasses import dataclass, replace

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, QuerySet, When
from django.db.models.functions import Greatest
from django.utils import timezone

from market.models import Lot, User
from market.permissions import can_enter_for_others, selling_for
from orders.enums import DemandState
from orders.fitting import WORDS, demand_facts, lot_facts, why_unfit
from orders.models import Demand, Offer, Pledge
from orders.permissions import buying_for
from orders.queries.rooms import Room, rooms_of

PER_PAGE = 24
DAYS_IN_A_CARD = 3
LOTS_SHOWN = 60


@dataclass(frozen=True)
class ShownDemand:
    """A demand with what each of its coming days has and lacks."""

    demand: Demand
    rooms: list[Room]

    @property
    def first_rooms(self) -> list[Room]:
        return self.rooms[:DAYS_IN_A_CARD]

    @property
    def more_days(self) -> int:
        return max(0, len(self.rooms) - DAYS_IN_A_CARD)

    @property
    def next_wanted(self) -> Room | None:
        """The first coming day on which something is missing, or would still be welcome."""
        missing = [room for room in self.rooms if room.missing_g]
        return next(iter(missing or [room for room in self.rooms if room.left_g]), None)

    @property
    def days_open(self) -> set[dt.date]:
        """The coming days on which one more pledge can be booked: an offer for another is refused."""
        return {room.day for room in self.rooms if room.left_g}


def demands_of(user: User) -> QuerySet[Demand]:
    """Those of the organisations the person buys for. Costs the memberships, once a request."""
    return Demand.objects.filter(buyer__in=[organisation.pk for organisation in buying_for(user)])


def own_page(demands: QuerySet[Demand], number: str | int | None) -> tuple[Page, list[ShownDemand]]:
    """A page of a buyer's demands, the open ones first, newest first, with their coming days. Three statements."""
    is_over = Case(When(state=DemandState.OPEN, then=False), default=True, output_field=BooleanField())
    listed = demands.select_related("buyer", "produce", "dock").order_by(is_over, "-pk")
    return _page(listed, number)


def wanted_demands() -> QuerySet[Demand]:
    """What is wanted today or later, the soonest day first."""
    today = timezone.localdate()
    open_ones = Demand.objects.open().filter(last_day__gte=today)
    soonest = open_ones.annotate(next_day=Greatest("first_day", today)).order_by("next_day", "last_day", "pk")
    return soonest.select_related("buyer", "produce", "dock__place__parent")


def public_demand() -> QuerySet[Demand]:
    """Also one that is over: its page says so instead of being gone."""
    return Demand.objects.select_related("buyer", "produce", "dock__place__parent")


def wanted_page(demands: QuerySet[Demand], number: str | int | None) -> tuple[Page, list[ShownDemand]]:
    """A page of `wanted_demands`, for everybody; what is met already comes last on it. Three statements."""
    page, shown = _page(demands, number)
    return page, sorted(shown, key=lambda one: not one.days_open)


def _page(demands: QuerySet[Demand], number: str | int | None) -> tuple[Page, list[ShownDemand]]:
    page = Paginator(demands, PER_PAGE).get_page(number)
    return page, with_rooms(list(page.object_list))


def with_rooms(demands: list[Demand]) -> list[ShownDemand]:
    """One statement."""
    today = timezone.localdate()
    rooms = rooms_of(demands, (today, dt.date.max))
    by_demand: dict[int, list[Room]] = {}
    for (demand_id, _day), room in rooms.items():
        by_demand.setdefault(demand_id, []).append(room)
    return [ShownDemand(demand, by_demand.get(demand.pk, [])) for demand in demands]


def pledges_for(demand: Demand) -> list[Pledge]:
    """What was booked for it, the newest day first. One statement."""
    rows = Pledge.objects.filter(demand=demand).select_related("seller", "produce", "lot")
    return list(rows.order_by("-day", "-pk"))


def waiting_offers_for(demand: Demand) -> list[Offer]:
    """The offers to it that wait for an answer. One statement."""
    rows = Offer.objects.open().filter(demand=demand)
    return list(rows.select_related("seller", "lot").order_by("expires_at", "pk"))


@dataclass(frozen=True)
class OwnLot:
    """One of the seller's lots beside a demand: `why` says what does not fit, nothing when it fits."""

    lot: Lot
    why: str = ""


def lots_for(user: User, demand: Demand) -> list[OwnLot]:
    """What the person's own organisations have of that produce on those days, those that fit first.

    The price is left out: it is what an offer is about. The commerce desk sees every seller's. One statement, and the memberships.
    """
    asked = replace(demand_facts(demand), per_kg_at_most=None)
    lots = Lot.objects.on_board().with_stock().select_related("listing__produce", "listing__place", "seller")
    if not can_enter_for_others(user):
        lots = lots.filter(seller__in=[organisation.pk for organisation in selling_for(user)])
    days = (max(demand.first_day, timezone.localdate()), demand.last_day)
    found = []
    for lot in lots.filter(produce=demand.produce_id, day__range=days).order_by("day", "pk")[:LOTS_SHOWN]:
        why = why_unfit(lot_facts(lot), asked)
        found.append(OwnLot(lot, str(WORDS[why]) if why else ""))
    return sorted(found, key=lambda own: (bool(own.why), own.lot.day, own.lot.pk))


def lots_instead_of(pledge: Pledge) -> list[Lot]:
    """What else the seller of a pledge has on sale on its day. One statement."""
    on_sale = Lot.objects.on_board().with_stock().filter(seller=pledge.seller_id, day=pledge.day)
    return list(on_sale.exclude(pk=pledge.lot_id).select_related("listing__produce", "listing__place").order_by("pk"))
