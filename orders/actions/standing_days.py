"""What the clock does for standing pledges: it places each day on its eve, and ends those that are over."""

import datetime as dt
import logging
from collections import defaultdict
from uuid import uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.actions.states import move
from market.exceptions import NotEnoughLeft, Refused
from market.models import Lot
from market.pricing import unit_word
from market.sentences import Price, Saying, Weight, saying_of
from orders import exceptions as refusals
from orders.actions.placing import Origin, Who, delivery_facts, place_wanted
from orders.actions.standing_rows import locked_standing, page_of
from orders.enums import STANDING_MOVES, StandingOutcome, StandingState
from orders.models import Pledge, StandingDay, StandingPledge

logger = logging.getLogger("orders.clock")
THE_CLOCK = Who(None)


def place_due_standing(now: dt.datetime | None = None) -> int:
    """Every running standing pledge has its outcome for each day up to today, and for tomorrow from the hour on.

    Day by day, the oldest standing pledge first; each its own transaction. What was missed while the clock stood still is placed
    until the day's window begins, and told as failed after that. Those past their last day are ended. The clock's: may be
    repeated or missed. Returns how many days were settled. Two statements when nothing is due.
    """
    now = now or timezone.now()
    settled = sum(_settle(pk, day, now) for day, pk in _due(now))
    for pk in _over(now):
        _end(pk, now)
    return settled


def last_due_day(now: dt.datetime) -> dt.date:
    """Tomorrow from the hour of the clock on, today before it."""
    local = timezone.localtime(now)
    return local.date() + dt.timedelta(days=1 if local.hour >= settings.STANDING_HOUR else 0)


def _due(now: dt.datetime) -> list[tuple[dt.date, int]]:
    """(day, standing) without an outcome, by day, then by age. One statement, and one more where something is due."""
    last = last_due_day(now)
    running = StandingPledge.objects.filter(state=StandingState.RUNNING, first_day__lte=last)
    settled = Count("days", filter=Q(days__day__lte=last))
    rows = running.annotate(settled=settled).only("first_day", "last_day")
    behind = [one for one in rows if (min(one.last_day, last) - one.first_day).days + 1 > one.settled]
    done: dict[int, set[dt.date]] = defaultdict(set)
    if behind:
        for row in StandingDay.objects.filter(standing__in=behind, day__lte=last):
            done[row.standing_id].add(row.day)
    return sorted((day, one.pk) for one in behind for day in one.all_days if day <= last and day not in done[one.pk])


def _settle(pk: int, day: dt.date, now: dt.datetime) -> bool:
    try:
        return place_standing_day(pk, day, now=now) is not None
    except Exception:  # one broken standing pledge must not stop the others; the next minute tries again
        logger.exception("standing pledge %s, %s", pk, day)
        return False


def place_standing_day(standing_id: int, day: dt.date, *, now: dt.datetime | None = None) -> StandingDay | None:
    """The day of the standing pledge has its outcome: pledged, pledged in part, or failed with the reason, both sides told.

    None where there is nothing to do: paused, ended, another day, or settled before. Locks: standing, then what placing locks.
    A repeat changes nothing: the row of the day is written first, and there is one for each day.
    """
    try:
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            return _place_day(standing_id, day, now or timezone.now())
    except IntegrityError:
        if not StandingDay.objects.filter(standing=standing_id, day=day).exists():
            raise
        return None  # the other clock was faster


def _place_day(standing_id: int, day: dt.date, now: dt.datetime) -> StandingDay | None:
    standing = locked_standing(standing_id)
    is_due = standing.state == StandingState.RUNNING and standing.first_day <= day <= standing.last_day
    if not is_due or StandingDay.objects.filter(standing=standing, day=day).exists():
        return None
    row = StandingDay.objects.create(standing=standing, day=day, outcome=StandingOutcome.FAILED)
    try:
        pledge = _pledge_of(standing, day, now)
    except Refused as refusal:
        why = saying_of(refusal)
        row.missing_g, row.reason, row.reason_facts = standing.firm_g, why.text, dict(why.facts)
    else:
        row.pledge, row.missing_g = pledge, standing.firm_g - pledge.firm_g
        row.outcome = StandingOutcome.SHORT if row.missing_g else StandingOutcome.PLACED
    row.save(update_fields=["outcome", "pledge", "missing_g", "reason", "reason_facts"])
    record(
        standing, f"day_{row.outcome}", by=None, to_state=day.isoformat(), grams=row.missing_g, reason=row.reason_words
    )
    if row.missing_g:
        _tell_both(standing, row)
    return row


