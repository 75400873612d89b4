"""Stock: making lots from a published listing, taking grams from them and giving grams back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from market.actions.events import record
from market.days import moment
from market.exceptions import (
    LotClosed,
    NotEnoughLeft,
    OfferBelowReserved,
    ReasonNeeded,
    Refused,
    SoldOut,
    StockMoved,
    WithdrawnTooMuch,
)
from market.models import Event, Listing, Lot, Organisation, User
from market.models.lots import HARVEST, LotQuerySet
from market.permissions import can_enter_listing_for, on_behalf_of, require
from market.prepared import PreparedUpdate, a_moment, whole_numbers
from market.pricing import listing_price_per_kg
from market.quantities import describe
from market.sentences import Weight
from market.wording import calendar_day

MAX_REASON = 200
WITHDRAWN_STOCK = "stock_withdrawn"  # an event of the listing; the day stands in `from_state`

_take = PreparedUpdate(
    lambda lot_id, grams, at: (
        Lot.objects.open(at).filter(pk=lot_id, reserved_g__lte=F("offered_g") - grams),
        {"reserved_g": F("reserved_g") + grams},
    ),
    *whole_numbers(2),
    a_moment(),
)


def reserve(lot_id: int, grams: int) -> None:
    """Take `grams` of the lot, exactly or not at all. Call it last in the action: the row is locked from here on.

    Raises: NotEnoughLeft (SoldOut when nothing is left), LotClosed.
    """
    if _take(lot_id, grams, timezone.now()) != 1:
        lot = Lot.objects.only("offered_g", "reserved_g", "is_open", "best_before").get(pk=lot_id)
        raise why_not_taken(lot)


def why_not_taken(lot: Lot) -> Refused:
    """What is said when more was asked of the lot than it has, or it is not on offer: LotClosed, NotEnoughLeft or SoldOut."""
    if not lot.is_on_offer:
        return LotClosed()
    return NotEnoughLeft(left=Weight(lot.remaining_g)) if lot.remaining_g else SoldOut()


def release(lot_id: int, grams: int) -> None:
    """Give `grams` back to the lot. A closed or past lot takes them back too: they are simply not on sale."""
    given = Lot.objects.filter(pk=lot_id, reserved_g__gte=grams).update(reserved_g=F("reserved_g") - grams)
    if given != 1:
        raise RuntimeError(f"lot {lot_id}: releasing {grams} g that were not reserved")


def withdraw_reserved(lot_id: int, grams: int) -> None:
    """Give `grams` back that are not there to be sold again: offer and reservation both shrink, and what is left stays."""
    gone = Lot.objects.filter(pk=lot_id, reserved_g__gte=grams).update(
        reserved_g=F("reserved_g") - grams,
        offered_g=F("offered_g") - grams,
        withdrawn_g=F("withdrawn_g") + grams,
        is_open=_open_without(grams),
    )
    if gone != 1:
        raise RuntimeError(f"lot {lot_id}: withdrawing {grams} g that were not reserved")


@transaction.atomic
def withdraw_stock(lot: Lot, *, grams: int, reason: str, by: User, known_g: int | None = None) -> Lot:
    """`grams` that nobody has taken are off the day's offer (spoilt, given away); a new publication keeps them off.

    `known_g` is what had been withdrawn when the person looked: with it a repeat changes nothing. A day of which nothing is
    offered any more is off the board. Locks: lot (by the guarded update).
    Raises: NotAllowed, ReasonNeeded, StockMoved, WithdrawnTooMuch.
    """
    seller = Organisation.objects.get(pk=lot.seller_id)
    require(can_enter_listing_for(by, seller))
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise ReasonNeeded(limit=MAX_REASON)
    if grams <= 0:
        raise ValueError("nothing to withdraw")
    free = Lot.objects.filter(pk=lot.pk, reserved_g__lte=F("offered_g") - grams)
    if known_g is not None:
        free = free.filter(withdrawn_g=known_g)
    gone = free.update(
        offered_g=F("offered_g") - grams, withdrawn_g=F("withdrawn_g") + grams, is_open=_open_without(grams)
    )
    now = Lot.objects.select_related("listing").get(pk=lot.pk)
    if gone != 1:
        return _withdrawn_before(now, grams, known_g)
    record(
        now.listing,
        WITHDRAWN_STOCK,
        by=by,
        on_behalf_of=on_behalf_of(by, seller),
        from_state=now.day.isoformat(),
        grams=grams,
        reason=reason.strip(),
    )
    return now


def _open_without(grams: int) -> Case:
    """A lot of which nothing is offered any more is not on sale."""
    return Case(When(offered_g__gt=grams, then=F("is_open")), default=Value(False))


def _withdrawn_before(lot: Lot, grams: int, known_g: int | None) -> Lot:
    """The lot, when the form was only sent again. Raises: StockMoved, WithdrawnTooMuch."""
    if known_g is None or lot.withdrawn_g == known_g:
        raise WithdrawnTooMuch(left=describe(lot.remaining_g))
    events = Event.objects.about(lot.listing).filter(verb=WITHDRAWN_STOCK, from_state=lot.day.isoformat())
    last = events.last()
    if last is None or last.grams != grams or lot.withdrawn_g != known_g + grams:
        raise StockMoved(left=describe(lot.remaining_g))
    return lot


@transaction.atomic
def publish_with_lots(listing: Listing, publish: Callable, revision: Any, **kwargs: Any) -> Any:
    """Publish and adjust one lot per day, both or neither.

    Locks: listing, then its lots by pk. Raises: OfferBelowReserved (nothing is published).
    """
    Listing.objects.select_for_update().filter(pk=listing.pk).first()
    result = publish(revision, **kwargs)
    fresh = Listing.objects.select_related("produce", "place", "seller").get(pk=listing.pk)
    if fresh.live:  # a revision with a future go-live date is only scheduled
        adjust_lots(fresh)
    return result


@transaction.atomic
def unpublish_with_lots(listing: Listing, unpublish: Callable, *args: Any, **kwargs: Any) -> Any:
    """Take off the board and close the lots. Locks: listing, lots by pk."""
    Listing.objects.select_for_update().filter(pk=listing.pk).first()
    result = unpublish(*args, **kwargs)
    _close(Lot.objects.filter(listing_id=listing.pk))
    return result


def _close(lots: LotQuerySet) -> None:
    """Locked by pk first: an update alone takes them in any order, and a form for several days may hold one of them."""
    Lot.objects.filter(pk__in=locked_lots(lots)).update(is_open=False)


def locked_lots(lots: LotQuerySet) -> list[int]:
    """The keys of these lots, locked one after the other. Call inside a transaction. One statement."""
    return list(lots.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))


def adjust_lots(listing: Listing) -> None:
    """Make the lots of today and later say what the listing says, on sale if the seller may trade.

    Raises: OfferBelowReserved.
    """
    today = timezone.localdate()
    lots = {lot.day: lot for lot in Lot.objects.select_for_update().filter(listing=listing).order_by("pk")}
    offered_days = {day for day in days_of(listing) if day >= today}
    for day in sorted(offered_days):
        _offer(listing, day, lots.get(day))
    for day, lot in sorted(lots.items()):
        if day >= today and day not in offered_days:
            if lot.reserved_g:
                raise _below_reserved(lot, 0)
            Lot.objects.filter(pk=lot.pk).update(is_open=False)


def close_lots_of(seller: Organisation) -> None:
    """Nothing of the seller is on sale any more; what is promised stays promised.

    The listings come first, also those not live: a publication under way locks one and makes lots nobody else sees yet.
    Locks: the seller's listings by pk, their lots by pk; call it with the organisation locked.
    """
    list(Listing.objects.select_for_update().filter(seller=seller).order_by("pk").values_list("pk"))
    _close(Lot.objects.filter(seller=seller, is_open=True))


def reopen_lots_of(seller: Organisation) -> None:
    """What the seller's live listings offer today and later is on sale again. Locks: the listings by pk, their lots."""
    live = Listing.objects.select_for_update(of=("self",)).filter(seller=seller, live=True)
    for listing in live.select_related("produce", "place", "seller").order_by("pk"):
        adjust_lots(listing)


