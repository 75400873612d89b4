"""A buyer's standing pledge: started, changed, paused, resumed, ended, and single days skipped.

What the clock does with each day is in `orders.actions.standing_days`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.lots import best_before
from market.actions.notices import tell
from market.actions.states import move
from market.models import Event, Listing, Lot, Organisation, User
from market.permissions import on_behalf_of, require, require_verified
from market.pricing import listing_price_per_kg, unit_word
from market.quantities import Quantity, describe, format_exact
from market.wording import calendar_day, yuan
from orders import exceptions as refusals
from orders.actions.conditions import (
    require_delivery,
    require_fresh,
    require_most,
    require_reference,
)
from orders.actions.standing_rows import locked_for, page_of, require_live, tell_seller
from orders.enums import STANDING_MOVES, StandingOutcome, StandingState
from orders.models import Dock, StandingDay, StandingPledge
from orders.permissions import can_enter_pledge_for

MAX_STANDING_DAYS = 60
_DELIVERY = ("dock_id", "window_from", "window_to", "fresh_hours", "reference")


def start_standing(
    *,
    buyer: Organisation,
    listing: Listing,
    quantity: Quantity,
    dock: Dock,
    window_from: dt.time,
    window_to: dt.time,
    first_day: dt.date,
    last_day: dt.date,
    key: UUID,
    by: User,
    most: Quantity | None = None,
    fresh_hours: int = 0,
    reference: str = "",
) -> StandingPledge:
    """Each day from `first_day` to `last_day` the clock pledges `quantity` of the listing's lot of that day.

    The price the listing has now is the price agreed to: the clock buys nothing dearer. The seller is told. Locks: nothing;
    no gram is promised before the eve of each day. A repeat with the same buyer and key returns the first; with other contents
    it is refused. Raises: NotAllowed, NotVerified, ListingNotOffered, OwnProduce, StandingDaysBackwards, StandingTooLong,
    StandingStartsTooLate, BeforeListing, BeyondListing, MoreThanADay, BelowMinimum, MostBelowFirm, NotFreshEnough,
    DockNotUsable, WindowBackwards, OutsideDockHours, ReferenceTooLong, KeyUsedForOtherStanding.
    """
    require(can_enter_pledge_for(by, buyer))
    wanted = StandingPledge(
        buyer=buyer,
        listing=Listing.objects.select_related("produce", "seller").get(pk=listing.pk),
        firm_g=quantity.grams,
        firm_typed=quantity.typed or format_exact(quantity.grams, "斤"),
        most_g=most.grams if most else quantity.grams,
        dock=dock,
        window_from=window_from,
        window_to=window_to,
        fresh_hours=fresh_hours,
        reference=reference.strip(),
        first_day=first_day,
        last_day=last_day,
        key=key,
        placed_by=by,
    )
    first = StandingPledge.objects.filter(buyer=buyer, key=key).first()
    if first is not None:
        return _same_as_before(first, wanted)
    try:
        return _start(wanted, by)
    except IntegrityError:
        return _same_as_before(StandingPledge.objects.get(buyer=buyer, key=key), wanted)


def _same_as_before(first: StandingPledge, wanted: StandingPledge) -> StandingPledge:
    """The first one, whatever has happened since, unless the form sent again says something else. Raises: KeyUsedForOtherStanding."""
    events = list(Event.objects.about(first))
    names = ["listing_id", "first_day"]
    if not any(event.verb.endswith("changed") for event in events):
        names += ["last_day", "firm_g", "most_g", *_DELIVERY]
    if any(getattr(first, name) != getattr(wanted, name) for name in names):
        raise refusals.KeyUsedForOtherStanding
    return first


@transaction.atomic
def _start(standing: StandingPledge, by: User) -> StandingPledge:
    listing = standing.listing
    require_verified(standing.buyer)
    if not listing.is_public():
        raise refusals.ListingNotOffered
    if listing.seller_id == standing.buyer_id:
        raise refusals.OwnProduce(organisation=standing.buyer.name)
    _require_days(standing)
    _require_wish(standing)
    standing.price_per_kg = listing_price_per_kg(listing)
    standing.save()
    who = on_behalf_of(by, standing.buyer)
    record(standing, "started", by=by, on_behalf_of=who, to_state=standing.state, grams=standing.firm_g)
    tell(
        listing.seller_id,
        f"standing-{standing.pk}-started",
        gettext_noop("%(buyer)s 从 %(first_on)s 到 %(last_on)s 每天要%(produce)s %(firm_g)s，系统每天自动认购"),
        url=page_of(standing),
        buyer=standing.buyer.name,
        produce=listing.produce.names,
        first_on=standing.first_day,
        last_on=standing.last_day,
        firm_g=standing.firm_g,
    )
    return standing


def _require_days(standing: StandingPledge) -> None:
    """Raises: StandingDaysBackwards, StandingTooLong, StandingStartsTooLate, BeforeListing, BeyondListing."""
    listing, first, last = standing.listing, standing.first_day, standing.last_day
    _require_length(first, last)
    today = timezone.localdate()
    if first < today or standing.has_begun(first):
        earliest = today + dt.timedelta(days=1) if standing.has_begun(today) else today
        raise refusals.StandingStartsTooLate(day=calendar_day(first), next=calendar_day(earliest))
    if first < listing.first_day:
        raise refusals.BeforeListing(day=calendar_day(listing.first_day))
    if last > listing.last_day:
        raise refusals.BeyondListing(day=calendar_day(listing.last_day))


def _require_length(first: dt.date, last: dt.date) -> None:
    days = (last - first).days + 1
    if days < 1:
        raise refusals.StandingDaysBackwards
    if days > MAX_STANDING_DAYS:
        raise refusals.StandingTooLong(most=MAX_STANDING_DAYS, days=days)


def _require_wish(standing: StandingPledge) -> None:
    """What is asked of each day's pledge, asked once beforehand."""
    listing = standing.listing
    if listing.minimum_g and standing.firm_g < listing.minimum_g:
        raise refusals.BelowMinimum(minimum=describe(listing.minimum_g))
    if standing.firm_g > listing.quantity_per_day_g:
        raise refusals.MoreThanADay(offered=describe(listing.quantity_per_day_g))
    require_most(standing.firm_g, standing.most_g)
    require_delivery(standing.dock, standing.buyer, standing.window_from, standing.window_to)
    require_reference(standing.reference)
    day = standing.first_day
    require_fresh(Lot(day=day, best_before=best_before(listing, day)), standing.window_to, standing.fresh_hours)