def _pledge_of(standing: StandingPledge, day: dt.date, now: dt.datetime) -> Pledge:
    """All of it, or what is left of the lot. Raises: Refused."""
    if standing.has_begun(day, now):
        raise refusals.ClockWasLate
    lot = Lot.objects.select_related("listing").filter(listing=standing.listing_id, day=day).first()
    if lot is None:
        raise refusals.NoLotThatDay
    _require_price(standing, lot)
    try:
        return _place(standing, lot, standing.firm_g)
    except NotEnoughLeft:
        # Locked from here on: what it says is left stays so.
        lot = Lot.objects.select_for_update(no_key=True, of=("self",)).select_related("listing").get(pk=lot.pk)
        return _place(standing, lot, _worth_bringing(standing, lot))


def _require_price(standing: StandingPledge, lot: Lot) -> None:
    """Not dearer than what the buyer said yes to. Raises: PriceChanged."""
    listing = lot.listing
    if standing.is_dearer(listing):
        raise refusals.PriceChanged(now=Price(listing.price, unit_word(listing.price_unit, listing.pack_word)))


def _worth_bringing(standing: StandingPledge, lot: Lot) -> int:
    """What is left, if it reaches the seller's minimum: nobody is there to say that a remainder is welcome.

    Raises: LeftBelowMinimum.
    """
    left, minimum = min(lot.remaining_g, standing.firm_g), lot.listing.minimum_g or 1
    if 0 < left < minimum:
        raise refusals.LeftBelowMinimum(left=Weight(left), minimum=Weight(minimum))
    return left or standing.firm_g  # nothing left: refused as sold out


def _place(standing: StandingPledge, lot: Lot, grams: int) -> Pledge:
    """The stretch stays: what is missing of the firm part is welcome when it comes back on sale."""
    wanted = Pledge(
        lot_id=lot.pk,
        firm_g=grams,
        firm_typed=standing.firm_typed if grams == standing.firm_g else "",
        most_g=standing.most_g,
        fresh_hours=standing.fresh_hours,
        reference=standing.reference,
        key=uuid5(standing.key, lot.day.isoformat()),
        **delivery_facts(standing),
    )
    return place_wanted(wanted, THE_CLOCK, origin=Origin(standing=standing), lot=lot)


def _tell_both(standing: StandingPledge, row: StandingDay) -> None:
    """The shortfall, once to each side."""
    listing = standing.listing
    short = gettext_noop("%(day_on)s 的每日认购%(produce)s只认购到 %(got_g)s，缺 %(missing_g)s（%(buyer)s）")
    failed = gettext_noop("%(day_on)s 的每日认购%(produce)s %(missing_g)s 没有认购到（%(buyer)s）：%(reason)s")
    for side in (standing.buyer_id, listing.seller_id):
        tell(
            side,
            f"standing-{standing.pk}-{row.day.isoformat()}",
            short if row.pledge else failed,
            url=page_of(standing),
            day_on=row.day,
            produce=listing.produce.names,
            buyer=standing.buyer.name,
            got_g=standing.firm_g - row.missing_g,
            missing_g=row.missing_g,
            reason=Saying(row.reason, row.reason_facts),
        )


def _over(now: dt.datetime) -> list[int]:
    """One statement."""
    over = StandingPledge.objects.live().filter(last_day__lt=timezone.localdate(now))
    return list(over.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _end(standing_id: int, now: dt.datetime) -> None:
    """Locks: standing. A repeat changes nothing."""
    standing = locked_standing(standing_id)
    if standing.state == StandingState.ENDED or standing.last_day >= timezone.localdate(now):
        return
    old = move(standing, "state", StandingState.ENDED, STANDING_MOVES)
    standing.save(update_fields=["state"])
    record(standing, "ended", by=None, from_state=old, to_state=standing.state)