def refuse_below_reserved(listing: Listing) -> None:
    """Say early, when a seller hands in an edit, what publication would refuse. Raises: OfferBelowReserved."""
    days = set(days_of(listing))
    for lot in Lot.objects.filter(listing_id=listing.pk, day__gte=timezone.localdate(), reserved_g__gt=0):
        offered = _left_of(listing, lot) if lot.day in days else 0
        if offered < lot.reserved_g:
            raise _below_reserved(lot, offered)


def days_of(listing: Listing) -> list[dt.date]:
    span = (listing.last_day - listing.first_day).days
    return [listing.first_day + dt.timedelta(days=n) for n in range(span + 1)]


def best_before(listing: Listing, day: dt.date) -> dt.datetime:
    """Until when the day's harvest is good: picked at `HARVEST`, plus the produce's days at ambient heat.

    Grain and other goods without a stated life stay on offer until the listing's last day ends.
    """
    if listing.produce.ambient_hours is None:
        return moment(listing.last_day + dt.timedelta(days=1))
    return moment(day, HARVEST) + dt.timedelta(hours=listing.produce.ambient_hours)


def _left_of(listing: Listing, lot: Lot | None) -> int:
    """The day's offer less what the seller took off it."""
    return max(listing.quantity_per_day_g - (lot.withdrawn_g if lot else 0), 0)


def _offer(listing: Listing, day: dt.date, lot: Lot | None) -> None:
    offered_g = _left_of(listing, lot)
    facts = {
        "offered_g": offered_g,
        "best_before": best_before(listing, day),
        "is_open": listing.seller.is_verified and offered_g > 0,
        "seller_id": listing.seller_id,
        "produce_id": listing.produce_id,
        "kind": listing.produce.kind,
        "place_code": listing.place_id,
        "grade": listing.grade,
        "price_per_kg": listing_price_per_kg(listing),
    }
    if lot is None:
        Lot.objects.create(listing=listing, day=day, **facts)
        return
    changed = Lot.objects.filter(pk=lot.pk, reserved_g__lte=offered_g).update(**facts)
    if changed != 1:
        raise _below_reserved(lot, offered_g)


def _below_reserved(lot: Lot, offered_g: int) -> OfferBelowReserved:
    fresh = Lot.objects.get(pk=lot.pk)
    return OfferBelowReserved(
        day=calendar_day(fresh.day), reserved=describe(fresh.reserved_g), offered=describe(offered_g)
    )