@transaction.atomic
def change_standing(
    standing: StandingPledge,
    *,
    by: User,
    quantity: Quantity | None = None,
    most: Quantity | None = None,
    dock: Dock | None = None,
    window_from: dt.time | None = None,
    window_to: dt.time | None = None,
    fresh_hours: int | None = None,
    reference: str | None = None,
    last_day: dt.date | None = None,
) -> StandingPledge:
    """The days not placed yet are pledged as given here; what is None stays. What is placed already stays as it is.

    `quantity` without `most` asks for no stretch. Locks: standing. A repeat changes nothing and writes no event.
    Raises: NotAllowed, WrongState (ended), LastDayOver and what `start_standing` raises of quantity, delivery and days.
    """
    standing = locked_for(standing, by)
    require_live(standing)
    old = {name: getattr(standing, name) for name in (*_DELIVERY, "firm_g", "most_g", "last_day")}
    if quantity is not None:
        standing.firm_g, standing.most_g = quantity.grams, most.grams if most else quantity.grams
        standing.firm_typed = quantity.typed or format_exact(quantity.grams, "斤")
    standing.dock = dock or standing.dock
    standing.window_from = window_from or standing.window_from
    standing.window_to = window_to or standing.window_to
    standing.fresh_hours = standing.fresh_hours if fresh_hours is None else fresh_hours
    standing.reference = standing.reference if reference is None else reference.strip()
    if last_day is not None and last_day != standing.last_day:
        _set_last_day(standing, last_day)
    _require_wish(standing)
    standing.save(update_fields=["firm_g", "firm_typed", "most_g", *_without_ids(_DELIVERY), "last_day"])
    _record_changes(standing, old, by)
    return standing


def _without_ids(names: tuple[str, ...]) -> list[str]:
    return [name.removesuffix("_id") for name in names]


def _set_last_day(standing: StandingPledge, last_day: dt.date) -> None:
    """Raises: LastDayOver, StandingDaysBackwards, StandingTooLong, BeyondListing."""
    if last_day < timezone.localdate():
        raise refusals.LastDayOver
    _require_length(standing.first_day, last_day)
    if last_day > standing.listing.last_day and last_day > standing.last_day:
        raise refusals.BeyondListing(day=calendar_day(standing.listing.last_day))
    standing.last_day = last_day


def _record_changes(standing: StandingPledge, old: dict[str, Any], by: User) -> None:
    """One event for the quantity, one for the days, one for the delivery; the seller hears of the first two."""
    who: dict[str, Any] = {"by": by, "on_behalf_of": on_behalf_of(by, standing.buyer)}
    if (standing.firm_g, standing.most_g) != (old["firm_g"], old["most_g"]):
        event = record(standing, "changed", grams=standing.firm_g, **who)
        text = gettext_noop("%(buyer)s 的每日认购改为每天要%(produce)s %(firm_g)s")
        tell_seller(standing, event.pk, text, firm_g=standing.firm_g)
    if standing.last_day != old["last_day"]:
        event = record(standing, "last_day_changed", to_state=standing.last_day.isoformat(), **who)
        tell_seller(
            standing,
            event.pk,
            gettext_noop("%(buyer)s 每天要%(produce)s，改到 %(last_on)s 为止"),
            last_on=standing.last_day,
        )
    if any(getattr(standing, name) != old[name] for name in _DELIVERY):
        record(standing, "delivery_changed", **who)


@transaction.atomic
def accept_price(standing: StandingPledge, *, by: User) -> StandingPledge:
    """The price the listing has now is the price agreed to for the days to come. Locks: standing.

    A repeat changes nothing. Raises: NotAllowed, WrongState (ended).
    """
    standing = locked_for(standing, by)
    require_live(standing)
    listing = standing.listing
    now = listing_price_per_kg(listing)
    if now != standing.price_per_kg:
        standing.price_per_kg = now
        standing.save(update_fields=["price_per_kg"])
        words = yuan(listing.price, unit_word(listing.price_unit, listing.pack_word))
        record(standing, "price_accepted", by=by, on_behalf_of=on_behalf_of(by, standing.buyer), reason=words)
    return standing


def pause_standing(standing: StandingPledge, *, by: User) -> StandingPledge:
    """The clock places nothing until it is resumed; what is placed stays. The seller is told. Locks: standing.

    A repeat changes nothing. Raises: NotAllowed, WrongState (ended).
    """
    text = gettext_noop("%(buyer)s 暂停了%(produce)s的每日认购，恢复前不再自动认购")
    return _turn(standing, StandingState.PAUSED, "paused", text, by)


def resume_standing(standing: StandingPledge, *, by: User) -> StandingPledge:
    """The clock places again from the next day whose window has not begun; the days meanwhile stay without a pledge.

    The seller is told. Locks: standing. A repeat changes nothing. Raises: NotAllowed, WrongState (ended).
    """
    return _turn(
        standing,
        StandingState.RUNNING,
        "resumed",
        gettext_noop("%(buyer)s 恢复了%(produce)s的每日认购"),
        by,
        _pass_over,
    )


def end_standing(standing: StandingPledge, *, by: User) -> StandingPledge:
    """No day is placed any more; what is placed stays and is cancelled by itself. The seller is told. Locks: standing.

    A repeat changes nothing. Raises: NotAllowed.
    """
    return _turn(standing, StandingState.ENDED, "ended", gettext_noop("%(buyer)s 结束了%(produce)s的每日认购"), by)


@transaction.atomic
def _turn(
    standing: StandingPledge,
    to: StandingState,
    verb: str,
    text: str,
    by: User,
    also: Callable[[StandingPledge], None] | None = None,
) -> StandingPledge:
    standing = locked_for(standing, by)
    if standing.state == to:
        return standing
    old = move(standing, "state", to, STANDING_MOVES)
    standing.save(update_fields=["state"])
    if also:
        also(standing)
    who = on_behalf_of(by, standing.buyer)
    event = record(standing, verb, by=by, on_behalf_of=who, from_state=old, to_state=to)
    tell_seller(standing, event.pk, text)
    return standing


def _pass_over(standing: StandingPledge) -> None:
    """The days that went by while it was paused are skipped, so that the clock does not take them for its own failure."""
    gone = [day for day in standing.all_days if standing.has_begun(day)]
    rows = [
        StandingDay(standing=standing, day=day, outcome=StandingOutcome.SKIPPED, reason=gettext_noop("暂停期间"))
        for day in gone
    ]
    StandingDay.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def skip_day(standing: StandingPledge, *, day: dt.date, by: User) -> StandingDay:
    """Nothing is placed for the day. Locks: standing. A repeat returns the first skip.

    Raises: NotAllowed, WrongState (ended), DayNotOfStanding, DayPlacedAlready, DayBegun.
    """
    standing = locked_for(standing, by)
    _require_day_to_come(standing, day)
    row = StandingDay.objects.filter(standing=standing, day=day).first()
    if row is None:
        row = StandingDay.objects.create(standing=standing, day=day, outcome=StandingOutcome.SKIPPED)
        who = on_behalf_of(by, standing.buyer)
        event = record(standing, "day_skipped", by=by, on_behalf_of=who, to_state=day.isoformat())
        tell_seller(standing, event.pk, gettext_noop("%(buyer)s 每天要的%(produce)s，%(day_on)s 不要货"), day_on=day)
    elif row.outcome != StandingOutcome.SKIPPED:
        raise refusals.DayPlacedAlready(day=calendar_day(day))
    return row


@transaction.atomic
def unskip_day(standing: StandingPledge, *, day: dt.date, by: User) -> None:
    """The day is placed like the others again. Locks: standing. A repeat changes nothing.

    Raises: NotAllowed, WrongState (ended), DayNotOfStanding, DayPlacedAlready, DayBegun.
    """
    standing = locked_for(standing, by)
    _require_day_to_come(standing, day)
    row = StandingDay.objects.filter(standing=standing, day=day).first()
    if row is None:
        return
    if row.outcome != StandingOutcome.SKIPPED:
        raise refusals.DayPlacedAlready(day=calendar_day(day))
    row.delete()
    who = on_behalf_of(by, standing.buyer)
    event = record(standing, "day_wanted", by=by, on_behalf_of=who, to_state=day.isoformat())
    tell_seller(standing, event.pk, gettext_noop("%(buyer)s 每天要的%(produce)s，%(day_on)s 又要货了"), day_on=day)


def _require_day_to_come(standing: StandingPledge, day: dt.date) -> None:
    require_live(standing)
    if not standing.first_day <= day <= standing.last_day:
        facts = {"first": calendar_day(standing.first_day), "last": calendar_day(standing.last_day)}
        raise refusals.DayNotOfStanding(day=calendar_day(day), **facts)
    if standing.has_begun(day):
        raise refusals.DayBegun(day=calendar_day(day))
